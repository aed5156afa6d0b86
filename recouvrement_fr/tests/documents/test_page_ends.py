import io

from pypdf import PdfReader

from odoo.tests import tagged

from ...tools import letter_pdf
from .letters_common import LettersCommon

IBAN = "FR76 3000 6000"
SIGNATORY = "Claire Morel"
ROOM = 60  # mm that the foot of a page may leave empty: the last words and the signature, not what pays besides
FOOT = 297 - letter_pdf.MARGINS["bottom"]


@tagged("post_install", "-at_install")
class TestPageEnds(LettersCommon):
    """Where the pages of a letter end: nothing is alone on one, and none is left half empty."""

    def notice(self, count):
        debtor = self.sample_debtor()
        invoices = self.env["account.move"]
        for _number in range(count):
            invoices |= self.sample_invoice(debtor, 100)
        return self.payload("professional_formal_notice", debtor, invoices, interest=2, indemnity=40)

    def sheets(self, payload, archived=False):
        """Of each page, what is printed above its foot: {text: millimetres from the top}."""
        html = self.letters._render_html([payload])[0]
        [file] = letter_pdf.print_sheets([self.letters._sheet(html, payload)], archived=archived)
        return [self.places(page) for page in PdfReader(io.BytesIO(file)).pages]

    def places(self, page):
        places, height = {}, float(page.mediabox.top)

        def visit(text, matrix, at, _font, _size):
            y = (height - (at[4] * matrix[1] + at[5] * matrix[3] + matrix[5])) / letter_pdf.MM
            if text.strip() and y <= FOOT:
                places.setdefault(" ".join(text.split()), y)

        page.extract_text(visitor_text=visit)
        return places

    def page_of(self, pages, words):
        return next(number for number, page in enumerate(pages) if any(words in text for text in page))

    def test_how_to_pay_does_not_follow_the_signature_to_the_next_page(self):
        """Whatever the number of invoices, on both engines; they part somewhere, or nothing is shown."""
        parted = 0
        for archived in (False, True):
            for count in range(1, 9):
                payload = self.notice(count)
                pages = self.sheets(payload, archived)
                pay, sign = (self.page_of(pages, words) for words in (IBAN, SIGNATORY))
                parted += pay < sign
                with self.subTest(archived=archived, count=count):
                    self.assertEqual(self.page_of(pages, payload["closing"][-1][:20]), sign)
                    self.assertEqual(self.page_of(pages, payload["farewell"][:20]), sign)
                    for page in pages[:sign]:
                        self.assertLess(FOOT - max(page.values()), ROOM)
        self.assertTrue(parted)

    def test_without_a_last_sentence_what_pays_keeps_the_signature_company(self):
        for count in range(1, 9):
            pages = self.sheets({**self.notice(count), "closing": []})
            with self.subTest(count=count):
                self.assertEqual(self.page_of(pages, IBAN), self.page_of(pages, SIGNATORY))
