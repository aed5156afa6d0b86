import unittest
from decimal import Decimal as D

from ..mention_terms import contradicts_discount, discount_told, indemnity_told
from ..mentions import contradicts, penalties_told


class TestMentionTraps(unittest.TestCase):
    """Words of honest invoices that look like a contradiction and are none."""

    def test_the_days_of_a_discount_are_not_those_of_the_invoice(self):
        for text in (
            "Paiement à 30 jours, escompte de 2 % pour paiement sous 8 jours",
            "Règlement à 45 jours fin de mois ; escompte de 2 % sous 8 jours",
            "Payable à 60 jours – escompte 2 % à 8 j",
            "Escompte de 2 % à 8 jours, net à 30 jours",
        ):
            with self.subTest(text):
                told = discount_told([text])
                self.assertEqual((told.percent, told.days), (2, 8))
                self.assertFalse(contradicts_discount(told, D(2), 8))

    def test_a_condition_of_a_discount_does_not_deny_it(self):
        for text in (
            "Escompte de 2 % sous 8 jours si aucune facture n’est échue",
            "Un règlement sans délai donne droit à un escompte de 2 %",
        ):
            with self.subTest(text):
                self.assertEqual(discount_told([text]).percent, 2)
        for text in ("Sans escompte", "Escompte : aucun", "Ni escompte ni remise", "Aucun taux d’escompte consenti"):
            with self.subTest(text):
                self.assertEqual(discount_told([text]).percent, 0)

    def test_a_yearly_discount_is_none_for_early_payment(self):
        self.assertIsNone(discount_told(["Yearly discount of 5 % on purchases"]))

    def test_other_indemnities_are_not_the_one_for_recovery_costs(self):
        for text in (
            "Indemnités kilométriques : 150 €",
            "Indemnité de résiliation anticipée : 250 €",
            "Indemnité d’immobilisation : 5 000 €",
        ):
            with self.subTest(text):
                self.assertIsNone(indemnity_told([text]))
        told = indemnity_told(["Indemnités kilométriques : 150 € – indemnité de recouvrement : 40 €"])
        self.assertIn(40, told.amounts)

    def test_a_clause_under_the_floor_is_three_times_the_legal_rate(self):
        triple = penalties_told(["Pénalités de retard : 3 fois le taux légal (7,86 %)"])
        once = penalties_told(["Pénalités de retard au taux d’intérêt légal"])
        ten, floor, three = D(10), D("7.86"), D(3)
        for told, rate, contradicted in (
            (triple, None, True),  # the law's own rate is claimed: another one
            (triple, D("7.86"), False),
            (triple, D(5), False),  # the floor of each half-year applies in its place
            (triple, D("8.25"), True),  # more than what is written
            (once, D("2.62"), True),  # three times that is claimed
        ):
            self.assertEqual(contradicts(told, rate, ten, floor, three), contradicted, (told, rate))
        self.assertTrue(contradicts(triple, D(5), ten), "The legal rate of that half-year is missing.")
