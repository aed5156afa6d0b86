from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...ledger import open_items
from ...tools import bulk
from ..debtor.recouvrement_debtor import PRIORITY
from .decider import ASKED

DECIDED_COLUMNS = (  # after the id
    *("fingerprint", "next_date", "next_level_id", "reason", "reason_detail", "priority", "overdue_amount"),
    "open_amount",
    *("credit_amount", "overdue_count", "oldest_due_date", "debtor_type", "type_confirmed"),
)


class Profiled(NamedTuple):
    """What the way a debtor pays chooses, where its company wants that: its policy, when neither its card nor its
    invoice names one, and whether what falls due is announced to it."""

    policy_id: int | None = None
    is_announced_to: bool = True


class RecouvrementDebtor(models.Model):
    """What was decided of a debtor, written on its card."""

    _inherit = "recouvrement.debtor"

    @api.model
    def _asked_of_all(self):
        return [*super()._asked_of_all(), *ASKED]

    @api.model
    def _profiled(self, company, partner_ids):
        """{commercial partner id: Profiled} of those for whom the way they pay chooses something. To be extended by
        what knows how they pay."""
        return {}

    @api.model
    def _write_decided(self, on, cases):
        """Write the outcome of a page on its cards, in one statement: no log, no tracking, nothing else changes."""
        details = self._gate_details(cases)
        bulk.update(
            self,
            DECIDED_COLUMNS,
            [self._decided_row(case, on, details.get(case.partner_id)) for case in cases],
            **self._decided_computed(on),
        )

    @api.model
    def _decided_computed(self, on):
        """{column: SQL expression} written with the outcome, from `t` (the card before) and `v` (what was decided)."""
        return {
            "reason_since": SQL("CASE WHEN t.reason = v.reason THEN t.reason_since ELSE %s END", on),
            "error": SQL("NULL"),
            "error_run_id": SQL("NULL"),
            "changed_by_day": SQL("FALSE"),
            "late_at_night": SQL("NULL"),
        }

    @api.model
    def _gate_details(self, cases):
        """{partner id: what bars his formal notice and what to do, in words}, for a page of decisions."""
        barred = {case.partner_id: case.main[2] for case in cases if case.main[2].reason == "notice_gate"}
        if not barred:
            return {}
        moves = self.env["account.move"].browse({decision.carried[0][0] for decision in barred.values()})
        names = {move.id: move.name or "" for move in moves}
        company = self.browse(cases[0].facts.debtor_id).company_id.sudo()  # the night itself has no language
        words = self.env["recouvrement.check.item"].with_context(lang=company.partner_id.lang)._obstacle_words()
        return {
            partner_id: f"{names[decision.carried[0][0]]} : "
            + " ; ".join(words.get(code, code) for code in decision.obstacles)
            for partner_id, decision in barred.items()
        }

    @api.model
    def _decided_row(self, case, on, detail=None, is_planned=True):
        _policy, _addressee, decision = case.main
        reason, outcome = decision.reason, decision.outcome
        if is_planned and outcome == "remind" and decision.level.requires_approval:  # planned, and now a person's turn
            reason, outcome = "approval", "person"
        days = [
            on + open_items.DAY if found.outcome == "remind" else found.next_date  # planned is not sent: see tomorrow
            for _policy, _addressee, found in case.decisions
        ]
        return (
            case.facts.debtor_id,
            case.fingerprint,
            min(filter(None, days), default=None),
            decision.level.id if decision.level else None,
            reason,
            detail,
            PRIORITY[outcome] if case.totals["overdue_amount"] > 0 else 0,
            case.totals["overdue_amount"],
            case.totals["open_amount"],
            case.totals["credit_amount"],
            case.totals["overdue_count"],
            case.totals["oldest_due_date"],
            case.facts.debtor_type,
            case.facts.type_confirmed,
        )
