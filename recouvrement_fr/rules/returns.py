"""Money that the bank credits and may take back: a receipt of it is given under reserve.

A cheque and a bill are credited subject to collection. A payer has eight weeks to have a SEPA direct debit refunded,
without a reason (C.mon.fin. L133-25 II): the longest of these delays is taken for all.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

REFUNDED = timedelta(weeks=8)
RETURNABLE = re.compile(
    r"\bch[eè]ques?\b|\bch[eè]q\b|\bchq|\bpr[ée]l[èe]vements?\b|\bprl?v\b|direct debit"
    r"|\blcr\b|\bbillets? à ordre|\btraites?\b",
    re.I,
)


def may_come_back(told: Iterable[str | None], paid_on: date, on: date) -> bool:
    """Whether money received on a day may still be taken back on another, by the words of its means of payment and of
    the bank's statement. Words that tell nothing are those of a transfer, which is final."""
    return on <= paid_on + REFUNDED and any(RETURNABLE.search(words) for words in told if words)
