"""What was written of cases outside them, before secrecy was read from the case each time. May run again.

Reminders taken back no longer name the case; what was told of limitation on the debtor's card is told in the case;
those who may not read a confidential case follow it no more.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    _unname(cr)
    _move_words(cr)
    for table in ("recouvrement_document", "recouvrement_deadline"):
        cr.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS confidential")  # asked of the record they are about
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["recouvrement.case"].search([("is_confidential", "=", True)])._leave_to_officers()


def _unname(cr):
    cr.execute(
        """
        UPDATE recouvrement_reminder r
           SET cancel_reason = REPLACE(r.cancel_reason, ' ' || c.name, '')
          FROM recouvrement_case c
         WHERE c.debtor_id = r.debtor_id AND POSITION(' ' || c.name IN r.cancel_reason) > 0
        """
    )


def _move_words(cr):
    """Messages of the same instant as the event of a case, or as the last change of it, that speak of limitation."""
    cr.execute(
        """
        UPDATE mail_message m
           SET model = 'recouvrement.case', res_id = COALESCE(p.case_id, e.res_id)
          FROM recouvrement_limitation_event e
     LEFT JOIN recouvrement_case_proceeding p ON e.res_model = 'recouvrement.case.proceeding' AND p.id = e.res_id
         WHERE e.res_model IN ('recouvrement.case', 'recouvrement.case.proceeding')
           AND m.model = 'recouvrement.debtor' AND m.res_id = e.debtor_id
           AND m.create_date IN (e.create_date, e.write_date)
           AND m.body ~ '(Limitation:|Prescription\\s*:|Prescription&nbsp;:)'
        """
    )
