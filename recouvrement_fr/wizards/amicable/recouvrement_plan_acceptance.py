from odoo import fields, models
from odoo.exceptions import UserError

from ...tools import clock


class RecouvrementPlanAcceptance(models.TransientModel):
    """The debtor accepts a plan: a signed copy is uploaded, or he signs on the screen."""

    _name = "recouvrement.plan.acceptance"
    _description = "Acceptance of an Instalment Plan"
    _inherit = "recouvrement.dialog"

    plan_id = fields.Many2one(
        "recouvrement.plan", required=True, default=lambda self: self._given("recouvrement.plan")[:1], readonly=True
    )
    accepted_on = fields.Date(required=True, default=lambda self: clock.today(self.env))
    accepted_by = fields.Char(
        "Signed by", required=True, help="Name and quality of who signed for the debtor: Jean Durand, gérant."
    )
    signed_copy = fields.Binary(help="The copy the debtor sent back, signed (PDF or photograph).")
    signed_name = fields.Char()
    signature = fields.Image("Signature on the screen")

    def action_accept(self):
        self.ensure_one()
        if self.accepted_on > clock.today(self.env):
            raise UserError(self.env._("A plan is not accepted in advance: correct the date."))
        signed_file = None
        if self.signed_copy:
            signed_file = (self.signed_name or self.env._("Signed plan.pdf"), self._proof(self.signed_copy))
        self.plan_id._accept(self.accepted_on, self.accepted_by, self.signature or None, signed_file)
        return {"type": "ir.actions.act_window_close"}
