"""What the guides name is there: models, methods, rules, files, commands and menus that ``docs/``, ``ARCHITECTURE.md``
and the fragments of the README speak of (``make lint``).

A name of the code stands between backticks, a way through the menus between stars (*A > B*). Names are all that is
read: whether what is said of them is true, a person sees.
"""

import ast
import re
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree

import env
import house
import polib

# Of a version of Odoo that is not there yet; a file somebody else makes.
ELSEWHERE = ("security/ir.access.csv", "migrations/20.0.1.0.0/", "19.4-00-ir-access.py", "statut.xml")
SCREENS = ("Settings", "Paramètres")  # their blocks are no menus
ACTIONS = ("ir.actions.act_window", "ir.actions.server", "ir.actions.client", "ir.actions.act_url")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
WAY = re.compile(r"(?<!\*)\*([^*]+ > [^*]+)\*(?!\*)")
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")
FILE = re.compile(r"[\w.-]*/[\w./-]*|[\w.-]+\.(?:py|xml|csv|md|txt|sql|toml)")


def problems():
    """One line for each name that is not there."""
    fragments = (file for file in env.ROOT.glob(f"{env.MODULE}*/readme/*.md") if file.name != "HISTORY.md")
    roots = (env.ROOT / name for name in ("ARCHITECTURE.md", "CONTRIBUTING.md"))
    for guide in sorted((*(env.ROOT / "docs").glob("*.md"), *fragments, *roots)):
        text = FENCE.sub("", guide.read_text(encoding="utf-8"))
        shown = guide.parent.parent / "static" / "description" if guide.parent.name == "readme" else guide.parent
        for line in (*wrong(text, is_french=guide.parent.name == "docs"), *without_picture(text, shown)):
            yield f"{guide.relative_to(env.ROOT)}: {line}"


def wrong(text, is_french=False):
    """What a text names and is not there, once each."""
    for name in dict.fromkeys(CODE.findall(text)):
        if not set("<>*{} ") & set(name.removeprefix("make ")) and name not in ELSEWHERE and not is_there(name):
            yield f"`{name}` is not there"
    for found in dict.fromkeys(WAY.findall(text)):
        way = [step.strip(" .") for step in " ".join(found.replace("'", "’").split()).split(" > ")]
        if not leads(way, is_french):
            yield f"no menu leads this way: {' > '.join(way)}"


def without_picture(text, folder):
    """What a text shows, and is not in that folder."""
    return [f"no picture {name}" for name in PICTURE.findall(text) if not (folder / name).is_file()]


def is_there(name):
    """Whether a name exists; one that is not ours to know does."""
    if name.startswith("make "):
        return name.split()[1] in targets()
    if any(f"/{known}".endswith((f"/{name.strip('/')}", f"/{name}.py")) for known in paths()):
        return True
    owner, _dot, member = name.replace("/", ".").rpartition(".")
    if name in members() or owner in members():
        return name in members() or member in members()[owner]
    if FILE.fullmatch(name) or re.fullmatch(r"_[a-z]\w+", name):
        return re.search(rf"{re.escape(name)}\b", code()) is not None  # a route, or a method that is core's
    return not name.startswith("recouvrement.")


def leads(way, is_french):
    """Whether these menus stand one in the other, from the first of ours: before it, core or a form knows the way."""
    known = menus(is_french)
    steps = [] if way[0] in SCREENS else [(above, below) for above, below in pairwise(way) if above in known]
    return all(below in known and above in (known[below] or (above,)) for above, below in steps)


@cache
def members():
    """{model, or module of the rules: the names it has}."""
    found = {}
    for source in house.sources():
        if source.room == "rules":
            found.setdefault(source.parts[-1].removesuffix(".py"), set()).update(named(source.tree))
        for model, _is_made, node in source.models():
            found.setdefault(model, set()).update(named(node))
    return found


def named(node):
    """What is defined in a module or in a class."""
    for line in node.body:
        if isinstance(line, ast.FunctionDef | ast.ClassDef):
            yield line.name
        elif isinstance(line, ast.Assign):
            yield from (target.id for target in line.targets if isinstance(target, ast.Name))


@cache
def paths():
    """The files of the repository and their folders."""
    files = [file.relative_to(env.ROOT) for file in env.ROOT.rglob("*") if ".git" not in file.parts]
    return {str(file) for file in files}


@cache
def code():
    files = (file for file in env.ROOT.glob(f"{env.MODULE}*/**/*.py") if "tests" not in file.parts)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@cache
def targets():
    text = (env.ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())


@cache
def menus(is_french):
    """{name of a menu: names of all the menus above it}; in French as its users read them."""
    above, names, actions = {}, {}, {}
    for file in env.ROOT.glob(f"{env.MODULE}*/**/*.xml"):
        root = ElementTree.parse(file).getroot()
        for record in root.iter("record"):
            if record.get("model") in ACTIONS:
                actions[record.get("id")] = record.findtext("field[@name='name']")
        for parent in root.iter():
            for menu in parent.findall("menuitem"):
                over = parent.get("id") if parent.tag == "menuitem" else menu.get("parent", "")
                above[menu.get("id")] = over.removeprefix(f"{env.MODULE}.")
                names[menu.get("id")] = (menu.get("name"), menu.get("action"))
    words = french() if is_french else {}
    told = {}
    for menu, (name, action) in names.items():
        name = name or actions.get(action) or ""
        told[menu] = words.get(name, name)
    found = {}
    for menu, name in told.items():
        over = above[menu]
        while over in told:
            found.setdefault(name, set()).add(told[over])
            over = above[over]
        found.setdefault(name, set())
    return found


def french():
    """{English: French} of every add-on."""
    terms = (term for file in env.ROOT.glob(f"{env.MODULE}*/i18n/fr.po") for term in polib.pofile(str(file)))
    return {term.msgid: " ".join(term.msgstr.split()) for term in terms if term.msgstr}
