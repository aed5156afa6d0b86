from odoo import models
from odoo.tools import split_every

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.recouvrement_fr.models.night import recouvrement_run_deciding as deciding
from odoo.addons.recouvrement_fr.tools.pages import QUIET

from .recouvrement_jobs import HERE

METHODS = ("_job_decide", "_job_finish")
LAST = 20  # priority of the job that finishes: after the pages, which have 10
SECONDS = 15  # before it looks again whether they are over


class RecouvrementRun(models.Model):
    """The night, a job per page, and a last one that decides what is left and finishes it."""

    _inherit = "recouvrement.run"

    def _decide_all(self, progress, debtors=None):
        """A night is put in the queue, once; a run by hand, or what the queue has left, is decided here."""
        jobs = self.env["recouvrement.jobs"]
        if self.kind != "night" or debtors is not None or not jobs._in_queue():
            return super()._decide_all(progress, debtors=debtors)
        waiting = jobs._waiting(self, METHODS)
        if self._was_put_in_queue() and (not waiting or jobs._cron_must_work(waiting)):
            return self.with_context(**{HERE: True})._decide_all(progress)
        if not waiting:
            self._put_in_queue()
        jobs._cron_again("recouvrement_fr.ir_cron_recouvrement_run")
        progress()
        return True

    def _was_put_in_queue(self):
        # sudo: jobs are for administrators; whether ours were made is read, nothing else
        return bool(self.env["queue.job"].sudo().search_count([("identity_key", "=", self._finish_key())], limit=1))

    def _finish_key(self):
        return self.env["recouvrement.jobs"]._key("finish", self.id)

    def _put_in_queue(self):
        for number, page in enumerate(split_every(deciding.PAGE, self._waiting(self._decider().scope), list), start=1):
            first, last = page[0][1], page[-1][1]
            self.with_delay(
                identity_key=self.env["recouvrement.jobs"]._key("decide", self.id, first, last, len(page)),
                description=self.env._("%(run)s: page %(number)s", run=self.name, number=number),
            )._job_decide(number, page)
        self.with_delay(
            priority=LAST,
            identity_key=self._finish_key(),
            description=self.env._("%s: what is left, and its end", self.name),
        )._job_finish()

    def _within_a_job(self):
        """The run as the scheduled action has it, from a job, which keeps no context."""
        return self._for_people().with_context(**{**QUIET, HERE: True}, recouvrement_commits=True)

    def _job_decide(self, number, page):
        """Decide a page of the night, in whatever process; it may be killed at any point, and run twice.

        :param number: its place in the night; :param page: rows of `_waiting`
        """
        run = self._within_a_job()
        if run.state != "deciding":
            return self.env._("This night is over.")
        decider = run._decider()
        held = run._decide_page([tuple(row) for row in page], decider)
        if number in deciding.ANALYSED_AFTER:
            run._analyze()
        self.env["ir.cron"]._commit_progress()
        run._count_apart(decider)
        if held:
            raise RetryableJobError(self.env._("%s debtors are being worked on by somebody else.", len(held)))
        return None

    def _job_finish(self):
        """Decide what the pages have left, once they are over, and finish the night."""
        run = self._within_a_job()
        if run.state != "deciding":
            return self.env._("This night is over.")
        if self.env["recouvrement.jobs"]._waiting(self, ("_job_decide",)):
            raise RetryableJobError(self.env._("Pages are not over."), seconds=SECONDS, ignore_retry=True)
        run._decide_all(self.env["ir.cron"]._commit_progress)
        return None
