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


NOTHING = Shown(None, None, None, None)
# In SQL, as `law_facts.rows` reads them beside what is of the law.
COLUMNS = (
    SQL("l.open_due"),
    *(SQL("CASE WHEN d.active THEN %s END", SQL.identifier("d", name)) for name in Shown._fields[1:]),
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
