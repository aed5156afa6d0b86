"""What to do first: of each debtor, the amount x the chance that acting today helps x how urgent it is.

Nothing here is law: it is an order, which a person may leave. Whoever only waits, or has nothing open, is not in it.
The chance is read from the age of the debt and from how the debtor pays; a person, whose payments are not weighed up,
has that of the age alone (GDPR art. 22).
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

# Days late -> the chance that acting today brings the money: what is old is rarely paid for being asked once more.
CHANCES = ((15, Decimal("0.60")), (30, Decimal("0.50")), (60, Decimal("0.40")), (90, Decimal("0.30")))
OLD = Decimal("0.15")
SLOW_PAYER, PROMPT_PAYER = Decimal("1.20"), Decimal("0.80")  # the first pays when asked, the second by itself
PROMPT_DAYS = 5
URGENT = (  # days left -> factor, the first that fits
    (0, Decimal(3)),
    (7, Decimal("2.5")),
    (30, Decimal("1.5")),
)
BROKEN, ANSWERED = Decimal("1.5"), Decimal("1.5")
CENT, HUNDREDTH = Decimal("0.01"), Decimal("0.01")


class Work(NamedTuple):
    """A debtor somebody has something to do about.

    ``amount``: overdue, in company currency; ``days_late``: of its oldest instalment; ``usual_days``: how late it pays
    on average, None when that is not weighed up; ``days_left``: to the nearest deadline or limitation, None without;
    ``broken``: what its last broken promise still weighs, from 0 to 1 (`weight`); ``has_answered``: it expects an
    answer.
    """

    amount: Decimal
    days_late: int
    usual_days: Decimal | None = None
    days_left: int | None = None
    broken: Decimal = Decimal(0)
    has_answered: bool = False


class Value(NamedTuple):
    """``amount`` x ``chance`` x ``urgency``, to the cent; ``why`` the codes of what made it, for a sentence."""

    value: Decimal
    chance: Decimal
    urgency: Decimal
    why: tuple[str, ...]


def weight(days: int, fades_in: int) -> Decimal:
    """What a promise broken so many days ago still weighs: all on the day itself, nothing after ``fades_in`` days, in a
    straight line between; without such a number of days, it never weighs."""
    if not 0 <= days < fades_in:
        return Decimal(0)
    return Decimal(fades_in - days) / fades_in


def expected(work: Work) -> Value:
    """What acting today about a debtor is worth. An urgency is the highest of its causes, not their product."""
    chance, why = _chance(work)
    urgencies = [(Decimal(1), "")]
    if work.days_left is not None:
        urgencies += [(factor, "deadline") for days, factor in URGENT if work.days_left <= days][:1]
    if work.broken > 0:
        urgencies.append((1 + ((BROKEN - 1) * work.broken).quantize(HUNDREDTH, ROUND_HALF_UP), "promise"))
    if work.has_answered:
        urgencies.append((ANSWERED, "reply"))
    urgency, cause = max(urgencies, key=lambda pair: pair[0])
    value = (max(work.amount, Decimal(0)) * chance * urgency).quantize(CENT, ROUND_HALF_UP)
    return Value(value, chance, urgency, (*why, *((cause,) if cause else ())))


def _chance(work):
    chance = next((part for days, part in CHANCES if work.days_late <= days), OLD)
    if work.usual_days is None:
        return chance, ()
    if work.usual_days > PROMPT_DAYS:
        return chance * SLOW_PAYER, ("slow",)
    return chance * PROMPT_PAYER, ("prompt",)
