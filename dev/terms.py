"""Short English that is said in several places and has one French in all of them: each of these places was read.

Odoo keeps one translation of a string for the whole add-on. « Closed » is said of a case (« clos ») and of insolvency
proceedings (« clôturée »), « Void » on a button (« Annuler ») and of what is void (« Nul »): such a string is another
one in English for each French that is needed. ``make lint`` fails on a place that nobody has read; read the French
there, then write the place in ``terms_reviewed.txt``, or choose another word in English.
"""

import ast
import re
from collections import defaultdict
from xml.etree import ElementTree

import env

REVIEWED = env.ROOT / "dev" / "terms_reviewed.txt"
MOST_WORDS = 2
PREPOSITIONS = {"after", "at", "before", "by", "for", "from", "in", "of", "on", "since", "to", "until"}
# The first word of a French that agrees with what it is said of: participles, adjectives.
INFLECTED = re.compile(r"^\S*(?:[éiu]|[éiu]e|is|ise|ert|erte|t|te|os|ose|se|el|elle|al|ale|if|ive)s?(?= |$)")
NAMED = ("button", "choice:", "record:")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def problems():
    """One line for each string said in a place that nobody has read, or whose French is not what was read."""
    text = (env.ROOT / env.MODULE / "i18n" / "fr.po").read_text(encoding="utf-8")
    buttons = {words for file in (env.ROOT / env.MODULE).rglob("*.xml") for words in buttons_of(file.read_bytes())}
    yield from compared(ambiguous(entries(text), buttons), reviewed(REVIEWED.read_text(encoding="utf-8")))


def compared(found, known):
    """:param found, known: {English: (French, places)}"""
    for english, (french, places) in sorted(found.items()):
        read, where = known.get(english, (None, set()))
        if new := places - where:
            said = f"“{english}” (« {french} ») is said in a place that was not read"
            yield f"{said}: {', '.join(sorted(new))} ({REVIEWED.name})"
        elif read != french:
            yield f"“{english}” is « {french} », and « {read} » was read ({REVIEWED.name})"


def ambiguous(found, buttons):
    """{English: (French, places)} of the short strings that more than one French word may have to say."""
    told = {}
    for english, french, refs in found:
        places = places_of(refs, english in buttons)
        if len(english.split()) <= MOST_WORDS and "%" not in english and is_ambiguous(english, french, places):
            if english.lower() not in PREPOSITIONS and not INFLECTED.match(french):  # a noun: new labels are as right
                places = {place if place.startswith(NAMED) else place.partition(":")[0] for place in places}
            told[english] = french, places
    return told


def is_ambiguous(english, french, places):
    kinds = defaultdict(set)
    for place in places:
        kind, _colon, name = place.partition(":")
        kinds[kind].add(name)
    if english.lower() in PREPOSITIONS:
        return len(places) > 1
    if "button" in kinds:  # a verb there, and what else?
        return bool(kinds.keys() - {"button", "view"})
    if len(english.split()) == 1 and any(name.endswith("_menu") for name in kinds.get("record", ())):
        return bool({"choice", "code"} & kinds.keys())  # « Credit » is what a customer is granted, and what he has paid
    return bool(INFLECTED.match(french)) and (len(kinds["choice"]) > 1 or bool(kinds["choice"]) and len(kinds) > 1)


def places_of(refs, is_button):
    """{kind:name}: a choice or a field of a model, a record, a view, a file of code; a button, whichever it is."""
    places = {"button"} if is_button else set()
    for ref in refs:
        kind, field, *rest = ref.split(":")
        name = field.rpartition("/")[2] if kind == "code" else rest[0].rpartition(".")[2]
        name = name.replace("recouvrement_", "")
        if kind == "code":
            places.add(f"code:{name}")
        elif kind == "model_terms":
            places.add(f"view:{name}")
        elif field.startswith("ir.model.fields.selection"):
            places.add("choice:" + name.removeprefix("selection__").rpartition("__")[0])
        elif field.startswith("ir.model.fields"):
            places.add(f"field:{name.removeprefix('field_')}")
        else:
            places.add(f"record:{name}")
    return places


def entries(text):
    """(English, French, references) of a PO file."""
    for block in text.split("\n\n")[1:]:
        values = {}
        for name in ("msgid", "msgstr"):
            if said := re.search(rf'^{name} ((?:"(?:[^"\\]|\\.)*"\s*)+)', block, re.MULTILINE):
                values[name] = "".join(ast.literal_eval(piece) for piece in QUOTED.findall(said[1]))
        if values.get("msgid"):
            yield values["msgid"], values.get("msgstr", ""), re.findall(r"^#: (\S+)", block, re.MULTILINE)


def buttons_of(xml):
    """The words of the buttons of a file."""
    for button in ElementTree.fromstring(xml).iter("button"):
        if words := " ".join((button.get("string") or button.text or "").split()):
            yield words


def reviewed(text):
    """{English: (French, places)} of lines ``English | French | place, place``; ``#`` begins a comment."""
    known = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            english, french, places = (piece.strip(" ") for piece in line.split(" | "))
            known[english] = french, set(places.split(", "))
    return known
