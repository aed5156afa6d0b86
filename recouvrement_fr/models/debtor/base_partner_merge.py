from odoo import models

from ...tools import clock


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Fold the debtor cards first: one card per company and partner, and the merge aborts on a unique index."""
        debtors, on = self.env["recouvrement.debtor"].sudo(), clock.today(self.env)  # merging is a right on partners
        cards = debtors.with_context(active_test=False).search([("partner_id", "in", (src_partners | dst_partner).ids)])
        for merged in cards.grouped("company_id").values():
            self.env["recouvrement.pause.period"]._fold(merged, on)
        debtors._fold(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)
