from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recouvrement_credit_mode = fields.Selection(related="company_id.root_id.recouvrement_credit_mode", readonly=False)
    recouvrement_credit_own_limit = fields.Monetary(
        related="company_id.root_id.recouvrement_credit_own_limit", readonly=False
    )
    recouvrement_credit_ceiling = fields.Monetary(
        related="company_id.root_id.recouvrement_credit_ceiling", readonly=False
    )
    recouvrement_credit_approver_ids = fields.Many2many(
        related="company_id.root_id.recouvrement_credit_approver_ids", readonly=False
    )
