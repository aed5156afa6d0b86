"""Each value computed by hand beside it."""

import unittest
from decimal import Decimal as D

from ..agenda import Value, Work, expected, weight


class TestExpected(unittest.TestCase):
    def test_amount_times_chance_times_urgency(self):
        for work, value in (
            (Work(D(1000), 10), Value(D("600.00"), D("0.60"), D(1), ())),
            (Work(D(1000), 15), Value(D("600.00"), D("0.60"), D(1), ())),
            (Work(D(1000), 16), Value(D("500.00"), D("0.50"), D(1), ())),
            (Work(D(1000), 60), Value(D("400.00"), D("0.40"), D(1), ())),
            (Work(D(1000), 90), Value(D("300.00"), D("0.30"), D(1), ())),
            (Work(D(1000), 91), Value(D("150.00"), D("0.15"), D(1), ())),
            # 1,000 x 0.5 x 1.2
            (Work(D(1000), 20, D("5.1")), Value(D("600.00"), D("0.600"), D(1), ("slow",))),
            # 1,000 x 0.5 x 0.8
            (Work(D(1000), 20, D(5)), Value(D("400.00"), D("0.400"), D(1), ("prompt",))),
            # 1,000 x 0.15 x 3: limitation today
            (Work(D(1000), 1500, None, 0), Value(D("450.00"), D("0.15"), D(3), ("deadline",))),
            (Work(D(1000), 10, None, 7), Value(D("1500.00"), D("0.60"), D("2.5"), ("deadline",))),
            (Work(D(1000), 10, None, 30), Value(D("900.00"), D("0.60"), D("1.5"), ("deadline",))),
            (Work(D(1000), 10, None, 31), Value(D("600.00"), D("0.60"), D(1), ())),
            (Work(D(1000), 10, None, -3), Value(D("1800.00"), D("0.60"), D(3), ("deadline",))),
            (Work(D(1000), 10, None, None, True), Value(D("900.00"), D("0.60"), D("1.5"), ("promise",))),
            (Work(D(1000), 10, None, None, False, True), Value(D("900.00"), D("0.60"), D("1.5"), ("reply",))),
            # the highest urgency alone: 1,234.56 x 0.5 x 1.2 x 2.5 = 1,851.84
            (
                Work(D("1234.56"), 20, D(40), 3, True, True),
                Value(D("1851.84"), D("0.600"), D("2.5"), ("slow", "deadline")),
            ),
            (Work(D(-5), 10), Value(D("0.00"), D("0.60"), D(1), ())),
        ):
            with self.subTest(work=work):
                self.assertEqual(expected(work), value)

    def test_a_broken_promise_weighs_less_each_day_until_it_is_forgotten(self):
        for days, fades_in, expected_weight, urgency, value in (
            (0, 90, D(1), D("1.50"), D("900.00")),
            (30, 90, D(60) / 90, D("1.33"), D("798.00")),  # 1 + 0.5 x 2/3; 1,000 x 0.6 x 1.33
            (45, 90, D("0.5"), D("1.25"), D("750.00")),
            (89, 90, D(1) / 90, D("1.01"), D("606.00")),
            (90, 90, D(0), D(1), D("600.00")),
            (500, 90, D(0), D(1), D("600.00")),
            (0, 0, D(0), D(1), D("600.00")),
            (-1, 90, D(0), D(1), D("600.00")),
        ):
            with self.subTest(days=days):
                self.assertEqual(weight(days, fades_in), expected_weight)
                found = expected(Work(D(1000), 10, broken=weight(days, fades_in)))
                self.assertEqual((found.urgency, found.value), (urgency, value))
                self.assertEqual(found.why, ("promise",) if expected_weight else ())

    def test_a_small_urgent_debt_comes_before_a_large_old_one_nobody_pays(self):
        self.assertGreater(expected(Work(D(1000), 10, None, 2)).value, expected(Work(D(9000), 400)).value)
