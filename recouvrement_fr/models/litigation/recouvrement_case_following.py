import logging
from datetime import timedelta

from odoo import api, models

from ...tools.bulk import keep_page
from ...tools.pages import DISTURBED

_logger = logging.getLogger(__name__)

PAGE = 20  # cases followed between two commits


class RecouvrementCase(models.Model):
    """From the events: where each procedure stands, its deadlines, the stage and the figures that lists show."""

    _inherit = "recouvrement.case"

    def _sync(self, on, delays=None):
        """Work out from the events where each procedure stands; set its deadlines, the stage and the figures shown."""
        delays = delays or self.env["recouvrement.proceeding.delay"]._delays()
        for case in self.sudo():  # worked out from evidence, by acts that check who does them
            found, names = {}, {}
            stopped = bool(case._insolvency())
            for run in case.run_ids:
                standings = run._refresh_steps(on, delays)
                if run.state == "running" and case.state != "closed" and not (stopped and run.proceeding_id.stops):
                    deadlines, words = run._deadlines(standings)
                    found.update(deadlines)
                    names.update(words)
            case._follow(found, names, on)

    def _follow(self, found, names, on):
        deadlines = self.env["recouvrement.deadline"]
        deadlines._set(self, self.debtor_id, found, names)
        done = {code: run_done for run in self.run_ids for code, run_done in self._done_codes(run).items()}
        for deadline in self.deadline_ids:
            if deadline.code in done and deadline.state != "done":
                deadlines._close(self, deadline.code, done[deadline.code])
            elif deadline.state in ("done", "cancelled") and deadline.code in found and deadline.code not in done:
                deadline.write({"state": "open", "done_on": False, "alerted": -1})  # an event or a stop was undone
            if deadline.user_id != self.user_id:
                deadline.user_id = self.user_id
        missed = "missed" in self._live_lines().mapped("state")
        line = self._next_line()
        self.write(
            {
                "state": self._stage(),
                "next_deadline": line.last_day,
                "next_step": line.step_id._act_words(line.state) if line else False,
                "next_actor": self._next_actor(),
                "has_missed": missed,
                "balance": self._statement(on).balance,
            }
        )
        self._close_done_steps()

    def _close_done_steps(self):
        """A task that says that a step may be done ends once it was, or may not be any more."""
        waits = {f"step {line.id}" for line in self._live_lines() if line.state == "open"}
        told = self.activity_ids.filtered(lambda task: (task.recouvrement_mark or "").startswith("step "))
        told.filtered(lambda task: task.recouvrement_mark not in waits).action_feedback()

    @api.model
    def _done_codes(self, run):
        return {run._deadline_code(line.step_id): line.done_on for line in run.step_ids if line.state == "done"}

    def _stage(self):
        """Where the case has come to: the stage of the last step recorded that changes it."""
        if self.state == "closed":
            return "closed"
        events = self.event_ids._steps().filtered("step_id.case_state")
        return events[-1:].step_id.case_state or "amicable"

    @api.model
    def _follow_up(self, on):
        """Each day: what has become open or was missed since, what was paid, and the balance that lists show.

        Returns the failures: a case that cannot be followed stops no other.
        """
        delays, failures = self.env["recouvrement.proceeding.delay"]._delays(), []
        for number, case in enumerate(self.search([("state", "!=", "closed")]), start=1):
            try:
                with self.env.cr.savepoint():
                    waiting = case.step_ids.filtered(lambda line: line.state == "waiting")
                    case._sync(on, delays)
                    case._tell_changes(waiting)
                    case._propose_closing()
                    case._ask_about_told(on)
            except DISTURBED:
                raise
            except Exception as error:
                _logger.exception("The follow-up of the case %s stopped", case.name)
                failures.append(f"{case.name}: {error}")
            if number % PAGE == 0:
                keep_page(self.env)
        self._follow_closed(on)
        self._propose_cases(on)
        return failures

    def _tell_changes(self, waited):
        """A step that may be done from today, a deadline missed: said once, to whoever follows the case."""
        missed = self.event_ids.filtered(lambda event: event.kind == "missed")
        told = {(event.run_id, event.step_id) for event in missed}
        for line in self._live_lines():
            name = line.step_id.name
            if line.state == "missed":
                if (line.run_id, line.step_id) not in told:
                    self._note(
                        "missed",
                        line.last_day + timedelta(days=1),
                        self.env._("Missed: %s", name),
                        details=line.step_id.consequence,
                        run_id=line.run_id.id,
                        step_id=line.step_id.id,
                    )
            elif line in waited and line.opens_on and line.state == "open":
                self.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=self._person_in_charge().id,
                    summary=self.env._("May be done from today: %s", name),
                    recouvrement_mark=f"step {line.id}",
                )
