from odoo import fields, models

from ...tools import clock


class RecouvrementPlanServed(models.TransientModel):
    """Note the day a notice of default reached the debtor: the term before acceleration runs from there."""

    _name = "recouvrement.plan.served"
    _description = "Notice of Default Received"
    _inherit = "recouvrement.dialog"

    plan_id = fields.Many2one(
        "recouvrement.plan", required=True, default=lambda self: self._given("recouvrement.plan")[:1], readonly=True
    )
    served_on = fields.Date(
        "Received on",
        required=True,
        default=lambda self: clock.today(self.env),
        help="As the receipt says; a letter refused or not fetched counts from its first presentation.",
    )

    def action_note(self):
        self.plan_id._notice_served(self.served_on)
        return {"type": "ir.actions.act_window_close"}
