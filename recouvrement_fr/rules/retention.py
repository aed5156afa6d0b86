"""How long the data of a person are kept, and what a text or a figure keeps once they are not (RGPD art. 5.1 e, 17)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

# A figure says nothing of who it is about; a telephone number, a postcode of five digits or a SIREN could.
FIGURE = re.compile(r"-?\d{1,4}|-?\d{1,12}\.\d{1,10}|\d{4}-\d{2}-\d{2}|[0-9a-f]{64}")
KEY = re.compile(r"[a-z][a-z0-9_]*|\d{1,12}")


@dataclass(frozen=True)
class Period:
    """Data of one kind are kept for so many months after an event, from the day the rule is in force."""

    kind: str
    event: str
    months: int
    since: date
    own: bool = False  # of the company itself: it wins over what every company has
    verified: bool = False


@dataclass(frozen=True)
class End:
    """The first day on which data of a kind need not be kept any more."""

    kind: str
    event: str
    happened: date
    on: date
    verified: bool


def in_force(periods: Iterable[Period], kind: str, on: date) -> Period | None:
    """The rule for a kind of data on a day: the company's own first, then the last that came into force."""
    known = [period for period in periods if period.kind == kind and period.since <= on]
    return max(known, key=lambda period: (period.own, period.since), default=None)


def ends(happened: Mapping[str, date | None], kinds: Iterable[str], periods: Iterable[Period], on: date) -> list[End]:
    """When each of these kinds may go, the last first; where nothing at all happened, nothing is held.

    A kind whose own event never happened (somebody who never paid) is kept from the end of the relation.

    :param happened: the last day of each event
    :raises KeyError: when no rule says how long a kind is kept; whoever asks keeps the data then
    """
    found = []
    for kind in kinds:
        period = in_force(periods, kind, on)
        if period is None:
            raise KeyError(kind)
        if day := happened.get(period.event) or happened.get("relation_end"):
            last = day + relativedelta(months=period.months)
            found.append(End(kind, period.event, day, last + relativedelta(days=1), period.verified))
    return sorted(found, key=lambda end: end.on, reverse=True)


def scrub(value):
    """A frozen value without the words in it: figures, days, hashes, yes and no stay where they were.

    Keys of a dictionary that are not plain names of ours (a file's name, say) become their rank.
    """
    if isinstance(value, dict):
        return {
            key if KEY.fullmatch(str(key)) else f"key_{rank}": scrub(held)
            for rank, (key, held) in enumerate(value.items())
        }
    if isinstance(value, list | tuple):
        return [scrub(held) for held in value]
    if isinstance(value, str):
        return value if FIGURE.fullmatch(value) else ""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**8:
        return 0  # a telephone number or a SIREN written as a number; no amount owed by a person is that large
    return value


def telling(words: Iterable[str | None]) -> str | None:
    """A pattern of what names one person without doubt, to be looked for in texts about others too.

    A single short word (“Martin”) is left out: it names streets, towns and others.
    """
    certain = set()
    for word in words:
        word = " ".join((word or "").split())
        digits = re.sub(r"\D", "", word)
        if "@" in word or len(digits) >= 9 or (" " in word and len(word) >= 7):
            certain.add(re.escape(word).replace(r"\ ", r"\s+"))
        if len(digits) >= 9 and not re.search("[a-zA-Z@]", word):  # as a telephone is written, and as it is dialled
            certain.add(r"[\s.-]*".join(digits[-9:]))
    return "|".join(sorted(certain, key=lambda one: (-len(one), one))) or None
