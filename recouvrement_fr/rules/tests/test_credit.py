"""Each figure computed by hand beside it."""

import unittest
from decimal import Decimal as D

from ..credit import THRESHOLDS, Cover, balance, exposure, is_over, may_approve, reached


class TestExposure(unittest.TestCase):
    def test_valid_guarantees_come_off_what_is_owed_and_ordered(self):
        for items, orders, covers, expected in (
            ("10000", "2500", [], "12500.00"),
            ("10000", "0", [Cover(D(10000), D(0), D(90))], "1000.00"),  # insured at 90 % without limit
            ("10000", "0", [Cover(D(10000), D(5000), D(90))], "5000.00"),  # 9,000 covered, 5,000 at most
            ("10000", "2500", [Cover(D(4000), D(5000), D(100))], "8500.00"),  # only 4,000 is covered
            ("1000", "0", [Cover(D(1000), D(0), D(80)), Cover(D(1000), D(500), D(100))], "0.00"),
            ("10000", "0", [Cover(D(10000), D(0), D(100), is_valued=False)], "10000.00"),
            ("-300", "100", [], "0.00"),
            ("-300", "0", [Cover(D(-300), D(0), D(90))], "0.00"),  # a credit balance is not secured
            ("0.015", "0", [], "0.02"),
        ):
            with self.subTest(items=items, covers=covers):
                self.assertEqual(exposure(D(items), D(orders), covers), D(expected))

    def test_an_advance_is_left_to_use_a_guarantee_too_many_is_not(self):
        for items, orders, covers, expected in (
            ("-300", "100", [], "-200.00"),
            ("-300", "500", [], "200.00"),
            ("-300", "0", [Cover(D(-300), D(0), D(90))], "-300.00"),
            ("1000", "0", [Cover(D(1000), D(0), D(80)), Cover(D(1000), D(500), D(100))], "0.00"),
        ):
            with self.subTest(items=items, covers=covers):
                self.assertEqual(balance(D(items), D(orders), covers), D(expected))

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

    def test_a_document_passes_the_limit_only_beyond_it(self):
        self.assertFalse(is_over(D(900), D(100), D(1000)))
        self.assertTrue(is_over(D(900), D("100.01"), D(1000)))
        self.assertFalse(is_over(D(5000), D(0), D(1000)), "It adds nothing.")
        self.assertTrue(is_over(D(0), D(1), D(0)), "No credit at all.")

    def test_nobody_approves_a_large_credit_that_he_asked_for(self):
        self.assertTrue(may_approve(D(50000), D(0), is_own=False))
        self.assertFalse(may_approve(D(1), D(0), is_own=True))
        self.assertTrue(may_approve(D(1000), D(1000), is_own=True))
        self.assertFalse(may_approve(D("1000.01"), D(1000), is_own=True))
