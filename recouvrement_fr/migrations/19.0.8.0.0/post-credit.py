"""Branches invoice on the limit and the terms decided above them: they were written for the root company alone."""

from odoo import SUPERUSER_ID, api

FIELDS = ("credit_limit", "property_payment_term_id")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for review in env["recouvrement.credit.review"].search([("state", "=", "approved")]):
        decided = review._decided_values()
        for branch_id in set(review.company_id._recouvrement_tree()) - set(review.company_id.ids):
            partner = review.partner_id.with_company(branch_id)
            for name in FIELDS:
                typed = partner[name] != partner._fields[name].get_company_dependent_fallback(partner)
                if name in decided and not typed:  # what somebody typed for a branch stays
                    partner[name] = decided[name]
