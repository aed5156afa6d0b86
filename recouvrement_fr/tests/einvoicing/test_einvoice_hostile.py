import base64
import io
import random
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.recouvrement_fr.tools import cdar, upload

from ..common import MONDAY, RecouvrementCommon
from .einvoice_common import EinvoiceCommon, message
from .test_einvoice_walk import STATUSES

DAY = timedelta(days=1)


def zipped(*files, level=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", level) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


@tagged("post_install", "-at_install")
class TestEinvoiceReaderHostile(RecouvrementCommon):
    """Files that somebody made to harm, or damaged: refused in words, in no time, and nothing else."""

    def refused(self, data):
        with self.assertRaises(cdar.Refused) as caught:
            cdar.read(data)
        words = caught.exception.said(self.env)
        self.assertTrue(words and "%(" not in words)
        return words

    def test_a_file_of_fifty_megabytes_is_refused_before_it_is_read(self):
        self.assertIn("larger", self.refused(message("205", "F1") + b"<!--" + b"x" * 50_000_000 + b"-->"))

    def test_entities_that_unfold_to_gigabytes_are_refused(self):
        lines = [b'<!ENTITY a0 "lol">', *(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))]
        bomb = b"<!DOCTYPE x [" + b"".join(lines) + b"]>"
        data = message("205", "F1").replace(b'encoding="UTF-8"?>', b'encoding="UTF-8"?>' + bomb)
        self.assertTrue(self.refused(data.replace(b">F1<", b">&a11;<")))

    def test_another_version_of_the_namespace_is_refused(self):
        good = message("205", "F1")
        other = b"CrossDomainAcknowledgementAndResponse:200"
        words = self.refused(good.replace(b"CrossDomainAcknowledgementAndResponse:100", other))
        self.assertIn("not a life-cycle message", words)
        inner = good.replace(b"AggregateBusinessInformationEntity:100", b"AggregateBusinessInformationEntity:26")
        self.assertIn("names no invoice", self.refused(inner))

    def test_deep_nesting_is_refused(self):
        self.assertTrue(self.refused(b"<a>" * 100_000 + b"</a>" * 100_000))

    def test_another_encoding_is_read_and_a_false_one_refused(self):
        text = message("205", "F1", words="Approuvée").decode()
        latin = text.replace("UTF-8", "ISO-8859-1").replace("’", "'").encode("iso-8859-1")
        self.assertEqual(cdar.read(latin)[0].words, "Approuvée")
        self.assertTrue(self.refused(text.replace("UTF-8", "KLINGON").encode()))

    def test_a_hundred_damaged_files_are_refused_in_words(self):
        chance = random.Random(15)
        good = message("206", "F1", reasons=[("QTE_ERR", "PIN", "Deux manquent")], amounts=[("MNA", "30", "20260301")])
        spoils = (
            lambda data: data[: chance.randrange(1, len(data) - 40)],
            lambda data: data.replace(b"</ram:", b"</rem:", 1),
            lambda data: data.replace(b">206<", b">%d<" % chance.choice((6, 20666, 99999))),
            lambda data: data.replace(b">206<", chance.choice((b">DEUX<", b"><", b">2 06<"))),
            lambda data: data.replace(b"20260302101500", b"2026%02d%02d9999" % (chance.randrange(13, 99), 77)),
            lambda data: data.replace(b">30<", chance.choice((b">1e9<", b">NaN<", b">30 EUR<", b">1.2.3<", b">--3<"))),
            lambda data: data.replace(b'"EUR"', chance.choice((b'"euro"', b'"E"', b'"12"'))),
            lambda data: data.replace(b">F1</ram:IssuerAssignedID>", b"></ram:IssuerAssignedID>"),
            lambda data: data.replace(b"rsm:AcknowledgementDocument", b"rsm:Other"),
            lambda data: data.replace(b"\n", b"\x00", 1),
        )
        for number in range(100):
            with self.subTest(number):
                self.refused(spoils[number % len(spoils)](good))

    def test_the_examples_made_of_every_status_read_back_as_they_were(self):
        """With and without each of what a message may say."""
        for walk in STATUSES:
            for payee in ("", "Factor & Cie"):
                for at in (None, datetime(2026, 3, 2, 10, 15, 7)):
                    status = cdar.Status(
                        key=f"M-{walk.code}|F1|{walk.code}",
                        code=walk.code,
                        words="",
                        number="F1",
                        issued_at=at,
                        received_on=date(2026, 3, 1) if at else None,
                        payee=payee,
                        grounds=(cdar.Ground("AUTRE", "", "NOA", "", "Note"),) if at else (),
                        amounts=(cdar.Amount("MPA", Decimal("-0.01"), "EUR"),) if payee else (),
                    )
                    [read] = cdar.read(cdar.write(status))
                    grounds = status.grounds or read.grounds  # an amount alone stands in a reason without a code
                    self.assertEqual(read, replace(status, grounds=grounds), walk.code)


@tagged("post_install", "-at_install")
class TestEinvoiceHostile(EinvoiceCommon):
    """The same by the ways in: nothing is lost of what is right, nothing stops."""

    def dialog(self, data):
        dialog = self.env["recouvrement.einvoice.import"].create({"file": base64.b64encode(data), "file_name": "x.zip"})
        with self.at(MONDAY):
            dialog.action_import()
        return dialog

    def test_a_zip_bomb_is_refused_and_what_is_beside_it_is_taken_in(self):
        bomb = b"<a>" + b" " * (upload.MEMBER_BYTES + 10) + b"</a>"
        dialog = self.dialog(zipped(("bomb.xml", bomb), ("good.xml", message("205", self.debt.name))))
        self.assertEqual((dialog.new_count, dialog.line_ids.mapped("name")), (1, ["bomb.xml"]))
        nested = zipped(("inner.zip", zipped(("a.xml", bomb))), ("good.xml", message("203", self.debt.name)))
        dialog = self.dialog(nested)
        self.assertEqual((dialog.new_count, dialog.line_ids.mapped("name")), (1, ["inner.zip"]))

    def test_fifty_megabytes_by_the_interface_are_refused_in_words(self):
        with self.assertRaises(UserError):
            self.events.receive_xml(base64.b64encode(b" " * 50_000_000).decode(), self.company.id)
        self.assertFalse(self.events.search([]))

    def two(self, first, second):
        """One message that tells two statuses."""
        start, end = b"<rsm:AcknowledgementDocument>", b"</rsm:AcknowledgementDocument>"
        inside = second[second.index(start) : second.index(end) + len(end)]
        return first.replace(end, end + inside)

    def test_two_documents_in_one_message_are_two_events(self):
        other = self.invoice(self.debt.invoice_date_due, 500)
        both = self.two(message("205", self.debt.name), message("205", other.name))
        with self.at(MONDAY):
            rows = self.events.receive_xml(base64.b64encode(both).decode(), self.company.id)
        self.assertEqual(
            [(row["number"], row["state"]) for row in rows], [(self.debt.name, "done"), (other.name, "done")]
        )

    def test_one_bad_document_in_a_message_refuses_it_whole_and_keeps_nothing(self):
        both = self.two(message("205", self.debt.name), message("2O5", self.debt.name))
        with self.assertRaises(UserError):
            self.events.receive_xml(base64.b64encode(both).decode(), self.company.id)
        self.assertFalse(self.events.search([]))

    def test_a_status_of_the_future_does_not_hide_what_is_said_until_then(self):
        """A platform whose clock is wrong, or who forges: what follows is acted on all the same."""
        self.receive("205", at="20990101000000")
        event = self.event()
        self.assertLessEqual(event.issued_at.date(), MONDAY + DAY)
        row = self.receive("207", on=MONDAY + DAY, reasons=[("QTE_ERR", "NOA", "")])
        self.assertEqual((row["state"], self.disputes().state), ("done", "open"))

    def test_no_reason_or_an_unknown_one_is_acted_on_and_shown(self):
        self.assertEqual(self.receive("207")["state"], "done")
        self.assertEqual(self.disputes().state, "open")
        self.receive("205", on=MONDAY + DAY)
        row = self.receive("210", on=MONDAY + 2 * DAY, reasons=[("JAMAIS_VU", "ZZZ", "Pourquoi pas")])
        self.assertEqual(row["state"], "done")
        self.assertIn("JAMAIS_VU", self.event().details)
        self.assertIn("Pourquoi pas", self.event().details)
        self.assertEqual(self.event().reason_codes, "JAMAIS_VU")

    def test_a_thousand_reasons_and_a_novel_are_cut(self):
        reasons = [("AUTRE", "NOA", "x" * 5_000)] * 200
        self.assertEqual(self.receive("207", reasons=reasons)["state"], "done")
        self.assertLess(len(self.event().details), 150_000)
