"""A ledger of three months, each figure computed by hand beside it."""

import unittest
from datetime import date
from decimal import Decimal as D

from ..indicators import CountBack
from ..trend import Assigned, Owed, apart, ends, figures, first_of_month

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
LOSSES, DOUBTFUL, OPENING = 654, 416, 890  # accounts


class TestEnds(unittest.TestCase):
    def test_a_day_ends_the_month_under_way(self):
        self.assertEqual(
            ends(date(2026, 3, 10), 4), [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 10)]
        )
        self.assertEqual(ends(date(2024, 3, 31), 2), [date(2024, 2, 29), date(2024, 3, 31)])
        self.assertEqual(ends(date(2026, 3, 10), 1), [date(2026, 3, 10)])

    def test_months_are_counted_over_a_year(self):
        self.assertEqual(first_of_month(date(2026, 3, 31), 3), date(2025, 12, 1))
        self.assertEqual(first_of_month(date(2026, 12, 31), 24), date(2024, 12, 1))


class TestFigures(unittest.TestCase):
    """Opening in December 10,000; billed 30,000 in January, 28,000 in February, 12,400 up to 10 March; collected
    20,000, 26,000 and 8,000."""

    balances = {date(2025, 12, 1): D(10000), JANUARY: D(10000), FEBRUARY: D(2000), MARCH: D(4400)}
    billed = {JANUARY: D(30000), FEBRUARY: D(28000), MARCH: D(12400)}

    def at(self, on, not_due, overdue, old, length=2):
        [found] = figures(D(26400), self.balances, self.billed, [Owed(on, D(not_due), D(overdue), D(old))], length)
        return found

    def test_the_receivables_are_all_that_was_booked_up_to_that_day(self):
        self.assertEqual(self.at(date(2026, 1, 31), 0, 0, 0).receivables, 20000)
        self.assertEqual(self.at(date(2026, 3, 10), 0, 0, 0).receivables, 26400)

    def test_a_month_under_way_counts_for_its_days(self):
        found = self.at(date(2026, 3, 10), "19000.00", "8000.00", "1010.00")
        # February and 10 days of March: 38 days, 40,400 billed. 26,400 x 38 / 40,400 = 24.83
        self.assertEqual(found.dso, D("24.8"))
        self.assertEqual(found.best_possible, D("17.9"))  # 19,000 x 38 / 40,400 = 17.87
        self.assertEqual(found.average_delay, D("6.9"))
        # March 12,400 (10 days), then 14,000 of the 28,000 of February: 14 days of 28
        self.assertEqual(found.count_back, CountBack(D("24.0"), D(0)))
        # opening 20,000 + sales 40,400: collected 60,400 - 26,400 = 34,000 of 60,400 - 19,000 = 41,400
        self.assertEqual(found.effectiveness, D("82.1"))
        self.assertEqual(found.share_overdue, D("29.6"))  # 8,000 / 27,000
        self.assertEqual(found.share_old, D("3.7"))  # 1,010 / 27,000 = 3.74

    def test_a_whole_month_is_a_period(self):
        found = self.at(date(2026, 2, 28), 15000, 7000, 0, length=1)
        self.assertEqual(found.dso, D("22.0"))  # 22,000 x 28 / 28,000
        self.assertEqual(found.effectiveness, D("78.8"))  # (20,000 + 28,000 - 22,000) / (48,000 - 15,000)

    def test_what_was_owed_before_the_first_bill_is_left_unexplained(self):
        found = self.at(date(2025, 12, 31), 4000, 6000, 0)
        self.assertEqual((found.dso, found.best_possible, found.average_delay), (None, None, None))
        self.assertEqual(found.count_back, CountBack(D("0.0"), D(10000)))
        self.assertIsNone(
            found.effectiveness, "Nothing was billed, nothing was owed before: 0 - 4,000 could be collected."
        )

    def test_two_years_are_looked_back_on(self):
        billed = {first_of_month(date(2026, 2, 28), back): D(1) for back in range(40)}
        [found] = figures(D(100), {FEBRUARY: D(100)}, billed, [Owed(date(2026, 2, 28), D(100), D(0), D(0))], 1)
        # From March 2024 to February 2026: 731 days less the 29 February 2024, before them
        self.assertEqual(found.count_back, CountBack(D("730.0"), D(76)))

    def test_credits_that_nobody_used_are_set_against_what_is_late_first(self):
        """Otherwise the best possible DSO passes the DSO, and more than all of what could be collected was."""
        found = self.at(date(2026, 3, 10), 27000, 1000, 0)  # of 28,000, credits of 1,600 take 26,400 left
        self.assertEqual((found.dso, found.best_possible, found.average_delay), (D("24.8"), D("24.8"), D("0.0")))
        self.assertEqual(found.effectiveness, D("100.0"))  # 34,000 of 60,400 - 26,400

    def test_what_was_written_off_makes_no_figure_better(self):
        """Of the 26,400 left on 10 March, 4,000 more would be owed had they not been written off in February."""
        [found] = figures(
            D(22400),
            {**self.balances, FEBRUARY: D(-2000)},
            self.billed,
            [Owed(date(2026, 3, 10), D(15000), D(8000), D(1010))],
            2,
            {FEBRUARY: {LOSSES: D(4000)}},
        )
        self.assertEqual(found.receivables, 22400, "The ledger's.")
        self.assertEqual(found.dso, D("24.8"))  # (22,400 + 4,000) x 38 / 40,400
        self.assertEqual(found.count_back, CountBack(D("24.0"), D(0)))
        # opening 20,000 + sales 40,400 - 22,400 - 4,000 written off = 34,000 of 60,400 - 15,000 = 45,400
        self.assertEqual(found.effectiveness, D("74.9"))
        [later] = figures(
            D(22400),
            {FEBRUARY: D(-2000)},
            self.billed,
            [Owed(date(2026, 3, 10), D(0), D(0), D(0))],
            1,
            {FEBRUARY: {LOSSES: D(4000)}},
        )
        self.assertEqual(later.dso, D("18.1"), "Of another period: 22,400 x 10 / 12,400.")

    def test_what_came_in_by_an_opening_entry_could_be_collected_too(self):
        """5,000 entered in February by hand; 1,000 billed; 2,000 left: 4,000 of 6,000 - 500 not due."""
        [found] = figures(
            D(2000),
            {FEBRUARY: D(2000)},
            {FEBRUARY: D(1000)},
            [Owed(date(2026, 2, 28), D(500), D(1500), D(0))],
            1,
            {FEBRUARY: {OPENING: D(-5000)}},
        )
        self.assertEqual(found.effectiveness, D("72.7"))  # 4,000 / 5,500
        self.assertEqual(found.dso, D("56.0"))  # 2,000 x 28 / 1,000

    def test_an_opening_entry_hides_no_write_off_of_the_same_period(self):
        """5,000 entered by hand in February and 1,000 billed; 600 written off, 2,000 left: 3,400 of 5,500 came in."""
        [found] = figures(
            D(2000),
            {FEBRUARY: D(2000)},
            {FEBRUARY: D(1000)},
            [Owed(date(2026, 2, 28), D(500), D(1500), D(0))],
            1,
            {FEBRUARY: {OPENING: D(-5000), LOSSES: D(600)}},
        )
        self.assertEqual(found.effectiveness, D("61.8"))  # (6,000 - 2,000 - 600) / (6,000 - 500)
        self.assertEqual(found.dso, D("72.8"))  # 2,600 x 28 / 1,000

    def test_what_comes_back_from_where_it_went_has_not_left(self):
        for months, expected in (
            ([{DOUBTFUL: D(1000)}, {DOUBTFUL: D(-1000)}], (0, 0)),
            ([{DOUBTFUL: D(1000)}, {DOUBTFUL: D(-400), LOSSES: D(10)}], (610, 0)),
            ([{DOUBTFUL: D(-300)}, {OPENING: D(-5000), LOSSES: D(600)}], (600, 5300)),
            ([], (0, 0)),
        ):
            with self.subTest(months=months):
                self.assertEqual(apart(months), expected)

    def test_bills_and_receivables_assigned_are_still_to_be_paid(self):
        """Of the 26,400 on 10 March, 5,000 more stand in bills, 4,000 of them not due; 2,000 did on 31 January."""
        [found] = figures(
            D(26400),
            self.balances,
            self.billed,
            [Owed(date(2026, 3, 10), D(19000), D(8000), D(1010))],
            2,
            {},
            {
                date(2026, 1, 31): Assigned(D(2000), D(2000)),
                date(2026, 3, 10): Assigned(D(5000), D(4000)),
            },
        )
        self.assertEqual((found.receivables, found.share_overdue), (26400, D("29.6")), "The ledger's, as they were.")
        self.assertEqual(found.dso, D("29.5"))  # 31,400 x 38 / 40,400 = 29.53
        self.assertEqual(found.best_possible, D("21.6"))  # 23,000 x 38 / 40,400 = 21.63
        # March 12,400 (10 days), then 19,000 of the 28,000 of February: 19 days of 28
        self.assertEqual(found.count_back, CountBack(D("29.0"), D(0)))
        # opening 20,000 + 2,000, sales 40,400: 62,400 - 31,400 = 31,000 of 62,400 - 23,000 = 39,400
        self.assertEqual(found.effectiveness, D("78.7"))

    def test_customers_to_whom_money_is_owed_make_no_day(self):
        [found] = figures(D(-500), {MARCH: D(-500)}, {MARCH: D(1000)}, [Owed(date(2026, 3, 10), D(100), D(0), D(0))], 1)
        self.assertEqual((found.receivables, found.dso, found.best_possible), (-500, D("0.0"), D("0.0")))
        self.assertEqual((found.average_delay, found.effectiveness), (D("0.0"), D("100.0")))

    def test_an_empty_ledger_says_nothing(self):
        [found] = figures(D(0), {}, {}, [Owed(date(2026, 3, 10), D(0), D(0), D(0))], 3)
        self.assertEqual(found[1:], (0, 0, None, CountBack(D("0.0"), D(0)), None, None, None, None))


if __name__ == "__main__":
    unittest.main()
