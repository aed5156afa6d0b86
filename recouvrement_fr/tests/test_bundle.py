import hashlib
import io
import zipfile

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, NameObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from odoo.tests import BaseCase, tagged

from ..models import bundle
from ..models.bundle_sheets import Cover, html_to_text, wrapped

HEAD = Cover("Bordereau de pièces", ("Affaire : Créancier c/ Débiteur", "Dossier n° CTX/2026/0001"), ("Fait à Lyon",))
MESSAGE = (
    b"From: compta@creancier.example\nTo: paul@durand.example\nSubject: Votre facture\nMIME-Version: 1.0\n"
    b"Content-Type: text/html; charset=utf-8\n\n"
    b"<style>p{}</style><p>Bonjour,</p><p>Solde\xc2\xa0: 1\xc2\xa0000,00 \xe2\x82\xac</p>"
)


def pdf(text, pages=1, rotation=0):
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for page in range(pages):
        canvas.setPageRotation(rotation)
        canvas.drawString(100, 400, f"{text} feuille {page + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def image(kind, size=(300, 100), mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, size, 128).save(out, kind)
    return out.getvalue()


def encrypted(password):
    writer = PdfWriter(clone_from=io.BytesIO(pdf("secret")))
    writer.encrypt(password, "owner")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def inherited(text):
    """A file whose pages refer to their resources, as renderers of web pages write them."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf(text)))
    page = writer.pages[0]
    page[NameObject("/Resources")] = writer._add_object(page["/Resources"])
    page[NameObject("/Contents")] = ArrayObject([page.raw_get("/Contents")])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def piece(number, title, content, mimetype="application/pdf", name="file.pdf", section="", date="01/03/2026"):
    return bundle.Piece(str(number), title, date, name, mimetype, lambda: content, section)


@tagged("post_install", "-at_install")
class TestBundle(BaseCase):
    def made(self, *pieces, head=HEAD):
        file, archive = io.BytesIO(), io.BytesIO()
        made = bundle.make(pieces, head, "2026-03-02", file, archive)
        return made, file.getvalue(), archive.getvalue()

    def reader(self, content):
        return PdfReader(io.BytesIO(content), strict=True)

    def test_one_file_paginated_stamped_with_bookmarks_after_its_bordereau(self):
        made, content, _archive = self.made(
            piece(1, "Facture FAC/1", pdf("Facture", 2), section="Factures"),
            piece(2, "Bon de livraison", pdf("Bon"), section="Factures"),
            piece(3, "Relance", pdf("Relance"), section="Relances"),
        )
        reader = self.reader(content)
        texts = [page.extract_text() for page in reader.pages]
        self.assertEqual(made.pages, 5)
        self.assertIn("BORDEREAU DE PIÈCES", texts[0])
        self.assertIn("2 à 3", texts[0])
        self.assertIn("Facture feuille 2", texts[2])
        for position, label in enumerate(("Pièce n° 1", "Pièce n° 1", "Pièce n° 2", "Pièce n° 3"), start=1):
            self.assertIn(label, texts[position])
            self.assertIn(f"{position + 1} / 5", texts[position])
        cover, bills, of_bills, letters, of_letters = reader.outline
        self.assertEqual((cover.title, bills.title, letters.title), ("Bordereau de pièces", "Factures", "Relances"))
        self.assertEqual([leaf.title for leaf in of_bills][1], "Pièce n° 2 – Bon de livraison")
        self.assertEqual(reader.get_destination_page_number(of_letters[0]), 4)
        links = [note.get_object()["/Dest"][0].idnum for note in reader.pages[0]["/Annots"]]
        self.assertEqual(links[1], reader.pages[3].indirect_reference.idnum)

    def test_the_same_pieces_always_make_the_same_bytes_and_others_do_not(self):
        pieces = [
            piece(1, "Facture", pdf("Facture")),
            piece(2, "Photo", image("PNG"), "image/png", "photo.png"),
            piece(3, "Courriel", MESSAGE, "message/rfc822", "message.eml"),
            piece(4, "Tableau", b"PK..", "application/vnd.ms-excel", "compte.xlsx"),
        ]
        first, again = self.made(*pieces), self.made(*pieces)
        self.assertEqual(first[1:], again[1:])
        other = self.made(*pieces[:3], piece(4, "Tableau", b"PK.!", "application/vnd.ms-excel", "compte.xlsx"))
        self.assertNotEqual(first[1], other[1])
        self.assertNotEqual(self.reader(first[1]).trailer["/ID"], self.reader(other[1]).trailer["/ID"])

    def test_the_zip_holds_the_very_originals_their_hashes_and_the_bordereau(self):
        invoice = pdf("Facture")
        made, _file, archive = self.made(
            piece(1, "Facture FAC/2026/1", invoice), piece(2, "Tableau", b"PK..", "application/vnd.ms-excel", "c.xlsx")
        )
        with zipfile.ZipFile(io.BytesIO(archive)) as found:
            names = found.namelist()
            self.assertEqual(found.read("001 - Facture FAC-2026-1.pdf"), invoice)
            sums = found.read("SHA256SUMS.txt").decode()
        self.assertEqual(
            names,
            ["001 - Facture FAC-2026-1.pdf", "002 - Tableau.xlsx", "000 - Bordereau de pièces.pdf", "SHA256SUMS.txt"],
        )
        self.assertIn(hashlib.sha256(invoice).hexdigest(), sums)
        self.assertEqual(made.digests["1"], hashlib.sha256(invoice).hexdigest())

    def test_what_cannot_be_read_is_named_and_the_rest_goes_on(self):
        made, content, archive = self.made(
            piece(1, "Contrat protégé", encrypted("secret")),
            piece(2, "Contrat tronqué", pdf("Contrat")[:300]),
            piece(3, "Rien du tout", b""),
            piece(4, "Photo abîmée", image("PNG")[:20], "image/png", "photo.png"),
            piece(5, "Facture", pdf("Facture")),
        )
        self.assertEqual(
            [(problem.number, problem.code) for problem in made.problems],
            [("1", "encrypted"), ("2", "broken"), ("3", "broken"), ("4", "image")],
        )
        texts = [page.extract_text() for page in self.reader(content).pages]
        self.assertIn("protégé par un mot de passe", texts[1])
        self.assertIn("001 - Contrat protégé.pdf", texts[1])
        self.assertIn("Facture feuille 1", texts[5])
        with zipfile.ZipFile(io.BytesIO(archive)) as found:
            self.assertEqual(len(found.namelist()), 7)

    def test_a_file_anybody_may_open_is_taken_although_it_is_locked(self):
        made, content, _archive = self.made(piece(1, "Relevé", encrypted("")))
        self.assertFalse(made.problems)
        self.assertIn("secret feuille 1", self.reader(content).pages[1].extract_text())

    def test_pages_that_refer_to_what_they_need_are_taken_whole(self):
        made, content, _archive = self.made(piece(1, "Facture", inherited("Facture")))
        self.assertFalse(made.problems)
        self.assertIn("Facture feuille 1", self.reader(content).pages[1].extract_text())

    def test_a_turned_page_bears_its_stamp_upright_where_it_is_seen(self):
        made, content, _archive = self.made(
            *(piece(n, f"Page {turn}", pdf("Page", rotation=turn)) for n, turn in enumerate((0, 90, 180, 270), start=1))
        )
        reader = self.reader(content)
        corners = {0: (1, 1), 90: (0, 1), 180: (0, 0), 270: (1, 0)}  # of the page as it is written
        for number, turn in enumerate((0, 90, 180, 270), start=1):
            page, seen = reader.pages[number], []
            page.extract_text(
                visitor_text=lambda text, cm, tm, *_font, seen=seen: seen.append((text, cm[4], cm[5], tm, cm))
            )
            [(x, y)] = [
                (tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5])
                for text, _x, _y, tm, cm in seen
                if f"Pièce n° {number}" in text
            ]
            right, top = corners[turn]
            self.assertEqual((x > 300, y > 420), (bool(right), bool(top)), turn)
        self.assertFalse(made.problems)

    def test_pictures_become_pages_and_an_oversized_one_is_reduced(self):
        made, content, _archive = self.made(
            piece(1, "Bon signé", image("JPEG", (4000, 5000)), "image/jpeg", "bon.jpg"),
            piece(2, "Transparente", image("PNG", mode="LA"), "image/png", "t.png"),
        )
        self.assertEqual((made.pages, made.problems), (3, []))
        self.assertLessEqual(self.reader(content).pages[1].images[0].image.width, 2480)

    def test_an_email_is_transcribed_with_its_words(self):
        _made, content, _archive = self.made(piece(1, "Relance", MESSAGE, "message/rfc822", "message.eml"))
        text = self.reader(content).pages[1].extract_text().replace("\u00a0", " ")
        self.assertIn("paul@durand.example", text)
        self.assertIn("Solde : 1 000,00 €", text)
        self.assertNotIn("p{}", text)

    def test_a_broken_message_and_odd_scripts_stop_nothing(self):
        nonsense = b"Content-Type: text/plain; charset=nonsense\n\n\xff\xfe"
        made, _content, _archive = self.made(
            piece(1, "Ελληνικά 漢字", nonsense, "message/rfc822", "m.eml"),
            piece(2, "Mot" + "x" * 400, b"\x00\xff" * 50, "text/plain", "note.txt"),
        )
        self.assertEqual((made.pages, made.problems), (3, []))

    def test_no_piece_makes_a_bordereau_alone(self):
        made, content, _archive = self.made()
        self.assertEqual((made.pages, len(self.reader(content).pages)), (1, 1))

    def test_a_logo_shared_by_all_is_written_once(self):
        out = io.BytesIO()
        canvas = Canvas(out, invariant=1)
        canvas.drawImage(ImageReader(Image.effect_noise((300, 300), 90)), 0, 0)
        canvas.save()
        heavy = out.getvalue()
        _made, one, _archive = self.made(piece(1, "Facture", heavy))
        _made, ten, _archive = self.made(*(piece(n, "Facture", heavy) for n in range(1, 11)))
        self.assertLess(len(ten), len(one) * 2)

    def test_words_of_messages_and_lines(self):
        self.assertEqual(html_to_text("<p>a&nbsp;b<br>c</p><!-- x --><script>d</script>"), "a\u00a0b\nc")
        self.assertEqual(wrapped("", 100), [""])
        self.assertGreater(len(wrapped("x" * 200, 100)), 3)
