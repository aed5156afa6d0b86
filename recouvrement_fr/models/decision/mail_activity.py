from odoo import api, models
from odoo.tools import split_every

from .decider import Decider

PAGE = 200  # debtors whose tasks are looked at together


class RecouvrementDebtor(models.Model):
    """Tasks about a debt that was paid, promised or is otherwise held close themselves."""

    _inherit = "recouvrement.debtor"

    def _close_tasks_over(self, on):
        super()._close_tasks_over(on)
        tasks = self._tasks_with_a_subject()
        for company, debtors in self.browse(tasks.mapped("res_id")).sudo().grouped("company_id").items():
            # The rule reads settings and accounts that a collector does not.
            decider = Decider(self.sudo().env, company, on, any_day=True)
            cases = decider.cases([(debtor.id, debtor.partner_id.id, None) for debtor in debtors])
            verdicts = {case.facts.debtor_id: case for case in cases}
            mine = tasks.filtered(lambda task, verdicts=verdicts: task.res_id in verdicts)
            over = mine.filtered(lambda task, verdicts=verdicts: _is_over(task, verdicts[task.res_id], on))
            read = over.filtered(lambda task: task.recouvrement_while == "reply")
            if read:
                read.action_feedback(feedback=self.env._("Closed by itself: the answer was read."))
            if over - read:
                (over - read).action_feedback(feedback=self.env._("Closed by itself: paid, promised or held since."))

    def _tasks_with_a_subject(self):
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids), ("recouvrement_while", "!=", False)]
        return self.env["mail.activity"].sudo().search(domain)  # it may be another collector's

    @api.model
    def _close_every_task_over(self, on):
        """The same for all debtors: payments come in without anybody here."""
        tasks = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("recouvrement_while", "!=", False)], order="id"
        )
        for page in split_every(PAGE, sorted(set(tasks.mapped("res_id"))), self.browse):
            page.exists()._close_tasks_over(on)


def _is_over(task, verdict, on):
    """Whether what a task is about is owed no more, or, for a call to make, held by something; of an
    answer, whether somebody has read it."""
    if task.recouvrement_while == "reply":  # an answer is read, whatever is owed
        return not verdict.facts.reply_pending
    if verdict.totals["open_amount"] <= 0:
        return True
    if task.recouvrement_while == "open":
        return False
    hold = verdict.facts.hold(on)
    if hold and hold.reason == "paused":
        return True
    overdue = [debt for debt in verdict.debts.values() if debt.net.amount > 0 and debt.instalment.due < on]
    return all(debt.instalment.hold for debt in overdue)
