from odoo import api, fields, models

from ...models.sending.recouvrement_dispatch_event import TOLD
from ...tools import clock


class RecouvrementPostalStatus(models.TransientModel):
    """Record what became of letters at the post, with the proof that came back."""

    _name = "recouvrement.postal.status"
    _description = "Record a Postal Status"
    _inherit = "recouvrement.dialog"

    dispatch_ids = fields.Many2many(
        "recouvrement.dispatch", string="Letters", required=True, default=lambda self: self._default_dispatches()
    )
    state = fields.Selection(TOLD[1:], required=True)
    date = fields.Date(required=True, default=lambda self: clock.today(self.env))
    proof = fields.Binary(attachment=False, help="The acknowledgement of receipt or the envelope, scanned.")
    proof_name = fields.Char()
    note = fields.Char(help="What is written on it, for example the reason of a return.")

    @api.model
    def _default_dispatches(self):
        if self.env.context.get("active_model") == "recouvrement.dispatch":
            return self.env.context.get("active_ids")
        return False

    def action_record(self):
        """Record it on each letter; a mistake is corrected by recording the right status after it."""
        self.ensure_one()
        self.dispatch_ids.check_access("read")  # what follows is written as superuser
        proof = self._proof(self.proof)
        for letter in self.dispatch_ids:
            letter._record_status(
                self.state, self.date, "scanned" if proof else "typed", proof, self.proof_name or "", self.note or ""
            )
        return {"type": "ir.actions.act_window_close"}
