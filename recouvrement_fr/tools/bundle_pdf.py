"""Pages of many PDF files as one: stamped, numbered, with bookmarks, written as they come; no odoo import.

Each file is read once, its objects are written under new numbers and forgotten: memory holds one file at a time,
whatever their count. What shows the total (stamps) and what comes first (the cover) is written last, under numbers
reserved for it. The same files always make the same bytes.
"""

import hashlib
from typing import Any, NamedTuple

from reportlab.pdfbase.pdfmetrics import stringWidth

from .bundle_objects import (
    FONT,
    STAMP_FONT,
    shown,
    stream_of,
    text_of,
)
from .bundle_pages import Taken, Unreadable
from .pdf import (
    BROKEN,
)


class Part(NamedTuple):
    """What a file adds to the one being written."""

    pages: list  # of Page
    bodies: list  # of (object number, its bytes)
    known: dict  # hash -> number, of what it adds to Merger.known
    last: int  # the last number it took
    notes: tuple = ()  # of (code, detail): what of it is not shown


class Link(NamedTuple):
    """A rectangle of the cover that leads to a page of the pieces."""

    page: int  # of the cover, from 0
    box: tuple  # left, bottom, right, top
    target: int  # of the pieces, from 0


class Merger:
    """Writes one PDF into a binary file opened for writing, piece after piece."""

    def __init__(self, out):
        self.out, self.position = out, 0
        self.offsets = {}  # object number -> where it begins
        self.last = 0
        self.known = {}  # hash of an object that refers to nothing -> its number: logos and fonts are written once
        self.pages = []
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self.tree, self.font, self.save = self._reserve(), self._reserve(), self._reserve()
        self._put(
            self.font,
            b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % FONT.encode(),
        )
        self._put(self.save, stream_of(b"q"))

    def add(self, content, label="", links=()):
        """Add the pages of a file, stamped with ``label``; returns how many. Nothing is written of a file that fails.

        :raises Unreadable: encrypted with a password, or broken
        """
        return self.put(self.take(content, label, links))

    def take(self, content, label="", links=()):
        """The Part that a file makes; nothing is written yet.

        :raises Unreadable: encrypted with a password, or broken
        """
        last = self.last
        known: dict[bytes, int] = {}
        try:
            taken = Taken(self, content, label, links, known)
            pages, bodies = taken.read()
            return Part(pages, bodies, known, self.last, tuple(taken.notes))
        except BROKEN as error:
            raise Unreadable("broken") from error
        finally:
            self.last = last

    def put(self, part):
        """Write a Part taken just before; returns how many pages it has."""
        self.last = part.last
        self.known.update(part.known)
        for number, body in part.bodies:
            self._put(number, body)
        self.pages += part.pages
        return len(part.pages)

    def finish(self, cover, bookmarks, title, author, date, identity):
        """Put the last ``cover`` pages first, stamp and number all, and end the file.

        :param bookmarks: (section, title, first page counted from the cover) in order; a section of "" is none
        :param date: ISO; :param identity: text, the same for the same file
        """
        first = len(self.pages) - cover
        pages = self.pages[first:] + self.pages[:first]
        for position, page in enumerate(pages, start=1):
            self._put(page.stamp, stream_of(_stamp(page, position, len(pages))))
        kids = b" ".join(b"%d 0 R" % page.number for page in pages)
        self._put(self.tree, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids))
        outline = self._outline(bookmarks, pages)
        catalog, info = self._reserve(), self._reserve()
        self._put(
            catalog,
            b"<< /Type /Catalog /Pages %d 0 R /Outlines %d 0 R /PageMode /UseOutlines /Lang (fr-FR) >>"
            % (self.tree, outline),
        )
        stamp = f"D:{date.replace('-', '')}000000Z".encode()
        self._put(
            info,
            b"<< /Title %s /Author %s /Producer (recouvrement_fr) /CreationDate (%s) /ModDate (%s) >>"
            % (text_of(title), text_of(author), stamp, stamp),
        )
        self._end(catalog, info, hashlib.sha256(identity.encode()).hexdigest()[:32].encode())

    # --- writing ------------------------------------------------------------------------------------------------------

    def _reserve(self):
        self.last += 1
        return self.last

    def _write(self, content):
        self.out.write(content)
        self.position += len(content)

    def _put(self, number, body):
        self.offsets[number] = self.position
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def _end(self, catalog, info, identity):
        start = self.position
        lines = [b"%010d 00000 n \n" % self.offsets[number] for number in range(1, self.last + 1)]
        self._write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (self.last + 1, b"".join(lines)))
        self._write(
            b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n"
            % (self.last + 1, catalog, info, identity, identity, start)
        )

    def _outline(self, bookmarks, pages):
        """The number of the outline's root: sections, each with its pieces; or pieces alone."""
        branches = []
        for section, title, page in bookmarks:
            leaf: tuple[str, Any, list[Any]] = (title, page, [])
            if not section:
                branches.append(leaf)
            elif branches and branches[-1][0] == section and branches[-1][2]:
                branches[-1][2].append(leaf)
            else:
                branches.append((section, page, [leaf]))
        root = self._reserve()
        first, last = self._siblings(branches, root, pages)
        self._put(root, b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>" % (first, last, len(branches)))
        return root

    def _siblings(self, branches, parent, pages):
        """(first, last) of these bookmarks, which are written."""
        numbers = [self._reserve() for _branch in branches]
        for position, (title, page, leaves) in enumerate(branches):
            more = b""
            if position:
                more += b" /Prev %d 0 R" % numbers[position - 1]
            if position + 1 < len(numbers):
                more += b" /Next %d 0 R" % numbers[position + 1]
            if leaves:  # closed: its pieces show when it is opened
                first, last = self._siblings(leaves, numbers[position], pages)
                more += b" /First %d 0 R /Last %d 0 R /Count -%d" % (first, last, len(leaves))
            self._put(
                numbers[position],
                b"<< /Title %s /Parent %d 0 R /Dest [%d 0 R /Fit]%s >>"
                % (text_of(title), parent, pages[page].number, more),
            )
        return numbers[0], numbers[-1]


def _stamp(page, position, total):
    """The drawing over a page: its piece at the top right in a frame, its number at the bottom right."""
    drawing = [b"Q q %s cm 0 g 0 G 0.8 w" % page.matrix.encode()]
    if page.label:
        drawing.append(_box(page.label, 11, page.width - 18, page.height - 34, framed=True))
    drawing.append(_box(f"{position} / {total}", 8, page.width - 18, 9, framed=False))
    return b" ".join([*drawing, b"Q"])


def _box(text, size, right, bottom, framed):
    width = stringWidth(text, FONT, size) + size * 1.2
    left, height = right - width, size * 1.8
    return b"1 g %.2f %.2f %.2f %.2f re %s 0 g BT %s %d Tf %.2f %.2f Td %s Tj ET" % (
        left,
        bottom,
        width,
        height,
        b"B" if framed else b"f",
        STAMP_FONT.encode(),
        size,
        left + size * 0.6,
        bottom + size * 0.57,
        shown(text),
    )
