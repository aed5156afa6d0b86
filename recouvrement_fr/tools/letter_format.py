"""How a letter writes money, dates, identifiers and addresses; plain functions, no record."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from ..rules.errors import RuleError
from ..rules.words import amount_in_words

NARROW_SPACE, SPACE = "\u202f", "\u00a0"
CENT = Decimal("0.01")


class Formats:
    """Money, dates and figures as they are written in one language."""

    def __init__(self, lang):
        self.lang = lang
        try:
            self.locale = Locale.parse(lang.split("@")[0])
        except (ValueError, UnknownLocaleError):
            self.locale = Locale("fr", "FR")
        self.is_french = self.locale.language == "fr"
        self.money = lru_cache(4096)(self._money)  # a batch repeats many amounts, zero and 40 EUR above all
        self.short = lru_cache(4096)(self._short)

    def _money(self, amount, currency):
        return _widen(format_currency(amount, currency, locale=self.locale))

    def _short(self, day):
        return format_date(day, "dd/MM/yyyy", locale=self.locale) if self.is_french else self._medium(day)

    def _medium(self, day):
        return _widen(format_date(day, "medium", locale=self.locale))

    def long(self, day):
        """« 22 novembre 2026 », and « 1er décembre 2026 » as the French write the first of a month."""
        text = _widen(format_date(day, "long", locale=self.locale))
        return re.sub(r"^1\b", "1er", text) if self.is_french else text

    def number(self, value):
        return _widen(format_decimal(value, locale=self.locale))

    def percent(self, value):
        """A yearly rate given in percent: « 12,40 % »."""
        return _widen(format_percent(decimal(value) / 100, "0.00 %", locale=self.locale, decimal_quantization=False))

    def words(self, amount, currency):
        """The amount spelled out; empty in a language or a currency the words do not know."""
        try:
            return amount_in_words(amount, currency, self.lang)
        except RuleError:
            return ""


def _widen(text):
    """Babel's narrow space is missing from common fonts: a second font in each letter for one glyph."""
    return text.replace(NARROW_SPACE, SPACE)


def decimal(value):
    """A float, string or Decimal as an exact Decimal, to the cent for floats of money."""
    if isinstance(value, float):
        return Decimal(str(round(value, 6)))
    return Decimal(value or 0)


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
