"""A page that a printer can show without fetching anything; no odoo import.

wkhtmltopdf is no longer maintained and fetches whatever a page names: an address inside the network, a file of the
server. What people type (a document, a level, a template, a company's footer, an invoice's terms) is made a page, so
every page passes here just before it is printed: what would be fetched is taken out, pictures written in the page
itself (``data:``) stay. The second lock is ``CLOSED``, the renderer's own: no network, no file.
"""

import base64
import re
from urllib.parse import unquote

import lxml.html
from lxml import etree

# The renderer asks a proxy that nobody answers for everything: nothing leaves, no name is looked up.
CLOSED = ("--proxy", "http://127.0.0.1:9", "--disable-local-file-access")
LEFT_OUT = {  # elements that act or show another page, with all they hold
    *("script", "noscript", "iframe", "noframes", "frameset", "template", "portal", "foreignobject"),
}
UNWRAPPED = {  # elements that fetch; what they hold is not theirs: a parser may put the rest of the page in them
    *("frame", "object", "embed", "applet", "base", "link", "param", "audio", "video", "source", "track"),
    *("feimage", "use", "animate", "set"),
}
REFERENCES = {  # attributes whose value a renderer may fetch, whatever element bears them
    *("src", "srcset", "data", "background", "poster", "lowsrc", "dynsrc", "longdesc", "manifest", "profile"),
    *("archive", "code", "codebase", "classid", "action", "formaction", "ping", "cite", "icon", "usemap", "srcdoc"),
}
PICTURE = re.compile(r"data:image/(png|jpe?g|gif|bmp|webp|x-icon)[;,]", re.IGNORECASE)
DRAWING = re.compile(r"data:image/svg\+xml[;,]", re.IGNORECASE)
DATA = re.compile(r"data:(image/(png|jpe?g|gif|bmp|webp)|font/\w+|application/(x-)?font-\w+)[;,]", re.IGNORECASE)
FETCHES = re.compile(
    r"<!|<\?xml-|<(script|foreignobject|image|feimage|use|style)|href\s*=\s*[\"']?[^#\"']|url\(|\son\w+\s*=",
    re.IGNORECASE,
)
ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?|([g-zG-Z@(:/-]))")
URL = re.compile(r"url\(\s*(\"[^\"]*\"|'[^']*'|[^)\"']*)\s*\)?", re.IGNORECASE)
IMPORT = re.compile(r"@import\b[^;}]*;?", re.IGNORECASE)
FACE = re.compile(r"@font-face\s*\{[^}]*\}", re.IGNORECASE)
FAMILY = re.compile(r"font(?:-family)?\s*:\s*([^;}]+)", re.IGNORECASE)
WEIGHT = re.compile(r"font-weight\s*:\s*(\w+)", re.IGNORECASE)
SOURCE = re.compile(r"src\s*:[^;}]*;?", re.IGNORECASE)
PARSER = lxml.html.HTMLParser(encoding="utf-8")
ROWS = 50  # of a section of a table that we print
PLAIN = frozenset(("class", "colspan", "rowspan", "lang"))  # attributes of every cell: a bare word there does nothing


class Missing(Exception):
    """A style of the page cannot be had: printed without it, the page would not look like a letter."""


def stripped(page):
    """The same page, without anything a renderer would fetch, its long tables in sections."""
    return closed(page, None)


def stripped_fragment(html):
    """The same piece of a page, as it is saved, without anything a renderer would fetch."""
    if not html or not html.strip():
        return html
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    _strip(root, None, ())
    return lxml.html.tostring(root, encoding="unicode").removeprefix("<div>").removesuffix("</div>")


def closed(page, own):
    """A page that needs nothing from elsewhere.

    :param own: ``own(address)`` gives (type, bytes) of what the application itself serves there, or None; it is asked
        for the styles in the page's head and for pictures. None: nothing is taken in.
    :raises Missing: a style in the head is not to be had
    """
    root = lxml.html.document_fromstring(page.encode(), parser=PARSER)
    head = root.find("head")
    trusted = list(head.iter("script")) if own and head is not None else []
    if own and head is not None:
        for link in list(head.iter("link")):
            if "stylesheet" in (link.get("rel") or "").lower():
                style = etree.Element("style", type="text/css")
                style.text = _style(link.get("href") or "", own)
                trusted.append(style)
                link.addprevious(style)
    onload = root.find("body").get("onload") if trusted and root.find("body") is not None else None
    _strip(root, own, [element for element in trusted if not element.get("src")])
    if not own:
        _cut_sections(root)
    if onload == "subst()":  # core numbers the pages of its headers so
        root.find("body").set("onload", onload)
    return "<!DOCTYPE html>\n" + lxml.html.tostring(root, encoding="unicode")


def _cut_sections(root):
    """Cut the long sections of tables, which look the same.

    Where a single cell overflows, the renderer looks at every cell of its section for each page it paints: a table of
    thousands of rows would take a time that grows with its square.
    """
    for section in list(root.iter("tbody")):
        rows = list(section)
        if len(rows) <= ROWS or section.xpath(".//*[@rowspan]"):
            continue
        for start in reversed(range(ROWS, len(rows), ROWS)):
            following = etree.Element("tbody", dict(section.attrib))
            following.extend(rows[start : start + ROWS])
            section.addnext(following)


def _style(address, own):
    found = own(address)
    if not found or not found[1].strip():
        raise Missing(address)
    return found[1].decode()


def _strip(root, own, trusted):
    for element in list(root.iter()):
        if trusted and element in trusted:
            continue
        if not isinstance(element.tag, str):
            _drop(element)  # comments, processing instructions: a conditional comment is read by some
            continue
        tag = element.tag.rpartition(":")[2].rpartition("}")[2].lower()
        if tag in LEFT_OUT:
            _drop(element)
            continue
        if tag in UNWRAPPED or (tag == "meta" and element.get("http-equiv")):
            if element.getparent() is not None:
                element.drop_tag()
            continue
        if tag == "style":
            element.text = quiet(element.text or "")
        _strip_attributes(element, tag, own)


def _drop(element):
    if element.getparent() is not None:
        element.drop_tree()


def _strip_attributes(element, tag, own):
    for name, value in list(element.attrib.items()):
        if name in PLAIN and value.isalnum():
            continue
        bare = name.rpartition("}")[2].rpartition(":")[2].lower()
        if bare == "style":
            if own:
                value = URL.sub(lambda found: _taken(found, own), value)
            element.set(name, quiet(value))
        elif bare == "src" and tag == "img":
            kept = _picture(value, own)
            element.set(name, kept) if kept else element.attrib.pop(name)
        elif (
            bare in REFERENCES
            or bare.startswith("on")
            or (bare == "href" and tag not in ("a", "area"))
            or value.strip().lower().startswith("javascript:")
        ):
            del element.attrib[name]
        elif bare != "href" and URL.search(plain_css(value)):  # fill="url(...)" and its kin
            element.set(name, quiet(value))


def _picture(value, own):
    """An image's address if it is written in the page, or what the application has there; else None."""
    value = value.strip()
    if PICTURE.match(value) or (DRAWING.match(value) and _is_closed_drawing(value)):
        return value
    return _as_data(value, own) if own else None


def _taken(found, own):
    address = found[1].strip().strip("\"'")
    kept = address if DATA.match(address) else _as_data(address, own)
    return f"url({kept})" if kept else "none"


def _as_data(address, own):
    found = own(address)
    if not found:
        return None
    value = f"data:{found[0]};base64,{base64.b64encode(found[1]).decode()}"
    return value if PICTURE.match(value) or (DRAWING.match(value) and _is_closed_drawing(value)) else None


def _is_closed_drawing(value):
    """Whether an SVG image written in the page asks for nothing."""
    head, _comma, body = value.partition(",")
    try:
        text = base64.b64decode(body).decode() if ";base64" in head.lower() else unquote(body)
    except ValueError:
        return False
    return not FETCHES.search(re.sub(r"^\s*<\?xml[^>]*\?>\s*", "", text))


def plain_css(text):
    r"""A style without comments, its letters not hidden behind escapes (``\75rl(`` is ``url(``)."""
    text = re.sub(r"/\*.*?(\*/|$)", "", text, flags=re.DOTALL)
    return ESCAPE.sub(_unescaped, text)


def _unescaped(found):
    if found[2]:
        return found[2]
    code = int(found[1], 16)
    sign = chr(code) if 32 <= code < 127 else ""
    return sign if sign and (sign.isalnum() or sign in "@(:/-.") else found[0]


def quiet(text):
    """A style that names nothing to fetch: only data, and parts of the page itself, stay."""
    text = IMPORT.sub("", plain_css(text))
    return URL.sub(lambda found: found[0] if _is_data(found[1]) else "none", text)


def _is_data(address):
    address = address.strip().strip("\"'").strip()
    return address.startswith("#") or bool(DATA.match(address))


def inlined(style, own):
    """A stylesheet with what it names written in it.

    Fonts nothing uses are left out, so are their weights other than plain and bold and the formats this renderer does
    not read: each page would be megabytes. :param own: as for closed()
    """
    used = _families(FACE.sub("", style))
    style = FACE.sub(lambda face: _face(face[0], own) if _families(face[0]) & used else "", style)
    return URL.sub(lambda found: found[0] if _is_data(found[1]) else _written(found, own), IMPORT.sub("", style))


def _face(face, own):
    weight = WEIGHT.search(face)
    if weight and weight[1].lower() not in ("normal", "400", "bold", "700"):
        return ""
    for address in URL.findall(face):
        address = address.strip().strip("\"'").strip()
        got = own(address) if re.search(r"\.(woff|ttf)([?#]|$)", address) else None
        if got:
            source = f"src:url(data:application/font-woff;base64,{base64.b64encode(got[1]).decode()})"
            return f"{SOURCE.sub('', face).rstrip(' ;}')};{source}}}"
    return ""


def _written(found, own):
    got = own(found[1].strip().strip("\"'").strip())
    return f"url(data:{got[0]};base64,{base64.b64encode(got[1]).decode()})" if got else "none"


def _families(style):
    """The names of the fonts that a stylesheet speaks of."""
    names = (name for said in FAMILY.findall(style) for name in said.removesuffix("!important").split(","))
    return {name.strip(" \"'").lower() for name in names}
