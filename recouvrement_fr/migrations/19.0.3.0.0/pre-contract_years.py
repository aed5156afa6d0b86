"""Periods agreed where the law lets nobody agree on one (C.civ 2254) go: they were accepted until 19.0.2.0.0."""

from odoo.tools.sql import table_exists


def migrate(cr, version):
    if not table_exists(cr, "recouvrement_claim_kind"):  # before 19.0.2.0.0 there were no kinds of claim
        return
    cr.execute(
        "UPDATE recouvrement_claim_kind SET contract_years = NULL"
        " WHERE contract_years IS NOT NULL AND code NOT IN ('commercial', 'civil')"
    )
