"""Each figure computed by hand beside it."""

import unittest
from datetime import date
from decimal import Decimal as D

from ..payer import SHARES, Paid, Payer, direction, payer, quantiles, since, trust

ON = date(2026, 3, 2)


def paid(on, amount, days):
    return Paid(date.fromisoformat(on), D(amount), days)


class TestPayer(unittest.TestCase):
    def test_the_profile_weighs_each_payment_by_its_amount(self):
        found = payer(
            [
                paid("2026-02-01", "1000", 20),
                paid("2026-01-10", "3000", -4),
                paid("2025-12-01", "1000", 45),
                paid("2025-08-01", "2000", 10),
                paid("2025-07-01", "2000", 0),
                paid("2025-06-01", "1000", 8),
            ],
            ON,
        )
        # 1000x20 + 3000x0 + 1000x45 + 2000x10 + 2000x0 + 1000x8 = 93,000 over 10,000
        self.assertEqual((found.payments, found.amount, found.days_late), (6, D(10000), D("9.3")))
        self.assertEqual(found.share_late, D("50.0"))  # 1000 + 1000 + 2000 + 1000
        # from the earliest: 3000 at -4, 5000 at 0, 6000 at 8, 8000 at 10, 9000 at 20, 10000 at 45
        self.assertEqual(found.quantiles, (-4, 0, 10, 20))
        self.assertEqual(found.recent, D("13.0"))  # 65,000 over 5,000
        self.assertEqual(found.before, D("5.6"))  # 28,000 over 5,000
        self.assertEqual(found.trend, D("7.4"))

    def test_only_what_was_paid_in_the_last_two_years_up_to_the_day_counts(self):
        self.assertEqual(since(ON), date(2024, 3, 2))
        outside = [paid("2024-03-02", "9000", 300), paid("2026-03-03", "9000", 300), paid("2025-01-01", "0", 300)]
        found = payer([*outside, paid("2024-03-03", "100", 1), paid("2026-03-02", "100", 2)], ON)
        self.assertEqual((found.payments, found.days_late), (2, D("1.5")))
        self.assertIsNone(payer(outside, ON))

    def test_under_three_payments_in_either_half_year_there_is_no_trend(self):
        recent = [paid("2026-01-01", "10", 3)] * 3
        before = [paid("2025-05-01", "10", 9)] * 2
        self.assertIsNone(payer(recent, ON).trend)
        self.assertIsNone(payer([*recent, *before], ON).trend)
        self.assertEqual(payer([*recent, *before, before[0]], ON).trend, D("-6.0"))

    def test_quantiles_of_nothing_are_none_and_the_last_share_is_always_reached(self):
        self.assertEqual(quantiles([], SHARES), ())
        self.assertEqual(quantiles([paid("2026-01-01", "0.03", 7)], (*SHARES, D(1))), (7, 7, 7, 7, 7))


class TestWords(unittest.TestCase):
    def test_a_change_of_less_than_five_days_is_no_trend(self):
        for trend, words in ((None, ""), ("4.9", "steady"), ("-4.9", "steady"), ("5", "worse"), ("-5", "better")):
            with self.subTest(trend=trend):
                self.assertEqual(direction(trend and D(trend)), words)

    def test_trust_is_proposed_from_payments_and_promises(self):
        def one(payments, days, share):
            return Payer(payments, D(100), D(days), D(share), (), None, None)

        for found, judged, kept, expected in (
            (None, 0, 0, None),
            (one(2, "90", "100"), 0, 0, None),
            (one(3, "30.1", "100"), 0, 0, "bad"),
            (one(3, "30", "100"), 0, 0, "normal"),
            (one(3, "0", "0"), 3, 1, "bad"),
            (one(3, "0", "0"), 2, 1, "normal"),
            (one(3, "0", "0"), 1, 0, "normal"),
            (one(3, "5", "10"), 2, 2, "good"),
            (one(3, "5.1", "10"), 0, 0, "normal"),
            (one(3, "5", "10.1"), 0, 0, "normal"),
        ):
            with self.subTest(found=found, judged=judged, kept=kept):
                self.assertEqual(trust(found, judged, kept), expected)


if __name__ == "__main__":
    unittest.main()
