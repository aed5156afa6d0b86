from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.sending.recouvrement_reminder import WAITING


class RecouvrementCancel(models.TransientModel):
    """Cancel reminders that have not left, with a reason; their invoices may then be reminded again."""

    _name = "recouvrement.cancel"
    _description = "Cancel Reminders"
    _inherit = "recouvrement.dialog"

    reminder_ids = fields.Many2many(
        "recouvrement.reminder", string="Reminders", required=True, default=lambda self: self._default_reminders()
    )
    reason = fields.Char(required=True, help="Kept on the reminder.")
    kept_count = fields.Integer("Reminders that stay", compute="_compute_kept_count")

    @api.model
    def _default_reminders(self):
        if self.env.context.get("active_model") == "recouvrement.reminder":
            return self.env.context.get("active_ids")
        return False

    @api.depends("reminder_ids")
    def _compute_kept_count(self):
        for wizard in self:
            wizard.kept_count = len(wizard.reminder_ids - wizard._cancellable())

    def action_cancel(self):
        self.ensure_one()
        reminders = self._cancellable()
        if not reminders:
            raise UserError(self.env._("What has left cannot be cancelled: it stays as evidence."))
        reminders.with_context(recouvrement_in_hand="withdrawn")._cancel(self.reason)  # a printed letter too
        return {"type": "ir.actions.act_window_close"}

    def _cancellable(self):
        return self.reminder_ids.filtered(lambda reminder: reminder.state in WAITING)
