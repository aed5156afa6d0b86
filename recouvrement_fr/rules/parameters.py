"""The figures of the law, dated, each with its article; a caller may give others.

A figure is a series of ``Dated`` values: the one in force on a day is the last whose ``date_from`` is not after it.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

ALWAYS = date.min


class Dated(NamedTuple):
    """A figure of the law from a day on."""

    date_from: date
    value: Decimal
    article: str


def in_force(series: tuple[Dated, ...], day: date) -> Dated | None:
    """The figure of a series (in date order) that is in force on that day; None before the first one."""
    position = bisect_right(series, day, key=lambda dated: dated.date_from)
    return series[position - 1] if position else None


@dataclass(frozen=True, slots=True)
class Parameters:
    """Figures that interest and indemnity are computed with (points and percent per year, EUR, months)."""

    professional_margin: tuple[Dated, ...] = (Dated(ALWAYS, Decimal(10), "C.com L441-10 II"),)
    floor_multiple: tuple[Dated, ...] = (Dated(ALWAYS, Decimal(3), "C.com L441-10 II"),)
    public_margin: tuple[Dated, ...] = (Dated(ALWAYS, Decimal(8), "CCP R2192-31"),)
    judgment_surcharge: tuple[Dated, ...] = (Dated(ALWAYS, Decimal(5), "CMF L313-3"),)
    judgment_surcharge_months: int = 2  # CMF L313-3
    # Years of interest after a judgment that can still be asked: those of the claim's nature, not of the title
    judgment_arrears: tuple[Dated, ...] = (Dated(ALWAYS, Decimal(5), "C.civ 2224; Cass. avis 04/07/2016, 16-70.004"),)
    consumer_arrears: tuple[Dated, ...] = (
        Dated(ALWAYS, Decimal(2), "C.conso L218-2; Cass. avis 04/07/2016, 16-70.004"),
    )
    consumer_article: str = "C.civ 1231-6"
    judgment_article: str = "C.civ 1231-7"
    indemnity: tuple[Dated, ...] = (Dated(date(2013, 1, 1), Decimal("40.00"), "C.com D441-5"),)
    public_indemnity: tuple[Dated, ...] = (Dated(date(2013, 1, 1), Decimal("40.00"), "CCP D2192-35"),)


DEFAULT = Parameters()
