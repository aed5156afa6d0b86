from odoo import api, fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    recouvrement_warning = fields.Char(compute="_compute_recouvrement_warning")

    @api.depends("partner_id", "payment_type", "state")
    def _compute_recouvrement_warning(self):
        for payment in self:
            is_draft = payment.payment_type == "inbound" and payment.state == "draft"
            warning = is_draft and self.env["recouvrement.insolvency"]._warning(payment.partner_id)
            payment.recouvrement_warning = warning or False
