from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_recouvrement_credit(self):
        """The credit decisions about this customer, in the current company."""
        self.ensure_one()
        self.env["recouvrement.credit.review"].check_access("read")
        self.check_access("read")
        card = self.env["recouvrement.debtor"]._card(self.env.company.root_id, self.commercial_partner_id)
        return card.action_open_credit_reviews()
