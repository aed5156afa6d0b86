"""Which court, by the quality of the parties, the amount and the kind of claim; an answer to check, with its reasons.

The names: ``commercial`` (tribunal de commerce, or des activités économiques in the towns listed), ``judicial``
(tribunal judiciaire), ``proximity`` (its chamber for small claims), ``housing`` (juge des contentieux de la
protection), ``commercial_chamber`` (of the tribunal judiciaire, in Alsace-Moselle), ``administrative``.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .debtor_type import FRENCH_COUNTRIES
from .errors import NegativeAmount, UnknownClaimKind, UnknownDebtorType
from .indemnity import DEBTOR_TYPES
from .parameters import ALWAYS, Dated, in_force
from .prescription import CLAIM_KINDS

ALSACE_MOSELLE = ("57", "67", "68")  # C.com L731-1
PROCEDURES = ("injonction", "merits", "refere")


@dataclass(frozen=True, slots=True)
class CourtRules:
    """The figures of the rules, as data. Amounts in EUR; ``economic_courts``: towns whose tribunal de commerce is a
    tribunal des activités économiques, between two days (loi 2023-1059, art. 26; décret 2024-674)."""

    # To watch: a decree prepared in 2026 would raise the attempt to settle and the appeal from 5,000 to 10,000 EUR. It
    # was not published on 26/11/2026; once it is, its amounts are a second value with its first day.
    proximity_limit: tuple[Dated, ...] = (Dated(ALWAYS, Decimal(10_000), "COJ L212-8, D212-19"),)  # to be verified
    lawyer_limit: tuple[Dated, ...] = (Dated(ALWAYS, Decimal(10_000), "CPC 761 3°, 853"),)
    amicable_limit: tuple[Dated, ...] = (Dated(ALWAYS, Decimal(5_000), "CPC 750-1"),)
    appeal_limit: tuple[Dated, ...] = (Dated(ALWAYS, Decimal(5_000), "C.com R721-6; COJ R211-3-24"),)
    contribution_limit: Decimal = Decimal(50_000)  # loi 2023-1059 art. 27
    contribution_employees: int = 250
    economic_from: date = date(2025, 1, 1)
    economic_to: date = date(2028, 12, 31)
    economic_courts: tuple[str, ...] = (
        *("Avignon", "Auxerre", "Le Havre", "Le Mans", "Limoges", "Lyon", "Marseille", "Nancy", "Nanterre", "Paris"),
        *("Saint-Brieuc", "Versailles"),
    )


DEFAULT = CourtRules()


class CourtAnswer(NamedTuple):
    """``court``: see the module; ``reasons``: (code, article) in the order they were applied; ``lawyer``: ``optional``
    or ``mandatory``; ``amicable_first``: an attempt to settle is a condition (CPC 750-1); ``appeal``: whether one is
    open; ``verified`` is False where a figure used was not read in the text."""

    court: str
    reasons: tuple[tuple[str, str], ...]
    lawyer: str
    amicable_first: bool
    appeal: bool
    verified: bool


def competent_court(
    debtor_type: str,
    is_commercant: bool,
    claim_kind: str,
    amount: Decimal,
    department: str = "",
    procedure: str = "merits",
    rules: CourtRules = DEFAULT,
    on: date = date.max,
) -> CourtAnswer:
    """The court of a claim of that amount in EUR, its lawyer and its conditions; the creditor being a trader.

    Between traders the commercial court whatever the amount (C.com L721-3), its chamber in Alsace-Moselle (C.com
    L731-1); a non-trader is sued before the civil court (mixed act); housing before the juge des contentieux de la
    protection; a public body before the administrative court. The place is the debtor's seat or home: public order for
    an injonction de payer (CPC 1406), the rule otherwise (CPC 42), with options (CPC 46) and clauses (CPC 48) that a
    person weighs. ``on``: the day the claim is brought, whose amounts apply; without it, the last known.

    :raises NegativeAmount: the amount is below zero
    :raises UnknownDebtorType: a word that is not in ``indemnity.DEBTOR_TYPES``
    :raises UnknownClaimKind: a word that is not in ``prescription.CLAIM_KINDS``
    """
    if amount < 0:
        raise NegativeAmount(amount=amount)
    if debtor_type not in DEBTOR_TYPES:
        raise UnknownDebtorType(kind=debtor_type, known=", ".join(DEBTOR_TYPES))
    if claim_kind not in CLAIM_KINDS:
        raise UnknownClaimKind(kind=claim_kind, known=", ".join(CLAIM_KINDS))
    court, reason, article, verified = _court(debtor_type, is_commercant, claim_kind, amount, department, rules, on)
    place = ("debtor_seat_public_order", "CPC 1406") if procedure == "injonction" else ("debtor_seat", "CPC 42")
    civil = court in ("judicial", "proximity", "housing")
    return CourtAnswer(
        court,
        ((reason, article), place),
        _lawyer(court, amount, procedure, rules, on),
        civil and procedure != "injonction" and amount <= in_force(rules.amicable_limit, on).value,
        amount > in_force(rules.appeal_limit, on).value,
        verified,
    )


def department(postal_code: str | None, country: str | None) -> str:
    """The French department of a postal code, for example 69, 2A or 974; an empty text abroad, or when it is no code.

    ``country`` is an ISO code, always said by the caller: a number of an unknown country is no French one.

    A spreadsheet drops the zero of 01000. Corsica's codes begin with 20: 200 and 201 are Corse-du-Sud, the others
    Haute-Corse.
    """
    code = "".join((postal_code or "").split())
    if country not in FRENCH_COUNTRIES or not (code.isascii() and code.isdigit() and len(code) in (4, 5)):
        return ""
    code = code.zfill(5)
    if code[:2] == "20":
        return "2A" if code[:3] in ("200", "201") else "2B"
    return code[:3] if code[:2] in ("97", "98") else code[:2]


def serves(served: str | None, wanted: str) -> bool:
    """Whether a court that serves these departments (67, 68) serves that one; 20 is both Corsicas, 1 is 01."""
    found = {part.strip().upper() for part in (served or "").split(",")}
    found = {part.zfill(2) for part in found if part} | ({"2A", "2B"} if "20" in found else set())
    return bool(wanted) and wanted in found


def _court(debtor_type, is_commercant, claim_kind, amount, department, rules, on):
    if debtor_type == "public":
        return "administrative", "public_body", "CG3P L2311-1; loi 80-539", False
    wanted = CLAIM_KINDS[claim_kind].court
    if wanted == "housing":
        return "housing", "housing_lease", "COJ L213-4-4", False
    if wanted == "commercial" and claim_kind == "bill_of_exchange" or (debtor_type == "professional" and is_commercant):
        if department in ALSACE_MOSELLE:
            return "commercial_chamber", "alsace_moselle", "C.com L731-1", True
        return "commercial", "between_traders", "C.com L721-3", True
    if amount <= in_force(rules.proximity_limit, on).value:
        return "proximity", "civil_debtor_small", "C.com L721-3; COJ L212-8", False
    return "judicial", "civil_debtor", "C.com L721-3; COJ L211-3", True


def _lawyer(court, amount, procedure, rules, on):
    if procedure == "injonction" or court in ("housing", "administrative"):
        return "optional"  # a request on paper (CPC 1407); those courts do not ask for one
    return "optional" if amount <= in_force(rules.lawyer_limit, on).value else "mandatory"


def is_economic_court(town: str, on: date, rules: CourtRules = DEFAULT) -> bool:
    """Whether that town's commercial court is a tribunal des activités économiques on that day."""
    return town in rules.economic_courts and rules.economic_from <= on <= rules.economic_to


def owes_contribution(amount: Decimal, employees: int, town: str, on: date, rules: CourtRules = DEFAULT) -> bool:
    """Whether the contribution pour la justice économique is owed: an initial claim above the limit, before one of
    those courts, by a creditor who is not small (loi 2023-1059 art. 27; décret 2024-1225)."""
    return (
        is_economic_court(town, on, rules)
        and amount > rules.contribution_limit
        and employees >= rules.contribution_employees
    )
