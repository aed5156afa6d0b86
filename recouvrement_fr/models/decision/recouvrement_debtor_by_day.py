import logging
from functools import partial

from odoo import api, models
from odoo.tools import SQL, split_every

from ...ledger import open_items
from ...tools import bulk
from ...tools.pages import DISTURBED
from .decider import Decider
from .recouvrement_debtor import DECIDED_COLUMNS

_logger = logging.getLogger(__name__)

WAITING = "recouvrement_fr.debtors_to_show"  # of the transaction: the ids of their cards
SHOWN = "recouvrement_fr.debtors_shown"  # of the transaction: how many cards it has shown anew
AT_ONCE = 20  # cards shown anew in a transaction, whatever its savepoints; more wait for the hourly pass
ITEMS_AT_ONCE = 1000  # and instalments overdue of all of them: some tenths of a second
PAGE = 200
MOST = 4000  # cards shown anew in an hour: some seconds; the others wait for the next one
BY_NIGHT = ("next_date", "debtor_type", "type_confirmed")  # of what is decided, what a day leaves alone
# The night, the daily follow-up, a file of thousands of rows.
NOT_A_PERSON = ("recouvrement_commits", "recouvrement_keeps_pages", "import_file")


class RecouvrementDebtor(models.Model):
    """What lists show of a debtor between two nights: at once a promise, a dispute, an answer that was read, what one
    who waits for a person has paid; within the hour what else came in. Nothing is planned: the next night looks at
    these debtors again."""

    _inherit = "recouvrement.debtor"

    def _show_soon(self, on):
        super()._show_soon(on)
        if not self or not self.env.registry.ready:  # while modules are installed, rooms are missing
            return
        calls = self.env.cr.precommit
        waiting = calls.data.setdefault(WAITING, set())
        if not waiting:  # at the end of the transaction, or of a part that may be undone, all that was done is known
            calls.add(partial(self.browse()._show_waiting, on))
        waiting.update(self._origin.ids)

    def _show_waiting(self, on):
        """What the transaction that ends has changed: whatever happens here, it is kept."""
        ids = self.env.cr.precommit.data.pop(WAITING, ())
        self.env.flush_all()  # of others who were called before its end; the savepoint below flushes nothing
        # sudo: as the night decides, whoever acted; without what his screen has read, which is of before
        cards = self.with_env(self.env(su=True, context={})).browse(sorted(ids))
        told = self.env.cr.postcommit.data
        shown = told[SHOWN] = told.get(SHOWN, 0) + len(cards)
        cards = cards.try_lock_for_update(allow_referencing=True)  # nobody waits here for another worker's
        is_much = shown > AT_ONCE or sum(cards.mapped("overdue_count")) > ITEMS_AT_ONCE
        if is_much or any(map(self.env.context.get, NOT_A_PERSON)):
            cards._show_within_the_hour()
        else:
            cards._show_each(on)

    def _show_within_the_hour(self):
        """Many at once: no open item has this mark, so the hourly pass takes them for moved."""
        self.env.cr.execute(SQL("UPDATE recouvrement_debtor SET fingerprint = '' WHERE id = %s", bulk.any_of(self.ids)))
        self.invalidate_recordset(["fingerprint"], flush=False)

    def _show_each(self, on):
        """Show these cards as they are now decided; one that cannot be decided stays as it was: the night says why."""
        try:
            with self.env.cr.savepoint(flush=False):
                self._show_decided(on)
        except DISTURBED:
            raise
        except Exception:
            _logger.exception("Cards %s could not be decided by day: left to the night", self.ids)
            for card in self if len(self) > 1 else ():
                card._show_each(on)

    def _show_decided(self, on):
        """Write on these cards what is decided of them on a day, but for what the night alone says."""
        active = self.filtered(lambda card: card.company_id.recouvrement_active and not card.error)
        for company, cards in active.grouped("company_id").items():
            decider = Decider(self.env, company, on, any_day=True)
            cases = decider.cases([(card.id, card.partner_id.id, None) for card in cards])
            details, names = self._gate_details(cases), ("id", *DECIDED_COLUMNS)
            rows = []
            for case in cases:
                row = self._decided_row(case, on, details.get(case.partner_id), is_planned=False)
                rows.append(tuple(value for name, value in zip(names, row, strict=True) if name not in BY_NIGHT))
            columns = tuple(name for name in DECIDED_COLUMNS if name not in BY_NIGHT)
            bulk.update(self, columns, rows, **self._shown_computed(on))

    @api.model
    def _shown_computed(self, on):
        """{column: SQL expression} written by day, from `t` (the card before) and `v` (what is decided now)."""
        changed = SQL("t.reason IS DISTINCT FROM v.reason OR t.next_level_id IS DISTINCT FROM v.next_level_id")
        return {
            "reason_since": SQL("CASE WHEN t.reason = v.reason THEN t.reason_since ELSE %s END", on),
            "next_date": SQL("LEAST(t.next_date, %s)", on),  # the night looks again, and plans
            "changed_by_day": SQL("t.changed_by_day IS TRUE OR %s", changed),
            "late_at_night": SQL("COALESCE(t.late_at_night, t.overdue_amount > 0, FALSE)"),
        }

    @api.model
    def _show_every_moved(self, companies, on):
        """Show anew the debtors of root companies whose open items moved since they were last decided: what came in,
        was credited or invoiced. Those that no night has met yet are left to it."""
        for company in companies.filtered("recouvrement_active"):
            moved = [row[0] for row in open_items.scan(self.env, company, moved=True)]
            cards = self.search([("id", "in", moved), ("reason", "!=", False), ("error", "=", False)], limit=MOST)
            for page in split_every(PAGE, cards.ids, self.browse):
                page.try_lock_for_update(allow_referencing=True)._show_each(on)
                bulk.keep_page(self.env)
