"""The official announcements of insolvency proceedings (BODACC), from the open data of the DILA.

The interface is that of the dataset ``annonces-commerciales`` (Explore API v2.1): ``records`` with ``where``, ``limit``
(100 at most) and ``offset``; ``registre`` holds the SIREN, with and without spaces, and ``jugement`` a JSON text.
``typeavis`` tells a first notice (``annonce``) from one that corrects (``rectificatif``) or withdraws (``annulation``)
an earlier one.
"""

import json
import re
from datetime import date
from typing import NamedTuple

from . import outside

URL = "https://bodacc-datadila.opendatasoft.com/api/explore/v2.1/catalog/datasets/annonces-commerciales/records"
PAGE = 100  # records an answer holds at most
SIRENS = 50  # asked for together: the address of a request stays short
PAGES = 100  # for one group of companies: beyond, the answer is not the one that was asked for
NUMBER = 40  # characters of one that could not be read, as it is told
MOST = {"number": 100, "name": 200, "court": 200, "nature": 300, "text": 10_000, "link": 500}  # characters kept
FIELDS = "id,dateparution,tribunal,commercant,registre,jugement,url_complete,familleavis,typeavis"


class BodaccError(Exception):
    """The service did not answer, or not as it is documented; the message says which."""


class Announcement(NamedTuple):
    """An announcement of insolvency: ``nature`` as published, ``notice`` one of ``annonce``, ``rectificatif`` and
    ``annulation``; ``kind`` one of ours, or None where it opens nothing: another step, a correction, a withdrawal."""

    number: str
    published_on: date
    siren: str
    name: str
    court: str
    nature: str
    judgment_on: date | None
    text: str
    link: str
    notice: str = "annonce"

    @property
    def kind(self):
        if self.notice != "annonce":
            return None
        nature = self.nature.lower()
        if "ouverture" not in nature and "conversion" not in nature and "prononçant" not in nature:
            return None
        return next((kind for kind in ("liquidation", "redressement", "sauvegarde") if kind in nature), None)


class Announcements(NamedTuple):
    """What was published: the announcements, the oldest first, and the numbers of the records nobody could read."""

    found: list
    unread: list


def announcements(sirens, since, url=URL):
    """The insolvency announcements of these companies published on that day or later, as Announcements.

    A record that is not as documented is passed over and named in ``unread``: it hides no other, and a person looks.

    :raises BodaccError: no network, a refusal, or an answer that is not the documented one
    """
    found, unread = [], []
    wanted = sorted({siren for siren in sirens if siren})
    for start in range(0, len(wanted), SIRENS):
        group = wanted[start : start + SIRENS]
        for record in _records(url, group, since):
            try:
                found += _read(record, set(group))
            except BodaccError:
                unread.append(_number(record))
    return Announcements(sorted(found, key=lambda one: (one.published_on, one.number)), unread)


def _number(record):
    """The number of a record, as far as it has one; never its content, which names people."""
    number = record.get("id") if isinstance(record, dict) else None
    return str(number)[:NUMBER] if number else "?"


def _records(url, sirens, since):
    where = (
        f'familleavis = "collective" and dateparution >= date\'{since.isoformat()}\''
        f" and registre in ({', '.join(json.dumps(siren) for siren in sirens)})"
    )
    offset = 0
    for _page in range(PAGES):
        parameters = {"where": where, "select": FIELDS, "limit": PAGE, "offset": offset, "order_by": "dateparution"}
        answer = _get(url, parameters)
        try:
            records, total = answer["results"], int(answer["total_count"])
            yield from records
            offset += len(records)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BodaccError("unexpected answer: no records and no count of them") from error  # logs name nobody
        if not records or offset >= total:
            return
    raise BodaccError(f"more than {PAGES * PAGE:,} announcements for {len(sirens)} companies")


def _get(url, parameters):
    try:
        return json.loads(outside.read(url, parameters))
    except outside.OutsideError as error:
        raise BodaccError(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise BodaccError("unexpected answer: not JSON") from error


def _read(record, sirens):
    """One announcement per company named in a record.

    :raises BodaccError: the record is not as documented
    """
    try:
        judgment = record.get("jugement") or {}
        if isinstance(judgment, str):
            judgment = json.loads(judgment)
        registry = record.get("registre") or []
        registry = registry.split(",") if isinstance(registry, str) else registry
        named = {re.sub(r"\D", "", number) for number in registry} & sirens
        link = _words("link", record.get("url_complete"))
        return [
            Announcement(
                str(record["id"])[: MOST["number"]],
                date.fromisoformat(record["dateparution"]),
                siren,
                _words("name", record.get("commercant")),
                _words("court", record.get("tribunal")),
                _words("nature", judgment.get("nature") or judgment.get("famille")),
                _day(judgment.get("date")),
                _words("text", judgment.get("complementJugement")),
                link if link.startswith(("https://", "http://")) else "",
                _notice(record.get("typeavis") or judgment.get("type") or ""),
            )
            for siren in sorted(named)
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BodaccError(f"unexpected record: {_number(record)}") from error


def _words(name, text):
    """:raises TypeError: it is no text"""
    if text is not None and not isinstance(text, str):
        raise TypeError(name)
    return (text or "")[: MOST[name]]


def _notice(text):
    """What the notice is; the type is written with its accents and words around it, or not at all."""
    return next((kind for kind in ("rectificatif", "annulation") if kind in text.lower()), "annonce")


def _day(text):
    try:
        return date.fromisoformat(text or "")
    except ValueError:  # « 3 mars 2026 » in old announcements: a person reads it
        return None
