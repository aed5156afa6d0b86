"""What the list of invoices shows of each, in one statement: its oldest open instalment, and what its debtor's card
says comes next."""

from datetime import date
from typing import NamedTuple

from odoo.tools import SQL

from ..tools.bulk import any_of
from .law_facts import root_of


class Shown(NamedTuple):
    """Of one entry."""

    due: date | None  # of its oldest instalment not reconciled
    next_level_id: int | None
    next_date: date | None


NOTHING = Shown(None, None, None)


def read(env, move_ids):
    """{move id: Shown}."""
    if not move_ids:
        return {}
    env.flush_all()  # what the same transaction has just written counts too
    rows = env.execute_query(
        SQL(
            """
            SELECT m.id, l.due, d.next_level_id, d.next_date
              FROM account_move m
              JOIN res_company co ON co.id = m.company_id
         LEFT JOIN recouvrement_debtor d
                   ON d.partner_id = m.commercial_partner_id AND d.company_id = %(root)s AND d.active
         LEFT JOIN LATERAL (
                   SELECT MIN(COALESCE(i.date_maturity, i.date)) AS due
                     FROM account_move_line i
                     JOIN account_account a ON a.id = i.account_id
                    WHERE i.move_id = m.id AND i.reconciled IS NOT TRUE AND a.account_type = 'asset_receivable'
                   ) l ON TRUE
             WHERE m.id = %(moves)s
            """,
            root=root_of("co"),
            moves=any_of(move_ids),
        )
    )
    return {row[0]: Shown(*row[1:]) for row in rows}
