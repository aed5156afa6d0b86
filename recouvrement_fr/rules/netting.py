"""Set credits against debts, as the debtor would: what is really owed, invoice by invoice.

Amounts are integers in the currency's minor unit (cents of EUR): sums are exact and a page of thousands of
instalments costs milliseconds.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import NamedTuple

Key = tuple[int, date, int]  # (move, due date, journal item of an entry that is not an invoice, else 0)


class Item(NamedTuple):
    """An open item of a debtor's account: a debt (positive) or a credit (negative)."""

    key: Key
    currency: int
    amount: int  # minor units of its currency
    company_amount: int  # minor units of the company's currency, same sign
    reverses: int | None = None  # the move a credit note reverses
    side: int = 0  # items on different sides never net: 1 for debts prior to an insolvency judgment (C.com L622-7)


class NetItem(NamedTuple):
    """A debt and what is left of it once credits are deducted."""

    key: Key
    currency: int
    amount: int
    company_amount: int
    credited: int  # deducted, minor units of its currency
    side: int


def net(items: Iterable[Item]) -> tuple[list[NetItem], dict[tuple[int, int], int]]:
    """Every debt with its net amount, and the credit left over by (currency, side).

    A credit note first nets the invoice it reverses; what remains, and payments on account, net the oldest due date
    first and instalments of the same day in proportion (C.civ 1342-10 al. 2), within one currency.
    """
    items = list(items)
    if all(item.amount >= 0 for item in items):  # most debtors have no credit
        return [_net_item(item, item.amount) for item in items if item.amount], {}
    pools = defaultdict(list)
    for item in items:
        pools[item.currency, item.side].append(item)
    debts, left = [], {}
    for pool, members in pools.items():
        netted, credit = _net_pool(members)
        debts += netted
        if credit:
            left[pool] = credit
    return debts, left


def _net_pool(members):
    """Net the items of one currency and side."""
    debts = sorted((item for item in members if item.amount > 0), key=lambda item: (item.key[1], item.key))
    remaining = {item.key: item.amount for item in debts}
    credit = 0
    for item in members:
        if item.amount < 0:
            credit += _credit_reversed(item, debts, remaining)
    for _due, same_day in groupby(debts, key=lambda item: item.key[1]):
        if credit <= 0:
            break
        credit = _credit_pro_rata([item.key for item in same_day], remaining, credit)
    return [_net_item(item, remaining[item.key]) for item in debts], credit


def _credit_reversed(credit_note, debts, remaining):
    """Net a credit note against the invoice it reverses; return what is left of it."""
    credit = -credit_note.amount
    if credit_note.reverses:
        for debt in debts:
            if debt.key[0] == credit_note.reverses:
                used = min(credit, remaining[debt.key])
                remaining[debt.key] -= used
                credit -= used
    return credit


def _credit_pro_rata(keys, remaining, credit):
    """Net a credit against instalments of the same day, in proportion; return what is left of it."""
    total = sum(remaining[key] for key in keys)
    if credit >= total:
        for key in keys:
            remaining[key] = 0
        return credit - total
    # Cumulative rounding: the shares sum to the credit exactly.
    before = seen = 0
    for key in keys:
        seen += remaining[key]
        share = credit * seen // total - before
        before += share
        remaining[key] -= share
    return 0


def _net_item(item, left):
    if left == item.amount:
        return NetItem(item.key, item.currency, left, item.company_amount, 0, item.side)
    company = round(item.company_amount * left / item.amount)
    return NetItem(item.key, item.currency, left, company, item.amount - left, item.side)
