"""What the profiles of payers are made from, and whose are to be made again: a few statements for a page of them."""

from collections import defaultdict

from odoo.tools import SQL

from ..rules.payer import Paid
from ..tools.bulk import any_of
from ..tools.formats import exact
from .payer_habits import settled


def read(env, company, partner_ids, since, on):
    """{commercial partner id: [Paid]}: the payments after a day, up to another, over the tree of a root company."""
    env.flush_all()  # what the same transaction has just reconciled counts too
    query = SQL(
        "SELECT partner_id, paid_on, amount, late FROM (%s) t WHERE amount > 0",
        settled(company, partner_ids, since, on),
    )
    found = defaultdict(list)
    for partner_id, paid_on, amount, late in env.execute_query(query):
        found[partner_id].append(Paid(paid_on, exact(amount), late))
    return found


def changed(env, company, types, seen, made_before, on):
    """The ids of the debtors whose profile is to be made again, in order.

    Those that have none; whose open items changed since (the fingerprint that the night keeps); who paid anything since
    the reconciliation ``seen``, or reconciled before it a payment of a day to come, which has come; whose promises or
    disputes changed; whose profile was made before a day, since payments leave its window. Nothing of those who do not
    change leaves the database.

    :param types: of debtors that may be profiled; a natural person never is
    """
    env.flush_all()
    query = SQL(
        """
        SELECT d.id
          FROM recouvrement_debtor d
          JOIN res_partner legal ON legal.id = d.partner_id AND legal.is_company
     LEFT JOIN recouvrement_payer_profile f ON f.debtor_id = d.id
         WHERE d.company_id = %(company)s AND d.debtor_type = ANY(%(types)s)
           AND (f.id IS NULL OR f.fingerprint IS DISTINCT FROM d.fingerprint
                OR (f.payment_count > 0 AND f.computed_on < %(before)s)
                OR d.partner_id IN (
                   SELECT p.commercial_partner_id
                     FROM account_partial_reconcile r
                     JOIN account_move_line l ON l.id = r.debit_move_id AND l.company_id = %(tree)s
                     JOIN res_partner p ON p.id = l.partner_id
                    WHERE r.id > %(seen)s)
                OR d.partner_id IN (
                   SELECT p.commercial_partner_id
                     FROM recouvrement_payer_profile g
                     JOIN recouvrement_debtor e ON e.id = g.debtor_id
                     JOIN res_partner p ON p.commercial_partner_id = e.partner_id
                     JOIN account_move_line c ON c.partner_id = p.id AND c.company_id = %(tree)s
                          AND c.parent_state = 'posted' AND c.date > g.computed_on AND c.date <= %(on)s
                    WHERE g.company_id = %(company)s
                      AND EXISTS (SELECT 1 FROM account_partial_reconcile r WHERE r.credit_move_id = c.id))
                OR EXISTS (SELECT 1 FROM recouvrement_promise x
                            WHERE x.debtor_id = d.id AND x.write_date > f.write_date)
                OR EXISTS (SELECT 1 FROM recouvrement_dispute x
                            WHERE x.debtor_id = d.id AND x.write_date > f.write_date))
      ORDER BY d.id
        """,
        company=company.id,
        types=list(types),
        before=made_before,
        tree=any_of(company._recouvrement_tree()),
        seen=seen,
        on=on,
    )
    return [row[0] for row in env.execute_query(query)]


def last_seen(env):
    """The id of the last reconciliation."""
    [[last]] = env.execute_query(SQL("SELECT COALESCE(MAX(id), 0) FROM account_partial_reconcile"))
    return last
