from datetime import timedelta

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon

DAYS = range(14)


@tagged("post_install", "-at_install")
class TestStatementFails(DispatchCommon):
    """A statement that cannot leave for two weeks: one person is told once, and it does not leave by itself later."""

    def before_all(self):
        super().before_all()
        self.invoice(MONDAY - timedelta(days=3), 1000)
        self.night(MONDAY)
        self.collector = new_test_user(
            self.env, "follows", groups="recouvrement_fr.group_recouvrement_user", company_id=self.company.id
        )
        self.card().sudo().collector_id = self.collector
        with self.at(MONDAY):
            self.statement = (
                self.env["recouvrement.statement"].sudo()._send(self.card(), MONDAY, {self.card(): self.debtor_partner})
            )
        self.env.cr.execute(  # the clock of the database is not ours
            "UPDATE mail_mail SET create_date = %s WHERE id = %s", [f"{MONDAY} 09:00:00", self.statement.mail_id.id]
        )
        self.env.invalidate_all()

    def day(self, number, queue=True):
        """The mail queue of that day, then its follow-up."""
        on = MONDAY + timedelta(days=number)
        if queue:
            with self.mail_server(), self.at(on), self.enter_registry_test_mode():
                self.env["mail.mail"].process_email_queue()
        self.statement._follow_up(on)
        self.env.invalidate_all()

    def received(self):
        """How many e-mails the debtor got; those that tell its collector apart."""
        return sum(self.debtor_partner.email in recipients for recipients, _message in self.server.messages)

    def tasks(self):
        return self.card().activity_ids.filtered(lambda task: task.user_id == self.collector)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_refused_once_it_is_tried_no_more_and_told_once(self):
        self.server.is_down = True
        for number in DAYS:
            self.day(number)
        self.assertEqual((self.statement.state, len(self.tasks())), ("failed", 1))
        self.assertIn("did not leave", self.tasks().summary)
        self.server.is_down = False
        self.day(15)
        self.assertEqual((self.statement.state, self.received(), len(self.tasks())), ("failed", 0, 1))

    def test_left_in_the_queue_it_is_given_up_after_a_week_and_does_not_leave_when_the_queue_runs_again(self):
        for number in DAYS:
            self.day(number, queue=False)
            self.assertEqual(len(self.tasks()), int(number > 7), f"day {number}")
        self.day(15)
        self.assertEqual((self.statement.state, self.received(), len(self.tasks())), ("failed", 0, 1))
        self.assertIn("waited for more than 7 days", self.statement.failure)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_one_that_the_queue_first_tries_after_ten_days_does_not_leave_and_is_told(self):
        self.day(10)
        self.assertEqual((self.statement.state, self.received(), len(self.tasks())), ("failed", 0, 1))

    def test_one_of_the_week_leaves(self):
        self.day(7)
        self.assertEqual((self.statement.state, self.received(), len(self.tasks())), ("sent", 1, 0))
