from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ...rules import insolvency as rules
from ..penalties.recouvrement_accrual import Owed


class RecouvrementInsolvency(models.Model):
    """The debts born before the judgment, and the claim taken down from them."""

    _inherit = "recouvrement.insolvency"

    def _take_down(self):
        """The claim as of the judgment, instalment by instalment: what was left, and its accessories to the eve."""
        self.ensure_one()
        claims = self.sudo()  # the figures come from the ledger, whoever enters the judgment
        claims.claim_ids.unlink()
        on = rules.interest_stops_on(self.judgment_on)
        debtor = claims.debtor_id
        moves = claims._prior_moves()
        owed, items = [], {}
        for move in moves:
            for due, lines in move._instalments().items():
                key = (move.id, due, 0)
                residual = lines._residual_on(on)
                if residual > 0:
                    items[key] = (move, due, residual)
                    total = sum(lines.mapped("amount_currency"))
                    owed.append(Owed(key, due, total, (), debtor.debtor_type, debtor.type_confirmed))
        for line in claims._prior_entry_lines():
            due, residual = line.date_maturity or line.date, line._residual_on(on)
            key = (line.move_id.id, due, line.id)
            if residual > 0:
                items[key] = (line, due, residual)
                owed.append(Owed(key, due, line.amount_currency, (), debtor.debtor_type, debtor.type_confirmed))
        # What he paid on account pays from its own day (C.civ 1342-10), when that precedes the judgment; credit notes
        # are set off for connexity alone, and when a person chooses so (C.com L622-7 I).
        accruals = self.env["recouvrement.accrual"].sudo()
        paid = accruals._open_credits({key[0] for key in items}, on, without={0})
        owed = [
            one._replace(credits=tuple(movement for movement in paid.get(one.key, ()) if movement.on <= on))
            for one in owed
            if one.due < on
        ]
        accrued = accruals._accrue(owed, on)
        claims.amount_credits = claims._credits_left(on)
        claims.claim_ids = [
            Command.create(
                {
                    "move_id": key[0],
                    "date_due": due,
                    "entry_line_id": key[2],
                    "currency_id": item.currency_id.id,
                    "principal_currency": residual,
                    "principal": item.currency_id._convert(
                        residual,
                        self.currency_id,
                        self.company_id,
                        self.judgment_on,  # L622-25: rate of the judgment
                    ),
                    "interest": float(accrued[key].interest) if key in accrued else 0,
                    "indemnity": float(accrued[key].indemnity) if key in accrued else 0,
                    "is_due": due < self.judgment_on,
                }
            )
            for key, (item, due, residual) in sorted(items.items())
        ]

    def _prior_moves(self):
        """The posted invoices born before the judgment that were not paid by then."""
        moves = self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "in", self.company_id._recouvrement_tree()),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
            ]
        )
        return self._prior(moves)

    def _prior(self, moves):
        """Those of these invoices that were born before the judgment."""
        self.ensure_one()
        return moves.filtered(
            lambda move: rules.is_prior(move.delivery_date or move.invoice_date or move.date, self.judgment_on)
        )

    def _prior_entry_lines(self):
        """What he owes by entries that are not invoices, an opening balance for example: an entry holds many customers,
        so it is taken item by item."""
        return self.env["account.move.line"].search(
            [
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "in", self.company_id._recouvrement_tree()),
                ("account_id", "in", self.company_id._recouvrement_accounts()),
                ("parent_state", "=", "posted"),
                ("move_id.move_type", "=", "entry"),
                ("move_id.origin_payment_id", "=", False),
                ("move_id.statement_line_id", "=", False),
                ("amount_currency", ">", 0),
                ("date", "<", self.judgment_on),
            ]
        )

    def action_refresh_claim(self):
        """Take the claim down again: payments or credit notes were entered since."""
        self.check_access("write")
        for record in self:
            if record.declared_on:
                day = format_date(self.env, record.declared_on)
                raise UserError(self.env._("The claim was declared on %s: it does not change.", day))
            record._take_down()
            record._set_deadlines()  # debts born since may have appeared

    def _has_later(self):
        """Whether the debtor owes debts born since the judgment."""
        moves = self.debtor_id._open_moves()
        return bool(moves - self._prior(moves))
