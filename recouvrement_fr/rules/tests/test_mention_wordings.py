import unittest
from decimal import Decimal

from ..mention_terms import contradicts_discount, contradicts_indemnity, discount_told, indemnity_told
from ..mentions import penalties_told

# How French invoices say it: (the words, yearly rate, points above the central bank, times the legal rate).
WORDINGS = (
    ("Pénalités de retard : 3 fois le taux légal (8,25 %)", None, None, 3),
    ("Pénalités de retard : trois fois le taux d’intérêt légal, soit 8,25 % au 1er semestre.", None, None, 3),
    ("Pénalités : 8,25 %, soit trois fois le taux d’intérêt légal en vigueur", None, None, 3),
    ("Pénalités de retard (8,25 %) : 3 fois le taux de l’intérêt légal", None, None, 3),
    ("Pénalités de retard égales à trois (3) fois le taux d’intérêt légal", None, None, 3),
    ("Intérêts de retard : 1,5 fois le taux d’intérêt légal", None, None, "1.5"),
    ("Taux des pénalités de retard : triple du taux d’intérêt légal", None, None, 3),
    ("Pénalités de retard : taux d’intérêt légal multiplié par trois", None, None, 3),
    ("Pénalités de retard : taux légal x 3", None, None, 3),
    ("Tout retard entraîne une pénalité égale à 3 x le taux légal", None, None, 3),
    ("Pénalités de retard au taux d’intérêt légal en vigueur", None, None, 1),
    ("Pénalités de retard : 3 fois le taux légal ; à défaut, taux BCE majoré de 10 points", None, None, 3),
    ("Pénalités de retard : trois fois le taux légal, à défaut taux BCE majoré de 10 points", None, None, 3),
    ("Pénalités de retard : taux BCE majoré de 10 points (12,15 %)", None, 10, None),
    ("Pénalités de retard : taux BCE majoré de 10 points de pourcentage, soit 12,15 %", None, 10, None),
    ("Pénalités de retard : 12,15 % (taux BCE + 10 points)", None, 10, None),
    ("Pénalités de retard : taux directeur de la BCE + 10", None, 10, None),
    ("Pénalités de retard : taux de la BCE majoré de dix points", None, 10, None),
    ("Pénalités de retard : taux de la BCE majoré de 10 (dix) points", None, 10, None),
    ("Pénalités de retard : taux REFI + 10 pts", None, 10, None),
    ("Pénalités de retard : taux BCE majoré de 1000 points de base", None, 10, None),
    (
        "Le taux d’intérêt des pénalités de retard est le taux appliqué par la Banque centrale européenne à son "
        "opération de refinancement la plus récente majoré de 10 points de pourcentage",
        None,
        10,
        None,
    ),
    ("Pénalités de retard : BCE + 10 points, et au moins trois fois le taux légal", None, 10, None),
    ("Intérêts moratoires : taux BCE augmenté de huit points", None, 8, None),
    ("PMD: taux de refinancement de la BCE majoré de 10 points", None, 10, None),
    ("Tout retard de paiement (art. L441-10 C. com.) : taux BCE + 10 points", None, 10, None),
    ("Pénalités de retard (art. L441-10) : 10 % l’an", 10, None, None),
    ("Pénalités de retard : 10 % par an (0,83 % par mois)", 10, None, None),
    ("Pénalités de retard : 1 % par mois, soit 12 % l’an", 12, None, None),
    ("Pénalité mensuelle de 1,5 %", 18, None, None),
    ("Pénalités : 0,05 % par jour de retard", "18.25", None, None),
    ("Intérêts annuels de retard : 12 pour cent", 12, None, None),
    ("Pas d’escompte pour paiement anticipé, pénalités de retard : 10 %", 10, None, None),
    ("Escompte : 0 % – Pénalités de retard : 12 % l’an", 12, None, None),
    ("Pénalités de retard de 15 % du montant TTC par an", 15, None, None),
    ("Pénalités de retard : 12 % sans pouvoir être inférieures à 3 fois le taux légal", 12, None, None),
    ("En cas de retard, intérêt de 9,5 % l’an", "9.5", None, None),
)
SILENT = (
    "Pénalités de retard : 15 % du montant de la facture",
    "Pénalité forfaitaire de 10 %",
    "Pénalités de retard : taux d’intérêt légal majoré de 5 points (8,75 %)",
    "Pénalités de retard : taux BCE majoré (soit 12,15 %)",
    "Pénalités de retard selon l’article L441-10",
    "Escompte de 2 % en cas de paiement sans retard",
)


class TestMentionWordings(unittest.TestCase):
    def test_what_french_invoices_write_of_penalties_is_read(self):
        for text, rate, points, times in WORDINGS:
            with self.subTest(text):
                told = penalties_told([text])
                self.assertIsNotNone(told)
                wanted = tuple(None if one is None else Decimal(one) for one in (rate, points, times))
                self.assertEqual((told.rate, told.points, told.times), wanted)

    def test_a_share_of_the_price_or_a_rate_that_is_not_understood_is_not_told(self):
        for text in SILENT:
            with self.subTest(text):
                self.assertIsNone(penalties_told([text]))


class TestIndemnityTold(unittest.TestCase):
    def test_the_amount_of_the_fixed_indemnity_is_read(self):
        for text, amounts in (
            ("Indemnité forfaitaire pour frais de recouvrement : 40 €", [40]),
            ("Indemnité forfaitaire pour frais de recouvrement : 40,00 EUR (D441-5)", [40]),
            ("PMT: 40 euros", [40]),
            ("Une indemnité de quarante euros est due", [40]),
            ("Une indemnité de quarante (40) euros est due", [40]),
            ("Une somme de 50 € est due pour frais de recouvrement", [50]),
            ("A flat-rate fee of €40 for collection costs will be charged", [40]),
            ("Indemnité forfaitaire, pour toute facture supérieure à 1 000 € : 40 €", [40]),
            ("Indemnité forfaitaire : 1 234,50 €", ["1234.50"]),
        ):
            with self.subTest(text):
                self.assertEqual(indemnity_told([text]).amounts, tuple(map(Decimal, amounts)))

    def test_what_gives_no_amount_is_not_told(self):
        for text in (
            None,
            "Total : 40 €",
            "Indemnité forfaitaire due en cas de retard.",
            "SARL au capital de 10 000 €, frais de recouvrement en sus",
            "Indemnité de 15 % des sommes dues",
        ):
            self.assertIsNone(indemnity_told([text]), text)

    def test_another_amount_contradicts(self):
        told = indemnity_told(["Bonjour.", "Indemnité de recouvrement : 50 €."])
        self.assertEqual(told.sentence, "Indemnité de recouvrement : 50 €.")
        self.assertTrue(contradicts_indemnity(told, Decimal("40.00")))
        self.assertFalse(contradicts_indemnity(told, Decimal(50)))
        self.assertFalse(contradicts_indemnity(None, Decimal(40)))


class TestDiscountTold(unittest.TestCase):
    def test_whether_there_is_a_discount_and_which_is_read(self):
        for text, percent, days in (
            ("Pas d’escompte pour paiement anticipé.", 0, None),
            ("Aucun escompte n’est accordé", 0, None),
            ("Escompte pour règlement anticipé : néant", 0, None),
            ("Escompte : 0 %", 0, None),
            ("Sans escompte, pénalités de retard : 10 %", 0, None),
            ("Nous n’accordons pas d’escompte", 0, None),
            ("L’escompte n’est pas accordé", 0, None),
            ("Escompte non applicable", 0, None),
            ("AAB: No discount for early payment.", 0, None),
            ("Escompte de 2 % à 8 jours", 2, 8),
            ("Escompte pour paiement anticipé : 1,5 % sous 10 jours, pénalités de retard : 10 %", "1.5", 10),
            ("En cas de paiement sous 10 jours, escompte de 2 %", 2, 10),
            ("Discount for early payment: 2 % if paid within 8 days.", 2, 8),
            ("AAB: 2 % à 8 jours", 2, 8),
            ("Escompte de 0,5 % par mois d’anticipation", None, None),
            ("Escompte de 1 % à 10 jours, 2 % comptant", None, 10),
        ):
            with self.subTest(text):
                told = discount_told([text])
                self.assertEqual((told.percent, told.days), (None if percent is None else Decimal(percent), days))

    def test_what_says_nothing_of_it_is_not_told(self):
        for text in (
            None,
            "Remise de 10 %",
            "10 % discount on the second item",
            "Conditions d’escompte : voir nos conditions de vente",
            "Payment within 8 days, early delivery 2 %",
        ):
            self.assertIsNone(discount_told([text]), text)

    def test_another_discount_than_that_of_the_terms_contradicts(self):
        none = discount_told(["Pas d’escompte."])
        two = discount_told(["Escompte de 2 % à 8 jours."])
        some = discount_told(["Escompte de 0,5 % par mois."])
        nothing = Decimal(0)
        for told, percent, days, contradicts in (
            (None, Decimal(2), 8, False),
            (none, nothing, None, False),
            (none, Decimal(2), 8, True),
            (two, nothing, None, True),
            (two, Decimal("2.0"), 8, False),
            (two, Decimal("2.0"), 10, True),
            (two, Decimal(3), 8, True),
            (some, nothing, None, True),
            (some, Decimal(2), 8, False),
        ):
            self.assertEqual(contradicts_discount(told, percent, days), contradicts, (told, percent, days))
