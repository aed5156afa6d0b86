from odoo import api, fields, models
from odoo.fields import Command

from ...tools import clock


class RecouvrementLeaveOut(models.TransientModel):
    """Leave invoices out of what has not left, and of what follows: from a reminder, or from a debtor's open items."""

    _name = "recouvrement.leave.out"
    _description = "Leave Invoices Out of a Reminder"
    _inherit = "recouvrement.dialog"

    debtor_id = fields.Many2one("recouvrement.debtor")
    reminder_id = fields.Many2one("recouvrement.reminder", readonly=True)
    known_move_ids = fields.Many2many("account.move", compute="_compute_known_move_ids")
    move_ids = fields.Many2many(
        "account.move", string="Invoices", required=True, domain="[('id', 'in', known_move_ids)]"
    )
    until = fields.Date(help="The last day they are left out; empty: until somebody takes them back in.")
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        if values.get("reminder_id"):
            reminder = self.env["recouvrement.reminder"].browse(values["reminder_id"])
            return values | {"debtor_id": reminder.debtor_id.id}
        debtor, moves = self._chosen()
        return values | {"debtor_id": debtor.id, "move_ids": [Command.set(moves.ids)]} if debtor else values

    @api.depends("reminder_id", "debtor_id")
    def _compute_known_move_ids(self):
        for wizard in self:
            lines = wizard.reminder_id.line_ids.filtered(lambda line: not line.cancelled)
            wizard.known_move_ids = lines.move_id if wizard.reminder_id else wizard.debtor_id._open_moves()

    def action_apply(self):
        self.ensure_one()
        if self.reminder_id:
            self.reminder_id._leave_out(self.move_ids, self.reason, clock.today(self.env), self.until)
        else:
            self.debtor_id._leave_out(self.move_ids, self.reason, clock.today(self.env), self.until)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
