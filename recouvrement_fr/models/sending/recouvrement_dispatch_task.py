from datetime import timezone
from zoneinfo import ZoneInfo

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from ...rules.calling import next_try
from ...tools import clock

PARIS = ZoneInfo(clock.PARIS)
TYPES = {
    "call": "mail.mail_activity_data_call",
    "visit": "recouvrement_fr.mail_activity_type_visit",
}


class RecouvrementDispatch(models.Model):
    _inherit = "recouvrement.dispatch"

    activity_id = fields.Many2one("mail.activity", "Task", index="btree_not_null", ondelete="set null", readonly=True)
    asked_on = fields.Date(
        "Asked for on", readonly=True, help="The day the call or the visit is for; it stays when its figures change."
    )
    contact_ids = fields.One2many("recouvrement.contact", "dispatch_id", "Contacts", readonly=True)

    def action_outcome(self):
        """Note what became of a call or of a visit."""
        self.ensure_one()
        self.check_access("read")
        if self.channel not in TYPES:
            raise UserError(self.env._("Only calls and visits have an outcome to note."))
        return self.debtor_id._outcome_dialog(channel=self.channel, dispatch=self)

    # --- the task in the agenda ---------------------------------------------------------------------------------------

    def _ask(self, on=None, moment=None):
        """A task for whoever follows each debtor, else a manager, in place of the one that was there."""
        self._forget()
        for task in self:
            task.asked_on = on or task.asked_on or clock.today(self.env)
        model_id = self.env["ir.model"]._get_id("recouvrement.debtor")
        values = [
            {
                "activity_type_id": self.env.ref(TYPES[task.channel]).id,
                "res_model_id": model_id,
                "res_id": task.debtor_id.id,
                "user_id": task.debtor_id._person_in_charge().id,
                "date_deadline": task.asked_on,
                "summary": task._task_summary(moment),
                "note": Markup("<pre>%s</pre>") % task.attachment_id.raw.decode(),
            }
            for task in self
        ]
        # One e-mail per task would fill the collector's mailbox each morning: the agenda tells him.
        quiet = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        for task, activity in zip(self, quiet.create(values), strict=True):
            task.activity_id = activity

    def _task_summary(self, moment=None):
        names = {"call": self.env._("Call %s", self.address), "visit": self.env._("Visit: %s", self.address)}
        parts = [names[self.channel], self.reminder_id.figures["amount"]]
        if moment:
            parts.append(self.env._("at %s", moment.astimezone(PARIS).strftime("%H:%M")))
        if self.tries:
            parts.append(self.env._("try %s", self.tries + 1))
        return " – ".join(parts)

    def _forget(self):
        """The task leaves the agenda."""
        self.activity_id.sudo().unlink()  # it may be another collector's

    # --- what became of it --------------------------------------------------------------------------------------------

    def _waiting_task(self):
        """This task, if it still waits, for us alone.

        :raises UserError: somebody else is changing it
        """
        if self.state != "queued":
            return self.browse()  # paid or replaced while one was calling: the contact alone is noted
        mine = self._lock()
        if not mine:
            raise UserError(self.env._("This task is being changed right now: try again in a moment."))
        return mine

    def _told(self):
        """The debtor was reached: what its reminder says was said."""
        self._forget()
        self.write({"state": "handed_over", "handed_over_on": clock.stamp(), "retry_on": False})
        self._conclude_page(self.reminder_id)

    def _unanswered(self, why):
        """Nobody was reached: it comes again after a growing delay, then another channel takes over. The next moment,
        or None."""
        self.tries += 1
        policy, company = self.reminder_id.policy_id, self.company_id
        window = self._channel(self.channel)._window
        now = clock.local(clock.stamp()).replace(tzinfo=None)
        moment = next_try(now, self.tries, window, lambda day: policy._sends_on(day, company))
        if moment is None:
            self._lost(self.env._("%(why)s, after %(tries)s tries", why=why, tries=self.tries))
            return None
        return self._put_back(moment.replace(tzinfo=PARIS), why)

    def _put_back(self, moment, why):
        """It waits for that moment (with its time zone), returned."""
        self.write({"retry_on": moment.astimezone(timezone.utc).replace(tzinfo=None), "failure": why})
        self._ask(moment.astimezone(PARIS).date(), moment)
        return moment

    def _lost(self, why, wrong_address=False):
        """It will reach nobody: the next channel of its level replaces it, or a person decides."""
        self._forget()
        self.write({"state": "failed", "failure": why, "retry_on": False, "wrong_address": wrong_address})
        self._conclude_page(self.reminder_id)

    def _again_at(self, number):
        """Somebody gave another number: the call is for today."""
        self.write({"address": number, "retry_on": False, "failure": False, "asked_on": False})
        self._ask()
