from odoo import fields, models

from ...tools.readers import SETTINGS_READERS


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_payments_seen_id = fields.Integer(  # the last reconciliation that the profiles of payers know of
        "Last reconciliation profiled", readonly=True, copy=False, groups=SETTINGS_READERS
    )
