from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recouvrement_policy_good_id = fields.Many2one(
        related="company_id.root_id.recouvrement_policy_good_id", readonly=False
    )
    recouvrement_policy_bad_id = fields.Many2one(
        related="company_id.root_id.recouvrement_policy_bad_id", readonly=False
    )
    recouvrement_profile_announces = fields.Boolean(
        related="company_id.root_id.recouvrement_profile_announces", readonly=False
    )
    recouvrement_profile_agenda = fields.Boolean(
        related="company_id.root_id.recouvrement_profile_agenda", readonly=False
    )
    recouvrement_broken_fade_days = fields.Integer(
        related="company_id.root_id.recouvrement_broken_fade_days", readonly=False
    )
