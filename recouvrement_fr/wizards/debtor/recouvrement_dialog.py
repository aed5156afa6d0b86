from odoo import api, models
from odoo.exceptions import UserError


class RecouvrementDialog(models.AbstractModel):
    """Whose invoices a dialog is about: a debtor's card, invoices, or the open items ticked on a card."""

    _inherit = "recouvrement.dialog"

    @api.model
    def _chosen(self):
        """(debtor, invoices) that whoever opens the dialog is looking at; of a card, no invoice is chosen yet.

        Credits ticked are passed over.

        :raises UserError: several debtors, one without a card, or an entry that may hold many customers
        """
        model, ids = self._opened_on()
        debtor, moves = self.env["recouvrement.debtor"], self.env["account.move"]
        if model == "recouvrement.debtor":
            return debtor.browse(ids[:1]), moves
        if model == "account.move.line":
            items = self.env[model].browse(ids)
            return self._debtor_of_items(items), self._moves_of_items(items)
        if model == "account.move" and ids:
            moves = moves.browse(ids)
            debtor = moves[:1].recouvrement_debtor_id
            if not debtor or len(moves.commercial_partner_id) > 1:
                self._refuse_chosen()
        return debtor, moves

    @api.model
    def _debtor_of_items(self, items):
        """:raises UserError: these items are of several debtors, or of one without a card"""
        partner, company = items.partner_id.commercial_partner_id, items.company_id.root_id
        card = self.env["recouvrement.debtor"].search(
            [("partner_id", "in", partner.ids), ("company_id", "in", company.ids)], limit=2
        )
        if len(partner) != 1 or len(card) != 1:
            self._refuse_chosen()
        return card

    @api.model
    def _moves_of_items(self, items):
        debts = items.filtered(lambda item: item.amount_residual_currency > 0)
        debtor = self._debtor_of_items(items)
        if debts.filtered(lambda item: not item.move_id.is_sale_document(include_receipts=True)):
            raise UserError(debtor._entries_refused())
        if not debts:
            raise UserError(debtor._no_invoice_to_choose())
        return debts.move_id

    @api.model
    def _refuse_chosen(self):
        raise UserError(self.env._("Choose invoices of one debtor who has a card: the night makes it."))

    @api.model
    def _overdue_of(self, debtor):
        """The overdue invoices of a debtor, which a dialog opened on its card proposes.

        :raises UserError: all that is overdue was entered as an accounting entry
        """
        moves = debtor._overdue_moves()
        if not moves and debtor._owes_entries():
            raise UserError(debtor._entries_refused())
        return moves
