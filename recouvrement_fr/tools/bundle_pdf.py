"""Pages of many PDF files as one: stamped, numbered, with bookmarks, written as they come; no odoo import.

Each file is read once, its objects are written under new numbers and forgotten: memory holds one file at a time,
whatever their count. What shows the total (stamps) and what comes first (the cover) is written last, under numbers
reserved for it. The same files always make the same bytes.
"""

import hashlib
import io
from typing import Any, NamedTuple

from reportlab.pdfbase.pdfmetrics import stringWidth

from .pdf import (
    BROKEN,
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    PdfReader,
    StreamObject,
)

FONT, STAMP_FONT = "Helvetica-Bold", "/RecouvrementStamp"
# Of a page: its way back, what belongs to the whole file, and what acts by itself.
PAGE_LEFT = {"/Parent", "/StructParents", "/Metadata", "/PieceInfo", "/B", "/Thumb", "/AA", "/Annots", "/Tabs"}
NOTE_LEFT = {"/P", "/Parent", "/A", "/AA", "/Popup", "/IRT", "/Dest", "/StructParent"}
NOTES_LEFT = {"/Link", "/Popup", "/Movie", "/Screen", "/Sound", "/RichMedia", "/3D", "/FileAttachment"}


class Unreadable(Exception):
    """A file whose pages cannot be taken; ``code``: a key of bundle_sheets.REASONS."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Page(NamedTuple):
    number: int  # of its object
    stamp: int  # of the stream that stamps it, written last
    label: str
    matrix: str  # from the page as it is seen to the page as it is written
    width: float
    height: float


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
        self._put(self.save, _stream(b"q"))

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
            taken = _Taken(self, content, label, links, known)
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
            self._put(page.stamp, _stream(_stamp(page, position, len(pages))))
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
            % (_text(title), _text(author), stamp, stamp),
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
                % (_text(title), parent, pages[page].number, more),
            )
        return numbers[0], numbers[-1]


class _Taken:
    """The objects of one file that its pages need, under the merger's numbers."""

    def __init__(self, merger, content, label, links, known):
        self.merger, self.label, self.links, self.known = merger, label, links, known
        self.reader = PdfReader(io.BytesIO(content))
        self.numbers = {}  # (number, generation) there -> number here
        self.waiting, self.bodies, self.notes = [], [], []

    def read(self):
        """([Page], [(number, bytes)]) of the file."""
        if self.reader.is_encrypted and not self.reader.decrypt(""):
            raise Unreadable("encrypted")
        sources = list(self.reader.pages)
        if not sources:
            raise Unreadable("broken")
        root: Any = self.reader.trailer["/Root"].get_object()
        self.notes += [("embedded", name) for name in dict.fromkeys(_attached(root))]
        form = _dictionary(root.get("/AcroForm"))
        self.redraw = bool(form and form.get("/NeedAppearances"))
        if form and "/XFA" in form and not _array(form.get("/Fields")):
            self.notes.append(("fields", "XFA"))
        pages = [self._page(source) for source in sources]
        for source, page in zip(sources, pages, strict=True):  # a link from elsewhere leads to the page here
            self.numbers[_key(source.indirect_reference)] = page.number
        for position, (source, page) in enumerate(zip(sources, pages, strict=True)):
            self.bodies.append((page.number, self._page_body(source, page, position)))
        while self.waiting:
            number, value = self.waiting.pop()
            self.bodies.append((number, self._written(value)))
        return pages, self.bodies

    def _page(self, source):
        box = source.cropbox
        left, bottom, right, top = (float(edge) for edge in (box.left, box.bottom, box.right, box.top))
        if right - left < 1 or top - bottom < 1:
            raise Unreadable("broken")
        turned = int(source.get("/Rotate", 0) or 0) % 360
        matrix = {  # what is seen upright at the bottom left, whatever the page's own turn
            90: f"0 1 -1 0 {right:.2f} {bottom:.2f}",
            180: f"-1 0 0 -1 {right:.2f} {top:.2f}",
            270: f"0 -1 1 0 {left:.2f} {top:.2f}",
        }.get(turned, f"1 0 0 1 {left:.2f} {bottom:.2f}")
        width, height = right - left, top - bottom
        if turned in (90, 270):
            width, height = height, width
        return Page(self.merger._reserve(), self.merger._reserve(), self.label, matrix, width, height)

    def _page_body(self, source, page, position):
        values = {key: source.raw_get(key) for key in source if key not in PAGE_LEFT}
        values["/Type"] = NameObject("/Page")
        values["/Resources"] = self._resources(source)
        contents = values.pop("/Contents", None)
        parts = contents.get_object() if contents is not None else None
        if isinstance(parts, ArrayObject):
            streams = list(parts)
        else:
            streams = [] if parts is None or isinstance(parts, NullObject) else [contents]
        inside = b" ".join(self._written(stream) for stream in streams)
        notes = self._notes(source) + self._links(position)
        body = self._written(DictionaryObject({NameObject(key): value for key, value in values.items()}))
        return b"%s /Parent %d 0 R /Contents [%d 0 R %s %d 0 R]%s >>" % (
            body[:-3],
            self.merger.tree,
            self.merger.save,
            inside,
            page.stamp,
            b" /Annots [%s]" % b" ".join(notes) if notes else b"",
        )

    def _resources(self, source):
        """The page's own, with the font of the stamp."""
        found = source.get("/Resources")
        resources = DictionaryObject(_raw(found.get_object())) if found is not None else DictionaryObject()
        fonts = resources.get("/Font")
        fonts = DictionaryObject(_raw(fonts.get_object())) if fonts is not None else DictionaryObject()
        fonts[NameObject(STAMP_FONT)] = _Here(self.merger.font)
        resources[NameObject("/Font")] = fonts
        return resources

    def _notes(self, source):
        """What was written or signed over the page, without what acts or leads elsewhere."""
        written = []
        for found in source.get("/Annots") or ():
            note = found.get_object()
            if not isinstance(note, DictionaryObject) or note.get("/Subtype") in NOTES_LEFT:
                continue
            drawing = self._drawing(note) if note.get("/Subtype") == "/Widget" else None
            if drawing is None and "/AP" not in note:
                continue
            kept = DictionaryObject({key: value for key, value in _raw(note).items() if key not in NOTE_LEFT})
            if drawing is not None:
                kept[NameObject("/AP")] = DictionaryObject({NameObject("/N"): _Here(drawing)})
            written.append(self._written(kept))
        return written

    def _drawing(self, widget):
        """The number of a drawing of what a form field holds, where the file leaves it to whoever shows it; or None."""
        kind, value = _inherited(widget, "/FT"), _inherited(widget, "/V")
        if "/AP" in widget and not (self.redraw and kind in ("/Tx", "/Ch")):
            return None
        if kind == "/Btn":
            text = "X" if str(_inherited(widget, "/V") or "/Off") != "/Off" and widget.get("/AS") != "/Off" else ""
        elif kind in ("/Tx", "/Ch"):
            text = ", ".join(map(str, value)) if isinstance(value, ArrayObject) else str(value or "")
        else:
            return None
        left, bottom, right, top = (float(edge) for edge in widget["/Rect"])
        width, height = abs(right - left), abs(top - bottom)
        if not text.strip() or width < 2 or height < 2:
            return None
        lost = {sign for sign in text if not _is_standard(sign)}
        if lost:
            self.notes.append(("fields", str(_inherited(widget, "/T") or "?")))
        is_long = bool(int(_inherited(widget, "/Ff") or 0) & 1 << 12)
        number = self.merger._reserve()
        self.bodies.append((number, _field(text, width, height, is_long, self.merger.font)))
        return number

    def _links(self, position):
        return [
            b"<< /Type /Annot /Subtype /Link /Border [0 0 0] /Rect [%s] /Dest [%d 0 R /Fit] >>"
            % (" ".join(f"{edge:.2f}" for edge in link.box).encode(), self.merger.pages[link.target].number)
            for link in self.links
            if link.page == position
        ]

    def _number(self, reference):
        """The number here of an object there: one that refers to nothing may already be here."""
        key = _key(reference)
        if key in self.numbers:
            return self.numbers[key]
        value = reference.get_object()
        if value is None or (isinstance(value, DictionaryObject) and value.get("/Type") == "/Pages"):
            value = NullObject()
        if _refers(value):
            number = self.merger._reserve()
            self.waiting.append((number, value))
        else:
            body = self._written(value)
            digest = hashlib.sha256(body).digest()
            number = self.merger.known.get(digest) or self.known.get(digest)
            if not number:
                number = self.known[digest] = self.merger._reserve()
                self.bodies.append((number, body))
        self.numbers[key] = number
        return number

    def _written(self, value):
        if isinstance(value, _Here):
            return b"%d 0 R" % value.number
        if isinstance(value, IndirectObject):
            return b"%d 0 R" % self._number(value)
        if isinstance(value, ArrayObject):
            return b"[%s]" % b" ".join(map(self._written, value))
        if isinstance(value, StreamObject):
            return self._stream(value)
        if isinstance(value, DictionaryObject):
            entries = (b" %s %s" % (_plain(key), self._written(item)) for key, item in _raw(value).items())
            return b"<<%s >>" % b"".join(entries)
        return _plain(value)

    def _stream(self, value):
        data = value._data if isinstance(value._data, bytes) else value._data.encode("latin-1")
        values = {key: item for key, item in _raw(value).items() if key != "/Length"}
        values[NameObject("/Length")] = NumberObject(len(data))
        return b"%s\nstream\n%s\nendstream" % (self._written(DictionaryObject(values)), data)


def _dictionary(value):
    value = value.get_object() if value is not None else None
    return value if isinstance(value, DictionaryObject) else None


def _array(value):
    value = value.get_object() if value is not None else None
    return value if isinstance(value, ArrayObject) else ArrayObject()


def _attached(root):
    """The names of the files attached to a PDF, such as the data of an electronic invoice."""
    names = _dictionary(root.get("/Names"))
    waiting = [_dictionary(names.get("/EmbeddedFiles"))] if names else []
    for _step in range(1000):  # a tree may lead back to itself
        if not waiting:
            return
        node = waiting.pop()
        if node is None:
            continue
        for found in _array(node.get("/Names"))[1::2]:
            file = _dictionary(found)
            if file is not None:
                yield str(file.get("/UF") or file.get("/F") or "?")
        waiting += [_dictionary(kid) for kid in _array(node.get("/Kids"))]


def _inherited(widget, key):
    """What a form field or one of those above it says."""
    for _step in range(20):
        if widget is None:
            return None
        value = widget.get(key)
        if value is not None:
            return value.get_object()
        widget = _dictionary(widget.get("/Parent"))
    return None


def _is_standard(sign):
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _field(text, width, height, is_long, font):
    """The drawing of what a form field holds, within its frame."""
    size = 10.0 if is_long else max(4.0, min(12.0, height * 0.7))
    if not is_long:
        while size > 4 and stringWidth(text[:1000], FONT, size) > width - 4:
            size -= 0.5
    lines, most = [], max(1, int((width - 4) / size * 2)) if is_long else len(text)
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        lines += [line[start : start + most] for start in range(0, len(line), most)] or [""]
    top = height - size if is_long else (height - size) / 2 + size * 0.2
    rows = b" T* ".join(b"%s Tj" % _shown(line) for line in lines)
    drawing = b"BT %s %.1f Tf %.1f TL 2 %.2f Td %s ET" % (STAMP_FONT.encode(), size, size * 1.2, top, rows)
    return (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 %.2f %.2f] /Resources << /Font << %s %d 0 R >> >> /Length %d"
        % (
            width,
            height,
            STAMP_FONT.encode(),
            font,
            len(drawing),
        )
        + b" >>\nstream\n%s\nendstream" % drawing
    )


class _Here(PdfObject):
    """A reference to an object of the file being written."""

    def __init__(self, number):
        self.number = number


def _key(reference):
    return reference.idnum, reference.generation


def _raw(values):
    """The entries of a dictionary, references unread."""
    return {NameObject(key): values.raw_get(key) for key in values}


def _refers(value):
    """Whether an object refers to others; the length of a stream does not count."""
    values = [value]
    while values:
        found = values.pop()
        if isinstance(found, IndirectObject):
            return True
        if isinstance(found, DictionaryObject):
            values += [item for key, item in _raw(found).items() if key != "/Length"]
        elif isinstance(found, ArrayObject):
            values += list(found)
    return False


def _plain(value):
    out = io.BytesIO()
    value.write_to_stream(out)
    return out.getvalue()


def _stream(data):
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def _text(text):
    """A text of the file's own description, in any script."""
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode()


def _shown(text):
    """A text to show with a standard font."""
    plain = text.encode("cp1252", "replace")
    return b"(%s)" % plain.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


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
        _shown(text),
    )
