from odoo import api, fields, models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    recouvrement_warning = fields.Char(compute="_compute_recouvrement_warning")

    @api.depends("line_ids")
    def _compute_recouvrement_warning(self):
        for wizard in self:
            moves = wizard.line_ids.move_id.filtered(lambda move: move.is_sale_document())
            wizard.recouvrement_warning = self.env["recouvrement.insolvency"]._warning(moves.partner_id, moves)
