"""Types of debtor: what each number, name and flag says."""

import random
import unittest

from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

from ..debtor_type import (
    classify,
    country_by_numbers,
    is_legal_person_by_name,
    is_trader_by_form,
    siren_of,
    siren_of_partner,
)

SIREN = "732829320"
PUBLIC_SIREN = "217500016"  # Ville de Paris
STATE_SIREN = "110068012"


class TestCountryByNumbers(unittest.TestCase):
    def test_a_number_with_a_right_key_tells_the_country_and_nothing_else_does(self):
        for vat, registry, found in (
            (None, None, None),
            ("", "", None),
            ("FR44732829320", None, ("FR", "vat")),
            ("FR45732829320", None, None),
            ("DE136695976", None, ("DE", "vat")),
            ("DE136695976", SIREN, ("DE", "vat")),
            ("EL094259216", None, ("GR", "vat")),
            ("DE136695977", None, None),
            ("CHE123456788", None, None),
            ("rien", SIREN, ("FR", "siren")),
            (None, "732 829 320 00074", ("FR", "siren")),
            (None, "123456789", None),
        ):
            with self.subTest(vat=vat, registry=registry):
                self.assertEqual(country_by_numbers(vat, registry), found)


class TestSiren(unittest.TestCase):
    def test_numbers_as_people_type_them(self):
        for number, siren in (
            ("732829320", SIREN),
            ("732 829 320", SIREN),
            ("732.829.320", SIREN),
            ("732\u00a0829\u202f320", SIREN),
            ("73282932000074", SIREN),
            ("732 829 320 00074", SIREN),
            ("35600000000048", "356000000"),  # La Poste, head office: Luhn is right
            ("35600000049837", "356000000"),  # La Poste, elsewhere: the digits sum to a multiple of five
            ("356000000", "356000000"),
        ):
            with self.subTest(number=number):
                self.assertEqual(siren_of(number), siren)

    def test_what_is_not_a_number_of_the_register(self):
        for number in (
            None,
            "",
            "/",
            "732829321",
            "73282932000075",
            "35600000049838",
            "7328293200",
            "000000000",
            "73282932X",
            "²" * 9,
        ):
            with self.subTest(number=number):
                self.assertIsNone(siren_of(number))

    def test_a_number_is_read_with_its_country(self):
        for registry, vat, country, siren in (
            (SIREN, None, "FR", SIREN),
            (SIREN, None, None, SIREN),
            (SIREN, None, "RE", SIREN),
            (SIREN, None, "DE", None),
            (SIREN, "IT00732829320", None, None),
            (None, "IT00732829320", "IT", None),
            (None, f"FR44{SIREN}", "FR", SIREN),
            (None, f"FR44{SIREN}", "DE", SIREN),  # a French establishment
            (None, f"FR 44 {SIREN}", None, SIREN),
            (None, None, "FR", None),
        ):
            with self.subTest(registry=registry, vat=vat, country=country):
                self.assertEqual(siren_of_partner(registry, vat, country), siren)

    def test_the_keys_are_those_of_the_register(self):
        draw = random.Random(19)
        for _ in range(100):
            siren, end = f"{draw.randrange(1, 10**9):09d}", f"{draw.randrange(10**5):05d}"
            self.assertEqual(siren_of(siren) is not None, stdnum_siren.is_valid(siren), siren)
            self.assertEqual(siren_of(SIREN + end) is not None, stdnum_siret.is_valid(SIREN + end), SIREN + end)
            poste = "356000000" + end
            if stdnum_siret.is_valid(poste):  # a Luhn key is accepted too
                self.assertEqual(siren_of(poste), "356000000", poste)


class TestClassify(unittest.TestCase):
    def check(self, cases):
        for arguments, expected in cases:
            with self.subTest(arguments=arguments):
                self.assertEqual(tuple(classify(*arguments)), expected)

    def test_a_siren_that_begins_with_1_or_2_is_public(self):
        self.check(
            (
                (("Ville", True, None, PUBLIC_SIREN), ("public", True)),
                (("Ville", False, None, PUBLIC_SIREN), ("public", True)),
                (("Ministère", True, None, STATE_SIREN), ("public", True)),
                (("Association communale", True, None, PUBLIC_SIREN), ("public", True)),
                (("Ville", True, "FR72217500016", None), ("public", True)),
            )
        )

    def test_another_number_is_a_professional_s(self):
        self.check(
            (
                (("Martin SARL", True, None, SIREN), ("professional", True)),
                (("Martin", False, None, SIREN), ("professional", True)),
                (("Martin SARL", True, SIREN, None), ("professional", True)),
                (("Martin SARL", True, "FR44732829320", None), ("professional", True)),
                (("Martin SARL", True, "fr 44 732 829 320", None), ("professional", True)),
                (("Müller GmbH", True, "DE136695976", None), ("professional", True)),
                (("Müller GmbH", True, "DE136695976", "HRB 1234"), ("professional", True)),
                (("Ellas AE", True, "EL094259216", None), ("professional", True)),
                (("Avocats associés", True, None, SIREN), ("professional", True)),
            )
        )

    def test_a_number_that_is_wrong_proves_nothing(self):
        self.check(
            (
                (("Martin SARL", True, "FR45732829320", None), ("professional", False)),
                (("Martin SARL", True, "FR44732829321", None), ("professional", False)),
                (("Martin SARL", True, "FR447328293", None), ("professional", False)),
                (("Martin SARL", True, "FRIO732829320", None), ("professional", False)),  # I and O are not used
                (("Müller", False, "DE136695977", None), ("consumer", False)),
                (("Smith", False, "US123456789", None), ("consumer", False)),
                (("Martin", False, "/", "/"), ("consumer", False)),
            )
        )

    def test_a_french_key_may_hold_letters(self):
        self.check(((("Entreprise", True, "FRK7399859412", None), ("professional", True)),))

    def test_a_copropriete_or_an_association_has_to_be_confirmed(self):
        for name in (
            "Copropriété Les Lilas",
            "COPROPRIETE DU PARC",
            "Syndicat des copropriétaires 12 rue Foch",
            "SDC Le Clos",
            "Association sportive",
        ):
            for registry in (SIREN, None):
                with self.subTest(name=name, registry=registry):
                    self.assertEqual(tuple(classify(name, True, None, registry)), ("non_professional", False))

    def test_the_flag_alone_proposes(self):
        self.check(
            (
                (("Martin SARL", True, None, None), ("professional", False)),
                (("Jeanne Martin", False, None, None), ("consumer", False)),
                ((None, False, False, False), ("consumer", False)),
            )
        )


class TestTraderByForm(unittest.TestCase):
    def test_a_commercial_company_says_its_form_at_one_end_of_its_name(self):
        for name in (
            *(
                "SARL Durand",
                "Durand SARL",
                "Durand S.A.R.L.",
                "S.A.S. Durand",
                "Durand (SASU)",
                "EURL Le Sas",
                "durand sarl",
            ),
            *("SA Durand", "Durand SA", "Durand S.A.", "SNC Durand Frères", "SCS Durand", "Durand, société anonyme"),
            *("Durand, société par actions simplifiée", "Société à responsabilité limitée Durand", "SAS Sel de Mer"),
        ):
            with self.subTest(name):
                self.assertTrue(is_trader_by_form(name))

    def test_another_form_a_person_and_a_mere_word_say_nothing(self):
        for name in (
            *(
                None,
                "",
                "Jean Martin",
                "Menuiserie Durand",
                "SCI Les Lilas",
                "SCP Martin",
                "GAEC du Bois",
                "Sa Majesté",
            ),
            *(
                "Le Sas",
                "LE SAS",
                "Durand sa",
                "SELARL Martin",
                "SELAS Martin SAS",
                "Martin SPFPL SARL",
                "SCA des Prés",
            ),
            *("Garage SARL Nord", "SARLAT Immobilier", "Sassy"),
        ):
            with self.subTest(name):
                self.assertFalse(is_trader_by_form(name))


class TestLegalPersonByName(unittest.TestCase):
    def test_a_form_or_the_first_word_of_a_name_says_that_it_is_no_sole_trader(self):
        for name in (
            *("SCI Les Tilleuls", "Les Tilleuls S.C.I.", "GAEC du Bois", "Martin SELARL", "Durand SARL", "Harris Ltd"),
            *("Association des Amis", "Commune de Brignais", "Société Durand", "Mairie d’Irigny"),
        ):
            with self.subTest(name):
                self.assertTrue(is_legal_person_by_name(name))

    def test_a_person_and_a_sign_say_nothing(self):
        for name in (None, "", "Jeanne Durand", "Menuiserie Durand", "Café de la Mairie", "Villeneuve Peinture"):
            with self.subTest(name):
                self.assertFalse(is_legal_person_by_name(name))


class TestAnyText(unittest.TestCase):
    def test_any_text_typed_as_a_vat_number_is_classified(self):
        for vat in ("FR²³732829320", "FR١٢732829320", "DE١٢٣٤٥٦٧٨٩", "ES²²²²²²²²²", "\ud800", "BE²", "FR", "É" * 13):
            with self.subTest(vat=vat):
                self.assertFalse(classify("Client", True, vat).confirmed)
