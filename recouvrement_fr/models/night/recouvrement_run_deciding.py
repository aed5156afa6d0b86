import logging
from datetime import timedelta

from odoo import models
from odoo.tools import SQL, split_every

from ...ledger import open_items
from ...tools import bulk, clock
from ...tools.pages import ATTEMPTS, DISTURBED, without_collecting
from ..decision.decider import Decider
from .recouvrement_run import DECISION_COLUMNS, PAGE

_logger = logging.getLogger(__name__)
COUNTED = 10  # times that the figures of a run are tried, when other workers write theirs
HELD_MINUTES = 10  # then the cards that others were working on are tried again
HELD_HOURS = 2  # of a night, at most
SHOWN = 20  # debtors named in a task
ON_ITS_WAY = ("approval", "sending", "failed")  # the level shown is that of the reminder already planned
ANALYSED_AFTER = (1, 4, 16, 64, 256)  # pages
# What a night fills, with the columns that its statements look rows up by: those of each are enough to be counted.
PLANNED_MODELS = {
    "recouvrement.debtor": ("id", "company_id", "partner_id"),
    "recouvrement.reminder": ("id", "debtor_id", "run_id", "level_id", "state"),
    "recouvrement.reminder.line": ("id", "reminder_id", "move_id"),
    "recouvrement.decision": ("id", "run_id", "debtor_id"),
}


class RecouvrementRun(models.Model):
    """Debtors are decided page by page, locked, and written with what was decided of them."""

    _inherit = "recouvrement.run"

    def _decide_all(self, progress, debtors=None):
        """Decide for the debtors whose turn it is, page by page; True when the run is finished.

        :param progress: called with the number of debtors treated, commits, returns the time left
        """
        self.ensure_one()
        decider = self._decider()
        waiting = self._waiting(decider.scope, debtors)
        progress(remaining=len(waiting))
        held = set()  # partners whose cards somebody else was working on
        pages = list(split_every(PAGE, waiting, list))
        if self.env.context.get("recouvrement_backwards"):
            pages.reverse()
        for number, page in enumerate(pages, start=1):
            held.update(self._decide_page(page, decider) or ())
            self.env.invalidate_all()
            if number in ANALYSED_AFTER:
                self._analyze()
            left = progress(len(page))
            self._count_apart(decider)
            if not left:
                return False
        if held and not self._decide_held(held, decider, debtors):
            progress()
            self._count_apart(decider)
            return True
        progress()
        self._count_apart(decider)
        self._finish_once()
        progress()
        return True

    def _finish_once(self):
        """Finish the run, unless another worker, who has decided its last pages too, does or did."""
        alone = not self.env.context.get("recouvrement_commits")
        if alone or (self.try_lock_for_update(allow_referencing=True) and self.state == "deciding"):
            self._finish()

    def _decide_held(self, held, decider, debtors):
        """Decide for those whose cards were locked; False while the night waits for some of them, a little later.

        After HELD_HOURS it ends without them: they are decided the next night.
        """
        rows = [row for row in self._waiting(decider.scope, debtors) if row[1] in held]
        left = set(self._decide_page(rows, decider) or ()) if rows else set()
        if not left:
            return True
        since = clock.stamp() - self.create_date
        if self.kind != "night" or since > timedelta(hours=HELD_HOURS):
            _logger.warning("Run %s: %s debtors were locked by others all along", self.id, len(left))
            self._tell_held(left)
            return True
        cron = self.env.ref("recouvrement_fr.ir_cron_recouvrement_run").sudo()  # users may not read crons
        cron._trigger(at=clock.stamp() + timedelta(minutes=HELD_MINUTES))
        return False

    def _tell_held(self, partner_ids):
        """Tell the managers whom this night could not decide: something keeps these cards locked."""
        names = self.env["res.partner"].sudo().browse(sorted(partner_ids)[:SHOWN]).mapped("display_name")  # theirs
        if len(partner_ids) > SHOWN:
            names.append(self.env._("and %s others", len(partner_ids) - SHOWN))
        why = self.env._(
            "Another program kept their cards locked for more than %(hours)s hours: %(names)s. They are decided the "
            "next night; if it happens again, tell your administrator.",
            hours=HELD_HOURS,
            names=", ".join(names),
        )
        self._call_managers(self.env._("%s debtors were not looked at this night", len(partner_ids)), note=why)

    def _analyze(self):
        """Tell PostgreSQL how large our tables have become.

        The plans of foreign-key checks are kept for the whole session: those made while the tables were nearly empty
        read them from end to end, and a first night would take a time that grows with its square.
        """
        tables = [
            SQL("%s (%s)", SQL.identifier(self.env[model]._table), SQL(", ").join(map(SQL.identifier, columns)))
            for model, columns in PLANNED_MODELS.items()
        ]
        self.env.cr.execute(SQL("ANALYZE %s", SQL(", ").join(tables)))

    def _waiting(self, scope=None, debtors=None):
        """[(card id or None, partner id, fingerprint)] still to decide, without those that failed tonight.

        :param scope: of its company, where it is known
        """
        if debtors is not None:
            return [(debtor.id, debtor.partner_id.id, None) for debtor in debtors]
        failed = dict(
            self.env.execute_query(
                SQL("SELECT id, error_run_id FROM recouvrement_debtor WHERE error_run_id = %s", self.id)
            )
        )
        return [row for row in open_items.scan(self.env, self.company_id, self.date, scope) if row[0] not in failed]

    def _decider(self):
        """Reads what all pages share once."""
        return Decider(self.env, self.company_id, self.date)

    def _decide_page(self, page, decider):
        """Decide and write a page; one debtor that fails is noted, and the others go on.

        :return: the partners whose cards another transaction holds
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.env.cr.savepoint(), without_collecting():
                    return self._decide_rows(page, decider)
            except DISTURBED:
                # Another transaction changed these rows: the page must see the new state, so a new snapshot.
                if attempt == ATTEMPTS or not self.env.context.get("recouvrement_commits"):
                    raise  # by hand, the request as a whole is tried again
                self.env.cr.rollback()
            except Exception:
                _logger.exception("Run %s: a page of %s debtors failed, now one by one", self.id, len(page))
                return self._decide_one_by_one(page, decider)

    def _decide_one_by_one(self, page, decider):
        for row in page:
            try:
                with self.env.cr.savepoint():
                    self._decide_rows([row], decider)
            except DISTURBED:
                raise
            except Exception as error:  # noqa: BLE001 - one debtor's failure never stops the others
                self._note_error(row, error)

    def _note_error(self, row, error):
        """Remember a failure on its debtor and show it; he is passed over until the next night."""
        _logger.exception("Run %s: debtor of partner %s failed", self.id, row[1])
        card = self.env["recouvrement.debtor"]._card(self.company_id, self.env["res.partner"].browse(row[1]))
        card.write(
            {
                "error": str(error),
                "error_run_id": self.id,
                "reason": "error",
                "reason_detail": str(error)[:200],
                "reason_since": self.date,
                "priority": 3,
                "next_date": self.date + timedelta(days=1),
            }
        )
        self.error_count += 1

    def _decide_rows(self, rows, decider):
        """Lock, decide and write these debtors; those another worker holds are returned, by their partners."""
        # Starting parallel workers costs more than they bring to a page; until the end of its transaction.
        self.env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        locked = self.env["recouvrement.debtor"]._lock_cards(self.company_id, [row[1] for row in rows])
        open_items.settle(self.env, decider.scope, locked.values())
        mine = [(locked[row[1]], *row[1:]) for row in rows if row[1] in locked]
        mine = self._not_decided_since(mine)
        if mine:
            cases = decider.cases(mine)
            reminders = self.env["recouvrement.reminder"]._plan(self, cases)
            self._remember(cases, reminders)
            decider.counted += len(cases)
            decider.due += sum(case.main[2].outcome == "remind" for case in cases)
        if not self.env.context.get("recouvrement_commits"):
            self._count(decider)
        return [row[1] for row in rows if row[1] not in locked]

    def _not_decided_since(self, rows):
        """Those of these locked cards that still wait as when they were found: another worker may have decided them.

        Those a person chose are decided whatever was decided before.
        """
        found = [row for row in rows if row[2]]
        done = self.env.execute_query(
            SQL(
                "SELECT id, fingerprint FROM recouvrement_debtor"
                " WHERE id = %s AND (next_date > %s OR next_date IS NULL)",
                bulk.any_of(row[0] for row in found),
                self.date,
            )
        )
        done = set(done)
        return [row for row in rows if not row[2] or (row[0], row[2]) not in done]

    def _count(self, decider):
        """Add what was decided to the run; in SQL: this row is hot, and its other fields must not travel."""
        self.env.cr.execute(
            SQL(
                "UPDATE recouvrement_run SET debtor_count = COALESCE(debtor_count, 0) + %s,"
                " due_count = COALESCE(due_count, 0) + %s WHERE id = %s",
                decider.counted,
                decider.due,
                self.id,
            ),
            log_exceptions=False,  # another worker counts: it is counted again
        )
        decider.counted = decider.due = 0
        self.invalidate_recordset(["debtor_count", "due_count"], flush=False)

    def _count_apart(self, decider):
        """The same in a transaction of its own, once the page is committed.

        Two workers who counted in their pages would undo each other's.
        """
        if not self.env.context.get("recouvrement_commits") or not decider.counted:
            return
        for _attempt in range(COUNTED):
            try:
                self._count(decider)
                self.env["ir.cron"]._commit_progress()
                return
            except DISTURBED:
                self.env.cr.rollback()

    def _remember(self, cases, reminders):
        """Write what was decided on the cards, and a decision where it changed."""
        changed = []
        for case in cases:
            policy_id, _addressee, decision = case.main
            level = decision.level.id if decision.level else None
            shown = case.facts.reason
            told = shown == decision.reason and (level == case.facts.next_level_id or shown in ON_ITS_WAY)
            if decision.outcome == "remind" or not told:
                changed.append(case)
        self._note_all(changed, reminders)
        self.env["recouvrement.debtor"]._write_decided(self.date, cases)

    def _note_all(self, cases, reminders=None):
        """Insert decisions; in a simulation those of debtors with something open."""
        if self.kind == "simulation":
            cases = [case for case in cases if case.decisions]
        if not cases:
            return
        rows, this, claimed = [], (self.id, self.company_id.id, self.date), {}
        if self.kind == "simulation":
            claimed = self.env["recouvrement.reminder"]._rehearse_cases(self.company_id, cases, self.date)
        for case in cases:
            _policy, _addressee, decision = case.main
            channels, amount = claimed.get(case.partner_id, ((), None))
            rows.append(
                (
                    *this,
                    case.partner_id,
                    case.facts.debtor_id,
                    decision.outcome,
                    decision.reason,
                    self._detail(decision, case),
                    decision.level.id if decision.level else None,
                    (reminders or {}).get(case.partner_id),
                    case.amount,
                    amount,
                    ",".join(channels) or None,
                    decision.next_date,
                )
            )
        bulk.insert(self.env["recouvrement.decision"], DECISION_COLUMNS, rows)
        self.invalidate_recordset(["decision_ids"], flush=False)
        if self.kind == "simulation":
            self.debtor_count += len(cases)
            self.due_count += sum(case.main[2].outcome == "remind" for case in cases)

    def _detail(self, decision, case):
        """The figure or the day that explains the reason, in words."""
        if decision.outcome == "remind" and case.totals["oldest_due_date"]:
            return self.env["recouvrement.debtor"]._overdue_words(case.totals, self.date)
        return None
