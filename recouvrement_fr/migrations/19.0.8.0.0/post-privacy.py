"""The ten years of accounting documents run from the end of their fiscal year (C. com. art. L123-22): the rule that was
shipped says so, unless somebody verified it as it was, and what it archived is kept until then."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("recouvrement_fr.recouvrement_retention_accounting", raise_if_not_found=False)
    if not rule or rule.event != "document_date" or rule.verified:
        return
    rule.event = "fiscal_year_end"
    own = env["recouvrement.retention"].search([("kind", "=", "accounting"), ("company_id", "!=", False)]).company_id
    for identity in env["recouvrement.retention.identity"].search([("company_id", "not in", own.ids)]):
        identity.until = identity.company_id.compute_fiscalyear_dates(identity.until)["date_to"]
