"""Read a page of debtors' accounts from the ledger, in a constant number of statements.

The night reads hundreds of thousands of journal items: as plain tuples, through core's partial index of unreconciled
items, never as records.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from odoo.tools import SQL

from ..rules.escalation import Hold
from ..rules.netting import Item, NetItem
from ..tools.bulk import any_of

DAY = timedelta(days=1)
PENDING_DAYS = 10  # a bank transfer started online reaches the account within a few days, or never

# Changes when an open item appears, disappears, or changes amount, due date or exclusion. Journal item ids are stable
# between two edits of an invoice, and an edit must be looked at anyway.
ITEM_HASH = SQL(
    "hashint8extended(l.id, hash_numeric_extended(l.amount_residual_currency, hashint8extended("
    "(COALESCE(l.date_maturity, l.date) - DATE '2000-01-01') * 2 + (l.no_followup IS TRUE)::int, 0))) & 4294967295"
)


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
    def debt(self):
        """The invoice, or the item of an entry that holds many customers."""
        return self.move_id, self.entry_line_id

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


def scan(env, company, on=None, where=None, moved=False):
    """The debtors to look at on a day: (card id or None, commercial partner, fingerprint), partners in order.

    Those without a card yet, whose day has come, or whose open items changed since they were last decided on. One
    statement over the open items; nothing of a debtor who does not change leaves the database. Without a day: every
    debtor.

    :param where: the `scope` of that company, where it is known
    :param moved: those with a card alone, whose open items changed
    """
    turn = SQL("c.id IS NOT NULL AND c.fingerprint IS DISTINCT FROM i.fingerprint") if moved else SQL("TRUE")
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
            scope=scope(company) if where is None else where,
            company=company.id,
            turn=turn,
        )
    )


def read(env, where, partner_ids, hashed=False):
    """The open items of these commercial partners, in a `scope`: {partner id: [OpenItem]}.

    Amounts come as floats, as Odoo's cursor would make them, one by one, of thousands of decimals.

    Their contacts are an array, so that the partial index is entered by account and partner: joined, every open item
    of the company would be read for each page. Nothing is grouped there: few instalments have several items.

    :param hashed: whether their `hash` is wanted, else 0
    """
    env.flush_all()  # what the same transaction has just written counts too
    rows = env.execute_query(
        SQL(
            """
            SELECT p.commercial_partner_id, l.move_id, COALESCE(l.date_maturity, l.date),
                   CASE WHEN m.move_type = 'entry' THEN l.id ELSE 0 END,
                   l.currency_id, l.amount_residual_currency::float8, l.amount_residual::float8,
                   l.amount_currency::float8,
                   l.no_followup IS TRUE, m.move_type, m.reversed_entry_id, m.recouvrement_policy_id,
                   m.partner_id, m.payment_state IN ('in_payment', 'paid'), %(hash)s, COALESCE(m.invoice_date, m.date),
                   CASE WHEN l.amount_residual_currency = l.amount_currency THEN l.discount_date END,
                   m.recouvrement_claim_choice_id, l.account_id, m.journal_id, m.recouvrement_received_on,
                   COALESCE(m.delivery_date, m.invoice_date, m.date), m.recouvrement_term_agreed IS TRUE
              FROM account_move_line l
              JOIN res_partner p ON p.id = l.partner_id
              JOIN account_move m ON m.id = l.move_id
             WHERE l.partner_id = ANY(ARRAY(SELECT id FROM res_partner WHERE commercial_partner_id = %(partners)s))
               AND p.commercial_partner_id = %(partners)s AND %(scope)s
          ORDER BY 1, 3, 2, 4
            """,
            hash=ITEM_HASH if hashed else SQL("0"),
            partners=any_of(partner_ids),
            scope=where,
        )
    )
    items, last = defaultdict(list), (None, None)
    for row in rows:
        members = items[row[0]]
        if row[1] == last[1] and row[:5] == last[:5]:
            members[-1] = _together(members[-1], OpenItem(*row))
        else:
            members.append(OpenItem(*row))
        last = row
    return items


def _together(item, other):
    """Two journal items of one instalment, as one."""
    return item._replace(
        amount=round(item.amount + other.amount, 6),
        company_amount=round(item.company_amount + other.company_amount, 6),
        amount_total=round(item.amount_total + other.amount_total, 6),
        no_followup=item.no_followup or other.no_followup,
        hash=item.hash + other.hash,
        discount_on=min(filter(None, (item.discount_on, other.discount_on)), default=None),
        account_id=min(item.account_id, other.account_id),
    )


def first(env, where, partner_id, limit):
    """(ids, how many in all) of the open items of a commercial partner, in a `scope`, the oldest due first."""
    env.flush_all()  # what the same transaction has just written counts too
    rows = env.execute_query(
        SQL(
            """
            SELECT l.id, COUNT(*) OVER ()
              FROM res_partner p
              JOIN account_move_line l ON l.partner_id = p.id
             WHERE p.commercial_partner_id = %s AND %s
          ORDER BY COALESCE(l.date_maturity, l.date), l.id
             LIMIT %s
            """,
            partner_id or 0,
            where,
            limit,
        )
    )
    return [row[0] for row in rows], rows[0][1] if rows else 0


def to_minor(amount, decimals):
    """An amount in the currency's minor unit: 12.34 EUR is 1234."""
    return round(amount * 10**decimals)


def whole(item, decimals, company_decimals):
    """A debt of which nothing is deducted, as the netting rule leaves it."""
    amount, company_amount = to_minor(item.amount, decimals), to_minor(item.company_amount, company_decimals)
    return NetItem(item.key, item.currency_id, amount, company_amount, 0, 0)


def net_item(item, decimals, company_decimals, side, held, *, late=False, hold=None, meant=()):
    """An open item as the netting rule reads it.

    :param side: of an insolvency judgment, 1 for what was born before it
    :param held: what is left alone of it, in its currency
    :param late: whether its due date has passed
    :param hold: the reason why it is left alone
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
        late,
        hold,
    )


def payment_holds(env, move_ids, on):
    """The moves with a payment in progress, which a reminder must not cross: {move id: Hold}.

    Online transactions pending or authorized, and payments registered without a journal entry, whose invoice keeps
    its residual. Looked at again every night, since nothing in the ledger moves when a payment fails; a transaction
    that has not moved for PENDING_DAYS is a promise, not a payment: it holds no longer.

    :param move_ids: None for all
    """
    which = SQL("TRUE") if move_ids is None else SQL("rel.invoice_id = %s", any_of(move_ids))
    rows = env.execute_query(
        SQL(
            """
            SELECT rel.invoice_id
              FROM account_invoice_transaction_rel rel
              JOIN payment_transaction t ON t.id = rel.transaction_id
             WHERE %(which)s AND t.state IN ('pending', 'authorized')
               AND COALESCE(t.last_state_change, t.create_date) >= %(since)s
             UNION
            SELECT rel.invoice_id
              FROM account_move__account_payment rel
              JOIN account_payment pay ON pay.id = rel.payment_id
             WHERE %(which)s AND pay.move_id IS NULL AND pay.state IN ('in_process', 'paid')
            """,
            which=which,
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
