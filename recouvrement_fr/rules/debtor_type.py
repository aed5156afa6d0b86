"""What kind of debtor a partner is, from what its record says; no network, quick enough for a whole customer base."""

import re
from functools import cache
from typing import NamedTuple

from stdnum.eu import vat as eu_vat

SEPARATORS = str.maketrans("", "", " .-\u00a0\u202f")
LA_POSTE = "356000000"
NON_PROFESSIONAL = re.compile(
    r"\b(?:co-?propri[eé]t(?:[eé]s?|aires?)|associations?|sdc)\b",  # sdc: syndicat des copropriétaires
    re.IGNORECASE,
)
FRENCH_COUNTRIES = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC", "TF")  # all have a SIREN
VAT_COUNTRIES = {"EL": "GR", "XI": "GB"}  # the prefixes that are no country code
TRADING_FORMS = {"SARL", "SARLU", "EURL", "SAS", "SASU", "SNC", "SCS"}
LIBERAL_FORMS = {"SELARL", "SELARLU", "SELAS", "SELASU", "SELAFA", "SELCA", "SPFPL"}
OTHER_FORMS = {
    *("SCI", "SCCV", "SCPI", "SCM", "SCP", "SCEA", "SCA", "SCOP", "SCIC", "SICA", "SEM", "SEML", "SPL"),
    *("GIE", "GAEC", "EARL", "GFA", "CUMA", "ASL", "AFUL", "EPIC", "CCAS", "GMBH", "LTD", "SRL"),
}
BODIES = re.compile(
    r"(?:soci[eé]t[eé]|associations?|fondation|syndicat|f[eé]d[eé]ration|comit[eé]|mutuelle|coop[eé]rative|"
    r"commune|mairie|ville|d[eé]partement|r[eé]gion|communaut[eé]|minist[eè]re|pr[eé]fecture)\b",
    re.IGNORECASE,
)
ARTICLES = {"LE", "LA", "LES", "UN", "UNE", "L"}
IN_WORDS = re.compile(
    r"\bsociété (?:anonyme|en nom collectif|en commandite simple|par actions simplifiée|à responsabilité limitée)\b",
    re.IGNORECASE,
)
DOUBLED = str.maketrans("0123456789", "0246813579")


class DebtorType(NamedTuple):
    """``kind`` is professional, non_professional, consumer or public; ``confirmed`` when evidence supports it."""

    kind: str
    confirmed: bool


PUBLIC = DebtorType("public", True)
PROFESSIONAL = DebtorType("professional", True)
PROPOSED_PROFESSIONAL = DebtorType("professional", False)
PROPOSED_NON_PROFESSIONAL = DebtorType("non_professional", False)
PROPOSED_CONSUMER = DebtorType("consumer", False)


def _luhn(digits: str) -> bool:
    """Whether a string of digits has a valid Luhn key."""
    return (sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2].translate(DOUBLED)))) % 10 == 0


def siren_of(number: str | None) -> str | None:
    """The SIREN (9 digits) of a SIREN or SIRET as people type it, if its keys are right; else None.

    A SIRET of La Poste has no Luhn key of its own: its digits sum to a multiple of five (SIRENE practice).
    """
    if not number:
        return None
    digits = number.translate(SEPARATORS)
    if len(digits) not in (9, 14) or not (digits.isascii() and digits.isdigit()):
        return None
    siren = digits[:9]
    if siren == "000000000" or not _luhn(siren):
        return None
    if len(digits) == 14 and not _luhn(digits) and not (siren == LA_POSTE and sum(map(int, digits)) % 5 == 0):
        return None
    return siren


def _siren_of_vat(vat: str) -> str | None:
    """The SIREN inside a French VAT number whose key is right, else None (CGI ann. II 242 nonies A asks for it)."""
    key, siren = vat[2:4], siren_of(vat[4:]) if len(vat) == 13 else None
    if not siren:
        return None
    if key.isascii() and key.isdigit():
        return siren if int(key) == (12 + 3 * (int(siren) % 97)) % 97 else None
    return siren if _is_valid_vat(vat) else None


def _is_valid_vat(number: str) -> bool:
    """Whether a text is a valid VAT number of the European Union; whatever people typed, no digit of another script."""
    return number.isascii() and number.isalnum() and bool(eu_vat.is_valid(number))


def siren_of_partner(company_registry: str | None, vat: str | None, country: str | None = None) -> str | None:
    """The SIREN of whoever lives in that country (ISO code, None when unknown), else None.

    A registry number counts in France and its overseas territories alone: nine digits of another country's register
    may have a right key by chance. A VAT number counts when it is French, whatever its own key says: to watch over a
    company too many harms less than to miss one.
    """
    number = (vat or "").translate(SEPARATORS).upper()
    inside = siren_of(number[4:]) if number[:2] == "FR" else None
    lives_abroad = country.upper() not in FRENCH_COUNTRIES if country else number[:2].isalpha() and not inside
    return inside if lives_abroad else siren_of(company_registry) or inside


@cache
def _eu_prefixes() -> frozenset[str]:
    return frozenset(code.upper() for code in eu_vat.MEMBER_STATES) | {"EL"}  # Greece in VAT numbers


def country_by_numbers(vat: str | None, company_registry: str | None) -> tuple[str, str] | None:
    """The country (ISO code) that the numbers of a partner prove, and which: ``vat`` or ``siren``; None when they prove
    none. For an address without a country: a postal code alone proves nothing (67059 is Ludwigshafen as well)."""
    number = (vat or "").translate(SEPARATORS).upper()
    if number[:2] in _eu_prefixes() and (_siren_of_vat(number) if number[:2] == "FR" else _is_valid_vat(number)):
        return VAT_COUNTRIES.get(number[:2], number[:2]), "vat"
    return ("FR", "siren") if siren_of(company_registry) else None


def classify(
    name: str | None,
    is_company: bool,
    vat: str | None = None,
    company_registry: str | None = None,
) -> DebtorType:
    """The type of a debtor, and whether evidence confirms it.

    A valid SIREN (alone, in a SIRET or in a French VAT number) that begins with 1 or 2 is a public body's; another, or
    a valid VAT number of the European Union, a professional's: both confirmed. A name that says copropriété or
    association is a non-professional's, to be confirmed by a person. Without a number, the company flag proposes a
    professional and nothing proposes a consumer: not confirmed, so that no penalty is claimed on a guess
    (C.com L441-10 II applies between professionals only).
    """
    number = (vat or "").translate(SEPARATORS).upper()
    french = number[:2] == "FR"
    siren = siren_of(company_registry) or (_siren_of_vat(number) if french else siren_of(number))
    if siren and siren[0] in "12":
        return PUBLIC
    if name and NON_PROFESSIONAL.search(name):
        return PROPOSED_NON_PROFESSIONAL
    if siren or (not french and number[:2] in _eu_prefixes() and _is_valid_vat(number)):
        return PROFESSIONAL
    return PROPOSED_PROFESSIONAL if is_company else PROPOSED_CONSUMER


def is_trader_by_form(name: str | None) -> bool:
    """Whether the name of a company says, at one of its ends or in words, a form that is commercial whatever it does:
    SARL, SA, SAS, SNC, SCS (C.com L210-1 al. 2).

    Companies of liberal professions are left out: civil courts know of them (C.com L721-5). ``SA`` counts in capitals
    alone, and a word after an article is no form.
    """
    words = re.findall(r"\w+", (name or "").replace(".", ""))
    capitals = [word.upper() for word in words]
    if not words or LIBERAL_FORMS.intersection(capitals):
        return False
    last_is_noun = len(words) > 1 and capitals[-2] in ARTICLES and capitals[0] not in TRADING_FORMS
    ends = {capitals[0]} if last_is_noun else {capitals[0], capitals[-1]}
    return bool(ends & TRADING_FORMS) or "SA" in (words[0], words[-1]) or bool(IN_WORDS.search(name or ""))


def is_legal_person_by_name(name: str | None) -> bool:
    """Whether the name of a company says, at one of its ends or by its first word, that it is no sole trader.

    A sole trader has no person but his own (C.com L526-22), and a sign for a name: without a form, nothing is said.
    """
    words = [word.upper() for word in re.findall(r"\w+", (name or "").replace(".", ""))]
    says_form = not {*words[:1], *words[-1:]}.isdisjoint(LIBERAL_FORMS | OTHER_FORMS)
    return is_trader_by_form(name) or says_form or bool(BODIES.match((name or "").strip()))
