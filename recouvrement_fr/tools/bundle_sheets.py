"""Pages made for a file of pieces: its bordereau, messages transcribed, pictures, and sheets for what has no pages.

French at the source: they are read by a court. Standard fonts and fixed dates: the same facts make the same bytes.
"""

import email
import email.policy
import html
import io
import re
from typing import NamedTuple

from PIL import Image, ImageOps, ImageSequence
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from .bundle_pages import Unreadable
from .bundle_pdf import Link
from .bundle_words import BOLD, FONT, decoded, drawable

WIDTH, HEIGHT = A4
LEFT, TOP, BOTTOM = 57, 60, 50  # points; the stamp and the page number stay in the margins
PIXELS = (2480, 3508)  # A4 at 300 dots per inch: a court reads no more, and its mailbox has a limit
REASONS = {
    "encrypted": "Ce fichier est protégé par un mot de passe\u00a0: ses pages ne peuvent pas être reproduites ici.",
    "broken": "Ce fichier PDF est endommagé\u00a0: ses pages ne peuvent pas être reproduites ici.",
    "image": "Cette image est endommagée ou trop grande\u00a0: elle ne peut pas être reproduite ici.",
    "altered": "Ce fichier n’est plus celui qui avait été conservé : son empreinte a changé. Il n’est pas reproduit.",
    "empty": "Ce document n’a pas pu être imprimé ou lu\u00a0: son fichier est vide.",
    "slow": "La lecture de ce fichier demande trop de temps ou de mémoire\u00a0: il n’est pas reproduit ici.",
    "unreadable": "Ce fichier est endommagé ou mal formé : il ne peut pas être reproduit ici.",
    "heic": "Une photo HEIC ne peut pas être reproduite ici\u00a0: il faut l’enregistrer en JPEG.",
    "svg": "Un dessin SVG ne peut pas être reproduit ici\u00a0: il faut l’enregistrer en PDF.",
    "word": "Un document de traitement de texte ne peut pas être reproduit ici\u00a0: il faut l’enregistrer en PDF.",
    "outlook": "Un message Outlook (.msg) ne peut pas être reproduit ici\u00a0: il faut l’enregistrer en .eml ou PDF.",
    "table": "Un classeur ne peut pas être reproduit ici\u00a0: il faut l’enregistrer en PDF.",
    "kind": "Ce type de fichier n’a pas de pages\u00a0: il ne peut pas être reproduit ici.",
}
KINDS = {  # what is not taken, by the ending of its name or by its type
    "heic": r"\.hei[cf]$|^image/hei[cf]",
    "svg": r"\.svgz?$|^image/svg",
    "word": r"\.(docx?|odt|rtf|pages)$|wordprocessingml|msword|opendocument\.text|/rtf$",
    "outlook": r"\.msg$|ms-outlook",
    "table": r"\.(xlsx?|ods|csv)$|spreadsheet|ms-excel|^text/csv",
}
NOTES = {  # what of a piece its pages do not show
    "embedded": "Fichiers joints à un PDF, non reproduits ici\u00a0; ils restent dans l’original remis dans le ZIP",
    "letters": "Signes qu’aucune police ne permet d’imprimer, remplacés par un point d’interrogation",
    "fields": "Champs de formulaire qui ne peuvent pas être reproduits ici\u00a0; voir l’original remis dans le ZIP",
}

WORDS = re.compile(r"(?:\S|\u00a0)+[^\S\u00a0]*|[^\S\u00a0]+")  # a no-break space is within a word


class Cover(NamedTuple):
    """The head of the bordereau. ``lines``: what identifies the case; ``foot``: place, date, signatory."""

    title: str
    lines: tuple
    foot: tuple = ()


class Row(NamedTuple):
    """A piece on the bordereau; ``first`` and ``last``: its pages in the whole file, from 1."""

    section: str
    number: str
    title: str
    date: str
    first: int
    last: int


def wrapped(text, width, font=FONT, size=9):
    """The lines of a text in that width; a word longer than a line is cut. The text is drawable with that font."""
    lines, most = [], int(width / size * 5) + 1  # letters: none is narrower than a fifth of its height
    for paragraph in text.replace("\t", "    ").splitlines() or [""]:
        line = ""
        for word in WORDS.findall(paragraph) or [""]:
            while len(word) > most or stringWidth(word.rstrip(), font, size) > width:
                room = _room(word[:most], width, font, size)
                if line:
                    lines.append(line.rstrip())
                    line = ""
                lines.append(word[:room])
                word = word[room:]
            if stringWidth((line + word).rstrip(), font, size) > width:
                lines.append(line.rstrip())
                line = ""
            line += word
        lines.append(line.rstrip())
    return lines


def _room(word, width, font, size):
    """How many letters of a word a line holds; one at least."""
    least, most = 1, len(word)
    while least < most:
        half = (least + most + 1) // 2
        if stringWidth(word[:half], font, size) > width:
            most = half - 1
        else:
            least = half
    return least


class _Sheet:
    """A canvas that goes on to the next page by itself."""

    def __init__(self):
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=A4, invariant=1, pageCompression=1)
        self.page, self.y = 0, HEIGHT - TOP
        self.lost = set()  # signs that could not be drawn

    def fitted(self, text, width, font=FONT, size=9):
        """(lines, font) of a text, in whatever script."""
        said, name, lost = drawable(text, font)
        self.lost |= lost
        return wrapped(said, width, name, size), name

    def need(self, height, again=None):
        """Room for that height, on the next page perhaps; ``again`` draws what heads each page."""
        if self.y - height < BOTTOM:
            self.canvas.showPage()
            self.page, self.y = self.page + 1, HEIGHT - TOP
            if again:
                again()

    def text(self, text, font=FONT, size=9, left=LEFT, width=WIDTH - 2 * LEFT, after=3):
        lines, font = self.fitted(text, width, font, size)
        for line in lines:
            self.need(size * 1.3)
            self.y -= size * 1.3
            self.canvas.setFont(font, size)
            self.canvas.drawString(left, self.y, line)
        self.y -= after

    def bytes(self):
        self.canvas.save()
        return self.out.getvalue()


# --- the bordereau ----------------------------------------------------------------------------------------------------

NUMBER, DATE, PAGES = LEFT, 405, WIDTH - LEFT  # where its columns begin; pages are written to the right
TITLE = LEFT + 44
SECTION = 40  # points, of a title and a line below it
EDGE = 40  # points, beside a picture


def cover(head, rows, notes=()):
    """(PDF, how many pages, [Link]) of the bordereau of these rows; ``notes``: what their pages do not show."""
    sheet = _Sheet()
    sheet.text(head.title.upper(), BOLD, 15, after=8)
    for line in head.lines:
        sheet.text(line, size=10, after=1)
    sheet.y -= 12
    _columns(sheet)
    links, section, target = [], None, 0
    for row in rows:
        if row.section != section and row.section:
            section = row.section
            sheet.need(SECTION, lambda: _columns(sheet))
            sheet.y -= 6
            sheet.text(section, BOLD, 9, after=2)
        lines, font = sheet.fitted(row.title, DATE - TITLE - 8)
        sheet.need(len(lines) * 11.7 + 4, lambda: _columns(sheet))
        top = sheet.y
        _row(sheet, row, lines, font)
        links.append(Link(sheet.page, (LEFT, sheet.y, WIDTH - LEFT, top), target))
        target += row.last - row.first + 1
    sheet.y -= 14
    for text in (*told(notes), *(told([("", "letters", _codes(sheet.lost))]) if sheet.lost else ())):
        sheet.text(text, size=8, after=2)
    sheet.y -= 6
    for line in head.foot:
        sheet.text(line, size=10, after=1)
    return sheet.bytes(), sheet.page + 1, links


def told(notes):
    """What the pieces' pages do not show, a line for each kind: (number, code, detail) for each note."""
    for code, words in NOTES.items():
        mine = [note for note in notes if note[1] == code]
        if mine:
            numbers = spans(list(dict.fromkeys(number for number, _code, _detail in mine if number)))
            details = ", ".join(dict.fromkeys(detail for _number, _code, detail in mine if detail))
            yield (
                f"{words}{' : ' if details else ''}{details[:300]}" + (f" (pièces {numbers})" if numbers else "") + "."
            )


def _codes(signs):
    """Signs that cannot be shown, by their Unicode numbers; ten at most."""
    return " ".join(f"U+{ord(sign):04X}" for sign in sorted(signs)[:10]) + (" …" if len(signs) > 10 else "")


def spans(numbers, words="%(first)s à %(last)s"):
    """« 1 à 4, 7 » of piece numbers in order."""
    runs: list[list[str]] = []
    for number in numbers:
        if runs and number.isdigit() and runs[-1][-1].isdigit() and int(number) == int(runs[-1][-1]) + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join(words % {"first": run[0], "last": run[1]} if len(run) > 1 else run[0] for run in runs)


def _columns(sheet):
    sheet.y -= 12
    sheet.canvas.setFont(BOLD, 8.5)
    sheet.canvas.drawString(NUMBER, sheet.y, "N°")
    sheet.canvas.drawString(TITLE, sheet.y, "Pièce")
    sheet.canvas.drawString(DATE, sheet.y, "Date")
    sheet.canvas.drawRightString(PAGES, sheet.y, "Pages")
    sheet.y -= 4
    sheet.canvas.setLineWidth(0.8)
    sheet.canvas.line(LEFT, sheet.y, WIDTH - LEFT, sheet.y)


def _row(sheet, row, lines, font):
    for position, line in enumerate(lines):
        sheet.y -= 11.7
        sheet.canvas.setFont(FONT, 9)
        if not position:
            sheet.canvas.drawString(NUMBER, sheet.y, row.number)
            sheet.canvas.drawString(DATE, sheet.y, row.date)
            pages = str(row.first) if row.first == row.last else f"{row.first} à {row.last}"
            sheet.canvas.drawRightString(PAGES, sheet.y, pages)
        sheet.canvas.setFont(font, 9)
        sheet.canvas.drawString(TITLE, sheet.y, line)
    sheet.y -= 4
    sheet.canvas.setLineWidth(0.2)
    sheet.canvas.line(LEFT, sheet.y, WIDTH - LEFT, sheet.y)


# --- what is not a PDF ------------------------------------------------------------------------------------------------


def pages_of(piece, content, sha256):
    """(PDF, notes) of a piece that is no PDF itself; pictures, messages and texts are made into pages.

    :raises Unreadable: it cannot be read, or is of a kind that is not taken
    """
    code = kind_not_taken(piece)
    if code:
        raise Unreadable(code)
    if piece.mimetype.startswith("image/"):
        return picture(content), ()
    if piece.mimetype == "message/rfc822":
        return message(piece, content, sha256)
    return _titled(piece, decoded(content), sha256)


def kind_not_taken(piece):
    """Why this kind of file has no pages here, or an empty text."""
    if piece.mimetype in ("application/pdf", "message/rfc822", "text/plain"):
        return ""
    for code, pattern in KINDS.items():
        if re.search(pattern, piece.name.lower()) or re.search(pattern, piece.mimetype.lower()):
            return code
    return "" if piece.mimetype.startswith("image/") else "kind"


def sheet(piece, code, sha256):
    """The page that stands for a file without pages of its own."""
    made = _Sheet()
    made.y -= 90
    made.text(f"Pièce n° {piece.number}", BOLD, 22, after=14)
    made.text(piece.title, BOLD, 13, after=4)
    if piece.date:
        made.text(f"Date\u00a0: {piece.date}", size=11, after=14)
    made.text(REASONS[code], size=11, after=4)
    if code == "empty":
        return made.bytes()
    made.text("L’original est remis dans le fichier ZIP qui accompagne ce dossier, sous le nom :", size=11, after=4)
    made.text(piece.file_name, BOLD, 11, after=14)
    made.text(f"Empreinte SHA-256 de l’original\u00a0: {sha256}", size=8)
    return made.bytes()


def picture(content):
    """A picture, each of its frames on a page, within the margins; one too large for a court is reduced."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            frames = [_frame(frame) for frame in ImageSequence.Iterator(image)]
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable("image") from error
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1)
    for frame in frames:
        page = (HEIGHT, WIDTH) if frame.width > frame.height * 1.2 else A4
        canvas.setPageSize(page)
        room = page[0] - 2 * EDGE, page[1] - 2 * 45
        scale = min(room[0] / frame.width, room[1] / frame.height, 0.75)  # never larger than on a screen
        width, height = frame.width * scale, frame.height * scale
        left, bottom = (page[0] - width) / 2, page[1] - 45 - height
        canvas.drawImage(ImageReader(frame), left, bottom, width, height)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _frame(frame):
    """Upright, on white, and no larger than a page at 300 dots per inch."""
    try:
        upright = ImageOps.exif_transpose(frame.copy())
    except (MemoryError, OSError):
        raise
    except Exception:  # noqa: BLE001 - how it was held is not to be read, the picture itself is
        upright = frame.copy()
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        opaque = upright.convert("RGBA")
        upright = Image.new("RGB", opaque.size, "white")
        upright.paste(opaque, mask=opaque.getchannel("A"))
    if upright.mode not in ("RGB", "L"):
        upright = upright.convert("RGB")
    limits = PIXELS if upright.height >= upright.width else PIXELS[::-1]
    upright.thumbnail(limits)
    return upright


def message(piece, content, sha256):
    """(PDF, notes) of an e-mail transcribed: who, to whom, when, its words and the names of its enclosures."""
    found = email.message_from_bytes(content, policy=email.policy.default)
    heads = [("De", "from"), ("À", "to"), ("Copie", "cc"), ("Date", "date"), ("Objet", "subject")]
    heads.append(("Message-Id", "message-id"))
    lines = [f"{label} : {value}" for label, name in heads if (value := _head(found, name))]
    names = [part.get_filename() or part.get_content_type() for part in found.iter_attachments()]
    if names:
        lines.append(f"Pièces jointes\u00a0: {', '.join(names)}")
    return _titled(piece, "\n".join((*lines, "", _words(found))), sha256)


def _head(found, name):
    """A header of a message as it is meant, else as it is written."""
    try:
        return str(found[name] or "")
    except Exception:  # noqa: BLE001 - the standard library fails on some, such as a Message-ID in square brackets
        return next((str(value) for key, value in found.raw_items() if key.lower() == name), "")


def _words(found):
    body = found.get_body(("html", "plain"))  # the text that mail programs make of a table cannot be read
    if body is None:
        return ""
    content = body.get_payload(decode=True) or b""
    text = decoded(content, body.get_content_charset()).replace("\r\n", "\n")
    return text if body.get_content_type() == "text/plain" else html_to_text(text)


def html_to_text(text):
    """The words of a message, its paragraphs and rows on lines of their own."""
    text = re.sub(r"(?is)<(style|script|head|title)\b.*?</\1\s*>|<!--.*?-->", "", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(?i)<br\s*/?>|</(p|div|tr|li|h\d|table|blockquote)\s*>", "\n", text)
    text = re.sub(r"(?i)</t[dh]\s*>", "  ", text)
    text = html.unescape(re.sub(r"<[^>]+>", "", text)).replace("\u200b", "")
    lines = [line.strip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _titled(piece, text, sha256):
    made = _Sheet()
    made.y -= 6
    made.text(piece.title, BOLD, 12, width=WIDTH - 2 * LEFT - 90, after=2)  # beside the stamp
    told = (
        f"Transcription de «\u00a0{piece.file_name}\u00a0», remis tel quel dans le fichier ZIP. SHA-256\u00a0: {sha256}"
    )
    made.text(told, size=7, after=10)
    made.text(text, size=9.5)
    if made.lost:
        signs = _codes(made.lost)
        made.text(f"{NOTES['letters']}\u00a0: {signs}", size=7)
        return made.bytes(), (("letters", signs),)
    return made.bytes(), ()
