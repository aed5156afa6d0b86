import unittest
from datetime import date, timedelta
from decimal import Decimal

from ..promises import Movement, by_day, judge, last_day, news

DAY = timedelta(days=1)
MADE = date(2026, 3, 2)
LIMIT = date(2026, 3, 18)  # promised for the 16th, two days of tolerance


def cash(on, amount):
    return Movement(on, Decimal(amount))


def credit(on, amount):
    return Movement(on, Decimal(amount), True)


class TestLastDay(unittest.TestCase):
    def test_the_tolerance_is_of_working_days(self):
        friday = date(2026, 4, 3)  # before Easter Monday
        for days, wanted in ((0, friday), (1, date(2026, 4, 7)), (2, date(2026, 4, 8))):
            self.assertEqual(last_day(friday, days), wanted, days)
        self.assertEqual(last_day(date(2026, 4, 2), 1, "alsace-moselle"), date(2026, 4, 7))  # Good Friday too


class TestNews(unittest.TestCase):
    def test_a_day_adds_up_cash_and_credit_apart(self):
        self.assertEqual(
            by_day([cash(MADE, 1), credit(MADE, 5), cash(MADE, 2)]),
            {(MADE, False): Decimal(3), (MADE, True): Decimal(5)},
        )

    def test_what_was_known_is_not_news_even_undone_and_redone(self):
        known = by_day([cash(MADE - DAY, 300)])
        self.assertEqual(news([cash(MADE - DAY, 300)], known), [])

    def test_a_transfer_of_last_week_entered_today_is_news(self):
        self.assertEqual(news([cash(MADE - DAY * 7, 300)], {}), [cash(MADE - DAY * 7, 300)])

    def test_the_second_payment_of_a_day_is_news_for_what_it_adds(self):
        known = by_day([cash(MADE, 300)])
        self.assertEqual(news([cash(MADE, 300), cash(MADE, 200)], known), [cash(MADE, 200)])

    def test_an_older_payment_that_comes_back_takes_nothing_from_the_new(self):
        known = by_day([cash(MADE - DAY, 300)])
        self.assertEqual(news([cash(MADE + DAY, 500)], known), [cash(MADE + DAY, 500)])


class TestJudge(unittest.TestCase):
    def judge(self, movements, on, promised=1000, owed=1000, known=None):
        return judge(Decimal(promised), Decimal(owed), movements, known or {}, on, LIMIT)

    def test_nothing_came_in(self):
        for on, state in ((MADE, "open"), (LIMIT, "open"), (LIMIT + DAY, "broken")):
            self.assertEqual(self.judge([], on).state, state, on)

    def test_kept_on_the_day_it_is_complete(self):
        found = self.judge([cash(MADE + DAY, 400), cash(LIMIT, 600)], LIMIT)
        self.assertEqual((found.state, found.kept_on, found.received), ("kept", LIMIT, Decimal(1000)))

    def test_kept_stays_kept_on_its_first_complete_day(self):
        found = self.judge([cash(MADE + DAY, 1000), cash(MADE + 2 * DAY, 5)], LIMIT, owed=2000)
        self.assertEqual((found.state, found.kept_on, found.received), ("kept", MADE + DAY, Decimal(1005)))

    def test_a_part_keeps_it_in_part_once_the_day_is_over(self):
        movements = [cash(LIMIT, 999), cash(LIMIT + DAY, 1)]
        self.assertEqual(self.judge(movements, LIMIT).state, "open")
        found = self.judge(movements, LIMIT + DAY)
        self.assertEqual((found.state, found.received), ("partly_kept", Decimal(999)))

    def test_too_late_is_broken(self):
        self.assertEqual(self.judge([cash(LIMIT + DAY, 1000)], LIMIT + DAY * 2).state, "broken")

    def test_a_payment_dated_tomorrow_is_not_there_today(self):
        self.assertEqual(self.judge([cash(MADE + DAY, 1000)], MADE).received, 0)

    def test_a_credit_note_lowers_what_is_expected(self):
        found = self.judge([credit(MADE + DAY, 300), cash(LIMIT, 700)], LIMIT + DAY)
        self.assertEqual((found.state, found.expected), ("kept", Decimal(700)))

    def test_a_credit_note_alone_is_not_a_payment(self):
        found = self.judge([credit(MADE + DAY, 500)], LIMIT + DAY, promised=500)
        self.assertEqual((found.state, found.expected), ("broken", Decimal(500)))

    def test_credited_whole_it_is_neither_kept_nor_broken(self):
        movements = [credit(MADE + DAY, 1000)]
        self.assertEqual(self.judge(movements, LIMIT).state, "open")
        self.assertEqual(self.judge(movements, LIMIT + DAY).state, "credited")
