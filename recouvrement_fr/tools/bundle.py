"""A file of pieces (dossier de pièces) for a court: one PDF, paginated and stamped, and one ZIP of the originals.

Plain Python, no odoo import. Pieces are read one after the other, and nothing of them is kept: two thousand of them
take the memory of the largest. The same pieces always make the same bytes, so that their hash proves them.
"""

import hashlib
import re
import zipfile
from collections.abc import Callable
from typing import NamedTuple

from . import bundle_sheets as sheets
from . import harmless
from .bundle_pages import Unreadable
from .bundle_pdf import Merger
from .bundle_reader import Reader

EPOCH = (1980, 1, 1, 0, 0, 0)  # the only date a ZIP entry may bear: when it was made is no fact of the case


class Piece(NamedTuple):
    """A piece in its order. ``read`` gives its bytes when they are needed; ``date`` is as it will be printed."""

    number: str
    title: str
    date: str
    name: str  # of its file
    mimetype: str
    read: Callable[[], bytes]
    section: str = ""
    sha256: str = ""  # of the bytes that were kept; empty: none was

    @property
    def file_name(self):
        """Its name in the ZIP: numbered, and accepted by every system."""
        stem, dot, extension = self.name.rpartition(".")
        kind = f".{extension}" if dot and re.fullmatch(r"\w{1,5}", extension, re.ASCII) else ""
        number = self.number.zfill(3) if self.number.isdigit() else harmless.file_name(self.number)
        return f"{number} - {harmless.file_name(self.title or stem)}{kind}"


class Problem(NamedTuple):
    """A piece whose pages are not in the PDF although they should; ``code``: a key of bundle_sheets.REASONS."""

    number: str
    title: str
    code: str


class Note(NamedTuple):
    """What of a piece is not shown although its pages are; ``code``: a key of bundle_sheets.NOTES."""

    number: str
    code: str
    detail: str


class Made(NamedTuple):
    pages: int
    rows: list  # of bundle_sheets.Row
    problems: list  # of Problem
    digests: dict  # number -> SHA-256 of the piece
    notes: list  # of Note


def make(pieces, head, date, pdf, archive):
    """Write the PDF and the ZIP of these pieces into two binary files; returns what was Made.

    :param head: bundle_sheets.Cover, printed above the list; :param date: ISO, the date the file bears
    """
    merger = Merger(pdf)
    spans, problems, digests, notes = [], [], {}, []
    with Reader() as reader, zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED, strict_timestamps=False) as originals:
        for piece in pieces:
            content = piece.read()
            digests[piece.number] = hashlib.sha256(content).hexdigest()
            _keep(originals, piece.file_name, content)
            count, code, found = _add(merger, reader, piece, content, digests[piece.number])
            spans.append((piece, count))
            if code:
                problems.append(Problem(piece.number, piece.title, code))
            notes += [Note(piece.number, what, detail) for what, detail in found]
        rows, front, links = _cover(head, spans, notes)
        merger.add(front, links=links)
        _keep(originals, "000 - Bordereau de pièces.pdf", front)
        listed = "".join(f"{digests[piece.number]}  {piece.file_name}\n" for piece, _count in spans)
        _keep(originals, "SHA256SUMS.txt", listed.encode())
    bookmarks = [("", head.title, 0)] + [
        (row.section, f"Pièce n° {row.number} – {row.title}", row.first - 1) for row in rows
    ]
    merger.finish(_front(rows, merger), bookmarks, head.title, head.lines[0] if head.lines else "", date, listed + date)
    return Made(len(merger.pages), rows, problems, digests, notes)


def _add(merger, reader, piece, content, digest):
    """(pages, why not its own, what of it is not shown): a piece whose pages cannot be taken has a sheet instead."""
    label = f"Pièce n° {piece.number}"
    try:
        if piece.sha256 and piece.sha256 != digest:
            raise Unreadable("altered")
        if not content:
            raise Unreadable("empty")
        part = reader.read(merger, piece, content, digest, label)
    except Unreadable as error:
        return merger.add(sheets.sheet(piece, error.code, digest), label), error.code, ()
    return merger.put(part), "", part.notes


def _cover(head, spans, notes):
    """(rows, PDF, links) of the bordereau: its own length moves the pages it tells of, so it is drawn twice."""
    front, count, links = sheets.cover(head, _rows(spans, 0), notes)
    rows = _rows(spans, count)
    front, count, links = sheets.cover(head, rows, notes)
    return rows, front, links


def _rows(spans, page):
    rows = []
    for piece, count in spans:
        rows.append(sheets.Row(piece.section, piece.number, piece.title, piece.date, page + 1, page + count))
        page += count
    return rows


def _front(rows, merger):
    """How many pages the bordereau has."""
    return rows[0].first - 1 if rows else len(merger.pages)


def _keep(archive, name, content):
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # the same on every system
    archive.writestr(entry, content)
