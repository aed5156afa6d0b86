"""Money that a third party received for the creditor: told first, seen in the bank later, counted once."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)
CENT = Decimal("0.01")


class Sum(NamedTuple):
    """An amount on a day."""

    on: date
    amount: Decimal


class Part(NamedTuple):
    """A part of a bank payment, ``position`` among them, and the day it counts from."""

    position: int
    on: date
    amount: Decimal


def set_against(told: Sequence[Sum], banked: Sequence[Sum]) -> tuple[list[Part], list[Sum]]:
    """(the parts of the payments of the bank, what was told and is not in the bank yet).

    What the debtor paid to whoever collects for the creditor frees him that day (C.civ 1342-2), not the day the money
    is passed on. So a payment of the bank dated on or after a sum that was told is that sum, the oldest first, and
    counts from the day it was told; the rest of it, and what came before, counts from its own day. A sum passed on
    after fees were kept leaves the difference as received: the debtor did pay it.
    """
    sums = sorted(told)
    left = [one.amount for one in sums]
    parts = []
    for index, (on, amount) in sorted(enumerate(banked), key=lambda found: found[1].on):
        rest = amount
        for number, one in enumerate(sums):
            taken = min(rest, left[number])
            if one.on > on or not taken:
                continue
            parts.append(Part(index, one.on, taken))
            left[number] -= taken
            rest -= taken
        if rest:
            parts.append(Part(index, on, rest))
    return parts, [Sum(one.on, amount) for one, amount in zip(sums, left, strict=True) if amount]


def same_money(told: Sequence[Sum], account: Sequence[tuple[int, Sum]]) -> tuple[dict[int, Decimal], list[int]]:
    """({item: amount} of the money on account that is what was told, the items that may be and nobody can tell).

    Money that nobody has allocated yet is what a third party told of when it came on or after that day and is the same
    amount, of one receipt or of all of them together. Another amount may be what he passed on after his fees, or a
    payment of its own: a person says so by allocating it, and both count meanwhile, since a debtor is never asked for
    what he may have paid.
    """
    left, same, doubtful = sorted(told), {}, []
    for item, money in sorted(account, key=lambda found: (found[1].on, found[0])):
        before = [one for one in left if one.on <= money.on]
        equal = next((one for one in before if one.amount == money.amount), None)
        if equal:
            left.remove(equal)
        elif before and sum((one.amount for one in before), ZERO) == money.amount:
            left = [one for one in left if one.on > money.on]
        else:
            if before:
                doubtful.append(item)
            continue
        same[item] = money.amount
    return same, doubtful


def spread(amount: Decimal, rooms: Sequence[Decimal]) -> list[Decimal]:
    """How an amount that names no debt divides over debts given the oldest first, by what is left of each; what is
    over goes to the last (C.civ 1342-10)."""
    shares = []
    for room in rooms:
        share = min(amount, max(room, ZERO))
        shares.append(share)
        amount -= share
    if shares:
        shares[-1] += amount
    return shares


def apportion(amount: Decimal, weights: Sequence[Decimal], unit: Decimal = CENT) -> list[Decimal]:
    """An amount divided in proportion, to the smallest unit of its currency: the shares sum to it. Without any weight,
    all on the first."""
    total = sum(weights, ZERO)
    if not total:
        return [amount, *[ZERO] * (len(weights) - 1)] if weights else []
    shares, given, weight = [], ZERO, ZERO
    for one in weights:
        weight += one
        upto = (amount * weight / total).quantize(unit)
        shares.append(upto - given)
        given = upto
    shares[-1] += amount - given
    return shares
