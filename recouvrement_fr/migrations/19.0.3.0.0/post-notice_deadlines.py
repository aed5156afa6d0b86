"""The day to pay kept for formal notices was counted from their letter's date: it is the end of the term that runs from
their presentation or their receipt, as their words say."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    notices = env["recouvrement.reminder"].search([("level_id.kind", "=", "formal_notice")])
    env.add_to_compute(notices._fields["deadline"], notices)
    notices.flush_recordset(["deadline"])
