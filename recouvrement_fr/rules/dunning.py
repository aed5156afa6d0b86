"""The words of dunning: levels, policies, what an instalment went through, and the answer for a debtor."""

from datetime import date, timedelta
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

    @property
    def only_announces(self) -> bool:
        """Whether it tells of a due date to come and offers nothing: a discount is offered to everybody."""
        return self.kind == "pre_due" and self.anchor != "discount_date"


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
