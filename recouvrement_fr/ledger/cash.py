"""What really came in for some invoices: cash and credit notes, not write-offs nor transfers.

Odoo calls an invoice paid when it is written off, set against another account, or moved to doubtful receivables. A
promise or a plan is kept by money, so it is judged from here.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ..rules.on_account import Money
from ..tools.bulk import any_of
from ..tools.formats import exact


def is_cash(env):
    """The condition on an entry `cm`, with its payment `pay`, that it moved money, in a bank or at a till: what cash
    is, for all who read it."""
    return SQL(
        "(pay.id IS NOT NULL OR cm.statement_line_id IS NOT NULL OR EXISTS ("
        "SELECT 1 FROM account_move_line b JOIN account_account a ON a.id = b.account_id WHERE b.move_id = cm.id"
        " AND (a.account_type = 'asset_cash' OR (b.balance > 0 AND b.account_id IN (%s)))"
        " OFFSET 0))",  # or the planner would read all lines of all entries, once, for the few that have no payment
        _tills(env),
    )


def money(env):
    """Of what a line `c` of such an entry set, the part that is money: what a payment difference, or another line of
    the same bank entry, wrote off is none."""
    return SQL(
        "CASE WHEN pay.amount > 0 AND c.amount_currency != 0 THEN LEAST(1, pay.amount / ABS(c.amount_currency))"
        " WHEN pay.id IS NULL AND cm.move_type = 'entry' THEN %s ELSE 1 END",
        money_of_entry(env),
    )


def money_of_entry(env):
    """The same of a line `c` of an entry that has no payment: what reached a bank or a till, of all that it took off
    what customers owe. An entry that says nothing of it brought all of it."""
    return SQL(
        """(SELECT GREATEST(0, LEAST(1, SUM(b.balance) FILTER (
                       WHERE a.account_type = 'asset_cash' OR b.account_id IN (%(tills)s))
                   / NULLIF(-SUM(b.balance) FILTER (
                       WHERE b.balance < 0 AND b.account_id NOT IN (%(tills)s)
                         AND (a.account_type = 'asset_receivable' OR b.account_id = c.account_id)), 0)))
              FROM account_move_line b
              JOIN account_account a ON a.id = b.account_id
             WHERE b.move_id = c.move_id)""",
        tills=_tills(env),
    )


def _tills(env):
    """Literal ids, or the planner reads more than it needs: see `ledger.aged`."""
    ids = env["account.account"]._recouvrement_every_till() or (0,)
    return SQL(",").join(SQL(str(int(each))) for each in ids)


class Receipt(NamedTuple):
    """Something that reduced an invoice: ``kind`` is ``payment`` or ``credit``; the amount in the invoice's currency,
    the date that of its journal entry."""

    move_id: int
    on: date
    amount: Decimal
    kind: str
    entry_id: int = 0  # the journal entry
    is_reversal: bool = False  # a credit note made of this very invoice: what it credits was never owed


def receipts(env, move_ids, until=None):
    """What came in for these invoices, up to a day included: {move id: [Receipt]}, the oldest first, in one statement.

    A payment counts for what went through the bank: the part that its difference, or a line of the bank's own entry,
    wrote off does not; what is paid at a till counts before its session is banked. An entry that touches neither a
    bank, a cash, a till nor an outstanding account pays nothing; exchange differences neither. What was unreconciled
    since is no longer there: a returned payment undoes what it had kept. Money set directly against what stands in
    doubtful receivables (416) pays the invoice that it is about.
    """
    found = defaultdict(dict)
    for move_id, _due, entry_id, receipt in _rows(env, _of_invoices(move_ids), until):
        known = found[move_id].get(entry_id)
        found[move_id][entry_id] = receipt._replace(amount=receipt.amount + known.amount) if known else receipt
    return defaultdict(list, {move_id: list(entries.values()) for move_id, entries in found.items()})


def item_receipts(env, item_ids, until=None):
    """The same of items of entries that are no invoices, an opening balance for example: {item id: [Receipt]}."""
    found = defaultdict(list)
    if item_ids:
        for item_id, _due, _entry_id, receipt in _rows(env, _of_items(item_ids), until):
            found[item_id].append(receipt)
    return found


def instalment_receipts(env, move_ids, until=None):
    """The same by instalment: {(move id, due date): [Receipt]}."""
    found = defaultdict(list)
    for move_id, due, _entry_id, receipt in _rows(env, _of_invoices(move_ids), until):
        found[move_id, due].append(receipt)
    return found


class Paid(NamedTuple):
    """Money of a debtor that was set against its invoices: an entry, of that day, in its own currency. ``left`` is
    set against nothing yet; ``shares`` what it paid of each invoice, in the invoice's currency: {move id: Decimal}."""

    entry_id: int
    on: date
    currency_id: int
    amount: Decimal
    left: Decimal
    shares: dict


def paid(env, company, partner_id, limit, entry_id=None):
    """What this debtor has paid of its invoices, in one statement: [Paid], the latest first; of one entry alone when it
    is given. What is set against nothing, or was unreconciled since, is not there.

    Money of another partner, and invoices of another one, are left out: a receipt is given to who paid, for what it
    owed.
    """
    env.flush_all()  # what the same transaction has just reconciled counts too
    rows = env.execute_query(
        SQL(
            _PAID,
            partner=partner_id,
            tree=any_of(company._recouvrement_tree()),
            entry=SQL("TRUE") if entry_id is None else SQL("cm.id = %s", entry_id),
            cash=is_cash(env),
            money=money(env),
            limit=limit,
        )
    )
    found = {}
    for entry, on, currency_id, amount, left, move_id, share in rows:
        one = found.setdefault(entry, Paid(entry, on, currency_id, exact(amount), exact(left), {}))
        one.shares[move_id] = exact(share)
    return list(found.values())


# Of what stands in doubtful receivables (416), the invoice is the one that it is about: see receipts.
_PAID = """
    WITH received AS (
        SELECT c.id AS line_id, cm.id AS entry_id, c.date, c.currency_id, -c.amount_currency AS amount,
               -c.amount_residual_currency AS residual,
               %(money)s AS part
          FROM res_partner p
          JOIN account_move_line c ON c.partner_id = p.id AND c.company_id = %(tree)s AND c.parent_state = 'posted'
           AND c.amount_currency < 0
          JOIN account_move cm ON cm.id = c.move_id AND cm.move_type != 'out_refund'
     LEFT JOIN account_payment pay ON pay.move_id = cm.id
         WHERE p.commercial_partner_id = %(partner)s AND %(entry)s AND %(cash)s
    ), share AS (
        SELECT received.entry_id, received.line_id, i.id AS move_id,
               ROUND(SUM(r.debit_amount_currency * received.part), 6) AS amount
          FROM received
          JOIN account_partial_reconcile r ON r.credit_move_id = received.line_id AND r.debit_amount_currency > 0
          JOIN account_move_line d ON d.id = r.debit_move_id
          JOIN res_partner p ON p.id = d.partner_id AND p.commercial_partner_id = %(partner)s
          JOIN account_move dm ON dm.id = d.move_id
          JOIN account_move i ON i.state = 'posted' AND i.move_type IN ('out_invoice', 'out_receipt')
           AND i.id = CASE WHEN dm.recouvrement_doubtful_id IS NULL THEN dm.id ELSE d.recouvrement_invoice_id END
      GROUP BY 1, 2, 3
    ), latest AS (
        SELECT entry_id, MAX(date) AS date, MIN(currency_id) AS currency_id, ROUND(SUM(amount * part), 6) AS amount,
               SUM(residual) AS residual
          FROM received
         WHERE line_id IN (SELECT line_id FROM share)
      GROUP BY 1
      ORDER BY 2 DESC, 1 DESC
         LIMIT %(limit)s
    )
    SELECT latest.entry_id, latest.date, latest.currency_id, latest.amount, latest.residual, share.move_id,
           SUM(share.amount)
      FROM latest
      JOIN share ON share.entry_id = latest.entry_id
  GROUP BY 1, 2, 3, 4, 5, 6
  ORDER BY 2 DESC, 1 DESC, 6
"""


def on_account(env, company, partner_ids):
    """The money of these debtors that nobody has set against an invoice yet, the oldest first, in one statement:
    {commercial partner id: [rules.on_account.Money]}."""
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """
            SELECT p.commercial_partner_id, l.id, l.currency_id, l.date, -l.amount_residual_currency, l.move_id
              FROM account_move_line l
              JOIN res_partner p ON p.id = l.partner_id
              JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
              JOIN account_move cm ON cm.id = l.move_id
         LEFT JOIN LATERAL (SELECT id FROM account_payment WHERE move_id = cm.id LIMIT 1) pay ON TRUE
             WHERE p.commercial_partner_id = %(partners)s AND l.company_id IN %(tree)s AND l.parent_state = 'posted'
               AND l.reconciled IS NOT TRUE AND l.amount_residual_currency < 0 AND %(cash)s
          ORDER BY l.date, l.id
            """,
            partners=any_of(partner_ids),
            tree=tuple(company._recouvrement_tree()),
            cash=is_cash(env),
        )
    )
    found = defaultdict(list)
    for partner_id, line_id, currency_id, on, amount, entry_id in rows:
        found[partner_id].append(Money(line_id, currency_id, on, exact(amount), entry_id))
    return found


def _of_invoices(move_ids):
    """The items of these invoices, and what was moved of them to doubtful receivables: (item, invoice, due date)."""
    return SQL(
        """
        SELECT i.id, i.move_id AS about_id, i.move_id, COALESCE(i.date_maturity, i.date) AS due
          FROM account_move_line i
         WHERE i.move_id = %(moves)s
         UNION ALL
        SELECT q.id, q.recouvrement_invoice_id, q.recouvrement_invoice_id, first.due
          FROM account_move_line q
          JOIN account_move t ON t.id = q.move_id AND t.recouvrement_doubtful_id IS NOT NULL
          JOIN LATERAL (SELECT MIN(COALESCE(i.date_maturity, i.date)) AS due
                          FROM account_move_line i
                          JOIN account_account a ON a.id = i.account_id
                         WHERE i.move_id = q.recouvrement_invoice_id
                           AND a.account_type = 'asset_receivable') first ON TRUE
         WHERE q.recouvrement_invoice_id = %(moves)s AND q.balance > 0
        """,
        moves=any_of(move_ids),
    )


def _of_items(item_ids):
    return SQL(
        "SELECT i.id, i.id AS about_id, i.move_id, COALESCE(i.date_maturity, i.date) AS due"
        " FROM account_move_line i WHERE i.id = %s",
        any_of(item_ids),
    )


def _rows(env, wanted, until):
    """(id of what it is about, due date, entry id, Receipt), the oldest first."""
    env.flush_all()  # what the same transaction has just reconciled counts too
    rows = env.execute_query(
        SQL(
            """
            SELECT l.about_id, l.due, cm.id, c.date, cm.move_type = 'out_refund',
                   cm.move_type = 'out_refund' AND cm.reversed_entry_id IS NOT DISTINCT FROM l.move_id,
                   ROUND(SUM(r.debit_amount_currency * %(money)s), 6), l.move_id
              FROM (%(wanted)s) l
              JOIN account_partial_reconcile r ON r.debit_move_id = l.id
              JOIN account_move_line c ON c.id = r.credit_move_id
              JOIN account_move cm ON cm.id = c.move_id
         LEFT JOIN account_payment pay ON pay.move_id = cm.id
             WHERE r.debit_amount_currency > 0
               AND (cm.move_type = 'out_refund' OR %(cash)s)
               AND (%(until)s::date IS NULL OR c.date <= %(until)s)
               AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x WHERE x.exchange_move_id = cm.id)
          GROUP BY 1, 2, 8, cm.id, c.date, cm.move_type
          ORDER BY c.date, cm.id, 2
            """,
            wanted=wanted,
            cash=is_cash(env),
            money=money(env),
            until=until,
        )
    )
    for about_id, due, entry_id, on, is_credit, is_reversal, amount, move_id in rows:
        kind = "credit" if is_credit else "payment"
        amount = exact(amount)
        if amount:
            yield about_id, due, entry_id, Receipt(move_id, on, amount, kind, entry_id, is_reversal)
