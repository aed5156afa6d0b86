from odoo import fields, models

from ...tools import clock


class RecouvrementManualRun(models.TransientModel):
    """Start the night's work now, for one company."""

    _name = "recouvrement.manual.run"
    _description = "Run the Reminders Now"
    _inherit = "recouvrement.dialog"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company.root_id)
    is_active = fields.Boolean(compute="_compute_is_active")

    def _compute_is_active(self):
        for wizard in self:
            wizard.is_active = wizard.company_id.sudo().recouvrement_active  # a setting of the root

    def action_run(self):
        self.ensure_one()
        company = self.env["recouvrement.simulation"]._company(self.company_id)
        run = self.env["recouvrement.run"]._run_now(company, clock.today(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Run"),
            "res_model": "recouvrement.run",
            "res_id": run.id,
            "view_mode": "form",
        }
