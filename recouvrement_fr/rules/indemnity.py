"""The fixed recovery indemnity, once per late invoice."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from .insolvency import is_prior
from .interest import Movement
from .parameters import DEFAULT, Dated, Parameters, dated
from .regime import PENALISED, known_regime

NOTHING = Decimal("0.00")


def goes_with(interest_regime: str) -> bool:
    """Whether the fixed indemnity goes with that regime of interest: with penalties, not with legal interest."""
    return interest_regime in PENALISED


def was_late(principal: Decimal, due: date, movements: Iterable[Movement]) -> bool:
    """Whether a part of the price was not paid on its day: what was credited since was never owed, and a payment that
    came in by the due date is not late, whenever it was found."""
    credited = sum((movement.amount for movement in movements if movement.kind == "credit"), NOTHING)
    in_time = sum(
        (movement.amount for movement in movements if movement.kind == "payment" and movement.on <= due), NOTHING
    )
    return principal > credited + in_time


def recovery_indemnity(
    debtor_type: str,
    due: date,
    on: date,
    insolvency_on: date | None = None,
    born_on: date | None = None,
    parameters: Parameters = DEFAULT,
) -> Decimal:
    """The indemnity in EUR of an invoice due on ``due``, on that day, outside VAT: once, whatever is left unpaid.

    Professionals (C.com L441-10 II and D441-5) and public buyers (CCP D2192-35) only; from the first late day; not for
    a debt whose payment on its day was forbidden: born before the opening of an insolvency procedure and due on or
    after it (L441-10 II, last sentence; L622-7). ``born_on``: the day of delivery or performance, else the invoice's;
    without it, a debt is taken as prior. The amount is the one in force on the first late day. Whether it was claimed
    already is for the caller to know.

    :raises UnknownDebtorType: a word that is not in ``regime.DEBTOR_TYPES``
    """
    if not known_regime(debtor_type).indemnity or on <= due:
        return NOTHING
    if insolvency_on is not None and due >= insolvency_on and (born_on is None or is_prior(born_on, insolvency_on)):
        return NOTHING
    return indemnity_figure(debtor_type, due, parameters).value


def indemnity_figure(debtor_type: str, due: date, parameters: Parameters = DEFAULT) -> Dated:
    """The amount of the law for an invoice due on ``due``, with its article: that of the first late day.

    :raises FigureMissing: there is none that day
    """
    code = known_regime(debtor_type).indemnity
    return dated(getattr(parameters, code), due + timedelta(days=1), code)
