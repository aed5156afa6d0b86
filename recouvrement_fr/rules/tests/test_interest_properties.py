import unittest
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ..dates import add_months
from ..interest import Claim, Freeze, Movement, decompte
from .interest_common import RATES, D

DAYS = st.dates(date(2015, 1, 1), date(2026, 12, 31))
CENTS = st.integers(1, 10**8).map(lambda cents: D(cents).scaleb(-2))


@st.composite
def claims(draw):
    regime = draw(st.sampled_from(["professional", "contractual", "consumer", "public", "judgment"]))
    due = draw(DAYS)
    principal = draw(CENTS)
    first = due.toordinal() - 30
    days = st.integers(first, first + 800).map(date.fromordinal)
    movement = st.builds(
        Movement, days, st.integers(0, 10**6).map(lambda c: D(c).scaleb(-2)), st.sampled_from(["payment", "credit"])
    )
    return Claim(
        principal,
        due,
        regime,
        contract_rate=draw(st.integers(0, 2500).map(lambda r: D(r).scaleb(-2))),
        notice_on=draw(st.none() | days),
        judgment_enforceable_on=draw(st.none() | days),
        movements=tuple(draw(st.lists(movement, max_size=4))),
        freezes=tuple(
            Freeze(start, start + timedelta(days=length), "C.civ 1343-5")
            for start, length in draw(st.lists(st.tuples(days, st.integers(0, 200)), max_size=2))
        ),
        day_count=draw(st.sampled_from(["act365", "actact"])),
        imputation=draw(st.sampled_from(["principal", "interest"])),
        capitalise_from=draw(st.none() | days),
    )


def day_by_day(late, on):
    """The interest of a claim worked out the slow way, from the text of each article."""
    start = late.due
    if late.regime == "consumer":
        if late.notice_on is None:
            return 0
        if late.notice_on < late.due:
            return 0
        start = late.notice_on
    surcharge_after = late.judgment_enforceable_on and add_months(late.judgment_enforceable_on, 2)
    exact, one = Fraction(0), start
    while one < on:
        one += timedelta(days=1)
        base = late.principal - sum(m.amount for m in late.movements if m.on < one)
        granted = any(f.date_from <= one <= f.date_to for f in late.freezes)
        if base <= 0 or (granted and late.regime not in ("consumer", "judgment")):
            continue
        period = RATES.at(start + timedelta(days=1) if late.regime == "public" else one)
        rate = {
            "professional": period.ecb + 10,
            "contractual": max(late.contract_rate, 3 * period.legal_other),
            "public": period.ecb + 8,
            "consumer": period.legal_other,
            "judgment": period.legal_other + (5 if surcharge_after and one > surcharge_after and not granted else 0),
        }[late.regime]
        year = 366 if late.day_count == "actact" and one.year % 4 == 0 else 365
        exact += Fraction(base) * Fraction(rate) / (100 * year)
    return (int(exact * 200) + 1) // 2 / D(100)  # half up


class TestProperties(unittest.TestCase):
    @given(claims(), DAYS)
    def test_tranches_follow_one_another_and_sum_to_the_total(self, late, on):
        found = decompte(late, on, RATES)
        self.assertEqual(sum((t.interest for t in found.tranches), D(0)), found.interest)
        self.assertTrue(all(t.base > 0 and t.interest >= 0 for t in found.tranches))
        self.assertTrue(0 <= found.interest_paid <= found.interest and found.principal_due >= 0)
        self.assertTrue(all(t.days == (t.date_to - t.date_from).days + 1 > 0 for t in found.tranches))
        for previous, following in pairwise(found.tranches):
            self.assertLess(previous.date_to, following.date_from)

    @given(claims(), DAYS)
    def test_the_total_is_the_exact_sum_rounded_once(self, late, on):
        found = decompte(late, on, RATES)
        exact = Fraction(0)
        for t in found.tranches:
            leap = date(t.date_from.year, 12, 31).timetuple().tm_yday == 366
            year = 366 if leap and late.day_count == "actact" else 365
            exact += Fraction(t.base) * Fraction(t.rate) * t.days / (100 * year)
        cents = (Decimal((exact * 100).numerator) / Decimal((exact * 100).denominator)).quantize(D(1), ROUND_HALF_UP)
        self.assertEqual(found.interest * 100, cents)

    @settings(max_examples=12)
    @given(claims(), DAYS)
    def test_it_is_what_a_count_day_by_day_gives(self, late, on):
        late = replace(late, imputation="principal", capitalise_from=None)
        on = min(on, late.due + timedelta(days=400))
        self.assertEqual(decompte(late, on, RATES).interest, day_by_day(late, on))

    @given(claims(), DAYS, DAYS)
    def test_more_delay_never_costs_less(self, late, one, other):
        sooner, later = sorted((one, other))
        self.assertLessEqual(decompte(late, sooner, RATES).interest, decompte(late, later, RATES).interest)

    @given(CENTS, DAYS, st.integers(1, 400), st.integers(1, 400))
    def test_cutting_a_period_in_two_changes_nothing_beyond_one_rounding(self, principal, due, before, after):
        cut = min(due + timedelta(days=before), date(2026, 12, 30))
        due = min(due, cut - timedelta(days=1))
        on = min(cut + timedelta(days=after), date(2026, 12, 31))
        whole = decompte(Claim(principal, due, "professional"), on, RATES).interest
        first = decompte(Claim(principal, due, "professional"), cut, RATES).interest
        second = decompte(Claim(principal, cut, "professional"), on, RATES).interest
        self.assertLessEqual(abs(whole - first - second), D("0.01"))
        # A movement that changes nothing but the tranches leaves the total as it is.
        frozen = Freeze(on + timedelta(days=1), None, "C.com L622-28")
        self.assertEqual(decompte(Claim(principal, due, "professional", freezes=(frozen,)), on, RATES).interest, whole)

    @given(claims(), DAYS, st.randoms(use_true_random=False))
    def test_the_order_of_movements_does_not_matter(self, late, on, random):
        same_day = tuple(replace(movement, on=late.due + timedelta(days=40)) for movement in late.movements)
        for movements in (late.movements, same_day):
            shuffled = list(movements)
            random.shuffle(shuffled)
            self.assertEqual(
                decompte(replace(late, movements=tuple(shuffled)), on, RATES),
                decompte(replace(late, movements=movements), on, RATES),
            )

    @given(claims(), DAYS, st.integers(-(10**6), 0))
    def test_a_base_of_zero_or_less_gives_nothing(self, late, on, cents):
        found = decompte(replace(late, principal=D(cents).scaleb(-2)), on, RATES)
        self.assertEqual((found.tranches, found.interest, found.principal_due), ((), 0, 0))
