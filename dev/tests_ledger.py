"""Tests of the ledger generator that need no database: ``python dev/env.py run -- python -m unittest tests_ledger``."""

import unittest
from collections import Counter
from datetime import date, timedelta
from random import Random

from stdnum.be import vat as belgian_vat
from stdnum.fr import siren, siret, tva

from ledger import CUSTOMERS, french, tell
from ledger.company import IBAN, SIREN

TODAY = date(2026, 3, 18)


class TestIdentifiers(unittest.TestCase):
    def test_company_numbers_have_their_keys(self):
        digits = "".join(str(int(letter, 36)) for letter in IBAN[4:] + IBAN[:4])
        self.assertEqual(int(digits) % 97, 1)
        self.assertEqual(int(IBAN[4:]) % 97, 0, "the key of the account number in France")
        self.assertTrue(siren.is_valid(SIREN))

    def test_customer_numbers_have_their_keys(self):
        rng = Random(0)
        for _ in range(200):
            number = french.siren(rng)
            self.assertTrue(siren.is_valid(number))
            self.assertNotIn(number[0], "12", "these are for public bodies")
            self.assertTrue(siret.is_valid(french.siret(number, rng.randrange(1, 999))))
            self.assertTrue(tva.is_valid(french.vat(number)))
            self.assertTrue(belgian_vat.is_valid(french.belgian_vat(rng)))

    def test_public_body_keeps_its_prefix(self):
        self.assertTrue(french.siren(Random(1), "216").startswith("216"))


class TestStory(unittest.TestCase):
    def test_same_seed_tells_the_same_story(self):
        self.assertEqual(
            [(event, event.data) for event in tell(TODAY)],
            [(event, event.data) for event in tell(TODAY)],
        )
        self.assertNotEqual(tell(TODAY), tell(TODAY, seed=2))

    def test_events_come_in_order_until_today(self):
        days = [event.on for event in tell(TODAY)]
        self.assertEqual(days, sorted(days))
        self.assertLessEqual(days[-1], TODAY)
        self.assertGreater(TODAY - days[0], timedelta(days=440))

    def test_any_day_and_seed_has_everything(self):
        for seed in range(1, 6):
            for offset in range(0, 360, 45):
                with self.subTest(seed=seed, offset=offset):
                    events = tell(TODAY + timedelta(days=offset), seed)
                    kinds = Counter(event.kind for event in events)
                    self.assertEqual(kinds["opening"], 1)
                    self.assertEqual(kinds["returned"], 1)
                    self.assertTrue(480 <= kinds["invoice"] <= 520)
                    self.assertGreater(kinds["payment"], 300)
                    self.assertGreater(kinds["credit_note"], 10)
                    self.assertGreater(kinds["on_account"], 5)
                    self.assertEqual(len({event.key for event in events}), len(events))

    def test_nothing_is_paid_before_it_exists(self):
        known = set()
        for event in tell(TODAY):
            owed = event.data.get("invoices", ()) or filter(None, [event.data.get("invoice")])
            self.assertLessEqual({key for key in owed if not key.startswith("opening/")}, known)
            known.add(event.key)

    def test_customers_are_sixty_and_unlike(self):
        self.assertEqual(len({customer.key for customer in CUSTOMERS}), 60)


if __name__ == "__main__":
    unittest.main()
