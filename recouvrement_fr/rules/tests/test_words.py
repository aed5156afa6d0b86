"""Amounts in words: French spelling is a minefield."""

import unittest
from decimal import Decimal

from ..errors import NegativeAmount, UnknownCurrency, UnknownLanguage
from ..words import amount_in_words


class TestAmountInWords(unittest.TestCase):
    def check(self, cases, *arguments):
        for amount, words in cases:
            with self.subTest(amount=amount):
                self.assertEqual(amount_in_words(Decimal(amount), *arguments), words)

    def test_french_euros(self):
        self.check(
            (
                ("0", "zéro euro"),
                ("0.01", "zéro euro et un centime"),
                ("0.50", "zéro euro et cinquante centimes"),
                ("1", "un euro"),
                ("1.01", "un euro et un centime"),
                ("1.995", "deux euros"),
                ("2", "deux euros"),
                ("21", "vingt et un euros"),
                ("71", "soixante et onze euros"),
                ("80", "quatre-vingts euros"),
                ("80.80", "quatre-vingts euros et quatre-vingts centimes"),
                ("81", "quatre-vingt-un euros"),
                ("91", "quatre-vingt-onze euros"),
                ("100", "cent euros"),
                ("200", "deux cents euros"),
                ("201", "deux cent un euros"),
                ("280", "deux cent quatre-vingts euros"),
                ("1000", "mille euros"),
                ("1234.56", "mille deux cent trente-quatre euros et cinquante-six centimes"),
                ("2000", "deux mille euros"),
                ("80000", "quatre-vingt mille euros"),
                ("200000", "deux cent mille euros"),
            )
        )

    def test_a_round_million_takes_a_preposition(self):
        self.check(
            (
                ("1000000", "un million d'euros"),
                ("1000000.50", "un million d'euros et cinquante centimes"),
                ("1000001", "un million un euros"),
                ("1200000", "un million deux cent mille euros"),
                ("2000000", "deux millions d'euros"),
                ("80000000", "quatre-vingts millions d'euros"),
                ("1000000000", "un milliard d'euros"),
            )
        )
        self.check((("2000000", "deux millions de dollars américains"),), "USD")

    def test_other_currencies_in_french(self):
        self.check((("1", "un dollar américain"), ("2.01", "deux dollars américains et un cent")), "USD")
        self.check(
            (
                ("1", "une livre sterling"),
                ("21", "vingt et une livres sterling"),
                ("81.02", "quatre-vingt-une livres sterling et deux pence"),
                ("80", "quatre-vingts livres sterling"),
            ),
            "GBP",
        )
        self.check((("1", "un franc suisse"), ("80.05", "quatre-vingts francs suisses et cinq centimes")), "CHF")

    def test_english(self):
        self.check(
            (
                ("0", "zero euros"),
                ("1", "one euro"),
                ("1.01", "one euro and one cent"),
                ("1234.56", "one thousand two hundred and thirty-four euros and fifty-six cents"),
                ("1000000", "one million euros"),
            ),
            "EUR",
            "en",
        )
        self.check((("2", "two pounds sterling"),), "GBP", "en_GB")

    def test_what_cannot_be_worded_is_refused_by_name(self):
        for error, arguments in (
            (NegativeAmount, (Decimal("-0.01"),)),
            (UnknownCurrency, (Decimal(1), "JPY")),
            (UnknownLanguage, (Decimal(1), "EUR", "de")),
        ):
            with self.subTest(error=error.__name__), self.assertRaises(error):
                amount_in_words(*arguments)
