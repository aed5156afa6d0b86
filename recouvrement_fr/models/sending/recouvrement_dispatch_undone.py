from odoo import api, models

from ...rules.calling import is_given_up
from ...tools.bulk import keep_page

PAGE = 20  # tasks given up between two commits
NAMED = 20  # in what a manager is told
MARK = "undone"  # of that task


class RecouvrementDispatch(models.Model):
    """A call or a visit that nobody makes gives its place to the next channel of its level."""

    _inherit = "recouvrement.dispatch"

    @api.model
    def _follow_up(self, on):
        failures = super()._follow_up(on)
        given_up = self.browse()
        for number, task in enumerate(self._undone(on), start=1):
            if task._lock():
                task._give_up()
                given_up |= task
            if number % PAGE == 0:
                keep_page(self.env)
        for company, tasks in given_up.grouped("company_id").items():
            tasks._tell_undone(company)
        return failures

    @api.model
    def _undone(self, on):
        """The calls and visits that have waited for longer than their policy lets them."""
        waiting = self.search(
            [("channel", "in", ("call", "visit")), ("state", "=", "queued"), ("asked_on", "<", on)], order="id"
        )
        return waiting.filtered(lambda task: task._is_given_up(on))

    def _is_given_up(self, on):
        """Whether its working days are over; a task that somebody put off in the agenda counts from its new day."""
        since = max(filter(None, (self.asked_on, self.activity_id.sudo().date_deadline)))  # another collector's agenda
        place = self.company_id.recouvrement_holidays or None
        return is_given_up(since, on, self.reminder_id.policy_id.task_days, place)

    def _give_up(self):
        days = self.reminder_id.policy_id.task_days
        why = self.env._("Nobody did it within %s working days", days)
        self.debtor_id.message_post(body=self.env._("%(what)s: %(why)s", what=self.reminder_id.name, why=why))
        self._lost(why)

    def _tell_undone(self, company):
        """One task for a manager, on the first of these debtors, names them all and who was to act."""
        lines = [f"{task.debtor_id.display_name} ({task.debtor_id._person_in_charge().name})" for task in self[:NAMED]]
        if len(self) > NAMED:
            lines.append(self.env._("and %s others", len(self) - NAMED))
        manager = company._recouvrement_told() or self[0].debtor_id._person_in_charge()
        # What an earlier night told of the same is over: other channels have taken over since.
        told = self.env["mail.activity"]._all_marked("recouvrement.debtor", MARK, company)
        told.filtered(lambda task: task.user_id == manager).action_feedback()
        self[0].debtor_id.activity_schedule(
            "mail.mail_activity_data_warning",
            user_id=manager.id,
            summary=self.env._("Calls or visits not made in time: %s", len(self)),
            note=self.env._("The next channel takes their place: %s", ", ".join(lines)),
            recouvrement_while="free",
            recouvrement_mark=MARK,
        )
