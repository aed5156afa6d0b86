from odoo import api, fields, models

from ...tools import clock


class RecouvrementCaseEndingWizard(models.TransientModel):
    """End a procedure, close a case, or open it again: always with a reason."""

    _name = "recouvrement.case.ending"
    _description = "End or Reopen a Case"
    _inherit = "recouvrement.dialog"

    case_id = fields.Many2one("recouvrement.case", required=True)
    act = fields.Selection(
        [("close", "Close the case"), ("reopen", "Open it again"), ("end_run", "End a procedure")],
        required=True,
        default="close",
    )
    outcome = fields.Selection(lambda self: self.env["recouvrement.case"]._fields["outcome"].selection)
    run_id = fields.Many2one(
        "recouvrement.case.proceeding",
        "Procedure",
        domain="[('case_id', '=', case_id), ('state', 'in', ('running', 'to_approve'))]",
    )
    run_state = fields.Selection(
        [
            ("done", "It came to its end"),
            ("lapsed", "It lapsed (caducité): what it interrupted counts no more"),
            ("given_up", "Discontinued"),
        ],
        "How it ends",
        default="done",
    )
    reason = fields.Text("Why", required=True)

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        case = self.env["recouvrement.case"].browse(values.get("case_id")) or self._given("recouvrement.case")[:1]
        found = {"case_id": case.id, "run_id": case.run_ids.filtered(lambda run: run.state == "running")[:1].id}
        return found | values

    def action_end(self):
        self.ensure_one()
        case, on = self.case_id, clock.today(self.env)
        if self.act == "close":
            case._close(self.outcome, self.reason, on=on)
        elif self.act == "reopen":
            case._reopen(self.reason, on=on)
        else:
            case._end_run(self.run_id, self.run_state, self.reason, on=on)
