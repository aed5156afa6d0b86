"""What a reviewer would say, said by a machine (``make lint``): one line per problem, exit status 1 if there is any."""

import re
import subprocess
import sys
from pathlib import Path
from xml.parsers import expat

import env
import french
import guides
import house
import readme
import terms
import translate

MODULE = env.ROOT / env.MODULE
INDENT = 4
NEEDED = (  # by each add-on
    *("pyproject.toml", "README.rst", "readme/DESCRIPTION.md", "readme/CONTRIBUTORS.md", "i18n/fr.po"),
    *("static/description/icon.png", "static/description/index.html"),
)
# A newcomer clones this on any machine: nothing may point at ours.
FORBIDDEN = re.compile(r"/home/\w+/|index[-_]url\b|://[^/\s]*/simple\b")
TEXT_FILES = set(".csv .html .js .md .po .pot .py .rst .scss .sql .toml .txt .xml".split())


def main():
    checks = (
        ("ruff", ruff),
        ("layout", layout),
        ("pylint-odoo", pylint),
        ("mypy", mypy),
        ("XML", xml),
        ("files", files),
        ("add-ons", addons),
        ("house", house.problems),
        ("French", french.problems),
        ("terms", terms.problems),
        ("README", readme.problems),
        ("guides", guides.problems),
        ("tests of the tools", tests),
        ("translations", translations),
    )
    total = 0
    for name, check in checks:
        try:
            found = list(check())
        except env.Missing as problem:
            found = [str(problem)]
        print(f"{name}: {len(found) or 'nothing'} to mend", flush=True)
        for line in found:
            print(f"  {line}", flush=True)
        total += len(found)
    return 1 if total else 0


def ruff():
    return tool("ruff", "check", "--quiet", "--output-format=concise", ".")


def layout():
    """Code laid out by ``ruff format``: nobody argues about it."""
    return [line for line in tool("ruff", "format", "--check", ".") if line.startswith("Would reformat")]


def pylint():
    """The checks of the Odoo community, chosen in pyproject.toml."""
    return tool(
        *("pylint", "--score=n", "--jobs=1", "--msg-template={path}:{line}: {msg} ({symbol})"),
        *(env.MODULE, *env.NEIGHBOURS),
    )


def mypy():
    """The types of the rules and of the tools, as far as they say them; what is read stands in pyproject.toml."""
    return [line for line in tool("mypy", "--no-error-summary") if ": note: " not in line]


def tests():
    """What these checks and the other tools of this folder are tested by, without Odoo."""
    command = (sys.executable, "-m", "unittest", "discover", "--start-directory", "dev", "--pattern", "tests_*.py")
    done = subprocess.run(command, cwd=env.ROOT, capture_output=True, text=True, check=False)
    return done.stderr.splitlines() if done.returncode else []


def translations():
    for module in (env.MODULE, *env.present_neighbours()):
        yield from translate.problems(translate.exported(module), module)


def tool(*command):
    done = subprocess.run(command, cwd=env.ROOT, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("*****")]
    if done.returncode and not lines:
        return [f"{command[0]} failed: {done.stderr.strip()[-500:]}"]
    return lines


def tracked():
    """The files of the repository, and those about to join it."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=env.ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [env.ROOT / name for name in names if (env.ROOT / name).is_file()]


def files():
    """Text files end with one newline, hold no trailing space, and name no machine of ours."""
    for file in tracked():
        if file.suffix not in TEXT_FILES and file.name not in ("Makefile", "run", ".gitignore"):
            continue
        name = file.relative_to(env.ROOT)
        text = file.read_text(encoding="utf-8")
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            yield f"{name}: should end with one newline"
        for number, line in enumerate(text.splitlines(), 1):
            if line != line.rstrip() and file.suffix not in (".po", ".pot"):
                yield f"{name}:{number}: trailing space"
            if file != Path(__file__).resolve() and FORBIDDEN.search(line):
                yield f"{name}:{number}: names a machine: {line.strip()[:80]}"


def addons():
    """What each add-on needs to be made into a wheel and shown in the list of apps is there."""
    for manifest in sorted(env.ROOT.glob(f"{env.MODULE}*/__manifest__.py")):
        for name in NEEDED:
            if not (manifest.parent / name).is_file():
                yield f"{manifest.parent.name}: no {name}"


def xml():
    for file in tracked():
        if file.suffix == ".xml":
            yield from Layout(file).problems()


class Layout:
    """One XML file read tag by tag: well-formed, indented by four, `id` before `model`, `name` first in a field."""

    def __init__(self, file):
        self.name = file.relative_to(env.ROOT)
        self.text = file.read_bytes()
        self.lines = self.text.decode().splitlines()
        self.depth = 0
        self.found = []

    def problems(self):
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.StartElementHandler = lambda tag, attributes: self.start(parser, tag, attributes[::2])
        parser.EndElementHandler = lambda _tag: self.end(parser)
        try:
            parser.Parse(self.text, True)
        except expat.ExpatError as problem:
            self.found.append(f"{self.name}: not well-formed: {problem}")
        for number, line in enumerate(self.lines, 1):
            if "\t" in line:
                self.found.append(f"{self.name}:{number}: tab")
        return self.found

    def start(self, parser, tag, attributes):
        number = parser.CurrentLineNumber
        self.check_indent(number, parser.CurrentColumnNumber)
        if {"id", "model"} <= set(attributes) and attributes.index("id") > attributes.index("model"):
            self.found.append(f"{self.name}:{number}: write id before model")
        if tag == "field" and "name" in attributes and attributes[0] != "name":
            self.found.append(f"{self.name}:{number}: write name first in a field")
        self.depth += 1

    def end(self, parser):
        self.depth -= 1
        line = self.lines[parser.CurrentLineNumber - 1]
        if line.lstrip().startswith("</"):  # an empty element ends where it began
            self.check_indent(parser.CurrentLineNumber, parser.CurrentColumnNumber)

    def check_indent(self, number, column):
        before = self.lines[number - 1][:column]
        if not before.strip() and column != INDENT * self.depth:
            self.found.append(f"{self.name}:{number}: indented by {column}, not {INDENT * self.depth}")


if __name__ == "__main__":
    sys.exit(main())
