from datetime import timedelta

from odoo.tests import tagged

from .common import MONDAY
from .dispatch_common import DispatchCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestChannels(DispatchCommon):
    """Each channel behind the same door, and what comes back from it."""

    def test_a_page_of_several_channels_gives_each_debtor_his_own(self):
        other = self._partner("Autre")
        self.invoice(MONDAY - 3 * DAY, partner=other)
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual(reminder.dispatch_ids.mapped("channel"), ["email"])
        self.assertEqual(self.reminders(other).dispatch_ids.mapped("channel"), ["letter"])
