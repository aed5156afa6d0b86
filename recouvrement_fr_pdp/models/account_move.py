from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _pdp_get_paid_amount(self):
        """What the tax authority is told as received (212) is money: not a write-off, a transfer to doubtful
        receivables, nor a set-off."""
        if self.move_type == "out_refund":
            return super()._pdp_get_paid_amount() - self.direction_sign * self._settled_without_cash()
        if not self.is_sale_document(include_receipts=True):
            return super()._pdp_get_paid_amount()
        return self._cash_received()[self.id]

    def _l10n_fr_pdp_get_default_notes(self):
        """The notes of the electronic invoice are those that are claimed: one truth for mentions."""
        notes = super()._l10n_fr_pdp_get_default_notes()
        return {**notes, **self._electronic_notes()} if notes else notes
