import os
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.addons.recouvrement_fr.tests.common import MONDAY
from odoo.addons.recouvrement_fr.tests.sending.dispatch_common import DispatchCommon

DECIDING = "odoo.addons.recouvrement_fr.models.night.recouvrement_run_deciding"
LEAVING = "odoo.addons.recouvrement_fr.models.sending.recouvrement_dispatch_leaving"
RUN, DISPATCH = (f"recouvrement_fr.ir_cron_recouvrement_{name}" for name in ("run", "dispatch"))


@tagged("post_install", "-at_install")
class TestJobs(DispatchCommon):
    """What is put in the queue, what a job does, and what is done when it does not; no runner works here."""

    def setUp(self):
        super().setUp()
        delayed = {name: value for name, value in os.environ.items() if name != "QUEUE_JOB__NO_DELAY"}
        self.enterContext(patch.dict(os.environ, delayed, clear=True))
        self.enterContext(patch(f"{DECIDING}.PAGE", 2))
        self.enterContext(patch(f"{LEAVING}.BATCH", 2))
        self.partners = self.debtor_partner
        for number in range(2):
            self.partners |= self._partner(f"Client {number}", email=f"client{number}@x.example")
        self.invoices = [self.invoice(MONDAY - timedelta(days=3), partner=partner) for partner in self.partners]

    def cron(self, name, hour=3, minute=0):
        self.env.flush_all()
        moment = datetime(MONDAY.year, MONDAY.month, MONDAY.day, hour, minute)
        with freeze_time(moment), self.mail_server(), self.enter_registry_test_mode():
            self.env.ref(name).method_direct_trigger()
        self.env.invalidate_all()

    def jobs(self, method=None, states=("pending",)):
        domain = [("state", "in", states), ("model_name", "like", "recouvrement.")]
        if method:
            domain.append(("method_name", "=", method))
        return self.env["queue.job"].with_user(SUPERUSER_ID).search(domain, order="priority, id")

    def perform(self, jobs, hour=9):
        """As a runner has a worker do it."""
        self.env.flush_all()
        with self.mail_server(), self.at(MONDAY, hour), self.enter_registry_test_mode():
            for record in jobs:
                job = Job.load(record.env, record.uuid)
                job.perform()
                job.set_done()
                job.store()
                self.env.flush_all()
        self.env.invalidate_all()

    def all_reminders(self):
        return self.env["recouvrement.reminder"].search([("debtor_id.partner_id", "in", self.partners.ids)])

    def run_of_tonight(self):
        return self.env["recouvrement.run"].search([("company_id", "=", self.company.id), ("date", "=", MONDAY)])

    def decided(self):
        self.cron(RUN)
        self.perform(self.jobs(), 3)

    def queued(self):
        """The reminders of the night, written before hours: they wait to be sent."""
        self.decided()
        self.cron(DISPATCH)
        dispatches = self.all_reminders().dispatch_ids
        self.assertEqual((len(dispatches), set(dispatches.mapped("state"))), (3, {"queued"}))
        self.assertFalse(self.jobs("_job_send"), "It is not the hour")
        return dispatches

    def test_a_night_is_a_job_for_each_page_and_a_last_one(self):
        self.cron(RUN)
        jobs = self.jobs()
        self.assertEqual(jobs.mapped("method_name"), ["_job_decide", "_job_decide", "_job_finish"])
        self.assertEqual(set(jobs.mapped("channel")), {"root.recouvrement.decide"})
        self.assertEqual((self.run_of_tonight().state, len(self.all_reminders())), ("deciding", 0))
        self.cron(RUN)
        self.assertEqual(self.jobs(), jobs, "Once in the queue")
        self.perform(jobs, 3)
        self.assertEqual((self.run_of_tonight().state, self.run_of_tonight().debtor_count), ("released", 3))
        self.assertEqual(len(self.all_reminders()), 3)
        self.perform(jobs, 3)
        self.assertEqual((len(self.all_reminders()), self.run_of_tonight().debtor_count), (3, 3), "Nothing twice")

    def test_a_page_that_no_job_did_is_decided_by_the_last_one(self):
        self.cron(RUN)
        pages = self.jobs("_job_decide")
        pages[0].button_cancelled()
        with self.assertRaises(RetryableJobError):
            self.perform(self.jobs("_job_finish"), 3)
        pages[1].button_cancelled()
        self.perform(self.jobs("_job_finish"), 3)
        self.assertEqual((self.run_of_tonight().state, len(self.all_reminders())), ("released", 3))

    def test_a_night_whose_jobs_all_failed_is_decided_by_the_scheduled_action(self):
        self.cron(RUN)
        self.jobs().button_cancelled()
        self.cron(RUN)
        self.assertEqual((self.run_of_tonight().state, len(self.all_reminders())), ("released", 3))

    def test_without_a_runner_the_scheduled_action_decides_and_sends(self):
        self.cron(RUN)
        self.cron(RUN, minute=14)
        self.assertEqual(self.run_of_tonight().state, "deciding")
        self.cron(RUN, 4)
        self.assertEqual((self.run_of_tonight().state, len(self.all_reminders())), ("released", 3))
        self.cron(DISPATCH, 9)
        self.assertEqual((len(self.jobs("_job_send")), len(self.server.messages)), (2, 0))
        self.cron(DISPATCH, 10)
        self.assertEqual(len(self.server.messages), 3)
        self.perform(self.jobs(), 10)
        self.assertEqual(
            (len(self.server.messages), len(self.all_reminders())), (3, 3), "A runner at last: nothing left"
        )

    def test_what_leaves_is_a_job_for_each_batch_put_once_in_the_queue(self):
        dispatches = self.queued()
        self.cron(DISPATCH, 9)
        jobs = self.jobs("_job_send")
        self.assertEqual(sorted(len(job.records) for job in jobs), [1, 2])
        self.assertEqual(set(jobs.mapped("channel")), {"root.recouvrement.send"})
        self.cron(DISPATCH, 9)
        self.assertEqual(self.jobs("_job_send"), jobs)
        self.assertFalse(self.server.messages)
        self.perform(jobs)
        self.assertEqual(set(dispatches.mapped("state")), {"handed_over"})
        self.assertEqual(set(self.all_reminders().mapped("state")), {"sent"}, "What follows is drawn at once")
        self.perform(jobs)
        self.assertEqual(len(self.server.messages), 3, "Run twice, it sends once")

    def test_a_job_sends_what_is_still_queued_and_still_due(self):
        dispatches = self.queued()
        self.cron(DISPATCH, 9)
        with self.at(MONDAY):
            self.pay(self.invoices[0], on=MONDAY)
        taken = dispatches.filtered(lambda found: found.addressee_id == self.partners[1])
        taken.sudo().state = "uncertain"
        self.perform(self.jobs("_job_send"))
        [(addresses, _text)] = self.server.messages
        self.assertEqual(addresses, ["client1@x.example"])
        self.assertEqual(taken.state, "uncertain")

    def test_a_job_that_comes_after_hours_sends_nothing(self):
        self.queued()
        self.cron(DISPATCH, 9)
        self.perform(self.jobs("_job_send"), 20)
        self.assertFalse(self.server.messages)
        self.assertEqual(set(self.all_reminders().dispatch_ids.mapped("state")), {"queued"}, "Tomorrow")

    def test_what_a_job_is_sending_is_not_told_as_uncertain(self):
        dispatches = self.queued()
        self.cron(DISPATCH, 9)
        job = self.jobs("_job_send")[0]
        job.records.sudo().state = "uncertain"
        self.env.cr.execute("UPDATE queue_job SET state = 'started' WHERE id = %s", (job.id,))
        job.invalidate_recordset()
        dispatches.with_user(SUPERUSER_ID)._tell_uncertain()
        self.assertFalse(any(self.all_reminders().mapped("error")))
        self.env.cr.execute("UPDATE queue_job SET state = 'done' WHERE id = %s", (job.id,))
        job.invalidate_recordset()
        dispatches.with_user(SUPERUSER_ID)._tell_uncertain()
        self.assertEqual(len(self.all_reminders().filtered("error")), len(job.records))

    @mute_logger("odoo.addons.queue_job.utils")
    def test_told_to_delay_nothing_the_night_is_decided_at_once(self):
        with patch.dict(os.environ, {"QUEUE_JOB__NO_DELAY": "1"}):
            self.cron(RUN)
        self.assertEqual((self.run_of_tonight().state, len(self.jobs())), ("released", 0))
