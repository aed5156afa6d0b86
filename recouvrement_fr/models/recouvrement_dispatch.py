import hashlib
import io
import logging
from collections import defaultdict
from datetime import timedelta

import psycopg2
from pypdf import PdfWriter

from odoo import SUPERUSER_ID, api, fields, models, modules
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import email_normalize, formataddr
from odoo.tools.mail import email_normalize_all

from .ir_mail_server import Outcome, Outcomes
from .recouvrement_level_channel import CHANNELS
from .recouvrement_run import QUIET

_logger = logging.getLogger(__name__)

BATCH = 20  # e-mails marked uncertain, sent and recorded between two commits
GONE = ("handed_over", "delivered", "bounced", "uncertain")  # has left, or may have
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

    def _lock(self):
        """Those nobody else is working on, until the next commit."""
        return self.try_lock_for_update(allow_referencing=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A dispatch is evidence: it cannot be deleted."))

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_mark_posted(self):
        """A person has posted these letters: the delays of the next level count from today.

        A letter that no longer says what the ledger says is taken out, so that it is not posted.
        """
        self.check_access("read")  # what follows is written as superuser
        on = self.env["recouvrement.run"]._today()
        letters = self.sudo().filtered(  # evidence: a collector writes it only through this button
            lambda dispatch: dispatch.state == "queued" and dispatch.postal_state
        )
        kept = letters._review(on)
        kept.write({"state": "handed_over", "postal_state": "posted", "handed_over_on": fields.Datetime.now()})
        kept.reminder_id._mark_sent(on)
        if kept != letters:
            names = ", ".join((letters - kept).mapped("display_name"))
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "title": self.env._("Do not post these letters"),
                    "message": self.env._(
                        "Paid or changed since they were printed: %s. What is still due has a new letter.", names
                    ),
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
        uncertain = self.sudo()  # evidence: written only through this button
        written = uncertain.filtered("mail_id")
        written._keep_messages({dispatch.id: dispatch._written_again() for dispatch in written})
        uncertain.write({"state": "handed_over", "handed_over_on": fields.Datetime.now(), "failure": False})
        uncertain.mail_id.write({"state": "sent"})
        uncertain.reminder_id._mark_sent(self.env["recouvrement.run"]._today())

    def action_confirm_not_sent(self):
        """A person has seen that an uncertain message did not leave: it leaves again, if it is still due."""
        self._check_uncertain()
        self.sudo().write({"state": "queued", "failure": False, "retry_on": False})
        self.sudo().reminder_id.write({"error": False})
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
        A reminder one of whose documents cannot be made fails as a whole: nothing is half sent.
        """
        if not reminders:
            return
        blacklisted = self._blacklisted(reminders.addressee_id | reminders.debtor_id.partner_id)
        chosen = {reminder: self._channels(reminder, blacklisted) for reminder in reminders}
        errors = {}
        by_mail = reminders.filtered(lambda reminder: "email" in chosen[reminder])
        messages = self._messages(by_mail, chosen, errors)
        on_paper = reminders.filtered(lambda reminder: chosen[reminder].keys() - {"email"})
        files = self._print(on_paper.filtered(lambda reminder: reminder.id not in errors), errors)
        for reminder in reminders.filtered(lambda reminder: reminder.id in errors):
            reminder._fail(errors[reminder.id])
        made = reminders.filtered(lambda reminder: reminder.id not in errors)
        messages = {reminder_id: vals for reminder_id, vals in messages.items() if reminder_id not in errors}
        mails = dict(zip(messages, self.env["mail.mail"].create(list(messages.values())), strict=True))
        self.create(
            [
                self._email_vals(reminder, mails[reminder.id])
                if channel == "email"
                else self._letter_vals(reminder, channel, files[reminder.id])
                for reminder in made
                for channel in chosen[reminder]
            ]
        )._keep_letters(files)
        for reminder in made.filtered(lambda reminder: reminder.id in messages):
            vals = messages[reminder.id]
            reminder.write({"state": "sending", "subject": vals["subject"], "body": vals["body_html"]})
        made.filtered(lambda reminder: reminder.id not in messages).write({"state": "sending"})

    def _channels(self, reminder, blacklisted):
        """{channel: its step, or None} that can be used for a reminder, in order."""
        usable = {}
        for step in reminder.level_id.channel_ids:
            if step.fallback and usable:
                continue
            if step.channel != "email" or self._emails_of(reminder, blacklisted):
                usable[step.channel] = step
        return usable or {"letter": None}

    def _emails_of(self, reminder, blacklisted):
        """The addresses of a reminder's e-mail: the addressee's, else the debtor's; none when one refuses e-mails."""
        for partner in (reminder.addressee_id, reminder.debtor_id.partner_id):
            emails = email_normalize_all(partner.email or "")
            if emails:
                return [] if blacklisted.intersection(emails) else emails
        return []

    def _email_to(self, reminder, blacklisted):
        name = reminder.addressee_id.name or ""
        return ", ".join(formataddr((name, email)) for email in self._emails_of(reminder, blacklisted))

    def _blacklisted(self, partners):
        emails = {email for partner in partners for email in email_normalize_all(partner.email or "")}
        blacklist = self.env["mail.blacklist"].sudo()  # a refusal binds whoever sends
        return set(blacklist.search([("email", "in", list(emails))]).mapped("email"))

    # --- letters ------------------------------------------------------------------------------------------------------

    def _print(self, reminders, errors):
        """{reminder id: PDF}, by one renderer for all; the others have their reason in `errors`, by id."""
        if not reminders:
            return {}
        failed = {}
        documents = self.env["recouvrement.letter"]._render_pdf([reminder.figures for reminder in reminders], failed)
        errors |= {reminders[position].id: message for position, message in failed.items()}
        return {reminder.id: document for reminder, document in zip(reminders, documents, strict=True) if document}

    def _letter_vals(self, reminder, channel, document):
        return {
            "reminder_id": reminder.id,
            "company_id": reminder.company_id.id,
            "channel": channel,
            "addressee_id": reminder.addressee_id.id,
            "postal_state": "to_send_registered" if channel == "registered" else "to_post",
            "address": ", ".join(reminder.figures["addressee"]["lines"]),
            "sha256": hashlib.sha256(document).hexdigest(),
        }

    def _keep_letters(self, files):
        """Store each letter as its own file, on its dispatch."""
        letters = self.filtered(lambda dispatch: dispatch.channel != "email")
        letters._keep([files[letter.reminder_id.id] for letter in letters], "pdf", "application/pdf")

    def _keep(self, documents, suffix, mimetype):
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": f"{dispatch.reminder_id.name.replace('/', '-')}.{suffix}",
                    "raw": document,
                    "mimetype": mimetype,
                    "res_model": self._name,
                    "res_id": dispatch.id,
                    "company_id": dispatch.company_id.id,
                }
                for dispatch, document in zip(self, documents, strict=True)
            ]
        )
        for dispatch, attachment in zip(self, attachments, strict=True):
            dispatch.attachment_id = attachment

    @api.model
    def _letters_waiting(self):
        return self.search([("state", "=", "queued"), ("postal_state", "!=", False)], order="id").ids

    # --- e-mails ------------------------------------------------------------------------------------------------------

    def _messages(self, reminders, chosen, errors):
        """{reminder id: values of its frozen message}; `cancel`, so that no mail queue ever sends it."""
        messages = {}
        if not reminders:
            return messages
        enclosed = reminders._attached_invoices(errors)
        templates = {reminder: chosen[reminder]["email"].template_id for reminder in reminders}
        texts = self._texts(reminders.filtered(lambda reminder: reminder.id not in errors), templates, errors)
        written = reminders.filtered(lambda reminder: reminder.id in texts and reminder.id not in errors)
        senders = {reminder.id: texts[reminder.id].get("email_from") for reminder in written}
        if not written:
            return messages
        replies = written._notify_get_reply_to_batch(
            defaults={reminder.id: texts[reminder.id].get("reply_to") or senders[reminder.id] for reminder in written},
            author_ids={reminder.id: reminder.company_id.partner_id.id for reminder in written},
        )
        none = frozenset()  # those who refuse were left out when the channel was chosen
        for reminder in written:
            company, text = reminder.company_id, texts[reminder.id]
            messages[reminder.id] = {
                "subject": text["subject"],
                "body": text["body_html"],
                "body_html": text["body_html"],
                "email_to": self._email_to(reminder, none),
                "email_from": senders[reminder.id],
                "reply_to": replies[reminder.id],
                "model": reminder._name,
                "res_id": reminder.id,
                "record_company_id": company.id,
                "message_type": "email_outgoing",
                "author_id": company.partner_id.id,
                "attachment_ids": [Command.set(enclosed[reminder.id].ids)] if enclosed.get(reminder.id) else [],
                "auto_delete": False,
                "state": "cancel",
                "is_notification": False,
            }
        return messages

    def _texts(self, reminders, templates, errors):
        """{reminder id: subject, text and sender}, each template rendered once for all its reminders."""
        texts = {}
        for template, members in reminders.grouped(templates.get).items():
            try:
                with self.env.cr.savepoint():
                    found = self._render(template, members)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
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
        return template.sudo()._generate_template(reminders.ids, ("subject", "body_html", "email_from", "reply_to"))

    def _render_alone(self, template, reminder, errors):
        try:
            with self.env.cr.savepoint():
                return self._render(template, reminder)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is in a text somebody typed, say where it is
            errors[reminder.id] = self.env._(
                "The e-mail template %(name)s cannot be used, correct it in Configuration > Policies: %(error)s",
                name=template.name,
                error=str(error).strip().splitlines()[-1],  # QWeb's message holds the whole trace; its cause comes last
            )
            return {}

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

    def _email_vals(self, reminder, mail):
        return {
            "reminder_id": reminder.id,
            "company_id": reminder.company_id.id,
            "channel": "email",
            "addressee_id": reminder.addressee_id.id,
            "address": mail.email_to,
            "mail_id": mail.id,
            "message_id": mail.message_id,
        }

    # --- just before leaving ------------------------------------------------------------------------------------------

    def _review(self, on):
        """Compare what waits here with the ledger, and return what still says the truth.

        Nothing due any more: the reminder is cancelled. Another amount, an e-mail dated of another day or whose address
        has changed or refuses, a letter not posted by its own deadline: its documents are made again. What another
        channel has already said is never rewritten: this one is only taken back.
        """
        waiting = self.filtered(lambda dispatch: dispatch.state == "queued")
        standings = waiting.reminder_id._standings(on)
        stale = (waiting._stale_emails(on) | waiting._stale_letters(on)).reminder_id
        true, again = self.browse(), self.env["recouvrement.reminder"]
        for reminder, dispatches in waiting.grouped("reminder_id").items():
            standing = standings[reminder.id]
            if standing.problem:
                reminder._cancel(standing.problem)
                dispatches.filtered(lambda dispatch: dispatch.state == "queued")._cancel(standing.problem)
            elif reminder._says(standing) and reminder not in stale:
                true |= dispatches
            elif reminder.dispatch_ids.filtered(lambda dispatch: dispatch.state in GONE):
                if reminder._says(standing) and not dispatches._blacklisted(reminder.addressee_id):  # only the day
                    true |= dispatches
                else:
                    dispatches._cancel(self.env._("The amounts changed since another channel left."))
            else:
                reminder.dispatch_ids.filtered(lambda dispatch: dispatch.state == "queued")._cancel()
                again |= reminder
        again.write({"state": "planned"})
        again._prepare(on)
        if again:
            again._trigger_dispatch()
        return true

    def _stale_emails(self, on):
        """E-mails dated of another day, or whose address has changed or refuses e-mails since."""
        emails = self.filtered(lambda dispatch: dispatch.channel == "email")
        reminders = emails.reminder_id
        blacklisted = self._blacklisted(reminders.addressee_id | reminders.debtor_id.partner_id)
        return emails.filtered(
            lambda dispatch: dispatch.reminder_id.figures["on"] != on.isoformat()
            or dispatch.address != self._email_to(dispatch.reminder_id, blacklisted)
        )

    def _stale_letters(self, on):
        """Letters nobody has posted by the day they ask to be paid: their deadline and their interest are out of date."""
        return self.filtered(
            lambda dispatch: dispatch.postal_state and dispatch.reminder_id.figures["deadline_on"] < on.isoformat()
        )

    def _cancel(self, reason=None):
        """Take back what has not left; a message nobody was ever sent does not stay in the history."""
        self.mail_id.filtered(lambda mail: mail.state == "cancel").sudo().unlink()
        self.write({"state": "cancelled", "postal_state": False, "retry_on": False, "failure": reason or False})

    # --- leaving ------------------------------------------------------------------------------------------------------

    @api.model
    def _send_waiting(self, on):
        """Send the e-mails that are ready, in working hours of sending days; False when the time is over."""
        reminder = self.env["recouvrement.reminder"]
        every = self.env["recouvrement.policy"].with_context(active_test=False).search([])
        policies = every.filtered(lambda policy: policy._sends_on(on))
        domain = Domain(
            [
                ("channel", "=", "email"),
                ("state", "=", "queued"),
                ("reminder_id.state", "in", ("sending", "sent")),
                ("reminder_id.policy_id", "in", policies.ids),
                ("company_id.recouvrement_active", "=", True),
            ]
        ) & (Domain("retry_on", "=", False) | Domain("retry_on", "<=", fields.Datetime.now()))
        ids = self.search(domain, order="id").ids if reminder._within_window() else []
        commit = self.env["ir.cron"]._commit_progress
        return reminder._by_page(ids, lambda page: self.browse(page)._send_emails(on, commit), size=BATCH)

    def _send_after_commit(self):
        """Send these e-mails once the present transaction is committed: a request that is tried again sends nothing
        twice. Tests, which never commit, send at once."""
        on = self.env["recouvrement.run"]._today()
        if modules.module.current_test:
            self._send_emails(on)
            self._conclude_page(self.reminder_id)
            return
        ids, database = self.ids, self.env.cr.dbname

        @self.env.cr.postcommit.add
        def send():
            with Registry(database).cursor() as cr:
                dispatch = api.Environment(cr, SUPERUSER_ID, QUIET)[self._name]
                try:
                    dispatch.browse(ids)._send_emails(on, cr.commit)
                    dispatch._conclude()
                except Exception:
                    _logger.exception("Dispatches %s were not sent at once: the scheduled action goes on", ids)

    def _send_emails(self, on, commit=lambda: None):
        """Give these e-mails to the mail server and record what it said of each.

        They are committed `uncertain` before: a kill leaves them so, a person decides, and nothing leaves twice. What
        the server said is kept in memory: it is recorded, alone, even when the transaction that sent is lost.
        """
        if self.env["recouvrement.reminder"]._is_neutralized():
            return
        emails = self._lock()
        emails = emails.filtered(lambda dispatch: dispatch.channel == "email")._review(on)
        if not emails:
            return
        for dispatch in emails:
            dispatch.write(
                {"state": "uncertain", "failure": self.env._("Interrupted while sending."), "tries": dispatch.tries + 1}
            )
        commit()
        emails = emails._lock().filtered(lambda found: found.state == "uncertain")
        outcomes = Outcomes()
        emails.mail_id.write({"state": "outgoing", "failure_type": False, "failure_reason": False})
        try:
            emails.mail_id.with_context(recouvrement_outcomes=outcomes).send()
        except psycopg2.Error:
            _logger.exception("The transaction was lost while sending; what was sent is recorded in another one")
            self.env.cr.rollback()
        except Exception:
            _logger.exception("Sending stopped after %s of %s e-mails", len(outcomes.found), len(emails))
        emails._record(outcomes.found)
        commit()

    def _record(self, outcomes):
        """What became of each e-mail; touches nothing that anybody else writes, so that it cannot be disturbed."""
        accepted, messages, now, retries = self.browse(), {}, fields.Datetime.now(), []
        for dispatch in self:
            outcome = outcomes.get(dispatch.message_id) or dispatch._outcome()
            if outcome.kind == "accepted":
                accepted |= dispatch
                messages[dispatch.id] = outcome.message
            elif outcome.kind == "refused":
                dispatch.write({"state": "failed", "failure": outcome.reason, "retry_on": False})
            elif outcome.kind == "later":
                retries.append(dispatch._retry(outcome.reason or self.env._("The mail server hung up.")))
            else:
                dispatch.failure = self.env._("The mail server stopped answering: the message may have left.")
        accepted._keep_messages(messages)
        accepted.write({"state": "handed_over", "handed_over_on": now, "failure": False, "retry_on": False})
        accepted.mail_id.write({"state": "sent", "failure_type": False, "failure_reason": False})
        (self - accepted).mail_id.write({"state": "cancel"})
        if any(retries):
            cron = self.env.ref("recouvrement_fr.ir_cron_recouvrement_dispatch").sudo()  # users may not read crons
            cron._trigger(at=min(filter(None, retries)))

    def _outcome(self):
        """What the message itself tells when no server was seen: never tried, or taken by another way of sending."""
        if self.mail_id.state == "sent":
            return Outcome("accepted", message=self._written_again())
        return Outcome("later", self.mail_id.failure_reason or "")

    def _retry(self, reason):
        """Back to the queue with a growing delay, returned; a person after the last one."""
        if self.tries > len(RETRY_MINUTES):
            self.write({"state": "failed", "failure": reason, "retry_on": False})
            return None
        retry_on = fields.Datetime.now() + timedelta(minutes=RETRY_MINUTES[self.tries - 1])
        self.write({"state": "queued", "failure": reason, "retry_on": retry_on})
        return retry_on

    def _keep_messages(self, messages):
        """Store the very bytes given to the mail server, by dispatch id, with their hash."""
        self._keep([messages[dispatch.id] for dispatch in self], "eml", "message/rfc822")
        for dispatch in self:
            dispatch.sha256 = hashlib.sha256(messages[dispatch.id]).hexdigest()

    def _written_again(self):
        """The message of a dispatch whose bytes were lost in a crash, from its frozen text and its own Message-Id."""
        [email] = self.mail_id._prepare_outgoing_list()
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

    # --- what it means for the reminder -------------------------------------------------------------------------------

    @api.model
    def _conclude(self):
        """Draw what follows from what left and what did not; a job that stopped right after sending is made good.

        Handed over: the reminder is sent (a formal notice with a letter to post only once it is posted). Refused for
        good: the letter replaces it. No answer, again and again: a person. Uncertain: a person is told.
        """
        reminder = self.env["recouvrement.reminder"]
        waiting = [("channel", "=", "email"), ("state", "in", ("queued", "uncertain"))]
        ids = reminder.search(
            [
                ("state", "=", "sending"),
                ("dispatch_ids.channel", "=", "email"),
                ("dispatch_ids", "not any", waiting),
            ],
            order="id",
        ).ids
        untold = self.search([("state", "=", "uncertain"), ("reminder_id.error", "=", False)]).ids
        return reminder._by_page(ids, lambda page: self._conclude_page(reminder.browse(page)._lock())) and (
            reminder._by_page(untold, lambda page: self.browse(page)._tell_uncertain())
        )

    @api.model
    def _conclude_page(self, reminders):
        handed, lost = defaultdict(reminders.browse), reminders.browse()
        for reminder in reminders.filtered(lambda reminder: reminder.state == "sending"):
            live = reminder.dispatch_ids.filtered(lambda dispatch: dispatch.state not in ("failed", "cancelled"))
            left = live.filtered(lambda dispatch: dispatch.state in ("handed_over", "delivered", "bounced"))
            to_post = live.filtered(lambda dispatch: dispatch.state == "queued" and dispatch.postal_state)
            if left and not (reminder.kind == "formal_notice" and to_post):
                handed[min(left.mapped("handed_over_on"))] |= reminder
            elif not live:
                lost |= reminder
        for moment, sent in handed.items():
            sent._mark_sent(fields.Date.context_today(self.with_context(tz="Europe/Paris"), moment))
        lost.dispatch_ids._fall_back()

    def _fall_back(self):
        """An e-mail that can never arrive becomes a letter; one whose server does not answer waits for a person."""
        failed = self.filtered(lambda dispatch: dispatch.state == "failed")
        for reminder, dispatches in failed.grouped("reminder_id").items():
            last = dispatches.sorted("id")[-1]
            errors, files = {}, {}
            if last.tries > len(RETRY_MINUTES):
                errors[reminder.id] = self.env._(
                    "The mail server could not be used (%s). Check the outgoing mail servers, then retry.", last.failure
                )
            else:
                try:
                    files = self._print(reminder, errors)
                except UserError as error:
                    errors[reminder.id] = str(error)
            if errors:
                reminder._fail(errors[reminder.id])
            else:
                self.create([self._letter_vals(reminder, "letter", files[reminder.id])])._keep_letters(files)

    def _tell_uncertain(self):
        """A person must look whether these left; those being sent at this very moment are locked."""
        mine = self._lock()
        for dispatch in mine.filtered(lambda dispatch: dispatch.state == "uncertain"):
            reminder = dispatch.reminder_id
            reminder.error = self.env._(
                "It may have left: look in the mail server's log, then say so on its dispatch."
            )
            managers = self.env.ref("recouvrement_fr.group_recouvrement_manager").all_user_ids
            person = reminder.debtor_id.collector_id or managers.filtered(lambda user: not user.share)[:1]
            reminder.debtor_id.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=(person or self.env.user).id,
                summary=self.env._("Did reminder %s leave?", reminder.name),
                note=reminder.error,
            )


def _join(documents):
    """One PDF of several."""
    writer, joined = PdfWriter(), io.BytesIO()
    for document in documents:
        writer.append(io.BytesIO(document))
    writer.write(joined)
    return joined.getvalue()
