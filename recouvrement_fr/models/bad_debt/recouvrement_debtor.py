from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.bulk import any_of

LOST = "recouvrement.write.off.line"
MOVED = "moved"  # whether any item is about an invoice: moved to doubtful receivables, brought back, written off


class Standing(NamedTuple):
    """What of an invoice stands in doubtful receivables; the fields that a statement reads of an open item."""

    move_id: int
    due: date
    currency_id: int
    amount: float
    company_amount: float
    amount_total: float


class RecouvrementDebtor(models.Model):
    """What a debtor owes that the nights no longer see: doubtful, or written off."""

    _inherit = "recouvrement.debtor"

    doubtful_amount = fields.Monetary(
        "Doubtful",
        compute="_compute_doubtful_amount",
        help="Moved to doubtful receivables (416) and still owed, in company currency: no reminder asks for it.",
    )
    written_off_amount = fields.Monetary(
        "Written off", compute="_compute_written_off_amount", help="Given up and posted, in company currency."
    )

    @api.model
    def _asked_of_all(self):
        return [*super()._asked_of_all(), LOST]

    def _asked_once(self):
        moved = SQL("EXISTS (SELECT 1 FROM account_move_line WHERE recouvrement_invoice_id IS NOT NULL)")
        return super()._asked_once() | {MOVED: moved}

    def _compute_doubtful_amount(self):
        standing = self._standing()
        for debtor in self:
            debtor.doubtful_amount = sum(item.company_amount for item in standing[debtor.id])

    def _standing(self):
        """{debtor id: [Standing]}: his invoices in doubtful receivables, over the company tree, the oldest first."""
        found = defaultdict(list)
        if not self._may_have(MOVED):
            return found
        self.env["account.move.line"].flush_model()
        for company, debtors in self.grouped("company_id").items():
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT p.commercial_partner_id, m.id, COALESCE(m.invoice_date_due, m.date), l.currency_id,
                           SUM(l.amount_residual_currency), SUM(l.amount_residual), MAX(m.amount_total)
                      FROM account_move_line l
                      JOIN res_partner p ON p.id = l.partner_id
                      JOIN account_move m ON m.id = l.recouvrement_invoice_id
                     WHERE p.commercial_partner_id = %s AND l.account_id = %s AND l.company_id = %s
                       AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE
                  GROUP BY 1, 2, 4
                  ORDER BY 3, 2
                    """,
                    any_of(debtors.partner_id.ids),
                    any_of(company._recouvrement_doubtful_accounts()),
                    any_of(company._recouvrement_tree()),
                )
            )
            cards = {debtor.partner_id.id: debtor.id for debtor in debtors}
            for partner_id, move_id, due, currency_id, *amounts in rows:
                found[cards[partner_id]].append(Standing(move_id, due, currency_id, *map(float, amounts)))
        return found

    def _statement_data(self, on):
        """A statement tells what is doubtful too: it is owed, on whatever account it stands."""
        data = super()._statement_data(on)
        for debtor_id, items in self._standing().items():
            moves = self.env["account.move"].sudo()  # his own account, whole
            data[self.browse(debtor_id)]["items"] += [
                self._statement_item(item, moves.browse(item.move_id), {}, {}) for item in items
            ]
        return data

    def _compute_written_off_amount(self):
        groups = (
            self.env[LOST]
            .sudo()  # a figure of the card, whoever reads it
            ._read_group(
                [
                    ("partner_id", "in", self.partner_id.ids if self._may_have(LOST) else []),
                    ("company_id", "in", self.company_id.ids),
                    ("state", "=", "posted"),
                ],
                ["company_id", "partner_id"],
                ["company_amount:sum"],
            )
        )
        amounts = {(company, partner): amount for company, partner, amount in groups}
        for debtor in self:
            debtor.written_off_amount = amounts.get((debtor.company_id, debtor.partner_id), 0)

    def _doubtful_moves(self):
        """The invoices of these debtors that stand in doubtful receivables."""
        return self.env["account.move"].browse([item.move_id for items in self._standing().values() for item in items])

    def action_open_doubtful(self):
        self.ensure_one()
        self.check_access("read")
        return self.env["recouvrement.doubtful"]._get_records_action(
            name=self.env._("Doubtful receivables"), domain=[("debtor_id", "=", self.id)], view_mode="list,form"
        )

    def action_return_doubtful(self):
        """Bring back what the debtor's payments call for."""
        self.ensure_one()
        self.check_access("read")
        return self.env["recouvrement.doubtful"]._propose_return(self, self._doubtful_moves())._get_records_action()

    def action_open_write_offs(self):
        self.ensure_one()
        return self.env["recouvrement.write.off"]._get_records_action(
            name=self.env._("Write-offs"),
            domain=[("line_ids.partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)],
            view_mode="list,form",
        )
