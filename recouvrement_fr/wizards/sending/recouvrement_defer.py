from odoo import fields, models
from odoo.exceptions import UserError

from ...tools import clock


class RecouvrementDefer(models.TransientModel):
    """Not now: put reminders off to a day, or skip them and leave what carried them out."""

    _name = "recouvrement.defer"
    _description = "Put Off or Skip Reminders"
    _inherit = "recouvrement.dialog"

    reminder_ids = fields.Many2many("recouvrement.reminder", string="Reminders", required=True)
    choice = fields.Selection(
        [("postpone", "Let them leave later"), ("skip", "Skip them")], default="postpone", required=True
    )
    day = fields.Date(help="The first day they may leave; or the last day what carried them is left out.")
    reason = fields.Char(help="Kept in their history.")

    def action_apply(self):
        self.ensure_one()
        if self.choice == "skip":
            if not self.reason:
                raise UserError(self.env._("Say why these reminders are skipped."))
            self.reminder_ids._skip(self.reason, clock.today(self.env), self.day)
        elif not self.day:
            raise UserError(self.env._("Choose the day from which they may leave."))
        else:
            self.reminder_ids._put_off_until(self.day, clock.today(self.env), self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
