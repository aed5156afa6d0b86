"""Instalment plans: proposed to the cent, judged from the cash."""

import unittest
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ..errors import (
    NegativeAmount,
    ScheduleDiffers,
    ScheduleImpossible,
    ScheduleUnordered,
    SharesInvalid,
    UnknownFrequency,
)
from ..instalments import (
    Instalment,
    Payment,
    check_schedule,
    due_dates,
    equal_instalments,
    fixed_instalments,
    for_total,
    judge,
    percentage_instalments,
)

D = Decimal
FIRST = date(2026, 1, 31)


def amounts(instalments):
    return [str(instalment.amount) for instalment in instalments]


class TestDueDates(unittest.TestCase):
    def test_a_plan_of_the_last_day_stays_on_the_last_day_and_a_weekend_moves_one_alone(self):
        self.assertEqual(  # 31 January, 28 February and 31 May 2026 fall on weekends; 1 May and 25 May are holidays
            due_dates(FIRST, 5),
            [date(2026, 2, 2), date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 30), date(2026, 6, 1)],
        )

    def test_weeks_and_quarters(self):
        start = date(2026, 1, 5)
        self.assertEqual(due_dates(start, 3, "weekly"), [start, date(2026, 1, 12), date(2026, 1, 19)])
        self.assertEqual(due_dates(start, 2, "fortnightly"), [start, date(2026, 1, 19)])
        self.assertEqual(due_dates(start, 2, "quarterly"), [start, date(2026, 4, 7)])  # 6 April is Easter Monday

    def test_good_friday_is_a_holiday_in_alsace_moselle_alone(self):
        self.assertEqual(due_dates(date(2026, 4, 3), 1), [date(2026, 4, 3)])
        self.assertEqual(due_dates(date(2026, 4, 3), 1, subdivision="67"), [date(2026, 4, 7)])

    def test_a_frequency_that_does_not_exist_is_named(self):
        with self.assertRaisesRegex(UnknownFrequency, "weekly, fortnightly"):
            due_dates(FIRST, 2, "daily")


class TestSchedules(unittest.TestCase):
    def test_the_last_instalment_absorbs_the_rounding(self):
        self.assertEqual(amounts(equal_instalments(D("1000.00"), due_dates(FIRST, 3))), ["333.33", "333.33", "333.34"])

    def test_a_currency_without_cents(self):
        self.assertEqual(amounts(equal_instalments(D(1000), due_dates(FIRST, 3), digits=0)), ["333", "333", "334"])

    def test_too_many_instalments_are_refused(self):
        with self.assertRaises(ScheduleImpossible):
            equal_instalments(D("0.02"), due_dates(FIRST, 3))
        with self.assertRaises(ScheduleImpossible):
            equal_instalments(D(10), [])

    def test_percentages(self):
        days = due_dates(FIRST, 3)
        made = percentage_instalments(D("1000.01"), [D("33.3"), D("33.3"), D("33.4")], days)
        self.assertEqual(amounts(made), ["333.00", "333.00", "334.01"])
        self.assertEqual(amounts(percentage_instalments(D(5), [D(100)], days[:1])), ["5"])

    def test_percentages_that_are_not_of_a_whole_are_refused(self):
        days = due_dates(FIRST, 2)
        for shares in ([D(50), D(49)], [D(120), D(-20)]):
            with self.assertRaises(SharesInvalid):
                percentage_instalments(D(100), shares, days)
        with self.assertRaises(ScheduleImpossible):
            percentage_instalments(D(100), [D(100)], days)

    def test_as_many_instalments_of_an_amount_as_it_takes(self):
        self.assertEqual(amounts(fixed_instalments(D("1000.00"), D("300.00"), FIRST))[-2:], ["300.00", "100.00"])
        self.assertEqual(amounts(fixed_instalments(D(600), D(300), FIRST)), ["300", "300"])

    def test_nothing_is_not_a_plan(self):
        for total, amount in ((D(0), D(1)), (D(1), D(0))):
            with self.assertRaises(NegativeAmount):
                fixed_instalments(total, amount, FIRST)

    @given(st.integers(1, 10**9), st.integers(1, 60))
    def test_instalments_always_add_up(self, cents, count):
        total = D(cents).scaleb(-2)
        if cents < count:
            return
        made = equal_instalments(total, due_dates(FIRST, count))
        self.assertEqual(sum(one.amount for one in made), total)
        self.assertEqual(min(one.amount for one in made[:-1]) if count > 1 else total, made[0].amount)
        check_schedule(total, [Instalment(FIRST.replace(year=2026 + at), one.amount) for at, one in enumerate(made)])

    def test_a_schedule_by_hand_is_checked(self):
        first, second = Instalment(FIRST, D(60)), Instalment(date(2026, 3, 1), D(40))
        check_schedule(D(100), [first, second])
        with self.assertRaisesRegex(ScheduleDiffers, "by 10"):
            check_schedule(D(110), [first, second])
        with self.assertRaises(ScheduleUnordered):
            check_schedule(D(100), [second, first])
        with self.assertRaises(NegativeAmount):
            check_schedule(D(100), [Instalment(FIRST, D(0))])


class TestForTotal(unittest.TestCase):
    def kept(self, total):
        days = (date(2026, 5, 4), date(2026, 3, 4), date(2026, 4, 4))
        return amounts(for_total([Instalment(day, D(300)) for day in days], D(total)))

    def test_the_last_instalments_make_up_the_difference(self):
        self.assertEqual(self.kept("900"), ["300", "300", "300"])
        self.assertEqual(self.kept("950.50"), ["300", "300", "350.50"])
        self.assertEqual(self.kept("650"), ["300", "300", "50"])
        self.assertEqual(self.kept("600"), ["300", "300"])
        self.assertEqual(self.kept("0.01"), ["0.01"])

    def test_nothing_left_is_not_a_plan(self):
        with self.assertRaises(NegativeAmount):
            self.kept("0")


class TestJudge(unittest.TestCase):
    PLAN = (
        Instalment(date(2026, 1, 15), D(100)),
        Instalment(date(2026, 2, 16), D(100)),
        Instalment(date(2026, 3, 16), D(100)),
    )

    def states(self, payments, on, tolerance_days=0):
        return [one.state for one in judge(self.PLAN, payments, on, tolerance_days)]

    def test_an_instalment_is_due_until_the_end_of_its_day(self):
        self.assertEqual(self.states([], date(2026, 1, 15)), ["upcoming"] * 3)
        self.assertEqual(self.states([], date(2026, 1, 16)), ["missed", "upcoming", "upcoming"])

    def test_the_tolerance_puts_the_default_off(self):
        self.assertEqual(self.states([], date(2026, 1, 18), 3)[0], "awaited")
        self.assertEqual(self.states([], date(2026, 1, 19), 3)[0], "missed")

    def test_cash_goes_to_the_oldest_instalment(self):
        standings = judge(self.PLAN, [Payment(date(2026, 1, 10), D(150))], date(2026, 2, 17))
        self.assertEqual([(one.paid, one.state) for one in standings[:2]], [(D(100), "paid"), (D(50), "missed")])
        self.assertEqual(standings[0].paid_on, date(2026, 1, 10))
        self.assertIsNone(standings[1].paid_on)

    def test_paid_after_its_tolerance_is_paid_late(self):
        payments = [Payment(date(2026, 1, 25), D(100))]
        self.assertEqual(self.states(payments, date(2026, 2, 1), 3)[0], "paid_late")
        self.assertEqual(self.states(payments, date(2026, 2, 1), 10)[0], "paid")

    def test_what_comes_after_the_day_is_not_known_yet(self):
        self.assertEqual(self.states([Payment(date(2026, 1, 25), D(300))], date(2026, 1, 20))[0], "missed")

    def test_everything_paid_at_once(self):
        self.assertEqual(self.states([Payment(date(2026, 1, 2), D(300))], date(2026, 1, 3)), ["paid"] * 3)
