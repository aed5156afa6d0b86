import base64
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.recouvrement_fr.tests.common import MONDAY
from odoo.addons.recouvrement_fr.tests.einvoicing.einvoice_common import EinvoiceCommon, message

MISSING = "Not tested: l10n_fr_pdp is not installed in this Odoo (it came to 19.0 after the version built here)."


@tagged("post_install", "-at_install")
class TestPdp(EinvoiceCommon):
    """Beside Odoo's approved platform: its rows and its XML steer collection, and only cash is declared."""

    def setUp(self):
        if (
            "account.peppol.response" not in self.env
            or "pdp_lifecycle_residual" not in self.env["account.move"]._fields
        ):
            self.skipTest(MISSING)
        super().setUp()

    def row(self, code, **told):
        with self.at(MONDAY):
            return self.env["account.peppol.response"].create(
                {
                    "peppol_message_uuid": f"u-{code}",
                    "response_code": code,
                    "peppol_state": "done",
                    "move_id": self.debt.id,
                    "pdp_flow_number": "2",
                    "pdp_issue_date": "2026-03-02 09:15:00",
                    **told,
                }
            )

    def test_a_row_is_an_event_once(self):
        self.row("refused", pdp_status_info="[CMD_ERR] Bon de commande")
        event = self.event()
        self.assertEqual((event.status_code, event.reason_codes, event.move_id), ("210", "CMD_ERR", self.debt))
        self.assertEqual(self.disputes().state, "open")
        self.env["account.peppol.response"].search([("move_id", "=", self.debt.id)])._take_in_rows()
        self.assertEqual(len(self.events.search([])), 1)

    def test_what_the_tax_authority_answers_to_a_declaration_moves_nothing(self):
        self.row("RE", pdp_flow_number="6")
        self.assertFalse(self.events.search([]))

    def test_a_status_that_makes_no_row_is_taken_in_from_its_xml(self):
        users = self.env["account_edi_proxy_client.user"]
        data = message("207", self.debt.name, reasons=[("QTE_ERR", "NOA", "")])
        content = {"document": base64.b64encode(data).decode(), "state": "done", "filename": "statut"}
        with self.at(MONDAY), patch.object(type(users), "_peppol_get_decoded_document", lambda *_args: data):
            users._pdp_import_incoming_response("u-207", content, self.debt)
        self.assertEqual((self.event().status_code, len(self.events.search([]))), ("207", 1))

    def test_a_write_off_is_not_declared_as_received(self):
        self.assertEqual(self.debt._pdp_get_paid_amount(), 0)
        self.pay(self.debt, 400)
        self.assertEqual(self.debt._pdp_get_paid_amount(), 400)
