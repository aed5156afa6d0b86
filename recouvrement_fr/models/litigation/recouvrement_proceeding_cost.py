from odoo import fields, models

from .recouvrement_case_cost import KINDS


class RecouvrementProceedingCost(models.Model):
    """What a step usually costs, as dated data: proposed when the step is recorded, then corrected by the real bill."""

    _name = "recouvrement.proceeding.cost"
    _inherit = "recouvrement.shared"
    _description = "Cost of a Step"
    _order = "step_id, date_from, id"

    step_id = fields.Many2one("recouvrement.proceeding.step", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="step_id.company_id", store=True, index=True)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(KINDS, required=True, default="bailiff")
    amount = fields.Float("Amount (EUR)", digits=(16, 2), required=True)
    date_from = fields.Date("In force from", required=True, default="2026-01-01")
    is_recoverable = fields.Boolean("Owed by the debtor", default=True, help="CPC 695; CPCE L111-8")
    verified = fields.Boolean(help="Unticked: a figure to be checked, shown as such.")
    source = fields.Char(help="Where it was read, and what it depends on.")
