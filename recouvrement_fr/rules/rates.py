"""Rates of each half-year: ECB refinancing rate, legal interest rate. Never extrapolated."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from .errors import NegativeRate, RateGap, RateMissing, RateOverlap, RatePeriodInvalid

SHIPPED = Path(__file__).with_name("rates.csv")
ONE_DAY = timedelta(days=1)


def half_year(day: date) -> int:
    """The number of a half-year; the next one has the next number."""
    return day.year * 2 + (day.month > 6)


def half_year_start(number: int) -> date:
    """The first day of a half-year: 1 January or 1 July."""
    return date(number // 2, 7 if number % 2 else 1, 1)


def half_year_end(number: int) -> date:
    """The last day of a half-year: 30 June or 31 December."""
    return date(number // 2, 12, 31) if number % 2 else date(number // 2, 6, 30)


def half_year_label(number: int) -> str:
    """A half-year as it is named in tables of rates: 2026 S1."""
    return f"{number // 2} S{number % 2 + 1}"


@dataclass(frozen=True, slots=True)
class RatePeriod:
    """The rates in force over a half-year, in percent per year (a period may span several whole half-years).

    ``ecb``: refinancing rate in force on the first day of the half-year (C.com L441-10 II); ``legal_other`` and
    ``legal_individual``: legal interest of a professional creditor ("tous autres cas") and of a natural person acting
    outside a business (CMF L313-2); ``verified``: somebody read the figures at their source.

    :raises RatePeriodInvalid: the dates are not those of whole half-years
    :raises NegativeRate: a legal rate below zero (the ECB's could be)
    """

    date_from: date
    date_to: date
    ecb: Decimal
    legal_other: Decimal
    legal_individual: Decimal
    verified: bool = True
    source: str = ""

    def __post_init__(self):
        first, last = half_year(self.date_from), half_year(self.date_to)
        if first > last or self.date_from != half_year_start(first) or self.date_to != half_year_end(last):
            raise RatePeriodInvalid(date_from=self.date_from, date_to=self.date_to)
        for rate in (self.legal_other, self.legal_individual):
            if rate < 0:
                raise NegativeRate(rate=rate)


class RateTable:
    """Periods that neither overlap nor leave a gap, looked up by day.

    :raises RateOverlap: two periods share a day
    :raises RateGap: days are missing between two periods
    """

    __slots__ = ("_by_half_year", "columns", "periods")

    def __init__(self, periods: Iterable[RatePeriod]):
        self.periods = tuple(sorted(periods, key=lambda period: period.date_from))
        for previous, following in pairwise(self.periods):
            if following.date_from <= previous.date_to:
                raise RateOverlap(
                    first=half_year_label(half_year(previous.date_from)),
                    second=half_year_label(half_year(following.date_from)),
                )
            if following.date_from != previous.date_to + ONE_DAY:
                raise RateGap(after=previous.date_to, before=following.date_from)
        self._by_half_year = {
            number: period
            for period in self.periods
            for number in range(half_year(period.date_from), half_year(period.date_to) + 1)
        }
        self.columns: dict[Any, Any] = {}  # what interest derives from these rates, kept as long as the table

    def at(self, day: date) -> RatePeriod:
        """The rates in force on that day.

        :raises RateMissing: that half-year is not in the table; it says which to enter
        """
        return self.of_half_year(half_year(day), day)

    def of_half_year(self, number: int, day: date | None = None) -> RatePeriod:
        """The rates of a half-year by its number (see ``half_year``); ``day`` is what the error will name.

        :raises RateMissing: that half-year is not in the table
        """
        period = self._by_half_year.get(number)
        if period is None:
            first_day = half_year_start(number)
            raise RateMissing(half_year=half_year_label(number), first_day=first_day, day=day or first_day)
        return period

    def missing_on(self, day: date) -> bool:
        """Whether the half-year of that day has still to be entered."""
        return half_year(day) not in self._by_half_year


def read_rates(lines: Iterable[str]) -> tuple[RatePeriod, ...]:
    """Rates from CSV lines, their first naming the columns (date_from, date_to, ecb, legal_other, ...)."""
    return tuple(
        RatePeriod(
            date_from=date.fromisoformat(row["date_from"]),
            date_to=date.fromisoformat(row["date_to"]),
            ecb=Decimal(row["ecb"]),
            legal_other=Decimal(row["legal_other"]),
            legal_individual=Decimal(row["legal_individual"]),
            verified=row["verified"] == "yes",
            source=row["source"],
        )
        for row in csv.DictReader(lines)
    )


@cache
def shipped_rates() -> RateTable:
    """The rates that come with the rules, from ``rates.csv``."""
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        return RateTable(read_rates(lines))
