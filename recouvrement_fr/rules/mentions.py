"""What the words of an invoice say of late-payment penalties, and whether it is what is claimed.

A creditor is bound by the rate that he writes (C.com L441-10 II, C.civ 1103): what his invoice says is read before
another figure is claimed. The reading is cautious: what it does not understand, it does not tell.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .mention_words import DISCOUNT, NUMBER, PERCENT, SENTENCE, number, without

PENALTY = re.compile(
    r"p[ée]nalit|int[ée]r[êe]ts?\b[^.;]{0,20}\b(?:de retard|moratoire)|retard\b|default interest|\blate\b|^\s*PMD\s*:",
    re.I,
)
CENTRAL_BANK = re.compile(r"\bBCE\b|\bECB\b|banque centrale|central bank|refinanc|\brefi\b", re.I)
THREE = Decimal(3)
MARGIN = rf"(?:{NUMBER}|dix|huit|ten|eight)(?:\s*\([^)%]{{1,12}}\))?"
BASIS_POINTS = re.compile(r"(\d{2,4})\s*(?:points? de base|basis points?)", re.I)
POINTS = re.compile(rf"({MARGIN})\s*(?:percentage )?(?:points?|pts?)\b", re.I)
RAISED = re.compile(  # « BCE + 10 % » means points; the rate of the central bank may stand before, « (2,40 %) »
    rf"(?:\+|\bplus|major[ée]\w*(?: de)?|augment[ée]\w*(?: de)?|increased by)\s*({MARGIN})(?:\s*%|(?=\s*(?:$|[.,;)])))",
    re.I,
)
RESULT = re.compile(r"(?:\(|\bsoit|=|égale?s? à|c[’']est-à-dire)\s*(?:\w+\s+){0,3}$", re.I)
TIMES = re.compile(
    rf"(?P<by>{NUMBER}|trois|three|deux|two|cinq|five)\s*(?:\([^)]{{1,10}}\)\s*)?(?:fois\b|times\b|[x×])"
    r"[^.;]{0,60}?l[ée]gal"
    r"|\b(?P<name>triple|double)\s+du\s+taux\b[^.;]{0,40}?l[ée]gal"
    rf"|l[ée]gal\w*\b[^.;%]{{0,30}}?(?:multipli[ée]\w*\s+par|[x×])\s*(?P<after>{NUMBER}|trois|three|deux|two|cinq|five)",
    re.I,
)
FLOOR = re.compile(
    r"(?:au moins|(?:au )?minimum|minimal\w*|inf[ée]rieur\w*|plancher|sup[ée]rieur\w*|at least|less than|lower than)"
    r"[^.;]{0,40}$",
    re.I,
)
LEGAL_ALONE = re.compile(r"\bau(?:x)? taux (?:d[’' ]?(?:e )?(?:l[’'])?int[ée]r[êe]ts? )?l[ée]ga(?:l|ux)\b", re.I)
LEGAL_RAISED = re.compile(r"l[ée]gal\w*\b[^.;]{0,30}?(?:major[ée]|augment[ée]|\+|\bplus\b|increased)", re.I)
MONTHLY = re.compile(r"(?:par|chaque|per|/)\s*(?:mois|month)|mensuel|monthly", re.I)
DAILY = re.compile(r"(?:par|chaque|per|/)\s*(?:jour|day)|journali|quotidien|\bdaily\b", re.I)
YEARLY = re.compile(r"\bl[’']an\b|(?:par|per|/)\s*(?:an\b|ann|year)|annuel|annual|yearly", re.I)
FLAT = re.compile(r"forfait|\bdu (?:montant|prix|total)|\bdes sommes|\bof the (?:amount|price|total)|\bflat\b", re.I)
IN_WORDS = {
    word: figure
    for figure, words in ((2, "deux two double"), (3, "trois three triple"), (5, "cinq five"), (8, "huit eight"))
    for word in words.split()
} | {"dix": 10, "ten": 10}


@dataclass(frozen=True)
class Told:
    """The penalties that an invoice says: a yearly ``rate`` in percent, ``points`` above the rate of the central bank,
    or ``times`` the legal rate; with the sentence they were read in."""

    rate: Decimal | None = None
    points: Decimal | None = None
    times: Decimal | None = None
    sentence: str = ""


def penalties_told(texts: Iterable[str]) -> Told | None:
    """The first sentence on penalties that gives a figure; None where none does."""
    for text in texts:
        for sentence in SENTENCE.split(text or ""):
            whole = " ".join(sentence.split())
            told = _told(without(whole, DISCOUNT), whole) if PENALTY.search(whole) else None
            if told:
                return told
    return None


def _told(words: str, sentence: str) -> Told | None:
    """What the words of a sentence say of penalties; of two rates, the first one where the other is its floor, or is
    for want of it."""
    if not PENALTY.search(words):
        return None
    times, bank = TIMES.search(words), CENTRAL_BANK.search(words)
    is_floor = bool(times and FLOOR.search(words[: times.start()]))
    if bank and not (times and times.start() < bank.start() and not is_floor):
        return _above_the_bank(words, sentence)
    rate = PERCENT.search(words)
    if times and not (is_floor and rate and rate.start() < times.start()):
        by = times["by"] or times["name"] or times["after"]
        return Told(times=_figure(by), sentence=sentence)
    if not times and LEGAL_RAISED.search(words):
        return None  # so many points above the legal rate: nothing that is claimed
    if rate:
        return _yearly(words, rate, sentence)
    return Told(times=Decimal(1), sentence=sentence) if LEGAL_ALONE.search(words) else None


def _above_the_bank(words: str, sentence: str) -> Told | None:
    basis = BASIS_POINTS.search(words)
    if basis:
        return Told(points=Decimal(basis[1]) / 100, sentence=sentence)
    points = POINTS.search(words) or RAISED.search(words)
    if points:
        return Told(points=_figure(points[1]), sentence=sentence)
    only = list(PERCENT.finditer(words))
    # Of several percentages, which is the margin is not understood; one that is said to be the result is none.
    if len(only) == 1 and not RESULT.search(words[: only[0].start()]):
        return Told(points=number(only[0][1]), sentence=sentence)
    return None


def _yearly(words: str, rate: re.Match[str], sentence: str) -> Told | None:
    """The rate of a year; a share of the price that is due once is none."""
    following = PERCENT.search(words, rate.end())
    near = words[rate.end() : following.start() if following else None]
    before = words[: rate.start()]
    yearly = YEARLY.search(near)
    if not yearly and (MONTHLY.search(near) or MONTHLY.search(before)):
        return Told(rate=number(rate[1]) * 12, sentence=sentence)
    if not yearly and (DAILY.search(near) or DAILY.search(before)):
        return Told(rate=number(rate[1]) * 365, sentence=sentence)
    if not yearly and not YEARLY.search(before) and (FLAT.search(near[:40]) or FLAT.search(before[-30:])):
        return None
    return Told(rate=number(rate[1]), sentence=sentence)


def _figure(written: str) -> Decimal:
    word = written.split("(")[0].strip().lower()
    return Decimal(IN_WORDS[word]) if word in IN_WORDS else number(word)


def contradicts(
    told: Told | None,
    clause_rate: Decimal | None,
    margin: Decimal,
    floor: Decimal | None = None,
    multiple: Decimal = THREE,
) -> bool:
    """Whether what an invoice says is another rate than what is claimed: that of the contract, else the margin of the
    law over the rate of the central bank.

    :param floor: so many times (``multiple``) the legal rate, in the half-year of the invoice: a contract under it
        gives way to it (C.com L441-10 II), so that what is claimed is what « three times the legal rate » says
    """
    if told is None:
        return False
    if clause_rate and told.times is not None:
        return told.times != multiple or floor is None or clause_rate > floor
    return told.rate != clause_rate if clause_rate else told.points != margin
