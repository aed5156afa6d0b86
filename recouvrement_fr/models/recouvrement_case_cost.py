from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

KINDS = [
    ("court", "Court fees"),
    ("bailiff", "Commissaire de justice"),
    ("lawyer", "Lawyer"),
    ("agency", "Agency commission"),
    ("expert", "Expert"),
    ("translation", "Translation"),
    ("contribution", "Contribution to justice"),
    ("other", "Other"),
]


class RecouvrementCaseCost(models.Model):
    """Money spent to recover a case: estimated, then incurred; what of it the debtor owes, and what came back."""

    _name = "recouvrement.case.cost"
    _description = "Cost of a Case"
    _order = "date, id"

    case_id = fields.Many2one("recouvrement.case", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char("What for", required=True)
    kind = fields.Selection(KINDS, required=True, default="other")
    date = fields.Date(required=True, default=lambda self: self.env["recouvrement.run"]._today())
    state = fields.Selection(
        [("estimated", "Estimated"), ("incurred", "Incurred"), ("cancelled", "Cancelled")],
        required=True,
        default="incurred",
    )
    amount = fields.Monetary(required=True)
    is_recoverable = fields.Boolean(
        "Owed by the debtor",
        default=True,
        help="Dépens and costs of enforcement (CPC 695; CPCE L111-8). A lawyer's fees are asked under article 700.",
    )
    recovered = fields.Monetary(help="What of it has come back.")
    partner_id = fields.Many2one("res.partner", "Paid to")
    bill_id = fields.Many2one(
        "account.move",
        "Vendor bill",
        index="btree_not_null",
        domain="[('move_type', 'in', ('in_invoice', 'in_receipt')), ('company_id', 'child_of', company_id)]",
    )
    verified = fields.Boolean(default=True, help="Unticked: a figure proposed by a procedure, to be checked.")

    @api.constrains("amount", "recovered")
    def _check_amount(self):
        for cost in self:
            if cost.amount < 0 or not 0 <= cost.recovered <= cost.amount:
                raise ValidationError(
                    self.env._("A cost is not below zero, and what has come back is at most what was spent.")
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if self.filtered(lambda cost: cost.state == "incurred"):
            raise UserError(self.env._("A cost that was incurred is evidence: cancel it, it cannot be deleted."))
