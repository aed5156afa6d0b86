"""Periods agreed where the law lets nobody agree on one (C.civ 2254) go: they were accepted until 19.0.2.0.0."""


def migrate(cr, version):
    cr.execute(
        "UPDATE recouvrement_claim_kind SET contract_years = NULL"
        " WHERE contract_years IS NOT NULL AND code NOT IN ('commercial', 'civil')"
    )
