import hashlib
import os
from datetime import timedelta

from odoo import api, fields, models

HERE = "recouvrement_here"  # in the context of what does the work itself
MINUTES = 15  # jobs that nobody begins for longer are done by the scheduled action
UNFINISHED = ("wait_dependencies", "pending", "enqueued", "started")


class RecouvrementJobs(models.AbstractModel):
    """What the jobs of collection have in common: whether work goes to the queue, and what it still has of it.

    A job only hastens the work: whatever becomes of it, the scheduled action finds what is left and does it.
    """

    _name = "recouvrement.jobs"
    _description = "Jobs of Collection"

    @api.model
    def _in_queue(self):
        """Whether work is shared through the queue: not within a job, nor where the queue is told to delay nothing."""
        context = self.env.context
        told = os.environ.get("QUEUE_JOB__NO_DELAY") or context.get("queue_job__no_delay")
        return not told and not context.get(HERE)

    @api.model
    def _key(self, kind, *parts):
        """The same work has the same key, and waits once in the queue."""
        return f"recouvrement.{kind}:{hashlib.sha256(repr(parts).encode()).hexdigest()}"

    @api.model
    def _waiting(self, records, methods):
        """The jobs of these records that are not over."""
        # sudo: jobs are for administrators; how far ours are is read, nothing else
        jobs = self.env["queue.job"].sudo()
        found = jobs.search(
            [("model_name", "=", records._name), ("method_name", "in", methods), ("state", "in", UNFINISHED)]
        )
        wanted = set(records.ids)
        return found.filtered(lambda job: wanted & set(job.records.ids))

    @api.model
    def _cron_must_work(self, jobs):
        """Whether these wait although nobody has begun one of their kind for a while: no runner works here."""
        before = fields.Datetime.now() - timedelta(minutes=MINUTES)
        late = jobs.filtered(lambda job: (job.eta or job.date_created) < before)
        return bool(late) and not jobs.search_count(
            [
                ("model_name", "=", late[0].model_name),
                ("method_name", "in", late.mapped("method_name")),
                ("date_started", ">=", before),
            ],
            limit=1,
        )

    @api.model
    def _cron_again(self, cron):
        """Have that scheduled action look in a while what became of its jobs."""
        # sudo: users may not read crons
        self.env.ref(cron).sudo()._trigger(at=fields.Datetime.now() + timedelta(minutes=MINUTES))
