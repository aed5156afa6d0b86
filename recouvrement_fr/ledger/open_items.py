"""Read a page of debtors' accounts from the ledger, in a constant number of statements.

The night reads hundreds of thousands of journal items: as plain tuples, through core's partial index of unreconciled
items, never as records.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from odoo.tools import SQL

from ..rules.deadlines import day_deadline
from ..rules.escalation import KINDS, History, Hold
from ..rules.netting import Item
from ..rules.registered import ENDED, NOT_SERVED, PLAIN, POST_DAYS, REGISTERED
from ..tools.bulk import any_of

DAY = timedelta(days=1)
PENDING_DAYS = 10  # a bank transfer started online reaches the account within a few days, or never

# Changes when an open item appears, disappears, or changes amount, due date or exclusion. Journal item ids are stable
# between two edits of an invoice, and an edit must be looked at anyway.
ITEM_HASH = SQL(
    "hashint8extended(l.id, hash_numeric_extended(l.amount_residual_currency, hashint8extended("
    "(COALESCE(l.date_maturity, l.date) - DATE '2000-01-01') * 2 + (l.no_followup IS TRUE)::int, 0))) & 4294967295"
)

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


class OpenItem(NamedTuple):
    """What is left of an instalment or of a credit on a debtor's account."""

    partner_id: int  # commercial partner
    move_id: int
    due: date
    entry_line_id: int
    currency_id: int
    amount: float  # in its currency; negative: a credit
    company_amount: float
    amount_total: float
    no_followup: bool
    move_type: str
    reverses: int | None
    policy_id: int | None
    contact_id: int | None
    paid_unreconciled: bool
    hash: int
    invoiced_on: date
    discount_on: date | None = None  # last day of the early-payment discount, while nothing was paid
    own_kind_id: int | None = None  # kind of claim chosen on the invoice
    account_id: int | None = None
    journal_id: int | None = None
    received_on: date | None = None  # by a public buyer
    delivered_on: date | None = None  # or performed, or invoiced
    term_agreed: bool = False  # its due date was really agreed

    @property
    def key(self):
        return self.move_id, self.due, self.entry_line_id

    @property
    def came_in_on(self):
        """The day of a credit, from which what it pays bears no interest."""
        return self.invoiced_on


def scope(company):
    """The condition on journal items `l` that are collected for a root company."""
    # Literal ids: with parameters the planner would not use the partial index of unreconciled items.
    accounts = SQL(",").join(SQL(str(int(account))) for account in company._recouvrement_accounts() or [0])
    tree = SQL(",").join(SQL(str(int(branch))) for branch in company._recouvrement_tree())
    return SQL(
        "l.account_id IN (%s) AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted' AND l.company_id IN (%s)"
        " AND l.amount_residual_currency != 0",
        accounts,
        tree,
    )


def scan(env, company, on=None):
    """The debtors to look at on a day: (card id or None, commercial partner, fingerprint), partners in order.

    Those without a card yet, whose day has come, or whose open items changed since they were last decided on. One
    statement over the open items; nothing of a debtor who does not change leaves the database. Without a day: every
    debtor.
    """
    turn = SQL("TRUE")
    if on:
        turn = SQL("c.id IS NULL OR c.next_date <= %s OR c.fingerprint IS DISTINCT FROM i.fingerprint", on)
    env.flush_all()  # what the same transaction has just written counts too
    return env.execute_query(
        SQL(
            """
            WITH items AS (
                SELECT p.commercial_partner_id AS partner_id, SUM(%(hash)s)::text AS fingerprint
                  FROM account_move_line l
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE %(scope)s
              GROUP BY p.commercial_partner_id
            ), cards AS (
                SELECT id, partner_id, fingerprint, next_date FROM recouvrement_debtor WHERE company_id = %(company)s
            )
            SELECT c.id, COALESCE(c.partner_id, i.partner_id), i.fingerprint
              FROM items i
         FULL JOIN cards c ON c.partner_id = i.partner_id
             WHERE %(turn)s
          ORDER BY 2
            """,
            hash=ITEM_HASH,
            scope=scope(company),
            company=company.id,
            turn=turn,
        )
    )


def read(env, where, partner_ids):
    """The open items of these commercial partners, in a `scope`: {partner id: [OpenItem]}.

    Their contacts are an array, so that the partial index is entered by account and partner: joined, every open item
    of the company would be read for each page.
    """
    env.flush_all()  # what the same transaction has just written counts too
    rows = env.execute_query(
        SQL(
            """
            SELECT p.commercial_partner_id, l.move_id, COALESCE(l.date_maturity, l.date),
                   CASE WHEN m.move_type = 'entry' THEN l.id ELSE 0 END,
                   l.currency_id, SUM(l.amount_residual_currency), SUM(l.amount_residual), SUM(l.amount_currency),
                   BOOL_OR(l.no_followup IS TRUE), m.move_type, m.reversed_entry_id, m.recouvrement_policy_id,
                   m.partner_id, m.payment_state IN ('in_payment', 'paid'), SUM(%(hash)s),
                   COALESCE(m.invoice_date, m.date),
                   MIN(l.discount_date) FILTER (WHERE l.amount_residual_currency = l.amount_currency),
                   m.recouvrement_claim_choice_id, MIN(l.account_id), m.journal_id, m.recouvrement_received_on,
                   COALESCE(m.delivery_date, m.invoice_date, m.date), m.recouvrement_term_agreed IS TRUE
              FROM account_move_line l
              JOIN res_partner p ON p.id = l.partner_id
              JOIN account_move m ON m.id = l.move_id
             WHERE l.partner_id = ANY(ARRAY(SELECT id FROM res_partner WHERE commercial_partner_id = %(partners)s))
               AND p.commercial_partner_id = %(partners)s AND %(scope)s
          GROUP BY 1, 2, 3, 4, 5, m.id
          ORDER BY 1, 3, 2, 4
            """,
            hash=ITEM_HASH,
            partners=any_of(partner_ids),
            scope=where,
        )
    )
    items = defaultdict(list)
    for row in rows:
        items[row[0]].append(OpenItem(*row))
    return items


def to_minor(amount, decimals):
    """An amount in the currency's minor unit: 12.34 EUR is 1234."""
    return round(amount * 10**decimals)


def net_item(item, decimals, company_decimals, side, held, meant=()):
    """An open item as the netting rule reads it.

    :param side: of an insolvency judgment, 1 for what was born before it
    :param held: what is left alone of it, in its currency
    :param meant: rules.on_account.Share of a credit: what it is for
    """
    return Item(
        item.key,
        item.currency_id,
        to_minor(item.amount, decimals),
        to_minor(item.company_amount, company_decimals),
        item.reverses if item.move_type == "out_refund" else None,
        side,
        to_minor(held, decimals),
        item.came_in_on,
        tuple((share.moves, to_minor(share.amount, decimals)) for share in meant),
    )


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
    reminder is, its figures above all, is read once for all its lines: those of a large debtor hold megabytes.

    :param place: whose holidays put off the end of a formal notice's term
    """
    rows = env.execute_query(
        SQL(
            """
            WITH lines AS MATERIALIZED (
                SELECT * FROM recouvrement_reminder_line WHERE move_id = %(moves)s AND cancelled IS NOT TRUE
            ), carriers AS MATERIALIZED (
                SELECT r.id, v.id AS level_id, r.state, r.date, r.sent_date,
                       r.origin NOT IN ('imported', 'set') OR r.gate_confirmed IS TRUE AS is_proven,
                       v.policy_id, v.sequence, v.kind, v.rank, n.letters + n.others AS dated, %(since)s AS since,
                       CASE WHEN v.kind = 'formal_notice' THEN %(term)s ELSE 0 END AS term_days
                  FROM (SELECT DISTINCT reminder_id, level_id FROM lines) c
                  JOIN recouvrement_reminder r ON r.id = c.reminder_id
                  JOIN %(levels)s v ON v.id = c.level_id
                  %(served)s
            )
            SELECT l.move_id, l.date_due, l.entry_line_id, l.cycle, l.role, l.settled IS TRUE,
                   r.state, r.date, r.sent_date, r.is_proven,
                   r.level_id, r.policy_id, r.sequence, r.kind, r.rank, r.dated, r.since, r.term_days
              FROM lines l
              JOIN carriers r ON r.id = l.reminder_id AND r.level_id = l.level_id
          ORDER BY l.id
            """,
            term=TERM_DAYS,
            since=COUNTED_FROM,
            levels=LEVELS,
            served=SERVED,
            moves=any_of(move_ids),
        )
    )
    steps = defaultdict(list)
    for row in rows:
        steps[row[:3]].append(Step(*row[3:]))
    return {key: _history(members, place) for key, members in steps.items()}


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


def payment_holds(env, move_ids, on):
    """The moves with a payment in progress, which a reminder must not cross: {move id: Hold}.

    Online transactions pending or authorized, and payments registered without a journal entry, whose invoice keeps
    its residual. Looked at again every night, since nothing in the ledger moves when a payment fails; a transaction
    that has not moved for PENDING_DAYS is a promise, not a payment: it holds no longer.
    """
    rows = env.execute_query(
        SQL(
            """
            SELECT rel.invoice_id
              FROM account_invoice_transaction_rel rel
              JOIN payment_transaction t ON t.id = rel.transaction_id
             WHERE rel.invoice_id = %(moves)s AND t.state IN ('pending', 'authorized')
               AND COALESCE(t.last_state_change, t.create_date) >= %(since)s
             UNION
            SELECT rel.invoice_id
              FROM account_move__account_payment rel
              JOIN account_payment pay ON pay.id = rel.payment_id
             WHERE rel.invoice_id = %(moves)s AND pay.move_id IS NULL AND pay.state IN ('in_process', 'paid')
            """,
            moves=any_of(move_ids),
            since=on - timedelta(days=PENDING_DAYS),
        )
    )
    return {move_id: Hold("payment_pending", on) for (move_id,) in rows}


def settle(env, where, debtor_ids):
    """Mark the reminded instalments that were paid or credited, so that a returned payment starts a new cycle.

    An invoice set to draft, cancelled, or moved to doubtful receivables is not paid; nor is an instalment whose due
    date nobody knows any more while something of its invoice is open.
    """
    env.cr.execute(
        SQL(
            """
            UPDATE recouvrement_reminder_line s
               SET settled = TRUE
              FROM recouvrement_reminder r, account_move m
             WHERE r.id = s.reminder_id AND r.debtor_id = %(debtors)s AND r.state = 'sent'
               AND s.settled IS NOT TRUE AND s.cancelled IS NOT TRUE
               AND m.id = s.move_id AND m.state = 'posted'
               AND NOT EXISTS (
                   SELECT 1 FROM account_move_line l
                    WHERE l.move_id = s.move_id AND %(scope)s AND s.entry_line_id IN (0, l.id)
                      AND (COALESCE(l.date_maturity, l.date) = s.date_due
                           OR NOT EXISTS (
                               SELECT 1 FROM account_move_line o JOIN account_account a ON a.id = o.account_id
                                WHERE o.move_id = s.move_id AND a.account_type = 'asset_receivable'
                                  AND COALESCE(o.date_maturity, o.date) = s.date_due AND s.entry_line_id IN (0, o.id)))
               )
               AND NOT EXISTS (
                   SELECT 1 FROM account_move_line t
                    WHERE t.recouvrement_invoice_id = s.move_id AND t.parent_state = 'posted'
                      AND t.reconciled IS NOT TRUE AND t.amount_residual != 0
               )
            """,
            debtors=any_of(debtor_ids),
            scope=where,
        )
    )
