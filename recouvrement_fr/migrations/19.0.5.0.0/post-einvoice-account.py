"""Another account to pay: the invoice is left alone until a manager has checked it. Reasons get their closed lists."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    cr.execute("UPDATE recouvrement_einvoice_status SET act = 'account_wait' WHERE code = '227' AND act = 'account'")
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["recouvrement.einvoice.reason"]._fill_lists()
