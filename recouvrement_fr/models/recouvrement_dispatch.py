import hashlib
import io
import logging
from datetime import timedelta

from pypdf import PdfWriter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, formataddr, split_every

from .recouvrement_level_channel import CHANNELS


_logger = logging.getLogger(__name__)

BATCH = 20  # e-mails marked uncertain, sent and recorded between two commits
RETRY_MINUTES = (5, 30, 120, 480)  # after a mail server that did not answer; then a person


class RecouvrementDispatch(models.Model):
    """One channel of one reminder: the very bytes that left, their hash, and what became of them."""

    _name = "recouvrement.dispatch"
    _description = "Dispatch"
    _order = "id desc"
    _rec_name = "reminder_id"

    reminder_id = fields.Many2one("recouvrement.reminder", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True)
    debtor_id = fields.Many2one(related="reminder_id.debtor_id")
    channel = fields.Selection(CHANNELS, required=True)
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("handed_over", "Handed over"),
            ("delivered", "Delivered"),
            ("bounced", "Bounced"),
            ("failed", "Failed"),
            ("uncertain", "Uncertain"),
            ("cancelled", "Cancelled"),
        ],
        default="queued",
        required=True,
        index=True,
        help="Handed over: the mail server took it, or a person posted it. Uncertain: the machine stopped while "
        "sending, so a person looks whether it left.",
    )
    postal_state = fields.Selection(
        [("to_post", "To post"), ("to_send_registered", "To send registered"), ("posted", "Posted")],
        index="btree_not_null",
    )
    addressee_id = fields.Many2one("res.partner", required=True, ondelete="restrict")
    address = fields.Char(help="The e-mail or postal address it was made for.")
    mail_id = fields.Many2one("mail.mail", index="btree_not_null", ondelete="set null")
    message_id = fields.Char("Message-Id", index="btree_not_null", readonly=True)
    attachment_id = fields.Many2one("ir.attachment", "Document", ondelete="restrict", readonly=True)
    sha256 = fields.Char("SHA-256", readonly=True, help="Of the document kept: the message or the letter as it left.")
    handed_over_on = fields.Datetime(readonly=True)
    tracking_number = fields.Char()
    tries = fields.Integer(readonly=True)
    retry_on = fields.Datetime(readonly=True, index="btree_not_null")
    failure = fields.Char(readonly=True)

    _channel_unique = models.UniqueIndex(
        "(reminder_id, channel) WHERE state NOT IN ('cancelled', 'failed')",
        "This reminder already leaves by this channel.",
    )

    def unlink(self):
        if not self.env.context.get("_force_unlink"):
            raise UserError(self.env._("A dispatch is evidence: it cannot be deleted."))
        return super().unlink()

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_mark_posted(self):
        """A person has posted these letters: the delays of the next level count from today.

        A letter whose debt was paid since it was printed is taken out, so that it is not posted.
        """
        self.env["recouvrement.reminder"].sudo()._cancel_settled()
        paid = self.filtered(lambda dispatch: dispatch.state == "cancelled")
        letters = (self - paid).filtered(lambda dispatch: dispatch.state == "queued" and dispatch.postal_state)
        on = self.env["recouvrement.run"]._today()
        letters.sudo().write(  # evidence: a collector writes it only through this button
            {"state": "handed_over", "postal_state": "posted", "handed_over_on": fields.Datetime.now()}
        )
        letters.sudo().reminder_id._mark_sent(on)
        if paid:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "title": self.env._("Do not post these letters"),
                    "message": self.env._("Paid since they were printed: %s", ", ".join(paid.mapped("display_name"))),
                    "type": "danger",
                    "sticky": True,
                    "next": {"type": "ir.actions.client", "tag": "soft_reload"},
                },
            }

    def action_print(self):
        """Open the letters of the selection as one PDF, in the order of the list."""
        letters = self.filtered(lambda dispatch: dispatch.channel != "email" and dispatch.attachment_id)
        if not letters:
            raise UserError(self.env._("No letter in the selection: e-mails are not printed."))
        merged = self.env["ir.attachment"].sudo().create(  # what it joins may be read by whoever reads the dispatches
            {
                "name": self.env._("Letters of %s.pdf", fields.Date.to_string(self.env["recouvrement.run"]._today())),
                "raw": _join(letter.attachment_id.sudo().raw for letter in letters),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": letters[0].id,
            }
        )
        return {"type": "ir.actions.act_url", "url": f"/web/content/{merged.id}?download=false", "target": "new"}

    def action_open_document(self):
        self.ensure_one()
        if not self.attachment_id:
            raise UserError(self.env._("No document was kept for this dispatch yet."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=false",
            "target": "new",
        }

    def action_confirm_handed_over(self):
        """A person has seen that an uncertain message did leave."""
        self._check_uncertain()
        self.sudo().write({"state": "handed_over", "handed_over_on": fields.Datetime.now(), "failure": False})
        self.sudo().reminder_id._mark_sent(self.env["recouvrement.run"]._today())

    def action_confirm_not_sent(self):
        """A person has seen that an uncertain message did not leave: it leaves again."""
        self._check_uncertain()
        self.sudo().write({"state": "queued", "failure": False, "retry_on": False})
        self.reminder_id._trigger_dispatch()

    def _check_uncertain(self):
        for dispatch in self:
            if dispatch.state != "uncertain":
                raise UserError(self.env._("%s is not uncertain.", dispatch.display_name))

    # --- writing the documents ----------------------------------------------------------------------------------------

    @api.model
    def _make(self, reminders, on):
        """Write down, for each reminder, the documents of the channels that can be used; they leave afterwards.

        The channels of the level in order; a fallback only when none before it could be used; without any, the letter.
        """
        if not reminders:
            return
        blacklisted = self._blacklisted(reminders.addressee_id)
        chosen = {reminder: self._channels(reminder, blacklisted) for reminder in reminders}
        letters = reminders.filtered(lambda reminder: any(found[0] != "email" for found in chosen[reminder]))
        files, errors = self._print(letters)
        vals = []
        for reminder in reminders:
            if reminder.id in errors and all(found[0] != "email" for found in chosen[reminder]):
                reminder._fail(errors[reminder.id])
                continue
            vals += [
                self._channel_vals(reminder, channel, files.get(reminder.id))
                for channel, _template in chosen[reminder]
                if channel == "email" or reminder.id in files
            ]
        dispatches = self.create(vals)
        dispatches._keep_letters(files)
        dispatches._make_emails(
            {reminder.id: template for reminder, found in chosen.items() for channel, template in found if template}
        )
        ready = dispatches.reminder_id.filtered(lambda reminder: reminder.state == "planned")
        ready.write({"state": "sending"})

    def _channels(self, reminder, blacklisted):
        """[(channel, e-mail template or None)] that can be used for a reminder."""
        usable = []
        for step in reminder.level_id.channel_ids:
            if step.fallback and usable:
                continue
            if step.channel != "email":
                usable.append((step.channel, None))
            elif self._email_of(reminder, blacklisted):
                usable.append(("email", step.template_id))
        return usable or [("letter", None)]

    def _email_of(self, reminder, blacklisted):
        """The address a reminder's e-mail goes to; None without a valid one, or when it is blacklisted."""
        for partner in (reminder.addressee_id, reminder.debtor_id.partner_id):
            email = email_normalize(partner.email or "")
            if email and email not in blacklisted:
                return email
        return None

    def _blacklisted(self, partners):
        emails = [email_normalize(email) for email in (partners | partners.commercial_partner_id).mapped("email") if email]
        blacklist = self.env["mail.blacklist"].sudo()  # evidence of a refusal binds whoever sends
        return set(blacklist.search([("email", "in", [email for email in emails if email])]).mapped("email"))

    def _print(self, reminders):
        """({reminder id: PDF}, {reminder id: why not}): one renderer for all."""
        failed = {}
        documents = self.env["recouvrement.letter"]._render_pdf([reminder.figures for reminder in reminders], failed)
        files = {reminder.id: document for reminder, document in zip(reminders, documents, strict=True) if document}
        return files, {reminders[position].id: message for position, message in failed.items()}

    def _channel_vals(self, reminder, channel, document):
        vals = {
            "reminder_id": reminder.id,
            "company_id": reminder.company_id.id,
            "channel": channel,
            "addressee_id": reminder.addressee_id.id,
        }
        if channel != "email":
            vals |= {
                "postal_state": "to_send_registered" if channel == "registered" else "to_post",
                "address": ", ".join(reminder.figures["addressee"]["lines"]),
                "sha256": hashlib.sha256(document).hexdigest(),
            }
        return vals

    def _keep_letters(self, files):
        """Store each letter as its own file, on its dispatch."""
        letters = self.filtered(lambda dispatch: dispatch.channel != "email")
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": f"{letter.reminder_id.name.replace('/', '-')}.pdf",
                    "raw": files[letter.reminder_id.id],
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": letter.id,
                    "company_id": letter.company_id.id,
                }
                for letter in letters
            ]
        )
        for letter, attachment in zip(letters, attachments, strict=True):
            letter.attachment_id = attachment

    def _make_emails(self, templates):
        """Freeze the text of each e-mail and make its message, `cancel` so that no mail queue ever sends it."""
        emails = self.filtered(lambda dispatch: dispatch.channel == "email")
        blacklisted = self._blacklisted(emails.addressee_id)
        texts = self._texts(emails.reminder_id, templates)
        replies = emails.reminder_id._notify_get_reply_to_batch()
        vals = []
        for dispatch in emails:
            reminder = dispatch.reminder_id
            company = reminder.company_id
            subject, body = texts[reminder.id]
            reminder.write({"subject": subject, "body": body})
            dispatch.address = self._email_of(reminder, blacklisted)
            sender = formataddr((company.name, company.email)) if company.email else False
            vals.append(
                {
                    "subject": subject,
                    "body": body,
                    "body_html": body,
                    "email_to": formataddr((reminder.addressee_id.name or "", dispatch.address)),
                    "email_from": sender or self.env.user.email_formatted,
                    "reply_to": replies.get(reminder.id) or sender,
                    "model": reminder._name,
                    "res_id": reminder.id,
                    "record_company_id": company.id,
                    "message_type": "email_outgoing",
                    "author_id": company.partner_id.id,
                    "attachment_ids": [(6, 0, reminder._attached_invoices().ids)],
                    "auto_delete": False,
                    "state": "cancel",
                    "is_notification": False,
                }
            )
        mails = self.env["mail.mail"].create(vals)
        for dispatch, mail in zip(emails, mails, strict=True):
            dispatch.mail_id = mail

    def _texts(self, reminders, templates):
        """{reminder id: (subject, body)}, each template rendered once per language."""
        texts = {}
        for template, members in reminders.grouped(lambda reminder: templates[reminder.id]).items():
            rendered = template.sudo()._generate_template(members.ids, ("subject", "body_html"))
            for reminder_id, values in rendered.items():
                if not values.get("subject") or not values.get("body_html"):
                    raise UserError(self.env._("The e-mail template %s has no subject or no text.", template.name))
                texts[reminder_id] = (values["subject"], values["body_html"])
        return texts

    # --- leaving ------------------------------------------------------------------------------------------------------

    @api.model
    def _send_waiting(self, on, progress):
        """Send the e-mails that are ready, by batches of 20, each committed uncertain before it leaves."""
        ids = self.search(self._waiting_domain(), order="id").ids
        progress(remaining=len(ids))
        for batch in split_every(BATCH, ids):
            dispatches = self.browse(batch).try_lock_for_update(allow_referencing=True)
            dispatches.filtered(lambda dispatch: dispatch.state == "queued")._send_emails(on, progress)
            if not progress(len(batch)):
                return

    @api.model
    def _waiting_domain(self):
        return Domain(
            [
                ("channel", "=", "email"),
                ("state", "=", "queued"),
                ("reminder_id.state", "in", ("sending", "sent")),
                ("company_id.recouvrement_active", "=", True),
            ]
        ) & (Domain("retry_on", "=", False) | Domain("retry_on", "<=", fields.Datetime.now()))

    def _send_emails(self, on, progress=None):
        """Give these e-mails to the mail server and record what it said of each.

        :param progress: commits; without it (by hand, in a request) the whole is one transaction
        """
        if self.env["recouvrement.reminder"]._is_neutralized():
            return
        emails = self.filtered(lambda dispatch: dispatch.channel == "email" and dispatch.state == "queued")
        emails = emails._still_due(on)
        if not emails:
            return
        emails.write({"state": "uncertain", "failure": self.env._("Interrupted while sending.")})
        if progress:
            progress(0)  # from here on a kill leaves them uncertain: a person decides, nothing leaves twice
        for dispatch in emails:
            dispatch.tries += 1
        kept = {"messages": {}, "failures": {}}
        emails.mail_id.write({"state": "outgoing"})
        try:
            emails.mail_id.with_context(recouvrement_sent=kept).send()
        except OSError as error:  # the server hung up: what was not tried goes back to the queue
            _logger.warning("The mail server hung up: %s", error)
        emails._record(kept, on)

    def _still_due(self, on):
        """Without those whose debt was settled since they were written: their reminder cancels itself."""
        held = self.reminder_id._look_again(on)[0] if self.reminder_id else self.reminder_id
        return self.filtered(lambda dispatch: dispatch.state == "queued" and dispatch.reminder_id in held)

    def _record(self, kept, on):
        """What became of each e-mail, from the mail server's own answers."""
        sent = self.filtered(lambda dispatch: dispatch.mail_id.state == "sent")
        sent._keep_messages(kept["messages"])
        sent.write({"state": "handed_over", "handed_over_on": fields.Datetime.now(), "failure": False})
        for dispatch in self - sent:
            dispatch._record_failure(kept["failures"])
        sent.reminder_id._mark_sent(on)

    def _record_failure(self, failures):
        """Not sent: try again after a connection that failed, ask a person when it may have left, else fail."""
        mail = self.mail_id
        failure = failures.get(mail.message_id)
        if mail.state == "outgoing" or (mail.state == "exception" and not mail.failure_type):
            self._retry(mail.failure_reason or self.env._("The mail server hung up before this message."))
        elif failure == "unknown":
            self.failure = self.env._("The mail server stopped answering: the message may have left.")
        else:
            self.write({"state": "failed", "failure": mail.failure_reason})
            self._fall_back()
        mail.state = "cancel"

    def _retry(self, reason):
        """Back to the queue with a growing delay; a person after the last one."""
        if self.tries > len(RETRY_MINUTES):
            self.write({"state": "failed", "failure": reason})
            self._fall_back()
            return
        delay = timedelta(minutes=RETRY_MINUTES[self.tries - 1])
        self.write({"state": "queued", "failure": reason, "retry_on": fields.Datetime.now() + delay})

    def _fall_back(self):
        """An e-mail that cannot arrive becomes a letter, unless one leaves already."""
        reminder = self.reminder_id
        others = reminder.dispatch_ids.filtered(lambda found: found.state not in ("failed", "cancelled"))
        if others:
            return
        files, errors = self._print(reminder)
        if errors:
            reminder._fail(errors[reminder.id])
            return
        letter = self.create(self._channel_vals(reminder, "letter", files[reminder.id]))
        letter._keep_letters(files)

    def _keep_messages(self, messages):
        """Store the very bytes given to the mail server, with their hash."""
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": f"{dispatch.reminder_id.name.replace('/', '-')}.eml",
                    "raw": messages[dispatch.mail_id.message_id],
                    "mimetype": "message/rfc822",
                    "res_model": self._name,
                    "res_id": dispatch.id,
                    "company_id": dispatch.company_id.id,
                }
                for dispatch in self
            ]
        )
        for dispatch, attachment in zip(self, attachments, strict=True):
            dispatch.write(
                {
                    "attachment_id": attachment.id,
                    "message_id": dispatch.mail_id.message_id,
                    "sha256": hashlib.sha256(messages[dispatch.mail_id.message_id]).hexdigest(),
                }
            )

    def _cancel(self):
        self.write({"state": "cancelled"})


def _join(documents):
    """One PDF of several."""
    writer, joined = PdfWriter(), io.BytesIO()
    for document in documents:
        writer.append(io.BytesIO(document))
    writer.write(joined)
    return joined.getvalue()
