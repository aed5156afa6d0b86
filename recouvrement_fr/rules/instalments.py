"""Instalment plans (échéanciers): proposing them, checking them, and judging them from what was paid.

A plan is a layer above the ledger: the due dates of the invoices stay (C.civ 1305-4 is about the plan's own terms).
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from typing import NamedTuple

from .dates import add_months
from .deadlines import next_working_day
from .errors import (
    NegativeAmount,
    ScheduleDiffers,
    ScheduleImpossible,
    ScheduleUnordered,
    SharesInvalid,
    UnknownFrequency,
)

HUNDRED = Decimal(100)
WEEK = timedelta(days=7)
FREQUENCIES = {"weekly": (0, 1), "fortnightly": (0, 2), "monthly": (1, 0), "quarterly": (3, 0)}  # months, weeks


class Instalment(NamedTuple):
    """An amount to be paid by a day, that day included."""

    due: date
    amount: Decimal


class Payment(NamedTuple):
    """Cash that came in on a day for the plan."""

    on: date
    amount: Decimal


class Standing(NamedTuple):
    """What became of an instalment: ``paid`` so far, ``paid_on`` the day it was complete, ``state`` one of ``paid``,
    ``paid_late``, ``upcoming``, ``awaited`` (its day has passed, the tolerance has not) and ``missed``."""

    due: date
    amount: Decimal
    paid: Decimal
    paid_on: date | None
    state: str


def due_dates(first: date, count: int, frequency: str = "monthly", subdivision: str | None = None) -> list[date]:
    """The days of that many instalments, each on the working day that its own day is or precedes.

    They are counted from the first one, so that a plan of the 31st stays on the last day of the month, and a holiday
    moves one instalment alone.

    :raises UnknownFrequency: a word that is not in ``FREQUENCIES``
    """
    if frequency not in FREQUENCIES:
        raise UnknownFrequency(frequency=frequency, known=", ".join(FREQUENCIES))
    months, weeks = FREQUENCIES[frequency]
    return [
        next_working_day(add_months(first, months * number) + WEEK * weeks * number, subdivision)
        for number in range(count)
    ]


def equal_instalments(total: Decimal, dates: Sequence[date], digits: int = 2) -> tuple[Instalment, ...]:
    """The total in equal parts, one for each day; the last absorbs the rounding and is never the smallest.

    :raises NegativeAmount: the total is zero or less
    :raises ScheduleImpossible: a part would be less than the smallest amount of the currency
    """
    _check_total(total)
    cent = Decimal(1).scaleb(-digits)
    part = (total / max(len(dates), 1)).quantize(cent, ROUND_DOWN)
    if not dates or part < cent:
        raise ScheduleImpossible(count=len(dates), total=total, least=cent)
    last = total - part * (len(dates) - 1)
    return _made(dates, [part] * (len(dates) - 1) + [last])


def percentage_instalments(
    total: Decimal, shares: Sequence[Decimal], dates: Sequence[date], digits: int = 2
) -> tuple[Instalment, ...]:
    """The total in shares given in percent, one for each day; the last absorbs the rounding.

    :raises NegativeAmount: the total is zero or less
    :raises SharesInvalid: the shares do not add up to 100, or one is not positive
    :raises ScheduleImpossible: not one share for each day, or a part smaller than the smallest amount of the currency
    """
    _check_total(total)
    if sum(shares) != HUNDRED or min(shares) <= 0:
        raise SharesInvalid(total=sum(shares))
    cent = Decimal(1).scaleb(-digits)
    parts = [(total * share / HUNDRED).quantize(cent, ROUND_DOWN) for share in shares[:-1]]
    if len(shares) != len(dates) or min(parts, default=cent) < cent:
        raise ScheduleImpossible(count=len(dates), total=total, least=cent)
    return _made(dates, [*parts, total - sum(parts)])


def fixed_instalments(
    total: Decimal, amount: Decimal, first: date, frequency: str = "monthly", subdivision: str | None = None
) -> tuple[Instalment, ...]:
    """As many instalments of an amount as the total takes; the last is what is left.

    :raises NegativeAmount: the total or the amount is zero or less
    :raises UnknownFrequency: a word that is not in ``FREQUENCIES``
    """
    _check_total(total)
    _check_total(amount)
    count = int((total / amount).to_integral_value(ROUND_CEILING))
    last = total - amount * (count - 1)
    return _made(due_dates(first, count, frequency, subdivision), [amount] * (count - 1) + [last])


def check_schedule(total: Decimal, instalments: Sequence[Instalment]) -> None:
    """Refuse a schedule written by hand that is not one of the total.

    :raises NegativeAmount: an instalment of zero or less
    :raises ScheduleDiffers: they do not add up to the total
    :raises ScheduleUnordered: the days are not in order
    """
    for instalment in instalments:
        _check_total(instalment.amount)
    given = sum((instalment.amount for instalment in instalments), Decimal(0))
    if given != total:
        raise ScheduleDiffers(given=given, total=total, difference=total - given)
    for before, after in zip(instalments, instalments[1:], strict=False):
        if after.due <= before.due:
            raise ScheduleUnordered(before=before.due, after=after.due)


def for_total(instalments: Iterable[Instalment], total: Decimal) -> tuple[Instalment, ...]:
    """The same schedule for another total: the last instalment pays what is more; what is less is taken off the last
    ones, and those of which nothing is left go.

    :raises NegativeAmount: the total is zero or less
    """
    _check_total(total)
    kept = sorted(instalments, key=lambda instalment: instalment.due)
    over = sum((instalment.amount for instalment in kept), Decimal(0)) - total
    while kept and kept[-1].amount <= over:
        over -= kept.pop().amount
    return (*kept[:-1], kept[-1]._replace(amount=kept[-1].amount - over))


def judge(
    instalments: Iterable[Instalment], payments: Iterable[Payment], on: date, tolerance_days: int = 0
) -> tuple[Standing, ...]:
    """What became of each instalment on that day, from the cash alone.

    What comes in is set against the oldest instalment first, whatever the debtor calls it: a plan is one debt
    (C.civ 1342-10 is about several). An instalment is missed once its day and the tolerance have passed unpaid.
    """
    cash = sorted((payment for payment in payments if payment.on <= on), key=lambda payment: payment.on)
    left, first = [payment.amount for payment in cash], 0
    standings = []
    for instalment in sorted(instalments, key=lambda instalment: instalment.due):
        paid = Decimal(0)
        paid_on: date | None = None
        while first < len(cash) and paid < instalment.amount:
            took = min(left[first], instalment.amount - paid)
            paid += took
            paid_on = cash[first].on
            left[first] -= took
            if not left[first]:
                first += 1
        full_on = paid_on if paid >= instalment.amount else None
        limit = instalment.due + timedelta(days=tolerance_days)
        standings.append(Standing(*instalment, paid, full_on, _state(instalment.due, full_on, limit, on)))
    return tuple(standings)


def _state(due, full_on, limit, on):
    if full_on:
        return "paid" if full_on <= limit else "paid_late"
    if on <= due:
        return "upcoming"
    return "awaited" if on <= limit else "missed"


def _made(dates, amounts):
    return tuple(Instalment(due, amount) for due, amount in zip(dates, amounts, strict=True))


def _check_total(amount):
    if amount <= 0:
        raise NegativeAmount(amount=amount)
