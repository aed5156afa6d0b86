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
        for due, delay, reading, expected in (
            (date(2026, 3, 20), 10, "middle", date(2026, 3, 30)),
            (MONDAY, 3, "high", date(2026, 3, 5)),  # due today: not late yet
            (date(2026, 3, 1), 0, "low", date(2026, 3, 9)),  # a day late: a week at least
            (date(2026, 2, 19), 0, "high", date(2026, 3, 9)),  # 11 days late: 6 more, but a week
            (date(2026, 2, 19), 0, "middle", date(2026, 3, 13)),  # 11 more
            (date(2026, 2, 19), 0, "low", date(2026, 3, 24)),  # 22 more
            (date(2026, 2, 19), 30, "middle", date(2026, 3, 21)),  # usually later than that: 19 February and 30 days
            (date(2026, 2, 3), 0, "high", date(2026, 3, 16)),  # 27 days late: 13.5 more, 14
        ):
            with self.subTest(due=due, delay=delay, reading=reading):
                self.assertEqual(expected_on(Debt(due, delay, D(1)), reading, MONDAY), expected)

    def test_a_low_reading_is_never_sooner_than_a_high_one(self):
        for late in range(-30, 91):
            due = MONDAY - late * DAY
            days = [
                expected_on(Debt(due, delay, D(1)), reading, MONDAY)
                for delay, reading in zip(USUAL, ("low", "middle", "high"), strict=True)
            ]
            self.assertEqual(days, sorted(days, reverse=True), late)


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
        # 90 days late: 45 more (week 6), 90 more (week 12), 180 more; 91 days late: 46 more in the high figure alone
        self.assertEqual(self.placed(debts), {6: (0, 0, 77), 12: (0, 7, 0)})

    def test_what_was_agreed_counts_in_the_low_figure_for_the_share_usually_kept(self):
        agreed = [Agreed(MONDAY + 8 * DAY, D(400)), Agreed(MONDAY - 2 * DAY, D(100))]
        self.assertEqual(self.placed(agreed=agreed, kept=D("0.75")), {0: (75, 100, 100), 1: (300, 400, 400)})
        self.assertEqual(self.placed(agreed=agreed), {0: (50, 100, 100), 1: (200, 400, 400)})

    def test_added_up_the_low_figure_never_passes_the_middle_one_nor_that_one_the_high_one(self):
        for late in range(-60, 121):
            debts = [(MONDAY - late * DAY, USUAL, D(10)), (MONDAY + late * DAY, NEVER_LATE, D(3))]
            agreed = [Agreed(MONDAY + late * DAY, D(4))]
            weeks = self.placed(debts, agreed, kept=D("0.9"))
            low = middle = high = D(0)
            for number in range(WEEKS):
                low, middle, high = map(sum, zip((low, middle, high), weeks.get(number, (0, 0, 0)), strict=True))
                self.assertTrue(low <= middle <= high, (late, number))

    def test_nothing_owed_is_nothing_expected(self):
        self.assertEqual(self.placed(), {})


if __name__ == "__main__":
    unittest.main()
