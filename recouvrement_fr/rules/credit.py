"""How much credit a customer has, how much of it is used, and what follows; no law fixes these: the creditor does."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

THRESHOLDS = (50, 70, 90, 100)  # percent of the limit from which somebody is told, once each
HUNDRED, CENT = Decimal(100), Decimal("0.01")


class Cover(NamedTuple):
    """What a guarantee may pay: ``amount`` at most (zero: without limit), ``percent`` of a loss, on ``covered``, which
    is the part of the debt that it is about. Of a credit insurance, ``is_insured``, the amount is the debt that the
    insurer agreed to (agrément), of which it bears the percent (quotité garantie): 90 % of 5,000 agreed is 4,500. One
    whose value nobody knows (goods under reserve of title, without an amount) counts for nothing. ``parts``: what is
    left of each invoice that it is about; none when it is about the whole account."""

    covered: Decimal
    amount: Decimal
    percent: Decimal
    is_valued: bool = True
    is_insured: bool = False
    parts: Mapping[int, Decimal] = {}

    @property
    def pays(self) -> Decimal:
        """What it may pay by itself."""
        if not self.is_valued:
            return Decimal(0)
        part = self.percent / HUNDRED
        limit = self.amount * part if self.is_insured else self.amount
        share = max(self.covered, Decimal(0)) * part
        return min(share, limit) if self.amount else share


def guaranteed(open_items: Decimal, covers: Iterable[Cover]) -> Decimal:
    """What these guarantees would pay together: nothing is paid twice.

    Of an invoice that several are about, the later ones pay what the earlier ones leave; so it is of the whole account.
    First those about some invoices, the insurers last: a loss is what the others leave, and they bear their share of
    it, never what stays with the creditor.
    """
    account, of_invoice, paid = max(open_items, Decimal(0)), dict[int, Decimal](), Decimal(0)
    for cover in sorted(covers, key=lambda one: (one.is_insured, not one.parts)):
        left = account
        if cover.parts:
            for key, amount in cover.parts.items():
                of_invoice.setdefault(key, amount)
            left = min(left, sum((of_invoice[key] for key in cover.parts), Decimal(0)))
        lost = cover._replace(covered=min(cover.covered, left)) if cover.is_insured else cover
        pays = max(min(lost.pays, left), Decimal(0))
        account, paid = account - pays, paid + pays
        for key in cover.parts:
            taken = min(of_invoice[key], pays)
            of_invoice[key], pays = of_invoice[key] - taken, pays - taken
    return paid


def exposure(open_items: Decimal, orders: Decimal, covers: Iterable[Cover]) -> Decimal:
    """What would be lost if the customer failed now: open items net of credits, orders not invoiced yet, less what
    valid guarantees would pay. Never less than zero; in the currency of the company, to the cent, half up."""
    at_risk = open_items + orders - guaranteed(open_items, covers)
    return max(at_risk, Decimal(0)).quantize(CENT, ROUND_HALF_UP)


def reached(exposed: Decimal, limit: Decimal) -> tuple[int, ...]:
    """The THRESHOLDS that an exposure has reached, the lowest first. Without any credit (limit zero), all of them as
    soon as anything is owed."""
    if limit <= 0:
        return THRESHOLDS if exposed > 0 else ()
    return tuple(threshold for threshold in THRESHOLDS if exposed * HUNDRED >= limit * threshold)


def used(exposed: Decimal, limit: Decimal) -> int:
    """The percent of a limit that an exposure uses, as the THRESHOLDS count it: 89.9 % has not reached 90. Without any
    credit (limit zero), nothing can be said: zero."""
    return int(exposed * HUNDRED / limit) if limit > 0 else 0


def is_over(before: Decimal, after: Decimal, limit: Decimal) -> bool:
    """Whether an invoice or order that takes the exposure from ``before`` to ``after`` passes the limit; reaching it to
    the cent does not, nor does what adds nothing: paid beforehand, or secured."""
    return after > before and after > limit


def is_beyond(amount: Decimal, ceiling: Decimal) -> bool:
    """Whether a credit passes what any manager may approve (zero: there is no ceiling); the ceiling itself does not."""
    return 0 < ceiling < amount


def may_approve(amount: Decimal, own_limit: Decimal, is_own: bool) -> bool:
    """Whether somebody may approve a credit: one's own request up to ``own_limit`` only (zero: never)."""
    return not is_own or 0 < amount <= own_limit
