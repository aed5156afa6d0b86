"""What the law says of each type of debtor: one row per type, asked by whoever would otherwise compare its name."""

from collections.abc import Callable
from typing import NamedTuple

from .errors import UnknownDebtorType

COMMERCIAL, CIVIL, PUBLIC = "commercial", "civil", "public"
PENALISED = ("professional", "contractual", "public")  # regimes of interest that a fixed indemnity goes with


class Regime(NamedTuple):
    """The law of a type of debtor.

    ``interest``: its regime of interest (``claim.REGIMES``), with ``contract_rate`` when a contract's rate replaces it;
    ``indemnity``: the figure of its fixed indemnity, empty when it owes none; ``complementary``: costs beyond it are
    owed, on justification; ``unasked``: it owes both without any notice; ``invoiced_by_law``: its invoices bear the
    mentions of C.com L441-9; ``has_maximum``: a maximum binds its delay to pay, which ``from_receipt`` counts from the
    day it received the invoice; ``letter``: the law its letters speak of; ``policies``: the type that policies are
    matched on; ``limitation``: the kind of claim its limitation goes by; ``court``: the only judge it is sued before,
    empty when that depends; ``may_trade``: it may be a trader; ``is_seizable``: its property can be attached;
    ``is_legal``: it is never a natural person;
    ``needs_consent``: to be written to by electronic registered letter; ``is_person``: the law protects it as a
    consumer; ``arrears``: how far back the interest of a judgment goes; ``may_be_profiled``: its
    payments may be weighed up (never those of a consumer, nor of whoever may be one: GDPR art. 22).
    """

    interest: str
    letter: str
    policies: str
    limitation: str
    contract_rate: bool = False
    indemnity: str = ""
    complementary: bool = False
    unasked: bool = False
    invoiced_by_law: bool = False
    has_maximum: bool = False
    from_receipt: bool = False
    court: str = ""
    may_trade: bool = False
    is_seizable: bool = True
    needs_consent: bool = True
    is_person: bool = False
    is_legal: bool = False
    arrears: str = "judgment_arrears"
    may_be_profiled: bool = False


REGIMES = {
    "professional": Regime(
        interest="professional",  # C.com L441-10 II
        letter=COMMERCIAL,
        policies="professional",
        limitation="commercial",  # C.com L110-4 I
        contract_rate=True,
        indemnity="indemnity",  # C.com L441-10 II, D441-5
        complementary=True,  # C.com L441-10 II
        unasked=True,
        invoiced_by_law=True,
        has_maximum=True,  # C.com L441-10 I, L441-11
        may_trade=True,
        needs_consent=False,
        may_be_profiled=True,
    ),
    "non_professional": Regime(
        interest="consumer",  # C.civ 1231-6
        letter=CIVIL,
        policies="consumer",
        limitation="civil",  # C.civ 2224
        is_legal=True,  # copropriétés, associations
        may_be_profiled=True,  # copropriétés, associations: legal persons
    ),
    "consumer": Regime(
        interest="consumer",  # C.civ 1231-6
        letter=CIVIL,
        policies="consumer",
        limitation="consumer",  # C.conso L218-2
        is_person=True,
        arrears="consumer_arrears",
    ),
    "public": Regime(
        interest="public",  # CCP R2192-31
        letter=PUBLIC,
        policies="public",
        limitation="public",  # loi 68-1250 art. 1
        indemnity="public_indemnity",  # CCP D2192-35
        unasked=True,
        invoiced_by_law=True,
        has_maximum=True,  # CCP L2192-10
        from_receipt=True,  # CCP R2192-10
        court="administrative",
        is_legal=True,
        is_seizable=False,  # CG3P L2311-1
        needs_consent=False,  # CPCE-postes L100: persons who are no professionals
        may_be_profiled=True,
    ),
}
DEBTOR_TYPES = tuple(REGIMES)
UNKNOWN = Regime(interest="consumer", letter=CIVIL, policies="", limitation="")  # what is true of all


def regime_of(debtor_type: str | None) -> Regime:
    """The law of that type of debtor; of one whose type nobody knows yet, what is true of all.

    :raises UnknownDebtorType: no such type
    """
    return known_regime(debtor_type) if debtor_type else UNKNOWN


def known_regime(debtor_type: str | None) -> Regime:
    """The law of that type of debtor, which is needed.

    :raises UnknownDebtorType: no such type
    """
    if debtor_type not in REGIMES:
        raise UnknownDebtorType(kind=debtor_type, known=", ".join(DEBTOR_TYPES))
    return REGIMES[debtor_type]


def types_that(holds: Callable[[Regime], bool]) -> tuple[str, ...]:
    """The types of debtor whose law says so, to be searched for: ``types_that(lambda law: law.is_person)``."""
    return tuple(kind for kind, law in REGIMES.items() if holds(law))


def letter_law(debtor_type: str | None, confirmed: bool) -> str:
    """Which law a letter speaks of. A professional nobody confirmed gets the civil wording, which is true for all."""
    law = regime_of(debtor_type).letter
    return CIVIL if law == COMMERCIAL and not confirmed else law
