from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, format_amount, format_date

from ...rules.escalation import Hold
from ...tools.bulk import any_of
from ...tools.formats import exact
from .recouvrement_promise import FAILED


class RecouvrementPromise(models.Model):
    """What a promise holds, what a broken one hastens, its next step, and how a judgment stops it."""

    _inherit = "recouvrement.promise"

    @api.model
    def _rows(self, company, moves, condition):
        self.flush_model(["state", "move_ids", "last_day", "judged_on", "effect"])
        return self.env.execute_query(
            SQL(
                "SELECT rel.move_id, p.last_day, p.judged_on FROM recouvrement_promise_move_rel rel"
                " JOIN recouvrement_promise p ON p.id = rel.promise_id"
                " WHERE p.company_id = %s AND %s AND %s",
                company.id,
                condition,
                SQL("TRUE") if moves is None else SQL("rel.move_id = %s", any_of(moves)),
            )
        )

    @api.model
    def _holds(self, company, moves, on):
        """{move id: Hold} of the invoices promised, up to the last day of the tolerance, in one statement."""
        rows = self._rows(company, moves, SQL("p.state = 'open' AND p.last_day >= %s", on))
        return {move_id: Hold("promised", last_day) for move_id, last_day, _judged in rows}

    @api.model
    def _held_items(self, company, moves, on):
        """The same of opening entries."""
        self.flush_model(["state", "last_day"])
        waits = SQL("d.state = 'open' AND (%s::date IS NULL OR d.last_day >= %s)", on, on)
        rows = self._item_rows(company, moves, waits, SQL("d.last_day"))
        return {item_id: Hold("promised", last_day) for item_id, last_day in rows}

    @api.model
    def _held_shares(self, company, on):
        """What is promised and awaited of what is left of each: the rest comes as it usually does."""
        invoices, items = defaultdict(Decimal), defaultdict(Decimal)
        for promise in self.search([("company_id", "=", company.id), ("state", "=", "open")]):
            debts = [(invoices, move.id, exact(move.amount_residual_signed)) for move in promise.move_ids]
            debts += [(items, item.id, exact(item.amount_residual)) for item in promise.item_ids]
            left = sum((amount for _found, _id, amount in debts), Decimal(0))
            awaited = exact(promise.company_amount) - exact(promise.company_received)
            if left > 0 and awaited > 0:
                for found, record_id, _amount in debts:
                    found[record_id] = min(found[record_id] + awaited / left, Decimal(1))
        return invoices, items

    @api.model
    def _next_steps(self, debtors):
        """The promise that comes first."""
        found = self.search([("debtor_id", "in", debtors.ids), ("state", "=", "open")], order="date desc, id desc")
        return {
            promise.debtor_id: self.env._(
                "Promise for %(day)s: %(amount)s",
                day=format_date(self.env, promise.date),
                amount=format_amount(self.env, promise.amount, promise.currency_id),
            )
            for promise in found
        }

    @api.model
    def _hastened(self, company, moves):
        """{move id: the last day a promise on it was broken}, where the policy then wants the next level at once."""
        rows = self._rows(company, moves, SQL("p.state IN %s AND p.effect = 'next_level'", FAILED))
        return {move_id: judged for move_id, _last_day, judged in sorted(rows, key=lambda row: row[2])}

    @api.model
    def _in_force(self):
        return ("open",)

    def _stop_for(self, reason):
        self._cancel(reason)

    def _go_on(self):
        self.write({"state": "open", "close_reason": False, "mark": False})
