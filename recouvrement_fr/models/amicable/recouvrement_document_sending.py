from odoo import api, models

OURS = ("protocol", "acknowledgement", "plan_notice", "dispute_answer")


class RecouvrementDocument(models.Model):
    _inherit = "recouvrement.document"

    @api.model
    def _templates_for_debtor(self):
        return super()._templates_for_debtor() | {f"recouvrement_fr.document_{name}" for name in OURS}
