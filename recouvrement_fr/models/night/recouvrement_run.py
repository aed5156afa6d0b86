import logging
from collections import Counter, defaultdict
from datetime import timedelta

import psycopg2.errors
from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, formatLang, split_every

from ...ledger import open_items
from ...tools import bulk, clock
from ...tools.pages import ATTEMPTS, DISTURBED, QUIET
from ..base.acts import check_manager
from ..decision.decider import Decider
from .recouvrement_decision import MOST_LETTERS

_logger = logging.getLogger(__name__)

PAGE = 200  # debtors decided, written and committed together
COUNTED = 10  # times that the figures of a run are tried, when other workers write theirs
HELD_MINUTES = 10  # then the cards that others were working on are tried again
HELD_HOURS = 2  # of a night, at most
SHOWN = 20  # debtors named in a task
ON_ITS_WAY = ("approval", "sending", "failed")  # the level shown is that of the reminder already planned
SILENT = ("no_policy", "bank_stale")  # reasons of a whole company that somebody must mend
ANALYSED_AFTER = (2, 4, 16, 64, 256)  # pages
PLANNED_MODELS = ("recouvrement.debtor", "recouvrement.reminder", "recouvrement.reminder.line", "recouvrement.decision")
DECISION_COLUMNS = (
    *("run_id", "company_id", "date", "partner_id", "debtor_id", "outcome", "reason", "detail", "level_id"),
    *("reminder_id", "amount", "next_date"),
)


class RecouvrementRun(models.Model):
    """One passage over the ledger: nightly, by hand, or a simulation that changes nothing."""

    _name = "recouvrement.run"
    _description = "Dunning Run"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"  # nobody writes a run, yet people discuss it
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, help="The day the run reasons about.")
    kind = fields.Selection(
        [("night", "Nightly"), ("manual", "By hand"), ("simulation", "Simulation")], required=True, default="night"
    )
    state = fields.Selection(
        [("deciding", "Deciding"), ("held", "Held"), ("released", "Released"), ("done", "Done")],
        default="deciding",
        required=True,
        index=True,
        tracking=True,
        help="Only the reminders of a released run leave.",
    )
    reason = fields.Selection("_selection_reason", readonly=True, help="Why the whole run was held or did nothing.")
    reason_detail = fields.Char(readonly=True)
    debtor_count = fields.Integer("Debtors examined", readonly=True)
    due_count = fields.Integer("Debtors to remind", readonly=True)
    error_count = fields.Integer("Errors", readonly=True)
    failure = fields.Text(readonly=True, help="Parts of the daily follow-up that stopped, and why.")
    started_on = fields.Datetime(default=fields.Datetime.now, readonly=True)
    ended_on = fields.Datetime(readonly=True)
    confirmed_by_id = fields.Many2one("res.users", readonly=True)
    decision_ids = fields.One2many("recouvrement.decision", "run_id")
    reminder_ids = fields.One2many("recouvrement.reminder", "run_id")
    reminder_count = fields.Integer(compute="_compute_amounts")
    sent_count = fields.Integer(compute="_compute_amounts")
    amount = fields.Monetary("Amount reminded", compute="_compute_amounts")
    totals = fields.Html("What would leave", compute="_compute_totals", help="By level and channel.")

    _one_night = models.UniqueIndex("(company_id, date) WHERE kind = 'night'", "This night has already been run.")

    @api.model
    def _selection_reason(self):
        return self.env["recouvrement.debtor"]._selection_reason()

    @api.depends("date", "kind")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            day = format_date(self.env, run.date) if run.date else ""
            run.name = f"{kinds.get(run.kind, '')} {day}".strip()

    @api.depends("reminder_ids.state")
    def _compute_amounts(self):
        groups = self.env["recouvrement.reminder"]._read_group(
            [("run_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["run_id", "state"],
            ["__count", "amount_due:sum"],
        )
        figures = defaultdict(lambda: [0, 0, 0.0])
        for run, state, count, amount in groups:
            figure = figures[run]
            figure[0] += count
            figure[1] += count if state == "sent" else 0
            figure[2] += amount
        for run in self:
            run.reminder_count, run.sent_count, run.amount = figures[run]

    @api.depends("decision_ids")
    def _compute_totals(self):
        """What a simulation would send: debtors and amounts by level, with the channels it would use."""
        for run in self:
            due = [("run_id", "=", run.id), ("outcome", "=", "remind")]
            groups = run.kind == "simulation" and run.env["recouvrement.decision"]._read_group(
                due, ["level_id"], ["__count", "amount:sum"]
            )
            rows = [
                Markup("<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td><td class='text-end'>%s</td></tr>")
                % (
                    level.name or "",
                    ", ".join(level.channel_ids.mapped("display_name")),
                    count,
                    formatLang(run.env, amount, currency_obj=run.currency_id),
                )
                for level, count, amount in groups or ()
            ]
            names = (run.env._("Level"), run.env._("Channels"), run.env._("Debtors"), run.env._("Amount"))
            head = Markup("").join(Markup("<th>%s</th>") % name for name in names)
            table = Markup("<table class='table table-sm'><tr>%s</tr>%s</table>") % (head, Markup("").join(rows))
            run.totals = table if rows else False

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_release(self):
        """A manager has looked: let a held run go on."""
        self._check_manager()
        for run in self.sudo():  # runs are written by their methods alone
            if run.state != "held":
                raise UserError(self.env._("Only a held run can be released."))
            run.confirmed_by_id = self.env.user
            if run.reason == "gap":
                run._confirm_gap(clock.today(self.env))
            else:
                run._release()

    def _confirm_gap(self, on):
        """The books are up to date: every night held for the gap is confirmed, and today's is decided."""
        held = self.search([("company_id", "=", self.company_id.id), ("state", "=", "held"), ("reason", "=", "gap")])
        held.confirmed_by_id = self.env.user
        tonight = held.filtered(lambda run: run.date == on and run.kind == "night")
        for run in held - tonight:
            run._end()
        tonight.decision_ids.unlink()  # of the simulation shown until now
        tonight.write({"state": "deciding", "reason": False, "reason_detail": False})
        self.env.ref("recouvrement_fr.ir_cron_recouvrement_run").sudo()._trigger()  # users may not read crons

    def action_discard(self):
        """Cancel everything a held run has planned; its debtors are decided again the next night."""
        self._check_manager()
        for run in self.sudo():  # runs are written by their methods alone
            if run.state != "held":
                raise UserError(self.env._("Only a held run can be discarded."))
            run.reminder_ids.filtered(lambda reminder: reminder.state in ("planned", "to_approve"))._cancel(
                self.env._("The run was discarded.")
            )
            run._end()

    def _check_manager(self):
        check_manager(self.env)
        self.check_access("read")  # of his own companies

    def action_open_decisions(self):
        self.ensure_one()
        self.check_access("read")
        return self.decision_ids._get_records_action(name=self.env._("Decisions"), domain=[("run_id", "=", self.id)])

    def action_open_reminders(self):
        self.ensure_one()
        self.check_access("read")
        return self.reminder_ids._get_records_action(name=self.env._("Reminders"), domain=[("run_id", "=", self.id)])

    def action_letters(self):
        """The letters that a simulation would send, the largest amounts first, as many as can be looked at."""
        self.ensure_one()
        self.check_access("read")
        leaving = self.decision_ids.filtered(lambda decision: decision.outcome == "remind")
        return leaving.sorted("amount", reverse=True)[:MOST_LETTERS].action_letters()

    # --- the night ----------------------------------------------------------------------------------------------------

    @api.model
    def _for_people(self):
        """The same model in the language most collectors read: the scheduler, which writes to them, has none."""
        people = self.env.ref("recouvrement_fr.group_recouvrement_user").all_user_ids.filtered(
            lambda user: not user.share and user.id != SUPERUSER_ID
        )
        [(lang, _count)] = Counter(people.mapped("lang")).most_common(1) or [(None, 0)]
        return self.with_context(lang=lang or None)

    @api.model
    def _run_now(self, company, debtors=None):
        """Decide today's reminders by hand, for a whole company or for some debtors, and let them leave.

        :param debtors: recouvrement.debtor records, treated whatever their next date; None for all whose turn it is
        """
        company = company.root_id
        on = clock.today(self.env)
        self._check_may_run(company, on, debtors)
        run = self.sudo().create({"company_id": company.id, "date": on, "kind": "manual"})
        run.with_context(**QUIET)._decide_all(debtors=debtors, progress=lambda *a, **k: 1)
        return run.with_env(self.env)

    def _check_may_run(self, company, on, debtors):
        """Refuse, saying why, a run by hand that the night itself would refuse; a person may choose single debtors,
        but not while the books may lack the payments of nights that were missed."""
        if self.env["recouvrement.exit"]._is_neutralized():
            raise UserError(self.env._("This is a neutralized copy of a database: nothing leaves from it."))
        if not company.recouvrement_active:
            raise UserError(
                self.env._("Collection is not activated for %s: see Collection > Configuration.", company.name)
            )
        reason, detail = self.sudo()._company_reason(company, on)
        if reason and (debtors is None or reason == "gap"):
            label = dict(self._selection_reason())[reason]
            raise UserError(self.env._("%(reason)s. %(detail)s", reason=label, detail=detail or ""))

    @api.model
    def _simulate(self, company, on):
        """What the night of that day would decide if nothing moved until then; changes nothing but this report."""
        company = company.root_id
        run = self.sudo().create({"company_id": company.id, "date": on, "kind": "simulation"})
        rows = self.env["recouvrement.debtor"]._every_row(company)
        for page in split_every(PAGE, rows, list):
            run._note_all(run._decider().cases(page))
        run._end()
        return run.with_env(self.env)

    @api.model
    def _cron_decide(self):
        """Decide for every debtor whose turn it is; may be interrupted, may run twice."""
        self, on = self._for_people(), clock.today(self.env)
        progress = self.env["ir.cron"]._commit_progress
        for company in self.env["res.company"].search([("recouvrement_active", "=", True)]).root_id:
            try:
                self._give_up(company, on)
                run = self._night(company, on)
                if run.state == "deciding" and not run._decide_all(progress=progress):
                    return
            except Exception:
                _logger.exception("The night of %s failed; the other companies go on", company.name)
                self.env.cr.rollback()
        self._forget()

    @api.model
    def _give_up(self, company, on):
        """End the nights that could not be finished on their day: what they planned is decided again."""
        unfinished = self.search([("company_id", "=", company.id), ("state", "=", "deciding"), ("date", "<", on)])
        for run in unfinished:
            run.reminder_ids.filtered(lambda reminder: reminder.state in ("planned", "to_approve"))._cancel(
                self.env._("Its night was interrupted and not finished on its day.")
            )
            run._end()

    @api.model
    def _night(self, company, on):
        """Tonight's run of a company, made when it is not there, with the reason when the whole night must wait."""
        self = self.with_context(**QUIET, recouvrement_commits=True)
        run = self.search([("company_id", "=", company.id), ("date", "=", on), ("kind", "=", "night")])
        if run:  # begun before, or by another worker, who goes the other way
            return run.with_context(recouvrement_backwards=True)
        reason, detail = self._company_reason(company, on)
        vals = {"company_id": company.id, "date": on, "reason": reason, "reason_detail": detail}
        try:
            with self.env.cr.savepoint():
                run = self.create(vals)
        except psycopg2.errors.UniqueViolation:
            self.env.cr.rollback()  # another worker has just begun this night: only a new snapshot sees its run
            return self._night(company, on)
        if reason == "gap":
            run._hold()
            run._note_pending(on)
        elif reason:
            run._end()
            run._tell_silence()
        self.env["ir.cron"]._commit_progress()
        return run

    def _note_pending(self, on):
        """Show on a held run what it would do, for the manager who decides."""
        for page in split_every(PAGE, open_items.scan(self.env, self.company_id, on), list):
            self._note_all(self._decider().cases(page))

    @api.model
    def _company_reason(self, company, on):
        """(reason, detail) why the whole company waits tonight, or (False, False).

        A gap comes first: a night that waits for another reason would be taken for the last one.
        """
        last = self.search(
            [
                *(("company_id", "=", company.id), ("kind", "=", "night"), ("date", "<", on)),
                *("|", ("reason", "!=", "gap"), ("confirmed_by_id", "!=", False)),  # a gap nobody confirmed goes on
            ],
            limit=1,
            order="date desc",
        ).date
        if last and last < on - timedelta(days=company.recouvrement_gap_days + 1):
            return "gap", self.env._("Last night: %s. Check that payments are up to date, then release.", last)
        policies = self.env["recouvrement.policy"]._usable(company)
        if not policies:
            return "no_policy", self.env._("Activate a policy in Configuration > Policies.")
        if not any(policy._sends_on(on, company) for policy in policies):
            return "not_sending_day", False
        guard = company.recouvrement_bank_guard_days
        if guard:
            last = self._last_bank_entry(company)
            if last is None or last < on - timedelta(days=guard):
                return "bank_stale", self.env._("Last bank entry: %s", last or self.env._("none"))
        stale = self.env["account.journal"]._recouvrement_stale(company, on)
        if stale:
            return "bank_stale", stale
        return False, False

    def _tell_silence(self):
        """Tell the managers, once, of nights that do nothing for a reason that will not pass by itself."""
        if self.reason in SILENT:
            before = self.search(
                [("company_id", "=", self.company_id.id), ("kind", "=", "night"), ("date", "<", self.date)],
                limit=1,
                order="date desc",
            )
            if before.reason != self.reason:
                self._call_managers(self.env._("The nights send nothing"))

    @api.model
    def _alert(self, company, night):
        """What to tell people when the nights do not come, or do nothing; False when all is well."""
        if not company.recouvrement_active:
            return False
        if night.reason in SILENT or night.state == "held":
            label = dict(self._selection_reason())[night.reason]
            return self.env._("Nothing leaves: %(reason)s. %(detail)s", reason=label, detail=night.reason_detail or "")
        if night.failure:
            return self.env._("The daily follow-up stopped. %s", night.failure)
        since = night.date or company.recouvrement_activated_on
        if since and since >= clock.today(self.env) - timedelta(days=2):
            return False
        return self.env._(
            "The night has not run since %s: ask your administrator to look at the scheduled actions.",
            format_date(self.env, since) if since else self.env._("the activation"),
        )

    @api.model
    def _last_bank_entry(self, company):
        [(last,)] = self.env.execute_query(
            SQL(
                """
                SELECT MAX(m.date) FROM account_bank_statement_line s JOIN account_move m ON m.id = s.move_id
                 WHERE m.company_id IN %s
                """,
                tuple(company._recouvrement_tree()),
            )
        )
        return last

    def _decide_all(self, progress, debtors=None):
        """Decide for the debtors whose turn it is, page by page; True when the run is finished.

        :param progress: called with the number of debtors treated, commits, returns the time left
        """
        self.ensure_one()
        waiting = self._waiting(debtors)
        progress(remaining=len(waiting))
        decider = self._decider()
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
        rows = [row for row in self._waiting(debtors) if row[1] in held]
        left = set(self._decide_page(rows, decider) or ()) if rows else set()
        if not left:
            return True
        since = fields.Datetime.now() - self.create_date
        if self.kind != "night" or since > timedelta(hours=HELD_HOURS):
            _logger.warning("Run %s: %s debtors were locked by others all along", self.id, len(left))
            self._tell_held(left)
            return True
        cron = self.env.ref("recouvrement_fr.ir_cron_recouvrement_run").sudo()  # users may not read crons
        cron._trigger(at=fields.Datetime.now() + timedelta(minutes=HELD_MINUTES))
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
        tables = [SQL.identifier(self.env[model]._table) for model in PLANNED_MODELS]
        self.env.cr.execute(SQL("ANALYZE %s", SQL(", ").join(tables)))

    def _waiting(self, debtors=None):
        """[(card id or None, partner id, fingerprint)] still to decide, without those that failed tonight."""
        if debtors is not None:
            return [(debtor.id, debtor.partner_id.id, None) for debtor in debtors]
        failed = dict(
            self.env.execute_query(
                SQL("SELECT id, error_run_id FROM recouvrement_debtor WHERE error_run_id = %s", self.id)
            )
        )
        return [row for row in open_items.scan(self.env, self.company_id, self.date) if row[0] not in failed]

    def _decider(self):
        """Reads what all pages share once."""
        return Decider(self.env, self.company_id, self.date)

    def _decide_page(self, page, decider):
        """Decide and write a page; one debtor that fails is noted, and the others go on.

        :return: the partners whose cards another transaction holds
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.env.cr.savepoint():
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
        card.sudo().write(
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
            )
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

    # --- writing ------------------------------------------------------------------------------------------------------

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
        rows, this = [], (self.id, self.company_id.id, self.date)
        words = self.env._("%(count)s overdue, the oldest by %(days)s days")
        for case in cases:
            _policy, _addressee, decision = case.main
            rows.append(
                (
                    *this,
                    case.partner_id,
                    case.facts.debtor_id,
                    decision.outcome,
                    decision.reason,
                    self._detail(decision, case, words),
                    decision.level.id if decision.level else None,
                    (reminders or {}).get(case.partner_id),
                    case.amount,
                    decision.next_date,
                )
            )
        bulk.insert(self.env["recouvrement.decision"], DECISION_COLUMNS, rows)
        self.invalidate_recordset(["decision_ids"], flush=False)
        if self.kind == "simulation":
            self.debtor_count += len(cases)
            self.due_count += sum(case.main[2].outcome == "remind" for case in cases)

    def _detail(self, decision, case, words):
        """The figure or the day that explains the reason, in words."""
        if decision.outcome == "remind" and case.totals["oldest_due_date"]:
            days = (self.date - case.totals["oldest_due_date"]).days
            return words % {"count": case.totals["overdue_count"], "days": days}
        return None

    # --- the end of a run ---------------------------------------------------------------------------------------------

    def _finish(self):
        """Rank the whole run, hold it when too many debtors would jump at once, else let it leave."""
        if self.kind == "night":
            reason = self._halt_reason()
            if reason:
                self.write({"reason": "halted", "reason_detail": reason})
                self._hold()
                return
            self._cap()
        self._release()

    def _halt_reason(self):
        """Why this night is suspicious, or None. The first night after an activation was looked at already."""
        company = self.company_id
        if not company.recouvrement_halt_percent or self.due_count < company.recouvrement_halt_count:
            return None
        first = not self.search_count(
            [("company_id", "=", company.id), ("kind", "=", "night"), ("id", "!=", self.id), ("state", "=", "done")],
            limit=1,
        )
        if first:
            return None
        owing = self.env["recouvrement.debtor"].search_count([("company_id", "=", company.id), ("open_amount", ">", 0)])
        if self.due_count * 100 < owing * company.recouvrement_halt_percent:
            return None
        return self.env._(
            "%(due)s of %(owing)s debtors would be reminded at once."
            " Check the last bank import, then release or discard.",
            due=self.due_count,
            owing=owing,
        )

    def _cap(self):
        """Put off the reminders over the night's cap: the largest amounts leave first, then the oldest."""
        cap = self.company_id.recouvrement_night_cap
        if not cap:
            return
        over = self.env["recouvrement.reminder"].search(
            [("run_id", "=", self.id), ("state", "in", ("planned", "to_approve"))],
            order="amount_due desc, id",
            offset=cap,
        )
        over._cancel(self.env._("Over the cap of the night: put off to the next one."), reason="capped")

    def _release(self):
        self.write({"state": "released", "ended_on": fields.Datetime.now()})
        self.env.ref("recouvrement_fr.ir_cron_recouvrement_dispatch").sudo()._trigger()  # users may not read crons

    def _hold(self):
        """Stop before anything leaves, and call the managers."""
        self.state = "held"
        self._call_managers(self.env._("A dunning run is held"))

    def _call_managers(self, summary, note=None):
        for manager in self.company_id._recouvrement_managers():
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=manager.id,
                summary=summary,
                note=note or self.reason_detail,
            )

    @api.model
    def _note_failures(self, failures):
        """Show the parts of the daily follow-up that failed on the last night of each company, and tell its managers.

        :param failures: [(label, error)]; none takes back what the same night was shown before
        """
        text = "\n".join(f"{label}: {error}" for label, error in failures) or False
        for company in self.env["res.company"].search([("recouvrement_active", "=", True)]).root_id:
            night = self.search([("company_id", "=", company.id), ("kind", "=", "night")], limit=1)
            if night and (night.failure or False) != text:
                night.failure = text
                if text:
                    night._call_managers(self.env._("A part of the daily follow-up stopped"), note=text)

    def _end(self):
        self.write({"state": "done", "ended_on": fields.Datetime.now()})

    def _close_sent(self, _on=None):
        """Runs whose reminders have all left, or not, are done."""
        released = self.search([("state", "=", "released")])
        pending = self.env["recouvrement.reminder"]._read_group(
            [("run_id", "in", released.ids), ("state", "=", "planned")], ["run_id"]
        )
        for run in released.browse(set(released.ids) - {run.id for [run] in pending}):
            run._end()

    @api.model
    def _forget(self):
        """Decisions are kept thirty nights, simulations seven: the reminders themselves stay."""
        on = clock.today(self.env)
        old = self.env["recouvrement.decision"].search([("date", "<", on - timedelta(days=30))], limit=50_000)
        old.unlink()
        self.search(
            [("kind", "=", "simulation"), ("create_date", "<", fields.Datetime.now() - timedelta(days=7))]
        ).unlink()
        self.env["ir.cron"]._commit_progress()


class RecouvrementReminder(models.Model):
    _inherit = "recouvrement.reminder"

    @api.model
    def _after_dispatch(self):
        super()._after_dispatch()
        self.env["recouvrement.run"]._close_sent()
        self.env["recouvrement.debtor"]._cron_close_tasks()
