"""What an answer by e-mail may mean: read by rules, quoted, and never acted on alone.

Only what one sentence says plainly is read. Two sentences that say different things, or none, leave a plain reply: a
person reads it.

No library does it: of fifty French sentences that name a day, or none, `dateparser` read 25 rightly and 14 wrongly (of
« Je vire 1.200 euros » it makes a day), and of what eleven mail programs quote, `mail-parser-reply` left out five and
`email-reply-parser` three. The tables of the tests hold what is read here.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .dates import add_months

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("janvier", "février fevrier", "mars", "avril", "mai", "juin", "juillet", "août aout"),
            *("septembre", "octobre", "novembre", "décembre decembre"),
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
# Where the words of others begin: everything from there on was written by us, or by a mail program.
QUOTED = re.compile(
    r"^\s*\*?(?:>|-{2,}\s*(?:message|original|forwarded|transféré)|_{10,}|-- ?$|de\s*:[\s*]|from\s*:[\s*]"
    r"|le .{4,120} a écrit\s*:|on .{4,120} wrote\s*:|envoyé de mon|sent from my|envoyé\s*:[\s*]|sent\s*:[\s*])",
    re.IGNORECASE,
)
# The same head, which a program has folded: « Le mar. 3 mars 2026 à 09:12, <name> », then « a écrit : ».
FOLDED = re.compile(r"^\s*(?:le|on) (?=[^,]*\d).{4,300} (?:a écrit|wrote)\s*:\s*$", re.IGNORECASE)
SPACES = re.compile(r"[\s\u00a0\u202f]+")
ENDS = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀ-ÖØ-Ý«0-9])|\n+")
AMOUNT = re.compile(r"(?<![\d/.,])(\d{1,3}(?:[ .]\d{3})+|\d+)(?:,(\d{1,2}))?\s*(?:€|euros?\b|eur\b)", re.IGNORECASE)
SUM = r"(?:de [\d .,]+ ?(?:€|euros?|eur) )?"  # between what is paid and what is said of it
KINDS = {  # the first that matches in a sentence
    "absent": r"absente? (?:du bureau|jusqu|du \d|ce jour|et)|réponse automatique|de retour le|en congés? jusqu"
    r"|actuellement en congés?|fermeture (?:annuelle|estivale)"
    r"|(?:société|entreprise|bureaux?|cabinet|atelier|magasin)\b.{0,20}\bfermée?s?\b",
    "wrong_person": r"ne travaille plus|plus dans (?:la|notre|l') ?(?:société|entreprise)|a quitté (?:la|notre|l')"
    r"|pas la bonne personne|erreur de destinataire|ne suis (?:pas|plus) (?:concerné|en charge|le bon)"
    r"|plus en charge|vous faites erreur(?! (?:sur|dans))|ne m['’]occupe (?:plus|pas)"
    r"|ne connais(?:sons)? pas (?:cette|votre) (?:société|entreprise)",
    "dispute": r"contest(?:e|ons|er)\b|en désaccord|(?:pas|non) conforme|jamais reçu|défectueu|erreur de factur"
    r"|attente d['’]un avoir|attendons (?:un|votre|l['’]) ?avoir|refus(?:e|ons) de (?:payer|régler)"
    r"|facturé(?:e|s|es)? (?:deux fois|à tort)|malfaçon|non livré|ne correspond(?:ent)? pas|pas d['’]accord\b"
    r"|(?:montant|prix|tarif|quantité)s? (?:est |sont )?(?:erroné|incorrect|inexact|faux\b)"
    r"|(?:chantier|travaux|prestations?|marchandises?|commande|livraison|matériel|intervention)\b.{0,40}"
    r"\b(?:pas|jamais) (?:été |encore )*(?:terminé|réalisé|livré|faite?s?\b|exécuté|reçu)",
    "paid": r"(?:ai|avons|a été|ont été) (?:déjà |bien |donc )*(?:réglée?s?|payée?s?|virée?s?|soldée?s?|effectué le"
    r" (?:virement|règlement|paiement))|(?:déjà|bien) (?:réglée?s?|payée?s?|soldée?s?)"
    r"|(?:facture|est|sont) (?:bien )?(?:réglée?s?|payée?s?|soldée?s?)\b"
    rf"|(?:virement|règlement|paiement|chèque)s? {SUM}(?:vous |a été |est |bien |déjà )*"
    r"(?:effectué|fait|émis|parti|passé|envoyé|posté)\b",
    "promise": r"(?:réglerons|réglerai|paierons|paierai|payerons|payerai|virerons|virerai)\b"
    r"|(?:allons|vais|va) (?:vous )?(?:payer|régler|virer|effectuer|procéder|faire)"
    rf"|(?:virement|règlement|paiement|chèque) {SUM}(?:vous )?(?:sera|partira|interviendra|part)\b"
    rf"|(?:virement|règlement|paiement|chèque) {SUM}(?:est )?(?:prévu|programmé)\b"
    r"|(?:procéderons|procéderai|effectuerons|effectuerai|ferons|ferai|enverrons|enverrai|émettrons) "
    r"(?:\S+ ){0,3}(?:virement|règlement|paiement|chèque)"
    r"|(?:payons|réglons) |(?:je|vous) (?:paie|règle) "
    r"|ser(?:a|ont) (?:bien |donc )*(?:réglée?s?|payée?s?|soldée?s?)\b",
}
READ = {kind: re.compile(words, re.IGNORECASE) for kind, words in KINDS.items()}
# A sentence that denies, doubts or sets a condition is not read: it says something else.
UNSURE = re.compile(
    r"\bn(?:e|'|’)\s?(?:\S+\s){0,3}(?:pas|plus|jamais)\b|\bsi\b|\bsauf\b|dès que|lorsque|quand\b"
    r"|une fois que|tant que|peut-être|\?|\bune partie\b|partiel|\ble reste\b|\bacompte\b",
    re.IGNORECASE,
)
MONEY = {"paid", "promise"}
# What names no day, though a date stands there.
VAGUE = re.compile(r"\bsemaine du\b|\b(?:à partir|à compter|autour) du\b|\b(?:après|vers) le\b", re.IGNORECASE)
WEEKS = {"une": 1, "deux": 2, "trois": 3, "quatre": 4}


class Reading(NamedTuple):
    """What a reply may mean: ``kind`` one of ``KINDS``, the ``sentence`` that says it, and what it names."""

    kind: str
    sentence: str
    day: date | None = None
    amount: Decimal | None = None


def own_words(text: str) -> str:
    """The words of whoever answers, without those they quote nor their signature."""
    kept: list[str] = []
    lines = text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines):
        if QUOTED.match(line) or _begins_folded(lines[number : number + 3]):
            break
        kept.append(line.strip())
    return "\n".join(kept).strip()


def _begins_folded(lines: list[str]) -> bool:
    """Whether these lines are one head of a quotation, folded; a line that is a head by itself begins its own."""
    for number in range(1, len(lines)):
        if not lines[number].strip() or QUOTED.match(lines[number]):
            return False
        if FOLDED.match(" ".join(line.strip() for line in lines[: number + 1])):
            return True
    return False


def read(text: str, on: date) -> Reading | None:
    """What an answer received on that day may mean, or None when a person has to read it.

    A promise names the day it is for; without a day to come it is none.
    """
    found: dict[str, Reading] = {}
    for sentence in ENDS.split(own_words(text)):
        sentence = SPACES.sub(" ", sentence).strip()
        kinds = [kind for kind, words in READ.items() if words.search(sentence)]
        if not kinds:
            continue
        kind, unsure = kinds[0], bool(UNSURE.search(sentence))
        if unsure and kind in MONEY:
            return None
        if not unsure and kind == "dispute" and MONEY & set(kinds):
            return None  # of one invoice it says this, of another that
        day = named_day(sentence, on)
        reading = Reading(kind, sentence, _past(day, sentence, on) if kind == "paid" else day, named_amount(sentence))
        if kind == "promise" and (reading.day is None or reading.day < on):
            return None
        found.setdefault(kind, reading)
    if "absent" in found:
        return found["absent"]._replace(amount=None)
    return next(iter(found.values())) if len(found) == 1 else None


def named_amount(sentence: str) -> Decimal | None:
    """The only amount in euros that a sentence names."""
    amounts = {Decimal(re.sub(r"[ .]", "", found[1]) + "." + (found[2] or "0")) for found in AMOUNT.finditer(sentence)}
    return amounts.pop() if len(amounts) == 1 else None


def named_day(sentence: str, on: date) -> date | None:
    """The only day that a sentence names, in French, said on that day; a day without its year is the next one.

    :returns: None when no day, or several, are named
    """
    if VAGUE.search(sentence):
        return None
    days = {day for find in (_written, _numbered, _spoken, _weekday) for day in find(sentence.lower(), on) if day}
    return days.pop() if len(days) == 1 else None


def _past(day, sentence, on):
    """The same day said of what was done: last Monday, not the next; a day without its year is the one before.

    :returns: None for a day that is still to come
    """
    if day is None or day <= on:
        return day
    if (
        day - on <= timedelta(days=7)
        and re.search("|".join(WEEKDAYS), sentence.lower())
        and not re.search(r"\d", AMOUNT.sub("", sentence))
    ):
        return day - timedelta(days=7)
    if day - on > timedelta(days=180) and not re.search(r"\b20\d\d\b", sentence):
        return _date(day.year - 1, day.month, day.day)
    return None


def _date(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next(on, month, day):
    """The next such day, today included."""
    found = _date(on.year, month, day)
    return found if found is None or found >= on else _date(on.year + 1, month, day)


def _written(text, on):
    """le 12 mars, le 1er avril 2026, fin mars."""
    names = "|".join(MONTHS)
    for day, month, year in re.findall(rf"\b(\d{{1,2}}|1er) ({names})\b(?: (\d{{4}}))?", text):
        number = int(day.removesuffix("er"))
        yield _date(int(year), MONTHS[month], number) if year else _next(on, MONTHS[month], number)
    for month in re.findall(rf"\bfin (?:du mois de |de |d['’])?({names})\b", text):
        first = date(on.year if MONTHS[month] >= on.month else on.year + 1, MONTHS[month], 1)
        yield add_months(first, 1) - timedelta(days=1)


def _numbered(text, on):
    """12/03, 12/03/2026, le 12."""
    names = "|".join(MONTHS)
    for day, month, year in re.findall(r"(?<![\d/])(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?(?![\d/])", text):
        if year:
            yield _date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
        elif "/" in text:
            yield _next(on, int(month), int(day)) if 1 <= int(month) <= 12 else None
    for day in re.findall(rf"\b(?:le|au) (\d{{1,2}})(?! ?(?:[/.]\d|{names}|€|euro|eur\b|%|\d))", text):
        yield _of_month(on, int(day))
    # mardi 10: the next 10th, where it is a Tuesday.
    for weekday, day in re.findall(rf"\b({'|'.join(WEEKDAYS)}) (\d{{1,2}})(?! ?(?:h|[/.]\d|{names}|€|eur|%|\d))", text):
        found = _of_month(on, int(day))
        yield found if found and found.weekday() == WEEKDAYS.index(weekday) else None


def _of_month(on, day):
    """The next day of that number, today included, in this month or the next one."""
    found = _date(on.year, on.month, day)
    if found and found >= on:
        return found
    following = add_months(on.replace(day=1), 1)
    return _date(following.year, following.month, day)


def _spoken(text, on):
    """demain, sous 8 jours, fin du mois."""
    if re.search(r"\bapr[èe]s-demain\b", text):
        yield on + timedelta(days=2)
    elif re.search(r"\bdemain\b", text):
        yield on + timedelta(days=1)
    if re.search(r"\baujourd['’]hui\b|\bce jour\b", text):
        yield on
    for days in re.findall(r"\b(?:sous|dans|d['’]ici) (\d{1,3}) jours?\b", text):
        yield on + timedelta(days=int(days))
    for weeks in re.findall(rf"\b(?:sous|dans|d['’]ici) ({'|'.join(WEEKS)}|\d) semaines?\b", text):
        yield on + timedelta(weeks=WEEKS.get(weeks) or int(weeks))
    for name in re.findall(r"\b(?:sous|dans|d['’]ici) (?:une )?(huitaine|quinzaine)\b", text):
        yield on + timedelta(days=8 if name == "huitaine" else 15)
    for hours in re.findall(r"\b(?:sous|dans|d['’]ici) (24|48|72) ?h(?:eures)?\b", text):
        yield on + timedelta(hours=int(hours))
    if re.search(r"\b(?:la |en )?fin (?:du|de ce) mois(?! de)\b", text):
        yield add_months(on.replace(day=1), 1) - timedelta(days=1)


def _weekday(text, on):
    """vendredi, vendredi prochain: the next one, never today; lundi en huit: a week after. With a date beside it, it
    says no more."""
    if re.search(
        r"\d{1,2}[/.]\d|\b(?:\d{1,2}|1er) (?:" + "|".join(MONTHS) + r")\b|\b(?:" + "|".join(WEEKDAYS) + r") \d", text
    ):
        return
    for name, later in re.findall(r"\b(" + "|".join(WEEKDAYS) + r")\b(?: en (huit|quinze)\b)?", text):
        days = (WEEKDAYS.index(name) - on.weekday() - 1) % 7 + 1
        yield on + timedelta(days=days, weeks={"huit": 1, "quinze": 2}.get(later, 0))
