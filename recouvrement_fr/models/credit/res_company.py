from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import formatLang

from ...rules.credit import is_beyond
from ...tools.formats import exact
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

    recouvrement_credit_ceiling = fields.Monetary(
        "Any manager approves up to",
        help="A larger credit is approved by those named below only, who also allow what takes a customer beyond this "
        "amount; 0: no ceiling.",
        groups=SETTINGS_READERS,
    )
    recouvrement_credit_approver_ids = fields.Many2many(
        "res.users",
        "recouvrement_credit_approver_rel",
        "company_id",
        "user_id",
        "Beyond, approved by",
        domain="[('share', '=', False)]",
        help="They are credit managers too.",
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

    @api.constrains("recouvrement_credit_own_limit", "recouvrement_credit_ceiling")
    def _check_recouvrement_credit_own_limit(self):
        for company in self:
            if min(company.recouvrement_credit_own_limit, company.recouvrement_credit_ceiling) < 0:
                raise ValidationError(self.env._("An amount is zero or more."))

    def _check_credit_ceiling(self, user, amount):
        """:raises AccessError: a credit of this amount, in company currency, is not for this manager to give"""
        self.ensure_one()
        known = self.sudo()  # a setting
        ceiling, approvers = known.recouvrement_credit_ceiling, known.recouvrement_credit_approver_ids
        if not is_beyond(exact(amount), exact(ceiling)) or user in approvers:
            return
        shown = formatLang(self.env, ceiling, currency_obj=known.currency_id)
        if not approvers:
            raise AccessError(
                self.env._(
                    "Nobody is named to approve a credit beyond %s: an administrator does, in the settings.", shown
                )
            )
        raise AccessError(
            self.env._(
                "A credit beyond %(amount)s is approved by: %(names)s.",
                amount=shown,
                names=", ".join(approvers.mapped("name")),
            )
        )
