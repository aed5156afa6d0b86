"""Bad debts: what is lost of an unpaid invoice net of VAT, and what a doubtful one is impaired by."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .deadlines import Deadline
from .parameters import Figures, shipped_figures

CENT = Decimal("0.01")


class Share(NamedTuple):
    """What is left of an invoice, split: the net price, and each of its taxes in the order given."""

    net: Decimal
    taxes: tuple[Decimal, ...]


def split(left: Decimal, total: Decimal, taxes: Sequence[Decimal], unit: Decimal = CENT) -> Share:
    """Split what is left unpaid of an invoice between its taxes, in proportion, and the net price.

    Each tax is rounded on its own; the net price takes the rest, so that the parts add up to ``left`` to the cent (CGI
    272, 1: the tax recovered is that of the part left unpaid). ``left`` and ``total`` include taxes; ``unit`` is the
    currency's smallest amount. An invoice of zero has no tax to share.
    """
    if not total:
        return Share(left, tuple(Decimal(0) for _tax in taxes))
    parts = tuple((tax * left / total).quantize(unit, ROUND_HALF_UP) for tax in taxes)
    return Share(left - sum(parts), parts)


class Bracket(NamedTuple):
    """A rate of impairment in percent, from so many days late, of the debts in a situation."""

    situation: str
    days: int
    rate: Decimal


def impairment_rate(brackets: Sequence[Bracket], situations: Sequence[str], days_late: int) -> Bracket | None:
    """The bracket with the highest rate among those a debt has reached; None when it has reached none.

    A debt may be in several situations (late, doubtful, owed by a company in liquidation): the most serious one counts
    (prudence, PCG 120-3).
    """
    reached = [one for one in brackets if one.situation in situations and days_late >= one.days]
    return max(reached, key=lambda one: (one.rate, one.days), default=None)


def impairment(net: Decimal, rate: Decimal, unit: Decimal = CENT) -> Decimal:
    """What a debt is impaired by: ``rate`` percent of its price without VAT, since VAT would be recovered; never less
    than nothing (PCG 214-25)."""
    return max(net * rate / 100, Decimal(0)).quantize(unit, ROUND_HALF_UP)


def vat_recovery_until(event_on: date, figures: Figures | None = None) -> Deadline:
    """The last day to recover the VAT of a debt lost on ``event_on``: 31 December of the second year after.

    The general delay of deduction (CGI annexe II 208), which practitioners apply here: its text was not read.
    """
    years = (figures or shipped_figures()).at("vat_recovery_years", event_on)
    last = date(event_on.year + int(years.value), 12, 31)
    return Deadline("vat_recovery", event_on, last, last, None, "loss", years.article, verified=years.verified)
