from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _name = "res.config.settings"
    _inherit = ["res.config.settings", "recouvrement.settings.fields"]

    recouvrement_active = fields.Boolean(related="company_id.root_id.recouvrement_active")
    recouvrement_activated_on = fields.Date(related="company_id.root_id.recouvrement_activated_on")
