"""What is open by due day and by how late its debtors usually pay: what a forecast of cash starts from."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import NamedTuple

from odoo.tools import SQL

from ..rules.forecast import QUANTILES, Debt
from ..rules.regime import types_that
from ..tools.formats import exact
from .payer_habits import YEAR
from .scope import literal

KNOWN = 3  # payments from which a debtor has a habit of its own; below: that of all
QUARTER = timedelta(days=91)
MANY = 1_000  # payments of a quarter that say how late all are; below: those of a year
MOST = 2_000  # debtors without a profile whose payments are looked up one by one; beyond: those of all are read
_PAID = """
          SELECT p.commercial_partner_id AS partner_id, c.date,
                 GREATEST(c.date - COALESCE(l.date_maturity, l.date), 0) AS late
            FROM account_move_line c
            JOIN account_partial_reconcile r ON r.credit_move_id = c.id
            JOIN account_move_line l ON l.id = r.debit_move_id
            JOIN res_partner p ON p.id = l.partner_id
           WHERE c.account_id IN (%(accounts)s) AND c.company_id IN (%(tree)s) AND c.parent_state = 'posted'
             AND c.balance < 0 AND l.journal_id = ANY(%(sales)s)
             AND (c.journal_id = ANY(%(money)s)
                  OR c.move_id IN (SELECT b.move_id FROM account_move_line b
                                    WHERE b.account_id IN (%(tills)s) AND b.balance > 0 AND b.date > %(year)s))
"""
ITEMS = f"""
      WITH profiled AS MATERIALIZED (
          SELECT d.partner_id, f.payment_count,
                 ARRAY[GREATEST(f.third_quartile_days, 0), GREATEST(f.median_days, 0),
                       GREATEST(f.quartile_days, 0)] AS late
            FROM recouvrement_payer_profile f
            JOIN recouvrement_debtor d ON d.id = f.debtor_id
            JOIN res_partner legal ON legal.id = d.partner_id AND legal.is_company
           WHERE d.company_id = %(company)s AND d.debtor_type = ANY(%(profiled)s)
      ), paid AS MATERIALIZED (
          {_PAID} AND c.date > %(since)s AND c.date <= %(on)s
           UNION ALL
          {_PAID} AND c.date > %(year)s AND c.date <= %(since)s AND p.commercial_partner_id = ANY(%(others)s)
      ), own AS (
          SELECT partner_id, late FROM profiled WHERE payment_count >= %(known)s
           UNION ALL
          SELECT partner_id, PERCENTILE_DISC(%(quantiles)s) WITHIN GROUP (ORDER BY late) AS late
            FROM paid
            JOIN res_partner legal ON legal.id = paid.partner_id AND legal.is_company
           WHERE NOT EXISTS (SELECT 1 FROM recouvrement_debtor d
                              WHERE d.partner_id = paid.partner_id AND d.company_id = %(company)s
                                AND d.debtor_type != ALL(%(profiled)s))
             AND paid.partner_id NOT IN (SELECT partner_id FROM profiled)
             AND (%(since)s = %(year)s OR paid.partner_id = ANY(%(others)s))
        GROUP BY partner_id HAVING COUNT(*) >= %(known)s
      ), usual AS (
          SELECT PERCENTILE_DISC(%(quantiles)s) WITHIN GROUP (ORDER BY late) AS late FROM paid WHERE date > %(since)s
      ), apart AS (
          SELECT * FROM UNNEST(%(apart)s::int[], %(shares)s::numeric[]) a(move_id, share)
      ), alone AS (
          SELECT * FROM UNNEST(%(items)s::int[], %(parts)s::numeric[]) a(item_id, share)
      ), open AS (
          SELECT l.id, p.commercial_partner_id AS partner_id, l.currency_id,
                 COALESCE(l.date_maturity, l.date) AS due,
                 CASE WHEN l.amount_residual < 0 THEN l.amount_residual
                      ELSE ROUND(l.amount_residual * (1 - COALESCE(alone.share, apart.share, 0)), 2) END AS amount
            FROM account_move_line l
       LEFT JOIN res_partner p ON p.id = l.partner_id
       LEFT JOIN apart ON apart.move_id = l.move_id
       LEFT JOIN alone ON alone.item_id = l.id
           WHERE l.reconciled IS NOT TRUE AND l.amount_residual != 0 AND l.date <= %(on)s AND %(ours)s
      ), credit AS (
          SELECT partner_id, currency_id, -SUM(amount) AS amount
            FROM open WHERE amount < 0 AND partner_id IS NOT NULL GROUP BY 1, 2
      ), net AS (
          SELECT o.id, o.partner_id, o.due, o.amount FROM open o
           WHERE o.amount > 0 AND NOT EXISTS (SELECT 1 FROM credit c
                                               WHERE c.partner_id = o.partner_id AND c.currency_id = o.currency_id)
           UNION ALL
          SELECT id, partner_id, due, LEAST(amount, up_to - credited)
            FROM (SELECT o.*, c.amount AS credited,
                         SUM(o.amount) OVER (PARTITION BY o.partner_id, o.currency_id ORDER BY o.due, o.id) AS up_to
                    FROM open o
                    JOIN credit c ON c.partner_id = o.partner_id AND c.currency_id = o.currency_id
                   WHERE o.amount > 0) n
           WHERE up_to > credited
      ), item AS (
          SELECT net.*, COALESCE(own.late, usual.late, ARRAY[0, 0, 0]) AS late
            FROM net
      CROSS JOIN usual
       LEFT JOIN own ON own.partner_id = net.partner_id
      )
"""  # what is open less credits, the oldest debt first, with the habit of its debtor in each reading
DEBTS = f"""
      {ITEMS}
      SELECT GROUPING(late[1], late[2], late[3]), due, COALESCE(late[1], late[2], late[3]), SUM(amount)
        FROM item
    GROUP BY GROUPING SETS ((due, late[1]), (due, late[2]), (due, late[3]))
"""  # what is open, by due date and by each reading of the habit of its debtor


class Apart(NamedTuple):
    """What is not expected by itself, from 0 to 1 (1: all of it): ``shares``, by invoice; ``items``, by journal item of
    entries that hold many customers."""

    shares: Mapping = MappingProxyType({})
    items: Mapping = MappingProxyType({})


def debts(env, scope, on, apart):
    """{reading: [rules.forecast.Debt]} of what is open on a day, in one statement.

    The habit of a debtor is that of its profile (its quantiles of 24 months, by amount). Until it has one, it is read
    from the money that bank and cash journals, or a till, received for its invoices over twelve months, each payment
    once. Paying early counts for zero. Until `KNOWN` payments it is that of all debtors, over the last quarter where
    it holds `MANY` payments, else over twelve months, and no day where nobody has ever paid. A person, whose payments
    are not weighed up (GDPR art. 22), has that of all too, as whoever is typed so that it may not be. What a debtor has
    paid on account, or was credited, pays its oldest debt of that currency first: it is no cash to come.

    :param apart: an `Apart`: what is not expected by itself: contested, promised, in a case...
    """
    env.flush_all()  # what the same transaction has just written counts too
    rows = env.execute_query(SQL(DEBTS, **_given(env, scope, on, apart)))
    by_mask = dict(zip((0b011, 0b101, 0b110), QUANTILES, strict=True))  # GROUPING: a bit for each that is not grouped
    found = {reading: [] for reading in QUANTILES}
    for mask, due, delay, amount in rows:
        found[by_mask[mask]].append(Debt(due, delay, exact(amount)))
    return found


def one_by_one(env, scope, on, apart):
    """The same debts, each by itself: [(journal item id, commercial partner id, {reading: Debt})]."""
    env.flush_all()
    query = SQL(
        f"{ITEMS} SELECT id, partner_id, due, amount, late FROM item ORDER BY due, id", **_given(env, scope, on, apart)
    )
    return [
        (
            item_id,
            partner_id,
            {name: Debt(due, days, exact(amount)) for name, days in zip(QUANTILES, late, strict=True)},
        )
        for item_id, partner_id, due, amount, late in env.execute_query(query)
    ]


def _since(env, company, given):
    """(the day after which the payments of all are read, the commercial partners whose own are read over the year): a
    quarter is enough where it holds many payments, and all but a few debtors have a profile."""
    year, quarter = given["year"], given["on"] - QUARTER
    [[recent]] = env.execute_query(
        SQL(
            """
            SELECT COUNT(*)
              FROM (SELECT 1 FROM account_move_line c
                     WHERE c.account_id IN (%(accounts)s) AND c.company_id IN (%(tree)s) AND c.parent_state = 'posted'
                       AND c.balance < 0 AND c.date > %(quarter)s AND c.date <= %(on)s LIMIT %(many)s) t
            """,
            **given,
            quarter=quarter,
            many=MANY,
        )
    )
    if recent < MANY:
        return year, []
    others = env.execute_query(
        SQL(
            """
            SELECT d.partner_id
              FROM recouvrement_debtor d
         LEFT JOIN recouvrement_payer_profile f ON f.debtor_id = d.id
             WHERE d.company_id = %s AND d.active AND d.open_amount > 0 AND d.debtor_type = ANY(%s) AND f.id IS NULL
             LIMIT %s
            """,
            company.id,
            given["profiled"],
            MOST + 1,
        )
    )
    return (year, []) if len(others) > MOST else (quarter, [partner_id for [partner_id] in others])


def _given(env, scope, on, apart):
    given = {
        "accounts": literal(scope.company.sudo()._recouvrement_accounts()),  # a collector reads no settings
        "tree": literal(scope.company._recouvrement_tree()),
        "year": on - YEAR,
        "on": on,
        "company": scope.company.id,
        "profiled": list(types_that(lambda law: law.may_be_profiled)),
        "money": _journals("bank", "cash", "credit"),
        "sales": _journals("sale"),
        "tills": literal(scope.company._recouvrement_tills()),
        "quantiles": SQL("ARRAY[%s]", SQL(", ").join(SQL(str(float(each))) for each in QUANTILES.values())),
        "known": KNOWN,
        "ours": scope.items(),
        "apart": list(apart.shares),
        "shares": [str(share) for share in apart.shares.values()],
        "items": list(apart.items),
        "parts": [str(share) for share in apart.items.values()],
    }
    since, others = _since(env, scope.company, given)
    return given | {"since": since, "others": others}


def _journals(*kinds):
    return SQL("ARRAY(SELECT id FROM account_journal WHERE type IN %s)", kinds)
