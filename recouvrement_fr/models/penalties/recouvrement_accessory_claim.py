import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...rules import penalties
from ...tools import bulk
from ...tools.formats import exact

INSERTED = (
    *("company_id", "debtor_id", "partner_id", "kind", "move_id", "date_due", "entry_line_id", "currency_id"),
    *("amount", "date_from", "date_to", "tranches", "claimed_on", "reminder_id"),
)
UPDATED = ("amount", "date_to", "tranches", "claimed_on", "reminder_id")


class Figure(NamedTuple):
    """What an instalment owes besides its principal, net of what is settled already."""

    company_id: int
    debtor_id: int
    partner_id: int
    kind: str
    move_id: int
    date_due: date
    entry_line_id: int
    currency_id: int
    amount: Decimal
    tranches: list  # of interest, those not settled
    reminder_id: int | None = None

    @property
    def key(self):
        return _key(self.kind, self.move_id, self.date_due, self.entry_line_id)

    @property
    def period(self):
        """The first and the last day of interest; none for an indemnity."""
        if self.kind != "interest":
            return None, None
        return date.fromisoformat(self.tranches[0]["from"]), date.fromisoformat(self.tranches[-1]["to"])


def _key(kind, move_id, due, entry_line_id):
    """What is claimed once: interest by instalment, the indemnity by invoice."""
    return kind, move_id, due if kind == "interest" else None, entry_line_id


class RecouvrementAccessory(models.Model):
    """What letters claimed of an invoice, kept once: restated in the period that runs, deducted from later letters."""

    _inherit = "recouvrement.accessory"

    @api.model
    def _known(self, move_ids):
        """What is kept for these invoices: {key: [penalties.Kept]}, oldest period first; in one statement."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT kind, move_id, date_due, entry_line_id, id, state, amount, COALESCE(amount_waived, 0), date_to,
                       claimed_on, reminder_id
                  FROM recouvrement_accessory
                 WHERE move_id = %s AND kind IN ('interest', 'indemnity')
              ORDER BY date_to, id
                """,
                bulk.any_of(move_ids),
            )
        )
        known = defaultdict(list)
        for kind, move_id, due, entry_line_id, row_id, state, amount, waived, *rest in rows:
            row = penalties.Kept(row_id, state, exact(amount), exact(waived), *rest)
            known[_key(kind, move_id, due, entry_line_id)].append(row)
        return known

    @api.model
    def _deduct(self, accrued, keys):
        """What a letter may still ask: {id: Accrued} less what was invoiced, paid or waived; one statement.

        :param keys: {id: (move, due date, journal item or 0)}
        """
        if not accrued:
            return accrued
        known = self._known({key[0] for key in keys.values()})
        return {found_id: self._net(found, keys[found_id], known) for found_id, found in accrued.items()}

    def _net(self, found, key, known):
        periods, fixed = known.get(_key("interest", *key), ()), known.get(_key("indemnity", *key), ())
        return found._replace(
            interest=penalties.still_asked(found.interest, periods),
            indemnity=penalties.still_asked(found.indemnity, fixed),
            tranches=penalties.unsettled(found.tranches, periods),
        )

    @api.model
    def _penalty_moves(self, move_ids):
        """Which of these moves are debit notes of penalties: they bear neither penalties nor the indemnity."""
        self.flush_model(["penalty_move_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT penalty_move_id FROM recouvrement_accessory WHERE penalty_move_id = %s",
                bulk.any_of(move_ids),
            )
        )
        return {row[0] for row in rows}

    @api.model
    def _barred(self, move_ids):
        """The invoices whose fixed indemnity the law forbids: due on or after the opening of an insolvency procedure
        (C.com L441-10 II, last sentence)."""
        return self.env["recouvrement.holding"]._all_barred(move_ids)

    # --- claimed ------------------------------------------------------------------------------------------------------

    @api.model
    def _claim(self, reminders, on):
        """These letters were handed over that day: what they asked for is claimed, in a constant number of statements.

        A later letter restates the cumulative total: the larger one stays, nothing is added.
        """
        figures = []
        for reminder in reminders:
            content = reminder.figures or {}
            if content.get("accessories") != "claimed":
                continue
            accrued = content.get("accrued") or {}  # unknown to a letter older than 19.0.2.0.0 nobody explained
            for line in reminder.line_ids.filtered(lambda line: not line.cancelled):
                figures += self._line_figures(reminder, line, accrued.get(str(line.id), []))
        self._record(figures, on)

    def _line_figures(self, reminder, line, tranches):
        debtor = reminder.debtor_id
        about = reminder.company_id.id, debtor.id, debtor.partner_id.id
        key = line.move_id.id, line.date_due, line.entry_line_id
        if line.interest > 0 and tranches:
            amount = exact(line.interest)
            yield Figure(*about, "interest", *key, line.currency_id.id, amount, tranches, reminder.id)
        if line.indemnity > 0:
            currency = line.company_currency_id.id
            yield Figure(*about, "indemnity", *key, currency, exact(line.indemnity), [], reminder.id)

    # --- kept ---------------------------------------------------------------------------------------------------------

    @api.model
    def _record(self, figures, claimed_on=None):
        """Keep these Figures, in the running period of each; returns the ids of their rows.

        The cards are locked: two letters to a debtor at once wait for each other, and the database refuses a day twice.
        """
        if not figures:
            return []
        self.env.execute_query(
            SQL(
                "SELECT id FROM recouvrement_debtor WHERE id = %s ORDER BY id FOR NO KEY UPDATE",
                bulk.any_of({figure.debtor_id for figure in figures}),
            )
        )
        known = self._known({figure.move_id for figure in figures})
        made, changed = [], []
        for figure in figures:
            rows = known.get(figure.key, [])
            if rows and rows[-1].is_open:
                changed.append(self._restated(figure, rows, claimed_on))
            else:
                made += self._made(figure, rows, claimed_on)
        bulk.update(self, UPDATED, changed)
        ids = [row[0] for row in changed] + bulk.insert(self, INSERTED, made)
        for name in ("state", "company_amount"):
            self.env.add_to_compute(self._fields[name], self.browse(ids))
        self.env.flush_all()
        return ids

    def _restated(self, figure, rows, claimed_on):
        """The running row with its new total; what was claimed never shrinks."""
        running = rows[-1]
        return (
            running.id,
            float(penalties.restated(figure.amount, rows)),
            max(figure.period[1], running.date_to) if figure.kind == "interest" else None,
            json.dumps(figure.tranches),
            claimed_on or running.claimed_on,
            figure.reminder_id or running.reminder_id,
        )

    def _made(self, figure, rows, claimed_on):
        """A new row, when it brings anything: the first, or the period after the last closed one."""
        amount = penalties.running(figure.amount, rows)
        is_new, start = penalties.next_start(*figure.period, rows)
        if amount <= 0 or not is_new:
            return []
        tranches = json.dumps(figure.tranches)
        return [(*figure[:8], float(amount), start, figure.period[1], tranches, claimed_on, figure.reminder_id)]
