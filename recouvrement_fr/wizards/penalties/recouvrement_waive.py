from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import clock


class RecouvrementWaive(models.TransientModel):
    """Give up penalties in whole or part, propose to, or take a waiver back; always with a reason."""

    _name = "recouvrement.waive"
    _description = "Waive Penalties"
    _inherit = "recouvrement.dialog"

    accessory_ids = fields.Many2many(
        "recouvrement.accessory", string="Penalties", required=True, default=lambda self: self._default_accessories()
    )
    mode = fields.Selection(
        [("waive", "Waive"), ("propose", "Propose to a manager"), ("undo", "Take a waiver back")],
        default="waive",
        required=True,
    )
    is_single = fields.Boolean(compute="_compute_single")
    currency_id = fields.Many2one("res.currency", compute="_compute_single")
    is_whole = fields.Boolean("In whole", default=True)
    amount = fields.Monetary(help="A part of what is left.")
    reason = fields.Char(required=True, help="Kept on the penalty and on the debtor's card.")

    @api.model
    def _default_accessories(self):
        if self.env.context.get("active_model") == "recouvrement.accessory":
            return self.env.context.get("active_ids")
        return False

    @api.depends("accessory_ids")
    def _compute_single(self):
        for wizard in self:
            wizard.is_single = len(wizard.accessory_ids) == 1
            wizard.currency_id = wizard.accessory_ids[:1].currency_id

    @api.onchange("accessory_ids")
    def _onchange_accessories(self):
        """What a collector proposed is what a manager is asked about."""
        if self.is_single and self.accessory_ids.waiver_proposed:
            self.is_whole = False
            self.amount = self.accessory_ids.waiver_proposed

    def action_confirm(self):
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Say why: a waiver without a reason cannot be explained later."))
        if self.mode == "undo":
            self.accessory_ids._cancel_waiver(self.reason)
            return {"type": "ir.actions.act_window_close"}
        amounts = {row: row.amount_left for row in self.accessory_ids}
        if self.is_single and not self.is_whole:
            amounts = {self.accessory_ids: self.amount}
        if self.mode == "propose":
            self.accessory_ids._propose_waiver(amounts, self.reason)
        else:
            self.accessory_ids._waive(amounts, self.reason, clock.today(self.env))
        return {"type": "ir.actions.act_window_close"}
