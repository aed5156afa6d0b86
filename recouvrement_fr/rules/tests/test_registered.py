import unittest
from datetime import date

from ..registered import acceptance_until, is_served


class TestRegistered(unittest.TestCase):
    def test_a_refused_or_unclaimed_letter_is_served_and_a_returned_or_lost_one_is_not(self):
        served = {"delivered": True, "refused": True, "unclaimed": True, "returned": False, "lost": False}
        self.assertEqual({state: is_served(state) for state in served}, served)

    def test_a_letter_on_its_way_is_not_served_yet(self):
        self.assertFalse(is_served("posted"))
        self.assertFalse(is_served("presented"))

    def test_an_electronic_letter_waits_fifteen_days_from_the_day_after_its_notice(self):
        self.assertEqual(acceptance_until(date(2026, 2, 27)), date(2026, 3, 14))
