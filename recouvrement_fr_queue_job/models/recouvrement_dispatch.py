from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.recouvrement_fr.models.sending import recouvrement_dispatch_leaving as leaving
from odoo.addons.recouvrement_fr.tools import clock
from odoo.addons.recouvrement_fr.tools.pages import QUIET

from .recouvrement_jobs import HERE

METHODS = ("_job_send",)


class RecouvrementDispatch(models.Model):
    """What the machine sends leaves by jobs, one for each batch."""

    _inherit = "recouvrement.dispatch"

    @api.model
    def _send_batches(self, ids, on):
        """Put these in the queue, batch by batch, but those that are in it; what it does not do is sent here."""
        jobs = self.env["recouvrement.jobs"]
        if not ids or not jobs._in_queue():
            return super()._send_batches(ids, on)
        waiting = jobs._waiting(self.browse(ids), METHODS)
        if jobs._cron_must_work(waiting):
            return self.with_context(**{HERE: True})._send_batches(ids, on)
        there = {record.id for job in waiting for record in job.records}
        for batch in split_every(leaving.BATCH, [one for one in ids if one not in there], list):
            self.browse(batch).with_delay(
                identity_key=jobs._key("send", *batch),
                description=self.env._("Send %(count)s reminders, from %(first)s", count=len(batch), first=batch[0]),
            )._job_send()
        jobs._cron_again("recouvrement_fr.ir_cron_recouvrement_dispatch")
        self.env["ir.cron"]._commit_progress()
        return True

    def _job_send(self):
        """Send a batch, in whatever process: what is still queued once it is locked, and still may leave now.

        It may be killed at any point, and run twice: what was in the air stays uncertain, and a person decides.
        """
        people = self.env["recouvrement.run"]._for_people().env.context
        batch = self.with_context({**people, **QUIET, HERE: True})
        on = clock.today(self.env)
        batch._send_batches(batch._still_to_send(on, fields.Datetime.now()), on)
        batch._conclude_left([("id", "in", batch.reminder_id.ids)])
        if left := batch._still_to_send(on, fields.Datetime.now()):
            raise RetryableJobError(self.env._("%s are being worked on by somebody else.", len(left)))

    def _still_to_send(self, on, moment):
        if self.env["recouvrement.exit"]._is_neutralized():
            return []
        return self.search(Domain("id", "in", self.ids) & self._sendable_domain(on, moment), order="id").ids

    def _tell_uncertain(self):
        """But those that a job is sending at this moment."""
        # sudo: jobs are for administrators; which records ours have is read, nothing else
        started = self.env["recouvrement.jobs"]._waiting(self, METHODS).sudo()
        busy = {record.id for job in started if job.state == "started" for record in job.records}
        return super(RecouvrementDispatch, self.filtered(lambda dispatch: dispatch.id not in busy))._tell_uncertain()
