"""What was owed at the end of a day, present or past, by age: from the ledger, to the cent.

A receivable is what is left of it today, and what was set against it since: reconciliations are dated by the later of
the two entries (``max_date``). The sum of all is the balance of the receivable accounts at that day.
"""

from odoo.tools import SQL

from ..rules.ageing import AGEING
from ..tools.bulk import any_of

BANDS = tuple(name for _limit, name in AGEING)
# The columns of `debtors`, in their order.
COLUMNS = ("partner_id", *BANDS, "credits", "overdue", "total", "item_count", "oldest_due")


def items(company, on, where=None):
    """The journal items `l` of a company tree that were open at the end of a day, as a query: id, partner (commercial),
    due date, what was left in company currency.

    :param SQL where: a condition on `l`, to look at some alone
    """
    # Literal ids: with parameters the planner would not use core's partial index of unreconciled items.
    ours = SQL(
        "l.account_id IN (%s) AND l.company_id IN (%s) AND l.parent_state = 'posted' AND l.date <= %s AND %s",
        _literal(company._recouvrement_accounts()),
        _literal(company._recouvrement_tree()),
        on,
        where or SQL("TRUE"),
    )
    return SQL(
        """
        WITH later AS (
            SELECT debit_move_id AS id, amount FROM account_partial_reconcile WHERE max_date > %(on)s
             UNION ALL
            SELECT credit_move_id, -amount FROM account_partial_reconcile WHERE max_date > %(on)s
        ), back AS (
            SELECT id, SUM(amount) AS amount FROM later GROUP BY id
        ), found AS (
            SELECT l.id, l.partner_id, COALESCE(l.date_maturity, l.date) AS due,
                   l.amount_residual + COALESCE(back.amount, 0) AS amount
              FROM account_move_line l
         LEFT JOIN back ON back.id = l.id
             WHERE l.reconciled IS NOT TRUE AND %(ours)s
             UNION ALL
            SELECT l.id, l.partner_id, COALESCE(l.date_maturity, l.date), l.amount_residual + back.amount
              FROM back
              JOIN account_move_line l ON l.id = back.id
             WHERE l.reconciled IS TRUE AND %(ours)s
        )
        SELECT found.id, p.commercial_partner_id AS partner_id, found.due, found.amount
          FROM found
     LEFT JOIN res_partner p ON p.id = found.partner_id
         WHERE found.amount != 0
        """,
        on=on,
        ours=ours,
    )


def debtors(company, on):
    """The aged balance at the end of a day as a query of `COLUMNS`: one row per commercial partner, one without where
    items have none. Debts stand in their band of age, credits apart, whatever their day; the total is the ledger's."""
    starts = (None, *(limit for limit, _name in AGEING))
    bands = SQL(", ").join(
        SQL(
            "COALESCE(SUM(i.amount) FILTER (WHERE i.amount > 0 AND %s), 0) AS %s",
            _between(start, limit, on),
            SQL.identifier(name),
        )
        for start, (limit, name) in zip(starts, AGEING, strict=False)
    )
    return SQL(
        """
        SELECT i.partner_id, %(bands)s,
               COALESCE(SUM(i.amount) FILTER (WHERE i.amount < 0), 0) AS credits,
               COALESCE(SUM(i.amount) FILTER (WHERE i.amount > 0 AND i.due < %(on)s), 0) AS overdue,
               SUM(i.amount) AS total, COUNT(*) AS item_count,
               MIN(i.due) FILTER (WHERE i.amount > 0) AS oldest_due
          FROM (%(items)s) i
      GROUP BY i.partner_id
        """,
        bands=bands,
        on=on,
        items=items(company, on),
    )


def of_partner(env, company, partner_id, on):
    """The ids of the items of a commercial partner that were open at the end of a day; of None: those without one."""
    env.flush_all()  # what the same transaction has just reconciled counts too
    theirs = SQL("l.partner_id IS NULL")
    if partner_id:
        theirs = SQL("l.partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id = %s)", partner_id)
    return [row[0] for row in env.execute_query(SQL("SELECT i.id FROM (%s) i", items(company, on, theirs)))]


def left(env, company, line_ids, on):
    """{journal item id: what was left of it at the end of a day, in company currency}; the others had nothing left."""
    env.flush_all()
    query = items(company, on, SQL("l.id = %s", any_of(line_ids)))
    return dict(env.execute_query(SQL("SELECT i.id, i.amount FROM (%s) i", query)))


def _between(start, limit, on):
    """The condition on `i.due` of a band: more than so many days late, and at most so many."""
    bounds = [SQL("%s - i.due > %s", _day(on), start)] if start is not None else []
    bounds += [SQL("%s - i.due <= %s", _day(on), limit)] if limit is not None else []
    return SQL(" AND ").join(bounds)


def _day(on):
    return SQL("%s::date", on)


def _literal(ids):
    return SQL(",").join(SQL(str(int(each))) for each in ids or [0])
