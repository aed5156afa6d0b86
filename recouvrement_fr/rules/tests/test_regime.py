import unittest
from datetime import date

from ..claim import REGIMES as INTEREST_REGIMES
from ..claim import interest_regime
from ..debtor_type import classify
from ..errors import UnknownDebtorType
from ..indemnity import goes_with
from ..parameters import DEFAULT, dated, shipped_figures
from ..prescription import CLAIM_KINDS
from ..regime import CIVIL, COMMERCIAL, DEBTOR_TYPES, PUBLIC, REGIMES, known_regime, letter_law, regime_of, types_that

ON = date(2026, 3, 2)


class TestRegime(unittest.TestCase):
    def test_each_row_names_what_the_other_rules_know(self):
        for kind, law in REGIMES.items():
            with self.subTest(kind):
                self.assertIn(law.interest, INTEREST_REGIMES)
                self.assertIn(law.limitation, CLAIM_KINDS)
                self.assertIn(law.policies, REGIMES)
                self.assertTrue(shipped_figures().at(law.arrears, ON).value)
                if law.indemnity:
                    self.assertTrue(dated(getattr(DEFAULT, law.indemnity), ON, law.indemnity).value)

    def test_a_proposed_type_has_a_row(self):
        self.assertIn(classify("Mairie", True, company_registry="217500016").kind, DEBTOR_TYPES)
        self.assertIn(classify("Syndicat des copropriétaires", True).kind, DEBTOR_TYPES)

    def test_the_indemnity_goes_with_penalties_and_with_them_only(self):
        """C.com L441-10 II and CCP D2192-35: legal interest never has one."""
        for kind, law in REGIMES.items():
            self.assertEqual(goes_with(law.interest), bool(law.indemnity), kind)
        self.assertTrue(goes_with("contractual"))
        self.assertFalse(goes_with("judgment"))
        self.assertFalse(goes_with("none"))

    def test_only_a_professional_owes_costs_beyond_the_indemnity(self):
        self.assertEqual(types_that(lambda law: law.complementary), ("professional",))

    def test_professionals_and_public_bodies_owe_without_any_notice(self):
        self.assertEqual(types_that(lambda law: law.unasked), ("professional", "public"))
        self.assertEqual(types_that(lambda law: law.has_maximum), ("professional", "public"))
        self.assertEqual(types_that(lambda law: law.invoiced_by_law), ("professional", "public"))

    def test_a_public_body_is_late_from_its_receipt_and_cannot_be_seized(self):
        self.assertEqual(types_that(lambda law: law.from_receipt), ("public",))
        self.assertEqual(types_that(lambda law: not law.is_seizable), ("public",))
        self.assertEqual(types_that(lambda law: law.court), ("public",))

    def test_who_is_no_professional_consents_to_electronic_registered_letters(self):
        self.assertEqual(types_that(lambda law: law.needs_consent), ("non_professional", "consumer"))

    def test_a_consumer_alone_is_a_person_the_law_protects(self):
        self.assertEqual(types_that(lambda law: law.is_person), ("consumer",))
        self.assertEqual(types_that(lambda law: law.arrears == "consumer_arrears"), ("consumer",))

    def test_non_professionals_are_reminded_as_consumers(self):
        self.assertEqual(
            {kind: law.policies for kind, law in REGIMES.items()},
            {
                "professional": "professional",
                "non_professional": "consumer",
                "consumer": "consumer",
                "public": "public",
            },
        )

    def test_of_an_unknown_debtor_what_is_true_of_all(self):
        for nobody in (None, False, ""):
            law = regime_of(nobody)
            self.assertEqual(
                (law.letter, law.indemnity, law.unasked, law.is_person, law.may_trade, law.needs_consent),
                (CIVIL, "", False, False, False, True),
            )

    def test_a_type_that_is_needed_is_known(self):
        for read in (regime_of, known_regime):
            with self.assertRaises(UnknownDebtorType):
                read("trader")
        with self.assertRaises(UnknownDebtorType):
            known_regime(None)

    def test_a_letter_to_a_professional_nobody_confirmed_speaks_of_the_civil_law(self):
        cases = {
            ("professional", True): COMMERCIAL,
            ("professional", False): CIVIL,
            ("public", True): PUBLIC,
            ("public", False): PUBLIC,
            ("consumer", True): CIVIL,
            ("non_professional", True): CIVIL,
            (None, False): CIVIL,
        }
        self.assertEqual({case: letter_law(*case) for case in cases}, cases)

    def test_a_kind_of_claim_never_takes_a_consumer_out_of_his_regime(self):
        cases = {
            ("professional", False, None): "professional",
            ("professional", True, None): "contractual",
            ("professional", True, "consumer"): "consumer",
            ("professional", True, "none"): "none",
            ("public", True, "consumer"): "public",
            ("consumer", True, "professional"): "consumer",
            ("non_professional", False, "none"): "none",
        }
        self.assertEqual({case: interest_regime(*case) for case in cases}, cases)
