import unittest

from ..quality import Record, duplicates, flaws, lacks_mentions

CLEAN = Record("professional", True, "732829320", None, "FR", True, False, True)


class TestFlaws(unittest.TestCase):
    def test_each_flaw_is_told(self):
        for values, expected in (
            ({}, ()),
            ({"has_email": False, "is_bounced": True}, ("no_email",)),
            ({"is_bounced": True}, ("bounced",)),
            ({"has_address": False}, ("no_address",)),
            ({"company_registry": "732829321"}, ("siren_wrong",)),  # the key of 732829320 is 0
            ({"company_registry": "RCS Lyon"}, ("siren_wrong",)),
            ({"company_registry": None}, ("siren_missing",)),
            ({"company_registry": None, "country": None}, ("siren_missing",)),
            ({"company_registry": None, "vat": "FR44732829320"}, ()),  # 12 + 3 x (732829320 mod 97) mod 97 = 44
            ({"company_registry": "HRB 4321", "country": "DE"}, ()),
            ({"company_registry": None, "debtor_type": "consumer"}, ()),
            ({"company_registry": None, "debtor_type": "public"}, ("siren_missing",)),
            ({"type_confirmed": False}, ("type_unconfirmed",)),
            (
                {"has_email": False, "has_address": False, "company_registry": "", "type_confirmed": False},
                ("no_email", "no_address", "siren_missing", "type_unconfirmed"),
            ),
        ):
            with self.subTest(**values):
                self.assertEqual(flaws(CLEAN._replace(**values)), expected)

    def test_records_with_the_same_siren_are_probably_one_company(self):
        sirens = [(1, "732829320"), (2, None), (3, "732829320"), (4, "552100554"), (5, None)]
        self.assertEqual(duplicates(sirens), {1: "732829320", 3: "732829320"})
        self.assertEqual(duplicates([]), {})


class TestMentions(unittest.TestCase):
    whole = "Pas d’escompte. Pénalités de retard : BCE + 10 points. Indemnité forfaitaire de 40 €."

    def test_each_mention_of_payment_is_asked_of_the_invoice_of_a_professional(self):
        for text, lacks in (
            (self.whole, False),
            (self.whole.replace("escompte", "remise"), True),
            (self.whole.replace("Pénalités de retard : BCE", "Taux"), True),
            (self.whole.replace("40 €", "40"), True),
            ("", True),
        ):
            with self.subTest(text=text):
                self.assertIs(lacks_mentions("professional", text), lacks)
        self.assertFalse(lacks_mentions("consumer", ""))
        self.assertTrue(lacks_mentions("public", ""))
