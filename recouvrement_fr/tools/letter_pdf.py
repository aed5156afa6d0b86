"""Letters as PDF: one renderer process for a batch, one file per letter, split on a mark.

The mark is a link at the head of each letter, found in a page's annotations without reading its text, and removed
from the letter. When the marks are not those of the letters, in order, each letter is printed by itself: a letter
never carries the page of another.
"""

import io
import logging
import os
import re
import signal
import subprocess
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from odoo.tools.misc import find_in_path

from . import archive_copies, archive_pdf, printable
from .pdf import (
    BROKEN,
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    PdfReader,
    PdfWriter,
    TextStringObject,
)

_logger = logging.getLogger(__name__)

MARK = "https://letter.invalid/"
BATCH = 200  # letters printed by one process
SECONDS = 60  # a renderer that says nothing for longer is stopped; one more per letter
REST = 300  # seconds during which one that did not answer is not asked again: each try would hold all that leaves
MM = 72 / 25.4
MARGINS = {"top": 12, "bottom": 26, "left": 20, "right": 20}  # mm; the templates place the window with them
CALIBRATION = (  # a link 100 mm wide, to see what a millimetre becomes
    '<!DOCTYPE html><html><body style="margin:0"><a href="{mark}0" style="display:block;width:100mm;height:5mm">'
    "&#160;</a></body></html>"
)


class PrintError(Exception):
    """The renderer is missing or failed; the message says which."""


class RendererMissing(PrintError):
    pass


class ArchiveMissing(RendererMissing):
    """The second engine is missing, which prints what is kept for years."""


class ArchiveError(PrintError):
    """The second engine failed; the message says how."""


NotArchivable = archive_copies.NotArchivable


class _Hung:
    """When the renderer of this process last failed to answer."""

    since: float | None = None

    @classmethod
    def is_resting(cls):
        return cls.since is not None and time.monotonic() - cls.since < REST


class Sheet(NamedTuple):
    """A letter to print: its page, the lines at the foot of each page, and what the file says of itself."""

    html: str
    foot: str
    title: str
    author: str
    date: str  # ISO


def print_sheets(sheets, archived=False):
    """The PDF of each sheet, in order: the one door to the engines that print.

    :param archived: as PDF/A, by the second engine; slower, so never for the letters of a whole night
    :raises RendererMissing: wkhtmltopdf is not installed, or the second engine (ArchiveMissing)
    :raises PrintError: it failed, or the second one (ArchiveError)
    """
    if archived:
        return [_archived(sheet) for sheet in sheets]
    files = []
    for start in range(0, len(sheets), BATCH):
        files += _print_batch(sheets[start : start + BATCH])
    return files


def _archived(sheet):
    try:
        return archive_pdf.print_sheet(sheet, MARGINS)
    except archive_pdf.EngineMissing as error:
        raise ArchiveMissing(str(error)) from error
    except archive_pdf.ArchiveFailed as error:
        raise ArchiveError(str(error)) from error


def joined(documents, apart=False):
    """One PDF of several, an ordinary one whatever they are.

    The fonts that letters of a batch have in common are kept once: a tenth of the size.

    :param apart: printed on both sides, each begins on a sheet of its own
    """
    writer, whole = PdfWriter(), io.BytesIO()
    for document in documents:
        if apart and len(writer.pages) % 2:
            writer.add_blank_page()
        writer.append(io.BytesIO(document))
    writer.compress_identical_objects()
    writer.write(whole)
    return whole.getvalue()


def has_pages(document):
    """Whether a file is a PDF with pages that can be read: binding one that has none would lose it without a word."""
    try:
        return any(True for _page in PdfReader(io.BytesIO(document)).pages)
    except BROKEN:
        return False


def bound(letter, copies):
    """A letter printed as PDF/A and the copies it encloses, as one PDF/A.

    :raises NotArchivable: a copy cannot be in one; it says which, and why
    :raises ArchiveMissing: the second engine is missing
    """
    try:
        return archive_copies.bound(letter, copies)
    except archive_pdf.EngineMissing as error:
        raise ArchiveMissing(str(error)) from error


def _print_batch(sheets):
    reader = PdfReader(io.BytesIO(_convert([(sheet.html, sheet.foot) for sheet in sheets])))
    pages = list(reader.pages)
    marks = [_mark(page) for page in pages]
    starts = [position for position, mark in enumerate(marks) if mark is not None]
    if len(sheets) == 1:
        starts = [0]
    elif starts[:1] != [0] or [marks[start] for start in starts] != [_mark_of(sheet) for sheet in sheets]:
        _logger.warning("The marks of %s printed letters do not match them: printing one by one.", len(sheets))
        return [file for sheet in sheets for file in _print_batch([sheet])]
    splitter = _Splitter(reader)
    ends = [*starts[1:], len(pages)]
    return [splitter.file(pages[start:end], sheet) for start, end, sheet in zip(starts, ends, sheets, strict=True)]


def _mark_of(sheet):
    found = re.search(re.escape(MARK) + r"(\w+)", sheet.html)
    return found and found[1]


def _link(annotation):
    action = annotation.get("/A")
    return str(action.get_object().get("/URI", "")) if action else ""


def _mark(page):
    """What follows the mark on this page, or None."""
    for reference in page.get("/Annots") or ():
        link = _link(reference.get_object())
        if link.startswith(MARK):
            return link.removeprefix(MARK)
    return None


class _Splitter:
    """Files of some pages of a document, whose objects are written once and keep their numbers.

    Fonts are shared by all the letters of a batch: cloning them for each letter costs twenty times as much.
    """

    def __init__(self, reader):
        self.reader = reader
        self.parts = {}  # object number -> (its bytes, the numbers it refers to)
        self.free = int(reader.trailer["/Size"])  # the first number nothing has

    def file(self, pages, sheet):
        """A file with these pages, without the mark; the same pages always make the same bytes."""
        tree, catalog, info = self.free, self.free + 1, self.free + 2
        bodies, waiting = {}, []
        for page in pages:
            number = page.indirect_reference.idnum
            bodies[number], found = self._page(page, tree)
            waiting += found
        kids = [page.indirect_reference for page in pages]
        bodies[tree] = _written(
            {"/Type": NameObject("/Pages"), "/Count": NumberObject(len(kids)), "/Kids": ArrayObject(kids)}
        )
        bodies[catalog] = _written({"/Type": NameObject("/Catalog"), "/Pages": self._reference(tree)})
        stamp = f"D:{sheet.date.replace('-', '')}000000Z"
        bodies[info] = _written(
            {
                "/Title": TextStringObject(sheet.title),
                "/Author": TextStringObject(sheet.author),
                "/Producer": TextStringObject("recouvrement_fr"),
                "/CreationDate": TextStringObject(stamp),
                "/ModDate": TextStringObject(stamp),
            }
        )
        while waiting:
            number = waiting.pop()
            if number not in bodies:
                bodies[number], found = self._part(number)
                waiting += found
        return _assembled(bodies, catalog, info)

    def _reference(self, number):
        return IndirectObject(number, 0, self.reader)

    def _page(self, page, tree):
        """A page under its own tree, with its links but the mark."""
        values = {key: page.raw_get(key) for key in page if key not in ("/Parent", "/Annots")}
        values["/Parent"] = self._reference(tree)
        kept = [link for link in page.get("/Annots") or () if not _link(link.get_object()).startswith(MARK)]
        if kept:
            values["/Annots"] = ArrayObject(kept)
        return _written(values), [number for number in _references(list(values.values())) if number != tree]

    def _part(self, number):
        if number not in self.parts:
            content = self._reference(number).get_object()
            self.parts[number] = _written(content), _references([content])
        return self.parts[number]


def _written(content):
    stream = io.BytesIO()
    if not isinstance(content, PdfObject):
        content = DictionaryObject({NameObject(key): value for key, value in content.items()})
    content.write_to_stream(stream)
    return stream.getvalue()


def _references(values):
    """The numbers of the objects these values refer to, a page's way back to its tree left out."""
    numbers = []
    while values:
        value = values.pop()
        if isinstance(value, IndirectObject):
            numbers.append(value.idnum)
        elif isinstance(value, DictionaryObject):
            values += [value.raw_get(key) for key in value if key not in ("/Parent", "/P")]
        elif isinstance(value, ArrayObject):
            values += list(value)
    return numbers


def _assembled(bodies, catalog, info):
    """A PDF file of numbered objects: a head, the objects, where each one begins, a tail."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = {}
    for number in sorted(bodies):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, bodies[number])
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, offset in offsets.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, offset)
    out += b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\n" % (max(bodies) + 1, catalog, info)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def _renderer():
    try:
        return find_in_path("wkhtmltopdf")
    except OSError as error:
        raise RendererMissing from error


def _convert(sheets):
    """One PDF of (html, foot) pairs; page numbers start again at each."""
    return _run(_renderer(), sheets, _zoom(_renderer()))


@lru_cache(4)
def _zoom(renderer):
    """What makes a millimetre of CSS a millimetre of paper: it depends on how the renderer was built.

    The window of an envelope forgives two millimetres, so it is measured rather than known.
    """
    guess = 0.78125  # 75 / 96: the usual build
    reader = PdfReader(io.BytesIO(_run(renderer, [(CALIBRATION.format(mark=MARK), "")], guess)))
    for reference in reader.pages[0].get("/Annots") or ():
        left, _bottom, right, _top = (float(edge) for edge in reference.get_object()["/Rect"])
        measured = (right - left) / MM
        if 50 < measured < 170 and abs(measured - 100) > 1:
            return round(guess * 100 / measured, 5)
    return guess


def _run(renderer, sheets, zoom):
    with tempfile.TemporaryDirectory(prefix="letters.") as name:
        folder = Path(name)
        command = [renderer, "--quiet", "--page-size", "A4", "--dpi", "96", "--disable-smart-shrinking"]
        command += ["--zoom", str(zoom), "--disable-javascript", "--no-outline", "--encoding", "utf-8"]
        command += printable.CLOSED
        for side, width in MARGINS.items():
            command += [f"--margin-{side}", f"{width}mm"]
        command += ["--footer-font-name", "Liberation Sans", "--footer-font-size", "7", "--footer-spacing", "7"]
        for number, (html, foot) in enumerate(sheets):
            page = folder / f"{number}.html"
            page.write_text(printable.stripped(html), encoding="utf-8")
            command.append(str(page))
            if foot:
                command += ["--footer-center", foot]
        out = folder / "letters.pdf"
        try:
            code, complaint = _execute([*command, str(out)], SECONDS + len(sheets))
        except OSError as error:
            raise RendererMissing from error
        if not out.exists() or not out.stat().st_size or code:
            raise PrintError(complaint.strip()[-500:] or f"exit code {code}")
        return out.read_bytes()


def _execute(command, seconds):
    """(exit code, what it complained of) of a renderer, which never outlives its time, nor does what it started.

    :raises PrintError: no answer in time, now or in the last minutes
    """
    if _Hung.is_resting():
        raise PrintError("no answer a few minutes ago: it is not asked again yet")
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env={**os.environ, "LC_ALL": "C.UTF-8"},  # it reads its arguments in the locale's encoding
        start_new_session=True,  # a group of its own, that can be killed whole
    )
    try:
        _out, complaint = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        _Hung.since = time.monotonic()
        raise PrintError(f"no answer after {seconds} s") from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            if process.stderr:
                process.stderr.close()
            process.wait()
    _Hung.since = None
    return process.returncode, complaint
