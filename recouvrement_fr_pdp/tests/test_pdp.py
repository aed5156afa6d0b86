import base64
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.recouvrement_fr.rules.mentions import contradicts, penalties_told
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

    def incoming(self, code, number=None, content=None, **told):
        """The platform delivers the XML of a status; returns what Odoo's module made of it."""
        users = self.env["account_edi_proxy_client.user"]
        data = message(code, number or self.debt.name, **told) if content is None else content
        if b"<rsm:AcknowledgementDocument>" in data:  # the moment of the status, which that module wants
            at = b"<udt:DateTimeString format='204'>20260302101500</udt:DateTimeString>"
            at = b"<ram:IssueDateTime>" + at + b"</ram:IssueDateTime>"
            data = data.replace(b"<rsm:AcknowledgementDocument>", b"<rsm:AcknowledgementDocument>" + at)
        envelope = {"document": base64.b64encode(data).decode(), "state": "done", "filename": "statut"}
        with self.at(MONDAY), patch.object(type(users), "_peppol_get_decoded_document", lambda *_args: data):
            return users._pdp_import_incoming_response(f"u-{code}", envelope, self.debt)

    def test_a_status_that_makes_no_row_is_taken_in_from_its_xml(self):
        """Those that the module logs as failed, and those that it does not know."""
        for code in ("204", "207", "211", "206", "209", "220", "221", "224", "225", "226", "227", "228", "501"):
            with self.subTest(code), self.env.cr.savepoint() as undone:
                self.incoming(code, reasons=[("QTE_ERR", "NOA", "")])
                self.assertEqual((self.event().status_code, len(self.events.search([]))), (code, 1))
                self.assertEqual(self.event().move_id, self.debt)
                undone.rollback()
            self.env.invalidate_all()

    def test_a_status_that_makes_a_row_is_taken_in_once_with_all_that_its_xml_says(self):
        response = self.incoming("210", reasons=[("CMD_ERR", "NIN", "Bon de commande absent")])
        self.assertEqual((response.response_code, len(self.events.search([]))), ("refused", 1))
        self.assertEqual((self.event().action_code, self.disputes().state), ("NIN", "open"))
        self.assertIn("Bon de commande absent", self.event().details)

    def test_the_platform_knows_the_invoice_whatever_the_xml_calls_it(self):
        self.incoming("207", number="AUTRE-NOM", seller="552100554", reasons=[("QTE_ERR", "NOA", "")])
        self.assertEqual((self.event().move_id, self.disputes().state), (self.debt, "open"))

    def test_an_xml_that_cannot_be_read_leaves_what_the_module_does_as_it_is(self):
        damaged = message("210", self.debt.name).replace(b"IssuerAssignedID>", b"Other>")
        response = self.incoming("210", content=damaged)
        self.assertEqual((response.response_code, self.event().status_code), ("refused", "210"))

    def test_what_we_send_ourselves_is_not_taken_in(self):
        self.row("PD", peppol_state="processing", pdp_payment_info=[{"type_code": "MEN", "amount": "1000"}])
        self.assertFalse(self.events.search([]))

    def test_only_cash_is_declared_as_received(self):
        self.assertEqual(self.debt._pdp_get_paid_amount(), 0)
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.debt.ids
        )
        register.create(
            {
                "amount": 400,
                "payment_date": MONDAY,
                "payment_difference_handling": "reconcile",
                "writeoff_account_id": self.company_data["default_account_expense"].id,
            }
        )._create_payments()
        self.assertEqual((self.debt.payment_state, self.debt.amount_residual), ("paid", 0))
        self.assertEqual(self.debt._pdp_get_paid_amount(), 400, "600 were written off.")
        self.assertEqual(self.debt.pdp_lifecycle_residual, 400)

    def test_an_invoice_that_a_credit_note_settles_declares_nothing(self):
        refund = self.invoice(MONDAY, 1000, move_type="out_refund")
        (self.debt | refund).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertFalse(self.debt.amount_residual)
        self.assertEqual(self.debt._pdp_get_paid_amount(), 0)

    def test_a_credit_note_that_is_written_off_declares_nothing_paid_back(self):
        refund = self.invoice(MONDAY, 100, move_type="out_refund", invoice_date=MONDAY)
        line = refund.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        lost = self.company_data["default_account_expense"]
        owed = {"account_id": line.account_id.id, "partner_id": refund.partner_id.id, "debit": 100}
        lines = [(0, 0, owed), (0, 0, {"account_id": lost.id, "credit": 100})]
        entry = self.env["account.move"].create({"move_type": "entry", "date": MONDAY, "line_ids": lines})
        entry.action_post()
        (line | entry.line_ids.filtered("debit")).reconcile()
        self.assertEqual((refund.amount_residual, refund._pdp_get_paid_amount()), (0, 0))

    def test_the_notes_of_the_electronic_invoice_say_what_is_claimed(self):
        notes = self.debt._l10n_fr_pdp_get_default_notes()
        self.assertEqual(set(notes), {"PMT", "PMD", "AAB"})
        self.assertFalse(contradicts(penalties_told([notes["PMD"]]), None, 10), "Not its own ten per cent.")
        self.env["recouvrement.interest.clause"].create(
            {"company_id": self.company.id, "source": "Terms", "date_from": "2020-01-01", "rate": 12}
        )
        self.assertIn("12", self.debt._l10n_fr_pdp_get_default_notes()["PMD"])
