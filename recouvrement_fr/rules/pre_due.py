"""What is announced before a due date, when nothing is overdue."""

from .dunning import DAY, Decision, reached_on
from .waits import held, pending, silent_until, wait


def decide_pre_due(policy, upcoming, on, last_contact, hold, covered):
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
            return held((), hold, on, min(days))
        if sum(instalment.amount for instalment in reached) < policy.minimum_amount:
            continue
        until = silent_until(policy, on, last_contact)
        if until:
            return wait("recent_contact", min(until, *days))
        return Decision("remind", "due", level, tuple(sorted(instalment.key for instalment in reached)))
    if not upcoming:
        return wait("covered" if covered else "nothing_open", None)
    return wait(pending(upcoming) or "not_due_yet", min(days))


def _has_nothing_to_announce(level, instalment, on):
    """Whether a level before the due date leaves an instalment alone: no discount or one that is over, held, too small,
    or announced already."""
    if level.anchor == "discount_date" and (instalment.discount_on is None or instalment.discount_on < on):
        return True
    if instalment.amount < level.minimum_amount:
        return True
    return bool(instalment.hold) or level.id in instalment.history.announced
