"""French that a debtor or a judge reads is set as French is printed: ’ and not ', a space that does not break before
: ; ? ! % » and after «. Read from the templates and from the strings of the code, by ``make lint``.
"""

import ast
import re

import env

APOSTROPHE = re.compile(
    r"(?i)(?<![\w’'])(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu|quoiqu|aujourd|presqu)'(?=[\w«])", re.UNICODE
)
ELIDED_VALUE = re.compile(r"(?i)(?<![\w’'])(?:[cdjlmnst]|qu)'$")  # the value of a tag comes next
ACCENT = re.compile(r"[àâçéèêëîïôùûœÀÂÇÉÈÊÎÔ]")
LOOSE = re.compile(r"(?<=[\w)»’]) (?=[:;?!%»](?:\s|$))|« ")
TAG = re.compile(r"<!--.*?-->|<\?.*?\?>|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
UNPRINTED = ("wizards/sending/recouvrement_postal_import.py",)  # titles of the Post's own files, as they write them


def problems():
    """One line for each place."""
    for root in (env.ROOT / env.MODULE, *(env.ROOT / name for name in env.NEIGHBOURS)):
        for file in sorted(root.rglob("*")):
            name = file.relative_to(env.ROOT)
            if "tests" in file.parts or str(name).endswith(UNPRINTED):
                continue
            if file.suffix == ".xml":
                found = texts_of_xml(file.read_text(encoding="utf-8"))
            elif file.suffix == ".py":
                found = texts_of_python(file.read_text(encoding="utf-8"))
            else:
                continue
            for number, text, is_printed in found:
                for what in wrong(text, is_printed):
                    yield f"{name}:{number}: {what}"


def wrong(text, is_printed):
    """What is wrong in a piece of text, which may be no French at all."""
    elided = APOSTROPHE.search(text) or is_printed and ELIDED_VALUE.search(text)
    if elided:
        yield f"write ’ in French: {text[max(elided.start() - 20, 0) : elided.end() + 20].strip()!r}"
    loose = is_printed and (ACCENT.search(text) or "’" in text) and LOOSE.search(text)
    if loose:
        yield f"write &#160; there in French: {text[max(loose.start() - 20, 0) : loose.end() + 20].strip()!r}"


def texts_of_xml(text):
    """(line, text, True) between the tags, and (line, string, False) in the expressions of their attributes."""
    end = 0
    for tag in TAG.finditer(text):
        yield text.count("\n", 0, end) + 1, text[end : tag.start()], True
        if not tag[0].startswith("<!--"):
            for value in re.findall(r'="([^"]*)"', tag[0]):
                yield text.count("\n", 0, tag.start()) + 1, value.replace("\\'", "'"), False
        end = tag.end()


def texts_of_python(text):
    """(line, string, False) of the strings that are no documentation."""
    tree = ast.parse(text)
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value, False
