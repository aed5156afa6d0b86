from odoo import models

CLAIMING = ("recouvrement.plan", "recouvrement.promise", "recouvrement.dispute")


class RecouvrementDocument(models.Model):
    _inherit = "recouvrement.document"

    def _claimed_moves(self):
        """A letter drafted before a judgment, or what a debtor signs, is not handed over after it."""
        moves = super()._claimed_moves()
        if self.res_model in CLAIMING:
            moves |= self.env[self.res_model].browse(self.res_id).exists().move_ids
        return moves
