"""Words of any script on a page drawn by reportlab, and the words of bytes that do not say how they are written.

Standard fonts hold the signs of western Europe. The others (ł, č, Greek, Cyrillic) are drawn with a font of the system
when it has one; a sign that neither has becomes a question mark, and whoever draws it is told. No odoo import.
"""

import codecs
import re
import unicodedata
from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

FONT, BOLD = "Helvetica", "Helvetica-Bold"
# Free fonts that servers have; wkhtmltopdf and Odoo's own packages bring one or the other.
FILES = {
    FONT: ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "FreeSans.ttf", "NotoSans-Regular.ttf"),
    BOLD: ("DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "FreeSansBold.ttf", "NotoSans-Bold.ttf"),
}
FOLDERS = ("dejavu", "liberation", "liberation2", "freefont", "noto")
MARKS = {"\u202f": "\u00a0", "\u2011": "-", "\u2212": "-", "\ufeff": "", "\u200b": "", "\u00ad": ""}


@cache
def other_font(font):
    """The name of the font that holds what this standard one does not, and its signs; (None, ()) without any."""
    for name in FILES[font]:
        for path in (name, *(f"/usr/share/fonts/truetype/{folder}/{name}" for folder in FOLDERS)):
            try:
                found = TTFont(f"Wide-{font}", path)
            except (TTFError, OSError):
                continue
            pdfmetrics.registerFont(found)
            return found.fontName, frozenset(found.face.charToGlyph)
    return None, frozenset()


def drawable(text, font=FONT):
    """(text, font, signs lost): what can be drawn of a text, with which font."""
    text = re.sub("|".join(MARKS), lambda found: MARKS[found[0]], unicodedata.normalize("NFC", str(text or "")))
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text)
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        name, signs = other_font(font)
        if not name:
            plain = text.encode("cp1252", "replace").decode("cp1252")
            return plain, font, {sign for sign, left in zip(text, plain, strict=True) if sign != left}
        lost = {sign for sign in set(text) if not sign.isspace() and (ord(sign) not in signs or _is_shaped(sign))}
        return "".join("?" if sign in lost else sign for sign in text), name, lost
    return text, font, set()


def _is_shaped(sign):
    """Whether a sign is written from right to left or joined to its neighbours, which reportlab does not do."""
    return unicodedata.bidirectional(sign) in ("R", "AL", "AN") or 0x0900 <= ord(sign) < 0x1000


def decoded(content, charset=None):
    """The text of bytes: in the encoding they are said to have, else as UTF, else as Windows writes in the west."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(name, "replace")
    for name in filter(None, (charset, "utf-8", "cp1252")):
        try:
            return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace")
