from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recouvrement_ar24_url = fields.Char(related="company_id.root_id.recouvrement_ar24_url", readonly=False)
    recouvrement_ar24_user = fields.Char(related="company_id.root_id.recouvrement_ar24_user", readonly=False)
    recouvrement_ar24_token = fields.Char(related="company_id.root_id.recouvrement_ar24_token", readonly=False)
    recouvrement_ar24_key = fields.Char(related="company_id.root_id.recouvrement_ar24_key", readonly=False)
