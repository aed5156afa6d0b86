from odoo import fields, models

from ...tools import clock


class RecouvrementLimitationCorrection(models.TransientModel):
    """Complete or void what was noted of a limitation."""

    _name = "recouvrement.limitation.correction"
    _description = "Complete or Void a Limitation Event"
    _inherit = "recouvrement.dialog"

    event_id = fields.Many2one("recouvrement.limitation.event", required=True, readonly=True)
    action = fields.Selection([("end", "It ended"), ("void", "It is void")], required=True, default="end")
    until = fields.Date("Ended on", default=lambda self: clock.today(self.env))
    reason = fields.Char(help="For example: claim withdrawn, order lapsed, wrong invoice.")

    def action_apply(self):
        self.ensure_one()
        self.event_id.check_access("read")  # what follows is written as superuser
        if self.action == "end":
            self.event_id._ended(self.until)
        else:
            self.event_id._void(self.reason, clock.today(self.env))
        return {"type": "ir.actions.client", "tag": "soft_reload"}
