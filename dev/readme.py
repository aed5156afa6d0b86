"""Make the add-on's README.rst from the fragments in its readme/ folder (``make readme``), or say if they differ."""

import ast
import sys

import env

MODULE = env.ROOT / env.MODULE
TARGET = MODULE / "README.rst"
SECTIONS = (  # fragment -> title; the description has none
    ("DESCRIPTION", ""),
    ("CONFIGURE", "Configuration"),
    ("USAGE", "Usage"),
    ("ROADMAP", "Known issues / Roadmap"),
    ("HISTORY", "Changelog"),
    ("CONTRIBUTORS", "Contributors"),
)
NOTICE = ".. Made by `make readme` from the fragments in readme/: edit those."


def main():
    TARGET.write_text(rendered())
    print(f"{TARGET.relative_to(env.ROOT)} written")


def rendered():
    manifest = ast.literal_eval((MODULE / "__manifest__.py").read_text())
    version = f"Version {manifest['version']}, licence {manifest['license']}."
    parts = [NOTICE, underlined(manifest["name"], "="), version]
    for name, title in SECTIONS:
        if title:
            parts.append(underlined(title, "-"))
        parts.append(as_rst((MODULE / "readme" / f"{name}.md").read_text()))
    return "\n\n".join(parts) + "\n"


def as_rst(markdown):
    """The little Markdown the fragments use: `##` titles, lists, **bold** and `code`."""
    lines = []
    for line in markdown.strip().splitlines():
        if line.startswith("## "):
            lines.append(underlined(line[3:], "~"))
        else:
            lines.append(line.replace("`", "``"))
    return "\n".join(lines)


def underlined(title, sign):
    return f"{title}\n{sign * len(title)}"


def problems():
    if not TARGET.exists() or TARGET.read_text() != rendered():
        yield f"{TARGET.relative_to(env.ROOT)}: not in step with its fragments (make readme)"


if __name__ == "__main__":
    sys.exit(main())
