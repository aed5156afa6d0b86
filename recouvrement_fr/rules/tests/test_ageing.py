from datetime import date
from unittest import TestCase

from ..ageing import age, band


class TestAgeing(TestCase):
    def test_each_band_ends_with_its_last_day(self):
        for days, name in (
            *((-5, "not_due"), (0, "not_due"), (1, "to_30"), (30, "to_30"), (31, "to_60"), (60, "to_60")),
            *((61, "to_90"), (90, "to_90"), (91, "over_90"), (4000, "over_90")),
        ):
            with self.subTest(days=days):
                self.assertEqual(band(days), name)

    def test_the_day_something_is_due_it_is_not_late(self):
        self.assertEqual(age(date(2026, 3, 2), date(2026, 3, 2)), "not_due")
        self.assertEqual(age(date(2026, 3, 2), date(2026, 3, 3)), "to_30")
