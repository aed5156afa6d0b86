from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..amicable.recouvrement_guarantee import KINDS


class RecouvrementCreditClass(models.Model):
    """A class of customers: what a credit decision proposes for one of them."""

    _name = "recouvrement.credit.class"
    _description = "Class of Customers"
    _check_company_auto = True
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    payment_term_id = fields.Many2one("account.payment.term", check_company=True, ondelete="restrict")
    limit_amount = fields.Monetary("Credit limit", help="Proposed; zero: no credit, everything is paid first.")
    upfront_percent = fields.Float(
        "Paid up front (%)", help="Asked before an order is carried out; quotations of the class ask for it."
    )
    guarantee_kind = fields.Selection(KINDS, "Guarantee asked")
    policy_id = fields.Many2one("recouvrement.policy", "Dunning policy", ondelete="restrict")
    review_months = fields.Integer("Reviewed every (months)", default=12)
    note = fields.Text("Who belongs to it")

    @api.constrains("limit_amount", "upfront_percent", "review_months")
    def _check_figures(self):
        for one in self:
            if one.limit_amount < 0 or not 0 <= one.upfront_percent <= 100 or one.review_months < 1:
                raise ValidationError(
                    self.env._(
                        "A limit is zero or more, a percentage between 0 and 100, a review after a month or more."
                    )
                )
