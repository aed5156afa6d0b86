from odoo import api, fields, models

from ...tools import clock


class RecouvrementNoticeOverrideWizard(models.TransientModel):
    """A manager's word that a formal notice may leave though conditions are not met."""

    _name = "recouvrement.notice.override.wizard"
    _description = "Allow a Formal Notice"
    _inherit = "recouvrement.dialog"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, default=lambda self: self._default_debtor())
    partner_id = fields.Many2one(related="debtor_id.partner_id", related_sudo=False, string="Debtor's partner")
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        help="Empty: all the overdue invoices of the debtor, and those to come for the same conditions.",
    )
    obstacles = fields.Text("What is not met", compute="_compute_obstacles")
    reason = fields.Text(required=True, help="Kept with your name and the day, on the card and on the invoices.")

    @api.model
    def _default_debtor(self):
        is_card = self.env.context.get("active_model") == "recouvrement.debtor"
        return self.env.context.get("active_id") if is_card else False

    @api.depends("debtor_id", "move_ids")
    def _compute_obstacles(self):
        on = clock.today(self.env)
        words = self.env["recouvrement.check.item"]._obstacle_words()
        for wizard in self:
            moves = wizard.move_ids._origin or wizard.debtor_id._overdue_moves()
            found = moves._notice_obstacles(on)
            lines = [
                f"{move.name} : " + " ; ".join(words.get(code, code) for code in found[move.id])
                for move in moves
                if found[move.id]
            ]
            wizard.obstacles = "\n".join(lines) or self.env._("Nothing: a formal notice may leave.")

    def action_confirm(self):
        self.ensure_one()
        self.env["recouvrement.notice.override"]._allow(
            self.debtor_id, self.move_ids, self.reason, clock.today(self.env)
        )
        return {"type": "ir.actions.act_window_close"}
