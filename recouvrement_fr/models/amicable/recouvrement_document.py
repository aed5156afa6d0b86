from odoo import models

CLAIMING = ("recouvrement.plan", "recouvrement.promise", "recouvrement.dispute")


class RecouvrementDocument(models.Model):
    _inherit = "recouvrement.document"

    def _claimed(self):
        """A letter drafted before a judgment, or what a debtor signs, is not handed over after it."""
        moves, items = super()._claimed()
        if self.res_model in CLAIMING:
            about = self.env[self.res_model].browse(self.res_id).exists()
            moves, items = moves | about.move_ids, items | about.item_ids
        return moves, items
