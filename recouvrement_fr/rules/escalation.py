"""Which level a debtor reaches on a day, or the reason why none.

Pure: every date is given, nothing is read or written. One call answers for one debtor under one policy.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

from .dunning import (
    DAY,
    FOR_A_PERSON,
    KINDS,
    NEVER_REMINDED,
    REASONS,
    Decision,
    History,
    Hold,
    Instalment,
    LevelRule,
    PolicyRule,
    rank,
    reached_on,
)
from .pre_due import decide_pre_due
from .waits import held, others_silent_until, pending, silent_until, wait

__all__ = [  # the decision is asked for with its words
    "FOR_A_PERSON",
    "KINDS",
    "NEVER_REMINDED",
    "REASONS",
    "Decision",
    "History",
    "Hold",
    "Instalment",
    "LevelRule",
    "PolicyRule",
    "asked_for",
    "decide",
    "is_too_small",
    "next_level",
    "notice_obstacles",
    "passed",
    "rank",
    "reached_on",
    "worst_first",
]


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
    that is left passes the minimum together: then it is asked for together. A reminder that waits silences what it does
    not carry for the policy's interval, and no longer; its debtor is looked at again each day.
    """
    owed = [instalment for instalment in instalments if instalment.amount > 0]
    overdue = [instalment for instalment in owed if instalment.due < on]
    upcoming = [instalment for instalment in owed if instalment.due >= on]
    if not overdue:
        return decide_pre_due(policy, upcoming, on, last_contact, hold, covered=len(owed) < len(instalments))
    later = min((instalment.due + DAY for instalment in upcoming), default=None)

    free = [instalment for instalment in overdue if instalment.hold is None]
    if not free or hold:
        return held(overdue if not free else (), hold, on, later)
    if not asked_for(policy, overdue):  # remainders block nothing: see above
        early = decide_pre_due(policy, upcoming, on, last_contact, hold, covered=len(owed) < len(instalments))
        if early.outcome == "remind":
            return early
    waiting = [instalment for instalment in free if instalment.history.pending]
    others = [instalment for instalment in free if not instalment.history.pending]
    if not waiting:
        return _decide_free(policy, others, on, later, last_contact)
    on_its_way = wait(pending(waiting), on + DAY)  # looked at each day: nobody may ever deal with it
    if not others or others_silent_until(policy, waiting, on) > on:
        return on_its_way
    answer = _decide_free(policy, others, on, later, last_contact)
    return answer if answer.outcome == "remind" else on_its_way


def _decide_free(policy, free, on, later, last_contact):
    """The decision of the instalments that nothing holds and no reminder on its way carries."""
    climbing = asked_for(policy, free)
    if not climbing or sum(instalment.amount for instalment in free) < policy.minimum_amount:
        return wait("below_minimum", later)
    until = silent_until(policy, on, last_contact)
    if until:
        return wait("recent_contact", until)
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
                below = below or wait("below_minimum", later)
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
