"""Penalties kept once: what letters may still ask of them, how a period is restated, when the next one starts.

Interest is kept by instalment and by period. The last period runs, and is restated to the larger cumulative total; one
that was booked, paid or waived in whole is closed, and the next starts the day after it. What is closed is deducted
from what is asked later.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

OPEN = ("accrued", "claimed")  # neither booked, paid nor wholly waived: may still change
REOPENED = "void"  # no longer owed: owed again when a payment comes back
DAY = timedelta(days=1)
NOTHING = Decimal(0)


class Kept(NamedTuple):
    """A penalty that is kept, of an instalment and a period (``date_to`` is the last day of interest)."""

    id: int
    state: str
    amount: Decimal
    waived: Decimal
    date_to: date | None
    claimed_on: date | None
    reminder_id: int | None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN or self.state == REOPENED

    @property
    def settled(self) -> Decimal:
        """What must not be asked again."""
        return self.waived if self.is_open else self.amount


def still_asked(found: Decimal, kept: Sequence[Kept]) -> Decimal:
    """What a letter may still ask of a cumulative total, less what is settled of it."""
    return max(found - sum((row.settled for row in kept), NOTHING), NOTHING)


def unsettled(tranches: list[dict[str, Any]], kept: Sequence[Kept]) -> list[dict[str, Any]]:
    """The tranches of interest after what is settled: those after the last period that is closed."""
    closed = [row.date_to for row in kept if not row.is_open and row.date_to]
    return after(tranches, max(closed)) if closed else tranches


def after(tranches: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    """The tranches after a day that is settled; the one it falls in keeps its share of days."""
    kept = []
    for part in tranches:
        start, end = date.fromisoformat(part["from"]), date.fromisoformat(part["to"])
        if end <= day:
            continue
        if start <= day:
            days = (end - day).days
            whole = Decimal(part["interest"])  # with the decimals of its currency
            share = whole * days / part["days"]
            part = {
                **part,
                "from": (day + DAY).isoformat(),
                "days": days,
                "interest": str(share.quantize(whole, ROUND_HALF_UP)),
            }
        kept.append(part)
    return kept


def running(total: Decimal, earlier: Sequence[Kept]) -> Decimal:
    """A total less the earlier periods that are open again: they keep their own share."""
    return total - sum((row.amount - row.waived for row in earlier if row.is_open), NOTHING)


def restated(total: Decimal, kept: Sequence[Kept]) -> Decimal:
    """The amount of the running period, the last of these, with a new total; what was claimed never shrinks, nor goes
    below what was waived."""
    last = kept[-1]
    amount = running(total, kept[:-1]) + last.waived
    if last.state == "claimed":
        amount = max(amount, last.amount)
    return max(amount, last.waived)


def next_start(start: date | None, end: date | None, kept: Sequence[Kept]) -> tuple[bool, date | None]:
    """Whether a new period brings anything, and its first day: never a day that an earlier period has.

    An indemnity has neither first nor last day, and no second period.
    """
    if start is None or end is None:
        return not kept, None
    last = kept[-1].date_to if kept else None
    start = max(start, last + DAY) if last else start
    return start <= end, start
