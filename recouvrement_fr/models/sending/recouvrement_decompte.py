from odoo import api, models

from ...tools import clock
from ..penalties.recouvrement_decompte_letter import TEMPLATE


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def action_send_decompte(self):
        """The décompte of all that is late as a letter to the debtor, by e-mail or to be posted."""
        return self._draft_decompte(clock.today(self.env)).action_send_to_debtor()


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_send_decompte(self):
        """The same, of these invoices."""
        return self._draft_decompte(clock.today(self.env)).action_send_to_debtor()


class RecouvrementDocument(models.Model):
    _inherit = "recouvrement.document"

    @api.model
    def _templates_for_debtor(self):
        return super()._templates_for_debtor() | {TEMPLATE}
