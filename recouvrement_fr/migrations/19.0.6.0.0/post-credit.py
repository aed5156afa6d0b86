"""Customers to whom a decision in force gives no credit: core reads a limit of zero as none at all."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for review in env["recouvrement.credit.review"].search([("state", "=", "approved"), ("limit_amount", "=", 0)]):
        partner = review.partner_id.with_company(review.company_id)
        if not partner.credit_limit:  # somebody may have typed another one since
            partner.credit_limit = review.currency_id.rounding
