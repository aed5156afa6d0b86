import hashlib
import io
import time
import zipfile
from unittest.mock import patch

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, NameObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from odoo.tests import BaseCase, tagged

from ...tools import bundle, bundle_reader
from ...tools.bundle_sheets import Cover, html_to_text, wrapped

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


def page_tree_bomb():
    """A few hundred bytes whose page tree has billions of pages."""
    nodes = [b"<< /Type /Pages /Kids [%d 0 R %d 0 R] /Count 2 >>" % (n, n) for n in range(3, 40)]
    nodes = [b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, b"<< /Type /Page /MediaBox [0 0 9 9] >>"]
    out, offsets = b"%PDF-1.4\n", []
    for number, node in enumerate(nodes, start=1):
        offsets.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, node)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(nodes) + 1, b"".join(offsets))
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(nodes) + 1, len(out))
    return out + table + tail


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
            [("1", "encrypted"), ("2", "broken"), ("3", "empty"), ("4", "image")],
        )
        texts = [page.extract_text() for page in self.reader(content).pages]
        self.assertIn("protégé par un mot de passe", texts[1])
        self.assertIn("001 - Contrat protégé.pdf", texts[1])
        self.assertIn("son fichier est vide", texts[3])
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

    def test_a_file_that_hangs_fills_the_memory_or_ends_its_reader_costs_its_own_pages_alone(self):
        bomb = page_tree_bomb()
        nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(3000)).encode()
        endless = b"From: a@b.example\nContent-Type: text/html\n\n" + b"<!--" * 300_000  # searched again and again
        self.enterContext(patch.multiple(bundle_reader, SECONDS=3, LEAST=1, WAIT=10))
        started = time.monotonic()
        made, content, archive = self.made(
            piece(1, "Facture", pdf("Avant")),
            piece(2, "Bombe", bomb),
            piece(3, "Courriel emboîté", nested, "message/rfc822", "m.eml"),
            piece(4, "Facture", pdf("Après")),
            piece(5, "Courriel sans fin", endless, "message/rfc822", "s.eml"),
        )
        self.assertLess(time.monotonic() - started, 25)
        codes = {one.number: one.code for one in made.problems}
        self.assertIn(codes.pop("2"), ("slow", "broken"), "Later versions of pypdf refuse it by themselves.")
        self.assertEqual(codes, {"3": "unreadable", "5": "slow"})
        texts = [page.extract_text() for page in self.reader(content).pages]
        self.assertIn(
            "ne peuvent pas" if made.problems[0].code == "broken" else "trop de temps", " ".join(texts[2].split())
        )
        self.assertIn("trop de temps ou de mémoire", texts[5])
        self.assertIn("Avant", texts[1])
        self.assertIn("Après", texts[4])
        with zipfile.ZipFile(io.BytesIO(archive)) as found:
            self.assertIn("002 - Bombe.pdf", found.namelist())

    def test_a_table_of_objects_without_end_costs_its_own_pages_alone(self):
        stream = b"<< /Type /XRef /Size 2147483647 /W [1 4 2] /Index [0 2147483647] /Length 0 >>\nstream\n\nendstream"
        endless = b"%PDF-1.5\n1 0 obj\n" + stream + b"\nendobj\nstartxref\n9\n%%EOF\n"
        table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF\n"
        million = b"%PDF-1.4\nxref\n0 99999999\n" + b"0000000000 65535 f \n" * 200_000
        self.enterContext(patch.multiple(bundle_reader, SECONDS=3, LEAST=1, WAIT=10))
        started = time.monotonic()
        made, content, _archive = self.made(
            piece(1, "Sans fin", endless),
            piece(2, "En rond", b"%PDF-1.4\n" + table),
            piece(3, "Million", million),
            piece(4, "Facture", pdf("Après")),
        )
        self.assertLess(time.monotonic() - started, 25)
        self.assertEqual([one.number for one in made.problems], ["1", "2", "3"])
        self.assertLessEqual({one.code for one in made.problems}, {"slow", "broken"})
        self.assertIn("Après", self.reader(content).pages[-1].extract_text())

    def test_what_only_looks_damaged_is_shown(self):
        exif = io.BytesIO()
        Image.new("RGB", (30, 30)).save(exif, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff")
        bracketed = b"From: a@b.example\nMessage-ID: <[x@y.example]>\nSubject: Objet\n\nBonjour"
        made, content, _archive = self.made(
            piece(1, "Courriel", bracketed, "message/rfc822", "m.eml"),
            piece(2, "Photo", exif.getvalue(), "image/jpeg", "p.jpg"),
        )
        self.assertEqual(made.problems, [])
        self.assertIn("Bonjour", self.reader(content).pages[1].extract_text())

    def test_a_damaged_tiff_has_a_sheet(self):
        made, _content, _archive = self.made(
            piece(1, "Plan", b"II*\0\x08\0\0\0\x01\0\0\x01\x04\0\xff\xff\xff\xff\0\0\0\0", "image/tiff", "p.tif"),
            piece(2, "Facture", pdf("Facture")),
        )
        self.assertEqual([(one.number, one.code) for one in made.problems], [("1", "image")])

    def test_a_very_long_word_takes_no_longer_than_as_many_short_ones(self):
        started = time.monotonic()
        made, _content, _archive = self.made(piece(1, "x" * 5000, b"y" * 300_000, "text/plain", "n.txt"))
        self.assertLess(time.monotonic() - started, 10)
        self.assertEqual(made.problems, [])

    def test_every_script_is_printed_or_its_lack_is_said(self):
        words = "Łódź, čeština, Ελλάδα, Привет, עברית"
        made, content, _archive = self.made(piece(1, "Dupont et Łukasz", words.encode(), "text/plain", "n.txt"))
        texts = [" ".join(page.extract_text().split()) for page in self.reader(content).pages]
        self.assertIn("Łukasz", texts[0])
        for word in ("Łódź", "čeština", "Ελλάδα", "Привет"):
            self.assertIn(word, texts[1])
        self.assertEqual([note.code for note in made.notes], ["letters"])
        self.assertIn("remplacés par un point d’interrogation", texts[0])

    def test_a_text_written_by_windows_keeps_its_accents(self):
        mail = b"From: a@b.example\nSubject: x\nContent-Type: text/plain\n\n" + "Œuvre à 5 €".encode("cp1252")
        made, content, _archive = self.made(
            piece(1, "Note", "Été, œuvre, 5 €".encode("cp1252"), "text/plain", "n.txt"),
            piece(2, "Courriel", mail, "message/rfc822", "m.eml"),
            piece(3, "Note", "Été".encode("utf-16"), "text/plain", "u.txt"),
        )
        self.assertEqual((made.problems, made.notes), ([], []))
        texts = [page.extract_text() for page in self.reader(content).pages]
        self.assertIn("Été, œuvre, 5 €", texts[1])
        self.assertIn("Œuvre à 5 €", texts[2])
        self.assertIn("Été", texts[3])

    def test_form_fields_without_a_drawing_are_drawn(self):
        out = io.BytesIO()
        canvas = Canvas(out)
        canvas.drawString(80, 700, "Bon de commande")
        canvas.acroForm.textfield(name="client", value="Durand SARL", x=80, y=600, width=200, height=20)
        canvas.save()
        writer = PdfWriter(clone_from=io.BytesIO(out.getvalue()))
        for note in writer.pages[0]["/Annots"]:
            del note.get_object()["/AP"]
        bare = io.BytesIO()
        writer.write(bare)
        made, content, _archive = self.made(piece(1, "Bon", bare.getvalue()))
        self.assertEqual(made.problems, [])
        [note] = self.reader(content).pages[1]["/Annots"]
        drawing = note.get_object()["/AP"]["/N"].get_object()
        self.assertIn(b"Durand SARL", drawing.get_data())

    def test_the_data_of_an_electronic_invoice_is_said_to_stay_in_the_original(self):
        writer = PdfWriter(clone_from=io.BytesIO(pdf("Facture")))
        writer.add_attachment("factur-x.xml", b"<x/>")
        out = io.BytesIO()
        writer.write(out)
        made, content, _archive = self.made(*(piece(n, "Facture", out.getvalue()) for n in (1, 2, 3)))
        self.assertEqual({(note.code, note.detail) for note in made.notes}, {("embedded", "factur-x.xml")})
        cover = " ".join(self.reader(content).pages[0].extract_text().split())
        self.assertIn("factur-x.xml (pièces 1 à 3)", cover)

    def test_a_kind_that_is_not_taken_says_why(self):
        made, content, _archive = self.made(
            piece(1, "Photo", b"\0", "image/heic", "p.heic"),
            piece(2, "Dessin", b"<svg/>", "image/svg+xml", "d.svg"),
            piece(3, "Contrat", b"PK", "application/octet-stream", "c.docx"),
            piece(4, "Message", b"\xd0\xcf", "application/vnd.ms-outlook", "m.msg"),
            piece(5, "Archive", b"PK", "application/zip", "a.zip"),
        )
        self.assertEqual([one.code for one in made.problems], ["heic", "svg", "word", "outlook", "kind"])
        texts = [" ".join(page.extract_text().split()) for page in self.reader(content).pages]
        for number, word in enumerate(("JPEG", "SVG", "traitement de texte", ".eml"), start=1):
            self.assertIn(word, texts[number])

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
