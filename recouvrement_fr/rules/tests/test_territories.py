"""Territories: who has more time because he lives far from the court."""

import unittest
from datetime import date

from ..deadlines import procedural_deadline
from ..insolvency import creditor_deadlines
from ..territories import months_of_distance, territory


class TestTerritories(unittest.TestCase):
    def test_an_overseas_territory_is_known_by_its_country_code_or_its_postal_code(self):
        for country, code, found in (
            ("FR", "69001", "FR"),
            (None, None, "FR"),
            ("FR", "2A004", "FR"),
            ("FR", "97400", "RE"),
            ("RE", "97400", "RE"),
            ("RE", None, "RE"),
            ("FR", "97 200", "MQ"),
            ("FR", "97600", "YT"),
            ("FR", "97133", "BL"),
            ("FR", "97150", "MF"),
            ("BE", "1000", "BE"),
        ):
            with self.subTest(country=country, code=code):
                self.assertEqual(territory(country, code), found)

    def test_one_month_more_in_another_french_territory_and_two_abroad(self):
        for party, court, months in (
            ("FR", "FR", 0),
            ("RE", "RE", 0),
            ("RE", "FR", 1),
            ("FR", "RE", 1),
            ("GP", "MQ", 1),
            ("BE", "FR", 2),
            ("BE", "RE", 2),
        ):
            with self.subTest(party=party, court=court):
                self.assertEqual(months_of_distance(party, court), months)

    def test_opposition_and_appeal_are_longer_for_who_lives_far_and_nothing_else_is(self):
        for code, months, last in (
            ("injonction_opposition", 0, date(2026, 10, 15)),
            ("injonction_opposition", 1, date(2026, 11, 16)),
            ("judgment_appeal", 2, date(2026, 12, 15)),
            ("refere_appeal", 1, date(2026, 10, 30)),
            ("conservatory_execution", 2, date(2026, 12, 15)),
        ):
            with self.subTest(code=code, months=months):
                self.assertEqual(procedural_deadline(code, date(2026, 9, 15), distance=months).last_day, last)

    def test_a_claim_born_of_a_terminated_contract_has_one_month(self):
        found = creditor_deadlines("redressement", date(2026, 3, 10), terminated_on=date(2026, 4, 15))
        self.assertEqual(found["terminated_contract_claim"].last_day, date(2026, 5, 15))
        self.assertEqual(found["terminated_contract_claim"].article, "C.com R622-21 al. 2")
