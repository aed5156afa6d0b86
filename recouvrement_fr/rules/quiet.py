"""Quiet periods: days on which a creditor chooses to write to nobody (August, year end). Practice, not law."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)


class QuietPeriod(NamedTuple):
    """From `first` to `last`, both included; each year again when `yearly`, over the new year if need be.

    `spares_notices`: formal notices leave all the same.
    """

    first: date
    last: date
    yearly: bool = False
    spares_notices: bool = False


def quiet_until(periods: Sequence[QuietPeriod], on: date, kind: str = "reminder") -> date | None:
    """The last day of the silence that covers that day for a kind of level, or None when something may leave.

    Periods that touch or overlap make one silence, of a year at most.
    """
    binding = [period for period in periods if kind != "formal_notice" or not period.spares_notices]
    last = None
    day = on
    while day <= on + timedelta(days=366) and (end := max(filter(None, (_end(p, day) for p in binding)), default=None)):
        last, day = end, end + DAY
    return last


def _end(period, on):
    """The last day of a period on one of its days; else None."""
    if not period.yearly:
        return period.last if period.first <= on <= period.last else None
    for year in (on.year - 1, on.year):
        first = _in_year(period.first, year)
        last = _in_year(period.last, year)
        if last < first:
            last = _in_year(period.last, year + 1)
        if first <= on <= last:
            return last
    return None


def _in_year(day, year):
    """The same day of another year; 29 February is the 28th in a common year."""
    if (day.month, day.day) == (2, 29):
        return date(year, 3, 1) - DAY
    return day.replace(year=year)
