"""What the words of an invoice say of late-payment penalties, and whether it is what is claimed.

A creditor is bound by the rate that he writes (C.com L441-10 II, C.civ 1103): what his invoice says is read before
another figure is claimed. The reading is cautious: what it does not understand, it does not tell.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

PENALTY = re.compile(
    r"p[ée]nalit|int[ée]r[êe]ts? (?:de retard|moratoire)|retard de (?:paiement|r[èe]glement)|late|default interest",
    re.I,
)
SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")
NUMBER = r"(\d{1,3}(?:[.,]\d{1,3})?)"
CENTRAL_BANK = re.compile(r"\bBCE\b|\bECB\b|banque centrale|central bank|refinanc", re.I)
POINTS = re.compile(NUMBER + r"\s*(?:percentage )?points?", re.I)
RAISED = re.compile(  # « BCE + 10 % » means points; the rate of the central bank may stand before, « (2,40 %) »
    r"(?:\+|\bplus|major[ée]\w*(?: de)?|augment[ée]\w*(?: de)?|increased by)\s*" + NUMBER + r"\s*%", re.I
)
TIMES = re.compile(r"(\d+|trois|three|deux|two)\s*(?:fois|times)\b[^.;]{0,40}\b(?:l[ée]gal)", re.I)
PERCENT = re.compile(NUMBER + r"\s*%")
MONTHLY = re.compile(r"par mois|mensuel|per month|monthly", re.I)
DISCOUNT = re.compile(r"escompte|discount", re.I)
IN_WORDS = {"deux": 2, "two": 2, "trois": 3, "three": 3}


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
            if PENALTY.search(sentence) and not DISCOUNT.search(sentence):
                told = _told(" ".join(sentence.split()))
                if told:
                    return told
    return None


def _told(sentence: str) -> Told | None:
    times = TIMES.search(sentence)
    if CENTRAL_BANK.search(sentence):
        points = POINTS.search(sentence) or RAISED.search(sentence)
        only = PERCENT.findall(sentence)
        if points or len(only) == 1:  # of several percentages, which is the margin is not understood
            return Told(points=_number(points[1] if points else only[0]), sentence=sentence)
        return None
    rate = PERCENT.search(sentence)
    if rate:
        months = 12 if MONTHLY.search(sentence) else 1
        return Told(rate=_number(rate[1]) * months, sentence=sentence)
    if times:
        return Told(times=Decimal(IN_WORDS.get(times[1].lower()) or times[1]), sentence=sentence)
    return None


def _number(written: str) -> Decimal:
    return Decimal(written.replace(",", "."))


def contradicts(told: Told | None, clause_rate: Decimal | None, margin: Decimal) -> bool:
    """Whether what an invoice says is another rate than what is claimed: that of the contract, else the margin of the
    law over the rate of the central bank."""
    if told is None:
        return False
    return told.rate != clause_rate if clause_rate else told.points != margin
