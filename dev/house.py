"""The rules of the house (ARCHITECTURE.md), read from the code: ``python dev/house.py``, and ``make lint``.

What breaks a rule today is listed in ``house_exceptions.txt``. The list only shrinks: a new line of it fails as much as
one that is no longer true. ``python dev/house.py --known`` prints what it would hold.
"""

import ast
import io
import re
import sys
import tokenize
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE = ROOT / "recouvrement_fr"
KNOWN = Path(__file__).with_name("house_exceptions.txt")
# From what nobody calls to what calls nobody: a room calls those before it.
ROOMS = (
    *("rules", "tools", "base", "ledger", "policy", "debtor", "law", "documents", "decision", "penalties", "sending"),
    *("night", "amicable", "einvoicing", "insolvency", "contacts", "bad_debt", "litigation"),
    *("privacy", "door", "profile", "credit", "figures", "glue"),
)
ORDER = {room: number for number, room in enumerate(ROOMS)}
# Where a day or an hour may be read: what a person, the scheduler or the client calls by itself.
ENTRANCE = re.compile(
    r"(action|button|onchange|_onchange|_cron|_job|_compute|_search|_default|default_get|_inverse|get_)"
)
# The same, of methods of Odoo that are extended: core calls them, with arguments of its own, so that no caller of ours
# can give the day. {method: the model it is of, None for any}; each calls what it extends, or it is not one.
CORE_CALLS = {
    "create": None,
    "write": None,  # the ORM's own, that clients and imports call
    "_table_query": None,  # the table of a report, asked at each reading
    "_read_group_groupby": None,  # a list is grouped, by anybody
    "_post": "account.move",  # an entry is posted, by anybody
    "reconcile": "account.move.line",  # items are matched, by anybody
    "_send": "mail.mail",  # the queue of e-mails
    "_postprocess_sent_message": "mail.mail",
    "_update_foreign_keys": "base.partner.merge.automatic.wizard",  # partners are merged
}
ORM_CALLS = {"constrains", "ondelete", "onchange", "depends"}  # decorators: the ORM calls what bears them
CLOCK = {
    *(("Date", "today"), ("Date", "context_today"), ("Datetime", "now"), ("Datetime", "today")),
    *(("clock", "today"), ("clock", "now")),
    *(("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")),
}
PDF = {"pypdf", "PyPDF2"}
NEIGHBOURS = ("sale.", "sale_line", "stock.", "picking", "snailmail.", "account.peppol.")
NOT_OURS = {"_", "_make", "_render", "_replace"}  # names that Python and Odoo give too
# The figures of the law on late payment, interest, courts and limitation: rules/ and dated records know them.
SHOWN = re.compile(r"\b(36500|365|40)\b(?=\s*(?:€|/|\*|EUR))")
TYPES = {"professional", "non_professional", "consumer", "public"}  # of debtors
FIGURES = {40, 365, 366, 36500, 36600, 5000, 10000}
LINES, FUNCTION_LINES, METHODS = 400, 60, 60  # at most, of a file, a function, a model in all its files


class Source:
    """A file of a room, read once."""

    def __init__(self, file):
        self.glue = MODULE not in file.parents
        home = ROOT if self.glue else MODULE
        self.name = str(file.relative_to(home))
        parts = file.relative_to(home).parts
        self.room = "glue" if self.glue else parts[0] if parts[0] in ("rules", "tools", "ledger") else parts[1]
        self.text = file.read_text(encoding="utf-8")
        self.tree = ast.parse(self.text)
        self.parts = parts

    def models(self):
        """(name of the model, whether it is made here, the class) of each class that has one."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                values = dict(self.texts(node))
                if "_name" in values:
                    yield values["_name"], values["_name"] not in self.inherited(node), node
                elif "_inherit" in values:
                    yield values["_inherit"], False, node

    def counts(self, line):
        """Whether a line of the file gives a number a name, and says beside it what it counts."""
        named = isinstance(line, ast.Assign) and all(getattr(name, "id", "").isupper() for name in line.targets)
        return named and "  # " in self.text.splitlines()[line.end_lineno - 1]

    @staticmethod
    def texts(node):
        for line in node.body:
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
                yield line.targets[0].id, line.value.value

    @staticmethod
    def inherited(node):
        """The models of a list ``_inherit``: one that names itself there extends what was made elsewhere."""
        for line in node.body:
            if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "_inherit":
                return {taken.value for taken in ast.walk(line.value) if isinstance(taken, ast.Constant)}
        return set()

    def imports(self):
        """The rooms it takes something from, with the file."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.ImportFrom) or not node.level or self.glue:
                continue
            base = [*self.parts[:-1][: len(self.parts) - node.level], *(node.module.split(".") if node.module else [])]
            for taken in node.names:
                path = [*base, taken.name]
                path = path[1:] if path[0] in ("models", "wizards") else path
                if path and path[0] in ORDER:
                    yield path[0], ".".join(base if len(path) > 2 else [*base, taken.name])


def sources():
    folders = ("rules", "tools", "ledger", "models/*", "wizards/*")
    files = sorted(file for folder in folders for file in MODULE.glob(f"{folder}/*.py"))
    files += sorted(ROOT.glob(f"{MODULE.name}_*/models/*.py"))  # glue add-ons: below every room
    return [Source(file) for file in files if file.stem != "__init__"]


def found():
    """Everything that breaks a rule, one line each, sorted."""
    read = sources()
    lines = set()
    checks = (arrows, rules_alone, one_door, neighbours, clocks, figures, debtor_types, sizes, models_too_large, sudos)
    checks += (days_of_tests, tests_passed_over, words_hidden)
    for check in checks:
        lines.update(check(read))
    return sorted(lines)


def arrows(read):
    """A room takes from, names a model of, or calls what only rooms after it have."""
    home = {name: source.room for source in read for name, made, _node in source.models() if made}
    methods = defaultdict(set)
    for source in read:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_") and node.name not in NOT_OURS:
                methods[node.name].add(source.room)
    first = {name: min(rooms, key=ORDER.get) for name, rooms in methods.items()}
    for source in read:
        below = [*(("imports", taken, room) for room, taken in source.imports()), *used(source, home, first)]
        for way, what, room in below:
            if ORDER[room] > ORDER[source.room]:
                yield f"arrow {source.name} {way} {what} ({room})"


def used(source, home, first):
    """(how, what, its room) of each model and each private method a file uses."""
    for node in ast.walk(source.tree):
        if (model := named_model(node)) in home:
            yield "names", model, home[model]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in first:
            yield "calls", node.func.attr, first[node.func.attr]


def named_model(node):
    """The model of ``env["..."]``, or None."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        holder = node.value
        if (isinstance(holder, ast.Attribute) and holder.attr == "env") or getattr(holder, "id", "") == "env":
            return node.slice.value
    return None


def rules_alone(read):
    """The law knows nothing of Odoo."""
    for source in read:
        if source.room == "rules":
            for node in ast.walk(source.tree):
                modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
                modules += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
                if any(module.split(".")[0] == "odoo" for module in modules):
                    yield f"odoo {source.name}"


def one_door(read):
    """The library of PDF is taken by ``tools/pdf.py`` alone: another version is tried in one file."""
    for source in read:
        for node in ast.walk(source.tree):
            modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if source.name != "tools/pdf.py" and any(module.split(".")[0] in PDF for module in modules):
                yield f"pdf {source.name}"


def neighbours(read):
    """The add-on does not look whether a neighbour is installed: what needs it stands in a glue add-on."""
    for source in read:
        if source.glue:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant):
                asked = str(node.left.value)
                if asked.startswith(NEIGHBOURS) and isinstance(node.ops[0], ast.In | ast.NotIn):
                    yield f"neighbour {source.name} {asked}"


def clocks(read):
    """The day is given, except where a person, the scheduler, the client or core comes in."""
    crons = set(re.findall(r"model\.(\w+)\(", (MODULE / "data/ir_cron_data.xml").read_text(encoding="utf-8")))
    for source in read:
        if source.name == "tools/clock.py":
            continue
        doors = {id(line) for name, _made, node in source.models() for line in node.body if called_by_core(line, name)}
        for function in ast.walk(source.tree):
            if not isinstance(function, ast.FunctionDef) or function.name in crons or ENTRANCE.match(function.name):
                continue
            if id(function) not in doors and any(reads_clock(node) for node in ast.walk(function)):
                yield f"clock {source.name} {function.name}"


def called_by_core(function, model):
    """Whether core calls this method of a model, and nobody else: what it extends, or what it decorates."""
    if not isinstance(function, ast.FunctionDef):
        return False
    if any(getattr(getattr(made, "func", None), "attr", "") in ORM_CALLS for made in function.decorator_list):
        return True
    extends = function.name == "_table_query" or any(getattr(node, "id", "") == "super" for node in ast.walk(function))
    return extends and function.name in CORE_CALLS and CORE_CALLS[function.name] in (None, model)


def tests():
    """Every file of the tests, those of the glue add-ons and of the rules too."""
    return sorted([*MODULE.rglob("tests/**/*.py"), *ROOT.glob(f"{MODULE.name}_*/tests/**/*.py")])


def days_of_tests(_read):
    """A test names its day: the one that it is may be a Sunday, or the last of its month. One file sets the clock."""
    for file in tests():
        if file != MODULE / "tests" / "clock.py":
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if reads_clock(node):
                    yield f"day {file.relative_to(ROOT)} {ast.unparse(node)}"


def tests_passed_over(_read):
    """Odoo's own runner runs what ``tests/__init__.py`` takes in; those of the rules are found by themselves."""
    for file in tests():
        home = next(folder for folder in file.parents if folder.name == "tests")
        if file.stem.startswith("test_") and home.parent.name != "rules":
            taken = (home / "__init__.py").read_text(encoding="utf-8")
            if not re.search(rf"\b{file.stem}\b", taken):
                yield f"test {file.relative_to(ROOT)} is not in {(home / '__init__.py').relative_to(ROOT)}"


def reads_clock(node):
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    holder = node.func.value
    if node.func.attr == "day_of" and any(getattr(part, "attr", "") == "stamp" for part in ast.walk(node)):
        return True  # a stamp is no day
    return (getattr(holder, "attr", getattr(holder, "id", "")), node.func.attr) in CLOCK


def figures(read):
    """No figure of law where something remembers, acts or shows; one of something else is a constant that says what it
    counts."""
    for source in read:
        if source.room == "rules":
            continue
        named = {id(part) for line in source.tree.body if source.counts(line) for part in ast.walk(line)}
        for node in ast.walk(source.tree):
            if id(node) in named:
                continue
            if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value in FIGURES:
                yield f"figure {source.name} {node.value}"
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "relativedelta":
                for keyword in node.keywords:
                    if keyword.arg in ("years", "months") and isinstance(keyword.value, ast.Constant):
                        yield f"figure {source.name} {keyword.arg}={keyword.value.value}"
    for file in sorted(MODULE.glob("reports/**/*.xml")):
        for figure in SHOWN.findall(file.read_text(encoding="utf-8")):
            yield f"figure {file.relative_to(MODULE)} {figure}"


def sizes(_read):
    """A file has one subject, a test proves one thing, a function does one."""
    for file in sorted([*MODULE.rglob("*.py"), *ROOT.glob(f"{MODULE.name}_*/**/*.py"), *ROOT.glob("dev/**/*.py")]):
        text, name = file.read_text(encoding="utf-8"), file.relative_to(ROOT)
        if text.count("\n") > LINES:
            yield f"size {name}"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= FUNCTION_LINES:
                yield f"size {name} {node.name}"


def models_too_large(read):
    """A model of many methods says in ARCHITECTURE.md why it is one; the page names no other."""
    methods = defaultdict(set)
    for source in read:
        for name, _made, node in source.models():
            methods[name].update(line.name for line in node.body if isinstance(line, ast.FunctionDef))
    large = {name for name, names in methods.items() if len(names) > METHODS}
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## Models of many methods")[2]
    told = set(re.findall(r"^- `([a-z.]+)`: ", page.partition("\n## ")[0], re.MULTILINE))
    yield from (
        f"model {name} has more than {METHODS} methods, ARCHITECTURE.md does not say why" for name in large - told
    )
    yield from (f"model {name} is no longer that large: take it out of ARCHITECTURE.md" for name in told - large)


def debtor_types(read):
    """Nobody but the rules compares types of debtors: what the law says of each is asked of ``rules/regime.py``."""
    for source in read:
        if source.room == "rules":
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Compare):
                parts = list(ast.walk(node))
                types = any(isinstance(part, ast.Constant) and part.value in TYPES for part in parts)
                if types and any(getattr(part, "attr", getattr(part, "id", "")) == "debtor_type" for part in parts):
                    yield f"type {source.name} {ast.unparse(node)}"


def sudos(_read):
    """A ``sudo()`` says why, on its statement or the line before."""
    for file in sorted([*MODULE.rglob("*.py"), *ROOT.glob(f"{MODULE.name}_*/**/*.py")]):
        if {"tests", "migrations"} & set(file.parts):
            continue
        text, name = file.read_text(encoding="utf-8"), file.relative_to(ROOT)
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        told = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
        for line, first, last in sudo_calls(ast.parse(text)):
            if told.isdisjoint(range(first - 1, last + 1)):
                yield f"sudo {name} {text.splitlines()[line - 1].strip()}"


def words_hidden(_read):
    """What is to be translated stands outside f-strings: inside one, the export of translations passes some over."""
    for file in sorted([*MODULE.rglob("*.py"), *ROOT.glob(f"{MODULE.name}_*/**/*.py")]):
        if "tests" not in file.parts:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                for call in ast.walk(node) if isinstance(node, ast.JoinedStr) else ():
                    if isinstance(call, ast.Call) and translates(call):
                        yield f"words {file.relative_to(ROOT)} {ast.unparse(call)}"


def translates(call):
    """``_(...)``, ``_lt(...)``, ``self.env._(...)``."""
    return getattr(call.func, "attr", getattr(call.func, "id", "")) in ("_", "_lt")


def sudo_calls(node, statement=None):
    """(its line, the first and the last line of its statement) of each call; of a block, the lines of its head."""
    for child in ast.iter_child_nodes(node):
        within = child if isinstance(child, ast.stmt) else statement
        if isinstance(child, ast.Call) and getattr(child.func, "attr", "") == "sudo" and not gives_up(child):
            body = getattr(within, "body", None)
            last = body[0].lineno - 1 if body else within.end_lineno
            yield child.end_lineno, within.lineno, max(last, child.end_lineno)
        yield from sudo_calls(child, within)


def gives_up(call):
    """``sudo(False)`` goes back to the user's own rights."""
    return bool(call.args) and getattr(call.args[0], "value", None) is False


def problems():
    """What is new, what is listed but no longer there, and what is listed without a reason."""
    listed = [line for line in KNOWN.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    known = {line: why.strip() for line, _mark, why in (line.partition("  # ") for line in listed)}
    now = set(found())
    yield from (f"{line}: new; mend it (ARCHITECTURE.md says how)" for line in sorted(now - known.keys()))
    yield from (f"{line}: no longer there; take it out of {KNOWN.name}" for line in sorted(known.keys() - now))
    yield from (f"{line}: say why, after two spaces and a #" for line, why in sorted(known.items()) if not why)


def main():
    if "--known" in sys.argv:
        print("\n".join(found()))
        return 0
    lines = list(problems())
    for line in lines:
        print(line)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
