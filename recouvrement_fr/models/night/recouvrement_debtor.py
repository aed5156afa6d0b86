import logging

from odoo import api, fields, models

from ...tools import bulk, clock
from ...tools.pages import ATTEMPTS, DISTURBED

_logger = logging.getLogger(__name__)


class RecouvrementDebtor(models.Model):
    """What a day brings to debtors by itself, and their reminders asked for by hand."""

    _inherit = "recouvrement.debtor"

    scheduler_alert = fields.Char(compute="_compute_scheduler_alert")

    @api.depends_context("company")
    def _compute_scheduler_alert(self):
        """A night that does not come is silent by nature: say it where people work."""
        run = self.env["recouvrement.run"].sudo()  # what its nights say, to whoever reads the card
        alerts, today = {}, clock.today(self.env)
        for company in self.sudo().company_id:  # settings of the root, for who works in a branch alone
            last = [("company_id", "=", company.id), ("kind", "=", "night")]
            night = run.search_fetch(last, bulk.columns(run), limit=1)  # whole: its decisions name it
            alerts[company] = run._alert(company, night, today)
        for debtor in self:
            debtor.scheduler_alert = alerts.get(debtor.company_id, False)

    def action_remind_now(self):
        """Decide for these debtors at once, and let what is due leave."""
        self._check_may_send()
        shown = self.env["recouvrement.run"]
        for company, debtors in self.grouped("company_id").items():
            shown |= self.env["recouvrement.run"]._run_now(company, clock.today(self.env), debtors)
        reminders = shown.reminder_ids
        if reminders:
            return reminders._get_records_action(name=self.env._("Reminders"))
        labels = dict(self._selection_reason())
        message = "\n".join(
            self.env._("%(what)s: %(why)s", what=debtor.display_name, why=labels.get(debtor.reason, ""))
            for debtor in self[:10]
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Nothing to remind"),
                "message": message,
                "type": "warning",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_follow_up(self):
        """What a day brings by itself: pauses that end, promises and deadlines that come, rates that are missing.

        Each part is committed by itself and begins again from where it stopped, so it may be interrupted or run twice.
        One that fails is told to the managers, and the others go on.
        """
        run = self.env["recouvrement.run"]._for_people()
        self, on = self.with_context(run.env.context), clock.today(run.env)
        failures = [failure for part in self._daily_parts() for failure in self._follow_part(*part, on)]
        self.env["recouvrement.run"]._note_failures(failures)
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _cron_close_tasks(self):
        """Tasks about a debt that was paid, promised or held since close themselves, in the language of people; lists
        show what moved."""
        run = self.env["recouvrement.run"]._for_people()
        self, on = self.with_context(run.env.context), clock.today(run.env)
        self._close_every_task_over(on)
        at_work = run.search([("state", "=", "deciding"), ("kind", "=", "night"), ("date", ">=", on)])
        roots = self.env["res.company"].search([("parent_id", "=", False)])
        self._show_every_moved(roots - at_work.company_id, on)  # a night at work shows everything itself

    @api.model
    def _daily_parts(self):
        """[(model, method called with the day)], in order."""
        return [
            (self._name, "_remind_pauses"),
            ("recouvrement.rate", "_alert_missing"),
            ("recouvrement.run", "_close_sent"),
            *((model, "_follow_up") for model in self.env["recouvrement.followed"]._every_followed()),
        ]

    @api.model
    def _follow_part(self, model, method, on):
        """Do one part and commit it; returns [(label, error)] of what failed.

        That is what the part itself tells of (some records, a service outside), or the whole of it. Another transaction
        in the way is no failure: the part goes on from its last page, on what that one wrote.
        """
        label = self.env["ir.model"]._get(model).name
        for attempt in range(1, ATTEMPTS + 1):
            try:
                told = getattr(self.env[model].with_context(recouvrement_keeps_pages=True), method)(on)
                self.env["ir.cron"]._commit_progress()
                return [(label, text) for text in told or ()]
            except DISTURBED as error:
                self.env.cr.rollback()
                failure = error
                _logger.info("The follow-up of %s was disturbed (%s of %s)", model, attempt, ATTEMPTS)
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("The follow-up of %s stopped", model)
                failure = error
                break
        return [(label, str(failure))]
