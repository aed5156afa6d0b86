"""What the list of invoices shows of each, in one statement: what it is in law, its oldest open instalment, what its
debtor's card says comes next; and which of the models that hold debts have any record."""

from datetime import date
from typing import NamedTuple

from odoo.tools import SQL

from . import law_facts


class Shown(NamedTuple):
    """Of one entry; of its debtor's card, while that card is active."""

    due: date | None  # of its oldest instalment not reconciled
    next_level_id: int | None
    next_date: date | None
    paused_until: date | None
    is_left_out: bool  # all that is open of it is never followed up
    may_be_paid: bool  # a payment of it may be in progress: `open_items.payment_holds` says whether it is


NOTHING = Shown(None, None, None, None, False, False)
# In SQL, as `law_facts.rows` reads them beside what is of the law.
COLUMNS = (
    SQL("l.open_due"),
    *(SQL("CASE WHEN d.active THEN %s END", SQL.identifier("d", name)) for name in Shown._fields[1:4]),
    SQL("l.is_left_out IS TRUE"),
    SQL(
        """
        EXISTS (SELECT 1 FROM account_invoice_transaction_rel rel
                  JOIN payment_transaction t ON t.id = rel.transaction_id
                 WHERE rel.invoice_id = m.id AND t.state IN ('pending', 'authorized'))
        OR EXISTS (SELECT 1 FROM account_move__account_payment rel
                     JOIN account_payment pay ON pay.id = rel.payment_id
                    WHERE rel.invoice_id = m.id AND pay.move_id IS NULL AND pay.state IN ('in_process', 'paid'))
        """
    ),
)


class Page(NamedTuple):
    """Of the entries of one page."""

    shown: dict  # move id -> Shown
    facts: dict  # move id -> LawFacts
    there: set  # those of the names asked of which there is any record


def read(env, move_ids, conditions=None):
    """The Page of these entries.

    :param conditions: {name: condition in SQL, on its own} of what is asked besides
    """
    asked = conditions or {}
    there = SQL("ARRAY[%s]::boolean[]", SQL(", ").join(asked.values())) if asked else SQL("NULL")
    rows = law_facts.rows(env, move_ids, *COLUMNS, there)
    of_law, found = len(law_facts.LawFacts._fields), rows[0][-1] if rows else None
    return Page(
        {row[0]: Shown(*row[of_law:-1]) for row in rows},
        {row[0]: law_facts.LawFacts(*row[:of_law]) for row in rows},
        {name for name, is_there in zip(asked, found or (), strict=False) if is_there},
    )
