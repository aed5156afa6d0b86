"""Which debts a payment extinguishes, and whether it pays interest or principal first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .errors import NegativeAmount, UnknownDebt, UnknownMovement
from .interest import MOVEMENTS, _units


@dataclass(frozen=True, slots=True)
class Debt:
    """A debt on the day of a payment: what remains of its principal, the interest accrued, and how old it is.

    ``key`` names it in the answer. ``since``: the day it was born, where age is not counted from the due date.

    :raises NegativeAmount: principal or interest below zero
    """

    key: str
    principal: Decimal
    due: date
    interest: Decimal = Decimal(0)
    since: date | None = None

    def __post_init__(self):
        for amount in (self.principal, self.interest):
            if amount < 0:
                raise NegativeAmount(amount=amount)


class Share(NamedTuple):
    """What a payment extinguishes of one debt, and by which rule."""

    key: str
    interest: Decimal
    principal: Decimal
    rule: str  # indicated, due, not_due


class Imputation(NamedTuple):
    """Shares, in the order they were served, and what is left over: a payment on account."""

    shares: tuple[Share, ...]
    left: Decimal


class _Open:
    """A debt in units while it is being paid."""

    __slots__ = ("debt", "interest", "paid_interest", "paid_principal", "principal")

    def __init__(self, debt: Debt, digits: int, is_payment: bool):
        self.debt = debt
        self.principal = _units(debt.principal, digits)
        self.interest = _units(debt.interest, digits) if is_payment else 0
        self.paid_principal = self.paid_interest = 0

    @property
    def owed(self) -> int:
        return self.principal + self.interest

    def pay(self, units: int, interest_first: bool):
        """Pay some of it; never more than is owed."""
        if interest_first:
            self.paid_interest = min(units, self.interest)
            self.paid_principal = units - self.paid_interest
        else:
            self.paid_principal = min(units, self.principal)
            self.paid_interest = units - self.paid_principal


def _pro_rata(units: int, debts: Sequence[_Open]) -> list[int]:
    """Units split in proportion to what is owed, to the unit: those left go to the largest remainders, in order."""
    total = sum(debt.owed for debt in debts)
    if units >= total:
        return [debt.owed for debt in debts]
    parts = [divmod(units * debt.owed, total) for debt in debts]
    shares = [whole for whole, _remainder in parts]
    by_remainder = sorted(range(len(parts)), key=lambda position: (-parts[position][1], position))
    for position in by_remainder[: units - sum(shares)]:
        shares[position] += 1
    return shares


def impute(
    amount: Decimal,
    debts: Sequence[Debt],
    on: date,
    indicated: Sequence[str] = (),
    interest_first: bool = True,
    kind: str = "payment",
    digits: int = 2,
) -> Imputation:
    """How a payment made on that day is set against several debts of one debtor, in one currency.

    First the debts the debtor indicated, in that order; else those due (``due`` not after ``on``) before the others,
    the oldest first, and those of the same age in proportion (C.civ 1342-10; which debt the debtor had most interest in
    paying cannot be computed, and is left out). Inside a debt, interest before principal (C.civ 1343-1) unless the
    contract, or the judge (1343-5), says otherwise: ``interest_first``. A ``credit`` note is not a payment: it only
    reduces principal. A partial payment of an indicated debt supposes that the creditor accepts it (1342-4).

    :raises NegativeAmount: the amount is below zero
    :raises UnknownMovement: the kind is neither ``payment`` nor ``credit``
    :raises UnknownDebt: a debt indicated that is not given
    """
    if amount < 0:
        raise NegativeAmount(amount=amount)
    if kind not in MOVEMENTS:
        raise UnknownMovement(kind=kind, known=", ".join(MOVEMENTS))
    waiting = {debt.key: _Open(debt, digits, kind == "payment") for debt in debts}
    groups: list[tuple[str, list[_Open]]] = []
    for key in dict.fromkeys(indicated):
        if key not in waiting:
            raise UnknownDebt(key=key)
        groups.append(("indicated", [waiting.pop(key)]))
    ages: dict[tuple[bool, date], list[_Open]] = {}
    for opened in waiting.values():
        debt = opened.debt
        ages.setdefault((debt.due > on, debt.since or debt.due), []).append(opened)
    groups += [("not_due" if age[0] else "due", ages[age]) for age in sorted(ages)]

    left = _units(amount, digits)
    shares = []
    for rule, group in groups:
        for opened, units in zip(group, _pro_rata(left, group), strict=True):
            opened.pay(units, interest_first)
            left -= units
            if units:
                shares.append(
                    Share(
                        opened.debt.key,
                        Decimal(opened.paid_interest).scaleb(-digits),
                        Decimal(opened.paid_principal).scaleb(-digits),
                        rule,
                    )
                )
    return Imputation(tuple(shares), Decimal(left).scaleb(-digits))
