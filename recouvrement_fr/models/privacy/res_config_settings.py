from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recouvrement_anonymisation = fields.Selection(
        related="company_id.root_id.recouvrement_anonymisation", readonly=False
    )
