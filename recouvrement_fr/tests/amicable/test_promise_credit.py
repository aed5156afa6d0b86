from datetime import timedelta

from odoo.tests import tagged

from ..clock import today
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPromiseCredit(RecouvrementCommon):
    """A promise gives no term: what it is about stays due, and credits go there before what is not due yet (C.civ
    1342-10 al. 2)."""

    def before_all(self):
        super().before_all()
        self.late = self.invoice(MONDAY - 20 * DAY, 1000)
        self.later = self.invoice(MONDAY + 20 * DAY, 500)
        self.on_account(300, MONDAY - 5 * DAY)
        self.night(MONDAY)
        self.debtor = self.card()

    def promise(self, moves, amount):
        with self.at(MONDAY):
            self.env["recouvrement.promise"]._make(self.debtor, moves, amount, MONDAY + 8 * DAY, on=today())
        self.env.flush_all()
        self.env.cr.flush()
        self.env.invalidate_all()

    def shown(self):
        with self.at(MONDAY):
            return self.debtor.overdue_now, self.debtor.overdue_amount

    def test_a_promise_on_all_that_is_overdue_does_not_raise_it(self):
        self.assertEqual(self.shown(), (700, 700))
        self.promise(self.late, 700)
        self.assertEqual(self.shown(), (700, 700))
        with self.at(MONDAY):
            self.assertEqual(self.late._net_left(self.debtor, MONDAY), 700)
            self.assertEqual(self.later._net_left(self.debtor, MONDAY), 500)

    def test_what_is_claimed_is_netted_first_as_before(self):
        claimed = self.invoice(MONDAY - 10 * DAY, 400)
        self.promise(self.late, 700)
        self.assertEqual(self.shown(), (1100, 1100))
        with self.at(MONDAY):
            self.assertEqual(claimed._net_left(self.debtor, MONDAY), 100)
            self.assertEqual(self.late._net_left(self.debtor, MONDAY), 1000)
            self.assertEqual(self.later._net_left(self.debtor, MONDAY), 500)

    def test_what_is_contested_is_netted_last(self):
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        with self.at(MONDAY):
            self.env["recouvrement.dispute"]._open(self.debtor, self.late, reason)
            self.assertEqual(self.later._net_left(self.debtor, MONDAY), 200)
