"""Amounts in words, as a reconnaissance de dette must state them (C.civ 1376)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from num2words import num2words

from .errors import NegativeAmount, UnknownCurrency, UnknownLanguage

CENT = Decimal("0.01")
MILLION = 10**6


class Money(NamedTuple):
    """A currency's unit and hundredth, one and many."""

    one: str
    many: str
    cent: str
    cents: str
    feminine: bool = False


CURRENCIES = {
    "fr": {
        "EUR": Money("euro", "euros", "centime", "centimes"),
        "USD": Money("dollar américain", "dollars américains", "cent", "cents"),
        "GBP": Money("livre sterling", "livres sterling", "penny", "pence", feminine=True),
        "CHF": Money("franc suisse", "francs suisses", "centime", "centimes"),
    },
    "en": {
        "EUR": Money("euro", "euros", "cent", "cents"),
        "USD": Money("US dollar", "US dollars", "cent", "cents"),
        "GBP": Money("pound sterling", "pounds sterling", "penny", "pence"),
        "CHF": Money("Swiss franc", "Swiss francs", "centime", "centimes"),
    },
}


def _french(units: int, money: Money) -> str:
    """Units of a French currency: singular under two, « d'euros » after a round million, « une livre »."""
    words = num2words(units, lang="fr")
    if money.feminine and words.endswith("un"):
        words += "e"
    if units >= MILLION and units % MILLION == 0:
        return f"{words} d'{money.many}" if money.many[0] in "aeiou" else f"{words} de {money.many}"
    return f"{words} {money.one if units < 2 else money.many}"


def _english(units: int, money: Money) -> str:
    words = num2words(units, lang="en").replace(",", "")
    return f"{words} {money.one if units == 1 else money.many}"


def amount_in_words(amount: Decimal, currency: str = "EUR", lang: str = "fr") -> str:
    """An amount spelled out, rounded half up to the hundredth: « mille deux cent trente-quatre euros et cinquante-six
    centimes ». C.civ 1376 wants the sum of an acknowledged debt in words and in figures; the words prevail.

    ``currency``: EUR, USD, GBP or CHF. ``lang``: ``fr`` or ``en``, or a locale that begins with one (``fr_FR``).

    :raises NegativeAmount: an amount below zero
    :raises UnknownCurrency: another currency
    :raises UnknownLanguage: another language
    """
    if amount < 0:
        raise NegativeAmount(amount=amount)
    language = lang[:2].lower()
    if language not in CURRENCIES:
        raise UnknownLanguage(lang=lang, known=", ".join(CURRENCIES))
    currencies = CURRENCIES[language]
    if currency not in currencies:
        raise UnknownCurrency(currency=currency, known=", ".join(currencies))
    money = currencies[currency]
    units, cents = divmod(int(amount.quantize(CENT, ROUND_HALF_UP) * 100), 100)
    if language == "en":
        words, hundredths, link = _english(units, money), num2words(cents, lang="en"), "and"
    else:
        words, hundredths, link = _french(units, money), num2words(cents, lang="fr"), "et"
    if not cents:
        return words
    return f"{words} {link} {hundredths} {money.cent if cents == 1 else money.cents}"
