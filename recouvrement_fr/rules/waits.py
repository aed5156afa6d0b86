"""Why a debtor is left alone on a day, and until when."""

from datetime import timedelta

from .dunning import DAY, FOR_A_PERSON, Decision, rank


def pending(instalments):
    """The reason when a reminder is already on its way, the most urgent for a person first; else None."""
    states = {instalment.history.pending for instalment in instalments}
    if "failed" in states:
        return "failed"
    if "to_approve" in states:
        return "approval"
    return "sending" if states & {"planned", "sending"} else None


def others_silent_until(policy, waiting, on):
    """The day the reminders that wait no longer silence what they do not carry."""
    since = max(instalment.history.pending_since or on for instalment in waiting)
    return since + timedelta(days=max(policy.minimum_days_between, 1))


def silent_until(policy, on, last_contact):
    """The day the debtor may be contacted again, when it is not yet come."""
    if last_contact is None:
        return None
    day = last_contact + timedelta(days=policy.minimum_days_between)
    return day if day > on else None


def held(instalments, hold, on, later):
    """The first reason that applies among the holds; the answer can change when the first of them ends."""
    holds = [instalment.hold for instalment in instalments]
    if hold:
        holds.append(hold)
    first = min(holds, key=lambda found: rank(found.reason))
    ends = [one.until + DAY for one in holds if one.until and one.until >= on]
    if later:
        ends.append(later)
    return wait(first.reason, min(ends, default=None))


def wait(reason, next_date):
    return Decision("person" if reason in FOR_A_PERSON else "wait", reason, next_date=next_date)
