from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...models.sending.recouvrement_reminder import WAITING
from ...tools import clock


class RecouvrementPause(models.TransientModel):
    """Pause the reminders of some debtors until a day, for a reason that stays on their cards."""

    _name = "recouvrement.pause"
    _description = "Pause Reminders"
    _inherit = "recouvrement.dialog"

    debtor_ids = fields.Many2many(
        "recouvrement.debtor", string="Debtors", required=True, default=lambda self: self._default_debtors()
    )
    until = fields.Date(
        "Pause until",
        required=True,
        default=lambda self: clock.today(self.env) + timedelta(days=15),
        help="Last day without any reminder.",
    )
    reason = fields.Char(required=True, help="Kept on the debtor's card: why nothing leaves until then.")
    reminder_count = fields.Integer("Reminders not yet sent", compute="_compute_reminder_count")

    @api.model
    def _default_debtors(self):
        if self.env.context.get("active_model") == "recouvrement.debtor":
            return self.env.context.get("active_ids")
        return False

    @api.depends("debtor_ids")
    def _compute_reminder_count(self):
        for pause in self:
            pause.reminder_count = len(pause._waiting_reminders())

    def action_pause(self):
        """Pause the debtors and cancel what had not left yet."""
        self.ensure_one()
        if self.until <= clock.today(self.env):
            raise UserError(self.env._("Choose a day after today: a pause ends in the future."))
        message = self.env._(
            "Reminders paused until %(until)s: %(reason)s",
            until=format_date(self.env, self.until),
            reason=self.reason,
        )
        self.debtor_ids._track_set_log_message(message)
        self.debtor_ids.write({"paused_until": self.until, "pause_reason": self.reason})
        self._waiting_reminders()._cancel(message, reason="paused")
        return {"type": "ir.actions.act_window_close"}

    def _waiting_reminders(self):
        return self.env["recouvrement.reminder"].search(
            [("debtor_id", "in", self.debtor_ids.ids), ("state", "in", WAITING)]
        )
