"""Make each add-on's README.rst and static/description/index.html from its readme/ folder, or say if they differ.

``make readme``: the README on the repository and in the wheel, the page in Odoo's list of apps; the second leaves out
the changelog, and is made from the first by docutils. The legal guide comes with them (``dev/legal.py``).
"""

import ast
import re
import sys

import env
import legal
from docutils.core import publish_parts

SECTIONS = (  # fragment -> title; the description has none, nor the pictures, which have their own
    ("DESCRIPTION", ""),
    ("SCREENS", ""),
    ("CONFIGURE", "Configuration"),
    ("USAGE", "Usage"),
    ("ROADMAP", "Known issues / Roadmap"),
    ("HISTORY", "Changelog"),
    ("CONTRIBUTORS", "Contributors"),
)
UNTOLD = ("HISTORY", "CONTRIBUTORS")  # on the page
NOTICE = ".. Made by `make readme` from the fragments in readme/: edit those."
FOLDER = "static/description/"
PICTURE = re.compile(r"^!\[(?P<words>[^]]*)\]\((?P<file>[\w.]+)\)$")
ITEM = re.compile(r"^( *)- ")
SETTINGS = {  # nothing of the machine, nor of the day, gets into the page
    "initial_header_level": 2,
    "doctitle_xform": False,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 2,
    "halt_level": 2,  # a fragment that docutils warns of is mended
    "syntax_highlight": "none",
}


def main():
    for target, text in made():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        print(f"{target.relative_to(env.ROOT)} written")


def made():
    """(file, what it should hold) of every add-on."""
    for addon in (env.MODULE, *env.NEIGHBOURS):
        folder = env.ROOT / addon
        yield folder / "README.rst", rendered(folder)
        yield folder / FOLDER / "index.html", page(folder)
    yield legal.TARGET, legal.rendered()


def rendered(folder, without=()):
    manifest = ast.literal_eval((folder / "__manifest__.py").read_text())
    version = f"Version {manifest['version']}, licence {manifest['license']}."
    parts = [NOTICE, underlined(manifest["name"], "="), version]
    for name, title in SECTIONS:
        fragment = folder / "readme" / f"{name}.md"
        if name in without or not fragment.exists():
            continue
        if title:
            parts.append(underlined(title, "-"))
        parts.append(as_rst(fragment.read_text(), "~" if title else "-"))
    return "\n\n".join(parts) + "\n"


def as_rst(markdown, sign="~"):
    """The little Markdown the fragments use: `##` titles, lists, pictures, **bold** and `code`."""
    lines, depth = [], None
    for line in markdown.strip().splitlines():
        item = ITEM.match(line)
        if item and depth not in (None, len(item[1])) and lines[-1]:
            lines.append("")  # a list in a list stands apart
        depth = len(item[1]) if item else depth if line else None
        picture = PICTURE.match(line)
        if line.startswith("## "):
            lines.append(underlined(line[3:], sign))
        elif picture:
            lines.append(f".. image:: {FOLDER}{picture['file']}\n   :alt: {picture['words']}")
        else:
            lines.append(line.replace("`", "``"))
    return "\n".join(lines)


def underlined(title, sign):
    return f"{title}\n{sign * len(title)}"


def page(folder):
    """The page of an add-on in the list of apps: its pictures stand beside it, no wider than the screen."""
    body = publish_parts(rendered(folder, UNTOLD), writer_name="html5", settings_overrides=SETTINGS)["fragment"]
    body = re.sub(rf' src="{FOLDER}', ' style="max-width: 100%" src="', body)
    return f'<section class="oe_container">\n{body.strip()}\n</section>\n'


def problems():
    for target, text in made():
        if not target.exists() or target.read_text() != text:
            yield f"{target.relative_to(env.ROOT)}: not in step with its fragments (make readme)"


if __name__ == "__main__":
    sys.exit(main())
