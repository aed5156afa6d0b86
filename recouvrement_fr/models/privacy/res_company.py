from odoo import fields, models

from ...tools.readers import SETTINGS_READERS


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_anonymisation = fields.Selection(
        [
            ("propose", "Propose, a manager approves"),
            ("automatic", "Anonymise by itself, on verified retention rules"),
        ],
        "Data whose time has ended",
        default="propose",
        required=True,
        groups=SETTINGS_READERS,
    )
    recouvrement_contacts_seen_id = fields.Integer(  # where the nightly look at contacts of companies has come to
        "Last contact looked at", readonly=True, copy=False, groups=SETTINGS_READERS
    )
