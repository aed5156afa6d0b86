"""Bring the translation files in step with the add-on (``make translate``), or say how they differ (``make lint``).

The terms come from Odoo's own export of a database that has the add-on. What is already translated stays; terms that
are gone are dropped; new ones are added empty and listed, for a person to translate.
"""

import ast
import os
import re
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import env
import polib

RULES = env.ROOT / env.MODULE / "rules"
# Odoo writes the dates of the export here: left out, so that a file changes only when a term does.
HEADER = {
    "Project-Id-Version": "Odoo Server 19.0",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sd]|\{\{.*?\}\}|\{\w+(?:!r)?\}")
TAG = re.compile(r"<[^>]*>")
CODE = re.compile(r"<[^>]*>|\{\{.*?\}\}")


def main():
    waiting = 0
    for module in (env.MODULE, *env.present_neighbours()):
        pot = exported(module)
        missing = refresh(pot, module)
        for term in missing:
            print(f"to translate: {term!r}")
        print(f"{len(pot)} terms, {len(missing)} to translate in {files(module)[1].relative_to(env.ROOT)}")
        waiting += len(missing)
    return 1 if waiting else 0


def files(module):
    """(the template of its terms, its French) of an add-on."""
    folder = env.ROOT / module / "i18n"
    return folder / f"{module}.pot", folder / "fr.po"


def exported(module=env.MODULE):
    """The terms of an add-on as it is now, from a database of its own."""
    database = f"recouvrement_i18n_{uuid.uuid4().hex[:8]}"
    env.clone(env.build_template() if module == env.MODULE else env.build_glue(), database)
    try:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "terms.pot"
            command = [sys.executable, "-m", "odoo", "i18n", "export", "-d", database, "-l", "pot", "-o", str(target)]
            # The command logs more than the configuration file asks for; only its failure matters here.
            quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
            done = subprocess.run([*command, module], capture_output=True, text=True, env=quiet, check=False)
            if done.returncode or not target.exists():
                raise env.Missing(f"the terms cannot be exported:\n{done.stderr[-3000:]}")
            pot = polib.pofile(str(target))
    finally:
        env.drop(database)
    pot.metadata = dict(HEADER)
    return pot


def refresh(pot, module=env.MODULE):
    """Write both files; return the terms that wait for a translation."""
    template, translated = files(module)
    known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(translated))} if translated.exists() else {}
    french = polib.POFile(wrapwidth=120)
    french.header = pot.header
    french.metadata = {**HEADER, "Language": "fr", "Plural-Forms": "nplurals=2; plural=(n > 1);"}
    for entry in pot:
        french.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=known.get(entry.msgid, ""),
                comment=entry.comment,
                occurrences=entry.occurrences,
                flags=entry.flags,
            )
        )
    pot.wrapwidth = 120
    template.parent.mkdir(exist_ok=True)
    pot.save(str(template))
    french.save(str(translated))
    return [entry.msgid for entry in french if not entry.msgstr]


def rule_terms(folder=RULES):
    """The templates of the rules, read in their sources: they are shown in French without Odoo's marks of a term."""
    for file in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_lt" and node.args:
                yield ast.literal_eval(node.args[0])


def untranslated_rules(french, folder=RULES):
    """The templates of the rules that those entries do not say in French, one line each."""
    known = {entry.msgid for entry in french if entry.msgstr and not entry.obsolete}
    for term in sorted(set(rule_terms(folder)) - known):
        yield f"rules: template without French: {term!r}"


def problems(pot, module=env.MODULE):
    """What is wrong with the files of an add-on, one line each."""
    template, translated = files(module)
    for file in sorted(template.parent.glob("*")):
        if file not in (template, translated):
            yield f"{file.relative_to(env.ROOT)}: not a file Odoo reads"
    terms = {entry.msgid for entry in pot}
    for file in (template, translated):
        name = file.relative_to(env.ROOT)
        if not file.exists():
            yield f"{name}: missing, make translate writes it"
            continue
        entries = polib.pofile(str(file))
        found = [entry.msgid for entry in entries]
        yield from (f"{name}: term missing: {term!r} (make translate adds it)" for term in sorted(terms - set(found)))
        yield from (f"{name}: term no longer used: {term!r}" for term in sorted(set(found) - terms))
        yield from (f"{name}: term twice: {term!r}" for term in sorted({t for t in found if found.count(t) > 1}))
    if translated.exists():
        name = translated.relative_to(env.ROOT)
        if module == env.MODULE:
            yield from untranslated_rules(polib.pofile(str(translated)))
        for entry in polib.pofile(str(translated)):
            if problem := wrong(entry):
                yield f"{name}:{entry.linenum}: {problem}: {entry.msgid!r}"


def wrong(entry):
    """What is wrong with one translation, or None."""
    if not entry.msgstr:
        return "not translated"
    if entry.obsolete:
        return "obsolete"
    if "fuzzy" in entry.flags:
        return "fuzzy"
    if sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr)):
        return "placeholders differ"
    if sorted(tag_names(entry.msgid)) != sorted(tag_names(entry.msgstr)):
        return "tags differ"
    prose = CODE.sub("\0", entry.msgstr)
    if re.search(r"\w'\w", prose):
        return "straight apostrophe, write ’"
    if re.search(r" [!?;:»](?=\s|$)|« ", prose):
        return "ordinary space beside French punctuation, write a no-break space"
    return None


def tag_names(text):
    """The tags of a term with all they hold but what a translator may translate."""
    return [re.sub(r'(title|alt|placeholder|href)="[^"]*"', r"\1", tag) for tag in TAG.findall(text)]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except env.Missing as problem:
        sys.exit(f"error: {problem}")
