"""Where a procedure stands: an ordered list of steps with their delays, and the days on which some were done.

Not a workflow engine: a person says what happened, this says what it opens, until when, and what was missed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from .deadlines import DELAYS, Deadline, Delay, procedural_deadline
from .errors import DelayNotInForce, StepUnordered

ALERTS = (30, 15, 5)  # days before a deadline


@dataclass(frozen=True, slots=True)
class Step:
    """A step, as data. ``after``: the steps of which one has to be done before (empty: the procedure starts there).
    ``delay``: a code of ``deadlines.DELAYS`` counted from the day of the step ``since``. ``rules_on``: the step whose
    day decides which version of the delay applies. ``optional``: it may never happen. ``ends``: the procedure stops
    there. ``excludes``: steps that cannot happen any more once it is done."""

    code: str
    after: tuple[str, ...] = ()
    delay: str = ""
    since: str = ""
    rules_on: str = ""
    optional: bool = False
    ends: bool = False
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a procedure may be used, as data. ``audience``: ``any``, ``traders`` (both parties are) or ``not_traders``;
    ``limit``: the largest claim, principal and interest, in EUR; ``needs_title``: an enforceable title; ``in_france``:
    not against a debtor abroad; ``stops``: an insolvency stops it (C.com L622-21); ``against_public``: also against a
    public body, whose property cannot be seized and who answers to the administrative courts (CG3P L2311-1,
    loi 80-539); ``only_public``: against nobody else."""

    in_force: bool = True
    audience: str = "any"
    limit: Decimal | None = None
    needs_title: bool = False
    in_france: bool = False
    stops: bool = True
    against_public: bool = False
    only_public: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """What a procedure is tried against. ``traders``: both parties are traders; ``amount``: principal and interest."""

    amount: Decimal
    traders: bool = False
    has_title: bool = False
    abroad: bool = False
    insolvent: bool = False
    public: bool = False


class Standing(NamedTuple):
    """``state``: ``done`` on its day, ``open`` (it may or must be done now), ``waiting`` (what precedes it is not done,
    or its day has not come), ``missed`` (its deadline has passed), ``closed`` (it will not happen)."""

    code: str
    state: str
    done_on: date | None
    deadline: Deadline | None
    days_left: int | None  # to the last day; below zero once passed
    optional: bool = False


def obstacles(conditions: Conditions, situation: Situation) -> tuple[str, ...]:
    """Why a procedure cannot be used, by code, none if it can: ``not_in_force``, ``insolvent`` (C.com L622-21),
    ``traders_only``, ``not_between_traders``, ``over_limit``, ``title_needed``, ``abroad``, ``public_body`` (CG3P
    L2311-1), ``public_only``."""
    found = {
        "not_in_force": not conditions.in_force,
        "insolvent": conditions.stops and situation.insolvent,
        "traders_only": conditions.audience == "traders" and not situation.traders,
        "not_between_traders": conditions.audience == "not_traders" and situation.traders,
        "over_limit": conditions.limit is not None and situation.amount > conditions.limit,
        "title_needed": conditions.needs_title and not situation.has_title,
        "abroad": conditions.in_france and situation.abroad,
        "public_body": situation.public and not (conditions.against_public or conditions.only_public),
        "public_only": conditions.only_public and not situation.public,
    }
    return tuple(code for code, met in found.items() if met)


def expected_net(claimed: Decimal, percent: Decimal, spent: Decimal, next_cost: Decimal) -> Decimal:
    """What a step may bring in the end: the share of the claim one expects to recover, less what was and will be spent.
    Practice, to decide on; costs that the debtor would bear are counted as lost, on the safe side."""
    return (claimed * percent / 100 - spent - next_cost).quantize(Decimal("0.01"))


def standing(
    steps: Sequence[Step],
    done: Mapping[str, date],
    on: date,
    subdivision: str | None = None,
    delays: Iterable[Delay] = DELAYS,
    distance: int = 0,
) -> tuple[Standing, ...]:
    """What became of each step on that day, in the order of the steps.

    ``done``: the day of each step that was done, by code. ``distance``: the months more that the debtor
    has to oppose or appeal (``territories.months_of_distance``). A step done in time has its deadline too, for the
    file.

    :raises StepUnordered: a step is dated before the one it follows
    :raises UnknownDelay: a step's delay is not among ``delays``
    """
    delays = tuple(delays)
    _check_order(steps, done)
    ended = any(step.ends and step.code in done for step in steps)
    excluded = {code for step in steps if step.code in done for code in step.excludes}
    return tuple(
        _stand(step, done, on, ended or step.code in excluded, _deadline(step, done, subdivision, delays, distance))
        for step in steps
    )


def next_deadline(standings: Iterable[Standing]) -> Standing | None:
    """The step to act on first: the earliest last day among those open or missed that have to be; else None."""
    waiting = [
        (found.deadline.last_day, found)
        for found in standings
        if found.deadline is not None and found.state in ("open", "missed") and _must_act(found)
    ]
    first = min(waiting, key=itemgetter(0), default=None)
    return first[1] if first else None


def alert(days_left: int | None, thresholds: Sequence[int] = ALERTS) -> int | None:
    """The threshold a deadline has entered: 30, 15 or 5 days before it; 0 once it has passed; else None."""
    if days_left is None:
        return None
    if days_left < 0:
        return 0
    return min((threshold for threshold in thresholds if days_left <= threshold), default=None)


def _check_order(steps, done):
    for step in steps:
        if step.code not in done:
            continue
        for before in step.after:
            if before in done and done[step.code] < done[before]:
                raise StepUnordered(step=step.code, on=done[step.code], before=before, day=done[before])


def _deadline(step, done, subdivision, delays, distance):
    if not step.delay or step.since not in done:
        return None
    try:
        return procedural_deadline(step.delay, done[step.since], done.get(step.rules_on), subdivision, delays, distance)
    except DelayNotInForce:  # the rule began after that day: there is none
        return None


def _stand(step, done, on, closed, deadline):
    days_left = (deadline.last_day - on).days if deadline else None
    if closed and step.code not in done:
        return Standing(step.code, "closed", None, None, None, step.optional)
    state = _state(step, done, on, deadline, days_left)
    return Standing(step.code, state, done.get(step.code), deadline, days_left, step.optional)


def _state(step, done, on, deadline, days_left):
    if step.code in done:
        return "done"
    ready = not step.after or any(before in done for before in step.after)
    if not ready or (deadline and deadline.opens_on and on < deadline.opens_on):
        return "waiting"
    if deadline and not deadline.opens_on and days_left < 0:
        return "closed" if step.optional else "missed"
    return "open"


def _must_act(found):
    return not found.optional and found.deadline is not None and found.deadline.opens_on is None
