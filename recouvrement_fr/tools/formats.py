"""How money, dates, identifiers and addresses are written; the one place that knows.

A currency is a record of ``res.currency``: it says how many decimals its amounts have, three for a Tunisian dinar, none
for a yen.
"""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_symbol, parse_pattern

from ..rules.errors import RuleError
from ..rules.words import amount_in_words

NARROW_SPACE, SPACE = "\u202f", "\u00a0"
TENTH = Decimal("0.1")


class Formats:
    """Money, dates and figures as they are written in one language."""

    def __init__(self, lang):
        self.lang = lang
        try:
            self.locale = Locale.parse(lang.split("@")[0])
        except (ValueError, UnknownLocaleError):
            self.locale = Locale("fr", "FR")
        self.is_french = self.locale.language == "fr"
        self._cached_money = lru_cache(4096)(self._money)  # a batch repeats many amounts, zero and 40 EUR above all
        self.short = lru_cache(4096)(self._short)
        self.number = lru_cache(4096)(self._number)
        self.tenths = lru_cache(4096)(self._tenths)
        self.percent = lru_cache(512)(self._percent)
        self._cached_symbol = lru_cache(64)(self._symbol)

    def is_one(self, number):
        """Whether what is counted is told in the singular: in French up to two, which is not reached."""
        return abs(number) < 2 if self.is_french else number == 1

    def money(self, amount, currency):
        """An amount, rounded half up to the smallest unit of its currency, with its symbol."""
        return self._cached_money(rounded(amount, currency), currency.name, currency.decimal_places)

    def rounding(self, currency):
        """(what rounds an amount as ``rounded``, what writes an amount so rounded), for thousands of one currency."""
        step, name, digits = unit(currency), currency.name, currency.decimal_places
        return (
            lambda value: exact(value).quantize(step, ROUND_HALF_UP),
            lambda amount: self._cached_money(amount, name, digits),
        )

    def _money(self, amount, code, digits):
        if self.lang == "fr_FR":  # as below, many times faster: the account of a large customer holds 50,000 amounts
            return f"{amount:,.{digits}f}".replace(",", SPACE).replace(".", ",") + SPACE + self._cached_symbol(code)
        pattern = parse_pattern(self.locale.currency_formats["standard"].pattern)
        pattern.frac_prec = (digits, digits)
        text = pattern.apply(amount, self.locale, currency=code, currency_digits=False)
        return _widen(re.sub(r"(?<=[A-Za-z])(?=\d)", SPACE, text))  # the library forgets it after a code

    def _symbol(self, code):
        return get_currency_symbol(code, self.locale)

    def _short(self, day):
        return format_date(day, "dd/MM/yyyy", locale=self.locale) if self.is_french else self._medium(day)

    def _medium(self, day):
        return _widen(format_date(day, "medium", locale=self.locale))

    def long(self, day):
        """« 22 novembre 2026 », and « 1er décembre 2026 » as the French write the first of a month."""
        text = _widen(format_date(day, "long", locale=self.locale))
        return re.sub(r"^1\b", "1er", text) if self.is_french else text

    def _number(self, value):
        return _widen(format_decimal(value, locale=self.locale))

    def _tenths(self, value):
        """To a tenth, half up, which is always written, so that a column of them is aligned: « 45,0 », « 1 234,6 »."""
        return _widen(format_decimal(exact(value).quantize(TENTH, ROUND_HALF_UP) + 0, "#,##0.0", self.locale))

    def figure(self, value):
        """An amount of a currency that is not known, or a rate: two decimals, and up to four where it has them."""
        return _widen(format_decimal(exact(value), "#,##0.00##", self.locale))

    def _percent(self, value):
        """A yearly rate given in percent: « 12,40 % », and « 12.40% » where the language sets no space."""
        pattern = parse_pattern(self.locale.percent_formats[None].pattern)
        pattern.frac_prec = (2, max(2, -exact(value).as_tuple().exponent))
        return _widen(pattern.apply(exact(value) / 100, self.locale))

    def words(self, amount, currency):
        """The amount spelled out; empty in a language or a currency the words do not know."""
        try:
            return amount_in_words(exact(amount), currency.name, self.lang)
        except RuleError:
            return ""


def _widen(text):
    """Babel's narrow space is missing from common fonts: a second font in each letter for one glyph."""
    return text.replace(NARROW_SPACE, SPACE)


def exact(value):
    """A float, a string or a Decimal as an exact Decimal; a float without what binary fractions add to it."""
    if isinstance(value, float):
        return Decimal(str(round(value, 6)))
    return Decimal(value or 0)


def rounded(value, currency):
    """An amount to the smallest unit of its currency, half up."""
    return exact(value).quantize(unit(currency), ROUND_HALF_UP)


def unit(currency):
    """The smallest amount of a currency."""
    return Decimal(1).scaleb(-currency.decimal_places)


def sheet_figures(currency):
    """The format of a spreadsheet's cell for an amount of this currency, without its symbol."""
    return "#,##0" + (f".{'0' * currency.decimal_places}" if currency.decimal_places else "")


def sheet_format(currency):
    """The same with the symbol of the euro, negative amounts in red, or the code of any other currency."""
    figures = sheet_figures(currency)
    if currency.name == "EUR":
        return f'{figures}\\ "€";[Red]-{figures}\\ "€"'
    return f'{figures}\\ "{currency.name}"'


def day(value):
    """A date, given as one or in ISO."""
    return date.fromisoformat(value) if isinstance(value, str) else value or None


def iban(number):
    """An account number in groups of four, as printed on a RIB."""
    bare = re.sub(r"\W", "", number or "").upper()
    return SPACE.join(bare[start : start + 4] for start in range(0, len(bare), 4))


def company_numbers(registry):
    """(SIREN, SIRET) written in groups, from what was typed as the company's registration number."""
    digits = re.sub(r"\D", "", registry or "")
    if len(digits) not in (9, 14):
        return "", ""
    siren = SPACE.join((digits[:3], digits[3:6], digits[6:9]))
    return siren, f"{siren}{SPACE}{digits[9:]}" if len(digits) == 14 else ""


def paragraphs(text):
    """The paragraphs of a text typed in a field: a blank line separates them, a single line end stays."""
    return [part.strip() for part in re.split(r"\n\s*\n", text or "") if part.strip()]
