"""Deadlines of CPC 640 to 642, holidays, and the delays of procedures on both sides of a reform."""

import unittest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from .. import deadlines
from ..deadlines import (
    DELAYS,
    Delay,
    day_deadline,
    is_holiday,
    is_sending_day,
    is_working_day,
    procedural_deadline,
)
from ..errors import DelayNotInForce, UnknownDelay, UnknownSubdivision

GOOD_FRIDAY = date(2026, 4, 3)
SAINT_STEPHEN = date(2025, 12, 26)  # a Friday


class TestHolidays(unittest.TestCase):
    def test_the_eleven_holidays_of_the_labour_code(self):
        days = [date(2026, month, day) for month in range(1, 13) for day in range(1, 29)]
        found = [day for day in days if is_holiday(day)]
        self.assertEqual(
            [str(day)[5:] for day in found],
            ["01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25"],
        )

    def test_alsace_moselle_has_two_more(self):
        for place, holiday in (
            ("Alsace-Moselle", True),
            ("57", True),
            ("67", True),
            ("68", True),
            ("GES", True),
            (None, False),
            ("", False),
            ("75", False),
            ("2A", False),
            ("54", False),
            ("57000", True),
            ("54000", False),
            ("75001", False),
            ("97500", False),
        ):
            with self.subTest(place=place):
                self.assertEqual(is_holiday(GOOD_FRIDAY, place), holiday)
                self.assertEqual(is_holiday(SAINT_STEPHEN, place), holiday)

    def test_overseas_territories_have_their_own(self):
        for place, day in (
            ("971", date(2026, 5, 27)),
            ("972", date(2026, 5, 22)),
            ("973", date(2026, 6, 10)),
            ("974", date(2026, 12, 20)),
            ("976", date(2026, 4, 27)),
            ("977", date(2026, 10, 9)),
            ("978", date(2026, 5, 28)),
            ("RE", date(2026, 12, 20)),
            ("97400", date(2026, 12, 20)),
        ):
            with self.subTest(place=place):
                self.assertTrue(is_holiday(day, place))
                self.assertFalse(is_holiday(day))

    def test_customary_days_overseas_move_no_deadline(self):
        for place, own in (
            *(("971", 1), ("972", 1), ("973", 1), ("974", 1), ("976", 1), ("977", 1), ("978", 1)),
            *(("975", 0), ("986", 0), ("987", 0), ("988", 0), ("75", 0), ("57", 2)),
        ):
            days = [date(2026, 1, 1) + timedelta(days=count) for count in range(365)]
            with self.subTest(place=place):
                self.assertEqual(sum(is_holiday(day, place) for day in days), 11 + own)

    def test_every_place_that_is_named_is_known_to_the_library(self):
        for place in deadlines.SUBDIVISIONS:
            self.assertIsNotNone(deadlines._library_name(place))

    def test_an_unknown_place_is_refused(self):
        for place in ("Bretagne", "XX", "5", "5700"):
            with self.subTest(place=place), self.assertRaises(UnknownSubdivision):
                is_holiday(GOOD_FRIDAY, place)


class TestWorkingDays(unittest.TestCase):
    def test_saturdays_sundays_and_holidays_are_not_working_days(self):
        for day, working in (
            (date(2026, 5, 7), True),
            (date(2026, 5, 8), False),
            (date(2026, 5, 9), False),
            (date(2026, 5, 10), False),
            (date(2026, 5, 11), True),
        ):
            with self.subTest(day=day):
                self.assertEqual(is_working_day(day), working)

    def test_reminders_leave_on_chosen_weekdays_that_are_not_holidays(self):
        saturday = date(2026, 5, 9)
        self.assertTrue(is_sending_day(date(2026, 5, 7)))
        self.assertFalse(is_sending_day(date(2026, 5, 8)))
        self.assertFalse(is_sending_day(saturday))
        self.assertTrue(is_sending_day(saturday, {5}))
        self.assertFalse(is_sending_day(GOOD_FRIDAY, range(5), "57"))
        self.assertFalse(is_sending_day(date(2026, 5, 7), ()))


class TestDeadlines(unittest.TestCase):
    def last_day(self, start, months, place=None):
        delay = Delay("answer", "service", "CPC 641", months=months)
        return procedural_deadline("answer", start, subdivision=place, delays=[delay]).last_day

    def test_months_end_on_the_same_number_or_the_last_day_then_on_a_working_day(self):
        for start, months, expected in (
            (date(2026, 1, 15), 1, date(2026, 2, 16)),  # 15 February is a Sunday
            (date(2026, 1, 30), 1, date(2026, 3, 2)),  # 28 February is a Saturday
            (date(2026, 4, 8), 1, date(2026, 5, 11)),  # 8 May, a holiday, is a Friday
            (date(2026, 6, 30), 1, date(2026, 7, 30)),
        ):
            with self.subTest(start=start):
                self.assertEqual(self.last_day(start, months), expected)

    def test_days_do_not_count_the_first(self):
        self.assertEqual(day_deadline(date(2026, 6, 1), 8), date(2026, 6, 9))
        self.assertEqual(day_deadline(date(2026, 4, 30), 8), date(2026, 5, 11))

    def test_the_place_changes_the_last_day(self):
        self.assertEqual(self.last_day(date(2026, 3, 3), 1), GOOD_FRIDAY)
        self.assertEqual(self.last_day(date(2026, 3, 3), 1, "67"), date(2026, 4, 7))  # after Easter Monday


class TestProceduralDeadline(unittest.TestCase):
    def test_an_order_is_served_in_six_months_or_in_three_from_september_2026(self):
        for order, nominal, last_day in (
            (date(2026, 8, 31), date(2027, 2, 28), date(2027, 3, 1)),
            (date(2026, 9, 1), date(2026, 12, 1), date(2026, 12, 1)),
        ):
            with self.subTest(order=order):
                found = procedural_deadline("injonction_service", order)
                self.assertEqual((found.nominal, found.last_day, found.opens_on), (nominal, last_day, None))

    def test_the_date_of_the_order_decides_when_it_may_be_enforced(self):
        served = date(2026, 9, 10)
        for order, opens_on in ((date(2026, 8, 31), date(2026, 10, 13)), (date(2026, 9, 1), date(2026, 11, 11))):
            with self.subTest(order=order):
                found = procedural_deadline("injonction_enforceable", served, ruled_on=order)
                self.assertEqual(found.opens_on, opens_on)

    def test_a_delay_before_a_hearing_ends_on_the_working_day_before(self):
        found = procedural_deadline("summons_filing_tc", date(2026, 5, 18))  # 8 days before is Sunday 10 May
        self.assertEqual((found.nominal, found.last_day), (date(2026, 5, 10), date(2026, 5, 7)))

    def test_a_declaration_runs_from_the_bodacc(self):
        for code, last_day in (
            ("declaration", date(2026, 3, 16)),
            ("declaration_abroad", date(2026, 5, 15)),
            ("revendication", date(2026, 4, 15)),
            ("relief_from_forclusion", date(2026, 7, 15)),
        ):
            with self.subTest(code=code):
                self.assertEqual(procedural_deadline(code, date(2026, 1, 15)).last_day, last_day)

    def test_a_delay_that_did_not_exist_yet_is_refused(self):
        with self.assertRaises(DelayNotInForce):
            procedural_deadline("injonction_opposition_notice", date(2026, 8, 31))
        with self.assertRaises(UnknownDelay):
            procedural_deadline("injonction", date(2026, 8, 31))

    def test_every_delay_cites_its_article_and_its_event(self):
        for delay in DELAYS:
            with self.subTest(code=delay.code):
                self.assertTrue(delay.article and delay.event and (delay.months or delay.days))
                self.assertIn(delay.kind, ("act_by", "open_after"))


class TestDeadlinesHold(unittest.TestCase):
    """Whatever the day and the place."""

    @given(
        code=st.sampled_from(sorted({delay.code for delay in DELAYS})),
        start=st.dates(date(2026, 9, 1), date(2035, 12, 31)),
        place=st.sampled_from((None, "alsace-moselle", "974")),
    )
    def test_a_delay_ends_on_a_working_day_close_to_its_term_and_never_shortens_as_it_starts_later(
        self, code, start, place
    ):
        found = procedural_deadline(code, start, subdivision=place)
        later = procedural_deadline(code, start + timedelta(days=1), subdivision=place)
        self.assertTrue(is_working_day(found.last_day, place))
        self.assertLessEqual(found.last_day, later.last_day)
        rolled = (found.last_day - found.nominal).days
        self.assertIn(rolled, range(-5, 1) if found.nominal < start else range(6))
        self.assertIn(found.opens_on, (None, found.last_day + timedelta(days=1)))
