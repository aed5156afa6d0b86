from odoo import api, fields, models

from ...tools import clock


class RecouvrementCaseDecision(models.TransientModel):
    """The creditor decides on a procedure that was asked for, with its figures before his eyes."""

    _name = "recouvrement.case.decision"
    _description = "Approve a Procedure"
    _inherit = "recouvrement.dialog"

    case_id = fields.Many2one("recouvrement.case", required=True)
    run_id = fields.Many2one("recouvrement.case.proceeding", "Procedure", required=True)
    asked_by_id = fields.Many2one(related="run_id.asked_by_id", related_sudo=False)
    debtor_id = fields.Many2one(related="case_id.debtor_id", related_sudo=False)
    currency_id = fields.Many2one(related="case_id.company_currency_id", related_sudo=False)
    recovery_percent = fields.Float(related="case_id.recovery_percent", related_sudo=False)
    principal = fields.Monetary(
        related="case_id.amount_principal", related_sudo=False, currency_field="case_currency_id"
    )
    interest = fields.Monetary(related="case_id.amount_interest", related_sudo=False, currency_field="case_currency_id")
    indemnity = fields.Monetary(
        related="case_id.amount_indemnity", related_sudo=False, currency_field="case_currency_id"
    )
    case_currency_id = fields.Many2one(related="case_id.currency_id", related_sudo=False, string="Currency of the case")
    claimed = fields.Monetary("Claimed in all", compute="_compute_figures")
    spent = fields.Monetary("Spent so far", compute="_compute_figures")
    expected_cost = fields.Monetary("Expected costs", compute="_compute_figures")
    expected_net = fields.Monetary("Expected net", compute="_compute_figures")
    asked_because = fields.Text("Why it is asked", compute="_compute_figures")
    comment = fields.Text()

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        case = self.env["recouvrement.case"].browse(values.get("case_id")) or self._given("recouvrement.case")[:1]
        run = case.run_ids.filtered(lambda run: run.state == "to_approve")[:1]
        return {"run_id": run.id} | values | {"case_id": case.id}

    @api.depends("run_id")
    def _compute_figures(self):
        on = clock.today(self.env)
        for wizard in self:
            figures = wizard.case_id._expected(wizard.run_id.proceeding_id, on)
            _statement, wizard.claimed, wizard.spent, wizard.expected_cost, wizard.expected_net = figures
            asked = wizard.run_id.event_ids.filtered(lambda event: event.kind == "started")
            wizard.asked_because = asked[:1].details

    def action_approve(self):
        self.ensure_one()
        self.case_id._decide(self.run_id, True, self.comment, on=clock.today(self.env))

    def action_refuse(self):
        self.ensure_one()
        self.case_id._decide(self.run_id, False, self.comment, on=clock.today(self.env))
