import base64
import importlib
import io
import time
from unittest.mock import patch

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Text
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.sending.recouvrement_reminder_notice import NOT_ARCHIVABLE
from ...tools import archive_copies, archive_pdf, letter_pdf
from . import archived
from .letters_common import LettersCommon

NOTICE, REMINDER = "professional_formal_notice", "professional_1"


@tagged("post_install", "-at_install")
class TestArchivedCopies(LettersCommon):
    """Copies of invoices behind a formal notice, as one PDF/A where they allow it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not archive_pdf.is_available():
            cls.skipTest(cls, "WeasyPrint is optional, and not installed here")
        logo = io.BytesIO()
        Image.new("RGB", (120, 40), (31, 58, 95)).save(logo, "PNG")
        cls.company.logo = base64.b64encode(logo.getvalue())
        cls.company.recouvrement_archived_notices = True

    def setUp(self):
        super().setUp()
        debtor = self.sample_debtor()
        invoices = self.sample_invoice(debtor)
        notice = self.payload(NOTICE, debtor, invoices, interest=16.78, indemnity=40)
        [self.letter] = self.letters._render_pdf([notice])
        [self.copy] = self.letters._render_pdf([self.payload(REMINDER, debtor, invoices)])  # as invoices are printed

    def test_a_letter_with_a_logo_asks_for_no_smoothing(self):
        _reader, fonts = archived.looked_at(self, self.letter)
        self.assertGreaterEqual(fonts, 2)
        self.assertIn(b"/Image", self.objects(self.letter))

    def objects(self, content):
        writer, out = PdfWriter(clone_from=io.BytesIO(content)), io.BytesIO()
        writer.write(out)  # without streams of objects
        return out.getvalue()

    def test_the_whole_is_pdf_a_and_says_what_each_said(self):
        whole = letter_pdf.bound(self.letter, [self.copy, self.copy])
        reader, fonts = archived.looked_at(self, whole)
        self.assertGreaterEqual(fonts, 4)
        texts = [page.extract_text() for page in reader.pages]
        first, then = (
            [page.extract_text() for page in PdfReader(io.BytesIO(one)).pages] for one in (self.letter, self.copy)
        )
        self.assertEqual(texts, first + then + then)
        self.assertEqual(reader.metadata, PdfReader(io.BytesIO(self.letter)).metadata)
        self.assertFalse([page for page in reader.pages if page.get("/Annots")], "The mark of the first engine")

    def test_the_same_files_make_the_same_bytes_and_others_another_name(self):
        one, again, other = (letter_pdf.bound(self.letter, [self.copy] * count) for count in (1, 1, 2))
        self.assertEqual(one, again)
        names = [PdfReader(io.BytesIO(file)).trailer["/ID"][0] for file in (one, other)]
        self.assertNotEqual(*names)

    def test_a_link_to_the_web_is_kept_and_one_that_acts_is_not(self):
        def linked(writer):
            for action in ({"/S": "/URI", "/URI": "https://payer.example/"}, {"/S": "/Launch"}):
                writer.add_annotation(0, self.link(action))

        whole = letter_pdf.bound(self.letter, [self.changed(linked)])
        reader, _fonts = archived.looked_at(self, whole)
        links = [one.get_object()["/A"]["/URI"] for page in reader.pages for one in page.get("/Annots", ())]
        self.assertEqual(links, ["https://payer.example/"])

    def link(self, action):
        names = {"/URI": TextStringObject}
        return DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Link"),
                NameObject("/Rect"): ArrayObject(map(NumberObject, (0, 0, 9, 9))),
                NameObject("/A"): DictionaryObject(
                    {NameObject(key): names.get(key, NameObject)(value) for key, value in action.items()}
                ),
            }
        )

    def changed(self, change):
        writer, out = PdfWriter(clone_from=io.BytesIO(self.copy)), io.BytesIO()
        change(writer)
        writer.write(out)
        return out.getvalue()

    def drawn(self, draw):
        out = io.BytesIO()
        canvas = Canvas(out, invariant=1)
        draw(canvas)
        canvas.save()
        return out.getvalue()

    def test_what_cannot_be_in_one_is_refused_and_says_which_copy_and_why(self):
        def note(writer):
            writer.add_annotation(0, Text(rect=(0, 0, 9, 9), text="payé"))

        cases = {
            "font": self.drawn(lambda canvas: canvas.drawString(50, 50, "no font of its own")),
            "ink": self.drawn(lambda canvas: (canvas.setFillColorCMYK(1, 0, 0, 0), canvas.rect(0, 0, 9, 9, fill=1))),
            "encrypted": self.changed(lambda writer: writer.encrypt("secret", algorithm="RC4-128")),
            "note": self.changed(note),
            "broken": b"%PDF-1.4 nothing",
        }
        for code, copy in cases.items():
            quiet = mute_logger("pypdf._reader")  # it warns of the file that is broken
            with self.subTest(code=code), quiet, self.assertRaises(letter_pdf.NotArchivable) as caught:
                letter_pdf.bound(self.letter, [self.copy, copy])
            self.assertEqual((caught.exception.place, caught.exception.code), (1, code))

    def with_a_font(self, widths="", file=None):
        """The copy, whose fonts say other widths or have another file."""

        def change(writer):
            for page in writer.pages:
                for font in page["/Resources"]["/Font"].values():
                    [one] = font["/DescendantFonts"]
                    one = one.get_object()
                    if widths:
                        one[NameObject("/W")] = ArrayObject(map(NumberObject, widths))
                    if file is not None:
                        one["/FontDescriptor"]["/FontFile2"].get_object().set_data(file)

        return self.changed(change)

    def font_of_no_size(self):
        fonts = importlib.import_module("fontTools.ttLib")
        page = PdfReader(io.BytesIO(self.copy)).pages[0]
        one = next(iter(page["/Resources"]["/Font"].values()))["/DescendantFonts"][0].get_object()
        font, out = fonts.TTFont(io.BytesIO(one["/FontDescriptor"]["/FontFile2"].get_data())), io.BytesIO()
        font["head"].unitsPerEm = 0
        font.save(out)
        return out.getvalue()

    def of_one_page(self, *drawings, times=1):
        """A page that draws these, each so many times."""
        writer, out = PdfWriter(), io.BytesIO()
        page, parts = writer.add_blank_page(595, 842), ArrayObject()
        for drawing in drawings:
            part = StreamObject()
            part.set_data(drawing)
            parts += [writer._add_object(part.flate_encode())] * times
        page[NameObject("/Contents")] = parts
        writer.write(out)
        return out.getvalue()

    def test_a_copy_made_to_harm_is_refused_soon_and_in_a_word(self):
        cases = (
            ("font", self.with_a_font(file=b"no font")),
            ("font", self.with_a_font(file=self.font_of_no_size())),
            ("font", self.with_a_font(widths=(0, 3_000_000, 500))),
            ("font", self.with_a_font(widths=(-3_000_000, 1, 500))),
            ("font", self.with_a_font(widths=(0, 65535, 500) * 100)),
            ("large", self.of_one_page(b"(" + b"a" * (8 << 20) + b") Tj")),
            ("large", self.of_one_page(b"0 0 m " * (1 << 16), times=200)),
        )
        for number, (code, copy) in enumerate(cases):
            started = time.process_time()
            with self.subTest(number), self.assertRaises(letter_pdf.NotArchivable) as caught:
                letter_pdf.bound(self.letter, [copy])
            self.assertEqual(caught.exception.code, code)
            self.assertLess(time.process_time() - started, 5)

    def test_whatever_a_copy_makes_of_the_library_it_is_called_broken(self):
        for error in (MemoryError(), ZeroDivisionError(), RuntimeError("odd")):
            broken = patch.object(archive_copies, "_fitted", side_effect=error)
            with broken, self.assertRaises(letter_pdf.NotArchivable) as caught:
                letter_pdf.bound(self.letter, [self.copy])
            self.assertEqual(caught.exception.code, "broken")

    def test_each_word_of_a_refusal_is_told_to_people(self):
        self.assertEqual(set(archive_copies.REASONS), set(NOT_ARCHIVABLE))
