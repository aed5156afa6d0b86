from collections import defaultdict

from odoo import api, models
from odoo.tools import split_every

from ...rules.escalation import Decision
from ..decision.decider import Decider
from ..sending.recouvrement_reminder import PAGE


class RecouvrementReminder(models.Model):
    """Reminders and their runs: a run ends with what it sent; old debts start from the level of their age."""

    _inherit = "recouvrement.reminder"

    @api.model
    def _after_dispatch(self):
        super()._after_dispatch()
        self.env["recouvrement.run"]._close_sent()
        self.env["recouvrement.debtor"].with_context(recouvrement_keeps_pages=True)._cron_close_tasks()

    @api.model
    def _import_levels(self, company, on):
        """Consider that old debts have already reached the level of their age: reminders of origin `imported`.

        They let the debt climb from there; they prove nothing, so a formal notice waits until a manager confirms.
        Returns the reminders.
        """
        company = company.root_id
        # sudo: evidence is written by methods alone
        run = self.env["recouvrement.run"].sudo().create({"company_id": company.id, "date": on, "kind": "manual"})
        imported = self.browse()
        rows = self.env["recouvrement.debtor"]._every_row(company)
        decider = Decider(self.env, company, on)
        decider.rules = {policy.id: policy._rule() for policy in self.env["recouvrement.policy"]._usable(company)}
        for page in split_every(PAGE, rows, list):
            self.env["recouvrement.debtor"]._cards(company, [row[1] for row in page])
            page = self.env["recouvrement.debtor"]._rows(company, [row[1] for row in page])
            imported |= self._import_page(run, decider.cases(page), decider)
        run._end()
        return imported.with_env(self.env)

    def _import_page(self, run, cases, decider):
        plans, langs = [], defaultdict(lambda: "fr_FR")
        for case in cases:
            reached = defaultdict(list)
            for key, debt in case.debts.items():
                policy_id = decider._policy_id(debt.item, case.facts)
                level = self._level_of_age(decider.rules.get(policy_id), debt, run.date)
                if level and debt.net.amount > 0 and not debt.instalment.history.last_sequence:
                    reached[policy_id, level].append(key)
            for (policy_id, level), keys in reached.items():
                plans.append((case, policy_id, case.partner_id, Decision("remind", "due", level, tuple(keys))))
        sent = {"origin": "imported", "state": "sent", "sent_date": run.date}
        common = self._common_vals(run)
        ids = self._insert([self._planned_vals(common, *plan, langs) | sent for plan in plans])
        self._insert_lines(
            row
            for reminder_id, (case, _policy, _addressee, decision) in zip(ids, plans, strict=True)
            for row in self._planned_rows(reminder_id, case, decision, run.date)
        )
        reminders = self.sudo().browse(ids)  # the assistant's evidence, written by this method alone
        reminders.line_ids.move_id._refresh_dunning()
        return reminders

    @staticmethod
    def _level_of_age(rule, debt, on):
        """The last reminder level whose delay this debt has passed; never a formal notice: it has no proof."""
        days = (on - debt.item.due).days
        reached = [
            level
            for level in (rule.levels if rule else ())
            if level.kind == "reminder" and level.anchor == "due_date" and level.delay_days <= days
        ]
        return max(reached, key=lambda level: level.sequence, default=None)
