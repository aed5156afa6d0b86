"""Each figure computed by hand beside it."""

import unittest
from decimal import Decimal as D

from ..indicators import CountBack, Month, best_possible_dso, count_back, days_late, dso, effectiveness, share_late


class TestDso(unittest.TestCase):
    def test_the_dso_is_the_days_of_turnover_that_are_still_owed(self):
        for receivables, turnover, days, expected in (
            ("120000", "730000", 365, "60.0"),  # 120,000 x 365 / 730,000
            ("95432.17", "512345.67", 90, "16.8"),  # 8,588,895.30 / 512,345.67 = 16.7639
            ("1", "8", 2, "0.3"),  # 0.25: half a tenth goes up
            ("-500", "1000", 30, "-15.0"),  # more was paid on account than is owed
            ("0", "1000", 30, "0.0"),
        ):
            with self.subTest(receivables=receivables):
                self.assertEqual(dso(D(receivables), D(turnover), days), D(expected))

    def test_without_turnover_nothing_is_said(self):
        self.assertIsNone(dso(D(100), D(0), 30))
        self.assertIsNone(dso(D(100), D(-20), 30))

    def test_what_is_not_due_makes_the_best_possible_one_and_the_rest_is_the_delay(self):
        whole, best = dso(D(120000), D(730000), 365), best_possible_dso(D(90000), D(730000), 365)
        self.assertEqual((best, whole - best), (D("45.0"), D("15.0")))  # 90,000 x 365 / 730,000
        self.assertIsNone(best_possible_dso(D(90000), D(0), 365))


class TestCountBack(unittest.TestCase):
    def test_the_latest_months_are_used_up_first(self):
        # 250,000 owed at the end of March: March 100,000 (31 days), February 80,000 (28 days), then 70,000 of the
        # 140,000 of January (31 days): 31 + 28 + 15.5.
        months = [Month(31, D(100000)), Month(28, D(80000)), Month(31, D(140000)), Month(31, D(1))]
        self.assertEqual(count_back(D(250000), months), CountBack(D("74.5"), D(0)))

    def test_a_month_used_up_to_the_cent_is_the_last(self):
        months = [Month(31, D("1000.01")), Month(28, D(500))]
        self.assertEqual(count_back(D("1000.01"), months), (D("31.0"), D(0)))
        self.assertEqual(count_back(D("1000.02"), months), (D("31.0"), D(0)), "A cent of 500: 0.0006 day.")

    def test_a_month_without_turnover_counts_its_days(self):
        self.assertEqual(count_back(D(300), [Month(30, D(200)), Month(31, D(0)), Month(30, D(400))]), (D("68.5"), D(0)))

    def test_credits_beyond_the_turnover_are_found_in_the_months_before(self):
        # 300 owed, 100 more credited than invoiced: 400 of the 800 of the month before, 15 days of 30.
        self.assertEqual(count_back(D(300), [Month(31, D(-100)), Month(30, D(800))]), (D("46.0"), D(0)))

    def test_what_the_months_do_not_explain_is_told(self):
        self.assertEqual(count_back(D(900), [Month(30, D(200)), Month(31, D(300))]), (D("61.0"), D(400)))
        self.assertEqual(count_back(D(900), []), (D("0.0"), D(900)))

    def test_nothing_owed_is_no_day(self):
        self.assertEqual(count_back(D(0), [Month(30, D(200))]), (D("0.0"), D(0)))
        self.assertEqual(count_back(D(-50), [Month(30, D(200))]), (D("0.0"), D(0)))


class TestDaysLate(unittest.TestCase):
    def test_a_large_payment_weighs_more_than_a_small_one(self):
        # (9,000 x 10 + 1,000 x 60) / 10,000
        self.assertEqual(days_late([(D(9000), 10), (D(1000), 60)]), D("15.0"))
        # (333.33 x 7 + 1,250.50 x 31) / 1,583.83 = 41,098.81 / 1,583.83 = 25.9490
        self.assertEqual(days_late([(D("333.33"), 7), (D("1250.50"), 31)]), D("25.9"))

    def test_paying_early_makes_up_for_nothing(self):
        self.assertEqual(days_late([(D(100), -30), (D(100), 30), (D(100), 0)]), D("10.0"))

    def test_without_payment_nothing_is_said(self):
        self.assertIsNone(days_late([]))
        self.assertIsNone(days_late([(D(0), 12)]))


class TestEffectiveness(unittest.TestCase):
    def test_of_what_could_be_collected_what_was(self):
        # (200,000 + 100,000 - 150,000) / (200,000 + 100,000 - 120,000) = 150 / 180
        self.assertEqual(effectiveness(D(200000), D(100000), D(150000), D(120000)), D("83.3"))

    def test_all_that_was_due_came_in(self):
        self.assertEqual(effectiveness(D(200000), D(100000), D(120000), D(120000)), D("100.0"))

    def test_with_nothing_to_collect_nothing_is_said(self):
        self.assertIsNone(effectiveness(D(0), D(500), D(500), D(500)))
        self.assertIsNone(effectiveness(D(0), D(0), D(0), D(10)))


class TestShareLate(unittest.TestCase):
    DEBTS = ((D("500.00"), -10), (D("250.50"), 0), (D("100.25"), 1), (D("90.00"), 90), (D("59.25"), 91))  # 1,000.00

    def test_more_than_ninety_days_begins_on_the_ninety_first(self):
        self.assertEqual(share_late(self.DEBTS, 90), D("5.9"))  # 59.25 / 1,000 = 5.925 %

    def test_from_zero_days_it_is_what_is_overdue(self):
        self.assertEqual(share_late(self.DEBTS), D("25.0"))  # 249.50 / 1,000 = 24.95 %: half a tenth goes up

    def test_with_nothing_owed_nothing_is_said(self):
        self.assertIsNone(share_late([], 90))
