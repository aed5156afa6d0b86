from odoo import models


class AccountEdiXmlCII(models.AbstractModel):
    _inherit = "account.edi.xml.cii"

    def _get_exchanged_document_vals(self, invoice):
        """Each mention is a note of its own, with its code (PMT, PMD, AAB)."""
        return {**super()._get_exchanged_document_vals(invoice), "mention_notes": invoice._printed_notes()}


class AccountEdiXmlUbl20(models.AbstractModel):
    _inherit = "account.edi.xml.ubl_20"

    def _add_invoice_header_nodes(self, document_node, vals):
        """A UBL invoice has one note: the mentions follow what it said already."""
        super()._add_invoice_header_nodes(document_node, vals)
        notes = vals["invoice"]._printed_notes()
        if notes:
            known = (document_node.get("cbc:Note") or {}).get("_text")
            document_node["cbc:Note"] = {"_text": "\n".join(filter(None, (known, *notes.values())))}
