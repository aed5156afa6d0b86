"""Copies bound behind a letter that is PDF/A-2b, so that the whole is PDF/A-2b too, or a word on why it cannot be.

A copy is changed in nothing that is seen: what acts, leads elsewhere or describes only itself is left out, and the
widths that the printer of Odoo rounds are written as its fonts say. What cannot be checked here is refused: a font
that is not in the file, or of another kind than Odoo's printers write, colours of ink (CMYK), forms and notes written
over a page. No odoo import.
"""

import hashlib
import importlib
import io
import re
from collections import deque
from typing import Any

from . import archive_pdf
from .pdf import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfReader,
    PdfWriter,
    StreamObject,
)

PRINTED = 4  # the flag of a note that is printed with its page
PAGE_KEPT = {
    *("/Type", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"),
    *("/Rotate", "/Group", "/UserUnit", "/Annots"),
}
ACTS = {"/JS", "/JavaScript", "/AA", "/OpenAction", "/Launch", "/EF", "/EmbeddedFile", "/OC"}
IMAGES = {"/Alternates", "/OPI", "/Ref", "/PS", "/TR", "/HTP"}
FILTERS = {"/ASCIIHexDecode", "/ASCII85Decode", "/FlateDecode", "/RunLengthDecode", "/CCITTFaxDecode", "/DCTDecode"}
INKS = {"/DeviceCMYK", "/DeviceN", "/Separation", "/CMYK"}
INK_OPERATORS = {b"k", b"K"}
OPERATORS = {  # of PDF 1.7: what another program understands, another may not
    *(b"b", b"B", b"b*", b"B*", b"BDC", b"BMC", b"BT", b"BX", b"c", b"cm", b"CS", b"cs", b"d", b"d0", b"d1", b"Do"),
    *(b"DP", b"EMC", b"ET", b"EX", b"f", b"F", b"f*", b"G", b"g", b"gs", b"h", b"i", b"j", b"J", b"l", b"m", b"M"),
    *(b"MP", b"n", b"q", b"Q", b"re", b"RG", b"rg", b"ri", b"s", b"S", b"SC", b"sc", b"SCN", b"scn", b"sh", b"T*"),
    *(b"Tc", b"Td", b"TD", b"Tf", b"Tj", b"TJ", b"TL", b"Tm", b"Tr", b"Ts", b"Tw", b"Tz", b"v", b"w", b"W", b"W*"),
    *(b"y", b"'", b'"'),
}
SHOWING = {b"Tj", b"TJ", b"'", b'"'}
SIGN = rb"[^\s()<>\[\]{}/%]"
TOKEN = re.compile(  # the library's own reading of a page takes half a second
    rb"%[^\r\n]*"  # a comment
    rb"|(?P<string>\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|<[0-9A-Fa-f\s]*>)"
    rb"|(?P<operand><<|>>|[\[\]]|/" + SIGN + rb"*|[-+.\d]" + SIGN + rb"*|(?:true|false|null)(?!" + SIGN + rb"))"
    rb"|(?P<operator>" + SIGN + rb"+)"
    rb"|(?P<odd>\S)",
    re.DOTALL,
)
DRAWING = 1 << 20  # bytes drawn at once: ten times an ordinary page; looking at them takes a hundred times as much
DRAWN = 16 << 20  # of a whole copy
SIGNS = 0x10000  # of a font of two bytes
ESCAPED = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))", re.DOTALL)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}


class NotArchivable(Exception):
    """A copy that no PDF/A can hold as it is; ``place``: which, from 0; ``code``: a key of REASONS."""

    def __init__(self, place, code):
        super().__init__(f"{place}: {code}")
        self.place, self.code = place, code


class Unfit(Exception):
    """The code of what is in a file, a key of REASONS."""


# What refuses a copy; whoever shows them has words for each.
REASONS = ("broken", "encrypted", "font", "ink", "image", "acts", "note", "large")


def bound(letter, copies):
    """One PDF/A-2b of a letter that is one and of the pages of copies; it describes itself as the letter does.

    :param bytes letter: PDF/A-2b, as `archive_pdf` prints it; :param copies: bytes of PDF files
    :raises NotArchivable: for the first copy that cannot be taken
    :raises archive_pdf.EngineMissing: the fonts cannot be read: what reads them comes with WeasyPrint
    """
    archive_pdf.engine()
    copies = list(copies)
    writer, out = PdfWriter(clone_from=io.BytesIO(letter)), io.BytesIO()
    identity = hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in (letter, *copies))).digest()[:16]
    writer._ID = ArrayObject([ByteStringObject(identity)] * 2)  # the public way draws it at random
    writer.pdf_header = "%PDF-1.7"
    for place, copy in enumerate(copies):
        try:
            for page in _fitted(copy):
                writer.add_page(page)
        except Unfit as error:
            raise NotArchivable(place, str(error)) from error
        except Exception as error:  # whatever a file makes of a library: the letter leaves all the same
            raise NotArchivable(place, "broken") from error
    writer.compress_identical_objects()
    writer.write(out)
    return out.getvalue()


def _fitted(content):
    """The pages of a file, with nothing in them that PDF/A refuses.

    :raises Unfit: what cannot be left out without changing what is seen, or cannot be checked
    """
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise Unfit("encrypted")
    root: Any = reader.trailer["/Root"].get_object()
    form = root.get("/AcroForm")
    if form and form.get_object().get("/Fields"):
        raise Unfit("note")
    pages = list(reader.pages)
    if not pages:
        raise Unfit("broken")
    looked = _Looked()
    for page in pages:
        for key in [key for key in page if key not in PAGE_KEPT and key != "/Parent"]:
            del page[key]
        page[NameObject("/Resources")] = page.get("/Resources", DictionaryObject()).get_object()
        _links(page)
        looked.read(_drawn(page))
        looked.walk([value for key, value in page.items() if key not in ("/Parent", "/Contents", "/Annots")])
    return pages


def _links(page):
    """Keep the links of a page to the web, as PDF/A wants them; a note written over it is refused."""
    kept = ArrayObject()
    for found in page.get("/Annots", ArrayObject()).get_object():
        note = found.get_object()
        if note.get("/Subtype") == "/Popup":
            continue
        if note.get("/Subtype") != "/Link":
            raise Unfit("note")
        action = note.get("/A")
        if action and action.get_object().get("/S") == "/URI":
            for key in ("/AA", "/PA", "/AP", "/StructParent", "/P", "/OC"):
                note.pop(key, None)
            note[NameObject("/F")] = NumberObject(PRINTED)
            kept.append(found)
    page.pop("/Annots", None)
    if kept:
        page[NameObject("/Annots")] = kept


class _Looked:
    """What was looked at in a copy: what its pages share once, and no more of it than can be."""

    def __init__(self):
        self.seen: dict[int, object] = {}  # held, so that no other takes its number
        self.drawn = 0

    def walk(self, values):
        """Look at every object that these lead to."""
        waiting = list(values)
        while waiting:
            value = waiting.pop()
            value = value.get_object() if value is not None else None
            if id(value) in self.seen:
                continue
            self.seen[id(value)] = value
            if isinstance(value, NameObject) and value in INKS:
                raise Unfit("ink")
            if isinstance(value, ArrayObject):
                waiting += list(value)
                if len(value) == 2 and value[0] == "/ICCBased" and value[1].get_object().get("/N") not in (1, 3):
                    raise Unfit("ink")
            elif isinstance(value, DictionaryObject):
                if value.get("/Type") == "/Font":
                    _font(value)
                    continue
                _entries(value)
                if isinstance(value, StreamObject):
                    self._stream(value)
                waiting += [item for key, item in value.items() if key not in ("/Parent", "/P")]

    def _stream(self, value):
        _filters(value)
        if value.get("/Subtype") == "/Image" and "/Interpolate" in value:
            value[NameObject("/Interpolate")] = BooleanObject(False)
        if value.get("/Subtype") == "/Form" or value.get("/PatternType") == 1:
            self.read([value.get_data()])

    def read(self, parts):
        """Look at what is drawn, given in parts: it is one drawing."""
        drawing = bytearray()
        for part in parts:
            drawing += part + b"\n"
            if len(drawing) > DRAWING or self.drawn + len(drawing) > DRAWN:
                raise Unfit("large")
        self.drawn += len(drawing)
        _read(bytes(drawing))


def _entries(value):
    if ACTS & value.keys():
        raise Unfit("acts")
    if IMAGES & value.keys() or value.get("/TR2", "/Default") != "/Default":
        raise Unfit("image")


def _filters(value):
    filters = value.get("/Filter", ArrayObject())
    filters = filters.get_object()
    if not set(filters if isinstance(filters, ArrayObject) else [filters]) <= FILTERS or "/F" in value:
        raise Unfit("image")


def _drawn(page):
    """What is drawn on a page, in the parts that its file makes of it."""
    contents = page.get("/Contents", ArrayObject()).get_object()
    parts = contents if isinstance(contents, ArrayObject) else [contents]
    return (part.get_object().get_data() for part in parts)


def _read(drawing):
    """Look at what is drawn: colours, pictures within the page, signs that their font lacks."""
    strings, names = [], []
    for token in TOKEN.finditer(drawing):
        kind, told = token.lastgroup, token[0]
        if kind == "string":
            strings.append(told)
        elif kind == "operand":
            names.append(told)
        elif kind == "operator":
            _operator(told, strings, names)
            strings, names = [], []
        elif kind == "odd":
            raise Unfit("broken")


def _operator(operator, strings, names):
    if operator in INK_OPERATORS or operator in (b"cs", b"CS") and {name.decode("latin-1") for name in names} & INKS:
        raise Unfit("ink")
    if operator == b"BI":
        raise Unfit("image")
    if operator not in OPERATORS:
        raise Unfit("broken")
    if operator in SHOWING and any(map(_lacks_a_sign, strings)):
        raise Unfit("font")


def _lacks_a_sign(string):
    """Whether a string shows the first glyph of a font of two bytes: the one of a sign that it has not."""
    if string[:1] == b"<":
        digits = b"".join(string[1:-1].split())
        signs = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    else:
        signs = ESCAPED.sub(_unescaped, string[1:-1])
    return any(signs[place : place + 2] == b"\0\0" for place in range(0, len(signs), 2))


def _unescaped(found):
    if found[1]:
        return bytes([int(found[1], 8) & 255])
    return ESCAPES.get(found[2], found[2])


def _font(font):
    """Have a font of Odoo's printers say the widths of its own signs; another font is refused.

    Each sign has its place beside it on the page, so that nothing moves.
    """
    if font.get("/Subtype") != "/Type0" or font.get("/Encoding") != "/Identity-H":
        raise Unfit("font")
    [one] = font["/DescendantFonts"]
    one = one.get_object()
    file = one["/FontDescriptor"].get_object().get("/FontFile2")
    if one.get("/Subtype") != "/CIDFontType2" or one.get("/CIDToGIDMap") != "/Identity" or file is None:
        raise Unfit("font")
    try:
        real = _widths(file.get_object().get_data())
    except Exception as error:  # whatever it makes of the library that reads fonts
        raise Unfit("font") from error
    told = _told(one.get("/W", ArrayObject()).get_object())
    if any(abs(width - real[sign]) > 1 for sign, width in told.items() if sign < len(real)):
        one[NameObject("/W")] = ArrayObject([NumberObject(0), ArrayObject(NumberObject(round(one)) for one in real)])


def _widths(content):
    """The width of each sign of a font, in thousandths of its size."""
    fonts = importlib.import_module("fontTools.ttLib")  # comes with WeasyPrint, which is optional
    font = fonts.TTFont(io.BytesIO(content))
    unit, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
    return [metrics[name][0] * 1000 / unit for name in font.getGlyphOrder()]


def _told(entries):
    """{sign: width} of the two ways in which a PDF writes them."""
    found: dict[int, float] = {}
    rest, count = deque(entry.get_object() for entry in entries), 0
    while rest:
        first, second = int(rest.popleft()), rest.popleft()
        if isinstance(second, ArrayObject):
            widths = {first + place: float(width) for place, width in enumerate(second)}
        else:
            told = range(first, int(second) + 1)
            if len(told) > SIGNS:
                raise Unfit("font")
            widths = dict.fromkeys(told, float(rest.popleft()))
        count += len(widths)
        if count > SIGNS:
            raise Unfit("font")
        found |= widths
    return found
