"""Which level a debtor reaches on a day, or the reason why none.

Pure: every date is given, nothing is read or written. One call answers for one debtor under one policy.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from .netting import Key

DAY = timedelta(days=1)

# Every reason, in the order in which the first that applies is shown. The first seven stop a whole company.
REASONS = (
    "no_policy",
    "not_sending_day",
    "bank_stale",
    "rate_missing",
    "gap",
    "halted",
    "neutralized",
    "prescribed",
    "before_cutoff",
    "insolvent",
    "in_case",
    "write_off",
    "in_plan",
    "promised",
    "disputed",
    "payment_pending",
    "no_followup",
    "paused",
    "reply",
    "failed",
    "approval",
    "sending",
    "below_minimum",
    "recent_contact",
    "quiet_period",
    "delay",
    "notice_gate",
    "capped",
    "archived",
    "not_presented",
    "levels_done",
    "case_proposal",
    "due",
    "covered",
    "not_due_yet",
    "nothing_open",
    "error",
)
KINDS = ("pre_due", "reminder", "formal_notice", "case_proposal")  # the order in which a debt goes through them
_RANK = {reason: place for place, reason in enumerate(REASONS)}

# What a person has to do something about; the rest waits by itself.
FOR_A_PERSON = frozenset(
    (
        *("rate_missing", "prescribed", "reply", "failed", "approval", "notice_gate", "archived", "not_presented"),
        *("levels_done", "case_proposal"),
    )
)


def rank(reason):
    """The place of a reason in `REASONS`: the lowest is shown. One that an extension adds comes beside disputes."""
    return _RANK.get(reason, _RANK["disputed"] + 0.5)


class LevelRule(NamedTuple):
    """A level: `delay_days` after its anchor (before it for `pre_due`)."""

    id: int
    sequence: int
    kind: str  # pre_due | reminder | formal_notice | case_proposal
    anchor: str  # due_date | previous_level | month_end | discount_date
    delay_days: int
    requires_approval: bool = False
    minimum_amount: int = 0  # minor units; of a `pre_due` level: it announces no smaller instalment


class PolicyRule(NamedTuple):
    """A policy: its levels by sequence, and when it stays silent."""

    id: int
    levels: tuple[LevelRule, ...]
    minimum_amount: int  # minor units of the company's currency
    minimum_days_between: int
    small_balance: int = 0  # minor units: a remainder up to it is written off rather than asked for


class Hold(NamedTuple):
    """Why an instalment or a debtor is left alone, up to a day included (None: until somebody acts)."""

    reason: str
    until: date | None = None


class History(NamedTuple):
    """What an instalment went through in its present cycle."""

    cycle: int = 1
    last_sequence: int = 0  # of the highest level it carried, announcements apart; 0: none yet
    sent_on: date | None = None  # when that level was handed over; a registered formal notice: when it was presented
    reminded: bool = False  # it was carried or listed on a reminder that was handed over
    pending: str | None = None  # planned, to_approve, sending or failed: its reminder has not left yet
    announced: frozenset = frozenset()  # ids of the levels before the due date it has carried
    policy_id: int | None = None  # of that highest level; None: the one that decides
    kind: str = "reminder"  # of that level
    rank: int = 0  # of that level among those of its kind in its own policy
    pending_since: date | None = None  # the day that reminder was decided
    term_until: date | None = None  # of a formal notice: the last day it leaves the debtor to pay
    unpresented: bool = False  # that registered notice has left and nothing says it was presented


NEVER_REMINDED = History()


class Instalment(NamedTuple):
    """What is left of a debt after credits, in minor units of the company's currency."""

    key: Key
    due: date
    amount: int
    hold: Hold | None = None
    history: History = NEVER_REMINDED
    discount_on: date | None = None  # last day of the early-payment discount
    hastened: bool = False  # a promise was broken: its next level does not wait for its delay
    obstacles: tuple[str, ...] = ()  # conditions of a formal notice it does not meet, besides a reminder before
    is_remainder: bool = False  # a part of it was paid, credited or contested


class Decision(NamedTuple):
    """The answer for one debtor: remind at `level`, wait, or ask a person; and the reason."""

    outcome: str  # remind | wait | person
    reason: str
    level: LevelRule | None = None
    carried: tuple[Key, ...] = ()
    listed: tuple[Key, ...] = ()
    next_date: date | None = None  # the next day this answer can change by itself
    obstacles: tuple[str, ...] = ()  # of `notice_gate`: what has to be mended on the instalment in `carried`


def decide(
    policy: PolicyRule,
    instalments: Sequence[Instalment],
    on: date,
    last_contact: date | None = None,
    hold: Hold | None = None,
) -> Decision:
    """The level a debtor reaches on that day, with the instalments that carry it, or the reason why not.

    The worst instalment carries: the highest level reached in its cycle, then the oldest, then the largest. One that
    is held, waits for a person or has no level left gives way to the next. The others are listed and do not climb; a
    formal notice carries all the instalments that were already on a reminder really handed over and that nothing else
    bars.

    The minimum is that of what the letter asks for; a remainder under it neither carries, climbs nor blocks, until all
    that is left passes the minimum together: then it is asked for together. A
    reminder that waits silences what it does not carry for the policy's interval, and no longer.
    """
    owed = [instalment for instalment in instalments if instalment.amount > 0]
    overdue = [instalment for instalment in owed if instalment.due < on]
    upcoming = [instalment for instalment in owed if instalment.due >= on]
    if not overdue:
        return _decide_pre_due(policy, upcoming, on, last_contact, hold, covered=len(owed) < len(instalments))
    later = min((instalment.due + DAY for instalment in upcoming), default=None)

    free = [instalment for instalment in overdue if instalment.hold is None]
    if not free or hold:
        return _held(overdue if not free else (), hold, on, later)
    if not asked_for(policy, overdue):  # remainders block nothing: see above
        early = _decide_pre_due(policy, upcoming, on, last_contact, hold, covered=len(owed) < len(instalments))
        if early.outcome == "remind":
            return early
    waiting = [instalment for instalment in free if instalment.history.pending]
    others = [instalment for instalment in free if not instalment.history.pending]
    if not waiting:
        return _decide_free(policy, others, on, later, last_contact)
    reason = _pending(waiting)
    if not others:
        return _wait(reason, later)
    until = _others_silent_until(policy, waiting, on)
    if until > on:
        return _wait(reason, until)
    answer = _decide_free(policy, others, on, later, last_contact)
    return answer if answer.outcome == "remind" else _wait(reason, answer.next_date)


def _decide_free(policy, free, on, later, last_contact):
    """The decision of the instalments that nothing holds and no reminder on its way carries."""
    climbing = asked_for(policy, free)
    if not climbing or sum(instalment.amount for instalment in free) < policy.minimum_amount:
        return _wait("below_minimum", later)
    silent_until = _silent_until(policy, on, last_contact)
    if silent_until:
        return _wait("recent_contact", silent_until)
    return _climb(policy, climbing, free, on, later)


def is_too_small(policy: PolicyRule, instalment: Instalment) -> bool:
    """Whether an instalment is but a remainder under the policy's minimum, or within what the company writes off.

    A whole invoice of that size is no remainder: many of them together are worth a letter.
    """
    if not instalment.is_remainder:
        return False
    return instalment.amount < policy.minimum_amount or instalment.amount <= policy.small_balance


def asked_for(policy: PolicyRule, instalments: Sequence[Instalment]) -> list[Instalment]:
    """Those that a letter may be about: all but small remainders; where there is nothing else, all of them, once they
    pass together what one alone does not."""
    large = [instalment for instalment in instalments if not is_too_small(policy, instalment)]
    total = sum(instalment.amount for instalment in instalments)
    if large or total < policy.minimum_amount or total <= policy.small_balance:
        return large
    return list(instalments)


def passed(policy: PolicyRule, history: History) -> int:
    """The sequence, in this policy, of the highest level that an instalment went through; 0: none.

    Of a level of another policy, what counts is what it was: its kind, and its rank among those of that kind. Sequences
    are each policy's own.
    """
    if not history.last_sequence or history.policy_id in (None, policy.id):
        return history.last_sequence
    reached, ranks, sequence = (KINDS.index(history.kind), history.rank), dict.fromkeys(KINDS, 0), 0
    for level in policy.levels:
        ranks[level.kind] += 1
        if level.kind != "pre_due" and (KINDS.index(level.kind), ranks[level.kind]) <= reached:
            sequence = max(sequence, level.sequence)
    return sequence


def worst_first(policy: PolicyRule, instalment: Instalment):
    """Sort key: the highest level carried, then days late, then amount."""
    return -passed(policy, instalment.history), instalment.due, -instalment.amount, instalment.key


def reached_on(level: LevelRule, instalment: Instalment) -> date | None:
    """The day an instalment reaches a level; None when its anchor has not happened.

    Never before the term of its formal notice has passed: it was given to pay (C.civ 1344).
    """
    if level.anchor == "previous_level" and instalment.history.last_sequence:
        anchor = instalment.history.sent_on
    elif level.anchor == "month_end":
        anchor = (instalment.due.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY
    elif level.anchor == "discount_date":
        anchor = instalment.discount_on
    else:
        anchor = instalment.due
    if anchor is None:
        return None
    days = timedelta(days=level.delay_days)
    if level.kind == "pre_due":
        return anchor - days
    term_until = instalment.history.term_until
    return max(anchor + days, term_until + DAY) if term_until else anchor + days


def next_level(policy: PolicyRule, instalment: Instalment) -> LevelRule | None:
    """The level after the last one carried: one at a time, whatever the delay that has passed."""
    reached = passed(policy, instalment.history)
    for level in policy.levels:
        if level.kind != "pre_due" and level.sequence > reached:
            return level
    return None


def _climb(policy, climbing, free, on, later):
    """The decision of the worst instalment that has a level to climb by itself.

    One that waits for a person (its notice is not allowed yet, a case is proposed) does not silence the others: it is
    the answer only when none of them is due.
    """
    for_a_person = below = None
    for worst in sorted(climbing, key=partial(worst_first, policy)):
        level = next_level(policy, worst)
        if level is None:
            continue
        day = reached_on(level, worst)
        if day is None:  # its anchor has not happened: the others do not wait for it
            continue
        if day > on and not (worst.hastened and worst.history.term_until is None):
            if for_a_person:
                break
            return Decision("wait", "delay", level, next_date=day)
        if worst.history.unpresented:  # its term does not run before it is presented
            answer = Decision("person", "not_presented", level, (worst.key,), next_date=on + DAY)
        elif level.kind == "case_proposal":
            answer = Decision("person", "case_proposal", level, carried=(worst.key,), next_date=later)
        elif level.kind == "formal_notice":
            answer = _notice(policy, level, worst, climbing, on)
            if answer is None:
                below = below or _wait("below_minimum", later)
                continue
        else:
            listed = tuple(sorted(instalment.key for instalment in free if instalment is not worst))
            return Decision("remind", "due", level, (worst.key,), listed)
        if answer.outcome == "remind":
            return answer
        for_a_person = for_a_person or answer
    answer = for_a_person or below or Decision("person", "levels_done", next_date=later)
    return _come_back(answer, policy, climbing, on)


def _come_back(answer, policy, free, on):
    """The same answer, looked at again on the day another instalment reaches its level."""
    days = [answer.next_date]
    for instalment in free:
        level = next_level(policy, instalment)
        day = reached_on(level, instalment) if level else None
        if day and day > on:
            days.append(day)
    return answer._replace(next_date=min(filter(None, days), default=None))


def notice_obstacles(instalment: Instalment) -> tuple[str, ...]:
    """Why a formal notice may not carry an instalment: the conditions its invoice does not meet, and a reminder handed
    over before.

    No text wants a reminder first; a debtor who was never asked would contest the interpellation (C.civ 1344).
    """
    return instalment.obstacles if instalment.history.reminded else ("reminded", *instalment.obstacles)


def _notice(policy, level, worst, climbing, on):
    """A formal notice carries all that nothing bars; the worst one must be among them. None: that is under the minimum.

    What bars it is outside the ledger (an address, a proof, a manager's word): it is looked at again the next night.
    """
    obstacles = notice_obstacles(worst)
    if obstacles:
        return Decision("person", "notice_gate", level, (worst.key,), next_date=on + DAY, obstacles=obstacles)
    carried = tuple(
        sorted(
            instalment.key
            for instalment in climbing
            if not notice_obstacles(instalment) and passed(policy, instalment.history) < level.sequence
        )
    )
    amounts = {instalment.key: instalment.amount for instalment in climbing}
    if sum(amounts[key] for key in carried) < policy.minimum_amount:
        return None
    return Decision("remind", "due", level, carried)


def _decide_pre_due(policy, upcoming, on, last_contact, hold, covered):
    """Levels before the due date, on amounts to come, when nothing is overdue."""
    levels = [level for level in policy.levels if level.kind == "pre_due"]
    days = [instalment.due + DAY for instalment in upcoming]
    for level in levels:
        reached = []
        for instalment in upcoming:
            if _has_nothing_to_announce(level, instalment, on):
                continue
            day = reached_on(level, instalment)
            if day > on:
                days.append(day)
            else:
                reached.append(instalment)
        if not reached:
            continue
        if hold:
            return _held((), hold, on, min(days))
        if sum(instalment.amount for instalment in reached) < policy.minimum_amount:
            continue
        silent_until = _silent_until(policy, on, last_contact)
        if silent_until:
            return _wait("recent_contact", min(silent_until, *days))
        return Decision("remind", "due", level, tuple(sorted(instalment.key for instalment in reached)))
    if not upcoming:
        return _wait("covered" if covered else "nothing_open", None)
    pending = _pending(upcoming)
    return _wait(pending or "not_due_yet", min(days))


def _has_nothing_to_announce(level, instalment, on):
    """Whether a level before the due date leaves an instalment alone: no discount or one that is over, held, too small,
    or announced already."""
    if level.anchor == "discount_date" and (instalment.discount_on is None or instalment.discount_on < on):
        return True
    if instalment.amount < level.minimum_amount:
        return True
    return bool(instalment.hold) or level.id in instalment.history.announced


def _pending(instalments):
    """The reason when a reminder is already on its way, the most urgent for a person first; else None."""
    states = {instalment.history.pending for instalment in instalments}
    if "failed" in states:
        return "failed"
    if "to_approve" in states:
        return "approval"
    return "sending" if states & {"planned", "sending"} else None


def _others_silent_until(policy, waiting, on):
    """The day the reminders that wait no longer silence what they do not carry."""
    since = max(instalment.history.pending_since or on for instalment in waiting)
    return since + timedelta(days=max(policy.minimum_days_between, 1))


def _silent_until(policy, on, last_contact):
    """The day the debtor may be contacted again, when it is not yet come."""
    if last_contact is None:
        return None
    day = last_contact + timedelta(days=policy.minimum_days_between)
    return day if day > on else None


def _held(instalments, hold, on, later):
    """The first reason that applies among the holds; the answer can change when the first of them ends."""
    holds = [instalment.hold for instalment in instalments]
    if hold:
        holds.append(hold)
    first = min(holds, key=lambda held: rank(held.reason))
    ends = [held.until + DAY for held in holds if held.until and held.until >= on]
    if later:
        ends.append(later)
    return _wait(first.reason, min(ends, default=None))


def _wait(reason, next_date):
    return Decision("person" if reason in FOR_A_PERSON else "wait", reason, next_date=next_date)
