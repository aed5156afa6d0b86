"""The European Central Bank's main refinancing rate, from its statistical API (SDMX 2.1, CSV answers).

The interface is that of the ECB Data Portal: ``data/<flow>/<key>`` with ``endPeriod`` and ``lastNObservations``;
``format=csvdata`` answers one line per observation, among whose columns are ``KEY``, ``TIME_PERIOD`` and ``OBS_VALUE``.
A period without observation is answered by 404, or by an answer without a line.
"""

import csv
import io
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from . import outside

URL = "https://data-api.ecb.europa.eu/service/data"
FLOW, KEY = "FM", "D.U2.EUR.4F.KR.MRR_FR.LEV"  # fixed-rate tenders: how the ECB has lent since October 2008
PLAUSIBLE = Decimal(-5), Decimal(25)  # percent per year: it has been between 0 and 4.75 since 1999


class EcbError(Exception):
    """The service did not answer, or not as it is documented; the message says which."""


class EcbUnreachable(EcbError):
    """No connection: nobody answered at all."""


class EcbSilent(EcbError):
    """The service answered that it has no observation up to that day."""


class Observation(NamedTuple):
    """The rate in force since ``on``, or still in force that day, in percent per year."""

    on: date
    rate: Decimal
    source: str  # the series, as the Data Portal names it


def refinancing_rate(on, url=URL):
    """The main refinancing rate in force on a day: the last observation up to it.

    :raises EcbSilent: no observation up to that day
    :raises EcbError: no network, a refusal, or an answer that is not the documented one
    """
    answer = _get(
        f"{url.rstrip('/')}/{FLOW}/{KEY}",
        {"endPeriod": on.isoformat(), "lastNObservations": 1, "format": "csvdata", "detail": "dataonly"},
    )
    found = [observation for observation in _read(answer) if observation.on <= on]
    if not found:
        raise EcbSilent(f"no observation of {FLOW}.{KEY} up to {on}")
    return max(found, key=lambda observation: observation.on)


def _get(url, parameters):
    try:
        return outside.read(url, parameters, {"Accept": "text/csv"}).decode("utf-8-sig")
    except outside.NotFound:
        return ""
    except outside.Unreachable as error:
        raise EcbUnreachable(str(error)) from error
    except outside.OutsideError as error:
        raise EcbError(str(error)) from error
    except UnicodeDecodeError as error:
        raise EcbError("unexpected answer: not a text") from error


def _read(text):
    """The observations of an answer; a line without a value (a day on which nothing was published) is passed over."""
    try:
        lines = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise EcbError(f"unexpected answer: {error}") from error
    if not lines and text.strip() and not text.startswith("KEY,"):
        raise EcbError(f"unexpected answer: {text[:200]}")
    return [found for found in map(_observation, lines) if found]


def _observation(line):
    """The Observation of a line, or None where it holds no value.

    :raises EcbError: another series, a day that is none, a rate that is no plausible number
    """
    try:
        if line["KEY"] != f"{FLOW}.{KEY}":
            raise ValueError(line["KEY"])
        if line["OBS_VALUE"] in ("", "NaN"):
            return None
        day, rate = date.fromisoformat(line["TIME_PERIOD"]), Decimal(line["OBS_VALUE"])
        if not (rate.is_finite() and PLAUSIBLE[0] <= rate <= PLAUSIBLE[1]):
            raise ValueError(line["OBS_VALUE"])
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise EcbError(f"unexpected line: {str(line)[:200]}") from error
    return Observation(day, rate, line["KEY"])
