from datetime import date, datetime
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.recouvrement_fr.tools import cdar

from ..common import RecouvrementCommon
from .einvoice_common import message

CODES = [*range(200, 215), 220, 221, 224, 225, 226, 227, 228, 501]


@tagged("post_install", "-at_install")
class TestEinvoiceReader(RecouvrementCommon):
    """The reader alone: what is a message, and what is refused in words."""

    def refused(self, data):
        with self.assertRaises(cdar.Refused) as caught:
            cdar.read(data)
        return self.env["recouvrement.einvoice.event"]._words_of(caught.exception)

    def test_every_status_of_the_norm_is_read(self):
        for code in CODES:
            [status] = cdar.read(message(code, "FAC/2026/0001", words="Mise à disposition"))
            self.assertEqual((status.code, status.number), (str(code), "FAC/2026/0001"))
            self.assertEqual((status.words, status.issued_at), ("Mise à disposition", datetime(2026, 3, 2, 10, 15)))

    def test_reasons_actions_and_amounts_are_read(self):
        [status] = cdar.read(
            message(
                "207",
                "F1",
                seller="732829320",
                received="20260301080000",
                reasons=[("QUALITE_ERR", "CNP", "Rayures"), ("TX_TVA_ERR", "NIN", "10 %")],
                amounts=[("MNA", "300.00", ""), ("MPA", "-12.5", "20260310")],
            )
        )
        self.assertEqual([ground.code for ground in status.grounds if ground.code], ["QUALITE_ERR", "TX_TVA_ERR"])
        self.assertEqual((status.grounds[0].action, status.grounds[0].note), ("CNP", "Rayures"))
        self.assertEqual(
            [(one.kind, one.value, one.on) for one in status.amounts],
            [("MNA", Decimal("300.00"), None), ("MPA", Decimal("-12.5"), date(2026, 3, 10))],
        )
        self.assertEqual((status.seller, status.received_on), ("732829320", date(2026, 3, 1)))

    def test_what_is_no_message_is_refused_in_words(self):
        good = message("205", "F1")
        self.assertIn("not XML", self.refused(b"Bonjour"))
        self.assertIn("empty", self.refused(b" \n"))
        self.assertIn("not XML", self.refused(good[:-40]))
        self.assertIn("but not a life-cycle message", self.refused(b"<Invoice/>"))
        self.assertIn("larger", self.refused(good + b" " * 5_000_000))
        self.assertIn("is not the code", self.refused(good.replace(b">205<", b">2O5<")))
        self.assertIn("number of the invoice", self.refused(good.replace(b">F1</ram:Issuer", b"> </ram:Issuer")))
        self.assertIn("is not a date", self.refused(good.replace(b"20260302101500", b"20261302101500")))
        self.assertIn("names no invoice", self.refused(good.replace(b"ReferenceReferencedDocument", b"Other")))
        amounts = message("211", "F1", amounts=[("MPA", "1e999", "")])
        self.assertIn("is not an amount", self.refused(amounts))

    def test_entities_and_document_types_are_refused_and_never_read(self):
        bomb = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "&a;&a;">]>'
        data = message("205", "F1").replace(b'encoding="UTF-8"?>', b'encoding="UTF-8"?>' + bomb)
        self.assertIn("document type", self.refused(data.replace(b">F1<", b">&b;<")))

    def test_a_hundred_damaged_messages_are_read_or_refused_and_never_fail_otherwise(self):
        good = message("206", "F1", reasons=[("QTE_ERR", "PIN", "Deux manquent")], amounts=[("MNA", "30", "20260301")])
        for place in range(0, len(good), max(len(good) // 120, 1)):
            start, end = good[:place], good[place:]
            for damaged in (start, start + b"\x00" + end, start + b"<" + end[1:]):
                try:
                    cdar.read(damaged)
                except cdar.Refused as refusal:
                    self.assertTrue(self.env["recouvrement.einvoice.event"]._words_of(refusal))
