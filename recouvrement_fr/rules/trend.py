"""The figures of a ledger at the end of each of the last months, from its sums by month.

A period is some months in a row that end with the one looked at; the month under way counts for the days it has had.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .indicators import CountBack, Month, best_possible_dso, count_back, dso, effectiveness, share_late

DAY = timedelta(days=1)
LOOKED_BACK = 24  # months of turnover against which receivables are exhausted, at most
OLD = 90  # days after which a debt is said to be old


class Owed(NamedTuple):
    """What was owed at the end of a day: debts by lateness, credits apart, in company currency."""

    on: date
    not_due: Decimal
    overdue: Decimal
    old: Decimal  # of what is overdue, more than OLD days late


class Assigned(NamedTuple):
    """What stood at the end of a day in bills to receive and receivables assigned, in company currency: those that a
    bank or a factor paid before their due date (discounted, financed) are among them until that day."""

    total: Decimal
    not_due: Decimal


NONE_ASSIGNED = Assigned(Decimal(0), Decimal(0))


class Figures(NamedTuple):
    """Of the period that ends on a day; None where nothing can be said."""

    on: date
    receivables: Decimal  # the balance of the accounts: debts less credits
    overdue: Decimal
    dso: Decimal | None
    count_back: CountBack
    best_possible: Decimal | None
    effectiveness: Decimal | None
    share_overdue: Decimal | None
    share_old: Decimal | None

    @property
    def average_delay(self) -> Decimal | None:
        """Days of turnover that lateness costs: the DSO less the best possible one."""
        return None if self.dso is None or self.best_possible is None else self.dso - self.best_possible


def first_of_month(day: date, back: int = 0) -> date:
    """The first day of the month of a day, or of that many months before."""
    number = day.year * 12 + day.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def ends(on: date, count: int) -> list[date]:
    """A day and the last days of the months before it, the oldest first: so many in all."""
    return [first_of_month(on, back) - DAY for back in range(count - 2, -1, -1)] + [on]


def figures(
    closing: Decimal,
    moved: Mapping[date, Decimal],
    billed: Mapping[date, Decimal],
    owed: Sequence[Owed],
    length: int,
    elsewhere: Mapping[date, Mapping[int, Decimal]] | None = None,
    assigned: Mapping[date, Assigned] | None = None,
) -> list[Figures]:
    """The figures at the end of each of these days.

    Credits that are set against nothing come off what is late first: the best possible DSO never passes the DSO, nor
    the effectiveness 100 %. Where customers are owed more than they owe, nothing is left to wait for: zero days.

    What left the receivables of a period without being paid makes no figure better: it is still counted in the DSO of
    that period, by both methods, and was not collected.

    :param closing: the balance of the receivables at the last of them
    :param moved: by first day of month, how that balance changed; of every month of the periods
    :param billed: by first day of month, what was billed less what was credited, taxes included; of `LOOKED_BACK`
        months before, where there were
    :param owed: at the end of a month, or of the day it is, the oldest first
    :param length: months of a period
    Bills to receive and receivables assigned belong to the receivables of all these figures of days; the shares are of
    what customers owe by themselves.

    :param elsewhere: by first day of month, what left the accounts neither paid, credited nor set off: written off,
        moved to doubtful receivables; by the account it went to, negative where it came from there. See `apart`
    :param assigned: by day, at the end of each of these days and on the eve of each period; none where it is not said
    """
    return [_at(each, closing, moved, billed, length, elsewhere or {}, assigned or {}) for each in owed]


def apart(months: Iterable[Mapping[int, Decimal]]) -> tuple[Decimal, Decimal]:
    """(what left the receivables unpaid, what came into them otherwise than by sales) over these months.

    What went to an account and came back from it, as a doubtful receivable that is good again, has not left; what came
    from another one, as by an opening entry, hides nothing of what left.
    """
    accounts: dict[int, Decimal] = {}
    for month in months:
        for account, amount in month.items():
            accounts[account] = accounts.get(account, Decimal(0)) + amount
    left = sum((amount for amount in accounts.values() if amount > 0), Decimal(0))
    return left, -sum((amount for amount in accounts.values() if amount < 0), Decimal(0))


def _at(owed, closing, moved, billed, length, elsewhere, assigned):
    start = first_of_month(owed.on, length - 1)
    receivables = closing - sum((amount for month, amount in moved.items() if month > owed.on), Decimal(0))
    opening = closing - sum((amount for month, amount in moved.items() if month >= start), Decimal(0))
    sales = sum((amount for month, amount in billed.items() if start <= month <= owed.on), Decimal(0))
    lost, came = apart(accounts for month, accounts in elsewhere.items() if start <= month <= owed.on)
    held, before = (assigned.get(day, NONE_ASSIGNED) for day in (owed.on, start - DAY))
    days = (owed.on - start).days + 1
    debts = [(owed.not_due, 0), (owed.overdue - owed.old, 1), (owed.old, OLD + 1)]
    left = max(receivables, Decimal(0))
    # credits set against nothing come off what is late first
    not_due = min(owed.not_due, left) + held.not_due
    left += held.total
    waited = left + lost
    return Figures(
        owed.on,
        receivables,
        owed.overdue,
        dso(waited, sales, days),
        count_back(waited, _latest(owed.on, billed)),
        best_possible_dso(not_due, sales, days),
        effectiveness(opening + before.total, sales, left, not_due, lost, came),
        share_late(debts),
        share_late(debts, OLD),
    )


def _latest(on, billed):
    """The months up to a day, the latest first, back to the first that was billed."""
    oldest = min(billed, default=on)
    last = on
    for back in range(LOOKED_BACK):
        month = first_of_month(on, back)
        if last < oldest:
            return
        yield Month((last - month).days + 1, billed.get(month, Decimal(0)))
        last = month - DAY
