"""Late-payment interest: the décompte, tranche by tranche.

How days and cents are counted:

- Interest runs from the day after the due date (or the mise en demeure) to the day of payment, inclusive, so that its
  days are ``payment - due``. What comes in on a day reduces the base from the next day.
- A new tranche begins at each half-year, payment, credit note, suspension, and wherever the rate changes.
- Amounts are integers of the smallest unit inside. Rounding is *cumulative*: the exact interest since the first day is
  rounded half up at the end of each tranche, and the tranche gets the difference with the previous total. So tranches
  sum to the total, which was rounded once, and cutting a tranche in two does not move the total by a cent.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .dates import add_months
from .errors import (
    ContractRateMissing,
    DueBeforeInvoice,
    FreezeReversed,
    NegativeAmount,
    NegativeRate,
    PaymentBeforeInvoice,
    UnknownDayCount,
    UnknownDebtorType,
    UnknownImputation,
    UnknownMovement,
    UnknownRegime,
)
from .parameters import DEFAULT, Dated, Parameters, in_force
from .rates import RateTable, half_year, half_year_end, half_year_label, half_year_start

REGIMES = ("professional", "contractual", "consumer", "public", "judgment", "none")
DAY_COUNTS = ("act365", "actact")
IMPUTATIONS = ("principal", "interest")
MOVEMENTS = ("payment", "credit")
LEGAL_REGIMES = ("consumer", "judgment")  # legal interest, not penalties
PROPOSED_REGIMES = {"public": "public", "consumer": "consumer", "non_professional": "consumer"}

RATE_DIGITS = 6  # rates are exact to the millionth of a point
GRACE_ARTICLE = "C.civ 1343-5"
YEAR, LEAP_YEAR = 365, 366
UNIT = 100 * 10**RATE_DIGITS * YEAR * LEAP_YEAR  # one smallest unit of money, in the fractions interest is summed in
ZERO = Decimal(0)
_tranche = tuple.__new__  # a Tranche without its keyword constructor: made by the million


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that reduces a claim from the day after ``on``: a payment, or a credit note (which is not a payment).

    :raises NegativeAmount: the amount is below zero
    :raises UnknownMovement: the kind is neither ``payment`` nor ``credit``
    """

    on: date
    amount: Decimal
    kind: str = "payment"

    def __post_init__(self):
        if self.amount < 0:
            raise NegativeAmount(amount=self.amount)
        if self.kind not in MOVEMENTS:
            raise UnknownMovement(kind=self.kind, known=", ".join(MOVEMENTS))


@dataclass(frozen=True, slots=True)
class Freeze:
    """Days, both included, on which no interest runs: from an insolvency judgment (C.com L622-28), or during a delay
    granted by a judge (C.civ 1343-5), which its article tells. ``date_to`` is None while it lasts.

    A judge's delay stops increases and penalties of delay only (1343-5 al. 4): a consumer's legal interest and that of
    a judgment run on, the latter without its surcharge; the penalties of the other regimes stop.

    :raises FreezeReversed: it ends before it begins
    """

    date_from: date
    date_to: date | None
    article: str

    def __post_init__(self):
        if self.date_to is not None and self.date_to < self.date_from:
            raise FreezeReversed(date_from=self.date_from, date_to=self.date_to)

    @property
    def spares_legal_interest(self) -> bool:
        """Whether the plain legal interest runs all the same."""
        return self.article.startswith(GRACE_ARTICLE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sum of money, all taxes included, and what decides its interest.

    ``regime``:

    - ``professional``: ECB + 10 points, re-anchored each half-year (C.com L441-10 II);
    - ``contractual``: ``contract_rate``, raised to three times the legal rate where it is lower (same article);
    - ``consumer``: legal rate, from ``notice_on``, the mise en demeure (C.civ 1231-6); none without one, nor from one
      that came before the due date, when nothing could be asked yet;
    - ``public``: ECB + 8 points, frozen at the half-year in which interest began (CCP R2192-31);
    - ``judgment``: legal rate from ``due``, the day the judge made it run from (C.civ 1231-7), and 5 points more once
      two months have passed since ``judgment_enforceable_on`` (CMF L313-3);
    - ``none``: no interest.

    A claim has one regime, so that penalties and legal interest never add up (Cass. com. 24/04/2024, 22-24.275).

    ``day_count``: ``act365`` divides by 365 every year; ``actact`` by 366 in a leap year. ``imputation``: ``principal``
    takes payments off the principal first, as a ledger does; ``interest`` off the interest accrued that day (C.civ
    1343-1). ``capitalise_from``: the day of the contract or decision that lets a whole year's interest bear interest
    (C.civ 1343-2). ``individual_creditor``: a natural person acting outside a business, whose legal rate is another
    column (CMF L313-2). ``consumer_debtor``: two years of interest after a judgment can still be asked, five otherwise
    (Cass. avis 04/07/2016, 16-70.004). ``judged``: a judgment fixed another regime's rate, and the same holds.
    ``digits``: decimals of the currency.

    :raises UnknownRegime, UnknownDayCount, UnknownImputation: a word that is not above
    :raises ContractRateMissing: contractual regime without a rate
    :raises NegativeRate: a contract rate below zero
    :raises DueBeforeInvoice: due before ``invoice_date``
    :raises PaymentBeforeInvoice: a payment before ``invoice_date`` (a credit note may be older)
    """

    principal: Decimal
    due: date
    regime: str
    invoice_date: date | None = None
    contract_rate: Decimal | None = None
    notice_on: date | None = None
    judgment_enforceable_on: date | None = None
    movements: tuple[Movement, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    day_count: str = "act365"
    reference: str = ""
    imputation: str = "principal"
    capitalise_from: date | None = None
    individual_creditor: bool = False
    consumer_debtor: bool = False
    judged: bool = False
    digits: int = 2

    def __post_init__(self):
        if self.regime not in REGIMES:
            raise UnknownRegime(regime=self.regime, known=", ".join(REGIMES))
        if self.day_count not in DAY_COUNTS:
            raise UnknownDayCount(day_count=self.day_count, known=", ".join(DAY_COUNTS))
        if self.imputation not in IMPUTATIONS:
            raise UnknownImputation(imputation=self.imputation, known=", ".join(IMPUTATIONS))
        if self.contract_rate is None:
            if self.regime == "contractual":
                raise ContractRateMissing()
        elif self.contract_rate < 0:
            raise NegativeRate(rate=self.contract_rate)
        if self.invoice_date is not None:
            if self.due < self.invoice_date:
                raise DueBeforeInvoice(due=self.due, invoice_date=self.invoice_date)
            for movement in self.movements:
                if movement.kind == "payment" and movement.on < self.invoice_date:
                    raise PaymentBeforeInvoice(on=movement.on, invoice_date=self.invoice_date)


def interest_regime(debtor_type: str, has_contract_rate: bool = False) -> str:
    """The regime of an invoice, by the type of its debtor: C.com L441-10 between professionals, at the contract's rate
    if it has one; CCP R2192-31 for public buyers; C.civ 1231-6 for the others.

    :raises UnknownDebtorType: no such type
    """
    if debtor_type == "professional":
        return "contractual" if has_contract_rate else "professional"
    if debtor_type not in PROPOSED_REGIMES:
        raise UnknownDebtorType(kind=debtor_type, known=", ".join(("professional", *PROPOSED_REGIMES)))
    return PROPOSED_REGIMES[debtor_type]


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


class Note(str):
    """A sentence that explains a décompte, with a stable ``code`` and the values it was made of, for translation."""

    __slots__ = ("code", "params", "template")

    def __new__(cls, code: str, template: str, **params):
        note = super().__new__(cls, template.format(**params))
        note.code, note.template, note.params = code, template, params
        return note

    def __reduce__(self):
        return _note, (self.code, self.template, self.params)


def _note(code: str, template: str, params: dict) -> Note:
    return Note(code, template, **params)


class Decompte(NamedTuple):
    """What a claim has come to: ``interest`` is the sum of the tranches, ``principal_due`` what remains of the
    principal, ``interest_paid`` what payments were imputed on interest; ``unverified`` if a rate still has to be
    confirmed at its source. ``interest_in_time``: what of the interest due can be asked that day; less than all of it
    only after a judgment, where no act interrupted the limitation of its interest."""

    tranches: tuple[Tranche, ...]
    principal_due: Decimal
    interest: Decimal
    unverified: bool
    notes: tuple[str, ...]
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


class _Rate(NamedTuple):
    """The rate of a regime over a half-year, ready for the computation."""

    scaled: int
    rate: Decimal
    article: str
    unverified: bool
    notes: tuple[Note, ...]


class _HalfYear(NamedTuple):
    last: date
    end: int  # ordinal of the last day
    weight: int  # of a day in ACT/ACT


_HALF_YEARS: dict[int, _HalfYear] = {}


def _half_year(number: int) -> _HalfYear:
    last = half_year_end(number)
    leap = date(last.year, 12, 31).timetuple().tm_yday == LEAP_YEAR
    _HALF_YEARS[number] = found = _HalfYear(last, last.toordinal(), YEAR if leap else LEAP_YEAR)
    return found


def _value(series: tuple[Dated, ...], day: date) -> Dated:
    return in_force(series, day) or Dated(day, ZERO, "")


class _Column:
    """The rates of one regime, half-year by half-year, derived from a table once."""

    __slots__ = ("claim", "found", "parameters", "rates", "surcharged")

    def __init__(self, claim: Claim, rates: RateTable, parameters: Parameters, surcharged: bool):
        self.claim, self.rates, self.parameters, self.surcharged = claim, rates, parameters, surcharged
        self.found: dict[int, _Rate] = {}

    def derive(self, number: int, day: date) -> _Rate:
        """The rate of a half-year, remembered; ``day`` is what a missing rate will be told by."""
        period = self.rates.of_half_year(number, day)
        claim, parameters, first = self.claim, self.parameters, half_year_start(number)
        legal = period.legal_individual if claim.individual_creditor else period.legal_other
        notes = ()
        if claim.regime == "professional":
            margin = _value(parameters.professional_margin, first)
            rate, article = period.ecb + margin.value, margin.article
        elif claim.regime == "public":
            margin = _value(parameters.public_margin, first)
            rate, article = period.ecb + margin.value, margin.article
            notes = (
                Note(
                    "public_rate",
                    "Rate of {half_year}, in which interest began, kept to the end ({article}).",
                    half_year=half_year_label(number),
                    article=article,
                ),
            )
        elif claim.regime == "contractual":
            multiple = _value(parameters.floor_multiple, first)
            floor = period.legal_other * multiple.value
            rate, article = max(claim.contract_rate, floor), multiple.article
            if claim.contract_rate < floor:
                notes = (
                    Note(
                        "floor",
                        "{half_year}: the contractual rate of {rate} % is under the floor of {multiple} times the "
                        "legal rate; {floor} % applied ({article}).",
                        half_year=half_year_label(number),
                        rate=claim.contract_rate,
                        multiple=multiple.value,
                        floor=floor,
                        article=article,
                    ),
                )
        elif self.surcharged:
            surcharge = _value(parameters.judgment_surcharge, first)
            rate, article = legal + surcharge.value, surcharge.article
        else:
            rate = legal
            article = parameters.consumer_article if claim.regime == "consumer" else parameters.judgment_article
        if not period.verified:
            notes += (
                Note(
                    "unverified",
                    "The rates of {half_year} have not been verified at their source.",
                    half_year=half_year_label(number),
                ),
            )
        scaled = int(rate.scaleb(RATE_DIGITS).to_integral_value(ROUND_HALF_UP))
        self.found[number] = found = _Rate(scaled, rate, article, not period.verified, notes)
        return found


def _column(claim: Claim, rates: RateTable, parameters: Parameters, surcharged: bool = False) -> _Column:
    """The rates of the claim's regime, kept by the table as long as it lives."""
    key = (claim.regime, claim.contract_rate, claim.individual_creditor, surcharged, id(parameters))
    column = rates.columns.get(key)
    if column is None:
        column = rates.columns[key] = _Column(
            claim, rates, parameters, surcharged
        )  # holds the parameters: a lasting id
    return column


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


def decompte(claim: Claim, on: date, rates: RateTable, parameters: Parameters = DEFAULT) -> Decompte:  # noqa: C901 - one sweep through time, read downwards
    """The interest of a claim from its first late day to ``on``, inclusive, in tranches that sum to the cent.

    Amounts in the claim's currency, rates in percent per year, ACT/365 or ACT/ACT. Articles: those of the claim's
    regime (see ``Claim``); C.civ 1343-1 and 1343-2 where the claim asks for them. Movements after ``on`` do not count.
    A principal of zero or less bears nothing.

    :raises RateMissing: a half-year that interest runs in is not in the table
    """
    digits = claim.digits
    principal = _units(claim.principal, digits)
    end = on.toordinal()
    starts_after = _start(claim)
    cursor = end if starts_after is None else min(starts_after.toordinal(), end)
    movements = _movements(claim, end) if claim.movements else ()
    waiting = len(movements)
    next_movement = movements[0][0] if waiting else end
    position = 0
    interest_first = claim.imputation == "interest"
    freezes = (
        sorted(
            (
                freeze.date_from.toordinal() - 1,
                end if freeze.date_to is None else min(freeze.date_to.toordinal(), end),
                freeze.article,
                claim.regime in LEGAL_REGIMES and freeze.spares_legal_interest,
            )
            for freeze in claim.freezes
        )
        if claim.freezes
        else ()
    )
    anniversaries = None
    if claim.capitalise_from is not None and starts_after is not None:
        anniversaries = _Anniversaries(max(starts_after, claim.capitalise_from))
    public = claim.regime == "public" and starts_after is not None
    frozen_number = half_year(starts_after + timedelta(days=1)) if public else 0
    plain = column = _column(claim, rates, parameters)
    found = column.found
    surcharge_after = 0
    if claim.regime == "judgment" and claim.judgment_enforceable_on is not None:
        surcharge_after = add_months(claim.judgment_enforceable_on, parameters.judgment_surcharge_months).toordinal()
        surcharged = _column(claim, rates, parameters, surcharged=True)

    actact = claim.day_count == "actact"
    tranches = []
    notes: dict[Note, None] = {}
    unverified = False
    capitalised = paid = total = exact = 0
    last_base, shown_base = 0, ZERO
    smallest = Decimal(1).scaleb(-digits)
    # One loop and no helper inside: it is called for every line of every reminder, a call per tranche would be felt.
    while True:
        while position < waiting and next_movement <= cursor:
            _day, is_payment, units = movements[position]
            if is_payment:
                left = units if interest_first else units - max(principal, 0)
                if left > 0:
                    fresh = min(left, total - paid - capitalised)
                    old = min(left - fresh, capitalised)
                    capitalised -= old
                    paid += fresh + old
                    units -= fresh + old
            principal -= units
            position += 1
            next_movement = movements[position][0] if position < waiting else end
        if cursor >= end:
            break
        stop = next_movement if position < waiting else end
        suspension, spared = None, False
        for begins_after, finishes, article, spares in freezes:
            if cursor < begins_after:
                stop = min(stop, begins_after)
            elif cursor < finishes and suspension is None:
                if spares:
                    spared = True
                else:
                    suspension = article
                stop = min(stop, finishes)
        if anniversaries:
            if anniversaries.day <= cursor:
                if suspension is None:
                    capitalised = total - paid
                anniversaries.advance()
            stop = min(stop, anniversaries.day)
        base = (principal if principal > 0 else 0) + capitalised
        if not base:
            if not anniversaries and position == waiting:
                break  # nothing left to bear interest, and nothing to come
            cursor = stop
            continue
        if base != last_base:
            last_base, shown_base = base, Decimal(base) * smallest
        first = date.fromordinal(cursor + 1)
        if suspension is not None:
            tranches.append(
                Tranche(first, date.fromordinal(stop), stop - cursor, shown_base, ZERO, ZERO * smallest, suspension)
            )
            cursor = stop
            continue
        number = first.year * 2 + (first.month > 6)
        half = _HALF_YEARS.get(number) or _half_year(number)
        if surcharge_after:
            if cursor < surcharge_after:
                stop = min(stop, surcharge_after)
            else:
                column = plain if spared else surcharged
                found = column.found
        if stop >= half.end:
            stop, last = half.end, half.last
        else:
            last = date.fromordinal(stop)
        rated = frozen_number or number
        rate = found.get(rated) or column.derive(rated, first)
        days = stop - cursor
        exact += base * rate.scaled * days * (half.weight if actact else LEAP_YEAR)
        rounded = (2 * exact + UNIT) // (2 * UNIT)
        interest = Decimal(rounded - total) * smallest
        tranches.append(_tranche(Tranche, (first, last, days, shown_base, rate.rate, interest, rate.article)))
        if rate.notes:
            notes.update(dict.fromkeys(rate.notes))
            unverified = unverified or rate.unverified
        total = rounded
        cursor = stop

    if claim.regime == "consumer" and claim.notice_on is None and principal > 0:
        notes[
            Note(
                "no_notice",
                "No interest before a mise en demeure ({article}).",
                article=parameters.consumer_article,
            )
        ] = None
    if claim.regime == "consumer" and claim.notice_on is not None and starts_after is None and principal > 0:
        notes[
            Note(
                "early_notice",
                "The mise en demeure of {notice_on} came before the due date: it starts no interest ({article}).",
                notice_on=claim.notice_on,
                article=parameters.consumer_article,
            )
        ] = None
    due_interest = in_time = total - paid
    if (claim.judged or claim.regime == "judgment") and due_interest:
        arrears = _value(parameters.consumer_arrears if claim.consumer_debtor else parameters.judgment_arrears, on)
        limit = add_months(on, -12 * int(arrears.value))
        if starts_after is not None and starts_after < limit:
            recent = total - _units(decompte(claim, limit, rates, parameters).interest, digits)
            in_time = min(due_interest, recent)
    if in_time < due_interest:
        notes[
            Note(
                "arrears",
                "Interest after a judgment goes back {years} years at most: of the interest due, {offered} can be "
                "asked, that since {since}, unless an act interrupted the limitation ({article}).",
                years=int(arrears.value),
                offered=Decimal(in_time) * smallest,
                since=limit + timedelta(days=1),
                article=arrears.article,
            )
        ] = None
    if principal < 0 < claim.principal:
        notes[Note("overpaid", "More came in than was owed, by {excess}.", excess=Decimal(-principal) * smallest)] = (
            None
        )
    return Decompte(
        tuple(tranches),
        Decimal(principal if principal > 0 else 0) * smallest,
        Decimal(total) * smallest,
        unverified,
        tuple(notes),
        Decimal(paid) * smallest,
        Decimal(in_time) * smallest,
    )


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
