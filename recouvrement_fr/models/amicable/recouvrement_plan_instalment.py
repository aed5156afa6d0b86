from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_amount, format_date


class RecouvrementPlanInstalment(models.Model):
    """One instalment of a plan: its day, its amount, and what became of it from the cash."""

    _name = "recouvrement.plan.instalment"
    _inherit = "recouvrement.forewarning"
    _description = "Instalment of a Plan"
    _order = "plan_id, date, id"

    plan_id = fields.Many2one("recouvrement.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    date = fields.Date("Due on", required=True)
    amount = fields.Monetary(required=True)
    paid = fields.Monetary(readonly=True)
    paid_on = fields.Date(readonly=True)
    state = fields.Selection(
        [
            ("upcoming", "To come"),
            ("awaited", "Within the tolerance"),
            ("paid", "Paid up"),
            ("paid_late", "Paid late"),
            ("missed", "Unpaid"),
        ],
        default="upcoming",
        required=True,
        readonly=True,
        index=True,
    )

    _amount_positive = models.Constraint("CHECK(amount > 0)", "An instalment is more than zero.")
    _date_unique = models.Constraint("UNIQUE(plan_id, date)", "Two instalments of a plan fall on the same day.")

    @api.depends("plan_id.name", "date", "amount")
    def _compute_display_name(self):
        for row in self:
            day = format_date(self.env, row.date) if row.date else ""
            amount = format_amount(self.env, row.amount, row.currency_id) if row.currency_id else ""
            row.display_name = f"{row.plan_id.name} – {day} – {amount}"

    def _forewarned_debtor(self):
        return self.plan_id.debtor_id

    def _is_to_remind(self, on):
        days = self.plan_id.reminder_days
        return bool(days) and self.date - timedelta(days=days) <= on <= self.date and self.paid < self.amount
