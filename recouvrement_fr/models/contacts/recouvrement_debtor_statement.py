from odoo import api, fields, models
from odoo.tools import groupby

from ...ledger import open_items


class RecouvrementDebtor(models.Model):
    """What the account of a debtor holds on a day, for a statement printed, sent, in a spreadsheet or on the portal."""

    _inherit = "recouvrement.debtor"

    statement_ids = fields.One2many("recouvrement.statement", "debtor_id")

    def action_statements(self):
        """Print these debtors' statements of account, send them, or open them in a spreadsheet."""
        self.check_access("read")
        return self.env["recouvrement.reminder"]._show_dialog(
            "recouvrement.statement.wizard", self.env._("Statement of account"), {"default_debtor_ids": self.ids}
        )

    def _statement_data(self, on):
        """{debtor: {"items", "agreed"}} on a day, in a constant number of queries: all a statement says, as values.

        The caller has checked that it may be shown: this reads the whole account of these debtors. See
        ``_statement_payload`` for items; ``agreed``: rows with ``kind`` (``instalment``, ``promise``, ``dispute``),
        ``reference``, ``detail``, ``moves``, ``date``, ``currency_id``, ``amount`` and ``left``.
        """
        data = {}
        for company, debtors in self.sudo().grouped("company_id").items():  # as said above
            found = open_items.read(self.env, open_items.scope(company), debtors.partner_id.ids)
            move_ids = [item.move_id for items in found.values() for item in items]
            moves = debtors.env["account.move"].browse(move_ids)
            moves.fetch(
                [
                    "name",
                    "ref",
                    "invoice_date",
                    "date",
                    "move_type",
                    "journal_id",
                    "origin_payment_id",
                    "statement_line_id",
                ]
            )
            planned = debtors._planned_moves()
            disputed = self.env["recouvrement.dispute"]._parts(company, move_ids) if move_ids else {}
            agreed = debtors._agreed()
            for debtor in debtors:
                items = found.get(debtor.partner_id.id, ())
                rows = [self._statement_item(item, moves.browse(item.move_id), planned, disputed) for item in items]
                data[self.browse(debtor.id)] = {"items": rows, "agreed": agreed.get(debtor.id, [])}
        return data

    @api.model
    def _statement_item(self, item, move, planned, disputed):
        is_debt = item.amount > 0
        plan = planned.get(item.move_id) if is_debt else None
        part = min(disputed.get(item.move_id, 0), item.amount) if is_debt else 0
        if part:
            disputed[item.move_id] -= part  # the next instalment of the same invoice shows what is left of it
        return {
            "move_id": item.move_id,
            "number": move._number_shown(),
            "date": move.invoice_date or move.date,
            "due": item.due,
            "currency_id": item.currency_id,
            "amount_total": item.amount_total,
            "amount_residual": item.amount,
            "company_amount": item.company_amount,
            "kind": "debt" if is_debt else "credit",
            "label": move.ref or "",
            "plan": plan.name if plan else "",
            "plan_active": bool(plan),
            "disputed": part,
        }

    def _planned_moves(self):
        """{move id: the active plan that it is in}: what was only proposed is not agreed."""
        plans = self.env["recouvrement.plan"].search([("debtor_id", "in", self.ids), ("state", "=", "active")])
        return {move.id: plan for plan in plans for move in plan.move_ids}

    def _agreed(self):
        """{debtor id: what was promised, planned or is contested, and is not over}."""
        rows, env = [], self.sudo().env  # its account, shown by whoever has checked that it may be
        plans = env["recouvrement.plan"]
        for plan in plans.search([("debtor_id", "in", self.ids), ("state", "=", "active")], order="id"):
            for one in plan.instalment_ids.sorted("date"):
                if not plan.currency_id.is_zero(one.amount - one.paid):
                    rows.append(self._agreed_row("instalment", plan, one.date, one.amount, one.amount - one.paid))
        promises = env["recouvrement.promise"]
        for promise in promises.search([("debtor_id", "in", self.ids), ("state", "=", "open")], order="date, id"):
            rows.append(self._agreed_row("promise", promise, promise.date, promise.amount, promise.amount_left))
        disputes = env["recouvrement.dispute"]
        running = [("debtor_id", "in", self.ids), ("state", "in", ("open", "escalated"))]
        for dispute in disputes.search(running, order="id"):
            left = dispute.amount_contested
            rows.append(self._agreed_row("dispute", dispute, dispute.opened_on, dispute.amount, left))
        return dict(groupby(rows, lambda row: row["debtor_id"]))

    @api.model
    def _agreed_row(self, kind, record, on, amount, left):
        return {
            "debtor_id": record.debtor_id.id,
            "kind": kind,
            "reference": record.name,
            "detail": record.reason_id.display_name if kind == "dispute" else "",
            "moves": ", ".join(record.move_ids.mapped("name")) if kind != "instalment" else "",
            "date": on,
            "currency_id": record.currency_id.id,
            "amount": amount,
            "left": left,
        }
