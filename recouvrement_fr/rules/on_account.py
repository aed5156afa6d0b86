"""Money of a debtor that nobody has set against an invoice yet: what it is for, decided once for everybody.

Netting, promises, plans, proceedings and the accounts drawn up for a court all ask here, so that an amount never counts
twice. A debtor who said what he would pay has said what his money is for (C.civ 1342-10 al. 1); what nobody spoke of
pays the oldest debt (al. 2), which is for `rules.netting` to do.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Money(NamedTuple):
    """What is left of a payment, in its own currency."""

    line_id: int
    currency_id: int
    on: date
    amount: Decimal
    entry_id: int = 0  # the journal entry, which outlives its items


class Account(NamedTuple):
    """What was in the account when a debtor gave his word: it was known, so it is not what he promised.

    ``entries`` are the payments since a day, whether or not they were set against an invoice then: one that is merely
    taken off its invoice later is no new money.
    """

    since: date
    entries: frozenset[int] = frozenset()
    left: Mapping[int, Decimal] | None = None  # of an older version, which remembered what was left of each item

    def news(self, money: Money) -> Decimal:
        """How much of it has come since."""
        if self.left is not None:
            return max(money.amount - self.left.get(money.line_id, ZERO), ZERO)
        return money.amount if money.on >= self.since and money.entry_id not in self.entries else ZERO


class Pledge(NamedTuple):
    """What a debtor said he would pay, and has not paid yet in a way that somebody allocated."""

    name: tuple[str, int] | tuple[str, int, int]  # what it is of: a model or a purpose, and its ids
    moves: frozenset[int]
    currency_id: int
    amount: Decimal
    by: date  # the day it is for: the nearest is served first
    account: Account
    until: date | None = None  # what comes later is not what was promised
    money: Mapping[int, Decimal] | None = None  # the very amounts it is about, by item, where somebody told of them


class Share(NamedTuple):
    """The part of some money that is for the invoices of a pledge."""

    name: tuple[str, int] | tuple[str, int, int]  # what it is of: a model or a purpose, and its ids
    line_id: int
    on: date
    amount: Decimal
    moves: frozenset[int]


def earmark(account: Iterable[Money], pledges: Iterable[Pledge]) -> list[Share]:
    """What each pledge takes of the money of its debtor, an amount once.

    Money that somebody told of, received by a third party for these very debts, comes first; then the pledges by their
    day, each from the oldest money that came since it was given.
    """
    left = {money.line_id: money for money in sorted(account, key=lambda one: (one.on, one.line_id))}
    shares = []
    for pledge in sorted(pledges, key=lambda one: (one.money is None, one.by, one.name)):
        needed = pledge.amount
        for line_id, money in left.items():
            taken = min(_usable(money, pledge), needed)
            if taken > 0:
                shares.append(Share(pledge.name, line_id, money.on, taken, pledge.moves))
                left[line_id] = money._replace(amount=money.amount - taken)
                needed -= taken
    return shares


def by_line(shares: Iterable[Share]) -> dict[int, list[Share]]:
    """The same by item of the account, in the order they are served."""
    found = defaultdict(list)
    for share in shares:
        found[share.line_id].append(share)
    return found


def _usable(money, pledge):
    if money.currency_id != pledge.currency_id or (pledge.until and money.on > pledge.until):
        return ZERO
    if pledge.money is not None:
        return min(money.amount, pledge.money.get(money.line_id, ZERO))
    return min(money.amount, pledge.account.news(money))
