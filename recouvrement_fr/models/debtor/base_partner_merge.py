from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Fold the debtor cards first: one card per company and partner, and the merge aborts on a unique index."""
        self.env["recouvrement.debtor"].sudo()._fold(src_partners, dst_partner)  # merging is a right on partners
        return super()._update_foreign_keys(src_partners, dst_partner)
