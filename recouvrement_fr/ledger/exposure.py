"""What debtors owe now, as credit limits count it: one statement for many debtors."""

from typing import NamedTuple

from odoo.tools import SQL

from ..tools.bulk import any_of
from .open_items import scope


class Owed(NamedTuple):
    """In company currency: ``net`` of credits; ``overdue``: of what is due before the day, credits left apart."""

    net: float = 0.0
    overdue: float = 0.0


def read(env, company, partner_ids, on):
    """{commercial partner id: Owed} of those who have anything open, over the tree of a root company."""
    if not partner_ids:
        return {}
    env.flush_all()  # what the same transaction has just posted counts too
    rows = env.execute_query(
        SQL(
            """
            SELECT p.commercial_partner_id, SUM(l.amount_residual),
                   COALESCE(SUM(l.amount_residual) FILTER (
                       WHERE l.amount_residual > 0 AND COALESCE(l.date_maturity, l.date) < %(on)s), 0)
              FROM account_move_line l
              JOIN res_partner p ON p.id = l.partner_id
             WHERE l.partner_id = ANY(ARRAY(SELECT id FROM res_partner WHERE commercial_partner_id = %(partners)s))
               AND %(scope)s
          GROUP BY 1
            """,
            on=on,
            partners=any_of(partner_ids),
            scope=scope(company.sudo()),  # whoever posts an invoice reads no settings of collection
        )
    )
    return {partner_id: Owed(float(net), float(overdue)) for partner_id, net, overdue in rows}


def of(items, on):
    """The same of one debtor, from its open items where they are known."""
    late = (item.company_amount for item in items if item.company_amount > 0 and item.due < on)
    return Owed(round(sum(float(item.company_amount) for item in items), 6), round(sum(map(float, late)), 6))
