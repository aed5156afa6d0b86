"""Which court, by the quality of the parties, the amount and the kind of claim; an answer to check, with its reasons.

The names: ``commercial`` (tribunal de commerce, or des activités économiques in the towns listed), ``judicial``
(tribunal judiciaire), ``proximity`` (its chamber for small claims), ``housing`` (juge des contentieux de la
protection), ``commercial_chamber`` (of the tribunal judiciaire, in Alsace-Moselle), ``administrative``.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .debtor_type import FRENCH_COUNTRIES
from .errors import NegativeAmount, UnknownClaimKind
from .parameters import Dated, dated, shipped
from .prescription import CLAIM_KINDS
from .regime import Regime, known_regime

ALSACE_MOSELLE = ("57", "67", "68")  # C.com L731-1
NOTHING, CENT = Decimal(0), Decimal("0.01")


@dataclass(frozen=True, slots=True)
class CourtRules:
    """The figures of the rules, as data: amounts in EUR, people, percent; ``economic_courts`` is 1 while there are
    tribunaux des activités économiques, which the tribunaux de commerce of ``economic_towns`` are then (loi 2023-1059,
    art. 26; décret 2024-674)."""

    proximity_limit: tuple[Dated, ...] = shipped("proximity_limit")
    lawyer_limit: tuple[Dated, ...] = shipped("lawyer_limit")
    amicable_limit: tuple[Dated, ...] = shipped("amicable_limit")
    appeal_limit: tuple[Dated, ...] = shipped("appeal_limit")
    contribution_limit: tuple[Dated, ...] = shipped("contribution_limit")
    contribution_employees: tuple[Dated, ...] = shipped("contribution_employees")
    contribution_turnover: tuple[Dated, ...] = shipped("contribution_turnover")
    contribution_profit: tuple[Dated, ...] = shipped("contribution_profit")
    contribution_rate: tuple[Dated, ...] = shipped("contribution_rate")
    contribution_cap: tuple[Dated, ...] = shipped("contribution_cap")
    contribution_high_turnover: tuple[Dated, ...] = shipped("contribution_high_turnover")
    contribution_high_profit: tuple[Dated, ...] = shipped("contribution_high_profit")
    contribution_high_rate: tuple[Dated, ...] = shipped("contribution_high_rate")
    contribution_high_cap: tuple[Dated, ...] = shipped("contribution_high_cap")
    economic_courts: tuple[Dated, ...] = shipped("economic_courts")
    economic_towns: tuple[str, ...] = (
        *("Avignon", "Auxerre", "Le Havre", "Le Mans", "Limoges", "Lyon", "Marseille", "Nancy", "Nanterre", "Paris"),
        *("Saint-Brieuc", "Versailles"),
    )

    def at(self, code: str, on: date) -> Dated:
        """The value of a figure in force on a day.

        :raises FigureMissing: it has none then
        """
        return dated(getattr(self, code), on, code)


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
    :raises UnknownDebtorType: a word that is not in ``regime.DEBTOR_TYPES``
    :raises UnknownClaimKind: a word that is not in ``prescription.CLAIM_KINDS``
    """
    if amount < 0:
        raise NegativeAmount(amount=amount)
    law = known_regime(debtor_type)
    if claim_kind not in CLAIM_KINDS:
        raise UnknownClaimKind(kind=claim_kind, known=", ".join(CLAIM_KINDS))
    court, reason, article, verified = _court(law, is_commercant, claim_kind, amount, department, rules, on)
    amicable, appeal, lawyer = (rules.at(code, on) for code in ("amicable_limit", "appeal_limit", "lawyer_limit"))
    may_settle = court in ("judicial", "proximity", "housing") and procedure != "injonction"
    place = ("debtor_seat_public_order", "CPC 1406") if procedure == "injonction" else ("debtor_seat", "CPC 42")
    return CourtAnswer(
        court,
        ((reason, article), place),
        _lawyer(court, amount, procedure, lawyer),
        may_settle and amount <= amicable.value,
        amount > appeal.value,
        verified and appeal.verified and lawyer.verified and (amicable.verified or not may_settle),
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


def _court(law: Regime, is_commercant, claim_kind, amount, department, rules, on):
    if law.court:
        return law.court, "public_body", "CG3P L2311-1; loi 80-539", False
    wanted = CLAIM_KINDS[claim_kind].court
    if wanted == "housing":
        return "housing", "housing_lease", "COJ L213-4-4", False
    if wanted == "commercial" and claim_kind == "bill_of_exchange" or (law.may_trade and is_commercant):
        if department in ALSACE_MOSELLE:
            return "commercial_chamber", "alsace_moselle", "C.com L731-1", True
        return "commercial", "between_traders", "C.com L721-3", True
    limit = rules.at("proximity_limit", on)
    if amount <= limit.value:
        return "proximity", "civil_debtor_small", f"C.com L721-3; {limit.article}", limit.verified
    return "judicial", "civil_debtor", "C.com L721-3; COJ L211-3", limit.verified


def _lawyer(court, amount, procedure, limit):
    if procedure == "injonction" or court in ("housing", "administrative"):
        return "optional"  # a request on paper (CPC 1407); those courts do not ask for one
    return "optional" if amount <= limit.value else "mandatory"


def are_economic_courts(on: date, rules: CourtRules = DEFAULT) -> bool:
    """Whether there are tribunaux des activités économiques on that day."""
    return bool(rules.at("economic_courts", on).value)


def is_economic_court(town: str, on: date, rules: CourtRules = DEFAULT) -> bool:
    """Whether that town's commercial court is a tribunal des activités économiques on that day."""
    return town in rules.economic_towns and are_economic_courts(on, rules)


class Contribution(NamedTuple):
    """``owed``: yes; None where the turnover is not known and decides. ``amount``: in EUR, where it is owed.
    ``verified`` is False where a figure used was not read in the text."""

    owed: bool | None
    limit: Decimal
    amount: Decimal
    article: str
    verified: bool


def contribution(
    amount: Decimal,
    employees: int,
    on: date,
    turnover: Decimal | None = None,
    profit: Decimal | None = None,
    rules: CourtRules = DEFAULT,
) -> Contribution | None:
    """The contribution pour la justice économique of a legal person who brings a claim of that amount in EUR before a
    tribunal des activités économiques; None where none is owed (loi 2023-1059 art. 27; décret 2024-1225).

    Owed by whoever is not small, on an initial claim above the limit, by its turnover and profit: yearly means over the
    last three years, in EUR. ``amount`` is without the costs that are not dépens (article 700).
    """
    limit, people = rules.at("contribution_limit", on), rules.at("contribution_employees", on)
    if not are_economic_courts(on, rules) or amount <= limit.value or employees < people.value:
        return None
    if turnover is None:
        return Contribution(None, limit.value, NOTHING, limit.article, limit.verified and people.verified)
    for band in ("contribution_high", "contribution"):
        least, gain, rate, cap = (rules.at(f"{band}_{what}", on) for what in ("turnover", "profit", "rate", "cap"))
        if turnover > least.value:
            if profit is not None and profit <= gain.value:
                return None
            share = min(amount * rate.value / 100, cap.value).quantize(CENT, ROUND_HALF_UP)
            verified = all(figure.verified for figure in (limit, people, least, gain, rate, cap))
            owed = None if profit is None else True
            return Contribution(owed, limit.value, share, rate.article, verified)
    return None
