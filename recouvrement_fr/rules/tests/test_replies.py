import unittest
from datetime import date
from decimal import Decimal

from ..replies import named_amount, named_day, own_words, read

ON = date(2026, 3, 4)  # a Wednesday


class TestReplies(unittest.TestCase):
    def test_days(self):
        for text, expected in (
            ("Je paierai vendredi.", date(2026, 3, 6)),
            ("Je paierai mercredi prochain.", date(2026, 3, 11)),
            ("Virement le 12 mars.", date(2026, 3, 12)),
            ("Virement le vendredi 12 mars 2027.", date(2027, 3, 12)),
            ("Virement le 1er avril.", date(2026, 4, 1)),
            ("Virement le 12 janvier.", date(2027, 1, 12)),
            ("Virement le 12/03.", date(2026, 3, 12)),
            ("Virement le 12/03/2026.", date(2026, 3, 12)),
            ("Virement le 12.03.26.", date(2026, 3, 12)),
            ("Virement le 12.", date(2026, 3, 12)),
            ("Virement le 2.", date(2026, 4, 2)),
            ("Virement le 31.", date(2026, 3, 31)),
            ("Règlement demain.", date(2026, 3, 5)),
            ("Règlement après-demain.", date(2026, 3, 6)),
            ("Règlement aujourd’hui.", ON),
            ("Règlement sous 8 jours.", date(2026, 3, 12)),
            ("Règlement d’ici 10 jours.", date(2026, 3, 14)),
            ("Règlement en fin de mois.", None),
            ("Règlement à la fin du mois.", date(2026, 3, 31)),
            ("Règlement fin avril.", date(2026, 4, 30)),
            ("Règlement fin du mois de février.", date(2027, 2, 28)),
            ("Règlement bientôt.", None),
            ("Règlement le 12 ou le 15 mars.", None),
            ("Règlement le 31 février.", None),
            ("Règlement le 45/78.", None),
            ("Je vire 1.200 euros.", None),
            ("Paragraphe 12.03 de vos conditions.", None),
        ):
            with self.subTest(text=text):
                self.assertEqual(named_day(text, ON), expected)

    def test_amounts(self):
        for text, expected in (
            ("Je vire 1 250,50 €.", Decimal("1250.50")),
            ("Je vire 1.250,50 EUR.", Decimal("1250.50")),
            ("Je vire 500 euros demain.", Decimal(500)),
            ("Je vire 12 euros ou 15 euros.", None),
            ("Facture 2026/0012.", None),
            ("Je vire tout.", None),
        ):
            with self.subTest(text=text):
                self.assertEqual(named_amount(text), expected)

    def test_what_is_quoted_is_not_read(self):
        text = "Bonjour,\nBien reçu.\n\nLe mar. 3 mars 2026 à 09:12, Compta <a@b.fr> a écrit :\n> Nous paierons demain."
        self.assertEqual(own_words(text), "Bonjour,\nBien reçu.")
        self.assertIsNone(read(text, ON))
        for mark in ("> Nous paierons demain", "-----Message d'origine-----", "De : Compta", "-- ", "________________"):
            with self.subTest(mark=mark):
                self.assertEqual(own_words(f"Bien reçu.\n{mark}\nNous paierons demain."), "Bien reçu.")

    def test_what_is_plainly_said_is_read(self):
        for text, kind, day, amount in (
            ("Bonjour. Nous réglerons 1 200 € vendredi. Cordialement", "promise", date(2026, 3, 6), Decimal(1200)),
            ("Le virement partira le 12 mars.", "promise", date(2026, 3, 12), None),
            ("Je vais vous payer 300 euros demain.", "promise", date(2026, 3, 5), Decimal(300)),
            ("Nous contestons cette facture.", "dispute", None, None),
            ("La marchandise est non conforme à la commande.", "dispute", None, None),
            ("Nous sommes en attente d’un avoir de 200 €.", "dispute", None, Decimal(200)),
            ("Nous avons déjà réglé cette facture le 2 mars 2026.", "paid", date(2026, 3, 2), None),
            ("Le virement a été effectué hier.", "paid", None, None),
            ("Mme Durand ne travaille plus ici.", "wrong_person", None, None),
            ("Je suis absent du bureau, de retour le 12 mars.", "absent", date(2026, 3, 12), None),
        ):
            with self.subTest(text=text):
                found = read(text, ON)
                self.assertEqual((found.kind, found.day, found.amount), (kind, day, amount))
                self.assertIn(found.sentence, text)

    def test_the_sentence_is_quoted_alone(self):
        found = read("Bonjour,\nMerci de votre message. Nous réglerons vendredi.\nCordialement", ON)
        self.assertEqual(found.sentence, "Nous réglerons vendredi.")

    def test_what_is_not_plain_is_left_to_a_person(self):
        for text in (
            *("", "Bonjour", "Merci de me rappeler.", "Nous réglerons bientôt.", "Nous ne réglerons pas vendredi."),
            *("Nous réglerons vendredi si vous livrez.", "Avez-vous reçu le virement effectué hier ?"),
            *("Nous n’avons pas encore payé.", "Nous paierons dès que possible.", "Nous réglerons le 2 mars 2026."),
            "Nous avons réglé la première facture. Nous contestons la seconde.",
            "Le virement a été effectué. Nous réglerons le reste vendredi.",
        ):
            with self.subTest(text=text):
                self.assertIsNone(read(text, ON))

    def test_any_text_is_read_without_breaking(self):
        for text in ("\u0000", "€" * 5000, "le " * 5000, "99/99/9999 €", "12 mars " * 500, "ne " * 3000 + "pas"):
            with self.subTest(text=text[:20]):
                read(text, ON)
