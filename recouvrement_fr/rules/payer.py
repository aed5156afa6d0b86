"""How somebody pays, from what it really paid: lateness weighted by amount, its trend, its quantiles.

No law defines these: each says what it counts. Whose payments may be weighed up at all is said by ``regime``: a person
whom the law protects as a consumer never is (GDPR art. 22).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .dates import add_months
from .indicators import days_late

MONTHS = 24  # looked back over
HALF_YEAR = 6  # months: what the trend compares
ENOUGH = 3  # payments from which something is said
STEADY = Decimal(5)  # days: a smaller change is no trend
PROMPT_DAYS, PROMPT_SHARE = Decimal(5), Decimal(10)
SLOW_DAYS = Decimal(30)
SHARES = (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"), Decimal("0.9"))
TENTH, HUNDRED = Decimal("0.1"), Decimal(100)


class Paid(NamedTuple):
    """A payment of an instalment: the day, the amount in company currency, the days from the due date (negative when
    early)."""

    on: date
    amount: Decimal
    days: int


class Payer(NamedTuple):
    """``days_late``: on average, weighted by amount, early payments counting for none; ``share_late``: percent of the
    amounts; ``quantiles``: for each of SHARES, the days from the due date within which that share was paid; ``recent``
    and ``before``: the days late of the last half-year and of the one before it, None under ENOUGH payments."""

    payments: int
    amount: Decimal
    days_late: Decimal
    share_late: Decimal
    quantiles: tuple[int, ...]
    recent: Decimal | None
    before: Decimal | None

    @property
    def trend(self) -> Decimal | None:
        """Days gained (negative) or lost on the half-year before; None when too little was paid in either."""
        return None if self.recent is None or self.before is None else self.recent - self.before


def since(on: date) -> date:
    """The day after which payments count, for a profile made on a day."""
    return add_months(on, -MONTHS)


def payer(payments: Iterable[Paid], on: date) -> Payer | None:
    """The profile that these payments make on that day; None when none of them counts."""
    counted = [paid for paid in payments if since(on) < paid.on <= on and paid.amount > 0]
    late = days_late((paid.amount, paid.days) for paid in counted)
    if late is None:
        return None
    amount = sum((paid.amount for paid in counted), Decimal(0))
    overdue = sum((paid.amount for paid in counted if paid.days > 0), Decimal(0))
    recently, earlier = add_months(on, -HALF_YEAR), add_months(on, -2 * HALF_YEAR)
    return Payer(
        payments=len(counted),
        amount=amount,
        days_late=late,
        share_late=(overdue * HUNDRED / amount).quantize(TENTH, ROUND_HALF_UP),
        quantiles=quantiles(counted, SHARES),
        recent=_lateness(paid for paid in counted if paid.on > recently),
        before=_lateness(paid for paid in counted if earlier < paid.on <= recently),
    )


def quantiles(payments: Iterable[Paid], shares: Sequence[Decimal]) -> tuple[int, ...]:
    """For each share (ascending, from 0 to 1), the smallest delay within which at least that part of the amounts was
    paid; nothing when nothing was paid."""
    ordered = sorted(payments, key=lambda paid: paid.days)
    whole = sum((paid.amount for paid in ordered), Decimal(0))
    found: list[int] = []
    reached = Decimal(0)
    for paid in ordered:
        reached += paid.amount
        while len(found) < len(shares) and reached >= whole * shares[len(found)]:
            found.append(paid.days)
    return tuple(found)


def _lateness(payments):
    counted = list(payments)
    return days_late((paid.amount, paid.days) for paid in counted) if len(counted) >= ENOUGH else None


def direction(trend: Decimal | None) -> str:
    """``better``, ``worse``, ``steady``, or nothing when there is no trend to tell."""
    if trend is None:
        return ""
    if abs(trend) < STEADY:
        return "steady"
    return "worse" if trend > 0 else "better"


def trust(found: Payer | None, judged: int, kept: int) -> str | None:
    """The degree of trust that the payments propose: ``good``, ``normal`` or ``bad``; None when too little was paid.

    Bad: more than 30 days late on average, or at least two promises of which fewer than half were kept. Good: at most 5
    days, at most 10 % of the amounts late, every promise kept. A person decides whether to follow it.
    """
    if found is None or found.payments < ENOUGH:
        return None
    if found.days_late > SLOW_DAYS or (judged > 1 and 2 * kept < judged):
        return "bad"
    prompt = found.days_late <= PROMPT_DAYS and found.share_late <= PROMPT_SHARE
    return "good" if prompt and kept == judged else "normal"
