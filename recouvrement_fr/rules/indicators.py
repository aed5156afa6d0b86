"""The figures by which a receivables ledger is steered, from sums of the ledger: no record, no day of its own.

Amounts have their taxes; a figure that nothing can be said of (no turnover, no payment) is None, never zero. Days and
percentages are rounded half up to a tenth, once, at the end. No law defines them: each says what it counts.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

TENTH = Decimal("0.1")
HUNDRED = Decimal(100)


class Month(NamedTuple):
    """What was invoiced less what was credited in a month, or in the part of it that has passed."""

    days: int
    turnover: Decimal


class CountBack(NamedTuple):
    """Days of turnover that the receivables stand for; ``rest`` is what the months given do not explain."""

    days: Decimal
    rest: Decimal


def dso(receivables: Decimal, turnover: Decimal, days: int) -> Decimal | None:
    """Days sales outstanding, accounting method: receivables x days of the period / turnover of the period.

    Bills discounted before their due date and receivables assigned belong to the receivables.
    """
    return _tenths(receivables * days / turnover) if turnover > 0 else None


def best_possible_dso(not_due: Decimal, turnover: Decimal, days: int) -> Decimal | None:
    """What the DSO would be if nobody were late: the same, on what is not due yet.

    The DSO less this one is the average delay, in days of turnover.
    """
    return dso(not_due, turnover, days)


def count_back(receivables: Decimal, months: Iterable[Month]) -> CountBack:
    """Days sales outstanding, by exhausting the receivables against turnover, the latest month first.

    A month that is used up counts for its days, the last one for its share. A month without turnover counts for its
    days too; where more was credited than invoiced, that much more has to be found in the months before.
    """
    rest, days = receivables, Decimal(0)
    for month in months:
        if rest <= 0:
            break
        if month.turnover >= rest:
            days += month.days * rest / month.turnover
            rest = Decimal(0)
        else:
            days += month.days
            rest -= month.turnover
    return CountBack(_tenths(days), max(rest, Decimal(0)))


def days_late(payments: Iterable[tuple[Decimal, int]]) -> Decimal | None:
    """Average days late of what was paid, weighted by amount.

    Paying before the due date makes up for nothing that was paid late: it counts for zero days.

    :param payments: (amount, days from the due date to the payment)
    """
    paid, weighted = Decimal(0), Decimal(0)
    for amount, days in payments:
        paid += amount
        weighted += amount * max(days, 0)
    return _tenths(weighted / paid) if paid > 0 else None


def effectiveness(
    opening: Decimal,
    sales: Decimal,
    closing: Decimal,
    closing_not_due: Decimal,
    unpaid: Decimal = Decimal(0),
    came_in: Decimal = Decimal(0),
) -> Decimal | None:
    """Collection effectiveness index (CEI), in percent: of what could be collected in a period, what was.

    (opening receivables + sales - closing receivables) / (opening receivables + sales - closing not due)

    :param unpaid: what left the receivables without being paid (written off, moved to doubtful receivables): it could
        be collected, and was not
    :param came_in: what came in otherwise than by sales (opening entries): it could be collected, too
    """
    collectable = opening + sales + came_in - closing_not_due
    collected = opening + sales + came_in - closing - unpaid
    return _tenths(collected * HUNDRED / collectable) if collectable > 0 else None


def share_late(debts: Iterable[tuple[Decimal, int]], days: int = 0) -> Decimal | None:
    """The part of what is owed that is more than so many days late, in percent; from zero days, what is overdue.

    :param debts: (amount, days since the due date), credits left apart
    """
    whole, late = Decimal(0), Decimal(0)
    for amount, since in debts:
        whole += amount
        late += amount if since > days else 0
    return _tenths(late * HUNDRED / whole) if whole > 0 else None


def _tenths(value):
    return Decimal(value).quantize(TENTH, ROUND_HALF_UP)
