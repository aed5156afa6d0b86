from datetime import datetime
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.recouvrement_fr.tools import cdar

from ..rows import CODES, status_of

AT = datetime(2026, 3, 2, 10, 15)


def row(code, **told):
    return {
        "peppol_message_uuid": "u1",
        "response_code": code,
        "pdp_flow_number": "2",
        "pdp_issue_date": AT,
        "pdp_status_info": "",
        "pdp_payment_info": [],
        **told,
    }


@tagged("post_install", "-at_install")
class TestRows(BaseCase):
    """A row of the approved platform's module as a status, whether that module is there or not."""

    def test_each_code_is_that_of_the_norm(self):
        for code, digits in CODES.items():
            self.assertEqual(status_of(row(code), "F1").code, digits, code)
        self.assertEqual(status_of(row("227"), "F1").code, "227", "What it does not name keeps its digits.")

    def test_what_is_not_of_the_life_cycle_or_not_known_is_left(self):
        for flow in ("1", "6", "10", False):
            self.assertIsNone(status_of(row("RE", pdp_flow_number=flow), "F1"))
        self.assertIsNone(status_of(row("whatever"), "F1"))
        self.assertIsNone(status_of(row(False), "F1"))

    def test_reasons_notes_and_amounts_are_read_from_its_texts(self):
        info = "[TX_TVA_ERR] Taux de TVA\nIl faut 10 %\n[MEN] Amount collected\n\n[AUTRE]\nVoir le courriel"
        payments = [
            {"type_code": "MEN", "amount": "120.00", "currency": "EUR", "tax_percent": "20"},
            {"type_code": "MEN", "amount": None},
            {"type_code": "RAP", "amount": "-3", "currency": "eur"},
        ]
        status = status_of(row("contested", pdp_status_info=info, pdp_payment_info=payments), "F1")
        self.assertEqual(
            [(one.code, one.words, one.note) for one in status.grounds],
            [("TX_TVA_ERR", "Taux de TVA", "Il faut 10 %"), ("AUTRE", "", "Voir le courriel")],
        )
        self.assertEqual(
            [(one.kind, one.value, one.currency) for one in status.amounts],
            [("MEN", Decimal("120.00"), "EUR"), ("RAP", Decimal(-3), "EUR")],
        )
        self.assertEqual((status.issued_at, status.key), (AT, "pdp:u1|F1|207"))

    def test_what_is_written_of_a_row_reads_as_the_same(self):
        status = status_of(row("RE", pdp_status_info="[REJ_COH] Incohérent\nAAB & <manque>"), "FAC/2026/1")
        self.assertEqual(cdar.read(cdar.write(status)), [status])
