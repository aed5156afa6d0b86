from odoo import api, models

# CPCE L111-8, al. 2 and 3: R124-4 wants the very text, which is French whatever the debtor reads.
ARTICLE_L111_8 = (
    "Article L. 111-8, alinéas 2 et 3, du code des procédures civiles d’exécution : « Les frais de recouvrement "
    "entrepris sans titre exécutoire restent à la charge du créancier, sauf s’ils concernent un acte dont "
    "l’accomplissement est prescrit par la loi au créancier. Toute stipulation contraire est réputée non écrite, "
    "sauf disposition législative contraire. Cependant, le créancier qui justifie du caractère nécessaire des "
    "démarches entreprises pour recouvrer sa créance peut demander au juge de l’exécution de laisser tout ou "
    "partie des frais ainsi exposés à la charge du débiteur de mauvaise foi. »"
)


class RecouvrementLetter(models.AbstractModel):
    _inherit = "recouvrement.letter"

    @api.model
    def _law(self, payload, formats):
        """A company that collects somebody else's claims says so, names the creditor and quotes the law (R124-4)."""
        law = super()._law(payload, formats)
        company = self.env["res.company"].sudo().browse(payload["company_id"])  # a setting, printed
        creditor = company.root_id.recouvrement_creditor_id
        if creditor:
            told = self.env._(
                "%(company)s is engaged in the amicable collection of debts (article R124-4 of the Code of Civil "
                "Enforcement Procedures) and acts under a written mandate for the creditor: %(creditor)s.",
                company=company.name,
                creditor=", ".join(self._address(creditor, creditor, company)),
            )
            law["legal"] = [told, *law["legal"], ARTICLE_L111_8]
        return law
