"""Insolvency: what is prior, and by when a creditor acts."""

import unittest
from datetime import date

from ..errors import EventReversed, UnknownProceedings
from ..insolvency import creditor_deadlines, interest_stops_on, is_prior

JUDGMENT = date(2026, 3, 10)


def last_days(*args, **values):
    return {code: found.last_day for code, found in creditor_deadlines(*args, **values).items()}


class TestInsolvency(unittest.TestCase):
    def test_a_debt_of_the_day_of_the_judgment_is_not_prior(self):
        self.assertTrue(is_prior(date(2026, 3, 9), JUDGMENT))
        self.assertFalse(is_prior(JUDGMENT, JUDGMENT))

    def test_interest_stops_on_the_eve(self):
        self.assertEqual(interest_stops_on(JUDGMENT), date(2026, 3, 9))

    def test_delays_run_from_the_publication(self):
        self.assertEqual(
            last_days("redressement", JUDGMENT, date(2026, 3, 20)),
            {"declaration": date(2026, 5, 20), "relief_from_forclusion": date(2026, 9, 21)},  # 20 September is a Sunday
        )
        self.assertEqual(last_days("redressement", JUDGMENT), {})

    def test_a_creditor_abroad_has_four_months(self):
        found = last_days("liquidation", JUDGMENT, date(2026, 3, 20), is_abroad=True)
        self.assertEqual(found["declaration"], date(2026, 7, 20))

    def test_goods_under_reserve_are_claimed_within_three_months(self):
        found = last_days("sauvegarde", JUDGMENT, date(2026, 3, 20), has_reserve=True)
        self.assertEqual(found["revendication"], date(2026, 6, 22))

    def test_a_liquidator_is_told_of_later_debts_within_six_months(self):
        for kind, found in (("liquidation", date(2026, 9, 17)), ("redressement", None), ("sauvegarde", None)):
            answer = last_days(kind, JUDGMENT, date(2026, 3, 17), has_later=True)
            self.assertEqual(answer.get("post_judgment_claim"), found, kind)
        self.assertNotIn("post_judgment_claim", last_days("liquidation", JUDGMENT, date(2026, 3, 17)))

    def test_a_contested_claim_is_answered_within_thirty_days(self):
        found = last_days("sauvegarde", JUDGMENT, contested_on=date(2026, 6, 1))
        self.assertEqual(found, {"contested_claim_answer": date(2026, 7, 1)})

    def test_confidential_proceedings_set_no_deadline(self):
        self.assertEqual(last_days("conciliation", JUDGMENT, date(2026, 3, 20)), {})

    def test_bad_input_is_named(self):
        with self.assertRaises(UnknownProceedings):
            creditor_deadlines("bankruptcy", JUDGMENT)
        with self.assertRaises(EventReversed):
            creditor_deadlines("sauvegarde", JUDGMENT, date(2026, 3, 9))
