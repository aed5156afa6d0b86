"""Late-payment interest: the décompte, tranche by tranche.

How days and cents are counted:

- Interest runs from the day after the due date (or the mise en demeure) to the day of payment, inclusive, so that its
  days are ``payment - due``. What comes in on a day reduces the base from the next day.
- A new tranche begins at each half-year, payment, credit note, suspension, and wherever the rate changes.
- Amounts are integers of the smallest unit inside. Rounding is *cumulative*: the exact interest since the first day is
  rounded half up at the end of each tranche, and the tranche gets the difference with the previous total. So tranches
  sum to the total, which was rounded once, and cutting a tranche in two does not move the total by a cent.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .claim import (
    DAY_COUNTS,
    GRACE_ARTICLE,
    IMPUTATIONS,
    LEGAL_REGIMES,
    MOVEMENTS,
    REGIMES,
    Claim,
    Freeze,
    Movement,
    interest_regime,
)
from .dates import add_months
from .errors import UnknownDayCount
from .notes import Note
from .parameters import DEFAULT, Parameters, dated
from .rates import RateTable, half_year
from .regime_rates import HALF_YEARS, LEAP_YEAR, RATE_DIGITS, YEAR, column_of, half_year_of

__all__ = [  # a claim and its interest are asked for together
    "DAY_COUNTS",
    "GRACE_ARTICLE",
    "IMPUTATIONS",
    "LEGAL_REGIMES",
    "MOVEMENTS",
    "REGIMES",
    "Claim",
    "Decompte",
    "Freeze",
    "Movement",
    "Note",
    "Tranche",
    "daily_interest",
    "decompte",
    "interest_regime",
    "one_day",
]

UNIT = 100 * 10**RATE_DIGITS * YEAR * LEAP_YEAR  # one smallest unit of money, in the fractions interest is summed in
ZERO = Decimal(0)
_tranche = tuple.__new__  # a Tranche without its keyword constructor: made by the million


class Tranche(NamedTuple):
    """Days, both included, over which base and rate (percent per year) stay the same; a suspension has rate zero.

    A named tuple, as it is made by the million: three times quicker than a frozen dataclass.
    """

    date_from: date
    date_to: date
    days: int
    base: Decimal
    rate: Decimal
    interest: Decimal
    article: str


class Decompte(NamedTuple):
    """What a claim has come to: ``interest`` is the sum of the tranches, ``principal_due`` what remains of the
    principal, ``interest_paid`` what payments were imputed on interest; ``unverified`` if a rate still has to be
    confirmed at its source. ``interest_in_time``: what of the interest due can be asked that day; less than all of it
    only after a judgment, where no act interrupted the limitation of its interest."""

    tranches: tuple[Tranche, ...]
    principal_due: Decimal
    interest: Decimal
    unverified: bool
    notes: tuple[Note, ...]
    interest_paid: Decimal = ZERO
    interest_in_time: Decimal = ZERO

    @property
    def interest_due(self) -> Decimal:
        """Interest accrued and not yet paid."""
        return self.interest - self.interest_paid

    @property
    def total_due(self) -> Decimal:
        """Principal and interest still to pay, without indemnity nor costs."""
        return self.principal_due + self.interest_due


def _units(amount: Decimal, digits: int) -> int:
    """An amount in the smallest unit of its currency, half a unit up."""
    scaled = amount * 10**digits
    units = int(scaled)
    return units if units == scaled else int(scaled.to_integral_value(ROUND_HALF_UP))


def _movements(claim: Claim, end: int) -> list[tuple[int, bool, int]]:
    """What came in by that day: day, whether it is a payment (credit notes first on a same day), units."""
    found = []
    for movement in claim.movements:
        day = movement.on.toordinal()
        units = _units(movement.amount, claim.digits)
        if units and day <= end:
            found.append((day, movement.kind == "payment", units))
    found.sort()
    return found


def _freezes(claim: Claim, end: int) -> list[tuple[int, int, str, bool]]:
    """The suspensions in order: (the day they begin after, the last one, the article, whether they spare interest)."""
    return sorted(
        (
            freeze.date_from.toordinal() - 1,
            end if freeze.date_to is None else min(freeze.date_to.toordinal(), end),
            freeze.article,
            claim.regime in LEGAL_REGIMES and freeze.spares_legal_interest,
        )
        for freeze in claim.freezes
    )


def _start(claim: Claim) -> date | None:
    """The day after which interest runs; None if it does not."""
    if claim.regime == "none":
        return None
    if claim.regime == "consumer":
        return claim.notice_on if claim.notice_on and claim.notice_on >= claim.due else None
    return claim.due


class _Anniversaries:
    """The days on which a year of interest joins the base (C.civ 1343-2), one after the other."""

    __slots__ = ("anchor", "day", "years")

    def __init__(self, anchor: date):
        self.anchor, self.years = anchor, 0
        self.advance()

    def advance(self):
        self.years += 1
        self.day = add_months(self.anchor, 12 * self.years).toordinal()


class _Sweep:
    """One passage through the days of a claim, from its first late day to ``on``: it stops wherever anything changes.

    Few calls and no object but the tranches: it is made for every line of every reminder.
    """

    __slots__ = (
        *("claim", "parameters", "smallest", "principal", "end", "starts_after", "cursor", "movements", "position"),
        *("freezes", "anniversaries", "frozen_number", "plain", "surcharged", "surcharge_after"),
        *("capitalised", "paid", "total", "exact", "tranches", "notes", "unverified", "last_base", "shown"),
    )

    def __init__(self, claim: Claim, on: date, rates: RateTable, parameters: Parameters):
        self.claim, self.parameters = claim, parameters
        self.smallest = Decimal(1).scaleb(-claim.digits)
        self.principal = _units(claim.principal, claim.digits)
        self.end = end = on.toordinal()
        self.starts_after = starts_after = _start(claim)
        self.cursor = end if starts_after is None else min(starts_after.toordinal(), end)
        self.movements = _movements(claim, end) if claim.movements else ()
        self.freezes = _freezes(claim, end) if claim.freezes else ()
        self.anniversaries = None
        if claim.capitalise_from is not None and starts_after is not None:
            self.anniversaries = _Anniversaries(max(starts_after, claim.capitalise_from))
        self.frozen_number = 0
        if claim.regime == "public" and starts_after is not None:
            self.frozen_number = half_year(starts_after + timedelta(days=1))
        self.plain = self.surcharged = column_of(claim, rates, parameters)
        self.surcharge_after = end  # never
        enforceable_on = claim.judgment_enforceable_on
        if claim.regime == "judgment" and enforceable_on is not None:
            waits = dated(parameters.judgment_surcharge_months, enforceable_on, "judgment_surcharge_months")
            self.surcharge_after = add_months(enforceable_on, int(waits.value)).toordinal()
            self.surcharged = column_of(claim, rates, parameters, surcharged=True)
        self.position = self.capitalised = self.paid = self.total = self.exact = 0
        self.last_base, self.shown = 0, ZERO  # the base of the last tranche, and as it is shown: seldom another
        self.tranches: list[Tranche] = []
        self.notes: dict[Note, None] = {}
        self.unverified = False

    def run(self):
        """Go to the end: the tranches, and what is left then."""
        waiting = len(self.movements)
        while True:
            if self.position < waiting:
                self._receive()
            if self.cursor >= self.end:
                return
            stop = self.movements[self.position][0] if self.position < waiting else self.end
            suspension, spared = None, False
            if self.freezes:
                suspension, spared, stop = self._suspended(stop)
            if self.anniversaries:
                stop = self._capitalise(self.anniversaries, suspension is not None, stop)
            base = max(self.principal, 0) + self.capitalised
            if not base:
                if not self.anniversaries and self.position == waiting:
                    return  # nothing left to bear interest, and nothing to come
                self.cursor = stop
            elif suspension is not None:
                self._stand_still(base, stop, suspension)
            else:
                self._bear(base, stop, spared)

    def _receive(self):
        """What came in by this day leaves the base: credit notes the principal, payments as the claim says."""
        interest_first = self.claim.imputation == "interest"
        while self.position < len(self.movements) and self.movements[self.position][0] <= self.cursor:
            _day, is_payment, units = self.movements[self.position]
            if is_payment:
                left = units if interest_first else units - max(self.principal, 0)
                if left > 0:
                    fresh = min(left, self.total - self.paid - self.capitalised)
                    old = min(left - fresh, self.capitalised)
                    self.capitalised -= old
                    self.paid += fresh + old
                    units -= fresh + old
            self.principal -= units
            self.position += 1

    def _suspended(self, stop: int) -> tuple[str | None, bool, int]:
        """(the article that suspends interest, whether a suspension spares it, the day on which that may change)."""
        suspension, spared = None, False
        for begins_after, finishes, article, spares in self.freezes:
            if self.cursor < begins_after:
                stop = min(stop, begins_after)
            elif self.cursor < finishes and suspension is None:
                if spares:
                    spared = True
                else:
                    suspension = article
                stop = min(stop, finishes)
        return suspension, spared, stop

    def _capitalise(self, anniversaries: _Anniversaries, is_suspended: bool, stop: int) -> int:
        """On an anniversary the interest due joins the base; returns the day on which that may change."""
        if anniversaries.day <= self.cursor:
            if not is_suspended:
                self.capitalised = self.total - self.paid
            anniversaries.advance()
        return min(stop, anniversaries.day)

    def _stand_still(self, base: int, stop: int, article: str):
        first, last = date.fromordinal(self.cursor + 1), date.fromordinal(stop)
        shown = self._shown(base)
        self.tranches.append(Tranche(first, last, stop - self.cursor, shown, ZERO, ZERO * self.smallest, article))
        self.cursor = stop

    def _shown(self, base: int) -> Decimal:
        self.last_base, self.shown = base, Decimal(base) * self.smallest
        return self.shown

    def _bear(self, base: int, stop: int, spared: bool):
        """A tranche up to the end of the half-year at most."""
        cursor = self.cursor
        first = date.fromordinal(cursor + 1)
        number = first.year * 2 + (first.month > 6)
        half = HALF_YEARS.get(number) or half_year_of(number)
        column = self.plain
        if cursor < self.surcharge_after:
            stop = min(stop, self.surcharge_after)
        elif not spared:
            column = self.surcharged
        if stop >= half.end:
            stop, last = half.end, half.last
        else:
            last = date.fromordinal(stop)
        rated = self.frozen_number or number
        rate = column.found.get(rated) or column.derive(rated, first)
        days = stop - cursor
        self.exact += base * rate.scaled * days * (half.weight if self.claim.day_count == "actact" else LEAP_YEAR)
        rounded = (2 * self.exact + UNIT) // (2 * UNIT)
        interest = Decimal(rounded - self.total) * self.smallest
        shown = self.shown if base == self.last_base else self._shown(base)
        self.tranches.append(_tranche(Tranche, (first, last, days, shown, rate.rate, interest, rate.article)))
        if rate.notes:
            self.notes.update(dict.fromkeys(rate.notes))
            self.unverified = self.unverified or rate.unverified
        self.total = rounded
        self.cursor = stop


def decompte(claim: Claim, on: date, rates: RateTable, parameters: Parameters = DEFAULT) -> Decompte:
    """The interest of a claim from its first late day to ``on``, inclusive, in tranches that sum to the cent.

    Amounts in the claim's currency, rates in percent per year, ACT/365 or ACT/ACT. Articles: those of the claim's
    regime (see ``Claim``); C.civ 1343-1 and 1343-2 where the claim asks for them. Movements after ``on`` do not count.
    A principal of zero or less bears nothing.

    :raises RateMissing: a half-year that interest runs in is not in the table
    :raises FigureMissing: a figure of the law has no value on a day that it is needed for
    """
    sweep = _Sweep(claim, on, rates, parameters)
    sweep.run()
    in_time, arrears = _in_time(sweep, on, rates)
    notes = (*sweep.notes, *arrears)
    if sweep.principal < 0 or claim.regime == "consumer":
        notes = (*sweep.notes, *_consumer_notes(sweep), *arrears, *_overpaid(sweep))
    return Decompte(
        tuple(sweep.tranches),
        Decimal(max(sweep.principal, 0)) * sweep.smallest,
        Decimal(sweep.total) * sweep.smallest,
        sweep.unverified,
        notes,
        Decimal(sweep.paid) * sweep.smallest,
        Decimal(in_time) * sweep.smallest,
    )


def _consumer_notes(sweep: _Sweep) -> Iterator[Note]:
    """Why a consumer's debt bears nothing."""
    claim, article = sweep.claim, sweep.parameters.consumer_article
    if sweep.principal <= 0:
        return
    if claim.notice_on is None:
        yield Note("no_notice", "No interest before a mise en demeure ({article}).", article=article)
    elif sweep.starts_after is None:
        yield Note(
            "early_notice",
            "The mise en demeure of {notice_on} came before the due date: it starts no interest ({article}).",
            notice_on=claim.notice_on,
            article=article,
        )


def _in_time(sweep: _Sweep, on: date, rates: RateTable) -> tuple[int, tuple[Note, ...]]:
    """What of the interest due after a judgment is not too old to be asked, and the note that says so."""
    claim, parameters = sweep.claim, sweep.parameters
    due_interest = sweep.total - sweep.paid
    if not due_interest or not (claim.judged or claim.regime == "judgment"):
        return due_interest, ()
    code = "consumer_arrears" if claim.consumer_debtor else "judgment_arrears"
    arrears = dated(getattr(parameters, code), on, code)
    limit = add_months(on, -12 * int(arrears.value))
    if sweep.starts_after is None or sweep.starts_after >= limit:
        return due_interest, ()
    recent = sweep.total - _units(decompte(claim, limit, rates, parameters).interest, claim.digits)
    if recent >= due_interest:
        return due_interest, ()
    note = Note(
        "arrears",
        "Interest after a judgment goes back {years} years at most: of the interest due, {offered} can be asked, that "
        "since {since}, unless an act interrupted the limitation ({article}).",
        years=int(arrears.value),
        offered=Decimal(recent) * sweep.smallest,
        since=limit + timedelta(days=1),
        article=arrears.article,
    )
    return recent, (note,)


def _overpaid(sweep: _Sweep) -> Iterator[Note]:
    if sweep.principal < 0 < sweep.claim.principal:
        excess = Decimal(-sweep.principal) * sweep.smallest
        yield Note("overpaid", "More came in than was owed, by {excess}.", excess=excess)


def one_day(base: Decimal, rate: Decimal, day: date, day_count: str) -> Decimal:
    """What a base costs over one day, exactly: ``rate`` in percent per year, of 366 days in a leap year in ACT/ACT.

    :raises UnknownDayCount: a word that is not in ``DAY_COUNTS``
    """
    if day_count not in DAY_COUNTS:
        raise UnknownDayCount(day_count=day_count, known=", ".join(DAY_COUNTS))
    leap = day_count == "actact" and date(day.year, 12, 31).timetuple().tm_yday == LEAP_YEAR
    return base * rate / 100 / (LEAP_YEAR if leap else YEAR)


def daily_interest(claim: Claim, on: date, rates: RateTable, parameters: Parameters = DEFAULT) -> Decimal:
    """What one more day costs after ``on``, rounded half up to the smallest unit: zero where no interest runs.

    :raises RateMissing: the next day is in a half-year that is not in the table
    """
    next_day = on + timedelta(days=1)
    unit = Decimal(1).scaleb(-claim.digits)
    for tranche in decompte(claim, next_day, rates, parameters).tranches[-1:]:
        if tranche.date_to == next_day:
            exact = one_day(tranche.base, tranche.rate, next_day, claim.day_count)
            return exact.quantize(unit, ROUND_HALF_UP)
    return ZERO.quantize(unit)
