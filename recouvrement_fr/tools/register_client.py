"""What the State's register says of a company, from its open interface (API Recherche d'entreprises).

``search`` takes ``q`` (a SIREN, or a name), ``page`` and ``per_page`` (25 at most) and answers ``results`` and
``total_results``. A result has its ``siren``, ``nom_complet``, ``etat_administratif`` (A: active, C: ceased),
``nature_juridique`` (the code of INSEE), ``activite_principale`` (NAF), dates of creation and of closing, its ``siege``
(head office), and ``finances``: by year, ``ca`` (turnover) and ``resultat_net``. Of those who asked not to be told of
(``statut_diffusion`` P), the address is not given.
"""

import json
import math
from datetime import date
from typing import NamedTuple

from . import outside

URL = "https://recherche-entreprises.api.gouv.fr/search"
FOUND = 10  # shown at most: a person chooses
BYTES = 1_000_000
HIDDEN = "[NON-DIFFUSIBLE]"


class RegisterError(Exception):
    """The service did not answer, or not as it is documented; the message says which, and names nobody."""


class Company(NamedTuple):
    """A company of the register; amounts in euros; ``accounts``: the year of its last published accounts, 0 without."""

    siren: str
    name: str
    is_active: bool
    legal_form: str
    activity: str
    created_on: date | None
    closed_on: date | None
    siret: str
    street: str
    zip: str
    city: str
    accounts: int = 0
    turnover: float | None = None
    result: float | None = None


def find(query, url=URL):
    """The companies that answer to a SIREN or to a name, the closest first, FOUND at most.

    :raises RegisterError: no network, a refusal, or an answer that is not the documented one
    """
    try:
        answer = json.loads(outside.read(url, {"q": query, "page": 1, "per_page": FOUND}, size=BYTES))
        return [_read(record) for record in answer["results"][:FOUND]]
    except outside.OutsideError as error:
        raise RegisterError(str(error)) from error
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise RegisterError("unexpected answer") from error  # its words may name somebody


def _read(record):
    office = record.get("siege") or {}
    year, accounts = _last(record.get("finances") or {})
    siren = str(record["siren"])
    if not (siren.isascii() and siren.isdigit() and len(siren) == 9):
        raise ValueError("siren")
    return Company(
        siren=siren,
        name=_text(record.get("nom_complet")) or _text(record.get("nom_raison_sociale")),
        is_active=record.get("etat_administratif") != "C",
        legal_form=_text(record.get("nature_juridique")),
        activity=_text(record.get("activite_principale")),
        created_on=_day(record.get("date_creation")),
        closed_on=_day(record.get("date_fermeture")),
        siret=_text(office.get("siret")),
        street=_street(office),
        zip=_text(office.get("code_postal")),
        city=_text(office.get("libelle_commune")),
        accounts=year,
        turnover=_number(accounts.get("ca")),
        result=_number(accounts.get("resultat_net")),
    )


def _last(finances):
    """The last year of published accounts, and what they say."""
    years = {year: told for year, told in finances.items() if len(year) == 4 and year.isdecimal()}
    last = max(years, key=int, default=None)
    return (int(last), years[last] or {}) if last else (0, {})


def _street(office):
    parts = (office.get("numero_voie"), office.get("indice_repetition"), office.get("type_voie"))
    return " ".join(filter(None, map(_text, (*parts, office.get("libelle_voie")))))


def _text(value):
    text = str(value).strip() if value is not None else ""
    return "" if HIDDEN in text else text[:200]


def _number(value):
    """:raises ValueError: a number without end"""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("number")
    return float(value) if isinstance(value, int | float) else None


def _day(text):
    return date.fromisoformat(text[:10]) if text else None
