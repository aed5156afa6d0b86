"""Tables as people export them, CSV or XLSX: how they are written is found out, and what cannot be read is said.

Columns and encodings are those of French spreadsheets; words are compared without accents.
"""

import codecs
import csv
import io
import re
import unicodedata
import zipfile
from datetime import date, datetime, time
from typing import NamedTuple

from openpyxl import load_workbook

from odoo.tools import LazyTranslate

from . import upload
from .refusal import Refused

_lt = LazyTranslate(__name__)

ROWS, COLUMNS = 100_000, 200
CELL = 100_000  # signs: an unclosed quote makes a cell of the whole file
EXACT = 10**15  # beyond, a spreadsheet has rounded what it shows as a number
SHEET = upload.Limits(members=2_000, each=100 * upload.MEGABYTE)
MARKS = (  # the longest first: that of UTF-32 begins as that of UTF-16
    *((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig")),
    *((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")),
)
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"\x1f\x8b", *upload.PROGRAMS[:2])
LINE_END = re.compile(r"\r\n|\r|\n")
SEPARATORS = ";,\t"


class Row(NamedTuple):
    """A line of a table: its number in the file, from 1, and its cells as text, the spaces around them taken off."""

    number: int
    cells: list

    def cell(self, place):
        return self.cells[place] if place is not None and place < len(self.cells) else ""


def read(data):
    """The lines of a CSV or XLSX file that hold something; the first one has the titles.

    CSV in UTF-8, UTF-16 or Windows-1252, with semicolons, commas or tabs, and any line ends; the first sheet of a
    workbook, its dates in ISO.

    :param data: bytes
    :raises Refused: another kind of file, a NUL or a byte that no text holds (the line is said), too much of it
    """
    if not data.strip():
        raise Refused(_lt("The file is empty."))
    if data.startswith(b"PK"):
        rows = _workbook(data)
    elif data.startswith(OLD_EXCEL):
        raise Refused(_lt("This is a workbook of an old Excel (.xls): save it as .xlsx or as CSV."))
    elif data.startswith(OTHERS) or upload.ACTS.match(data[:4096]):  # some programs call a web page .xls
        raise Refused(_lt("This is neither a CSV file nor an Excel workbook (.xlsx)."))
    else:
        rows = _text_rows(_text(data))
    rows = [row for row in rows if any(row.cells)]
    if not rows:
        raise Refused(_lt("The file is empty."))
    if len(rows) > ROWS:
        raise Refused(_lt("The table has more than %(most)s lines: give it in several files."), most=ROWS)
    return rows


def plain(text):
    """A word as it is compared: small letters, no accents, straight apostrophes."""
    folded = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in folded if not unicodedata.combining(letter)).replace("’", "'").strip()


def title(text):
    """A column's title as it is compared: its words, without signs."""
    words = plain(re.sub(r"n\s*[°º]", "numero ", text, flags=re.IGNORECASE))
    return " ".join(re.sub(r"[^a-z0-9']+", " ", words).split())


# --- CSV --------------------------------------------------------------------------------------------------------------


def _text(data):
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), None) or _unmarked(data)
    if not encoding:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            encoding = "cp1252"  # what spreadsheets write in France
    if encoding:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            raise Refused(
                _lt("Line %(line)s holds signs that cannot be read: save the file as CSV UTF-8."),
                line=len(LINE_END.findall(data[: error.start].decode(encoding, "ignore"))) + 1,
            ) from error
    if "\0" in text:
        raise Refused(
            _lt("Line %(line)s holds a NUL, which no text does: this is no CSV file, or it is damaged."),
            line=len(LINE_END.findall(text[: text.index("\0")])) + 1,
        )
    return LINE_END.sub("\n", text)


def _unmarked(data):
    """UTF-16 without its mark, known by the NUL beside each letter; or None."""
    head = data[:4096]
    for place, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        nuls = head[place::2].count(0)
        if nuls > len(head) // 4 and not head[1 - place :: 2].count(0):
            return name
    return None


def _text_rows(text):
    lines = text.split("\n")
    first, separator = 1, None
    said = re.fullmatch(r'"?sep=(.)"?', lines[0].strip("\r\n "), re.IGNORECASE)  # a line that Excel reads
    if said:
        first, separator = 2, said[1]
        lines = lines[1:]
    head = re.sub(r'"[^"]*"', "", next((line for line in lines if line.strip()), ""))
    separator = separator or max(SEPARATORS, key=head.count)
    csv_lines = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator, strict=True)
    rows, number = [], 0
    try:
        for cells in csv_lines:
            if any(len(cell) > CELL for cell in cells) or len(cells) > COLUMNS:
                raise csv.Error
            rows.append(Row(number + first, [cell.strip() for cell in cells]))
            number = csv_lines.line_num
    except csv.Error as error:
        raise Refused(
            _lt("Line %(line)s cannot be read: a quotation mark is missing or too much."), line=number + first
        ) from error
    return rows


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _workbook(data):
    declares = (b"<!DOCTYPE", b"<!ENTITY")
    for member in upload.members(data, SHEET):
        if member.refusal:
            raise member.refusal
        if member.name.endswith((".xml", ".rels")) and any(word in member.data for word in declares):
            raise Refused(_lt("The file declares a document type, which a workbook never does."))
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
            sheet.reset_dimensions()  # some programs write one cell for the whole
            return _sheet_rows(sheet)
        finally:
            book.close()
    except Refused:
        raise
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, StopIteration, OSError, SyntaxError) as error:
        raise Refused(_lt("The workbook cannot be read: it is damaged, or no Excel workbook (.xlsx).")) from error
    except zipfile.BadZipFile as error:
        raise Refused(_lt("The workbook cannot be read: it is damaged, or no Excel workbook (.xlsx).")) from error


def _sheet_rows(sheet):
    rows: list[Row] = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=COLUMNS), 1):
        if len(rows) > ROWS:
            break
        width = max((place for place, cell in enumerate(cells, 1) if cell is not None), default=0)
        if width:
            rows.append(Row(number, [_written(cell, number) for cell in cells[:width]]))
    return rows


def _written(cell, number):
    """A cell of a workbook as text.

    :raises Refused: a number so long that the spreadsheet has rounded it
    """
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) >= EXACT:
            raise Refused(
                _lt("Line %(line)s: a long number was rounded by the spreadsheet. Write its column as text."),
                line=number,
            )
        return str(int(cell)) if cell == int(cell) else repr(cell)
    return str(cell).strip()
