from odoo import api, fields, models

from ...tools import clock


class RecouvrementCaseStatement(models.TransientModel):
    """The décompte of a case on any day: what is claimed, what came in and what it paid, what is left."""

    _name = "recouvrement.case.statement"
    _description = "Décompte of a Case"
    _inherit = "recouvrement.dialog"

    case_id = fields.Many2one("recouvrement.case", required=True)
    on = fields.Date("On", required=True, default=lambda self: clock.today(self.env))
    table = fields.Html(compute="_compute_table", sanitize=False)  # rendered by QWeb, which escapes

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        return {"case_id": self._given("recouvrement.case")[:1].id} | values

    @api.depends("on", "case_id")
    def _compute_table(self):
        for wizard in self:
            wizard.table = wizard.on and wizard.case_id._statement_html(wizard.on)

    def action_pdf(self):
        """The décompte as a file, a draft that says so: to be corrected and frozen among the documents of the case."""
        self.ensure_one()
        return self.case_id._draft_act("statement", self.on).action_open()

    def action_send(self):
        """The décompte as a letter to the debtor, by e-mail or to be posted; what is sent is frozen and kept."""
        self.ensure_one()
        return self.case_id._draft_act("debtor_statement", self.on).action_send_to_debtor()
