"""Months as CPC 641 counts them."""

import unittest
from datetime import date

from ..dates import add_months, month_end


class TestMonths(unittest.TestCase):
    def test_the_same_day_number_or_else_the_last_of_the_month(self):
        for day, months, expected in (
            (date(2025, 1, 15), 1, date(2025, 2, 15)),
            (date(2025, 1, 31), 1, date(2025, 2, 28)),
            (date(2024, 1, 31), 1, date(2024, 2, 29)),
            (date(2025, 2, 28), 1, date(2025, 3, 28)),
            (date(2025, 12, 31), 2, date(2026, 2, 28)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2025, 3, 31), -1, date(2025, 2, 28)),
            (date(2025, 11, 30), 13, date(2026, 12, 30)),
        ):
            with self.subTest(day=day, months=months):
                self.assertEqual(add_months(day, months), expected)

    def test_the_last_day_of_a_month(self):
        self.assertEqual(month_end(date(2024, 2, 1)), date(2024, 2, 29))
        self.assertEqual(month_end(date(2025, 12, 31)), date(2025, 12, 31))
