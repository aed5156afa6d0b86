import unittest
from decimal import Decimal

from ..mentions import contradicts, penalties_told

TEN = Decimal(10)


class TestMentions(unittest.TestCase):
    def test_what_an_invoice_says_of_its_penalties_is_read(self):
        for text, rate, points, times in (
            ("Pénalités de retard au taux annuel de 10 %.", 10, None, None),
            ("Late payment penalties at an annual rate of 10% are applied.", 10, None, None),
            ("Intérêts de retard : 1,5 % par mois", 18, None, None),
            ("Tout retard de paiement : taux de refinancement de la BCE majoré de 10 points.", None, 10, None),
            ("Penalties: late payment, ECB rate increased by 8 percentage points", None, 8, None),
            ("Pénalités de retard : taux de la BCE (2,40 %) majoré de 10 points", None, 10, None),
            ("Pénalités de retard : 12,40 % l’an (taux de la BCE, soit 2,40 %, + 10 points)", None, 10, None),
            ("Pénalités de retard : taux BCE de 2,15 %, augmenté de 10 %", None, 10, None),
            ("Pénalités de retard : taux de refinancement de la BCE + 10 %", None, 10, None),
            ("Late payment: ECB rate (2.40%) plus 8%", None, 8, None),
            ("Pénalités de retard : 10 % de plus que le taux de la BCE", None, 10, None),
            ("Pénalités de retard : trois fois le taux d’intérêt légal", None, None, 3),
            ("Pénalités de retard : 5 fois le taux légal", None, None, 5),
            ("Escompte de 2 % à 8 jours.\nPénalités de retard : 12 %", 12, None, None),
            ("Pénalités de retard de 12 %, et au moins trois fois le taux de l’intérêt légal", 12, None, None),
        ):
            told = penalties_told([text])
            self.assertEqual((told.rate, told.points, told.times), (rate, points, times), text)

    def test_what_gives_no_figure_is_not_told(self):
        for text in (
            None,
            "",
            "TVA 20 %.",
            "Escompte de 2 % en l’absence de retard de paiement.",
            "Des pénalités de retard sont dues.",
            "Pénalités de retard au taux de la BCE.",
            "Pénalités de retard au taux de la BCE (2,40 %), plus la marge du contrat, soit 12,40 %.",
        ):
            self.assertIsNone(penalties_told([text]), text)

    def test_the_first_sentence_with_a_figure_is_the_one(self):
        told = penalties_told(["Des pénalités de retard sont dues.", "Pénalités de retard : 9 % l’an. TVA 20 %."])
        self.assertEqual((told.rate, told.sentence), (9, "Pénalités de retard : 9 % l’an."))

    def test_another_rate_than_what_is_claimed_contradicts_it(self):
        def told(text):
            return penalties_told([text])

        self.assertFalse(contradicts(None, None, TEN))
        self.assertTrue(contradicts(told("Pénalités de retard : 10 %"), None, TEN), "10 % is not ECB + 10 points.")
        self.assertFalse(contradicts(told("Pénalités de retard : BCE + 10 points"), None, TEN))
        self.assertTrue(contradicts(told("Pénalités de retard : BCE + 8 points"), None, TEN))
        self.assertTrue(contradicts(told("Pénalités de retard : trois fois le taux légal"), None, TEN))
        self.assertFalse(contradicts(told("Pénalités de retard : 12 %"), Decimal("12.0"), TEN))
        self.assertTrue(contradicts(told("Pénalités de retard : BCE + 10 points"), Decimal(12), TEN))
