from dataclasses import replace

from odoo import models

from odoo.addons.recouvrement_fr.tools import cdar
from odoo.addons.recouvrement_fr.tools.refusal import Refused


class AccountEdiProxyClientUser(models.Model):
    _inherit = "account_edi_proxy_client.user"

    def _pdp_import_incoming_response(self, uuid, content, origin_move):
        """The XML of each response says more than the row that is made of it, and some make no row: 204, 207 and 211 in
        the versions seen, and what that module does not know (206, 209, 220, 224 to 228)."""
        statuses = self._recouvrement_statuses(content, origin_move)
        told = self.with_context(recouvrement_reads_xml=True) if statuses else self
        response = super(AccountEdiProxyClientUser, told)._pdp_import_incoming_response(uuid, content, origin_move)
        if statuses:
            # Whoever the platform speaks through.
            self.env["recouvrement.einvoice.event"].sudo()._take_in(statuses, origin_move.company_id)
        return response

    def _recouvrement_statuses(self, content, origin_move):
        """[(bytes, Status)] of the life cycle of an invoice of ours; none where the XML cannot be read.

        The platform knows by its own number which invoice it speaks of: what the XML calls it changes nothing.
        """
        if (content.get("flow_number") or "2") != "2" or not origin_move.is_sale_document(include_receipts=True):
            return []
        data = self._peppol_get_decoded_document(content)
        data = data.encode() if isinstance(data, str) else data
        try:
            statuses = cdar.read(data)
        except Refused:
            return []
        if len(statuses) == 1:
            statuses = [replace(statuses[0], number=origin_move.name, seller="")]
        return [(data, status) for status in statuses]
