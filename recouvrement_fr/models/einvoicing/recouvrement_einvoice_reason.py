from odoo import api, fields, models

# Which reasons a status may give, as the public checks of the norm close the lists (XP Z12-012, BR-FR-CDV-CL-09, summer
# of 2026); 210 has those of public buyers too. A manager corrects the records, not this.
CLOSED = {
    "200": "NON_TRANSMISE",
    "206": (
        "AUTRE CMD_ERR SIRET_ERR CODE_ROUTAGE_ERR REF_CT_ABSENT REF_ERR PU_ERR REM_ERR QTE_ERR ART_ERR "
        "MODPAI_ERR QUALITE_ERR LIVR_INCOMP"
    ),
    "207": (
        "AUTRE COORD_BANC_ERR TX_TVA_ERR MONTANTTOTAL_ERR CALCUL_ERR NON_CONFORME DOUBLON DEST_INC DEST_ERR "
        "TRANSAC_INC EMMET_INC CONTRAT_TERM DOUBLE_FACT CMD_ERR ADR_ERR SIRET_ERR CODE_ROUTAGE_ERR "
        "REF_CT_ABSENT REF_ERR PU_ERR REM_ERR QTE_ERR ART_ERR MODPAI_ERR QUALITE_ERR LIVR_INCOMP"
    ),
    "208": "JUSTIF_ABS COORD_BANC_ERR CMD_ERR SIRET_ERR CODE_ROUTAGE_ERR REF_CT_ABSENT REF_ERR",
    "210": (
        "TX_TVA_ERR MONTANTTOTAL_ERR CALCUL_ERR NON_CONFORME DOUBLON DEST_ERR TRANSAC_INC EMMET_INC "
        "CONTRAT_TERM DOUBLE_FACT CMD_ERR ADR_ERR REF_CT_ABSENT RETRAIT_MAN_SERV ST_CT_NON_DECLAR "
        "SUPPR_COMP_AVOIR TRANSF_PMNT_REGIE CONTACT_ACHTR AUTRE COORD_BANC_ERR LIVR_INCOMP"
    ),
    "213": (
        "MONTANTTOTAL_ERR CALCUL_ERR DOUBLON DEST_INC ADR_ERR REJ_SEMAN REJ_UNI REJ_COH REJ_ADR REJ_CONT_B2G "
        "REJ_REF_PJ REJ_ASS_PJ"
    ),
    "221": "ROUTAGE_ERR",
    "501": (
        "IRR_VIDE_F IRR_TYPE_F IRR_SYNTAX IRR_TAILLE_PJ IRR_NOM_PJ IRR_VID_PJ IRR_EXT_DOC IRR_TAILLE_F "
        "IRR_ANTIVIRUS IRR_NOM_F"
    ),
}


class RecouvrementEinvoiceReason(models.Model):
    """A reason that a status carries, in words. One that is not known here is shown as the platform wrote it."""

    _name = "recouvrement.einvoice.reason"
    _inherit = "recouvrement.shared"
    _description = "Reason of an Electronic Invoice's Status"
    _order = "code"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    status_ids = fields.Many2many(
        "recouvrement.einvoice.status",
        "recouvrement_einvoice_reason_status_rel",
        string="Statuses",
        help="Those that may give this reason, as the norm closes its lists; empty: any. Another one is accepted too, "
        "and said to be out of the list.",
    )

    _code_once = models.UniqueIndex("(code)", "This reason is described already.")

    @api.model
    def _fill_lists(self):
        """Give the reasons that have no status those of the norm; what a person chose stays."""
        statuses = {one.code: one for one in self.env["recouvrement.einvoice.status"].search([])}
        for reason in self.search([("status_ids", "=", False)]):
            reason.status_ids = [
                statuses[code].id for code, words in CLOSED.items() if code in statuses and reason.code in words.split()
            ]
