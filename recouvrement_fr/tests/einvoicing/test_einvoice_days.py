from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY
from .einvoice_common import EinvoiceCommon

TUESDAY = MONDAY + timedelta(days=1)
AFTER_MIDNIGHT = f"{TUESDAY:%Y%m%d}003000"  # in Paris: the day before, in UTC


@tagged("post_install", "-at_install")
class TestEinvoiceDays(EinvoiceCommon):
    """What a platform says after midnight is of that day in Paris, not of the day before."""

    def test_the_delay_of_a_public_buyer_runs_from_the_day_in_paris(self):
        self.receive("203", on=TUESDAY, at=AFTER_MIDNIGHT)
        self.assertEqual(self.debt.recouvrement_received_on, TUESDAY)

    def test_the_buyer_approved_on_the_day_in_paris(self):
        self.receive("205", on=TUESDAY, at=AFTER_MIDNIGHT)
        found = self.env["recouvrement.invoice.check"]._approved_on(self.debt.ids)
        self.assertEqual(found, {self.debt.id: TUESDAY})

    def test_a_payment_announced_for_years_ahead_gives_no_more_time_and_calls_a_person(self):
        self.receive("211", amounts=[("MPA", "1000.00", "20991231")])
        self.assertEqual(self.event().waits_until, MONDAY + timedelta(days=10))
        self.assertIn("announced for", self.card().activity_ids.summary)

    def test_a_payment_announced_for_the_end_of_next_month_is_waited_for(self):
        self.receive("211", amounts=[("MPA", "1000.00", "20260430")])
        self.assertEqual(self.event().waits_until, MONDAY + timedelta(days=59 + 10))
        self.assertFalse(self.card().activity_ids)
