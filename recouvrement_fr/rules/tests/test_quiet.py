import unittest
from datetime import date

from ..quiet import QuietPeriod, quiet_until

AUGUST = QuietPeriod(date(2026, 8, 1), date(2026, 8, 31), yearly=True)
YEAR_END = QuietPeriod(date(2026, 12, 20), date(2027, 1, 3), yearly=True)
ONCE = QuietPeriod(date(2026, 5, 4), date(2026, 5, 8))


class TestQuiet(unittest.TestCase):
    def test_both_ends_are_quiet_and_the_days_around_are_not(self):
        for day, until in (
            (date(2026, 5, 3), None),
            (date(2026, 5, 4), date(2026, 5, 8)),
            (date(2026, 5, 8), date(2026, 5, 8)),
            (date(2026, 5, 9), None),
            (date(2027, 5, 5), None),
        ):
            self.assertEqual(quiet_until([ONCE], day), until)

    def test_a_yearly_period_comes_back(self):
        self.assertEqual(quiet_until([AUGUST], date(2031, 8, 15)), date(2031, 8, 31))
        self.assertIsNone(quiet_until([AUGUST], date(2031, 9, 1)))

    def test_a_yearly_period_may_cross_the_new_year(self):
        self.assertEqual(quiet_until([YEAR_END], date(2028, 12, 31)), date(2029, 1, 3))
        self.assertEqual(quiet_until([YEAR_END], date(2029, 1, 1)), date(2029, 1, 3))
        self.assertIsNone(quiet_until([YEAR_END], date(2029, 1, 4)))

    def test_periods_that_touch_make_one_silence(self):
        next_days = QuietPeriod(date(2026, 5, 9), date(2026, 5, 10))
        self.assertEqual(quiet_until([next_days, ONCE], date(2026, 5, 5)), date(2026, 5, 10))

    def test_a_whole_year_of_silence_ends_the_search(self):
        always = QuietPeriod(date(2026, 1, 1), date(2026, 12, 31), yearly=True)
        self.assertGreater(quiet_until([always], date(2026, 6, 1)), date(2027, 6, 1))

    def test_formal_notices_leave_where_they_are_spared(self):
        spared = AUGUST._replace(spares_notices=True)
        self.assertIsNone(quiet_until([spared], date(2026, 8, 5), "formal_notice"))
        self.assertEqual(quiet_until([spared], date(2026, 8, 5)), date(2026, 8, 31))
        self.assertEqual(quiet_until([AUGUST], date(2026, 8, 5), "formal_notice"), date(2026, 8, 31))

    def test_the_29_of_february_is_the_28_in_a_common_year(self):
        winter = QuietPeriod(date(2028, 2, 20), date(2028, 2, 29), yearly=True)
        self.assertEqual(quiet_until([winter], date(2029, 2, 21)), date(2029, 2, 28))
        self.assertEqual(quiet_until([winter], date(2032, 2, 21)), date(2032, 2, 29))

    def test_without_periods_nothing_is_quiet(self):
        self.assertIsNone(quiet_until([], date(2026, 8, 5)))
