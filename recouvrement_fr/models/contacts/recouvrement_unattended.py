from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...rules.calling import is_given_up

NAMED = 20  # in what a manager is told
MARK = "unattended"  # of that task


class RecouvrementUnattended(models.AbstractModel):
    """What waits for a person and that nobody does: a manager is called, as for calls not made.

    A reminder to approve, one that failed to leave, an answer that nobody has read: each waits as many working days as
    its policy gives to make a call. They stop nothing else meanwhile: other invoices go on, and the debtor is looked at
    again each day.
    """

    _name = "recouvrement.unattended"
    _description = "Waits For a Person"
    _inherit = "recouvrement.followed"
    _follow_turn = 21  # once all that could move by itself has

    @api.model
    def _follow_up(self, on):
        for company in self.env["res.company"].search([("parent_id", "=", False), ("recouvrement_active", "=", True)]):
            self._tell(company, self._lines(company, on))

    @api.model
    def _lines(self, company, on):
        """[(debtor, since, what)] of what has waited for too long, the oldest first."""
        found = [*self._reminders(company, on), *self._answers(company, on)]
        return sorted(found, key=lambda line: (line[1], line[0].id))

    @api.model
    def _reminders(self, company, on):
        mine = Domain("company_id", "=", company.id) & Domain("state", "in", ("to_approve", "failed"))
        words = {"to_approve": self.env._("to approve"), "failed": self.env._("failed to leave")}
        for reminder in self.env["recouvrement.reminder"].search(mine & Domain("date", "<", on)):
            since = max(filter(None, (reminder.date, reminder.not_before)))  # somebody may have put it off
            if self._is_late(company, since, on, reminder.policy_id):
                what = self.env._("%(level)s, %(what)s", level=reminder.level_id.name, what=words[reminder.state])
                yield reminder.debtor_id, since, what

    @api.model
    def _answers(self, company, on):
        cards = self.env["recouvrement.debtor"].search(
            [("company_id", "=", company.id), ("reply_pending", "=", True), ("reason", "=", "reply")]
        )
        for card in cards.filtered("reason_since"):
            if self._is_late(company, card.reason_since, on, card._followed_policy()):
                yield card, card.reason_since, self.env._("answer to read")

    @api.model
    def _is_late(self, company, since, on, policy):
        return is_given_up(since, on, policy.task_days, company.recouvrement_holidays or None)

    @api.model
    def _tell(self, company, lines):
        """One task for a manager, on the debtor who waits longest, kept true each night and closed once all is done."""
        known = self.env["mail.activity"]._all_marked("recouvrement.debtor", MARK, company)
        if not lines:
            known.action_feedback()
            return
        summary = self.env._("Waiting for too long: %s", len(lines))
        told = [
            self.env._(
                "%(debtor)s: %(what)s, since %(day)s (%(who)s)",
                debtor=debtor.display_name,
                what=what,
                day=format_date(self.env, since),
                who=debtor._person_in_charge().name,
            )
            for debtor, since, what in lines[:NAMED]
        ]
        if len(lines) > NAMED:
            told.append(self.env._("and %s others", len(lines) - NAMED))
        note = ", ".join(told)
        first = lines[0][0]
        manager = company._recouvrement_told() or first._person_in_charge()
        kept = known.filtered(lambda task: task.res_id == first.id and task.user_id == manager)[:1]
        (known - kept).action_feedback()
        if kept:
            kept.write({"summary": summary, "note": note})
        else:
            values = {"user_id": manager.id, "summary": summary, "note": note, "recouvrement_mark": MARK}
            first.activity_schedule("mail.mail_activity_data_warning", **values)
