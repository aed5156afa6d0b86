import logging
from datetime import timedelta

import psycopg2.errors

from odoo import api, models
from odoo.tools import SQL, format_date, split_every

from ...ledger import open_items
from ...tools import bulk, clock
from ...tools.pages import QUIET
from .recouvrement_run import PAGE

_logger = logging.getLogger(__name__)
NIGHT_COLUMNS = ("company_id", "date", "kind", "state", "reason", "reason_detail", "started_on")
SILENT = ("no_policy", "bank_stale")  # reasons of a whole company that somebody must mend


class RecouvrementRun(models.Model):
    """The scheduled action: tonight's run of each company, why a company waits, and who hears of silent nights."""

    _inherit = "recouvrement.run"

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
        self._forget(on)

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
        row = (company.id, on, "night", "deciding", reason or None, detail or None, clock.stamp())
        try:
            with self.env.cr.savepoint():
                run = self.browse(bulk.insert(self, NIGHT_COLUMNS, [row], expected=True))
        except psycopg2.errors.UniqueViolation:
            # Another worker has just begun this night, as two do who start together: the ORM would have told the log of
            # an error. Only a new snapshot sees its run.
            self.env.cr.rollback()
            return self._night(company, on)
        if reason == "gap":
            run._hold()
            run._note_pending(on)
        elif reason:
            run._end()
            run._tell_silence()
        else:
            self.env["mail.activity"]._all_marked(self._name, "silent", company).action_feedback()
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
                self._call_managers(self.env._("The nights send nothing"), mark="silent")

    @api.model
    def _alert(self, company, night, on):
        """What to tell people when the nights do not come, or do nothing; False when all is well."""
        if not company.recouvrement_active:
            return False
        if night.reason in SILENT or night.state == "held":
            label = dict(self._selection_reason())[night.reason]
            return self.env._("Nothing leaves: %(reason)s. %(detail)s", reason=label, detail=night.reason_detail or "")
        if night.failure:
            return self.env._("The daily follow-up stopped. %s", night.failure)
        since = night.date or company.recouvrement_activated_on
        if since and since >= on - timedelta(days=2):
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
