from typing import NamedTuple

from odoo import fields, models

from ...rules.escalation import asked_for
from ...rules.quiet import quiet_until
from ..decision.decider import Decider
from .recouvrement_reminder import NO_ACCRUAL


class Standing(NamedTuple):
    """What a reminder may still ask for, from the ledger as it is now."""

    owed: dict  # line id -> Debt, of the lines still due
    credits: list  # open items deducted
    problem: str | None  # why it must not leave any more


class RecouvrementReminder(models.Model):
    """Whether a reminder may still leave: its lines against the ledger as it is now."""

    _inherit = "recouvrement.reminder"

    def _standings(self, on):
        """{reminder id: Standing}, from the ledger as it is now; writes nothing."""
        standings = {}
        for company, page in self.grouped("company_id").items():
            rows = [(debtor.id, debtor.partner_id.id, None) for debtor in page.debtor_id]
            decider = Decider(self.env, company, on)
            cases = {case.facts.debtor_id: case for case in decider.cases(rows)}
            notices = page.filtered(lambda reminder: reminder.kind == "formal_notice")
            barred = notices.line_ids.move_id._notice_obstacles(on)
            for reminder in page:
                standing = reminder._standing(cases[reminder.debtor_id.id], on, barred if reminder in notices else {})
                if not standing.problem and quiet_until(decider.quiet, on, reminder.kind):
                    standing = standing._replace(problem=reminder._held_because("quiet_period"))
                standings[reminder.id] = standing
        return standings

    def _standing(self, case, on, barred):
        """:param barred: {move id: what a formal notice lacks}, empty for the other levels"""
        debts = {
            line.id: case.debts.get((line.move_id.id, line.date_due, line.entry_line_id))
            for line in self.line_ids
            if not line.cancelled
        }
        owed = {
            line.id: debts[line.id]
            for line in self.line_ids
            if self._still_owed(line, debts.get(line.id), on) and not barred.get(line.move_id.id)
        }
        return Standing(owed, case.credits, self._problem(owed, debts, case, on, barred))

    def _still_owed(self, line, debt, on):
        """Whether a line is still due today: open after credits, held by nothing."""
        if debt is None or debt.net.amount <= 0 or debt.instalment.hold:
            return False
        if self.kind == "pre_due":
            return line.date_due >= on  # announced late, it would be wrong
        return debt.instalment.due < on

    def _problem(self, owed, debts, case, on, barred):
        """Why this reminder must not leave any more, in words; else None."""
        carried = [line.id for line in self.line_ids if line.role == "carried"]
        hold = case.facts.hold(on)
        if not hold and not any(line_id in owed for line_id in carried):
            unpaid = [debt for debt in map(debts.get, carried) if debt and debt.net.amount > 0]
            hold = next((debt.instalment.hold for debt in unpaid if debt.instalment.hold), None)
            if not hold and any(barred.get(debt.item.move_id) for debt in unpaid):
                return self._held_because("notice_gate")
            if not hold:
                return self.env._("Paid, credited or withdrawn before it left.")
        if hold:
            return self._held_because(hold.reason)
        policy = self.policy_id._rule(self.company_id)
        asked = sum(debt.net.company_amount for debt in owed.values())
        about = {instalment.key for instalment in asked_for(policy, [debt.instalment for debt in owed.values()])}
        climbs = self.kind == "pre_due" or any(
            line_id in owed and owed[line_id].instalment.key in about for line_id in carried
        )
        if asked < policy.minimum_amount or not climbs:
            return self.env._("What is left is under the minimum amount of the policy.")
        if self.policy_id.state != "active" or not self.policy_id.active:
            return self.env._("Its policy was deactivated before it left.")
        return self.debtor_id._addressee_problem(self.addressee_id)

    def _held_because(self, reason):
        return self.env._("Held before it left: %s", dict(self.debtor_id._selection_reason())[reason])

    def _says(self, standing):
        """Whether the figures written down are still those of the ledger."""
        for line in self.line_ids.filtered(lambda line: not line.cancelled):
            debt = standing.owed.get(line.id)
            if (
                debt is None
                or line.currency_id.compare_amounts(line.amount_residual, debt.amount)
                or line.currency_id.compare_amounts(line.amount_total, debt.item.amount_total)
            ):
                return False
        return True

    def _is_out_of_date(self, on):
        """Whether the days that its letter leaves to pay, counted from the one it bears, are over.

        An announcement leaves none: it is true until the due date.
        """
        if self.kind == "pre_due":
            return False
        figures = self.figures
        days = figures.get("term_days", self.level_id.term_days)
        end = fields.Date.add(fields.Date.to_date(figures["on"]), days=days).isoformat()
        return max(figures.get("deadline_on") or end, end) < on.isoformat()

    def _still_accrued(self, standings):
        """Those whose letter still says, for its own day, the interest and the indemnities that the ledger gives.

        A payment found since or dated back, a type corrected, a debit note made: the letter is wrong though its
        balance is right. A few statements for each day that letters bear.
        """
        same = self.browse()
        for on, page in self.grouped(lambda reminder: fields.Date.to_date(reminder.figures["on"])).items():
            accrued = page._accrue(on, standings)
            for reminder in page:
                lines = reminder.line_ids.filtered(lambda line: not line.cancelled)
                if all(line._says_accrued(accrued.get(line.id, NO_ACCRUAL)) for line in lines):
                    same |= reminder
        return same
