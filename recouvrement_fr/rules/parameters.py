"""The figures of the law, dated, each with its article; a caller may give others.

A figure is a series of ``Dated`` values: the one in force on a day is the last whose ``date_from`` is not after it.
Those that come with the rules are in ``figures.csv``: what a law or a decree may change, not what a calendar fixes.
"""

import csv
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .errors import FigureMissing, FigureNegative, FigureTwice, UnknownFigure

ALWAYS = date.min
SHIPPED = Path(__file__).with_name("figures.csv")


class Dated(NamedTuple):
    """A figure of the law from a day on. ``verified`` is False where the text itself was not read."""

    date_from: date
    value: Decimal
    article: str
    verified: bool = True


def in_force(series: tuple[Dated, ...], day: date) -> Dated | None:
    """The figure of a series (in date order) that is in force on that day; None before the first one."""
    position = bisect_right(series, day, key=lambda dated: dated.date_from)
    return series[position - 1] if position else None


class Row(NamedTuple):
    """A line of the table: a figure under its code. ``unit``: points (of percentage), times, percent, eur, days,
    months, years, people, or yes_no (1 or 0). ``note``: what may change it soon."""

    code: str
    unit: str
    figure: Dated
    source: str = ""
    note: str = ""


class Figures:
    """The figures of the law by code, each a series in date order that has a value on every day.

    :raises UnknownFigure: a code that no rule reads
    :raises FigureNegative: a value below zero
    :raises FigureTwice: two values of a code from the same day
    :raises FigureMissing: a code without a value, or with none before a day
    """

    __slots__ = ("_series",)

    def __init__(self, given: Iterable[tuple[str, Dated]], codes: Iterable[str] | None = None):
        known = tuple(units()) if codes is None else tuple(codes)
        series: dict[str, list[Dated]] = {code: [] for code in known}
        for code, figure in given:
            if code not in series:
                raise UnknownFigure(code=code, known=", ".join(known))
            if figure.value < 0:
                raise FigureNegative(code=code, value=figure.value)
            series[code].append(figure)
        for code, dated in series.items():
            dated.sort(key=lambda one: one.date_from)
            for earlier, later in zip(dated, dated[1:], strict=False):
                if earlier.date_from == later.date_from:
                    raise FigureTwice(code=code, day=later.date_from)
            if not dated or dated[0].date_from != ALWAYS:
                raise FigureMissing(code=code)
        self._series: Mapping[str, tuple[Dated, ...]] = {code: tuple(dated) for code, dated in series.items()}

    def series(self, code: str) -> tuple[Dated, ...]:
        """All the values of a figure, in date order."""
        return self._series[code]

    def at(self, code: str, day: date) -> Dated:
        """The value of a figure that is in force on a day."""
        return dated(self._series[code], day, code)


def dated(series: tuple[Dated, ...], day: date, code: str) -> Dated:
    """The figure of a series that is in force on that day.

    :raises FigureMissing: there is none, and nothing stands for it
    """
    found = in_force(series, day)
    if found is None:
        raise FigureMissing(code=code)
    return found


def read_figures(lines: Iterable[str]) -> tuple[Row, ...]:
    """The rows of a table in CSV, its first line naming the columns."""
    return tuple(
        Row(
            row["code"],
            row["unit"],
            Dated(
                date.fromisoformat(row["date_from"]) if row["date_from"] else ALWAYS,
                Decimal(row["value"]),
                row["article"],
                row["verified"] == "yes",
            ),
            row["source"],
            row["note"],
        )
        for row in csv.DictReader(lines)
    )


@cache
def shipped_rows() -> tuple[Row, ...]:
    """The table that comes with the rules, from ``figures.csv``."""
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        return read_figures(lines)


@cache
def units() -> Mapping[str, str]:
    """{code: unit} of the figures that the rules read."""
    return {row.code: row.unit for row in shipped_rows()}


@cache
def shipped_figures() -> Figures:
    """The figures that come with the rules."""
    return Figures((row.code, row.figure) for row in shipped_rows())


def shipped(code: str):
    """The field of a dataclass that holds a figure of that code: those that come with the rules, unless others are
    given."""
    return field(default_factory=lambda: shipped_figures().series(code))


def taken_from(kind: type, figures: Figures):
    """A dataclass of figures filled from a table: its fields that hold a series have the name of their code."""
    codes = units()
    return kind(**{one.name: figures.series(one.name) for one in fields(kind) if one.name in codes})


@dataclass(frozen=True, slots=True)
class Parameters:
    """Figures that interest and indemnity are computed with (points and percent per year, EUR, months).

    ``judgment_arrears``, ``consumer_arrears``: years of interest after a judgment that can still be asked: those of the
    claim's nature, not of the title.
    """

    professional_margin: tuple[Dated, ...] = shipped("professional_margin")
    floor_multiple: tuple[Dated, ...] = shipped("floor_multiple")
    public_margin: tuple[Dated, ...] = shipped("public_margin")
    judgment_surcharge: tuple[Dated, ...] = shipped("judgment_surcharge")
    judgment_surcharge_months: tuple[Dated, ...] = shipped("judgment_surcharge_months")
    judgment_arrears: tuple[Dated, ...] = shipped("judgment_arrears")
    consumer_arrears: tuple[Dated, ...] = shipped("consumer_arrears")
    consumer_article: str = "C.civ 1231-6"
    judgment_article: str = "C.civ 1231-7"
    indemnity: tuple[Dated, ...] = shipped("indemnity")
    public_indemnity: tuple[Dated, ...] = shipped("public_indemnity")


DEFAULT = Parameters()
