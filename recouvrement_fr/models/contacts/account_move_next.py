from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    recouvrement_next_step = fields.Char(
        "Its debtor, now",
        compute="_compute_recouvrement_next_step",
        groups="recouvrement_fr.group_recouvrement_user",
        help="What to do now about its debtor, or what is awaited.",
    )

    @api.depends("recouvrement_debtor_id")
    def _compute_recouvrement_next_step(self):
        for move in self:
            move.recouvrement_next_step = move.recouvrement_debtor_id.next_step
