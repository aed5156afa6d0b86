from datetime import timedelta

from odoo import api, models

from ...tools import clock
from ...tools.recipients import one_line

WAITS_DAYS = 7  # after which what a message says of an account is old news
HEADERS = ("subject", "email_from", "reply_to")


class MailMail(models.Model):
    """What we write to a debtor leaves at most once, by the mail queue too.

    The queue commits after a message has left: a machine that stops in between would send it again. Ours are committed
    as failed before they leave, so a person decides; reminders have their own dispatches, which do the same.
    """

    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        """Names that people typed reach the headers of ours: they never break one."""
        for vals in vals_list:
            if (vals.get("model") or "").startswith("recouvrement."):
                vals.update({key: one_line(vals[key]) for key in HEADERS if vals.get(key)})
        return super().create(vals_list)

    def _send(self, auto_commit=False, **kwargs):
        # As superuser: once the server took a message Odoo writes its Message-ID, and to users ours are evidence.
        # Refused then, what has left would be marked as failed.
        self = self.sudo()
        if self.env.context.get("recouvrement_outcomes"):  # dispatches have asked already, each for itself
            return super()._send(auto_commit=auto_commit, **kwargs)
        ours = self.filtered(lambda mail: (mail.model or "").startswith("recouvrement.") and not mail.is_notification)
        held = ours._kept_back(clock.today(self.env))
        held |= (ours - held)._give_up_old(clock.today(self.env))
        held |= (ours - held)._stop_altered()
        self, ours = self - held, ours - held
        if not auto_commit:
            return super()._send(auto_commit=auto_commit, **kwargs)
        for mails in (self - ours, ours.with_context(recouvrement_at_most_once=True)):
            if mails:
                super(MailMail, mails)._send(auto_commit=auto_commit, **kwargs)
        return True

    def action_retry(self):
        """Asked again by a person: what was too old is not any more."""
        failed = self.filtered(lambda mail: mail.state == "exception")
        ours = failed.filtered(lambda mail: (mail.model or "").startswith("recouvrement."))
        ours.scheduled_date = clock.stamp()
        return super().action_retry()

    def _give_up_old(self, on):
        """Those of ours that have waited for too long: a person sends them again if what they say is still true."""
        last = on - timedelta(days=WAITS_DAYS)
        old = self.filtered(lambda mail: clock.day_of(self.env, mail.scheduled_date or mail.create_date) < last)
        why = self.env._("It waited for more than %s days, and says what was true then.", WAITS_DAYS)
        old.write({"state": "exception", "failure_reason": why})
        return old

    def _kept_back(self, on):
        """Those of ours that may not leave now: they wait in the queue, or are given up when a judgment came."""
        gate, holding = self.env["recouvrement.exit"], self.env["recouvrement.holding"]
        if not self:
            return self
        if gate._is_neutralized():
            return self
        late = gate._late_companies(on)
        frozen = self.filtered(lambda mail: holding._frozen_of(*mail._claimed()))
        frozen.cancel()
        return frozen | self.filtered(lambda mail: mail._creditor() in late)

    def _stop_altered(self):
        """Those of ours whose file is not the one that was kept: they do not leave, and say why."""
        stopped = self.filtered(lambda mail: mail.attachment_ids._altered())
        for mail in stopped:
            words = mail.attachment_ids._altered_words(mail.attachment_ids._altered())
            mail.write({"state": "exception", "failure_reason": words})
        return stopped

    def _record(self):
        """What it is about, while that is there."""
        return self.env[self.model].browse(self.res_id).exists() if self.model in self.env and self.res_id else None

    def _creditor(self):
        """The company that writes, although nothing says so on the message itself."""
        record = self._record() if not self.record_company_id else None
        own = record.company_id if record is not None and "company_id" in record._fields else self.env.company
        return self.record_company_id or own

    def _claimed(self):
        """The invoices, and the items of opening entries, that these messages are about; for rooms to extend."""
        return self.env["account.move"], self.env["account.move.line"]

    def _prepare_outgoing_list(self, *args, **kwargs):
        """The last thing done before the server is given the message, which is in `exception` until it answers."""
        messages = super()._prepare_outgoing_list(*args, **kwargs)
        if self.env.context.get("recouvrement_at_most_once"):
            self.failure_reason = self.env._("Interrupted while sending: it may have left.")
            self.env["ir.cron"]._commit_progress()
        return messages
