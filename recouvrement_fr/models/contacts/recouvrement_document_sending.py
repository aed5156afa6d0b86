from odoo import api, models

from .recouvrement_commitment import TEMPLATE


class RecouvrementDocument(models.Model):
    _inherit = "recouvrement.document"

    @api.model
    def _templates_for_debtor(self):
        """Who signed a commitment on the screen is given his copy."""
        return super()._templates_for_debtor() | {TEMPLATE}
