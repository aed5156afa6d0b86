"""Each figure computed by hand beside it."""

import unittest
from datetime import date
from decimal import Decimal as D

from ..early_payment import Offer, is_open, offer, yearly_rate


class TestOffer(unittest.TestCase):
    def test_the_discount_and_its_yearly_rate(self):
        for amount, percent, last_day, due, expected in (
            # 3/10 n/30: 20 days gained; 3 / 97 x 365 / 20 = 0.56443
            ("1200", "3", "2026-03-11", "2026-03-31", ("36.00", "1164.00", 20, "56.4")),
            # 2/10 n/45: 35 days; 2 / 98 x 365 / 35 = 0.21283
            ("999.99", "2", "2026-03-11", "2026-04-15", ("20.00", "979.99", 35, "21.3")),
            ("0.50", "1", "2026-03-11", "2026-03-12", ("0.01", "0.49", 1, "368.7")),  # 1 / 99 x 365
            ("100", "0", "2026-03-11", "2026-03-31", ("0.00", "100.00", 20, "0.0")),
        ):
            with self.subTest(amount=amount):
                discount, to_pay, days, rate = expected
                found = offer(D(amount), D(percent), date.fromisoformat(last_day), date.fromisoformat(due))
                self.assertEqual(found, Offer(D(discount), D(to_pay), days, D(rate)))

    def test_a_discount_that_gains_no_day_has_no_rate(self):
        for due in (date(2026, 3, 11), date(2026, 3, 1)):
            with self.subTest(due=due):
                found = offer(D(100), D(3), date(2026, 3, 11), due)
                self.assertIsNone(found.yearly_rate)

    def test_what_was_taken_costs_as_much_a_year(self):
        # 36 on 1,164 received 20 days earlier, and 10 on 490 received 10.5 days earlier
        self.assertEqual(yearly_rate(D(36), D(1164), D(20)), D("56.4"))
        self.assertEqual(yearly_rate(D(10), D(490), D("10.5")), D("70.9"))  # 10 / 490 x 365 / 10.5 = 0.70943
        for received, days in ((D(0), D(20)), (D(100), D(0)), (D(100), D(-3))):
            with self.subTest(received=received, days=days):
                self.assertIsNone(yearly_rate(D(3), received, days))

    def test_it_is_open_up_to_its_last_day_while_nothing_was_paid(self):
        day = date(2026, 3, 11)
        self.assertTrue(is_open(day, D(0), day))
        self.assertFalse(is_open(day, D(0), date(2026, 3, 12)))
        self.assertFalse(is_open(day, D("0.01"), day))
        self.assertFalse(is_open(None, D(0), day))
