"""What, in the record of a debtor, will make its dunning fail; each flaw has a code."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .debtor_type import FRENCH_COUNTRIES, siren_of, siren_of_partner
from .mention_words import DISCOUNT
from .regime import regime_of

PENALTY_RATE = re.compile(r"p[ée]nalit|int[ée]r[êe]ts? de retard|late[- ]payment|\bBCE\b|\bECB\b", re.IGNORECASE)
INDEMNITY = re.compile(r"\b40(?:[.,]00)?\s*(?:€|EUR|euros?)", re.IGNORECASE)


class Record(NamedTuple):
    """What is known of a debtor: ``has_email``: of whoever receives its reminders; ``is_bounced``: a message to that
    address came back."""

    debtor_type: str | None
    type_confirmed: bool
    company_registry: str | None
    vat: str | None
    country: str | None
    has_email: bool
    is_bounced: bool
    has_address: bool

    @property
    def siren(self) -> str | None:
        return siren_of_partner(self.company_registry, self.vat, self.country)


def flaws(record: Record) -> tuple[str, ...]:
    """The codes of its flaws, the worst first.

    A SIREN is asked of those whose invoices bear the mentions of the law (C.com L441-9), in France and overseas: it
    confirms their type, finds their insolvency, and a court asks for it.
    """
    found = []
    if not record.has_email:
        found.append("no_email")
    elif record.is_bounced:
        found.append("bounced")
    if not record.has_address:
        found.append("no_address")
    lives_in_france = not record.country or record.country.upper() in FRENCH_COUNTRIES
    if lives_in_france and regime_of(record.debtor_type).invoiced_by_law and not record.siren:
        typed = record.company_registry and not siren_of(record.company_registry)
        found.append("siren_wrong" if typed else "siren_missing")
    if not record.type_confirmed:
        found.append("type_unconfirmed")
    return tuple(found)


def lacks_mentions(debtor_type: str | None, text: str) -> bool:
    """Whether an invoice that says this lacks a mention of payment: the discount or that there is none, the rate of the
    penalties, the fixed indemnity (C.com L441-9 I). Its due date is printed by itself."""
    if not regime_of(debtor_type).invoiced_by_law:
        return False
    return not all(mention.search(text) for mention in (DISCOUNT, PENALTY_RATE, INDEMNITY))


def duplicates(sirens: Iterable[tuple[int, str | None]]) -> Mapping[int, str]:
    """{id: SIREN} of the records that share theirs with another one: probably the same company, twice."""
    groups = defaultdict(list)
    for record_id, siren in sirens:
        if siren:
            groups[siren].append(record_id)
    return {record_id: siren for siren, ids in groups.items() if len(ids) > 1 for record_id in ids}
