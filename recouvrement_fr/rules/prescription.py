"""Prescription: the last day on which an act still interrupts it, on the safe side.

Three principles: only what certainly interrupts moves the date; the date is never rolled to a working day; what goes on
(proceedings, mediation) counts from its first day only until its end is known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from .dates import add_months
from .errors import ContractPeriodForbidden, EventReversed, InvalidContractPeriod, UnknownClaimKind, UnknownEvent
from .parameters import Figures, shipped_figures
from .regime import REGIMES

ONE_DAY = timedelta(days=1)
DAYS_AT_LEAST = 365  # in a year of limitation, counted from day to day (C.civ 2228, 2229)
CONTRACT_KINDS = ("commercial", "civil")
THRESHOLDS = (90, 30, 7)
EXPIRED = 0


@dataclass(frozen=True, slots=True)
class ClaimKind:
    """A kind of claim and its limitation, as data: ``years`` from its first day (see ``starting_day``), or
    (``from_next_year``) from the 1 January that follows. ``from_performance``: that day is the one of the performance
    or delivery, not the due date. ``court``: ``commercial``, ``civil``, ``housing``, ``administrative``, or empty where
    it depends on the debtor. ``verified`` is False where the text itself was not read."""

    code: str
    years: int
    article: str
    from_next_year: bool = False
    verified: bool = True
    court: str = ""
    from_performance: bool = False


CLAIM_KINDS: Mapping[str, ClaimKind] = {
    kind.code: kind
    for kind in (
        ClaimKind("commercial", 5, "C.com L110-4 I", court="commercial", from_performance=True),
        ClaimKind("civil", 5, "C.civ 2224", court="civil", from_performance=True),
        ClaimKind("consumer", 2, "C.conso L218-2", court="civil", from_performance=True),
        ClaimKind("transport", 1, "C.com L133-6, L133-9", from_performance=True),
        ClaimKind("telecom", 1, "CPCE-postes L34-2"),
        ClaimKind("works", 1, "C.com L110-4 II", from_performance=True),
        ClaimKind("rent", 5, "C.civ 2224", verified=False),
        ClaimKind("residential_rent", 3, "loi 89-462 art. 7-1", verified=False, court="housing"),
        ClaimKind("bill_of_exchange", 3, "C.com L511-78", verified=False, court="commercial"),
        ClaimKind(
            "public",
            4,
            "loi 68-1250 art. 1",
            from_next_year=True,
            verified=False,
            court="administrative",
            from_performance=True,
        ),
        ClaimKind("title", 10, "CPCE L111-4"),
    )
}

PROPOSED = {debtor_type: law.limitation for debtor_type, law in REGIMES.items()}
TERM_KINDS = ("commercial", "civil", "consumer")  # a term agreed postpones their start (C.civ 2233)
WITHOUT_PUBLIC_ACCOUNTANT = ("public_company",)  # buyers of the code de la commande publique that loi 68-1250 leaves


@dataclass(frozen=True, slots=True)
class EventKind:
    """What an event does to prescription: ``interrupts`` (a new period, C.civ 2231), ``suspends``, ``title`` (the claim
    is a title from then on: ten years, whatever its kind was, CPCE L111-4) or ``nothing``.

    ``certain`` is its default: an acknowledgement has to be unambiguous, which only a judge says. ``long_stop``: the
    twenty years of C.civ 2232 still bound the new period. ``only``: the kinds of claim it concerns (empty: all).
    """

    code: str
    effect: str
    article: str
    certain: bool = True
    long_stop: bool = False
    only: tuple[str, ...] = ()


EVENT_KINDS: Mapping[str, EventKind] = {
    kind.code: kind
    for kind in (
        EventKind("acknowledgement", "interrupts", "C.civ 2240", certain=False, long_stop=True),
        EventKind("partial_payment", "interrupts", "C.civ 2240", certain=False, long_stop=True),
        EventKind("signed_plan", "interrupts", "C.civ 2240", certain=False, long_stop=True),
        EventKind("court_claim", "interrupts", "C.civ 2241, 2242"),
        EventKind("injonction_served", "interrupts", "C.civ 2241"),
        EventKind("conservatory_measure", "interrupts", "C.civ 2244"),
        EventKind("enforcement", "interrupts", "C.civ 2244"),
        EventKind("title", "title", "CPCE L111-4"),
        EventKind("insolvency_declaration", "interrupts", "C.com L622-25-1"),
        EventKind("written_claim", "interrupts", "loi 68-1250 art. 2", certain=False, long_stop=True, only=("public",)),
        EventKind("mediation", "suspends", "C.civ 2238"),
        EventKind("participatory_procedure", "suspends", "C.civ 2238"),
        EventKind("small_claim_agreement", "suspends", "C.civ 2238; CPCE L125-1"),
        EventKind("reminder", "nothing", "Cass. com. 18/05/2022, 20-23.204"),
        EventKind("mise_en_demeure", "nothing", "Cass. com. 18/05/2022, 20-23.204"),
        EventKind("injonction_filed", "nothing", "Cass. 1re civ. 10/07/1990"),
    )
}


@dataclass(frozen=True, slots=True)
class LimitationEvent:
    """Something that happened to a claim. ``until`` is the end of proceedings or of a suspension, None while they last
    (and for what takes one day, the same day or None); ``certain`` overrides the kind's; ``void``: withdrawn, lapsed or
    rejected, as if it had not been (C.civ 2243).

    :raises UnknownEvent: a kind that is not in ``EVENT_KINDS``
    :raises EventReversed: it ends before it begins
    """

    on: date
    kind: str
    until: date | None = None
    certain: bool | None = None
    void: bool = False

    def __post_init__(self):
        if self.kind not in EVENT_KINDS:
            raise UnknownEvent(kind=self.kind, known=", ".join(EVENT_KINDS))
        if self.until is not None and self.until < self.on:
            raise EventReversed(on=self.on, until=self.until)


class Limitation(NamedTuple):
    """``on``: the last day that is safe, from certain events alone; ``possible_on``: if the doubtful ones count too.

    ``article``: of the period; ``applied``, ``ignored``: the events that moved the safe date, and the others.
    """

    on: date
    possible_on: date
    kind: str
    article: str
    applied: tuple[LimitationEvent, ...]
    ignored: tuple[LimitationEvent, ...]


def limited_as(debtor_type: str | None, public_buyer: str = "public") -> str | None:
    """The type of debtor that limitation goes by: the four-year rule is for the State, local authorities and public
    establishments that have a public accountant (loi 68-1250 art. 1); a public company is sued as a trader is."""
    return "professional" if debtor_type == "public" and public_buyer in WITHOUT_PUBLIC_ACCOUNTANT else debtor_type


def starting_day(kind: ClaimKind, due: date, performed_on: date | None, term_agreed: bool = False) -> date:
    """The day from which a limitation is counted, on the safe side: that of the performance or delivery where it comes
    before the due date.

    A creditor knows what he may claim once he has performed: neither the date of his invoice nor the due date that he
    writes on it postpones that day (Com. 26/02/2020, 18-25.036; 1re civ. 19/05/2021, 20-12.520), nor the year of the
    service fait of a public debt (loi 68-1250 art. 1). ``term_agreed``: a term that both parties really agreed on does,
    for ``TERM_KINDS`` (C.civ 2233). Where the performance is not known, the caller gives the invoice's date.
    """
    if not kind.from_performance or performed_on is None or (term_agreed and kind.code in TERM_KINDS):
        return due
    return min(due, performed_on)


def contractual(kind: ClaimKind, years: int, figures: Figures | None = None, on: date = date.max) -> ClaimKind:
    """The kind of claim with the period that the parties agreed on (C.civ 2254).

    :raises ContractPeriodForbidden: a claim whose period no contract changes: paid by the year or at shorter terms, as
        rents are (C.civ 2254 al. 3), a consumer's (C.conso L218-1), a public body's, a title, or of a special law
    :raises InvalidContractPeriod: under one year, over ten
    """
    if kind.code not in CONTRACT_KINDS:
        raise ContractPeriodForbidden(kind=kind.code, known=", ".join(CONTRACT_KINDS))
    least, most = ((figures or shipped_figures()).at(f"contract_years_{bound}", on) for bound in ("least", "most"))
    if not least.value <= years <= most.value:
        raise InvalidContractPeriod(years=years, least=int(least.value), most=int(most.value))
    return replace(kind, years=years, article=f"{kind.article}; C.civ 2254")


def _period_end(kind: ClaimKind, start: date) -> date:
    """The last day of a full period that starts from a day."""
    if kind.from_next_year:
        return date(start.year + kind.years, 12, 31)
    return add_months(start, 12 * kind.years)


def _is_certain(event: LimitationEvent) -> bool:
    return EVENT_KINDS[event.kind].certain if event.certain is None else event.certain


def _clock(kind: ClaimKind, start: date, suspensions: Iterable[tuple[date, date]], figures: Figures) -> date:
    """The last day of a period that starts from a day and does not run on the days of these suspensions.

    None of them begins after the last day: that would revive nothing. A day is suspended once, however many suspensions
    hold it, and only after the start (C.civ 2230); six months are left at least after each (C.civ 2238): a floor, to
    which the days of another suspension are not added.
    """
    ran, counted = _period_end(kind, start), start
    last_day = ran
    for first, end in sorted(suspensions):
        first = max(first, counted + ONE_DAY)
        if first <= end:
            if first <= ran:
                ran += end - first + ONE_DAY
            last_day = max(last_day, ran, add_months(end, int(figures.at("resume_months", end).value)))
            counted = end
    return last_day


def _title(on: date, figures: Figures) -> ClaimKind:
    """What a claim becomes once it was judged."""
    years = figures.at("title_years", on)
    return replace(CLAIM_KINDS["title"], years=int(years.value), article=years.article)


def _run(
    kind: ClaimKind, start: date, events: Sequence[LimitationEvent], born_on: date, figures: Figures
) -> tuple[date, list[LimitationEvent]]:
    """The last day once these events, in order of date, have had their effect; and those that had one."""
    last_day = _period_end(kind, start)
    long_stop = add_months(born_on, 12 * int(figures.at("long_stop_years", born_on).value))
    bounded = True  # by the long stop: until a judge or an act of enforcement opened the period (C.civ 2232 al. 2)
    suspensions: list[tuple[date, date]] = []
    applied = []
    for event in events:
        effect = EVENT_KINDS[event.kind]
        if effect.effect != "title" and event.on > last_day:
            break  # what comes after the end revives nothing
        if effect.effect == "suspends":
            if event.until is None:
                continue  # it still lasts
            suspensions.append((event.on, event.until))
        else:
            if effect.effect == "title":  # judged: whether the claim was time-barred is no more asked
                kind = _title(event.on, figures)
            start = max(start, event.until or event.on) if effect.effect == "interrupts" else max(start, event.on)
            bounded = effect.long_stop
        reached = _clock(kind, start, suspensions, figures)
        reached = max(last_day, min(reached, long_stop) if bounded else reached)
        if effect.effect == "suspends" and reached == last_day:
            continue  # over before anything ran, or its days are another's
        last_day = reached
        applied.append(event)
    return last_day, applied


def limitation_date(
    kind: str | ClaimKind,
    start: date,
    events: Iterable[LimitationEvent] = (),
    born_on: date | None = None,
    kinds: Mapping[str, ClaimKind] = CLAIM_KINDS,
    figures: Figures | None = None,
) -> Limitation:
    """The last day on which an act still interrupts the prescription of a claim; never rolled to a working day.

    ``start``: the day the creditor could act (C.com L110-4, C.civ 2224, C.conso L218-2 and the other articles of
    ``CLAIM_KINDS``): see ``starting_day``. ``born_on``: birth of the right, for the twenty
    years of C.civ 2232 (``start`` by default). The period ends with its last whole day (C.civ 2228, 2229). An
    interruption starts a full new period (2231), at the end of the proceedings where there are some (2242); a
    suspension adds its days, once where several overlap and none before the period began again, and leaves six months
    at least (2238). A judge's title starts ten years, which acts of enforcement renew (CPCE L111-4). A mise en demeure
    does nothing.

    :raises UnknownClaimKind: a code that is not in ``kinds``
    """
    if isinstance(kind, str):
        if kind not in kinds:
            raise UnknownClaimKind(kind=kind, known=", ".join(kinds))
        kind = kinds[kind]
    given = sorted(events, key=lambda event: (event.on, event.until or event.on, event.kind))
    useful = [
        event
        for event in given
        if not event.void
        and (effect := EVENT_KINDS[event.kind]).effect != "nothing"
        and (not effect.only or kind.code in effect.only)
    ]
    born_on, figures = born_on or start, figures or shipped_figures()
    on, applied = _run(kind, start, [event for event in useful if _is_certain(event)], born_on, figures)
    possible_on, _applied = _run(kind, start, useful, born_on, figures)
    ignored = tuple(event for event in given if event not in applied)
    for event in applied:
        if EVENT_KINDS[event.kind].effect == "title":
            kind = _title(event.on, figures)
    return Limitation(on, max(on, possible_on), kind.code, kind.article, tuple(applied), ignored)


def alert_threshold(limitation_on: date, on: date, thresholds: Sequence[int] = THRESHOLDS) -> int | None:
    """The closest alert reached on that day: 90, 30 or 7 days left; ``EXPIRED`` (0) once the last day has passed; None
    while there is time. Practice, not law."""
    left = (limitation_on - on).days
    if left < 0:
        return EXPIRED
    return min((threshold for threshold in thresholds if left <= threshold), default=None)
