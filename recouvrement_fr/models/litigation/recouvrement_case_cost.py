from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import formatLang

from ...tools import clock

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
TOLD = ("state", "amount", "is_recoverable", "recovered")  # of a change, what the events of the case say


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
    date = fields.Date(required=True, default=lambda self: clock.today(self.env))
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

    @api.model_create_multi
    def create(self, vals_list):
        costs = super().create(vals_list)
        for cost in costs:
            cost._tell(self.env._("Cost noted: %s", cost.name), dict.fromkeys(TOLD, None), clock.today(self.env))
        return costs

    def write(self, vals):
        before = {cost: {name: cost[name] for name in TOLD} for cost in self}
        result = super().write(vals)
        for cost, known in before.items():
            if any(cost[name] != value for name, value in known.items()):
                cost._tell(self.env._("Cost changed: %s", cost.name), known, clock.today(self.env))
        return result

    def _tell(self, summary, before, on):
        """Leave an event of the case: the amount, and what has changed since.

        :param on: the day it is noted, for an estimate may be dated of a day to come
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        words = {
            "state": lambda value: states[value],
            "is_recoverable": lambda value: (
                self.env._("owed by the debtor") if value else self.env._("borne by the creditor")
            ),
        }
        money = lambda value: formatLang(self.env, value, currency_obj=self.currency_id)  # noqa: E731
        labels = {name: self._fields[name]._description_string(self.env) for name in ("amount", "recovered")}
        details = []
        for name in TOLD:
            tell = words.get(name, money)
            if self[name] == before[name] or (before[name] is None and name in ("amount", "recovered")):
                continue
            told = tell(self[name]) if before[name] is None else f"{tell(before[name])} → {tell(self[name])}"
            details.append(f"{labels[name]} : {told}" if name in labels else told)
        amount = self.currency_id._convert(self.amount, self.case_id.currency_id, self.company_id, on)
        self.case_id._note("cost", on, summary, details=", ".join(details), amount=amount)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if self.filtered(lambda cost: cost.state == "incurred"):
            raise UserError(self.env._("A cost that was incurred is evidence: cancel it, it cannot be deleted."))
        for cost in self:
            cost._tell(self.env._("Estimate removed: %s", cost.name), dict.fromkeys(TOLD, None), clock.today(self.env))
