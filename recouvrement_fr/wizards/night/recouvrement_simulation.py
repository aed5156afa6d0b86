from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class RecouvrementSimulation(models.TransientModel):
    """Show what a night would decide, today or later, without changing anything."""

    _name = "recouvrement.simulation"
    _description = "Simulate a Dunning Run"
    _inherit = "recouvrement.dialog"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company.root_id)
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="Today or a later day: a later night supposes that nothing is paid and nothing is sent until then.",
    )

    def action_simulate(self):
        self.ensure_one()
        if self.date < fields.Date.context_today(self):
            raise UserError(self.env._("Choose today or a later day: the past cannot be decided again."))
        run = self.env["recouvrement.run"]._simulate(self._company(self.company_id), self.date)
        return run._get_records_action(name=self.env._("Simulation"))

    @api.model
    def _company(self, company):
        """The root company, once we know that the user works in it."""
        if company not in self.env.user.company_ids.root_id:
            raise AccessError(self.env._("You do not work in this company."))
        return company.sudo()  # checked just above: its settings are read for this report alone
