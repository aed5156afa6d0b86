"""An address in the window of an envelope (NF Z 10-011): wrapped, never shrunk until it cannot be read, never cut."""

from typing import NamedTuple

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth

FONT = "Helvetica"  # the widths of Liberation Sans, with which letters are printed, are the same
WIDTH = 84 * mm  # a millimetre less than the window
STYLES = ((6, 9.5, 4.0), (6, 9.0, 4.0), (7, 9.0, 3.4))  # lines at most, points, millimetres from one to the next


class Fitted(NamedTuple):
    lines: list[str]
    size: float  # points
    pitch: float  # millimetres from one line to the next
    fits: bool


def fit(rows):
    """The rows of an address on the lines of a window, in the largest letters that hold them.

    Rows too long are wrapped between words. Where there are too many lines, the rows between the first and the last,
    the town, are joined and wrapped again. What fits nowhere is given on as many lines as it takes, ``fits`` False: a
    person shortens it.
    """
    rows = [" ".join(row.split()) for row in rows if row and row.strip()]
    joined = [*rows[:1], ", ".join(rows[1:-1]), *rows[-1:]] if len(rows) > 3 else rows
    for attempt in (rows, joined):
        for most, size, pitch in STYLES:
            lines = [line for row in attempt for line in wrapped(row, size)]
            if len(lines) <= most:
                return Fitted(lines, size, pitch, True)
    _most, size, pitch = STYLES[-1]
    return Fitted([line for row in rows for line in wrapped(row, size)], size, pitch, False)


def wrapped(row, size):
    """A row on lines no wider than the window; a word wider than it is broken."""
    lines, line = [], ""
    for word in row.split(" "):
        longer = f"{line} {word}".strip()
        if stringWidth(longer, FONT, size) <= WIDTH:
            line = longer
            continue
        if line:
            lines.append(line)
        while stringWidth(word, FONT, size) > WIDTH:
            room = next(end for end in range(len(word), 0, -1) if stringWidth(word[:end], FONT, size) <= WIDTH)
            lines.append(word[:room])
            word = word[room:]
        line = word
    return [*lines, line] if line else lines
