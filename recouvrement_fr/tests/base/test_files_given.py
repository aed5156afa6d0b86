import base64
import codecs
import io
import zipfile
from datetime import date

from openpyxl import Workbook

from odoo.tests import BaseCase, tagged

from ...tools import csv_table, harmless, upload
from ...tools.bundle import Piece
from ...tools.refusal import Refused

MEGABYTE = upload.MEGABYTE
LINES = "N° de suivi;Statut\n1A123;Distribué\n"
READ = [["N° de suivi", "Statut"], ["1A123", "Distribué"]]


def zipped(*files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def workbook(*rows):
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


class FilesCase(BaseCase):
    def refused(self, call, *args):
        with self.assertRaises(Refused) as caught:
            list(call(*args) or ())
        return str(caught.exception.sentence._source) % caught.exception.values


@tagged("post_install", "-at_install")
class TestTables(FilesCase):
    """Tables as spreadsheets and carriers write them."""

    def cells(self, data):
        return [row.cells for row in csv_table.read(data)]

    def test_each_encoding_is_found_out(self):
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"):
            with self.subTest(encoding=encoding):
                self.assertEqual(self.cells(LINES.encode(encoding)), READ)
        self.assertEqual(self.cells(codecs.BOM_UTF16_BE + LINES.encode("utf-16-be")), READ)

    def test_each_line_end_and_separator_is_found_out(self):
        for end in ("\n", "\r\n", "\r"):
            for separator in (";", ",", "\t"):
                with self.subTest(end=end, separator=separator):
                    text = LINES.replace(";", separator).replace("\n", end)
                    self.assertEqual(self.cells(text.encode()), READ)
        self.assertEqual(self.cells(b"a;b\r\n1;2\r3;4\n5;6"), [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]])

    def test_a_separator_inside_a_title_or_said_on_the_first_line_misleads_nobody(self):
        self.assertEqual(self.cells(b'"a, b, c";d\n1;2\n'), [["a, b, c", "d"], ["1", "2"]])
        self.assertEqual(self.cells(b"sep=,\na,b;c\n1,2\n"), [["a", "b;c"], ["1", "2"]])

    def test_lines_keep_the_number_they_have_in_the_file(self):
        rows = csv_table.read(b'a;b\n\n"on two\nlines";1\nc;2\n')
        self.assertEqual([(row.number, row.cells[0]) for row in rows], [(1, "a"), (3, "on two\nlines"), (5, "c")])
        rows = csv_table.read(b"sep=;\na;b\nc;2\n")
        self.assertEqual([row.number for row in rows], [2, 3])

    def test_what_cannot_be_read_is_said_with_its_line(self):
        for data, words in (
            (b"", "empty"),
            (b" \r\n;;\n", "empty"),
            (b"a;b\n1;\x00\n", "Line 2 holds a NUL"),
            (b"a;b\r1;2\r3;\x00", "Line 3 holds a NUL"),
            (b"a;b\n1;2\n\xe9;\x81\n", "Line 3 holds signs"),
            (b'a;b\n1;2\n"open;3\n4;5\n', "Line 3 cannot be read"),
            (b'a;b\n"x"y;2\n', "Line 2 cannot be read"),
            (b"a;b\n" + b"1;" * 300, "Line 2 cannot be read"),
            (b"%PDF-1.7 ...", "neither a CSV"),
            (b"<html><table><tr><td>Suivi</td></tr></table></html>", "neither a CSV"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
            (b"PK\x03\x04 no archive", "cannot be opened"),
            (zipped(("word/document.xml", b"<w/>")), "cannot be read"),
            (b"a\n" + b"1\n" * (csv_table.ROWS + 1), "more than 100000 lines"),
        ):
            with self.subTest(words=words, data=data[:40]):
                self.assertIn(words, self.refused(csv_table.read, data))

    def test_a_workbook_gives_dates_in_iso_and_numbers_without_a_point(self):
        data = workbook(["Suivi", "Statut", "Date"], ["1A123", "Distribué", date(2026, 3, 5)], [], [870123, 1.5, None])
        rows = csv_table.read(data)
        self.assertEqual([row.number for row in rows], [1, 2, 4])
        self.assertEqual(rows[1].cells, ["1A123", "Distribué", "2026-03-05"])
        self.assertEqual(rows[2].cells, ["870123", "1.5"])

    def test_a_tracking_number_that_a_spreadsheet_rounded_is_refused(self):
        self.assertEqual(csv_table.read(workbook(["n"], [10**15 - 1]))[1].cells, [str(10**15 - 1)])
        self.assertIn("Line 2", self.refused(csv_table.read, workbook(["n"], [10**15])))

    def test_a_workbook_with_entities_or_a_bomb_in_it_is_refused(self):
        good = workbook(["a"], ["b"])
        with zipfile.ZipFile(io.BytesIO(good)) as book:
            parts = [(name, book.read(name)) for name in book.namelist()]
        entity = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
        evil = [(name, entity + data if name.endswith("sheet1.xml") else data) for name, data in parts]
        self.assertIn("document type", self.refused(csv_table.read, zipped(*evil)))
        bomb = zipped(*parts, ("xl/media/bomb.bin", bytes(60 * MEGABYTE)))
        self.assertIn("200 times", self.refused(csv_table.read, bomb))

    def test_titles_are_compared_whole_without_signs(self):
        self.assertEqual(csv_table.title("N° de suivi"), "numero de suivi")
        self.assertEqual(csv_table.title("  Date_du-dernier  STATUT : "), "date du dernier statut")
        self.assertEqual(csv_table.title("n° d’envoi"), "numero d'envoi")


@tagged("post_install", "-at_install")
class TestLimits(FilesCase):
    """What is given to a dialog is opened only as far as its limits."""

    def test_a_file_too_large_is_refused_before_it_is_decoded(self):
        self.assertEqual(len(upload.content(base64.b64encode(b"x" * upload.BYTES))), upload.BYTES)
        self.assertIn("25 MB", self.refused(upload.content, "A" * (50 * MEGABYTE)))
        for nothing in (b"", False, base64.b64encode(b" \n")):
            self.assertIn("empty", self.refused(upload.content, nothing))

    def test_an_archive_is_measured_by_what_comes_out_of_it(self):
        good = zipped(("a.xml", b"<a/>"), ("folder/b.xml", b"<b/>"))
        self.assertEqual(
            [(one.name, one.data) for one in upload.members(good)], [("a.xml", b"<a/>"), ("folder/b.xml", b"<b/>")]
        )
        found = list(upload.members(zipped(("bomb", bytes(4 * MEGABYTE)), ("in.zip", good), ("a.xml", b"<a/>"))))
        self.assertEqual([bool(one.refusal) for one in found], [True, True, False])
        self.assertIn("200", str(found[0].refusal.values))
        limits = upload.Limits(members=2, each=100, total=150, ratio=1000)
        said = [
            self.refused(upload.members, zipped(*((str(n), b"x") for n in range(3))), limits),
            self.refused(upload.members, zipped(("a", b"x" * 90), ("b", b"y" * 90)), limits),
            self.refused(upload.members, good[:-30], limits),
        ]
        for words, sentence in zip(("more than 2 files", "unpacks to", "cannot be opened"), said, strict=True):
            self.assertIn(words, sentence)
        [large] = upload.members(zipped(("a", bytes(range(256)))), limits)
        self.assertTrue(large.refusal)

    def test_an_archive_that_lies_about_its_sizes_is_not_believed(self):
        lying = bytearray(zipped(("bomb", bytes(8 * MEGABYTE))))
        at = lying.rindex(b"PK\x01\x02")
        lying[at + 24 : at + 28] = (10).to_bytes(4, "little")  # unpacked: ten bytes, it says
        found = []
        try:
            found = list(upload.members(bytes(lying)))
        except Refused:
            return
        self.assertLessEqual(sum(len(one.data) for one in found), 10)

    def test_xml_unfolds_and_fetches_nothing(self):
        laughs = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>'
        outside = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x"><a/>'
        for data, words in (
            (laughs, "document type"),
            (outside, "document type"),
            (b"<a>", "not XML"),
            (b"\0", "not XML"),
        ):
            self.assertIn(words, self.refused(upload.xml, data))
        self.assertEqual(upload.xml(b"<a/>").tag, "a")

    def test_a_proof_is_a_document_and_nothing_that_runs_or_unpacks(self):
        for data in (
            b"%PDF-1.4",
            b"\x89PNG\r\n",
            b"From: a@b.example\n\nPay",
            b"Bonjour\0",
            zipped(("[Content_Types].xml", b"x")),
        ):
            self.assertEqual(upload.proof(base64.b64encode(data)), data)
        for data in (
            b"MZ\x90",
            b"\x7fELF",
            b"#!/bin/sh",
            zipped(("a", b"b")),
            b"Rar!\x1a",
            b"\x1f\x8b\x08",
            b"<!DOCTYPE html><html>",
            b" <svg onload='x'>",
            b"<?xml version='1.0'?><svg>",
            b"<!-- x --><script>",
        ):
            with self.subTest(data=data[:20]):
                self.assertIn("program", self.refused(upload.proof, base64.b64encode(data)))


@tagged("post_install", "-at_install")
class TestHarmless(BaseCase):
    """What people typed, in the files we write."""

    def test_no_cell_begins_as_a_formula(self):
        for sign in "=+-@\t\r\n":
            self.assertEqual(harmless.cell(f"{sign}1+1"), f"'{sign}1+1")
        for text in ("", "Durand", "1-2", "a=b", " =1"):
            self.assertEqual(harmless.cell(text), text)

    def test_a_name_of_a_file_is_one_that_every_system_takes(self):
        for typed, name in (
            ("../../etc/passwd", "etc-passwd"),
            ("..", ""),
            ("C:\\Windows\\x", "C-Windows-x"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com1", "_com1"),
            ("console", "console"),
            ("facture\u202efdp.exe", "facture fdp.exe"),
            ("a\0b\nc", "a-b-c"),
            ("fin. ", "fin"),
            ("é" * 300, "é" * 100),
            ("x" * 99 + " .y", "x" * 99),
        ):
            with self.subTest(typed=typed[:30]):
                self.assertEqual(harmless.file_name(typed), name)

    def test_a_piece_bears_a_harmless_name_in_its_archive(self):
        for number, title, file, name in (
            ("1", "../../x", "a.pdf", "001 - x.pdf"),
            ("2/../3", "Facture", "a.pdf", "2-..-3 - Facture.pdf"),
            ("3", "", "aux.txt", "003 - _aux.txt"),
            ("4", "T" * 300, "a.pdf", f"004 - {'T' * 100}.pdf"),
            ("5", "F", "a.p/f", "005 - F"),
        ):
            piece = Piece(number, title, "", file, "application/pdf", bytes)
            self.assertEqual(piece.file_name, name)
