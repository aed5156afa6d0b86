import re
from decimal import Decimal
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ...tools.formats import Formats, exact, rounded, sheet_figures, sheet_format

MODULE = Path(__file__).parent.parent.parent
# What a copy of `tools/formats` looks like: an amount rounded or written without asking its currency.
COPIES = re.compile(
    r"Decimal\(str\(|format_currency|quantize\(Decimal\(\"0\.0|^CENT = |def (cents|_?decimal)\(\w+(, \w+=2)?\):$"
    r"|:,?\.2f\}|%\.2f %|#,##0\.0|\.money\([^()]*currency\w*(\['\w+'\]|\.)\.?name",
    re.MULTILINE,
)
# Not amounts: rates in percent; drawing of PDF pages.
OTHERWISE = {"models/base/rule_words.py", "tools/bundle_pages.py", "tools/bundle_pdf.py", "tools/formats.py"}


@tagged("post_install", "-at_install")
class TestFormats(TransactionCase):
    """An amount is written with the decimals of its currency, in one place."""

    def currency(self, code):
        return self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])

    def test_each_currency_has_its_own_decimals(self):
        french = Formats("fr_FR")
        for code, amount, expected in (
            ("EUR", 1234.5, "1 234,50 €"),
            ("EUR", 0.005, "0,01 €"),
            ("TND", 1234.5678, "1 234,568 TND"),
            ("TND", Decimal("0.0005"), "0,001 TND"),
            ("JPY", 1234.5, "1 235 JPY"),
            ("XPF", 1000, "1 000 FCFP"),
            ("USD", -12.3, "-12,30 $US"),
        ):
            shown = french.money(amount, self.currency(code)).replace("\u00a0", " ")
            self.assertEqual(shown, expected, code)
        self.assertEqual(
            Formats("en_US").money(1234.5678, self.currency("TND")).replace("\u00a0", " "), "TND 1,234.568"
        )

    def test_the_currency_of_the_database_says_how_many_not_the_country_of_the_library(self):
        forint = self.currency("HUF")
        forint.rounding = 1.0
        self.assertEqual(Formats("fr_FR").money(1234.5, forint).replace("\u00a0", " "), "1 235 HUF")
        forint.rounding = 0.001
        self.assertEqual(Formats("fr_FR").money(1234.5, forint).replace("\u00a0", " "), "1 234,500 HUF")

    def test_an_amount_in_words_is_rounded_up_at_half_a_cent(self):
        self.assertEqual(Formats("fr_FR").words(1.005, self.currency("EUR")), "un euro et un centime")
        self.assertEqual(Formats("fr_FR").words(1.5, self.currency("TND")), "")

    def test_a_float_loses_what_binary_fractions_add(self):
        self.assertEqual(exact(0.1 + 0.2), Decimal("0.3"))
        self.assertEqual(rounded(2.675, self.currency("EUR")), Decimal("2.68"))
        self.assertEqual(rounded(2.5, self.currency("JPY")), Decimal("3"))

    def test_a_tenth_is_always_written_half_up_in_the_readers_way(self):
        for value, french, english in (
            (45, "45,0", "45.0"),
            (0, "0,0", "0.0"),
            (2.25, "2,3", "2.3"),
            (Decimal("2.15"), "2,2", "2.2"),
            (-0.01, "0,0", "0.0"),
            (1234.56, "1 234,6", "1,234.6"),
        ):
            self.assertEqual(Formats("fr_FR").tenths(value).replace("\u00a0", " "), french)
            self.assertEqual(Formats("en_US").tenths(value), english)

    def test_a_figure_of_whatever_currency_keeps_its_decimals(self):
        for value, french, english in (
            (1000, "1 000,00", "1,000.00"),
            (1234.567, "1 234,567", "1,234.567"),
            (Decimal("4.2625"), "4,2625", "4.2625"),
            (-100 / 3, "-33,3333", "-33.3333"),
        ):
            self.assertEqual(Formats("fr_FR").figure(value).replace("\u00a0", " "), french)
            self.assertEqual(Formats("en_US").figure(value), english)

    def test_cells_of_a_spreadsheet_have_the_same_decimals(self):
        shown = [sheet_figures(self.currency(code)) for code in ("EUR", "TND", "JPY")]
        self.assertEqual(shown, ["#,##0.00", "#,##0.000", "#,##0"])
        self.assertEqual(sheet_format(self.currency("TND")), '#,##0.000\\ "TND"')

    def test_french_amounts_are_written_as_the_library_writes_them(self):
        """Those of France have a way of their own, for the thousands of an account; Belgium's are the library's."""
        ours, library = Formats("fr_FR"), Formats("fr_BE")
        for code in ("EUR", "TND", "JPY", "USD", "CHF", "XPF"):
            for amount in (0, 0.01, -0.5, 999.99, 1000, -1000, 1234567.891, -98765432.1, Decimal("12345678901.10")):
                currency = self.currency(code)
                self.assertEqual(ours.money(amount, currency), library.money(amount, currency), (code, amount))

    def test_no_other_place_rounds_or_writes_an_amount_by_itself(self):
        found = []
        for folder in ("ledger", "tools", "models", "wizards", "controllers", "reports", "views"):
            for file in sorted(path for kind in ("py", "xml") for path in (MODULE / folder).rglob(f"*.{kind}")):
                name = file.relative_to(MODULE).as_posix()
                text = file.read_text(encoding="utf-8")
                if name not in OTHERWISE:
                    lines = (text.count("\n", 0, match.start()) + 1 for match in COPIES.finditer(text))
                    found += [f"{name}:{line}" for line in lines]
        self.assertEqual(found, [], "Use tools/formats.")
