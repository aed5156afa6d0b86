"""What the words of an invoice say of the fixed indemnity and of the discount for early payment, and whether it is what
is claimed (C.com L441-9 I, D441-5).

An invoice that says another amount than the decree, or a discount that its payment terms do not give, is told before
anything is claimed: the debtor holds it in his hands. What is not understood is not told.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .mention_words import CLAUSE, DISCOUNT, PERCENT, SENTENCE, number
from .mentions import MONTHLY, PENALTY

INDEMNITY = re.compile(
    r"^\s*PMT\s*:|indemnit|frais de recouvrement|(?:recovery|collection) costs?"
    r"|(?:fixed|flat[- ]rate|lump[- ]sum) (?:indemnity|fee|compensation)",
    re.I,
)
MONEY = r"\d{1,3}(?:[ \u00a0\u202f]?\d{3})*(?:[.,]\d{1,2})?"
EUROS = re.compile(
    rf"(?<![\d.,])(?P<figure>{MONEY})\s*(?:€|EUR\b|euros?\b)|(?:€|\bEUR)\s*(?P<after>{MONEY})"
    r"|\b(?P<forty>quarante|forty)\s*(?:\(40\)\s*)?euros?\b",
    re.I,
)
ANOTHER = re.compile(r"(?:capital\w*|sup[ée]rieur\w*|inf[ée]rieur\w*|exc[ée]d\w*|au-del[àa])[^,;:]{0,25}$", re.I)
# Other indemnities than the one for recovery costs: of travel, of early termination, of immobilisation...
OTHER = re.compile(
    r"indemnit\w*\s+(?:kilom|journali|de (?:d[ée]plac|r[ée]sili|rupture|d[ée]dit|retard de livr)"
    r"|d[’'](?:immobil|occup|annul))"
    r"|(?:mileage|travel|termination|cancellation) (?:indemnit|allowance|fee)",
    re.I,
)
EARLY = re.compile(r"escompte|\bearly\b|prompt|cash discount|^\s*AAB\s*:", re.I)
NO_DISCOUNT = re.compile(
    r"\b(?:pas|point|aucun)\b[^,;:%]{0,40}\bescompte|\b(?:sans|ni|nul)\s+(?:d[’'])?escompte"
    r"|\bescompte\b[^,;%]{0,60}?(?:\bn[ée]ant\b|\baucune?\b|\bnul\b|:\s*(?:non|sans objet)\b"
    r"|\bnon (?:accord|applicab|pr[ée]v|consenti)|\bn[’'e]\s?\S{0,12} (?:pas|aucun))"
    r"|\b(?:no|without)\b[^,;:]{0,30}\bdiscount|\bdiscount\b[^,;]{0,30}?(?:\bnone\b|\bnil\b|\bnot (?:granted|allowed))",
    re.I,
)
DAYS = re.compile(r"\b(\d{1,3})\s*(?:jours?|days?|j\b)", re.I)


@dataclass(frozen=True)
class Indemnity:
    """The amounts in euros that an invoice gives where it speaks of its fixed indemnity."""

    amounts: tuple[Decimal, ...]
    sentence: str


@dataclass(frozen=True)
class Discount:
    """The discount for early payment that an invoice says: ``percent`` 0 where it says that there is none, None where
    it gives one that is not understood; within so many ``days``, None where it does not say."""

    percent: Decimal | None
    days: int | None
    sentence: str


def indemnity_told(texts: Iterable[str]) -> Indemnity | None:
    """The first sentence on the fixed indemnity that gives an amount; None where none does."""
    for sentence in _sentences(texts):
        if not INDEMNITY.search(OTHER.sub("", sentence)):
            continue
        amounts = tuple(
            Decimal(40) if found["forty"] else _euros(found["figure"] or found["after"])
            for found in EUROS.finditer(sentence)
            if not ANOTHER.search(sentence[: found.start()])
        )
        if amounts:
            return Indemnity(amounts, sentence)
    return None


def contradicts_indemnity(told: Indemnity | None, amount: Decimal) -> bool:
    """Whether none of the amounts that an invoice gives is the one that is claimed."""
    return told is not None and amount not in told.amounts


def discount_told(texts: Iterable[str]) -> Discount | None:
    """The first sentence on the discount for early payment that says whether there is one; None where none does."""
    for sentence in _sentences(texts):
        words = ", ".join(clause for clause in CLAUSE.split(sentence) if _may_be_of_discount(clause))
        if not EARLY.search(words) or not (DISCOUNT.search(words) or words.lstrip().startswith("AAB")):
            continue
        if NO_DISCOUNT.search(words):
            return Discount(Decimal(0), None, sentence)
        rates, days = PERCENT.findall(words), _days(words)
        if rates:
            known = len(rates) == 1 and not MONTHLY.search(words)
            return Discount(number(rates[0]) if known else None, int(days[1]) if days else None, sentence)
    return None


def _days(words: str) -> re.Match[str] | None:
    """The days within which the discount is given: those said with it, before those of the invoice itself (« paiement
    à 30 jours, escompte de 2 % sous 8 jours »)."""
    said = [clause for clause in CLAUSE.split(words) if DISCOUNT.search(clause)]
    return next(filter(None, map(DAYS.search, (*said, words))), None)


def _may_be_of_discount(clause: str) -> bool:
    return bool(DISCOUNT.search(clause)) or not (PENALTY.search(clause) or INDEMNITY.search(clause))


def contradicts_discount(told: Discount | None, percent: Decimal, days: int | None) -> bool:
    """Whether what an invoice says of its discount is not what its payment terms give: ``percent`` 0 where they give
    none."""
    if told is None:
        return False
    if not told.percent or not percent:
        return bool(percent) if told.percent == 0 else not percent
    return told.percent != percent or (told.days is not None and days is not None and told.days != days)


def _sentences(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        for sentence in SENTENCE.split(text or ""):
            yield " ".join(sentence.split())


def _euros(written: str) -> Decimal:
    return number("".join(written.split()))
