"""What should come in over the next weeks, from due dates and from how each debtor pays: low, middle and high.

No promise of the future: three readings of the same debts. A week is seven days from the day looked at. Within one week
the low figure may pass the high one, whose money came in sooner; the sum of the weeks up to any of them never does.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

WEEKS = 13
SOONEST = 7  # days: what is already late is not expected tomorrow
HOPELESS = 90  # days late beyond which only the high figure still counts on a debt
QUANTILES = {  # by reading, the share of a debtor's payments that came no later
    "low": Decimal("0.75"),
    "middle": Decimal("0.5"),
    "high": Decimal("0.25"),
}
AGAIN = {"low": 4, "middle": 2, "high": 1}  # by reading, halves of its lateness that a late debt takes again


class Debt(NamedTuple):
    """What falls due on a day, of debtors who are that many days late (never under zero) in one reading."""

    due: date
    delay: int
    amount: Decimal


class Agreed(NamedTuple):
    """What a debtor promised, or an instalment of a plan."""

    on: date
    amount: Decimal


class Week(NamedTuple):
    start: date
    low: Decimal
    middle: Decimal
    high: Decimal


def expected_on(debt: Debt, reading: str, on: date) -> date:
    """The day a debt is expected, in one reading.

    Its debtor's usual delay after it falls due; one that is late already, no sooner than after twice as many days again
    (low), as many (middle) or half as many (high), and `SOONEST`.
    """
    usual, late = debt.due + timedelta(days=debt.delay), (on - debt.due).days
    if late <= 0:
        return usual
    again = -(-late * AGAIN[reading] // 2)  # half a day is a day
    return max(usual, on + timedelta(days=max(again, SOONEST)))


def is_counted(debt: Debt, reading: str, on: date) -> bool:
    """Whether a reading still counts on a debt."""
    return reading == "high" or (on - debt.due).days <= HOPELESS


def week_of(day: date, on: date) -> int:
    """The number of the week in which something comes in, from 0; what should have come in before comes in the
    first."""
    return (max(day, on) - on).days // 7


def shares(kept: Decimal | None) -> dict[str, Decimal]:
    """By reading, the part of what was agreed that is counted."""
    return {"low": Decimal("0.5") if kept is None else kept, "middle": Decimal(1), "high": Decimal(1)}


def forecast(
    debts: Mapping[str, Iterable[Debt]], agreed: Iterable[Agreed], kept: Decimal | None, on: date
) -> list[Week]:
    """What comes in during each of the `WEEKS` weeks that begin on a day.

    Low: each debt as late as three quarters of what its debtor pays, nothing of what is more than `HOPELESS` days late,
    and of what was agreed only the share that is usually kept. Middle: half of what it pays, the same old debts left
    out, all that was agreed. High: a quarter of what it pays, every debt. What was agreed for a day that has passed,
    and is not broken yet, is expected this week.

    :param debts: the same debts by reading, with the delay of `QUANTILES`
    :param kept: from 0 to 1, the part of what was promised that was kept; None: nobody knows, half is counted
    """
    weeks = {reading: [Decimal(0)] * WEEKS for reading in QUANTILES}

    def place(reading: str, day: date, amount: Decimal) -> None:
        number = week_of(day, on)
        if number < WEEKS:
            weeks[reading][number] += amount

    for reading, ones in debts.items():
        for debt in ones:
            if is_counted(debt, reading, on):
                place(reading, expected_on(debt, reading, on), debt.amount)
    share = shares(kept)
    for promise in agreed:
        for reading in QUANTILES:
            place(reading, promise.on, promise.amount * share[reading])
    return [
        Week(on + timedelta(weeks=number), *(weeks[reading][number] for reading in QUANTILES))
        for number in range(WEEKS)
    ]
