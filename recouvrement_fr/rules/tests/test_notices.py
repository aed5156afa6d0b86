import unittest
from datetime import date
from decimal import Decimal

from .. import notices
from ..notices import Instalment
from ..regime import CIVIL, COMMERCIAL, PUBLIC

ON = date(2026, 3, 2)


def money(text):
    return Decimal(text)


def tranche(until, base="1000.00", rate="12.15"):
    return {"from": "2026-02-01", "to": until, "days": 29, "base": base, "rate": rate, "interest": "9.65"}


class TestAccessories(unittest.TestCase):
    def test_what_a_letter_says_of_penalties(self):
        """Nothing in a courteous one, to an unconfirmed debtor, nor to a consumer before a formal notice."""
        cases = {
            ("claimed", "firm", "reminder", "professional", True): "claimed",
            ("shown", "firm", "reminder", "professional", True): "shown",
            ("claimed", "courteous", "reminder", "professional", True): "silent",
            ("claimed", "firm", "reminder", "professional", False): "silent",
            ("claimed", "firm", "reminder", "public", False): "claimed",
            ("claimed", "firm", "reminder", "consumer", True): "silent",
            ("claimed", "formal", "formal_notice", "consumer", True): "claimed",
            ("claimed", "formal", "formal_notice", "consumer", False): "silent",
            ("claimed", "formal", "formal_notice", None, False): "silent",
        }
        self.assertEqual({case: notices.accessories(*case) for case in cases}, cases)

    def test_the_indemnity_is_asked_once_per_invoice(self):
        lines = [
            (1, "FAC/1", money("40")),
            (2, "FAC/1", money("40")),
            (3, "FAC/2", money("40")),
            (4, "FAC/3", money("0")),
        ]
        self.assertEqual(notices.indemnities(lines, "claimed", COMMERCIAL), {1: 40, 3: 40})
        self.assertEqual(notices.indemnities(lines, "shown", PUBLIC), {1: 40, 3: 40})

    def test_no_indemnity_where_nothing_is_said_nor_for_a_consumer(self):
        lines = [(1, "FAC/1", money("40"))]
        self.assertEqual(notices.indemnities(lines, "silent", COMMERCIAL), {})
        self.assertEqual(notices.indemnities(lines, "claimed", CIVIL), {})


class TestAsked(unittest.TestCase):
    lines = (
        Instalment(money("1000.00"), money("9.65"), [tranche("2026-03-01")]),
        Instalment(money("500.00"), money("0"), []),
    )

    def test_penalties_are_in_the_total_only_where_they_are_claimed(self):
        claimed = notices.asked(self.lines, [money("40")], "claimed", ON)
        self.assertEqual((claimed.principal, claimed.interest, claimed.indemnity), (1500, money("9.65"), 40))
        self.assertEqual((claimed.total, claimed.is_claimed), (money("1549.65"), True))
        shown = notices.asked(self.lines, [money("40")], "shown", ON)
        self.assertEqual((shown.interest, shown.total, shown.is_claimed), (money("9.65"), 1500, False))

    def test_nothing_is_claimed_where_nothing_is_owed_beside_the_principal(self):
        asked = notices.asked(self.lines[1:], [], "claimed", ON)
        self.assertEqual((asked.total, asked.is_claimed, asked.daily, asked.rate), (500, False, 0, None))

    def test_a_day_more_costs_what_runs_until_the_eve(self):
        asked = notices.asked(self.lines, [], "claimed", ON)
        self.assertEqual(asked.rate, money("12.15"))
        self.assertEqual(round(asked.daily, 6), round(money("121.5") / 365, 6))

    def test_interest_that_stopped_brings_nothing_more(self):
        stopped = [Instalment(money("1000.00"), money("9.65"), [tranche("2026-02-28")])]
        asked = notices.asked(stopped, [], "claimed", ON)
        self.assertEqual((asked.daily, asked.rate), (0, None))

    def test_two_rates_are_not_told_as_one(self):
        other = Instalment(money("100.00"), money("1.00"), [tranche("2026-03-02", "100.00", "10")])
        asked = notices.asked([*self.lines, other], [], "claimed", ON)
        self.assertIsNone(asked.rate)
        self.assertEqual(round(asked.daily, 6), round((money("121.5") + 10) / 365, 6))

    def test_a_leap_year_has_366_days_where_the_company_counts_them(self):
        asked = notices.asked(self.lines[:1], [], "claimed", date(2026, 3, 2), "actact")
        self.assertEqual(round(asked.daily, 6), round(money("121.5") / 365, 6))
        leap = [Instalment(money("1000.00"), money("9.65"), [tranche("2028-03-01")])]
        asked = notices.asked(leap, [], "claimed", date(2028, 3, 2), "actact")
        self.assertEqual(round(asked.daily, 6), round(money("121.5") / 366, 6))


class TestSentences(unittest.TestCase):
    def test_a_long_statement_of_interest_has_its_own_page(self):
        cases = {
            ("claimed", 0): "",
            ("claimed", 1): "appended",
            ("claimed", 12): "appended",
            ("claimed", 13): "annex",
            ("shown", 5): "",
        }
        self.assertEqual({case: notices.annex(*case) for case in cases}, cases)

    def test_the_time_to_pay_of_a_notice_runs_from_a_day_its_letter_cannot_know(self):
        self.assertEqual(notices.counted_from("formal_notice", ["email", "registered"]), "presentation")
        self.assertEqual(notices.counted_from("formal_notice", ["lre"]), "presentation")
        self.assertEqual(notices.counted_from("formal_notice", ["email"]), "receipt")
        self.assertEqual(notices.counted_from("reminder", ["registered"]), "")

    def test_a_formal_tone_gives_notice_too(self):
        self.assertTrue(notices.gives_notice("formal_notice", "firm"))
        self.assertTrue(notices.gives_notice("reminder", "formal"))
        self.assertFalse(notices.gives_notice("reminder", "firm"))

    def test_which_sentences_speak_of_penalties(self):
        cases = {
            ("claimed", COMMERCIAL, True, True, True): ("interest", "running"),
            ("claimed", COMMERCIAL, True, False, False): ("interest", "included"),
            ("claimed", PUBLIC, False, True, False): ("indemnity", "included"),
            ("shown", COMMERCIAL, True, True, True): ("interest", "reserved"),
            ("shown", COMMERCIAL, False, True, False): ("indemnity", "reserved"),
            ("claimed", COMMERCIAL, False, False, False): None,
            ("silent", COMMERCIAL, True, True, True): None,
            ("claimed", CIVIL, True, False, True): None,
        }
        self.assertEqual({case: notices.penalty_words(*case) for case in cases}, cases)
