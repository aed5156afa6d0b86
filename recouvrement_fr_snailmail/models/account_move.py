from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _sent_by_post(self):
        """Those that Odoo's postal provider took."""
        letters = self.env["snailmail.letter"].sudo()  # whether it left, not who reads its letters
        taken = letters.search([("model", "=", self._name), ("res_id", "in", self.ids), ("state", "=", "sent")])
        return super()._sent_by_post() + [
            (
                letter.res_id,
                letter.write_date,
                "letter",
                ", ".join(filter(None, (letter.partner_id.name, letter.street, letter.zip, letter.city))),
            )
            for letter in taken
        ]
