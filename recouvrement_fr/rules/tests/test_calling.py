from datetime import date, datetime, time
from unittest import TestCase

from ..calling import is_given_up, next_try

WINDOW = (time(9), time(19))


def weekday(day):
    return day.weekday() < 5


class TestNextTry(TestCase):
    def test_the_delay_grows_then_another_way_is_taken(self):
        monday = datetime(2026, 3, 2, 10)
        tries = [next_try(monday, number, WINDOW, weekday) for number in (1, 2, 3, 4)]
        self.assertEqual(tries, [datetime(2026, 3, 2, 13), datetime(2026, 3, 3, 10), datetime(2026, 3, 5, 10), None])

    def test_nobody_is_called_in_the_evening_nor_before_the_opening(self):
        self.assertEqual(next_try(datetime(2026, 3, 2, 17), 1, WINDOW, weekday), datetime(2026, 3, 3, 9))
        self.assertEqual(next_try(datetime(2026, 3, 2, 16), 1, WINDOW, weekday), datetime(2026, 3, 2, 19))
        self.assertEqual(next_try(datetime(2026, 3, 2, 4), 1, WINDOW, weekday), datetime(2026, 3, 2, 9))
        self.assertEqual(next_try(datetime(2026, 3, 2, 23), 1, WINDOW, weekday), datetime(2026, 3, 3, 9))

    def test_a_closed_day_puts_it_off_to_the_next_opening(self):
        self.assertEqual(next_try(datetime(2026, 3, 6, 11), 2, WINDOW, weekday), datetime(2026, 3, 9, 9))
        self.assertEqual(
            next_try(datetime(2026, 3, 6, 11), 1, WINDOW, lambda day: day >= date(2026, 3, 7)), datetime(2026, 3, 7, 9)
        )


class TestIsGivenUp(TestCase):
    def test_the_days_counted_are_working_days_and_none_is_for_ever(self):
        monday = date(2026, 3, 2)
        self.assertFalse(is_given_up(monday, date(2026, 3, 16), 10))
        self.assertTrue(is_given_up(monday, date(2026, 3, 17), 10))
        self.assertFalse(is_given_up(date(2026, 4, 3), date(2026, 4, 7), 1))  # Easter Monday
        self.assertTrue(is_given_up(date(2026, 4, 3), date(2026, 4, 8), 1))
        self.assertFalse(is_given_up(monday, date(2030, 1, 1), 0))
