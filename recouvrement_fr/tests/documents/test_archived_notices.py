import io
import re
import sys
from unittest.mock import patch

from pypdf import PdfReader

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...tools import archive_pdf, letter_pdf
from . import archived
from .letters_common import LettersCommon

NOTICE, REMINDER = "professional_formal_notice", "professional_1"


@tagged("post_install", "-at_install")
class TestArchivedNotices(LettersCommon):
    """Formal notices as PDF/A, by a second engine, where a company wants it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not archive_pdf.is_available():
            cls.skipTest(cls, "WeasyPrint is optional, and not installed here")
        cls.company.recouvrement_archived_notices = True

    def notice(self, level=NOTICE, count=1, **values):
        debtor = self.sample_debtor(**values)
        invoices = self.env["account.move"].union(*(self.sample_invoice(debtor) for _one in range(count)))
        return self.payload(level, debtor, invoices, interest=16.78, indemnity=40)

    def printed(self, payload, archived=True):
        self.company.recouvrement_archived_notices = archived
        return self.letters._render_pdf([payload])[0]

    def test_it_says_that_it_is_pdf_a_and_is_made_as_one(self):
        _reader, fonts = archived.looked_at(self, self.printed(self.notice()))
        self.assertGreaterEqual(fonts, 2)

    def test_it_describes_itself_by_the_letter(self):
        payload = self.notice()
        reader = PdfReader(io.BytesIO(self.printed(payload)))
        title = f"{payload['subject']} – {payload['reference']}"
        self.assertEqual((reader.metadata.title, reader.metadata.author), (title, "Menuiserie <Morel>"))
        self.assertIn("2026-11-20", reader.trailer["/Root"]["/Metadata"].get_data().decode())

    def test_both_engines_say_the_same_to_the_cent(self):
        for count in (1, 45):
            payload = self.notice(count=count)
            fast, archived = (self.printed(payload, kind) for kind in (False, True))
            self.assertNotIn("/OutputIntents", PdfReader(io.BytesIO(fast)).trailer["/Root"])
            first, second = (self.amounts(file) for file in (fast, archived))
            self.assertEqual(first, second)
            self.assertTrue({"1234,56", "16,78", "40,00", "1291,34" if count == 1 else "58110,30"} <= second, second)

    def amounts(self, file):
        """Every amount that is read in it, its spaces left out."""
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)
        return {re.sub(r"\s", "", amount) for amount in re.findall(r"\d{1,3}(?:\s\d{3})*,\d\d", text)}

    def test_the_address_stands_in_the_window_and_nothing_beyond_the_margins(self):
        payload = self.notice(name="ZZFENETRE", street2="Bâtiment B", count=45)
        file = PdfReader(io.BytesIO(self.printed(payload)))
        places = {}
        for number, page in enumerate(file.pages):
            top, right = float(page.mediabox.top), float(page.mediabox.right)
            self.assertAlmostEqual(right / letter_pdf.MM, 210, delta=0.2)

            def visit(text, matrix, at, _font, _size, number=number, top=top):
                x = at[4] * matrix[0] + at[5] * matrix[2] + matrix[4]
                y = at[4] * matrix[1] + at[5] * matrix[3] + matrix[5]
                if text.strip():
                    places.setdefault((number, text.strip()), (x / letter_pdf.MM, (top - y) / letter_pdf.MM))

            page.extract_text(visitor_text=visit)
        first, last = places[0, "ZZFENETRE"], places[0, "69003 LYON"]
        self.assertAlmostEqual(first[0], 105, delta=1)
        self.assertTrue(55 <= first[1] < last[1] <= 79, (first, last))
        for (page, text), (left, height) in places.items():
            self.assertTrue(19 <= left <= 191 and 11 <= height <= 290, (page, text, left, height))
        self.assertTrue(any(height > 270 for (page, _text), (_left, height) in places.items() if page), "Its foot")

    def test_the_same_letter_always_makes_the_same_bytes(self):
        payload = self.notice()
        self.assertEqual(self.printed(payload), self.printed(payload))

    def test_what_leaves_by_hundreds_keeps_the_fast_engine(self):
        with patch.object(archive_pdf, "print_sheet", side_effect=AssertionError("slow")):
            files = self.letters._render_pdf([self.notice(REMINDER), self.notice(REMINDER)])
        self.assertEqual([file[:5] for file in files], [b"%PDF-"] * 2)

    def test_letters_of_both_kinds_are_printed_in_their_order(self):
        payloads = [self.notice(NOTICE), self.notice(REMINDER), self.notice(NOTICE)]
        files = self.letters._render_pdf(payloads)
        for payload, file in zip(payloads, files, strict=True):
            root = PdfReader(io.BytesIO(file))
            self.assertIn(payload["reference"], "".join(page.extract_text() for page in root.pages))
            self.assertEqual("/OutputIntents" in root.trailer["/Root"], payload["kind"] == "formal_notice")

    def test_where_it_is_not_installed_the_setting_is_refused_in_words(self):
        self.company.recouvrement_archived_notices = False
        with self.absent():
            with self.assertRaisesRegex(ValidationError, "WeasyPrint, which this server lacks"):
                self.company.recouvrement_archived_notices = True
            self.company.invalidate_recordset()

    def test_taken_away_later_notices_are_not_printed_and_say_why(self):
        payload = self.notice()
        with self.absent(), self.assertRaisesRegex(UserError, "WeasyPrint, which this server lacks now"):
            self.letters._render_pdf([payload])
        broken = patch.object(archive_pdf, "print_sheet", side_effect=archive_pdf.ArchiveFailed("no such font"))
        with broken, self.assertRaisesRegex(UserError, "WeasyPrint could not print the letters: no such font"):
            self.letters._render_pdf([payload])

    def absent(self):
        archive_pdf.engine.cache_clear()
        self.addCleanup(archive_pdf.engine.cache_clear)
        return patch.dict(sys.modules, {"weasyprint": None})

    def test_the_engine_itself_reads_nothing_but_what_is_in_the_page(self):
        fetcher = archive_pdf._closed(archive_pdf.engine())
        for address in (
            "http://127.0.0.1:9/x",
            "https://x.example/",
            "file:///etc/passwd",
            "ftp://x.example/",
            "x.png",
        ):
            with self.subTest(address=address), self.assertRaises(ValueError):
                fetcher.fetch(address)
        self.assertTrue(fetcher.fetch("data:text/plain,ok"))

    def test_what_stands_at_the_foot_is_text_whatever_it_holds(self):
        foot = 'A "b" \\ } @import url(http://x.example/) é – [sitepage]/[sitepages]\nfin [sitepage'
        sheet = letter_pdf.Sheet(
            "<html><head><title>x</title></head><body>corps</body></html>", foot, "t", "a", "2026-03-02"
        )
        [file] = letter_pdf.print_sheets([sheet], archived=True)
        text = PdfReader(io.BytesIO(file)).pages[0].extract_text()
        self.assertIn('A "b" \\ } @import url(http://x.example/) é – 1/1', text)
        self.assertIn("fin [sitepage", text)
