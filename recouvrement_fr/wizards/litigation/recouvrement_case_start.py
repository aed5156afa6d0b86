from odoo import api, fields, models

from ...tools import clock


class RecouvrementCaseStart(models.TransientModel):
    """Start a procedure in a case, or ask the creditor for his approval, with what it costs and may bring."""

    _name = "recouvrement.case.start"
    _description = "Start a Procedure"
    _inherit = "recouvrement.dialog"

    case_id = fields.Many2one("recouvrement.case", required=True)
    proceeding_id = fields.Many2one("recouvrement.proceeding", "Procedure", required=True)
    description = fields.Text(related="proceeding_id.description", related_sudo=False)
    article = fields.Char(related="proceeding_id.article", related_sudo=False)
    needs_approval = fields.Boolean(related="proceeding_id.needs_approval", related_sudo=False)
    unverified_count = fields.Integer(related="proceeding_id.unverified_count", related_sudo=False)
    obstacles = fields.Text(compute="_compute_figures")
    currency_id = fields.Many2one(related="case_id.company_currency_id", related_sudo=False)
    recovery_percent = fields.Float("Expected recovery (%)")
    claimed = fields.Monetary("Claimed in all", compute="_compute_figures")
    spent = fields.Monetary("Spent so far", compute="_compute_figures")
    expected_cost = fields.Monetary("Expected costs", compute="_compute_figures")
    expected_net = fields.Monetary("Expected net", compute="_compute_figures")
    reason = fields.Text("Why this one", help="Read by whoever approves it.")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        case = self.env["recouvrement.case"].browse(values.get("case_id")) or self._given("recouvrement.case")[:1]
        return values | {"case_id": case.id, "recovery_percent": case.recovery_percent}

    @api.depends("proceeding_id", "recovery_percent")
    def _compute_figures(self):
        on = clock.today(self.env)
        for wizard in self:
            case, proceeding = wizard.case_id, wizard.proceeding_id
            wizard.obstacles = "\n".join(case._obstacles(proceeding, on)) if proceeding else False
            figures = case._expected(proceeding, on, percent=wizard.recovery_percent)
            _statement, wizard.claimed, wizard.spent, wizard.expected_cost, wizard.expected_net = figures

    def action_start(self):
        self.ensure_one()
        if self.case_id.recovery_percent != self.recovery_percent:
            self.case_id.recovery_percent = self.recovery_percent
        self.case_id._start(self.proceeding_id, self.reason, on=clock.today(self.env))
