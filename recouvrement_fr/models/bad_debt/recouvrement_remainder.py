from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, format_amount, format_date, split_every

from ...ledger import open_items
from ...rules.escalation import asked_for
from ..decision.decider import Decider

TASK = "recouvrement_fr.mail_activity_type_remainder"
PAGE = 200


class RecouvrementRemainder(models.AbstractModel):
    """What is too small for a letter is asked for by nobody: after some time a person decides, once.

    A remainder or a whole account under the minimum of its policy, overdue for longer than the days of small balances
    of the company's settings, and held by nothing.
    """

    _name = "recouvrement.remainder"
    _inherit = "recouvrement.followed"
    _description = "Small Balance Nobody Asks For"

    _follow_turn = 17

    @api.model
    def _follow_up(self, on):
        for company in self.env["res.company"].search([("parent_id", "=", False), ("recouvrement_active", "=", True)]):
            days = company.sudo().recouvrement_small_balance_days  # a setting
            if days:
                self._ask(company, on, on - timedelta(days=days))

    @api.model
    def _ask(self, company, on, before):
        """A task on the card of each debtor with such a balance. It goes once nothing small is left, and says another
        amount when that changes; one that a person has done is not made again for the same."""
        small = self._found(company, on, before)
        wanted = {debtor_id: self._mark(*found) for debtor_id, found in small.items()}
        words = self._words(company, small)
        tasks = self.env["mail.activity"].with_context(active_test=False)
        debtors = self.env["recouvrement.debtor"]
        cards = debtors.with_context(active_test=False).search([("company_id", "=", company.id)])
        known = tasks.search([("activity_type_id", "=", self.env.ref(TASK).id), ("res_id", "in", cards.ids)])
        same = known.filtered(  # one made by an older version has its words alone
            lambda task: (task.recouvrement_mark or task.summary) in (wanted.get(task.res_id), words.get(task.res_id))
        )
        (known - same).filtered("active").unlink()
        asked = set(same.mapped("res_id"))
        for debtor in debtors.browse(wanted):
            if debtor.id not in asked:
                values = {"summary": words[debtor.id], "recouvrement_mark": wanted[debtor.id], "date_deadline": on}
                debtor.activity_schedule(TASK, user_id=debtor._person_in_charge().id, **values)

    @staticmethod
    def _mark(amount, since):
        """By which a task is known to be about the same, whatever the language of its words."""
        return f"remainder {amount} {since}"

    @api.model
    def _words(self, company, found):
        return {
            debtor_id: self.env._(
                "%(amount)s due since %(day)s is under the minimum of the policy, nobody asks for it: write it off "
                "(Small balances), or ask for it",
                amount=format_amount(self.env, amount, company.currency_id),
                day=format_date(self.env, since),
            )
            for debtor_id, (amount, since) in found.items()
        }

    @api.model
    def _found(self, company, on, before):
        """{debtor id: (amount in company currency, oldest due date)} of what no letter will be about."""
        policies = self.env["recouvrement.policy"]._usable(company)
        rules = {policy.id: policy._rule(company) for policy in policies}
        decider, found = Decider(self.env, company, on), {}
        for page in split_every(PAGE, self._candidates(company, policies, before), list):
            for case in decider.cases(self.env["recouvrement.debtor"]._rows(company, page)):
                small = self._small(case, decider, rules, on, before)
                if small:
                    amount = round(sum(debt.company_amount for debt in small), 6)
                    found[case.facts.debtor_id] = amount, min(debt.item.due for debt in small)
        return found

    @api.model
    def _small(self, case, decider, rules, on, before):
        """The old debts of a debtor that no letter is about nor lists, policy by policy: of an account that is not
        worth one."""
        if case.facts.hold(on):
            return []
        overdue = {}
        for debt in case.debts.values():
            if debt.net.amount > 0 and not debt.instalment.hold and debt.instalment.due < on:
                overdue.setdefault(decider._policy_id(debt.item, case.facts), []).append(debt)
        small = []
        for policy_id, debts in overdue.items():
            rule = rules.get(policy_id)
            if rule:
                instalments = [debt.instalment for debt in debts]
                total = sum(instalment.amount for instalment in instalments)
                if not asked_for(rule, instalments) or total < rule.minimum_amount:
                    small += [debt for debt in debts if debt.item.due < before]
        return small

    @api.model
    def _candidates(self, company, policies, before):
        """The commercial partners with an old open item no larger than what a policy may leave alone; one statement."""
        largest = max([company.sudo().recouvrement_small_balance, *policies.mapped("minimum_amount")])  # a setting
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT p.commercial_partner_id
                  FROM account_move_line l
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE %(scope)s AND l.amount_residual > 0 AND l.amount_residual <= %(largest)s
                   AND COALESCE(l.date_maturity, l.date) < %(before)s
              ORDER BY 1
                """,
                scope=open_items.scope(company),
                largest=largest,
                before=before,
            )
        )
        return [row[0] for row in rows]
