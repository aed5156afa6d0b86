"""Each figure computed by hand beside it."""

import unittest
from decimal import Decimal as D

from ..credit import THRESHOLDS, Cover, exposure, guaranteed, is_beyond, is_over, may_approve, reached, used


class TestExposure(unittest.TestCase):
    def test_valid_guarantees_come_off_what_is_owed_and_ordered(self):
        for items, orders, covers, expected in (
            ("10000", "2500", [], "12500.00"),
            ("10000", "0", [Cover(D(10000), D(0), D(90))], "1000.00"),  # insured at 90 % without limit
            ("10000", "0", [Cover(D(10000), D(5000), D(90))], "5000.00"),  # 9,000 covered, 5,000 at most
            ("10000", "0", [Cover(D(10000), D(5000), D(90), is_insured=True)], "5500.00"),  # 90 % of the 5,000 agreed
            ("4000", "0", [Cover(D(4000), D(5000), D(90), is_insured=True)], "400.00"),  # 90 % of what is owed
            ("10000", "2500", [Cover(D(4000), D(5000), D(100))], "8500.00"),  # only 4,000 is covered
            ("1000", "0", [Cover(D(1000), D(0), D(80)), Cover(D(1000), D(500), D(100))], "0.00"),
            ("10000", "0", [Cover(D(10000), D(0), D(100), is_valued=False)], "10000.00"),
            ("-300", "100", [], "0.00"),
            ("-300", "0", [Cover(D(-300), D(0), D(90))], "0.00"),  # a credit balance is not secured
            ("0.015", "0", [], "0.02"),
        ):
            with self.subTest(items=items, covers=covers):
                self.assertEqual(exposure(D(items), D(orders), covers), D(expected))

    def test_what_several_guarantees_are_about_is_paid_once(self):
        first = {1: D(1000)}
        whole = Cover(D(1000), D(0), D(100), parts=first)
        for items, covers, expected in (
            ("2000", [whole, whole], "1000"),  # invoice 1, twice: invoice 2 stays at risk
            ("2000", [whole, Cover(D(2000), D(0), D(100))], "2000"),  # the second pays the other 1,000
            ("2000", [Cover(D(2000), D(1500), D(100)), whole], "2000"),  # 1,000, then 1,000 of the 1,500
            ("2000", [whole, Cover(D(2000), D(0), D(90), is_insured=True)], "1900"),  # 1,000, then 90 % of the rest
            ("2000", [Cover(D(2000), D(0), D(90), is_insured=True), whole], "1900"),  # the insurer last
            ("2000", [whole, Cover(D(2000), D(500), D(90), is_insured=True)], "1450"),  # 90 % of the 500 agreed
            # 600 of invoice 1 by each: 1,000 together; invoice 2 for 500 by the second, which is about both
            (
                "1500",
                [
                    Cover(D(1000), D(600), D(100), parts=first),
                    Cover(D(1500), D(600), D(100), parts={1: D(1000), 2: D(500)}),
                ],
                "1200",
            ),
            ("300", [whole], "300"),  # credits took 700 of the account
            ("-50", [whole], "0"),
            ("10000", [Cover(D(10000), D(0), D(60)), Cover(D(10000), D(0), D(60))], "10000"),  # 6,000, then the rest
        ):
            with self.subTest(items=items, covers=covers):
                self.assertEqual(guaranteed(D(items), covers), D(expected))

    def test_thresholds_are_reached_to_the_cent(self):
        for exposed, limit, expected in (
            ("499.99", "1000", ()),
            ("500", "1000", (50,)),
            ("899.99", "1000", (50, 70)),
            ("900", "1000", (50, 70, 90)),
            ("1000", "1000", THRESHOLDS),
            ("0", "0", ()),
            ("0.01", "0", THRESHOLDS),
        ):
            with self.subTest(exposed=exposed):
                self.assertEqual(reached(D(exposed), D(limit)), expected)

    def test_the_percent_used_never_says_a_threshold_that_is_not_reached(self):
        for exposed, limit, expected in (
            ("899.99", "1000", 89),
            ("900", "1000", 90),
            ("1250", "1000", 125),
            ("5", "0", 0),
        ):
            with self.subTest(exposed=exposed):
                self.assertEqual(used(D(exposed), D(limit)), expected)

    def test_a_document_passes_the_limit_only_beyond_it(self):
        self.assertFalse(is_over(D(900), D(1000), D(1000)))
        self.assertTrue(is_over(D(900), D("1000.01"), D(1000)))
        self.assertFalse(is_over(D(5000), D(5000), D(1000)), "It adds nothing.")
        self.assertFalse(is_over(D(0), D(0), D(0)), "Paid beforehand, or guaranteed: nothing is at risk.")
        self.assertTrue(is_over(D(0), D(1), D(0)), "No credit at all.")

    def test_nobody_approves_a_large_credit_that_he_asked_for(self):
        self.assertTrue(may_approve(D(50000), D(0), is_own=False))
        self.assertFalse(may_approve(D(1), D(0), is_own=True))
        self.assertTrue(may_approve(D(1000), D(1000), is_own=True))
        self.assertFalse(may_approve(D("1000.01"), D(1000), is_own=True))

    def test_a_credit_is_beyond_the_ceiling_by_a_cent_and_never_beyond_none(self):
        self.assertFalse(is_beyond(D(1000), D(1000)))
        self.assertTrue(is_beyond(D("1000.01"), D(1000)))
        self.assertFalse(is_beyond(D(1000000), D(0)))
