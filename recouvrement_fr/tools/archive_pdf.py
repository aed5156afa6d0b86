"""The second engine of letters: documents to be kept for years, as PDF/A-2b, by WeasyPrint where it is installed.

Slower than the first (half a second a letter), so what leaves by hundreds is not printed with it. It reads the same
pages, with the styles of its own that stand here; it fetches nothing: pictures are written in the page.
"""

import hashlib
import importlib
import io
import logging
import re
from functools import lru_cache

from . import printable

VARIANT = "pdf/a-2b"
STYLE = """
@page { size: A4; margin: %(top)smm %(right)smm %(bottom)smm %(left)smm;
        @bottom-center { content: %(foot)s; font: 7pt/1.25 "Liberation Sans", Arial, Helvetica, sans-serif;
                         white-space: pre-line; text-align: center; vertical-align: top; padding-top: 2mm;
                         width: 100%%; color: #1a1a1a; } }
.mark { display: none !important; } /* a link, for the first engine alone */
img { image-rendering: crisp-edges; } /* else it asks for pictures to be smoothed, which PDF/A refuses */
.figures th { font-size: 7.2pt !important; } /* this engine's bold is wider: titles of three words stay on two lines */
"""
TITLE = re.compile("<title>.*?</title>", re.DOTALL)
COUNTERS = {"[sitepage]": "counter(page)", "[sitepages]": "counter(pages)"}


class EngineMissing(Exception):
    """WeasyPrint, or a library of the system it needs, is not there."""


class ArchiveFailed(Exception):
    """It failed; the message says how."""


@lru_cache(1)
def engine():
    """The library.

    :raises EngineMissing: it cannot be loaded here
    """
    try:
        weasyprint = importlib.import_module("weasyprint")  # optional, and slow to load
        importlib.import_module("weasyprint.text.fonts")  # asks for the libraries of the system
    except (ImportError, OSError) as error:  # OSError: Pango is missing
        raise EngineMissing(str(error)) from error
    if not hasattr(weasyprint.urls, "URLFetcher"):  # an old one cannot be kept from the network
        raise EngineMissing(f"WeasyPrint {weasyprint.__version__} is too old")
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)  # it warns of each rule of style it does not know
    return weasyprint


def is_available():
    try:
        engine()
    except EngineMissing:
        return False
    return True


def print_sheet(sheet, margins):
    """The PDF/A of a sheet; the same sheet always makes the same bytes.

    :param sheet: letter_pdf.Sheet; :param dict margins: mm, by side
    :raises EngineMissing: WeasyPrint is not there; :raises ArchiveFailed: it failed
    """
    weasyprint = engine()
    style = STYLE % {**margins, "foot": _content(sheet.foot)}
    html, out = _described(printable.stripped(sheet.html), sheet), io.BytesIO()
    try:
        page = weasyprint.HTML(string=html, url_fetcher=_closed(weasyprint))
        page.write_pdf(
            out, stylesheets=[weasyprint.CSS(string=style)], pdf_variant=VARIANT, pdf_identifier=_identifier(sheet)
        )
    except Exception as error:  # whatever a page makes of it: the letter is told as not printed
        raise ArchiveFailed(str(error)[-500:]) from error
    return out.getvalue()


def _identifier(sheet):
    """What PDF/A asks of each file: its own name, drawn from what it says, so that it never changes."""
    return hashlib.sha256("\0".join(sheet).encode()).hexdigest()[:32].encode()


def _closed(weasyprint):
    """What the engine may read: nothing but what is written in the page."""
    return weasyprint.urls.URLFetcher(allowed_protocols=("data",), allow_redirects=False)


def _content(foot):
    """Lines at the foot of a page, as the value of CSS `content`."""
    parts, rest = [], foot
    while rest:
        found = min((place for place in map(rest.find, COUNTERS) if place >= 0), default=-1)
        if found < 0:
            parts.append(_string(rest))
            break
        if found:
            parts.append(_string(rest[:found]))
        [mark] = [mark for mark in sorted(COUNTERS, key=len, reverse=True) if rest.startswith(mark, found)][:1]
        parts.append(COUNTERS[mark])
        rest = rest[found + len(mark) :]
    return " ".join(parts) or "none"


def _string(text):
    """A string of CSS: whatever is not a plain letter by its number."""
    return f'"{"".join(sign if sign.isalnum() or sign == " " else f"{chr(92)}{ord(sign):x} " for sign in text)}"'


def _described(html, sheet):
    """The page, with what the file says of itself."""
    head = "".join(
        f'<meta name="{name}" content="{_escaped(value)}"/>'
        for name, value in (
            ("author", sheet.author),
            ("dcterms.created", sheet.date),
            ("dcterms.modified", sheet.date),
            ("generator", "recouvrement_fr"),
        )
    )
    html = TITLE.sub(lambda _found: f"<title>{_escaped(sheet.title)}</title>", html, count=1)
    return html.replace("</head>", f"{head}</head>", 1)


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
