"""Whether the creditor lives where proceedings are opened is told by territories, overseas ones apart (C.com R622-24).

Proceedings in progress whose claim is still to be declared are told anew, with their deadlines: a delay that was too
long would lose the claim. Each change is written on the proceedings.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    waiting = env["recouvrement.insolvency"].search([("state", "=", "open"), ("declared_on", "=", False)])
    before = {record.id: record.is_abroad for record in waiting}
    env.add_to_compute(waiting._fields["is_abroad"], waiting)
    waiting.flush_recordset(["is_abroad"])
    changed = waiting.filtered(lambda record: record.is_abroad != before[record.id])
    changed._set_deadlines()
    for record in changed:
        told = (
            env._("The creditor does not live where the proceedings are opened: more time to declare.")
            if record.is_abroad
            else env._("The creditor lives where the proceedings are opened: no more time to declare.")
        )
        record.message_post(body=told)
