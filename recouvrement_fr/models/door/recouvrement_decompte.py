from odoo import api, models


class RecouvrementDecompte(models.AbstractModel):
    """The décompte sent to the debtor bears the code of its transfer where the letters of its policy do."""

    _inherit = "recouvrement.decompte"

    @api.model
    def _letter_values(self, card, blocks, on, reference):
        values = super()._letter_values(card, blocks, on, reference)
        card = card.sudo()  # settings and accounts of the company, printed on its letters
        [line, *others] = values["totals"]["lines"]
        if others or line["currency"].name != "EUR" or line["total"] <= 0 or not card._followed_policy().letter_qr:
            return values
        letters = card.env["recouvrement.letter"]
        text = letters._transfer_text(letters._bank(card.company_id), float(line["total"]), reference, card.company_id)
        return {**values, "transfer_qr": letters._code(text)}
