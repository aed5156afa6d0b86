"""What a page must not part: a heading and what it announces, a signature and the words above; no odoo import.

The renderer knows no heading kept with what follows (``page-break-after``), but blocks that are not broken. So
each heading is put in one with what comes next, and each signature with the paragraph before it.
"""

import lxml.html

HEADINGS = ("h1", "h2", "h3", "h4")
SHORT = 8  # rows of a table that a page can hold beside its heading
STYLE = "page-break-inside: avoid"


def kept(html):
    """The same fragment, its headings and signatures kept with what they belong to."""
    if not html or not html.strip():
        return html
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for heading in list(root.iter(*HEADINGS)):
        _keep_heading(heading)
    for table in root.xpath("//table[contains(concat(' ', @class, ' '), ' signatures ')]"):
        before = table.getprevious()
        if before is not None and before.tag in ("p", "table") and not _is_kept(table.getparent()):
            _wrap([before, table])
    inner = "".join(lxml.html.tostring(child, encoding="unicode") for child in root)
    return (root.text or "") + inner


def _keep_heading(heading):
    if _is_kept(heading.getparent()):
        return
    group, following = [heading], heading.getnext()
    while following is not None and following.tag in HEADINGS:
        group.append(following)
        following = following.getnext()
    if following is None or not isinstance(following.tag, str) or _is_long(following):
        return
    _wrap([*group, following])


def _is_long(element):
    return len(element.findall(".//tr")) > SHORT or len(element.findall(".//li")) > SHORT


def _is_kept(element):
    """Whether it stands in a block that is not broken already."""
    while element is not None:
        if STYLE in (element.get("style") or ""):
            return True
        element = element.getparent()
    return False


def _wrap(elements):
    """Put these neighbours in a block of their own, where the first stands."""
    block = lxml.html.Element("div", style=STYLE)
    elements[0].addprevious(block)
    for element in elements:
        block.append(element)  # with the text that follows it
