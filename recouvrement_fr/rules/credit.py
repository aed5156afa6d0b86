"""How much credit a customer has, how much of it is used, and what follows; no law fixes these: the creditor does."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

THRESHOLDS = (50, 70, 90, 100)  # percent of the limit from which somebody is told, once each
HUNDRED, CENT = Decimal(100), Decimal("0.01")


class Cover(NamedTuple):
    """What a guarantee may pay: ``amount`` at most (zero: without limit), ``percent`` of a loss, on ``covered``, which
    is the part of the debt that it is about. One whose value nobody knows (goods under reserve of title, without an
    amount) counts for nothing."""

    covered: Decimal
    amount: Decimal
    percent: Decimal
    is_valued: bool = True

    @property
    def pays(self) -> Decimal:
        if not self.is_valued:
            return Decimal(0)
        share = max(self.covered, Decimal(0)) * self.percent / HUNDRED
        return min(share, self.amount) if self.amount else share


def exposure(open_items: Decimal, orders: Decimal, covers: Iterable[Cover]) -> Decimal:
    """What would be lost if the customer failed now: open items net of credits, orders not invoiced yet, less what
    valid guarantees would pay. Never less than zero; in the currency of the company, to the cent, half up."""
    return max(balance(open_items, orders, covers), Decimal(0))


def balance(open_items: Decimal, orders: Decimal, covers: Iterable[Cover]) -> Decimal:
    """The same, to which the next document is added: less than zero by what the customer paid in advance, which is no
    credit; never because of guarantees, whatever they would pay."""
    owed = open_items + orders
    at_risk = owed - sum((cover.pays for cover in covers), Decimal(0))
    return max(at_risk, min(owed, Decimal(0))).quantize(CENT, ROUND_HALF_UP)


def reached(exposed: Decimal, limit: Decimal) -> tuple[int, ...]:
    """The THRESHOLDS that an exposure has reached, the lowest first. Without any credit (limit zero), all of them as
    soon as anything is owed."""
    if limit <= 0:
        return THRESHOLDS if exposed > 0 else ()
    return tuple(threshold for threshold in THRESHOLDS if exposed * HUNDRED >= limit * threshold)


def is_over(exposed: Decimal, added: Decimal, limit: Decimal) -> bool:
    """Whether one more invoice or order of ``added`` passes the limit; reaching it to the cent does not."""
    return added > 0 and exposed + added > limit


def may_approve(amount: Decimal, own_limit: Decimal, is_own: bool) -> bool:
    """Whether somebody may approve a credit: one's own request up to ``own_limit`` only (zero: never)."""
    return not is_own or 0 < amount <= own_limit
