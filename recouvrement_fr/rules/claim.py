"""A sum of money, what came in, and what suspends its interest: what ``interest`` counts on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .errors import (
    ContractRateMissing,
    DueBeforeInvoice,
    FreezeReversed,
    NegativeAmount,
    NegativeRate,
    PaymentBeforeInvoice,
    UnknownDayCount,
    UnknownImputation,
    UnknownMovement,
    UnknownRegime,
)
from .regime import known_regime

REGIMES = ("professional", "contractual", "consumer", "public", "judgment", "none")
DAY_COUNTS = ("act365", "actact")
IMPUTATIONS = ("principal", "interest")
MOVEMENTS = ("payment", "credit")
LEGAL_REGIMES = ("consumer", "judgment")  # legal interest, not penalties
GRACE_ARTICLE = "C.civ 1343-5"


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that reduces a claim from the day after ``on``: a payment, or a credit note (which is not a payment).

    :raises NegativeAmount: the amount is below zero
    :raises UnknownMovement: the kind is neither ``payment`` nor ``credit``
    """

    on: date
    amount: Decimal
    kind: str = "payment"

    def __post_init__(self):
        if self.amount < 0:
            raise NegativeAmount(amount=self.amount)
        if self.kind not in MOVEMENTS:
            raise UnknownMovement(kind=self.kind, known=", ".join(MOVEMENTS))


@dataclass(frozen=True, slots=True)
class Freeze:
    """Days, both included, on which no interest runs: from an insolvency judgment (C.com L622-28), or during a delay
    granted by a judge (C.civ 1343-5), which its article tells. ``date_to`` is None while it lasts.

    A judge's delay stops increases and penalties of delay only (1343-5 al. 4): a consumer's legal interest and that of
    a judgment run on, the latter without its surcharge; the penalties of the other regimes stop.

    :raises FreezeReversed: it ends before it begins
    """

    date_from: date
    date_to: date | None
    article: str

    def __post_init__(self):
        if self.date_to is not None and self.date_to < self.date_from:
            raise FreezeReversed(date_from=self.date_from, date_to=self.date_to)

    @property
    def spares_legal_interest(self) -> bool:
        """Whether the plain legal interest runs all the same."""
        return self.article.startswith(GRACE_ARTICLE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sum of money, all taxes included, and what decides its interest.

    ``regime``:

    - ``professional``: ECB + 10 points, re-anchored each half-year (C.com L441-10 II);
    - ``contractual``: ``contract_rate``, raised to three times the legal rate where it is lower (same article);
    - ``consumer``: legal rate, from ``notice_on``, the mise en demeure (C.civ 1231-6); none without one, nor from one
      that came before the due date, when nothing could be asked yet;
    - ``public``: ECB + 8 points, frozen at the half-year in which interest began (CCP R2192-31);
    - ``judgment``: legal rate from ``due``, the day the judge made it run from (C.civ 1231-7), and 5 points more once
      two months have passed since ``judgment_enforceable_on`` (CMF L313-3);
    - ``none``: no interest.

    A claim has one regime, so that penalties and legal interest never add up (Cass. com. 24/04/2024, 22-24.275).

    ``day_count``: ``act365`` divides by 365 every year; ``actact`` by 366 in a leap year. ``imputation``: ``principal``
    takes payments off the principal first, as a ledger does; ``interest`` off the interest accrued that day (C.civ
    1343-1). ``capitalise_from``: the day of the contract or decision that lets a whole year's interest bear interest
    (C.civ 1343-2). ``individual_creditor``: a natural person acting outside a business, whose legal rate is another
    column (CMF L313-2). ``consumer_debtor``: two years of interest after a judgment can still be asked, five otherwise
    (Cass. avis 04/07/2016, 16-70.004). ``judged``: a judgment fixed another regime's rate, and the same holds.
    ``digits``: decimals of the currency.

    :raises UnknownRegime, UnknownDayCount, UnknownImputation: a word that is not above
    :raises ContractRateMissing: contractual regime without a rate
    :raises NegativeRate: a contract rate below zero
    :raises DueBeforeInvoice: due before ``invoice_date``
    :raises PaymentBeforeInvoice: a payment before ``invoice_date`` (a credit note may be older)
    """

    principal: Decimal
    due: date
    regime: str
    invoice_date: date | None = None
    contract_rate: Decimal | None = None
    notice_on: date | None = None
    judgment_enforceable_on: date | None = None
    movements: tuple[Movement, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    day_count: str = "act365"
    reference: str = ""
    imputation: str = "principal"
    capitalise_from: date | None = None
    individual_creditor: bool = False
    consumer_debtor: bool = False
    judged: bool = False
    digits: int = 2

    def __post_init__(self):
        if self.regime not in REGIMES:
            raise UnknownRegime(regime=self.regime, known=", ".join(REGIMES))
        if self.day_count not in DAY_COUNTS:
            raise UnknownDayCount(day_count=self.day_count, known=", ".join(DAY_COUNTS))
        if self.imputation not in IMPUTATIONS:
            raise UnknownImputation(imputation=self.imputation, known=", ".join(IMPUTATIONS))
        if self.contract_rate is None:
            if self.regime == "contractual":
                raise ContractRateMissing()
        elif self.contract_rate < 0:
            raise NegativeRate(rate=self.contract_rate)
        if self.invoice_date is not None:
            if self.due < self.invoice_date:
                raise DueBeforeInvoice(due=self.due, invoice_date=self.invoice_date)
            for movement in self.movements:
                if movement.kind == "payment" and movement.on < self.invoice_date:
                    raise PaymentBeforeInvoice(on=movement.on, invoice_date=self.invoice_date)


def interest_regime(debtor_type: str, has_contract_rate: bool = False, kind_regime: str | None = None) -> str:
    """The regime of an invoice, by the type of its debtor: C.com L441-10 between professionals, at the contract's rate
    if it has one; CCP R2192-31 for public buyers; C.civ 1231-6 for the others. ``kind_regime``, that of its kind of
    claim, is ``none`` or takes a professional to the legal rate; it never takes a consumer out of his own regime.

    :raises UnknownDebtorType: no such type
    """
    if kind_regime == "none":
        return "none"
    law = known_regime(debtor_type)
    if kind_regime == "consumer" and law.contract_rate:
        return "consumer"
    return "contractual" if law.contract_rate and has_contract_rate else law.interest
