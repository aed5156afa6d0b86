from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import clock


class RecouvrementLeaveOut(models.TransientModel):
    """Leave invoices out of what has not left, and of what follows: from a reminder, or from a debtor's open items."""

    _name = "recouvrement.leave.out"
    _description = "Leave Invoices Out of a Reminder"
    _inherit = "recouvrement.dialog.debts"

    debtor_id = fields.Many2one("recouvrement.debtor")
    reminder_id = fields.Many2one("recouvrement.reminder", readonly=True)
    known_move_ids = fields.Many2many("account.move", compute="_compute_known_move_ids")
    known_item_ids = fields.Many2many("account.move.line", compute="_compute_known_move_ids")
    move_ids = fields.Many2many("account.move", string="Invoices", domain="[('id', 'in', known_move_ids)]")
    item_ids = fields.Many2many(domain="[('id', 'in', known_item_ids)]")
    until = fields.Date(help="The last day they are left out; empty: until somebody takes them back in.")
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        if values.get("reminder_id"):
            reminder = self.env["recouvrement.reminder"].browse(values["reminder_id"])
            return values | {"debtor_id": reminder.debtor_id.id}
        return values | self._values_of(self._chosen())

    @api.depends("reminder_id", "debtor_id")
    def _compute_known_move_ids(self):
        for wizard in self:
            if wizard.reminder_id:
                moves, items = wizard.reminder_id.line_ids.filtered(lambda line: not line.cancelled)._debts()
            else:
                moves, items = wizard.debtor_id._open_moves(), wizard.debtor_id._open_entries()
            wizard.known_move_ids, wizard.known_item_ids = moves, items

    def action_apply(self):
        self.ensure_one()
        if not (self.move_ids or self.item_ids):
            raise UserError(self.debtor_id._no_invoice_to_choose())
        about = self.reminder_id or self.debtor_id
        about._leave_out(self.move_ids, self.reason, clock.today(self.env), self.until, items=self.item_ids)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
