"""Deadlines in days and months, working days, and the delays of procedures (CPC 640 to 642)."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import holidays

from .dates import add_months
from .errors import DelayNotInForce, UnknownDelay, UnknownSubdivision
from .parameters import ALWAYS

ONE_DAY = timedelta(days=1)
SATURDAY = 5

# Department or territory -> its possible names in the library of holidays, which has changed them over time.
SUBDIVISIONS = {
    "alsace-moselle": ("GES", "57", "6AE"),
    "57": ("GES", "57"),
    "67": ("GES", "6AE"),
    "68": ("GES", "6AE"),
    "971": ("GP", "971"),
    "972": ("MQ", "972"),
    "973": ("GY", "973"),
    "974": ("RE", "974"),
    "976": ("YT", "976"),
    "977": ("BL",),
    "978": ("MF",),
    "986": ("WF",),
    "987": ("PF",),
    "988": ("NC",),
}
# A code of any version of the library still says which place is meant.
LIBRARY_CODES = {code.lower(): codes for codes in SUBDIVISIONS.values() for code in codes}

POSTAL_CODE = re.compile(r"\d{5}")
DEPARTMENT = re.compile(r"\d{2,3}|2[ab]")
OVERSEAS = ("97", "98")


@cache
def _library_name(subdivision: str | None) -> str | None:
    """The library's name of a department or territory; None where only the national holidays apply."""
    if not subdivision:
        return None
    supported = holidays.France.subdivisions
    place = subdivision.lower()
    if POSTAL_CODE.fullmatch(place):
        place = place[:3] if place[:2] in OVERSEAS else place[:2]
    for name in SUBDIVISIONS.get(place) or LIBRARY_CODES.get(place) or (subdivision.upper(),):
        if name in supported:
            return name
    if DEPARTMENT.fullmatch(place) and place not in SUBDIVISIONS:
        return None  # without holidays of its own
    raise UnknownSubdivision(subdivision=subdivision, known=", ".join(sorted(supported)))


# The library's other days overseas are customs, which move no deadline.
ALSACE_MOSELLE = frozenset(name for place in ("57", "67", "68") for name in SUBDIVISIONS[place])
ABOLITION = {
    name: day
    for place, day in {
        "971": (5, 27),
        "972": (5, 22),
        "973": (6, 10),
        "974": (12, 20),
        "976": (4, 27),
        "977": (10, 9),
        "978": (5, 28),
    }.items()
    for name in SUBDIVISIONS[place]
}  # C.trav L3422-2: the abolition of slavery, in each territory on its day


@cache
def _holidays(year: int, name: str | None) -> frozenset[date]:
    own = holidays.France(subdiv=name if name in ALSACE_MOSELLE else None, years=year)
    return frozenset((*own, date(year, *ABOLITION[name])) if name in ABOLITION else own)


def is_holiday(day: date, subdivision: str | None = None) -> bool:
    """Whether a day is a public holiday (C.trav L3133-1), those of Alsace-Moselle (L3134-13) and the day of the
    abolition of slavery overseas (L3422-2) included; customary days overseas are not.

    ``subdivision``: a department (``57``, ``974``), a postal code, ``Alsace-Moselle``, or a code of the library.

    :raises UnknownSubdivision: none of these
    """
    return day in _holidays(day.year, _library_name(subdivision))


def is_working_day(day: date, subdivision: str | None = None) -> bool:
    """Whether a deadline may end on that day: not a Saturday, a Sunday nor a public holiday (CPC 642 al. 2).

    :raises UnknownSubdivision: no holidays are known for that place
    """
    return day.weekday() < SATURDAY and not is_holiday(day, subdivision)


def is_sending_day(day: date, weekdays: Collection[int] = range(SATURDAY), subdivision: str | None = None) -> bool:
    """Whether reminders leave on that day: one of the chosen weekdays (Monday is 0), not a public holiday. Practice.

    :raises UnknownSubdivision: no holidays are known for that place
    """
    return day.weekday() in weekdays and not is_holiday(day, subdivision)


def next_working_day(day: date, subdivision: str | None = None) -> date:
    """That day, or the first working day after it (CPC 642 al. 2)."""
    while not is_working_day(day, subdivision):
        day += ONE_DAY
    return day


def previous_working_day(day: date, subdivision: str | None = None) -> date:
    """That day, or the last working day before it: for delays counted back from a hearing, on the safe side."""
    while not is_working_day(day, subdivision):
        day -= ONE_DAY
    return day


def day_deadline(start: date, days: int, subdivision: str | None = None) -> date:
    """The last day of a procedural delay in days: the day it starts from does not count, then the next working day
    (CPC 641 al. 1, 642)."""
    return next_working_day(start + timedelta(days=days), subdivision)


@dataclass(frozen=True, slots=True)
class Delay:
    """A delay of a procedure, as data: months or days after ``event`` (days below zero: before it).

    ``kind``: ``act_by``, something must be done by its last day; ``open_after``, something may be done once it has
    passed. ``date_from``: first day of the rule, compared with the day that decides which rule applies (the date of the
    order for an injonction de payer). ``verified`` is False where the text itself was not read.
    """

    code: str
    event: str
    article: str
    months: int = 0
    days: int = 0
    kind: str = "act_by"
    date_from: date = ALWAYS
    verified: bool = True

    @property
    def grows_with_distance(self) -> bool:
        """Whether who lives far from the court has more time (CPC 643, 644)."""
        return self.code in OF_DISTANCE


# Oppositions and appeals of French law, and what waits for them; not those a regulation of the Union counts.
OF_DISTANCE = ("injonction_opposition", "injonction_enforceable", "refere_appeal", "judgment_appeal")
DECREE_2026_96 = date(2026, 9, 1)  # orders rendered from that day on (décret 2026-96, art. 9)

DELAYS = (
    # Injonction de payer
    Delay("injonction_service", "order", "CPC 1411", months=6),
    Delay("injonction_service", "order", "CPC 1411; décret 2026-96 art. 9", months=3, date_from=DECREE_2026_96),
    Delay("injonction_opposition", "service", "CPC 1416", months=1),
    Delay("injonction_enforceable", "service", "CPC 1422", months=1, kind="open_after"),
    Delay("injonction_enforceable", "service", "CPC 1422 al. 3", months=2, kind="open_after", date_from=DECREE_2026_96),
    Delay("injonction_opposition_notice", "opposition", "CPC 1415", months=1, date_from=DECREE_2026_96),
    Delay("injonction_lawyer", "greffe_notice", "CPC 1418", days=15),
    Delay("injonction_fee", "greffe_demand", "CPC 1425 al. 1", days=15),
    Delay("injonction_opposition_fee", "greffe_demand", "CPC 1425 al. 2", days=15),
    # Without a judge
    Delay("small_claim_answer", "invitation", "CPCE L125-1", months=1),
    Delay("small_claim_silence", "invitation", "CPCE L125-1", months=1, kind="open_after"),
    Delay("commercial_claim_answer", "commandement", "CPCE L126-2", months=1),
    Delay("commercial_claim_silence", "commandement", "CPCE L126-2", months=1, kind="open_after"),
    Delay("commercial_claim_record", "answer_expired", "CPCE L126-3", days=8, kind="open_after"),
    Delay("commercial_claim_service", "record_enforceable", "CPCE L126-4", months=6),
    # Hearings
    Delay("summons_filing_tj", "hearing", "CPC 754", days=-15),
    Delay("summons_filing_tc", "hearing", "CPC 857", days=-8),
    # In summary proceedings the texts read are those of the merits: kept as the safe side, to be verified
    Delay("refere_filing_tj", "hearing", "CPC 754", days=-15, verified=False),
    Delay("refere_filing_tc", "hearing", "CPC 857", days=-8, verified=False),
    Delay("refere_appeal", "service", "CPC 490", days=15, verified=False),
    Delay("judgment_appeal", "service", "CPC 538", months=1, verified=False),
    Delay("european_opposition", "service", "Règl. (CE) 1896/2006 art. 16", days=30, verified=False),
    # Against a public body
    Delay("public_claim_silence", "claim", "CJA R421-2", months=2, kind="open_after", verified=False),
    Delay("public_payment", "notification", "CJA L911-9; loi 80-539", months=2, kind="open_after", verified=False),
    # Conservatory measures and enforcement
    Delay("conservatory_execution", "order", "CPCE R511-6", months=3),
    Delay("conservatory_proceedings", "execution", "CPCE R511-7", months=1),
    Delay("conservatory_proceedings_refused", "injonction_refused", "CPCE R511-7", months=1),
    Delay("conservatory_third_party", "proceedings", "CPCE R511-8", days=8, verified=False),
    Delay("conservatory_notice", "execution", "CPCE R523-3", days=8, verified=False),
    Delay("saisie_attribution_notice", "seizure", "CPCE R211-3", days=8),
    Delay("saisie_attribution_contest", "seizure_notice", "CPCE R211-11", months=1),
    Delay("saisie_attribution_payment", "seizure_notice", "CPCE R211-6", months=1, kind="open_after", verified=False),
    Delay("saisie_vente", "commandement", "CPCE R221-1", days=8, kind="open_after"),
    # Insolvency of the debtor
    Delay("declaration", "bodacc", "C.com L622-24, R622-24", months=2),
    Delay("declaration_abroad", "bodacc", "C.com L622-24, R622-24", months=4),
    Delay("terminated_contract_claim", "termination", "C.com R622-21 al. 2", months=1),
    Delay("relief_from_forclusion", "bodacc", "C.com L622-26", months=6),
    Delay("contested_claim_answer", "mandataire_letter", "C.com L622-27", days=30),
    Delay("revendication", "bodacc", "C.com L624-9", months=3),
    Delay("revendication_judge", "revendication_answer_expired", "C.com R624-13", months=1, verified=False),
    Delay("post_judgment_information", "observation_end", "C.com L622-17", months=12),
    Delay("post_judgment_claim", "liquidation_bodacc", "C.com L641-13", months=6),
)


class Deadline(NamedTuple):
    """``nominal``: the day the delay ends before CPC 642; ``last_day``: after it; ``opens_on``: for a delay that has to
    pass, the first day one may act (else None)."""

    code: str
    start: date
    nominal: date
    last_day: date
    opens_on: date | None
    event: str
    article: str
    verified: bool


def procedural_deadline(
    code: str,
    start: date,
    ruled_on: date | None = None,
    subdivision: str | None = None,
    delays: Iterable[Delay] = DELAYS,
    distance: int = 0,
) -> Deadline:
    """When a delay of a procedure ends, counted from the day of its event (CPC 640 to 642; the delay's own article).

    ``ruled_on``: the day that decides which version of the rule applies, the order's for an injonction de payer (three
    months to serve an order of 1 September 2026 or later, six before); without it, ``start``. ``distance``: the months
    more of who lives far (``territories.months_of_distance``), on opposition and appeal. A delay counted back from
    a hearing ends on the working day before, on the safe side.

    :raises UnknownDelay: no such code
    :raises DelayNotInForce: the rule began after that day
    :raises UnknownSubdivision: no holidays are known for that place
    """
    versions = sorted((delay for delay in delays if delay.code == code), key=lambda delay: delay.date_from)
    if not versions:
        raise UnknownDelay(code=code, known=", ".join(sorted({delay.code for delay in delays})))
    day = ruled_on or start
    in_force = [delay for delay in versions if delay.date_from <= day]
    if not in_force:
        raise DelayNotInForce(code=code, day=day)
    delay = in_force[-1]
    months = delay.months + (distance if delay.grows_with_distance else 0)
    nominal = add_months(start, months) + timedelta(days=delay.days)
    roll = previous_working_day if delay.days < 0 else next_working_day
    last_day = roll(nominal, subdivision)
    opens_on = last_day + ONE_DAY if delay.kind == "open_after" else None
    return Deadline(code, start, nominal, last_day, opens_on, delay.event, delay.article, delay.verified)
