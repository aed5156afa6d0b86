"""Limitation starts from the performance or delivery where it comes before the due date (Com. 26/02/2020, 18-25.036).

Kinds of claim that were counted from the due date are counted so from now on, whoever made them: it is the safe side,
and a manager may still untick it. The column of a term really agreed is made empty, at once: see hooks.COLUMNS.
"""

from odoo.tools.sql import column_exists, table_exists


def migrate(cr, version):
    # In SQL: the models are not loaded yet, and an invoice is not recomputed by the million.
    if table_exists(cr, "recouvrement_claim_kind"):  # before 19.0.2.0.0 there were no kinds of claim
        cr.execute(
            "UPDATE recouvrement_claim_kind SET from_delivery = TRUE"
            " WHERE code IN ('commercial', 'civil', 'consumer', 'public')"
        )
    if not column_exists(cr, "account_move", "recouvrement_term_agreed"):
        cr.execute("ALTER TABLE account_move ADD COLUMN recouvrement_term_agreed boolean")
