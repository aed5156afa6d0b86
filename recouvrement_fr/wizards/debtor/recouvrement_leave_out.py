from odoo import api, fields, models


class RecouvrementLeaveOut(models.TransientModel):
    """Leave invoices out of a reminder that has not left, and of those that follow."""

    _name = "recouvrement.leave.out"
    _description = "Leave Invoices Out of a Reminder"
    _inherit = "recouvrement.dialog"

    reminder_id = fields.Many2one("recouvrement.reminder", required=True, readonly=True)
    known_move_ids = fields.Many2many("account.move", compute="_compute_known_move_ids")
    move_ids = fields.Many2many(
        "account.move", string="Invoices", required=True, domain="[('id', 'in', known_move_ids)]"
    )
    until = fields.Date(help="The last day they are left out; empty: until somebody takes them back in.")
    reason = fields.Char(required=True)

    @api.depends("reminder_id")
    def _compute_known_move_ids(self):
        for wizard in self:
            wizard.known_move_ids = wizard.reminder_id.line_ids.filtered(lambda line: not line.cancelled).move_id

    def action_apply(self):
        self.ensure_one()
        self.reminder_id._leave_out(self.move_ids, self.reason, self.until)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
