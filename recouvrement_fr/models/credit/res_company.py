from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.readers import SETTINGS_READERS

MODES = [
    ("none", "Nothing"),
    ("warn", "Warn"),
    ("block", "Block, unless a manager allows it in writing"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_credit_mode = fields.Selection(
        MODES,
        "Over a credit limit decided",
        default="warn",
        required=True,
        help="When an invoice is posted, or an order confirmed, that passes the limit of a credit decision in force.",
        groups=SETTINGS_READERS,
    )
    recouvrement_credit_own_limit = fields.Monetary(
        "Own requests approved up to",
        help="A manager approves the credit he asked for himself up to this amount; 0: never. Beyond, another manager.",
        groups=SETTINGS_READERS,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A new branch takes the credit decided above it."""
        companies = super().create(vals_list)
        for branch in companies.filtered("parent_id"):
            branch._take_credit_decided()
        return companies

    def _take_credit_decided(self):
        """The limits and terms in force in the company above this branch, for what the branch will invoice."""
        reviews = self.env["recouvrement.credit.review"].sudo()  # whoever makes a branch reads no credit decision
        for review in reviews.search([("company_id", "=", self.root_id.id), ("state", "=", "approved")]):
            review.partner_id.with_company(self).write(review._decided_values())

    @api.constrains("recouvrement_credit_own_limit")
    def _check_recouvrement_credit_own_limit(self):
        for company in self:
            if company.recouvrement_credit_own_limit < 0:
                raise ValidationError(self.env._("An amount is zero or more."))
