"""Promises to pay: judged from the cash that came in since they were made, never from what somebody typed.

A promise extends no term and extinguishes nothing: it is a fact noted about the debtor, and the debt stays due.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from .deadlines import next_working_day

ZERO = Decimal(0)
ONE_DAY = timedelta(days=1)


class Movement(NamedTuple):
    """What reduced the invoices of a promise on a day: cash, or a credit note."""

    on: date
    amount: Decimal
    is_credit: bool = False


class Standing(NamedTuple):
    """What became of a promise: ``received`` in time, out of what is still ``expected``; ``kept_on`` the day it was
    complete. ``state`` is one of ``open``, ``kept``, ``partly_kept``, ``broken`` and ``credited`` (nothing was left to
    be paid: neither kept nor broken)."""

    state: str
    expected: Decimal
    received: Decimal
    kept_on: date | None


def last_day(promised: date, tolerance: int, subdivision: str | None = None) -> date:
    """The last day a promise may still be kept on: that many working days after the day promised.

    A transfer ordered on the day promised reaches an account on a working day; with no tolerance, the day itself.
    """
    day = promised
    for _number in range(tolerance):
        day = next_working_day(day + ONE_DAY, subdivision)
    return day


def by_day(movements: Iterable[Movement]) -> dict[tuple[date, bool], Decimal]:
    """The totals of each day, cash and credit notes apart: what is remembered of the account when a promise is made."""
    ordered = sorted(movements, key=lambda movement: (movement.on, movement.is_credit))
    return {
        key: sum((movement.amount for movement in members), ZERO)
        for key, members in groupby(ordered, key=lambda movement: (movement.on, movement.is_credit))
    }


def news(movements: Iterable[Movement], known: Mapping[tuple[date, bool], Decimal]) -> list[Movement]:
    """What came in that was not known when the promise was made, by day.

    Compared by the value date, not by the day of entry: a transfer of last week that the bank file brings today is
    news, one that was reconciled already, undone and reconciled again is not, and an older payment that comes back
    takes nothing from what has been paid since.
    """
    found = []
    for (on, is_credit), amount in sorted(by_day(movements).items()):
        new = amount - known.get((on, is_credit), ZERO)
        if new > 0:
            found.append(Movement(on, new, is_credit))
    return found


def judge(
    promised: Decimal,
    owed: Decimal,
    movements: Iterable[Movement],
    known: Mapping[tuple[date, bool], Decimal],
    on: date,
    limit: date,
    on_account: Iterable[Movement] = (),
) -> Standing:
    """What became of a promise on that day.

    Cash alone keeps it. A credit note lowers what is expected to what is still owed: a debtor who was credited has
    not paid, yet he has not failed either. It is broken only once its day and the tolerance (``limit``) have passed
    whole, and judged by what came in up to then, whenever the bank file told us.

    :param owed: what was left of the invoices when the promise was made
    :param on_account: money of the debtor come since, that nobody has set against an invoice yet: he has paid
    """
    new = sorted([*news(movements, known), *on_account])
    credited = sum((movement.amount for movement in new if movement.is_credit), ZERO)
    expected = min(promised, max(owed - credited, ZERO))
    received, kept_on = ZERO, None
    for movement in new:
        if movement.is_credit or movement.on > min(on, limit):
            continue
        received += movement.amount
        if kept_on is None and received >= expected:
            kept_on = movement.on
    return Standing(_state(expected, received, kept_on, on > limit), expected, received, kept_on)


def _state(expected, received, kept_on, over):
    if kept_on:
        return "kept"
    if not over:
        return "open"
    if not expected:
        return "credited"
    return "partly_kept" if received else "broken"
