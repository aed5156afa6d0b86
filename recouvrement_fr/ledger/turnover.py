"""What was billed and what was owed, month after month, from the ledger: the sums behind the figures of a ledger.

Each is one grouped statement, whatever the number of items: what comes back is counted in days, not in invoices.
"""

from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from odoo.tools import SQL

from ..rules.ageing import AGEING, band
from ..rules.trend import first_of_month
from ..tools.formats import exact
from . import aged
from .by_hand import BILLED, BY_HAND, NOTHING, of_entries
from .cash import is_cash, money
from .scope import literal

DAY = timedelta(days=1)
BANDS = tuple(name for _limit, name in AGEING)


class Owed(NamedTuple):
    """What was owed at the end of a day by age: debts alone, credits apart."""

    bands: dict

    @property
    def debts(self):
        return sum(self.bands.values(), Decimal(0))

    @property
    def not_due(self):
        return self.bands["not_due"]

    @property
    def overdue(self):
        return self.debts - self.not_due


class Large(NamedTuple):
    """A debtor among those who are most overdue."""

    partner_id: int | None
    overdue: Decimal  # credits off, down to zero
    total: Decimal  # credits off
    oldest_due: date


def months(env, scope, since, until):
    """{first day of a month: Moved} between two days included, in one statement.

    What is billed is what sales journals put on the receivable accounts, taxes included, and what an entry of another
    journal does against income, as a till that sells on account: an opening balance and a payment are none of it. What
    a till writes in a sales journal is read as in another one: what is paid there is no credit note.
    """
    env.flush_all()  # what the same transaction has just written counts too
    rows = env.execute_query(SQL(_MONTHS, items=scope.items(), **of_entries(env, scope, since, until)))
    found = {}
    for day, _account_id, balance, billed, *_gone in rows:  # by day: a month is reckoned once a day, not once an item
        month = day.replace(day=1)
        found[month] = found.get(month, NOTHING).plus(balance, billed)
    return found


_MONTHS = f"""
      WITH {BY_HAND}
      SELECT l.date, 0, SUM(l.balance),
             COALESCE(SUM(l.balance) FILTER (WHERE l.journal_id IN (%(billing)s)), 0), NULL::numeric, NULL::numeric
        FROM account_move_line l
       WHERE %(items)s AND l.date >= %(since)s AND l.date <= %(until)s
    GROUP BY 1
       UNION ALL
      {BILLED}
"""


def latest_months(env, scope, on, receivables, least, most, known=None):
    """{first day of a month: Moved} of the last months up to a day: at least so many, and as many more as what was
    billed takes to explain the receivables, `most` in all: as many as the months read so far would take, then the same
    again while they do not do. None is read twice.

    :param known: those of the `least` months, when they were read already
    """
    found, back, enough = dict(known or {}), 0 if known is None else least, least
    while True:
        if enough > back:
            until = first_of_month(on, back - 1) - DAY if back else on
            found |= months(env, scope, first_of_month(on, enough - 1), until)
            back = enough
        billed = sum((moved.billed for moved in found.values()), Decimal(0))
        if billed >= receivables or back >= most:
            return found
        more = ceil((receivables - billed) * back / billed) if billed > 0 else back
        enough = min(back + max(more, 1), most)


def owed(env, scope, ends):
    """[Owed] at the end of each of these days, the oldest first; see `ledger.aged`, which they equal."""
    return owed_and_open(env, scope, ends)[0]


def owed_and_open(env, scope, ends):
    """([Owed] at the end of each of these days, what is open today of what is dated up to the last of them: debts less
    credits), in one statement.

    From what is left of each debt today, and what was set against it since the first of these days, grouped by due day
    and by the days between which it was owed.
    """
    env.flush_all()
    after = SQL("ARRAY[%s]::date[]", SQL(", ").join(SQL("%s::date + 1", end) for end in ends))
    rows = env.execute_query(
        SQL(
            """
            SELECT WIDTH_BUCKET(l.date, %(after)s), %(count)s, COALESCE(l.date_maturity, l.date),
                   COALESCE(SUM(l.amount_residual) FILTER (WHERE l.balance > 0), 0), SUM(l.amount_residual)
              FROM account_move_line l
             WHERE l.reconciled IS NOT TRUE AND l.date <= %(last)s AND %(ours)s
          GROUP BY 1, 3
             UNION ALL
            SELECT WIDTH_BUCKET(l.date, %(after)s), WIDTH_BUCKET(r.max_date, %(after)s),
                   COALESCE(l.date_maturity, l.date), SUM(r.amount), 0
              FROM account_partial_reconcile r
              JOIN account_move_line l ON l.id = r.debit_move_id + 0  -- no index: all of both are read, side by side
             WHERE r.max_date > %(first)s AND l.balance > 0 AND l.date <= %(last)s AND %(ours)s
          GROUP BY 1, 2, 3
            HAVING WIDTH_BUCKET(l.date, %(after)s) < WIDTH_BUCKET(r.max_date, %(after)s)
            """,
            after=after,
            count=len(ends),
            first=ends[0],
            last=ends[-1],
            ours=scope.items(),
        )
    )
    found, still_open = [dict.fromkeys(BANDS, Decimal(0)) for _end in ends], Decimal(0)
    for start, end, due, amount, left in rows:
        still_open += exact(left)
        for position in range(start, end):
            found[position][band((ends[position] - due).days)] += exact(amount)
    return [Owed(bands) for bands in found], still_open


def paid(env, scope, since, until):
    """[(amount, days late)] of the cash received for invoices between two days included, one row per number of days
    late, of payments and of other entries apart: what a payment difference wrote off is no cash, as in `ledger.cash`;
    an exchange difference moves none.

    The payments of the period are taken first, by day, so that no entry of another one is looked at; the entry itself,
    only where there is no payment.
    """
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """
            WITH paid AS MATERIALIZED (
                SELECT c.move_id, c.account_id, c.amount_currency, r.amount, pay.id AS pay_id, pay.amount AS pay_amount,
                       c.date - COALESCE(l.date_maturity, l.date) AS late
                  FROM account_move_line c
                  JOIN account_partial_reconcile r ON r.credit_move_id = c.id
                  JOIN account_move_line l ON l.id = r.debit_move_id
                  JOIN account_move m ON m.id = l.move_id AND m.move_type IN ('out_invoice', 'out_receipt')
             LEFT JOIN account_payment pay ON pay.move_id = c.move_id
                 WHERE c.account_id IN (%(accounts)s) AND c.company_id IN (%(tree)s) AND c.parent_state = 'posted'
                   AND c.date >= %(since)s AND c.date <= %(until)s AND c.balance < 0 AND %(ours)s
            )
            SELECT SUM(c.amount * %(money)s), c.late
              FROM paid c
        CROSS JOIN LATERAL (SELECT c.pay_id AS id, c.pay_amount AS amount) pay
        CROSS JOIN (SELECT 'entry' AS move_type) cm
             WHERE c.pay_id IS NOT NULL
          GROUP BY 2
             UNION ALL
            SELECT SUM(c.amount * %(money)s), c.late
              FROM paid c
        CROSS JOIN LATERAL (SELECT c.pay_id AS id, c.pay_amount AS amount) pay
              JOIN account_move cm ON cm.id = c.move_id AND cm.move_type != 'out_refund'
             WHERE c.pay_id IS NULL AND %(cash)s
          GROUP BY 2
            """,
            accounts=literal(scope.company.sudo()._recouvrement_accounts()),  # a collector reads no settings
            tree=literal(scope.company._recouvrement_tree()),
            since=since,
            until=until,
            ours=scope.items(),
            cash=is_cash(env),
            money=money(env),
        )
    )
    return [(exact(amount), days) for amount, days in rows]


def standing(env, scope, on, limit=10, is_past=False):
    """What is open by lateness as of a day, the credits (negative), and the debtors who are most overdue once all their
    credits are taken off it, in one statement: (Owed, Decimal, [Large]).

    :param is_past: as it was at the end of that day; else what is open now of what is dated up to it
    """
    env.flush_all()
    items = SQL(
        "SELECT COALESCE(l.date_maturity, l.date) AS due, l.partner_id, l.amount_residual AS amount"
        " FROM account_move_line l WHERE l.reconciled IS NOT TRUE AND l.date <= %s AND %s",
        on,
        scope.items(),
    )
    if is_past:
        items = aged.items(scope.company, on, scope.partners(SQL("l.partner_id")))
    rows = env.execute_query(
        SQL(
            """
            WITH grouped AS MATERIALIZED (
                SELECT GROUPING(i.due) AS by_debtor, i.due, p.commercial_partner_id AS partner_id,
                       SUM(i.amount) FILTER (WHERE i.amount > 0) AS debts,
                       SUM(i.amount) FILTER (WHERE i.amount < 0 OR i.due < %(on)s) AS overdue,
                       SUM(i.amount) AS total, MIN(i.due) FILTER (WHERE i.amount > 0) AS oldest_due
                  FROM (%(items)s) i
             LEFT JOIN res_partner p ON p.id = i.partner_id
              GROUP BY GROUPING SETS ((i.due), (p.commercial_partner_id))
            )
            SELECT FALSE, NULL, debts, total, due FROM grouped WHERE by_debtor = 0
             UNION ALL
            (SELECT TRUE, partner_id, overdue, total, oldest_due FROM grouped WHERE by_debtor = 1 AND overdue > 0
           ORDER BY overdue DESC, partner_id LIMIT %(limit)s)
            """,
            items=items,
            on=on,
            limit=limit,
        )
    )
    bands, credits, largest = dict.fromkeys(BANDS, Decimal(0)), Decimal(0), []
    for by_debtor, partner_id, amount, total, due in rows:
        if by_debtor:
            largest.append(Large(partner_id, exact(amount), exact(total), due))
        else:
            bands[band((on - due).days)] += exact(amount or 0)
            credits += exact(total) - exact(amount or 0)
    return Owed(bands), credits, largest
