"""The rate of each regime of interest, half-year by half-year, with its article and what is to be said of it."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .claim import Claim
from .notes import Note
from .parameters import Dated, Parameters, dated
from .rates import RatePeriod, RateTable, half_year_end, half_year_label, half_year_start

RATE_DIGITS = 6  # rates are exact to the millionth of a point
YEAR, LEAP_YEAR = 365, 366


class Rate(NamedTuple):
    """The rate of a regime over a half-year, ready for the computation."""

    scaled: int
    rate: Decimal
    article: str
    unverified: bool
    notes: tuple[Note, ...]


class HalfYear(NamedTuple):
    last: date
    end: int  # ordinal of the last day
    weight: int  # of a day in ACT/ACT


HALF_YEARS: dict[int, HalfYear] = {}


def half_year_of(number: int) -> HalfYear:
    """The days of a half-year, remembered in ``HALF_YEARS``."""
    last = half_year_end(number)
    leap = date(last.year, 12, 31).timetuple().tm_yday == LEAP_YEAR
    HALF_YEARS[number] = found = HalfYear(last, last.toordinal(), YEAR if leap else LEAP_YEAR)
    return found


class Column:
    """The rates of one regime, half-year by half-year, derived from a table once."""

    __slots__ = ("claim", "found", "parameters", "rates", "surcharged")

    def __init__(self, claim: Claim, rates: RateTable, parameters: Parameters, surcharged: bool):
        self.claim, self.rates, self.parameters, self.surcharged = claim, rates, parameters, surcharged
        self.found: dict[int, Rate] = {}

    def derive(self, number: int, day: date) -> Rate:
        """The rate of a half-year, remembered; ``day`` is what a missing rate will be told by."""
        period = self.rates.of_half_year(number, day)
        rate, figure, notes = self._derived(period, number)
        if not period.verified:
            notes += (
                Note(
                    "unverified",
                    "The rates of {half_year} have not been verified at their source.",
                    half_year=half_year_label(number),
                ),
            )
        if not figure.verified:
            notes += (
                Note(
                    "figure_unverified",
                    "The figure of {article} has not been verified at its source.",
                    article=figure.article,
                ),
            )
        scaled = int(rate.scaleb(RATE_DIGITS).to_integral_value(ROUND_HALF_UP))
        unverified = not (period.verified and figure.verified)
        self.found[number] = found = Rate(scaled, rate, figure.article, unverified, notes)
        return found

    def _derived(self, period: RatePeriod, number: int) -> tuple[Decimal, Dated, tuple[Note, ...]]:
        """The rate, the figure of the law that it comes from, and what explains it."""
        claim, parameters, first = self.claim, self.parameters, half_year_start(number)
        if claim.regime == "professional":
            margin = dated(parameters.professional_margin, first, "professional_margin")
            return period.ecb + margin.value, margin, ()
        if claim.regime == "public":
            margin = dated(parameters.public_margin, first, "public_margin")
            return period.ecb + margin.value, margin, (_kept(number, margin),)
        if claim.regime == "contractual":
            multiple = dated(parameters.floor_multiple, first, "floor_multiple")
            floor = period.legal_other * multiple.value
            rate = claim.contract_rate
            assert rate is not None  # a Claim of this regime is refused without it
            lifted = (_lifted(number, rate, multiple, floor),) if rate < floor else ()
            return max(rate, floor), multiple, lifted
        legal = period.legal_individual if claim.individual_creditor else period.legal_other
        if self.surcharged:
            surcharge = dated(parameters.judgment_surcharge, first, "judgment_surcharge")
            return legal + surcharge.value, surcharge, ()
        article = parameters.consumer_article if claim.regime == "consumer" else parameters.judgment_article
        return legal, Dated(first, legal, article), ()


def _kept(number: int, margin: Dated) -> Note:
    return Note(
        "public_rate",
        "Rate of {half_year}, in which interest began, kept to the end ({article}).",
        half_year=half_year_label(number),
        article=margin.article,
    )


def _lifted(number: int, rate: Decimal, multiple: Dated, floor: Decimal) -> Note:
    return Note(
        "floor",
        "{half_year}: the contractual rate of {rate} % is under the floor of {multiple} times the legal rate; {floor} "
        "% applied ({article}).",
        half_year=half_year_label(number),
        rate=rate,
        multiple=multiple.value,
        floor=floor,
        article=multiple.article,
    )


def column_of(claim: Claim, rates: RateTable, parameters: Parameters, surcharged: bool = False) -> Column:
    """The rates of the claim's regime, kept by the table as long as it lives."""
    key = (claim.regime, claim.contract_rate, claim.individual_creditor, surcharged, id(parameters))
    column = rates.columns.get(key)
    if column is None:  # it holds the parameters: a lasting id
        column = rates.columns[key] = Column(claim, rates, parameters, surcharged)
    return column
