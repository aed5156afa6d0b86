from odoo import api, fields, models

from ...ledger import aged
from ...tools import clock


class AccountMoveLine(models.Model):
    """What was left of an item at the end of a past day."""

    _inherit = "account.move.line"

    recouvrement_left_then = fields.Monetary(
        "Left that day",
        currency_field="company_currency_id",
        compute="_compute_recouvrement_left_then",
        groups="recouvrement_fr.group_recouvrement_user",
        help="What was left of it at the end of the day of the aged balance, in company currency.",
    )
    recouvrement_late_then = fields.Integer(
        "Days late that day",
        compute="_compute_recouvrement_left_then",
        groups="recouvrement_fr.group_recouvrement_user",
    )

    @api.depends_context("recouvrement_aged_on")
    @api.depends("amount_residual", "date_maturity", "date")
    def _compute_recouvrement_left_then(self):
        on = fields.Date.to_date(self.env.context.get("recouvrement_aged_on")) or clock.today(self.env)
        for company, lines in self.grouped(lambda line: line.company_id.root_id).items():
            amounts = aged.left(self.env, company, lines.ids, on) if company else {}
            for line in lines:
                due = line.date_maturity or line.date
                line.recouvrement_left_then = amounts.get(line.id, 0)
                line.recouvrement_late_then = max((on - due).days, 0) if due and line.id in amounts else 0
