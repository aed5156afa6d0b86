from datetime import date, timedelta

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..common import MONDAY
from .dispatch_common import DispatchCommon

DAY = timedelta(days=1)
LAST_DAY = date(2026, 3, 16)  # ten working days after MONDAY


@tagged("post_install", "-at_install")
class TestTasksUndone(DispatchCommon):
    """A call, an approval or a failure that nobody deals with freezes nothing; a call nobody makes gives its place to
    the next channel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor_partner.phone = "+33 1 42 68 53 00"
        cls.first.channel_ids.write({"channel": "call", "template_id": False})
        cls.collector, cls.manager = (
            new_test_user(
                cls.env,
                login,
                groups=f"base.group_user,recouvrement_fr.group_recouvrement_{role}",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for login, role in (("undone_caller", "user"), ("undone_manager", "manager"))
        )

    def to_call(self):
        invoice, reminder = self.reminded()
        self.card().collector_id = self.collector
        self.dispatch(MONDAY)
        return invoice, reminder

    def follow_up(self, on):
        with self.at(on, 4):
            self.env["recouvrement.dispatch"].sudo()._follow_up(on)
        self.env.flush_all()

    def test_a_call_nobody_makes_freezes_neither_the_totals_nor_the_other_invoices(self):
        other = self.invoice(MONDAY + DAY, 500)
        self.to_call()
        self.assertEqual(self.card().next_date, MONDAY + DAY)
        self.night(MONDAY + 2 * DAY)
        self.assertEqual((self.card().overdue_amount, self.card().next_date), (1500, MONDAY + 3 * DAY))
        self.night(MONDAY + 7 * DAY)
        self.assertEqual(self.reminders()[-1].line_ids.filtered(lambda line: line.role == "carried").move_id, other)
        self.assertEqual(self.card().next_date, MONDAY + 8 * DAY)

    def test_an_approval_that_waits_freezes_neither_the_totals_nor_the_next_date(self):
        self.first.requires_approval = True
        self.invoice(MONDAY + DAY, 500)
        self.reminded()
        for days, amount in ((1, 1000), (2, 1500), (3, 1500)):
            self.night(MONDAY + days * DAY)
            self.assertEqual(self.card().overdue_amount, amount)
            self.assertEqual(self.card().next_date, MONDAY + (days + 1) * DAY)

    def test_a_sending_that_failed_freezes_neither_the_totals_nor_the_next_date(self):
        self.invoice(MONDAY + DAY, 500)
        _invoice, reminder = self.reminded()
        with self.at(MONDAY):
            reminder.sudo()._fail("No mail server")
        self.night(MONDAY + 2 * DAY)
        self.assertEqual((self.card().overdue_amount, self.card().reason), (1500, "failed"))
        self.assertEqual(self.card().next_date, MONDAY + 3 * DAY)

    def test_a_call_not_made_in_time_becomes_a_letter_and_a_manager_is_told(self):
        _invoice, reminder = self.to_call()
        task = reminder.dispatch_ids
        self.follow_up(LAST_DAY)
        self.assertEqual(task.state, "queued")
        self.follow_up(LAST_DAY + DAY)
        self.assertEqual(task.state, "failed")
        self.assertIn("10 working days", task.failure)
        self.assertFalse(task.activity_id)
        waiting = reminder.dispatch_ids - task
        self.assertEqual((waiting.channel, waiting.state), ("letter", "queued"))
        told = self.card().activity_ids
        self.assertIn("not made in time", told.summary)
        self.assertIn(told.user_id, self.company._recouvrement_managers())
        self.assertIn("Menuiserie Durand", told.note)
        self.assertIn(self.collector.name, told.note)
        self.follow_up(LAST_DAY + 2 * DAY)
        self.assertEqual(len(reminder.dispatch_ids), 2)

    def test_the_days_are_not_counted_anew_when_the_call_is_made_again_with_other_figures(self):
        invoice, reminder = self.to_call()
        self.pay(invoice, 100, on=MONDAY + 8 * DAY)
        self.dispatch(MONDAY + 8 * DAY)
        task = reminder.dispatch_ids.filtered(lambda found: found.state == "queued")
        self.assertEqual(len(reminder.dispatch_ids), 2)
        self.assertEqual((task.asked_on, task.activity_id.date_deadline), (MONDAY, MONDAY))
        self.follow_up(LAST_DAY + DAY)
        self.assertEqual(task.state, "failed")

    def test_a_call_somebody_put_off_waits_from_its_new_day(self):
        _invoice, reminder = self.to_call()
        reminder.dispatch_ids.activity_id.with_user(self.collector).date_deadline = LAST_DAY
        self.follow_up(LAST_DAY + DAY)
        self.assertEqual(reminder.dispatch_ids.state, "queued")

    def test_a_policy_may_let_calls_wait_for_ever_and_refuses_a_negative_delay(self):
        _invoice, reminder = self.to_call()
        self.policy.task_days = 0
        self.follow_up(LAST_DAY + 100 * DAY)
        self.assertEqual(reminder.dispatch_ids.state, "queued")
        with self.assertRaisesRegex(Exception, "negative"):
            self.policy.task_days = -1

    def test_a_change_of_language_leaves_one_task_of_what_was_not_made(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.to_call()
        self.follow_up(LAST_DAY + DAY)
        first = self.card().activity_ids
        self.assertEqual(first.summary, "Calls or visits not made in time: 1")
        tasks = self.reminders().dispatch_ids.with_context(lang="fr_FR")
        with self.at(LAST_DAY + 2 * DAY):
            tasks[:1]._tell_undone(self.company)
        self.assertEqual(len(self.card().activity_ids), 1)
        self.assertFalse(first.exists().filtered("active"))
