"""The discount for paying early (escompte): what it comes to, what it costs and what it yields over a year.

Its conditions are on the invoice (C.com L441-9); 3/10 n/30 reads: 3 % less within 10 days, the whole within 30.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

HUNDRED, YEAR = Decimal(100), Decimal(365)
CENT, TENTH = Decimal("0.01"), Decimal("0.1")


class Offer(NamedTuple):
    """``discount``: what is taken off, ``to_pay``: what is left, in the currency of the invoice; ``days``: gained on
    the due date; ``yearly_rate``: percent a year that the customer earns by paying early, which is what it costs the
    creditor; None when nothing is gained."""

    discount: Decimal
    to_pay: Decimal
    days: int
    yearly_rate: Decimal | None


def offer(amount: Decimal, percent: Decimal, last_day: date, due: date) -> Offer:
    """What paying at the last day of the discount rather than at the due date comes to.

    The yearly rate is simple, on 365 days: percent / (100 - percent) x 365 / days, so 3/10 n/30 yields 56.4 % a year.
    Amounts to the cent, half up.

    :param amount: of the invoice, what the discount is taken on
    :param percent: from 0 to less than 100
    """
    discount = (amount * percent / HUNDRED).quantize(CENT, ROUND_HALF_UP)
    days = (due - last_day).days
    return Offer(discount, amount - discount, days, yearly_rate(percent, HUNDRED - percent, Decimal(days)))


def yearly_rate(discount: Decimal, received: Decimal, days: Decimal) -> Decimal | None:
    """What discounts cost the creditor in percent a year, simple, on 365 days: discount / received x 365 / days gained;
    None when no day is gained, or nothing received."""
    if days <= 0 or received <= 0:
        return None
    return (discount / received * YEAR / days * HUNDRED).quantize(TENTH, ROUND_HALF_UP)


def is_open(last_day: date | None, paid: Decimal, on: date) -> bool:
    """Whether the discount can still be taken: its last day has not passed, and nothing was paid."""
    return last_day is not None and on <= last_day and paid <= 0
