import unittest
from datetime import date
from decimal import Decimal

from .. import penalties
from ..penalties import Kept

MARCH = date(2026, 3, 31)


def kept(state, amount, waived="0", until=MARCH):
    return Kept(1, state, Decimal(amount), Decimal(waived), until, None, None)


def part(start, end, days, interest):
    return {"from": start, "to": end, "days": days, "base": "1000.00", "rate": "12.15", "interest": interest}


FIRST = part("2026-01-01", "2026-03-31", 90, "29.96")
SECOND = part("2026-04-01", "2026-04-30", 30, "9.99")


class TestDeducted(unittest.TestCase):
    def test_what_is_booked_paid_or_waived_is_not_asked_again(self):
        for state in ("invoiced", "paid", "waived"):
            self.assertEqual(penalties.still_asked(Decimal("39.95"), [kept(state, "29.96")]), Decimal("9.99"), state)

    def test_of_what_is_open_only_the_waiver_is_deducted(self):
        for state in ("accrued", "claimed", "void"):
            row = kept(state, "29.96", "5")
            self.assertEqual(penalties.still_asked(Decimal("39.95"), [row]), Decimal("34.95"), state)

    def test_never_below_zero(self):
        self.assertEqual(penalties.still_asked(Decimal("10"), [kept("paid", "29.96")]), 0)

    def test_the_days_shown_begin_after_the_last_closed_period(self):
        self.assertEqual(
            penalties.unsettled([FIRST, SECOND], [kept("paid", "29.96"), kept("accrued", "9.99")]), [SECOND]
        )
        self.assertEqual(penalties.unsettled([FIRST, SECOND], [kept("claimed", "29.96")]), [FIRST, SECOND])

    def test_a_tranche_cut_by_a_closed_period_keeps_its_share_of_days(self):
        [cut, whole] = penalties.after([FIRST, SECOND], date(2026, 3, 1))
        self.assertEqual(
            (cut["from"], cut["to"], cut["days"], cut["interest"]), ("2026-03-02", "2026-03-31", 30, "9.99")
        )
        self.assertEqual(whole, SECOND)
        self.assertEqual(FIRST["from"], "2026-01-01", "what was given is left as it was")


class TestRestated(unittest.TestCase):
    def test_what_runs_is_brought_to_the_larger_total(self):
        self.assertEqual(penalties.restated(Decimal("30"), [kept("accrued", "10")]), 30)

    def test_what_was_claimed_never_shrinks(self):
        self.assertEqual(penalties.restated(Decimal("8"), [kept("claimed", "10")]), 10)
        self.assertEqual(penalties.restated(Decimal("8"), [kept("accrued", "10")]), 8)

    def test_what_was_waived_is_part_of_it(self):
        self.assertEqual(penalties.restated(Decimal("20"), [kept("accrued", "10", "4")]), 24)
        self.assertEqual(penalties.restated(Decimal("-3"), [kept("accrued", "10", "4")]), 4)

    def test_a_period_open_again_keeps_its_own_share(self):
        rows = [kept("void", "10", "2"), kept("paid", "5"), kept("accrued", "1")]
        self.assertEqual(penalties.running(Decimal("30"), rows[:2]), 22)
        self.assertEqual(penalties.restated(Decimal("30"), rows), 22)


class TestNextPeriod(unittest.TestCase):
    def test_the_first_period_starts_where_interest_does(self):
        self.assertEqual(penalties.next_start(date(2026, 1, 1), MARCH, []), (True, date(2026, 1, 1)))

    def test_the_next_starts_the_day_after_the_last_closed_one(self):
        april = date(2026, 4, 30)
        self.assertEqual(penalties.next_start(date(2026, 1, 1), april, [kept("paid", "1")]), (True, date(2026, 4, 1)))
        self.assertEqual(penalties.next_start(date(2026, 4, 5), april, [kept("paid", "1")]), (True, date(2026, 4, 5)))

    def test_no_day_is_kept_twice(self):
        self.assertEqual(penalties.next_start(date(2026, 1, 1), MARCH, [kept("paid", "1")]), (False, date(2026, 4, 1)))

    def test_an_indemnity_is_kept_once(self):
        self.assertEqual(penalties.next_start(None, None, []), (True, None))
        self.assertEqual(penalties.next_start(None, None, [kept("paid", "40", until=None)]), (False, None))
