"""Bills to receive and receivables assigned, which the days of a ledger count with the receivables."""

from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ..tools.formats import exact
from .cash import is_cash


class Bills(NamedTuple):
    """What stood there at the end of a day, in company currency: ``held`` the balance of the accounts; ``financed``
    what somebody else had paid before its due date, a bank or a factor, and the customer had not yet; ``not_due``
    what of both was not past its due date."""

    held: Decimal
    financed: Decimal
    not_due: Decimal

    @property
    def total(self):
        return self.held + self.financed


def at(env, scope, days):
    """{day: Bills} at the end of each of these days, in one statement.

    A bill discounted, or a receivable assigned and paid for, before its due date is still to be paid by the customer:
    it counts until that day, that of its journal item. It is known by the money that was set against that item.
    """
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """
            WITH item AS MATERIALIZED (
                SELECT l.id, l.date, l.balance, COALESCE(l.date_maturity, l.date) AS due
                  FROM account_move_line l
                 WHERE %(bills)s AND l.date <= %(last)s
            ), settled AS MATERIALIZED (
                SELECT r.max_date AS on, item.due, r.amount, %(cash)s AS is_money
                  FROM item
                  JOIN account_partial_reconcile r ON r.debit_move_id = item.id AND r.max_date <= %(last)s
                  JOIN account_move_line c ON c.id = r.credit_move_id
                  JOIN account_move cm ON cm.id = c.move_id
             LEFT JOIN account_payment pay ON pay.move_id = cm.id
            )
            SELECT d.day,
                   COALESCE((SELECT SUM(balance) FROM item WHERE date <= d.day), 0),
                   COALESCE((SELECT SUM(amount) FROM settled s WHERE s.on <= d.day AND s.due > d.day AND is_money), 0),
                   COALESCE((SELECT SUM(balance) FROM item WHERE date <= d.day AND due >= d.day AND balance > 0), 0)
                   - COALESCE((SELECT SUM(amount) FROM settled s WHERE s.on <= d.day AND s.due >= d.day), 0)
              FROM UNNEST(ARRAY[%(days)s]::date[]) d(day)
            """,
            bills=scope.bills(),
            last=max(days),
            cash=is_cash(env),
            days=SQL(", ").join(SQL("%s::date", day) for day in days),
        )
    )
    return {
        day: Bills(exact(held), exact(financed), exact(still_open) + exact(financed))
        for day, held, financed, still_open in rows
    }
