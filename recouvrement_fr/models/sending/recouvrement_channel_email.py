import hashlib
import logging
from email import message_from_bytes, policy

import psycopg2

from odoo import models
from odoo.fields import Command
from odoo.tools import email_normalize
from odoo.tools.mail import email_normalize_all

from ...tools.pages import DISTURBED
from ...tools.recipients import recipient
from ...tools.template_error import cause
from .ir_mail_server import Outcome, Outcomes

_logger = logging.getLogger(__name__)


class RecouvrementChannelEmail(models.AbstractModel):
    """An e-mail, frozen as it will leave, sent through Odoo's mail servers, its very bytes kept."""

    _name = "recouvrement.channel.email"
    _inherit = "recouvrement.channel"
    _description = "Channel: e-mail"

    _by_machine = True

    # --- whom it can reach --------------------------------------------------------------------------------------------

    def _refusals(self, reminders):
        blacklisted = self._blacklisted(reminders.addressee_id | reminders.debtor_id.partner_id)
        came_back = self._came_back(reminders)
        refusals = {}
        for reminder in reminders:
            emails = self._emails_of(reminder)
            if not emails:
                refusals[reminder.id] = self.env._("No e-mail address is known.")
            elif blacklisted.intersection(emails):
                refusals[reminder.id] = self.env._("This address refuses e-mails (blacklist).")
            elif (reminder.addressee_id.id, self._email_to(reminder)) in came_back:
                refusals[reminder.id] = self.env._("The last e-mail to this address came back: it does not exist.")
        return refusals

    def _came_back(self, reminders):
        """{(addressee id, address)} that mail servers have said not to exist."""
        bounced = self.env["recouvrement.dispatch"].search(
            [
                ("channel", "=", "email"),
                ("wrong_address", "=", True),
                ("addressee_id", "in", reminders.addressee_id.ids),
            ]
        )
        return {(dispatch.addressee_id.id, dispatch.address) for dispatch in bounced}

    def _bounced(self, dispatches, email, report):
        """A mail server sent back what these gave it; a mere delay is none, and the next server may still take it."""
        if report.get("action") == "delayed":
            return
        told = report.get("message_id")  # else any message of these to that address
        to_it = dispatches.filtered(
            lambda dispatch: dispatch.channel == "email"
            and email in email_normalize_all(dispatch.address or "")
            and (not told or dispatch.message_id in (told, False))  # a copy has none of its own
        )
        reason = report.get("reason") or self.env._("%s sent it back.", email)
        to_it._come_back(reason, wrong_address=report.get("status", "").startswith("5.1."))

    def _emails_of(self, reminder):
        """The addresses of a reminder's e-mail: the addressee's, else the debtor's."""
        for partner in (reminder.addressee_id, reminder.debtor_id.partner_id):
            emails = email_normalize_all(partner.email or "")
            if emails:
                return emails
        return []

    def _email_to(self, reminder):
        return recipient(reminder.addressee_id.name, self._emails_of(reminder))

    def _blacklisted(self, partners):
        emails = {email for partner in partners for email in email_normalize_all(partner.email or "")}
        blacklist = self.env["mail.blacklist"].sudo()  # a refusal binds whoever sends
        return set(blacklist.search([("email", "in", list(emails))]).mapped("email"))

    # --- writing ------------------------------------------------------------------------------------------------------

    def _draft(self, reminders, steps, errors):
        """The values of the frozen message of each; `cancel`, so that no mail queue ever sends it."""
        if not reminders:
            return {}
        enclosed = reminders._attached_invoices(errors)
        templates = {reminder: steps[reminder].template_id for reminder in reminders}
        texts = self._texts(reminders.filtered(lambda reminder: reminder.id not in errors), templates, errors)
        written = reminders.filtered(lambda reminder: reminder.id in texts and reminder.id not in errors)
        if not written:
            return {}
        senders = {reminder.id: texts[reminder.id].get("email_from") for reminder in written}
        replies = written._notify_get_reply_to_batch(
            defaults={reminder.id: texts[reminder.id].get("reply_to") or senders[reminder.id] for reminder in written},
            author_ids={reminder.id: reminder.company_id.partner_id.id for reminder in written},
        )
        return {
            reminder: self._message_vals(
                reminder, texts[reminder.id], senders[reminder.id], replies[reminder.id], enclosed.get(reminder.id)
            )
            for reminder in written
        }

    def _message_vals(self, reminder, text, sender, reply_to, enclosed):
        return {
            "subject": text["subject"],
            "body": text["body_html"],
            "body_html": text["body_html"],
            "email_to": self._email_to(reminder),
            "email_cc": reminder._copies(),
            "email_from": sender,
            "reply_to": reply_to,
            "model": reminder._name,
            "res_id": reminder.id,
            "record_company_id": reminder.company_id.id,
            "message_type": "email_outgoing",
            "author_id": reminder.company_id.partner_id.id,
            "attachment_ids": [Command.set(enclosed.ids)] if enclosed else [],
            "auto_delete": False,
            "state": "cancel",
            "is_notification": False,
        }

    def _texts(self, reminders, templates, errors):
        """{reminder id: subject, text and sender}, each template rendered once for all its reminders."""
        texts = {}
        for template, members in reminders.grouped(templates.get).items():
            try:
                with self.env.cr.savepoint():
                    found = self._render(template, members)
            except DISTURBED:
                raise
            except Exception:
                _logger.exception("The template %s failed for %s reminders, now one by one", template.id, len(members))
                found = {}
                for member in members:
                    found |= self._render_alone(template, member, errors)
            for member in members:
                if member.id not in found:
                    continue
                error = self._text_problem(template, member, found[member.id])
                if error:
                    errors[member.id] = error
                else:
                    texts[member.id] = found[member.id]
        return texts

    def _render(self, template, reminders):
        if not template:
            return {reminder.id: {} for reminder in reminders}
        # sudo: its words name what a collector may not read, accounts and partners among others
        return template.sudo()._generate_template(reminders.ids, ("subject", "body_html", "email_from", "reply_to"))

    def _render_alone(self, template, reminder, errors):
        try:
            with self.env.cr.savepoint():
                return self._render(template, reminder)
        except DISTURBED:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is in a text somebody typed, say where it is
            errors[reminder.id] = self.env._(
                "The e-mail template %(name)s cannot be used, correct it in Configuration > Policies: %(error)s",
                name=template.name,
                error=": ".join(filter(None, (self._failing_field(template, reminder), cause(error)))),
            )
            return {}

    def _failing_field(self, template, reminder):
        """The label of the first text of this template that cannot be rendered; nothing when each can by itself."""
        for name in ("subject", "body_html", "email_from", "reply_to"):
            try:
                with self.env.cr.savepoint():
                    template.sudo()._render_field(name, reminder.ids)  # as `_render`
            except DISTURBED:
                raise
            except Exception:  # noqa: BLE001 - it is told by whoever asks
                return template._fields[name]._description_string(self.env)
        return ""

    def _text_problem(self, template, reminder, text):
        """What is missing in a rendered text, in words; else None. The company's own address sends by default."""
        if not template:
            return self.env._("The e-mail of the level %s has no template: choose one.", reminder.level_id.name)
        if not text.get("subject") or not text.get("body_html"):
            return self.env._("The e-mail template %s has no subject or no text.", template.name)
        senders = (text.get("email_from"), reminder.company_id.email_formatted)
        text["email_from"] = next((sender for sender in senders if email_normalize(sender or "")), None)
        if not text["email_from"]:
            return self.env._(
                "%s has no e-mail address to send from: enter one on the company.", reminder.company_id.name
            )
        return None

    def _vals(self, reminder):
        """With the template it is written with: another one may be chosen later."""
        step = reminder.level_id.channel_ids.filtered(lambda step: step.channel == self._code)[-1:]
        return {**super()._vals(reminder), "template_id": step.template_id.id}

    def _create(self, drafts):
        """Its message beside each dispatch; the reminder shows its subject and its text."""
        mails = self.env["mail.mail"].create(list(drafts.values()))
        dispatches = super()._create(drafts)
        for dispatch, mail, (reminder, vals) in zip(dispatches, mails, drafts.items(), strict=True):
            dispatch.write({"address": mail.email_to, "mail_id": mail.id, "message_id": mail.message_id})
            reminder.write({"subject": vals["subject"], "body": vals["body_html"]})
        return dispatches

    # --- waiting ------------------------------------------------------------------------------------------------------

    def _stale(self, dispatches, on):
        """Dated of another day, or whose address has changed or refuses e-mails since."""
        refusals = self._refusals(dispatches.reminder_id)
        return dispatches.filtered(
            lambda dispatch: dispatch.reminder_id.figures["on"] != on.isoformat()
            or dispatch.reminder_id.id in refusals
            or dispatch.address != self._email_to(dispatch.reminder_id)
        )

    def _take_back(self, dispatches):
        """A message nobody was ever sent does not stay in the history."""
        # sudo: a collector deletes no e-mail but this one, which never left
        dispatches.mail_id.filtered(lambda mail: mail.state == "cancel").sudo().unlink()

    # --- leaving ------------------------------------------------------------------------------------------------------

    def _send(self, dispatches):
        """What the server said is kept in memory: it is recorded even when the transaction that sent is lost."""
        outcomes = Outcomes()
        copies = dispatches.filtered("copy_of_id")
        written = dispatches - copies
        written.mail_id.write({"state": "outgoing", "failure_type": False, "failure_reason": False})
        try:
            written.mail_id.with_context(recouvrement_outcomes=outcomes).send()
        except psycopg2.Error:
            _logger.exception("The transaction was lost while sending; what was sent is recorded in another one")
            self.env.cr.rollback()
        except Exception:
            _logger.exception("Sending stopped after %s of %s e-mails", len(outcomes.found), len(written))
        found = {
            dispatch.id: outcomes.found[dispatch.message_id]
            for dispatch in written
            if dispatch.message_id in outcomes.found
        }
        return found | {copy.id: self._send_again(copy) for copy in copies}

    def _send_again(self, copy):
        """The kept message, as it is: a mail program that already has it shows it once."""
        if altered := copy.attachment_id._altered():
            return Outcome("refused", altered._altered_words(altered))
        message = message_from_bytes(copy.attachment_id.raw, policy=policy.SMTP)
        outcomes = Outcomes()
        try:
            kept = [*email_normalize_all(message["To"] or ""), *email_normalize_all(message["Cc"] or "")]
            server = self.env["ir.mail_server"].with_context(recouvrement_outcomes=outcomes, send_validated_to=kept)
            server.send_email(message)
        except Exception:
            _logger.exception("The copy %s could not be sent", copy.id)
        return outcomes.found.get(message["Message-Id"]) or Outcome("later")

    def _guess(self, dispatch):
        """What the message itself tells when no server was seen: never tried, or taken by another way of sending."""
        if dispatch.mail_id.state == "sent":
            return Outcome("accepted", message=self._written_again(dispatch))
        return Outcome("later", dispatch.mail_id.failure_reason or "")

    def _record(self, dispatches, outcomes):
        dispatches = dispatches.filtered("mail_id")  # a copy keeps the bytes it was made of
        accepted = dispatches.filtered(lambda dispatch: outcomes[dispatch.id].kind == "accepted")
        for dispatch in accepted:  # the hash first: it needs no room
            dispatch.sha256 = hashlib.sha256(outcomes[dispatch.id].message).hexdigest()
        accepted.mail_id.write({"state": "sent", "failure_type": False, "failure_reason": False})
        (dispatches - accepted).mail_id.write({"state": "cancel"})

    def _keep_proof(self, dispatches, outcomes):
        accepted = dispatches.filtered(lambda found: found.mail_id and outcomes[found.id].kind == "accepted")
        self._keep_messages(accepted, {dispatch.id: outcomes[dispatch.id].message for dispatch in accepted})

    def _confirm(self, dispatches):
        dispatches = dispatches.filtered("mail_id")
        self._keep_messages(dispatches, {dispatch.id: self._written_again(dispatch) for dispatch in dispatches})
        dispatches.mail_id.write({"state": "sent"})

    def _keep_messages(self, dispatches, messages):
        """Store the very bytes given to the mail server, by dispatch id, with their hash."""
        dispatches._keep([messages[dispatch.id] for dispatch in dispatches], "eml", "message/rfc822")
        for dispatch in dispatches:
            dispatch.sha256 = hashlib.sha256(messages[dispatch.id]).hexdigest()

    def _written_again(self, dispatch):
        """The message of a dispatch whose bytes were lost in a crash, from its frozen text and its own Message-Id."""
        [email] = dispatch.mail_id._prepare_outgoing_list()
        message = self.env["ir.mail_server"]._build_email__(
            email_from=email["email_from"],
            email_to=email["email_to"],
            subject=email["subject"],
            body=email["body"],
            body_alternative=email["body_alternative"],
            reply_to=email["reply_to"],
            attachments=email["attachments"],
            message_id=email["message_id"],
            references=email["references"],
            headers=email["headers"],
        )
        return message.as_bytes()
