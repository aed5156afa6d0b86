"""Letters frozen by 19.0.1.0.0 that wait to be posted know what they ask for, not how it was counted."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    api.Environment(cr, SUPERUSER_ID, {})["recouvrement.accessory"]._explain_old_letters()
