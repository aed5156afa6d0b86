"""How debtors have paid, from the ledger: a page of them in a constant number of statements."""

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from odoo.tools import SQL

from ..tools.bulk import any_of
from .cash import is_cash, money

YEAR = timedelta(days=365)  # of habits; no delay of the law


class Habits(NamedTuple):
    """Of twelve months, in company currency. Lateness is weighted by what was paid; paying early makes up for nothing
    that was paid late."""

    paid: float = 0.0  # in cash, for invoices
    days_late: float = 0.0
    on_time: float = 0.0  # from 0 to 1, of what was paid
    turnover: float = 0.0  # invoiced less credited, without tax
    last_on: date | None = None
    last_amount: float = 0.0
    payments: int = 0  # in cash, of instalments


def settled(company, partner_ids, since, on):
    """The query of the payments of these commercial partners after a day, up to another, over the tree of a company.

    Its columns: the id of the reconciliation, the partner, the invoice, its due date, the day it was paid, the days
    late (negative when early), the journal entry of the payment, the amount in company currency.

    :param partner_ids: None for all of them, where the query is joined to what chooses
    """
    return SQL(SETTLED, **_given(company, partner_ids, since, on))


def _given(company, partner_ids, since, on):
    return {
        "partners": SQL("p.commercial_partner_id") if partner_ids is None else any_of(partner_ids),
        "tree": any_of(company._recouvrement_tree()),
        "accounts": any_of(company.sudo()._recouvrement_accounts()),  # a collector reads no settings
        "since": since,
        "on": on,
        "cash": is_cash(company.env),
        "money": money(company.env),
    }


def read(env, company, partner_ids, on):
    """{commercial partner id: Habits} up to a day, over the tree of a root company."""
    env.flush_all()  # what the same transaction has just reconciled counts too
    given = _given(company, partner_ids, on - YEAR, on)
    found = defaultdict(Habits)
    for partner_id, paid, *shares, payments, turnover, last_on, amount in env.execute_query(SQL(_HABITS, **given)):
        habits = Habits(float(paid), *(float(share / paid) for share in shares)) if paid else Habits()
        found[partner_id] = habits._replace(
            turnover=float(turnover or 0), last_on=last_on, last_amount=float(amount or 0), payments=payments or 0
        )
    return found


# Each payment of an instalment of an invoice; the part of it that was written off with it is no money: see
# cash.receipts.
SETTLED = """
        SELECT r.id, p.commercial_partner_id AS partner_id, l.move_id, COALESCE(l.date_maturity, l.date) AS due,
               c.date AS paid_on, c.date - COALESCE(l.date_maturity, l.date) AS late, cm.id AS entry_id,
               r.amount * %(money)s AS amount
          FROM res_partner p
          JOIN account_move_line l ON l.partner_id = p.id
          JOIN account_move m ON m.id = l.move_id AND m.move_type IN ('out_invoice', 'out_receipt')
          JOIN account_partial_reconcile r ON r.debit_move_id = l.id
          JOIN account_move_line c ON c.id = r.credit_move_id
          JOIN account_move cm ON cm.id = c.move_id AND cm.move_type != 'out_refund'
     LEFT JOIN account_payment pay ON pay.move_id = cm.id
         WHERE p.commercial_partner_id = %(partners)s AND l.account_id = %(accounts)s AND l.company_id = %(tree)s
           AND l.parent_state = 'posted' AND c.date > %(since)s AND c.date <= %(on)s AND %(cash)s
           AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x WHERE x.exchange_move_id = cm.id)
"""
_PAID = f"""
    SELECT t.partner_id, SUM(t.amount), SUM(t.amount * GREATEST(t.late, 0)),
           COALESCE(SUM(t.amount) FILTER (WHERE t.late <= 0), 0), COUNT(*) FILTER (WHERE t.amount > 0)
      FROM ({SETTLED}) t
  GROUP BY 1
"""
_TURNOVER = """
    SELECT p.commercial_partner_id, SUM(m.amount_untaxed_signed)
      FROM res_partner p
      JOIN account_move m ON m.partner_id = p.id
     WHERE p.commercial_partner_id = %(partners)s AND m.company_id = %(tree)s AND m.state = 'posted'
       AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt') AND m.invoice_date > %(since)s
       AND m.invoice_date <= %(on)s
  GROUP BY 1
"""
_LAST = """
    SELECT DISTINCT ON (p.commercial_partner_id) p.commercial_partner_id, c.date,
           SUM(-c.balance * %(money)s)
      FROM res_partner p
      JOIN account_move_line c ON c.partner_id = p.id
      JOIN account_move cm ON cm.id = c.move_id AND cm.move_type = 'entry'
 LEFT JOIN account_payment pay ON pay.move_id = cm.id
     WHERE p.commercial_partner_id = %(partners)s AND c.account_id = %(accounts)s AND c.company_id = %(tree)s
       AND c.parent_state = 'posted' AND c.balance < 0 AND c.date <= %(on)s AND %(cash)s
  GROUP BY p.commercial_partner_id, c.date, cm.id, pay.id
  ORDER BY p.commercial_partner_id, c.date DESC, cm.id DESC
"""
_HABITS = f"""
    SELECT COALESCE(a.partner_id, b.partner_id, c.partner_id), a.paid, a.weighted, a.on_time,
           a.payments, b.turnover, c.date, c.amount
      FROM ({_PAID}) a(partner_id, paid, weighted, on_time, payments)
 FULL JOIN ({_TURNOVER}) b(partner_id, turnover) ON b.partner_id = a.partner_id
 FULL JOIN ({_LAST}) c(partner_id, date, amount) ON c.partner_id = COALESCE(a.partner_id, b.partner_id)
"""
