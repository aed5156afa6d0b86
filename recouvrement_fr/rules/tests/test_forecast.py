"""Thirteen weeks from Monday 2 March 2026; each amount placed by hand."""

import unittest
from datetime import date, timedelta
from decimal import Decimal as D

from ..forecast import QUANTILES, WEEKS, Agreed, Debt, expected_on, forecast

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
USUAL, NEVER_LATE = (20, 10, 0), (0, 0, 0)  # days late: low, middle, high


class TestExpectedOn(unittest.TestCase):
    def test_a_debt_is_expected_when_its_debtor_usually_pays(self):
        for due, delay, expected in (
            (date(2026, 3, 20), 10, date(2026, 3, 30)),
            (date(2026, 2, 20), 10, MONDAY),  # 20 February and 10 days: today
            (date(2026, 2, 19), 10, date(2026, 3, 12)),  # a day later than usual: as many days from now
            (date(2026, 2, 19), 0, date(2026, 3, 9)),  # never late, and late: a week
        ):
            with self.subTest(due=due, delay=delay):
                self.assertEqual(expected_on(due, delay, MONDAY), expected)


class TestForecast(unittest.TestCase):
    def placed(self, debts=(), agreed=(), kept=None):
        """{number of the week: (low, middle, high)}, empty weeks left out.

        :param debts: (due date, days late by reading, amount)
        """
        by_reading = {
            reading: [Debt(due, delays[number], amount) for due, delays, amount in debts]
            for number, reading in enumerate(QUANTILES)
        }
        weeks = forecast(by_reading, agreed, kept, MONDAY)
        self.assertEqual([week.start for week in weeks], [MONDAY + 7 * number * DAY for number in range(WEEKS)])
        return {number: tuple(week[1:]) for number, week in enumerate(weeks) if any(week[1:])}

    def test_each_reading_takes_its_own_delay(self):
        # Due 9 March: high that day, in week 1; middle 19 March, week 2; low 29 March, week 3.
        self.assertEqual(
            self.placed([(date(2026, 3, 9), USUAL, D("100.10"))]),
            {1: (0, 0, D("100.10")), 2: (0, D("100.10"), 0), 3: (D("100.10"), 0, 0)},
        )

    def test_the_last_day_of_a_week_is_of_that_week(self):
        self.assertEqual(self.placed([(MONDAY + 6 * DAY, NEVER_LATE, D(5))]), {0: (5, 5, 5)})
        self.assertEqual(self.placed([(MONDAY + 7 * DAY, NEVER_LATE, D(5))]), {1: (5, 5, 5)})

    def test_what_comes_after_the_thirteenth_week_is_left_out(self):
        self.assertEqual(self.placed([(MONDAY + 90 * DAY, NEVER_LATE, D(5))]), {12: (5, 5, 5)})
        self.assertEqual(self.placed([(MONDAY + 91 * DAY, NEVER_LATE, D(5))]), {})

    def test_old_debts_are_in_the_high_figure_alone(self):
        debts = [(MONDAY - 90 * DAY, NEVER_LATE, D(7)), (MONDAY - 91 * DAY, NEVER_LATE, D(70))]
        self.assertEqual(self.placed(debts), {1: (7, 7, 77)})

    def test_what_was_agreed_counts_in_the_low_figure_for_the_share_usually_kept(self):
        agreed = [Agreed(MONDAY + 8 * DAY, D(400)), Agreed(MONDAY - 2 * DAY, D(100))]
        self.assertEqual(self.placed(agreed=agreed, kept=D("0.75")), {0: (75, 100, 100), 1: (300, 400, 400)})
        self.assertEqual(self.placed(agreed=agreed), {0: (50, 100, 100), 1: (200, 400, 400)})

    def test_nothing_owed_is_nothing_expected(self):
        self.assertEqual(self.placed(), {})


if __name__ == "__main__":
    unittest.main()
