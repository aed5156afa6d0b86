"""Set credits against debts, as the debtor would: what is really owed, invoice by invoice.

Amounts are integers in the currency's minor unit (cents of EUR): sums are exact and a page of thousands of
instalments costs milliseconds.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import NamedTuple

# Reasons that hold a debt without giving it a term or denying it: once due, it stays due (C.civ 1342-10 al. 2).
STAY_DUE = frozenset({"promised"})

Key = tuple[int, date, int]  # (move, due date, journal item of an entry that is not an invoice, else 0)


class Item(NamedTuple):
    """An open item of a debtor's account: a debt (positive) or a credit (negative)."""

    key: Key
    currency: int
    amount: int  # minor units of its currency
    company_amount: int  # minor units of the company's currency, same sign
    reverses: int | None = None  # the move a credit note reverses
    side: int = 0  # 1 for what was born before an insolvency judgment: it nets no later item (C.com L622-7)
    held: int = 0  # the part of a debt that is left alone, contested for example: it is netted last
    on: date | None = None  # the day a credit came in, when it is not the date of its key
    meant: tuple[tuple[frozenset[int], int], ...] = ()  # (moves, amount) that a credit is for (rules.on_account)
    late: bool = False  # its due date has passed on the day reasoned about
    hold: str | None = None  # the reason why what is held of a debt is


class NetItem(NamedTuple):
    """A debt and what is left of it once credits are deducted."""

    key: Key
    currency: int
    amount: int
    company_amount: int
    credited: int  # deducted, minor units of its currency
    side: int
    credits: tuple[tuple[Key, int], ...] = ()  # which credit gave how much of it, in the order of their days


def net(items: Iterable[Item]) -> tuple[list[NetItem], dict[tuple[int, int], int]]:
    """Every debt with its net amount, and the credit left over by (currency, side).

    A credit note first nets the invoice it reverses, whatever their sides: the two are connected (C.com L622-7). What
    remains, and payments on account, stay on their side and within one currency: first what the debtor meant to pay
    (C.civ 1342-10 al. 1), then the oldest credit first, to the oldest due date first and to instalments of the same day
    in proportion (al. 2). What is due comes before what is not yet; what is held, after all that is not, but for a debt
    that is due and only promised: a promise postpones nothing, so it comes before what is not due.
    """
    items = list(items)
    if all(item.amount >= 0 for item in items):  # most debtors have no credit
        return [_net_item(item, item.amount, ()) for item in items if item.amount], {}
    debts = sorted((item for item in items if item.amount > 0), key=lambda item: (item.key[1], item.key))
    account = _Account(debts)
    notes = sorted((item for item in items if item.amount < 0), key=lambda item: (item.on or item.key[1], item.key))
    by_move: dict[tuple[int | None, int], list[Item]] = defaultdict(list)
    for debt in debts:
        by_move[debt.key[0], debt.currency].append(debt)
    rests = [(note, account.pay_each(note, by_move.get((note.reverses, note.currency), ()))) for note in notes]
    rests = [(note, account.pay_meant(note, rest, by_move)) for note, rest in rests]
    left: dict[tuple[int, int], int] = defaultdict(int)
    queues = {pool: _queue(members, account) for pool, members in _pools(debts).items()}
    for note, rest in rests:
        pool = note.currency, note.side
        left[pool] += account.pay_queue(note, rest, queues.get(pool, []))
    netted = [_net_item(debt, account.left(debt), tuple(account.credits[debt.key])) for debt in debts]
    return netted, {pool: credit for pool, credit in left.items() if credit}


class _Account:
    """What is still to net of each debt: what is free of it, then what is held."""

    def __init__(self, debts):
        self.held = {debt.key: min(debt.held, debt.amount) for debt in debts}
        self.free = {debt.key: debt.amount - self.held[debt.key] for debt in debts}
        self.credits = defaultdict(list)

    def left(self, debt):
        return self.free[debt.key] + self.held[debt.key]

    def pay_meant(self, note, credit, by_move):
        """Net a credit against the debts it is for, up to what is for each; return what is left of it.

        What is for something that is no debt of the account yet, penalties not invoiced, is kept for it.
        """
        for moves, amount in note.meant:
            if not moves:
                credit -= min(credit, amount)
                continue
            debts = [debt for move in moves for debt in by_move.get((move, note.currency), ())]
            mine = sorted((debt for debt in debts if debt.side == note.side), key=lambda debt: (debt.key[1], debt.key))
            share = min(credit, amount)
            credit += self.pay_each(note, mine, share) - share
        return credit

    def pay_each(self, note, debts, credit=None):
        """Net a credit, all of it by default, against these debts in their order; return what is left of it."""
        credit = -note.amount if credit is None else credit
        for debt in debts:
            for part in (self.free, self.held):
                credit = self._take(note, debt.key, part, min(credit, part[debt.key]), credit)
        return credit

    def pay_queue(self, note, credit, queue):
        """Net a credit against what comes first in a queue of (part, keys); return what is left of it."""
        while credit and queue:
            part, keys = queue[-1]
            total = sum(part[key] for key in keys)
            if credit >= total:
                for key in keys:
                    credit = self._take(note, key, part, part[key], credit)
                queue.pop()
                continue
            # Cumulative rounding: the shares sum to the credit exactly.
            before = seen = 0
            for key in keys:
                seen += part[key]
                share = credit * seen // total - before
                before += share
                self._take(note, key, part, share, share)
            return 0
        return credit

    def _take(self, note, key, part, amount, credit):
        if amount:
            part[key] -= amount
            self.credits[key].append((note.key, amount))
        return credit - amount


def _pools(debts):
    pools = defaultdict(list)
    for debt in debts:
        pools[debt.currency, debt.side].append(debt)
    return pools


def _queue(debts, account):
    """The parts to net, those that come first at the end: what is free and due, what is due though promised, what is
    free and not due yet, the rest of what is held; of each by due date."""
    tiers: tuple[list, ...] = ([], [], [], [])
    for debt in debts:  # by due date
        tiers[0 if debt.late else 2].append((account.free, debt.key))
        tiers[1 if debt.late and debt.hold in STAY_DUE else 3].append((account.held, debt.key))
    queue = []
    for tier in tiers:
        for _day, same in groupby(tier, key=lambda part: part[1][1]):
            parts = list(same)
            queue.append((parts[0][0], [key for _part, key in parts]))
    return queue[::-1]


def _net_item(item, left, credits_):
    if left == item.amount:
        return NetItem(item.key, item.currency, left, item.company_amount, 0, item.side)
    company = round(item.company_amount * left / item.amount)
    return NetItem(item.key, item.currency, left, company, item.amount - left, item.side, credits_)
