from odoo import api, models

FOR_DEBTOR = "recouvrement_fr.document_debtor_statement"


class RecouvrementDocument(models.Model):
    _inherit = "recouvrement.document"

    @api.model
    def _templates_for_debtor(self):
        """The décompte that asks the debtor for what it owes; all else of a case is for courts and third parties."""
        return super()._templates_for_debtor() | {FOR_DEBTOR}

    def _claimed(self):
        """What the décompte asks for is no more asked after a judgment that opens insolvency proceedings."""
        moves, items = super()._claimed()
        if self.template == FOR_DEBTOR and self.res_model == "recouvrement.case":
            moves |= self.env["recouvrement.case"].browse(self.res_id).exists().move_ids
        return moves, items
