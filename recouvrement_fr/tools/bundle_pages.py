"""The pages of one PDF file, taken apart from the rest of it and written under new numbers; no odoo import."""

import hashlib
import io
from typing import Any, NamedTuple

from reportlab.pdfbase.pdfmetrics import stringWidth

from .bundle_objects import (
    FONT,
    STAMP_FONT,
    Here,
    array,
    attached,
    dictionary,
    inherited,
    is_standard,
    key_of,
    plain,
    raw,
    refers,
    shown,
)
from .pdf import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfReader,
    StreamObject,
)

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


class Taken:
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
        self.notes += [("embedded", name) for name in dict.fromkeys(attached(root))]
        form = dictionary(root.get("/AcroForm"))
        self.redraw = bool(form and form.get("/NeedAppearances"))
        if form and "/XFA" in form and not array(form.get("/Fields")):
            self.notes.append(("fields", "XFA"))
        pages = [self._page(source) for source in sources]
        for source, page in zip(sources, pages, strict=True):  # a link from elsewhere leads to the page here
            self.numbers[key_of(source.indirect_reference)] = page.number
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
        resources = DictionaryObject(raw(found.get_object())) if found is not None else DictionaryObject()
        fonts = resources.get("/Font")
        fonts = DictionaryObject(raw(fonts.get_object())) if fonts is not None else DictionaryObject()
        fonts[NameObject(STAMP_FONT)] = Here(self.merger.font)
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
            kept = DictionaryObject({key: value for key, value in raw(note).items() if key not in NOTE_LEFT})
            if drawing is not None:
                kept[NameObject("/AP")] = DictionaryObject({NameObject("/N"): Here(drawing)})
            written.append(self._written(kept))
        return written

    def _drawing(self, widget):
        """The number of a drawing of what a form field holds, where the file leaves it to whoever shows it; or None."""
        kind, value = inherited(widget, "/FT"), inherited(widget, "/V")
        if "/AP" in widget and not (self.redraw and kind in ("/Tx", "/Ch")):
            return None
        if kind == "/Btn":
            text = "X" if str(inherited(widget, "/V") or "/Off") != "/Off" and widget.get("/AS") != "/Off" else ""
        elif kind in ("/Tx", "/Ch"):
            text = ", ".join(map(str, value)) if isinstance(value, ArrayObject) else str(value or "")
        else:
            return None
        left, bottom, right, top = (float(edge) for edge in widget["/Rect"])
        width, height = abs(right - left), abs(top - bottom)
        if not text.strip() or width < 2 or height < 2:
            return None
        lost = {sign for sign in text if not is_standard(sign)}
        if lost:
            self.notes.append(("fields", str(inherited(widget, "/T") or "?")))
        is_long = bool(int(inherited(widget, "/Ff") or 0) & 1 << 12)
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
        key = key_of(reference)
        if key in self.numbers:
            return self.numbers[key]
        value = reference.get_object()
        if value is None or (isinstance(value, DictionaryObject) and value.get("/Type") == "/Pages"):
            value = NullObject()
        if refers(value):
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
        if isinstance(value, Here):
            return b"%d 0 R" % value.number
        if isinstance(value, IndirectObject):
            return b"%d 0 R" % self._number(value)
        if isinstance(value, ArrayObject):
            return b"[%s]" % b" ".join(map(self._written, value))
        if isinstance(value, StreamObject):
            return self._stream(value)
        if isinstance(value, DictionaryObject):
            entries = (b" %s %s" % (plain(key), self._written(item)) for key, item in raw(value).items())
            return b"<<%s >>" % b"".join(entries)
        return plain(value)

    def _stream(self, value):
        data = value._data if isinstance(value._data, bytes) else value._data.encode("latin-1")
        values = {key: item for key, item in raw(value).items() if key != "/Length"}
        values[NameObject("/Length")] = NumberObject(len(data))
        return b"%s\nstream\n%s\nendstream" % (self._written(DictionaryObject(values)), data)


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
    rows = b" T* ".join(b"%s Tj" % shown(line) for line in lines)
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
