"""How the words of an invoice are cut and how a figure is found in them: shared by what reads its mentions."""

import re
from decimal import Decimal

# A sentence ends at a full stop that is not that of an abbreviation.
SENTENCE = re.compile(
    r"(?<=[.;!?])(?<![Aa]rt\.)(?<![Cc]om\.)(?<!\bC\.)(?<!\bL\.)(?<!\bD\.)(?<![Mm]in\.)(?<![Mm]ax\.)\s+|\n+"
)
CLAUSE = re.compile(r"[,;]\s+|\s[–—-]\s")  # no comma of a decimal
NUMBER = r"(?<![\d.,])\d{1,3}(?:[.,]\d{1,3})?"
PERCENT = re.compile(rf"({NUMBER})\s*(?:%|pour[ -]?cents?\b|p\.\s?100\b|percent\b)", re.I)
DISCOUNT = re.compile(r"escompte|discount", re.I)


def number(written: str) -> Decimal:
    """A figure with a comma or a point, without thousands."""
    return Decimal(written.replace(",", "."))


def without(sentence: str, subject: re.Pattern[str]) -> str:
    """The sentence less its clauses on that subject."""
    if not subject.search(sentence):
        return sentence
    return ", ".join(clause for clause in CLAUSE.split(sentence) if not subject.search(clause))
