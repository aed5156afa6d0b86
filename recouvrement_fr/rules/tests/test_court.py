"""The competent court, and what it asks for."""

import unittest
from datetime import date
from decimal import Decimal

from ..court import CourtRules, competent_court, contribution, is_economic_court, serves
from ..court import department as department_of
from ..errors import NegativeAmount, UnknownClaimKind, UnknownDebtorType
from ..parameters import ALWAYS, Dated

D = Decimal


def court(debtor_type="professional", is_commercant=True, kind="commercial", amount=8000, **values):
    return competent_court(debtor_type, is_commercant, kind, D(amount), **values)


class TestCourt(unittest.TestCase):
    def test_between_traders_the_commercial_court_whatever_the_amount(self):
        for amount in (1, 10_000, 1_000_000):
            self.assertEqual(court(amount=amount).court, "commercial")

    def test_alsace_moselle_has_a_chamber_instead(self):
        for department in ("57", "67", "68"):
            self.assertEqual(court(department=department).court, "commercial_chamber")
        self.assertEqual(court(department="88").court, "commercial")

    def test_a_debtor_who_is_no_trader_is_sued_before_the_civil_court(self):
        self.assertEqual(court("consumer", False, "consumer", 10_000).court, "proximity")
        self.assertEqual(court("consumer", False, "consumer", "10000.01").court, "judicial")
        self.assertEqual(court("professional", False, "civil", 20_000).court, "judicial")
        self.assertEqual(court("non_professional", True, "civil", 20_000).court, "judicial")

    def test_a_bill_of_exchange_is_commercial_whoever_signed_it(self):
        self.assertEqual(court("consumer", False, "bill_of_exchange").court, "commercial")

    def test_homes_and_public_bodies_have_their_judges(self):
        self.assertEqual(court("consumer", False, "residential_rent").court, "housing")
        answer = court("public", False, "public")
        self.assertEqual((answer.court, answer.verified, answer.lawyer), ("administrative", False, "optional"))

    def test_the_lawyer_is_mandatory_above_ten_thousand_euros_but_not_for_an_injonction(self):
        self.assertEqual(court(amount=10_000).lawyer, "optional")
        self.assertEqual(court(amount="10000.01").lawyer, "mandatory")
        self.assertEqual(court(amount=50_000, procedure="injonction").lawyer, "optional")

    def test_an_attempt_to_settle_is_a_condition_before_the_civil_court_alone(self):
        self.assertTrue(court("consumer", False, "consumer", 5_000).amicable_first)
        self.assertFalse(court("consumer", False, "consumer", "5000.01").amicable_first)
        self.assertFalse(court("consumer", False, "consumer", 5_000, procedure="injonction").amicable_first)
        self.assertFalse(court(amount=5_000).amicable_first)

    def test_no_appeal_up_to_five_thousand_euros(self):
        self.assertFalse(court(amount=5_000).appeal)
        self.assertTrue(court(amount="5000.01").appeal)

    def test_another_amount_applies_from_its_day(self):
        rules = CourtRules(
            appeal_limit=(*CourtRules().appeal_limit, Dated(date(2027, 3, 1), D(10_000), "")),
            amicable_limit=(*CourtRules().amicable_limit, Dated(date(2027, 3, 1), D(10_000), "")),
        )
        for on, small in ((date(2027, 2, 28), False), (date(2027, 3, 1), True)):
            answer = court("consumer", False, "consumer", 8_000, rules=rules, on=on)
            self.assertEqual((answer.appeal, answer.amicable_first), (not small, small))

    def test_the_place_is_said_with_its_article(self):
        self.assertIn(("debtor_seat_public_order", "CPC 1406"), court(procedure="injonction").reasons)
        self.assertIn(("debtor_seat", "CPC 42"), court().reasons)

    def test_bad_input_is_named(self):
        with self.assertRaises(NegativeAmount):
            court(amount=-1)
        with self.assertRaises(UnknownDebtorType):
            court("trader")
        with self.assertRaises(UnknownClaimKind):
            court(kind="loan")


class TestDepartment(unittest.TestCase):
    def test_a_number_of_no_proven_country_has_no_french_department(self):
        for country in (None, "", "DE"):
            self.assertEqual(department_of("67059", country), "")
        with self.assertRaises(TypeError):
            department_of("67059")
        for code, found in (("1000", "01"), ("67000", "67"), ("20167", "2A"), ("97400", "974")):
            self.assertEqual(department_of(code, "FR"), found)

    def test_a_court_serves_the_departments_of_its_list(self):
        for served, wanted, answer in (
            ("67, 68", "68", True),
            ("67,68", "57", False),
            ("1", "01", True),
            ("20", "2A", True),
            ("20", "2B", True),
            ("2b", "2B", True),
            ("2A", "2B", False),
            ("", "69", False),
            (None, "69", False),
            ("69,", "", False),
        ):
            self.assertEqual(serves(served, wanted), answer, (served, wanted))


class TestEconomicCourts(unittest.TestCase):
    def test_four_years_in_twelve_towns(self):
        self.assertTrue(is_economic_court("Lyon", date(2025, 1, 1)))
        self.assertTrue(is_economic_court("Lyon", date(2028, 12, 31)))
        self.assertFalse(is_economic_court("Lyon", date(2029, 1, 1)))
        self.assertFalse(is_economic_court("Lille", date(2026, 1, 1)))

    def test_the_contribution_is_owed_by_large_creditors_on_large_claims(self):
        on = date(2026, 6, 1)
        large = {"turnover": D(60_000_000), "profit": D(3_000_001)}
        self.assertTrue(contribution(D("50000.01"), 250, on, **large).owed)
        self.assertIsNone(contribution(D(50_000), 250, on, **large))
        self.assertIsNone(contribution(D(90_000), 249, on, **large))
        self.assertIsNone(contribution(D(90_000), 250, date(2024, 12, 31), **large))
        self.assertIsNone(contribution(D(90_000), 250, date(2029, 1, 1), **large))

    def test_the_contribution_depends_on_the_turnover_and_the_profit(self):
        for turnover, profit, owed in (
            (50_000_000, 9_000_000, None),
            ("50000000.01", 3_000_000, None),
            ("50000000.01", "3000000.01", "3000.00"),
            (1_500_000_000, 4_000_000, "3000.00"),
            ("1500000000.01", "0.01", "5000.00"),
            ("1500000000.01", 0, None),
            ("1500000000.01", -1, None),
        ):
            with self.subTest(turnover=turnover, profit=profit):
                found = contribution(D(100_000), 300, date(2026, 6, 1), D(turnover), D(profit))
                self.assertEqual(found and str(found.amount), owed)
                self.assertTrue(found is None or found.owed and found.verified)

    def test_the_contribution_has_a_most(self):
        for turnover, most in ((60_000_000, 50_000), (1_600_000_000, 100_000)):
            found = contribution(D(9_000_000), 300, date(2026, 6, 1), D(turnover), D(4_000_000))
            self.assertEqual(found.amount, most)

    def test_a_turnover_or_a_profit_that_is_not_known_is_asked_for_and_nothing_is_guessed(self):
        on = date(2026, 6, 1)
        unknown, turnover = contribution(D(90_000), 300, on), contribution(D(90_000), 300, on, D(60_000_000))
        self.assertEqual((unknown.owed, unknown.amount, unknown.limit), (None, 0, 50_000))
        self.assertEqual((turnover.owed, turnover.amount), (None, D("2700.00")))
        self.assertIsNone(contribution(D(90_000), 300, on, D(50_000_000)))  # small, whatever its profit

    def test_an_amount_that_nobody_verified_makes_the_answer_one_to_verify(self):
        doubtful = (Dated(ALWAYS, D(10_000), "a decree", verified=False),)
        sure = (Dated(ALWAYS, D(10_000), "a text"),)
        self.assertFalse(court("consumer", False, "consumer", 8_000).verified)
        rules = CourtRules(proximity_limit=sure)
        self.assertTrue(court("consumer", False, "consumer", 8_000, rules=rules).verified)
        self.assertTrue(court(amount=8_000).verified)
        self.assertTrue(court(amount=8_000, rules=CourtRules(amicable_limit=doubtful)).verified)  # of civil courts
        for code in ("appeal_limit", "lawyer_limit"):
            self.assertFalse(court(amount=8_000, rules=CourtRules(**{code: doubtful})).verified, code)
        answer = court(
            "consumer", False, "consumer", 8_000, rules=CourtRules(proximity_limit=sure, amicable_limit=doubtful)
        )
        self.assertEqual((answer.verified, answer.amicable_first), (False, True))
