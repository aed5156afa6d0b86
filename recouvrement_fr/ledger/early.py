"""Discounts for paying early (escomptes): what they cost in a period and what they brought forward, and those that can
still be taken."""

from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ..tools.formats import exact
from .turnover import literal


class Discounts(NamedTuple):
    """In company currency, taxes included: of ``count`` instalments, ``received`` (or to receive), the ``discount``
    taken off, and by how many ``days`` the money comes before the due date, weighted by amount."""

    count: int
    received: Decimal
    discount: Decimal
    days: Decimal


def accounts(company):
    """The accounts of a company tree that core writes these discounts on."""
    # sudo: a collector reads no settings
    members = company.sudo().search([("id", "child_of", company.id)])
    return members.account_journal_early_pay_discount_loss_account_id.ids


def taken(env, scope, since, until):
    """The Discounts taken between two days included, in one statement: of the money whose entry has a line on the
    account of discounts, what set the instalments that had one, less what came in; never less than what it put on
    that account, which is all that is known of an entry that touches no cash."""
    env.flush_all()  # what the same transaction has just reconciled counts too
    [row] = env.execute_query(
        SQL(
            """
            WITH entry AS MATERIALIZED (
                SELECT DISTINCT e.move_id AS id
                  FROM account_move_line e
                 WHERE e.account_id IN (%(accounts)s) AND e.company_id IN (%(tree)s) AND e.parent_state = 'posted'
                   AND e.date >= %(since)s AND e.date <= %(until)s
            ), money AS (
                SELECT entry.id, SUM(l.balance) FILTER (WHERE %(ours)s) AS set,
                       SUM(l.balance) FILTER (WHERE %(ours)s) * MAX(pay.amount)
                           / NULLIF(SUM(l.amount_currency) FILTER (WHERE %(ours)s), 0) AS paid,
                       -SUM(l.balance) FILTER (WHERE a.account_type = 'asset_cash') AS cash,
                       SUM(l.balance) FILTER (WHERE l.account_id IN (%(accounts)s)) AS booked
                  FROM entry
                  JOIN account_move_line l ON l.move_id = entry.id
                  JOIN account_account a ON a.id = l.account_id
             LEFT JOIN account_payment pay ON pay.move_id = entry.id
              GROUP BY entry.id
            ), instalment AS (
                SELECT entry.id, COUNT(*) AS count, SUM(r.amount) AS amount,
                       SUM(r.amount * (COALESCE(d.date_maturity, d.date) - l.date)) AS days
                  FROM entry
                  JOIN account_move_line l ON l.move_id = entry.id AND l.balance < 0 AND %(ours)s
                  JOIN account_partial_reconcile r ON r.credit_move_id = l.id
                  JOIN account_move_line d ON d.id = r.debit_move_id AND d.discount_date IS NOT NULL
              GROUP BY entry.id
            )
            SELECT SUM(count), SUM(instalment.amount),
                   SUM(COALESCE(-money.set - ABS(money.paid),
                                CASE WHEN money.cash < 0 THEN GREATEST(-money.set + money.cash, money.booked) END,
                                money.booked)),
                   SUM(instalment.days)
              FROM instalment
              JOIN money ON money.id = instalment.id
            """,
            accounts=literal(accounts(scope.company)),
            tree=literal(scope.company._recouvrement_tree()),
            since=since,
            until=until,
            ours=scope.items(),
        )
    )
    return _discounts(*row)


def offered(env, scope, on):
    """The Discounts that can still be taken on a day: nothing was paid, and their last day has not passed."""
    env.flush_all()
    [row] = env.execute_query(
        SQL(
            """
            SELECT COUNT(*), SUM(l.balance), SUM(l.balance - l.discount_balance),
                   SUM(l.balance * (COALESCE(l.date_maturity, l.date) - l.discount_date))
              FROM account_move_line l
             WHERE l.reconciled IS NOT TRUE AND l.discount_date >= %(on)s AND l.balance > 0
               AND l.amount_residual = l.balance AND l.date <= %(on)s AND %(ours)s
            """,
            on=on,
            ours=scope.items(),
        )
    )
    return _discounts(*row)


def _discounts(count, whole, discount, days):
    if not count:
        return None
    whole, discount = exact(whole), exact(discount)
    return Discounts(int(count), whole - discount, discount, exact(days) / whole)
