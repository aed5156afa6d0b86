from datetime import timedelta

from odoo.tests import tagged

from ..clock import today
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestTasksOver(RecouvrementCommon):
    """A task about a debt closes itself once the debt is paid, promised or held: nobody calls for nothing."""

    def before_all(self):
        super().before_all()
        self.debt = self.invoice(MONDAY - 5 * DAY)
        self.night(MONDAY)
        self.debtor = self.card()
        with self.at(MONDAY):
            self.debtor._schedule_call(MONDAY + DAY, "Call again")
            self.debtor._tell_collector("A sending failed", "")
            self.debtor._tell_collector("Read the answer", "", lasts=False)
            self.debtor.activity_schedule("mail.mail_activity_data_todo", summary="Of my own")

    def left(self):
        self.env.invalidate_all()
        return sorted(self.debtor.activity_ids.mapped("summary"))

    def test_paid_all_that_is_about_the_debt_is_closed_within_the_hour_and_the_rest_stays(self):
        self.pay(self.debt, on=MONDAY)
        self.morning(MONDAY)
        self.assertEqual(self.left(), ["Of my own", "Read the answer"])
        self.assertIn("Closed by itself", " ".join(self.debtor.message_ids.mapped("body")))

    def test_promised_the_call_is_closed_at_once_and_what_is_wrong_stays(self):
        with self.at(MONDAY):
            self.env["recouvrement.promise"]._make(self.debtor, self.debt, 1000, MONDAY + 8 * DAY, on=today())
        self.assertEqual(self.left(), ["A sending failed", "Of my own", "Read the answer"])

    def test_a_promise_of_one_invoice_leaves_the_call_about_the_others(self):
        self.invoice(MONDAY - 5 * DAY, 300)
        with self.at(MONDAY):
            self.env["recouvrement.promise"]._make(self.debtor, self.debt, 1000, MONDAY + 8 * DAY, on=today())
        self.assertIn("Call again", self.left())

    def test_nothing_paid_every_task_stays(self):
        self.morning(MONDAY)
        self.assertEqual(len(self.left()), 4)
