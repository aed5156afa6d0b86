"""What each instalment has carried: its reminders, and the day the term of a formal notice runs from."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo.tools import SQL

from ..rules.deadlines import day_deadline
from ..rules.escalation import KINDS, History
from ..rules.registered import ENDED, NOT_SERVED, PLAIN, POST_DAYS, REGISTERED
from ..tools.bulk import any_of

# Levels, with the rank of each among those of its kind in its own policy: sequences are each policy's own.
LEVELS = SQL(
    "(SELECT *, RANK() OVER (PARTITION BY policy_id, kind ORDER BY sequence) AS rank,"
    " array_position(%s::varchar[], kind) AS stage FROM recouvrement_level)",
    list(KINDS),
)

# Of a formal notice, a reminder `r` of a level `v`: `n.letters`, its registered letters; `n.served_on`, the day one
# was first presented, or ended refused or unclaimed, not when it was returned or lost; `n.others`, what left or is to
# leave without a register; `n.reached_on`, the day the first of these arrived: an e-mail at once, a plain letter once
# the post has had its time, one that came back never.
SERVED = SQL(
    """
    LEFT JOIN LATERAL (
              SELECT COUNT(*) FILTER (WHERE d.channel IN %(registered)s) AS letters,
                     MIN(COALESCE(d.presented_on, d.delivered_on,
                                  CASE WHEN d.postal_state IN %(refused)s THEN d.closed_on END))
                     FILTER (WHERE d.channel IN %(registered)s AND d.postal_state NOT IN %(not_served)s) AS served_on,
                     COUNT(*) FILTER (WHERE d.channel NOT IN %(registered)s) AS others,
                     MIN(COALESCE(d.posted_on, (d.handed_over_on AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris')::date)
                         + CASE WHEN d.channel IN %(plain)s THEN %(post_days)s ELSE 0 END)
                     FILTER (WHERE d.channel NOT IN %(registered)s AND d.state IN ('handed_over', 'delivered'))
                     AS reached_on
                FROM recouvrement_dispatch d
               WHERE v.kind = 'formal_notice' AND d.reminder_id = r.id AND d.state != 'cancelled'
              ) n ON TRUE
    """,
    refused=tuple(sorted(set(ENDED) - set(NOT_SERVED))),
    not_served=NOT_SERVED,
    registered=REGISTERED,
    plain=PLAIN,
    post_days=POST_DAYS,
)

# The day the term of a formal notice runs from, as its letter says: first presentation of a registered one, receipt of
# any other; nothing while neither is known.
COUNTED_FROM = SQL("CASE WHEN n.letters > 0 THEN n.served_on WHEN n.others > 0 THEN n.reached_on ELSE r.sent_date END")

# The days it left the debtor to pay, as its letter said.
TERM_DAYS = SQL("COALESCE((r.figures->>'term_days')::int, v.term_days)")


class Step(NamedTuple):
    """An instalment on a reminder, as its history reads it."""

    cycle: int
    role: str
    settled: bool
    state: str
    date: date
    sent_date: date | None
    is_proven: bool
    level_id: int
    policy_id: int
    sequence: int
    kind: str
    rank: int
    dispatches: int  # of a formal notice: whatever carries it
    counted_from: date | None  # the day its term runs from
    term_days: int


def histories(env, move_ids, place=None):
    """What each instalment of these moves has carried: {key: History}, in its present cycle.

    An instalment whose cycle was settled and that is open again starts the next one: a payment was returned. What a
    reminder is, its figures above all, is read apart, once for all its lines: those of a large debtor hold megabytes.

    :param place: whose holidays put off the end of a formal notice's term
    """
    lines = env.execute_query(
        SQL(
            """
            SELECT move_id, date_due, entry_line_id, cycle, role, settled IS TRUE, reminder_id, level_id
              FROM recouvrement_reminder_line
             WHERE move_id = %s AND cancelled IS NOT TRUE
          ORDER BY id
            """,
            any_of(move_ids),
        )
    )
    if not lines:  # of a first night, hardly any
        return {}
    carriers = _carriers(env, {line[6:] for line in lines})
    steps = defaultdict(list)
    for line in lines:
        if line[6:] in carriers:
            steps[line[:3]].append(Step(*line[3:6], *carriers[line[6:]]))
    return {key: _history(members, place) for key, members in steps.items()}


def _carriers(env, pairs):
    """{(reminder id, level id): what a Step says of it besides its line}."""
    reminders, levels = zip(*sorted(pairs), strict=True)
    rows = env.execute_query(
        SQL(
            """
            SELECT r.id, v.id, r.state, r.date, r.sent_date,
                   r.origin NOT IN ('imported', 'set') OR r.gate_confirmed IS TRUE,
                   v.id, v.policy_id, v.sequence, v.kind, v.rank, n.letters + n.others, %(since)s,
                   CASE WHEN v.kind = 'formal_notice' THEN %(term)s ELSE 0 END
              FROM unnest(%(reminders)s::int[], %(of)s::int[]) c(reminder_id, level_id)
              JOIN recouvrement_reminder r ON r.id = c.reminder_id
              JOIN %(levels)s v ON v.id = c.level_id
              %(served)s
            """,
            term=TERM_DAYS,
            since=COUNTED_FROM,
            levels=LEVELS,
            served=SERVED,
            reminders=list(reminders),
            of=list(levels),
        )
    )
    return {row[:2]: row[2:] for row in rows}


def _history(steps, place):
    cycle = max(step.cycle for step in steps)
    steps = [step for step in steps if step.cycle == cycle]
    if any(step.settled for step in steps):
        return History(cycle + 1)
    history, highest = History(cycle), None
    for step in steps:
        announcement = step.kind == "pre_due"
        if step.state == "sent" and step.is_proven and not announcement:
            history = history._replace(reminded=True)
        if step.role != "carried":
            continue
        if announcement:
            history = history._replace(announced=history.announced | {step.level_id})
        if step.state in ("planned", "to_approve", "sending", "failed"):
            history = history._replace(pending=step.state, pending_since=step.date)
        if not announcement and (highest is None or not _is_lower(step, highest)):
            highest = step
    return history._replace(**_reached(highest, place)) if highest else history


def _is_lower(step, other):
    """Whether a level comes before another: by their sequence in one policy, else by what they are."""
    if step.policy_id == other.policy_id:
        return step.sequence < other.sequence
    return (KINDS.index(step.kind), step.rank) < (KINDS.index(other.kind), other.rank)


def _reached(step, place):
    """What a history says of the highest level carried; the term of a formal notice runs from its presentation or its
    receipt, the day of which does not count."""
    reached = {
        "last_sequence": step.sequence,
        "policy_id": step.policy_id,
        "kind": step.kind,
        "rank": step.rank,
        "sent_on": step.sent_date,
    }
    if step.kind != "formal_notice" or not step.sent_date:
        return reached
    since = step.counted_from or step.sent_date
    return reached | {
        "sent_on": since,
        "term_until": day_deadline(since, step.term_days, place),
        "unpresented": bool(step.dispatches and not step.counted_from),
    }
