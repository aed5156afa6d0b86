from odoo import fields, models


class RecouvrementPromiseCancel(models.TransientModel):
    """Cancel promises with a reason, which stays on them."""

    _name = "recouvrement.promise.cancel"
    _description = "Cancel a Promise"
    _inherit = "recouvrement.dialog"

    promise_ids = fields.Many2many(
        "recouvrement.promise", required=True, default=lambda self: self._given("recouvrement.promise")
    )
    reason = fields.Char(required=True)

    def action_cancel(self):
        self.promise_ids._cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
