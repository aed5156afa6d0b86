from odoo import api, fields, models


class RecouvrementCreditAllow(models.TransientModel):
    _inherit = "recouvrement.credit.allow"

    order_id = fields.Many2one("sale.order", "Order", default=lambda self: self._opened_on("sale.order"))

    @api.depends("order_id")
    def _compute_why_asked(self):
        super()._compute_why_asked()

    def _document(self):
        return self.order_id or super()._document()
