from odoo import models


class RecouvrementDecompte(models.AbstractModel):
    _inherit = "recouvrement.decompte"

    def _told_of(self, moves):
        """Of an invoice that a platform rejected, why nothing runs; of one that says another rate, that it binds."""
        told = super()._told_of(moves)
        for move_id, words in moves._contradiction_words().items():
            told[move_id] = [*told.get(move_id, ()), words]
        # Whoever draws up the account.
        for move_id in self.env["recouvrement.einvoice.event"].sudo()._not_issued(moves.ids):
            words = self.env._(
                "Rejected by a platform, it is not an invoice in law: it has no due date, and bears neither penalties "
                "nor fixed indemnity until it is issued again."
            )
            told[move_id] = [*told.get(move_id, ()), words]
        return told
