from odoo import api, models

PREFIX = "recouvrement_fr.document_"
OURS = ("protocol", "acknowledgement", "plan_notice", "dispute_answer")


class RecouvrementDocument(models.Model):
    _inherit = "recouvrement.document"

    @api.model
    def _templates_for_debtor(self):
        return super()._templates_for_debtor() | {f"{PREFIX}{name}" for name in OURS}

    def _cover_words(self):
        """A protocol has two originals, one for each party (C.civ 1375); an acknowledgement one, for the creditor."""
        words = {
            "protocol": "Merci de nous en retourner un exemplaire daté et signé ; l’autre est pour vous.",
            "acknowledgement": "Merci de nous le retourner complété de votre main, daté et signé.",
        }
        return words.get(self.template.removeprefix(PREFIX)) or super()._cover_words()
