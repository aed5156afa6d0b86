"""Whether a payment term is lawful, and when a public buyer is late."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

from .dates import month_end
from .errors import DueBeforeInvoice, UnknownClause, UnknownSector
from .notes import Note

DECADES = (10, 20)  # the first two decades of a month end on these days


@dataclass(frozen=True, slots=True)
class Term:
    """A maximum term, as data: ``days`` from a day, and what that day is.

    ``base``: ``invoice`` (its date), ``delivery`` (or performance, or a public buyer's receipt of the invoice),
    ``delivery_decade_end``, ``delivery_month_end``. ``end_of_month``: ``after`` the days are added, ``before``, or
    neither. ``needs_clause``: lawful only if the contract expressly says so.
    """

    days: int
    base: str
    article: str
    end_of_month: str = ""
    needs_clause: bool = False
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Sector:
    """The maximum terms of a trade: by clause of the contract; ``agreed`` is any other agreed date, ``default`` is
    when nothing was agreed, ``periodic`` a summary invoice, ``end_of_month`` an express clause of days end of month."""

    agreed: tuple[Term, ...]
    default: tuple[Term, ...]
    periodic: tuple[Term, ...]
    end_of_month: tuple[Term, ...]


CLAUSES = ("agreed", "default", "periodic", "end_of_month")

_END_OF_MONTH = tuple(
    Term(45, "invoice", "C.com L441-10 I al. 3", end_of_month=how, needs_clause=True) for how in ("after", "before")
)
_OVERSEAS_END_OF_MONTH = tuple(
    Term(45, "delivery", "C.com L441-13, L441-10 I al. 3", end_of_month=how, needs_clause=True)
    for how in ("after", "before")
)
_GENERAL = Sector(
    agreed=(Term(60, "invoice", "C.com L441-10 I al. 2"), *_END_OF_MONTH),
    default=(Term(30, "delivery", "C.com L441-10 I al. 1"),),
    periodic=(Term(45, "invoice", "C.com L441-10 I al. 4"),),
    end_of_month=_END_OF_MONTH,
)


def _one_limit(term: Term, periodic: Term | None = None) -> Sector:
    """A trade whose limit no clause can extend."""
    return Sector((term,), (term,), (periodic or term,), (term,))


def _special(*terms: tuple[int, str]) -> Sector:
    """A trade with a special term of its own for dates that were agreed, whose text was not read: ``terms`` are days,
    and whether a month ends after or before them. The general maximums hold without doubt."""
    read = [Term(days, "invoice", SPECIAL, end_of_month=how, verified=False) for days, how in terms]
    months = tuple(term for term in read if term.end_of_month)
    return Sector(
        agreed=(*_GENERAL.agreed, *read),
        default=_GENERAL.default,
        periodic=_GENERAL.periodic,
        end_of_month=(*_END_OF_MONTH, *months),
    )


SPECIAL = "C.com L441-11 II 6° à 10°"
SECTORS: Mapping[str, Sector] = {
    "general": _GENERAL,
    "perishable": _one_limit(
        Term(30, "delivery", "C.com L441-11 II 1°"),
        periodic=Term(30, "delivery_decade_end", "C.com L441-11 II 1°"),
    ),
    "livestock": _one_limit(Term(20, "delivery", "C.com L441-11 II 2°")),
    "alcohol": _one_limit(Term(30, "delivery_month_end", "C.com L441-11 II 3°")),
    "wine": Sector(
        agreed=(
            Term(60, "invoice", "C.com L441-11 II 4°"),
            *(Term(45, "invoice", "C.com L441-11 II 4°", end_of_month=how) for how in ("after", "before")),
        ),
        default=_GENERAL.default,
        periodic=_GENERAL.periodic,
        end_of_month=tuple(Term(45, "invoice", "C.com L441-11 II 4°", end_of_month=how) for how in ("after", "before")),
    ),
    "transport": _one_limit(Term(30, "invoice", "C.com L441-11 II 5°")),
    # Goods bought free of VAT (CGI 275) to be delivered as they are outside the Union: by an express clause.
    "export": Sector(
        agreed=(*_GENERAL.agreed, Term(90, "invoice", "C.com L441-12", needs_clause=True)),
        default=_GENERAL.default,
        periodic=_GENERAL.periodic,
        end_of_month=_END_OF_MONTH,
    ),
    # Goods sent overseas: the day of the delivery is that of their customs clearance there.
    "overseas": Sector(
        agreed=(Term(60, "delivery", "C.com L441-13, L441-10 I al. 2"), *_OVERSEAS_END_OF_MONTH),
        default=(Term(30, "delivery", "C.com L441-13, L441-10 I al. 1"),),
        periodic=(Term(45, "delivery", "C.com L441-13, L441-10 I al. 4"),),
        end_of_month=_OVERSEAS_END_OF_MONTH,
    ),
    # Trades with a strong season: figures of décret 2015-1484, since moved into the law, as public pages quote them.
    "farm_equipment": _special((110, "after"), (110, "before")),
    "garden_equipment": _special((55, "after"), (55, "before")),
    "snow_sports": _special((90, "")),
    "leather": _special((54, "after"), (54, "before")),
    "jewellery": _special((59, "after"), (59, "before"), (74, "")),
    "toys": _special((60, "")),  # its figure was not found
    "public": _one_limit(Term(30, "delivery", "CCP L2192-10, R2192-10")),
    "public_hospital": _one_limit(Term(50, "delivery", "CCP L2192-10, R2192-11")),
    "public_company": _one_limit(Term(60, "delivery", "CCP L2192-10, R2192-11")),
}


class DatedTerm(NamedTuple):
    """A maximum term of a trade, the clauses it binds, and the days on which it is the law (None: no end)."""

    sector: str
    clauses: tuple[str, ...]
    term: Term
    date_from: date | None = None
    date_to: date | None = None

    def _is_law(self, on: date) -> bool:
        return (self.date_from or date.min) <= on <= (self.date_to or date.max)


class SectorTable:
    """The maximum terms of each trade, as the law stood on a day; where no term is given, those of ``SECTORS``."""

    def __init__(self, terms: Iterable[DatedTerm] = ()):
        self.terms = tuple(terms)
        changes = {term.date_from for term in self.terms if term.date_from}
        changes |= {term.date_to + timedelta(days=1) for term in self.terms if term.date_to and term.date_to < date.max}
        self.starts = (date.min, *sorted(changes))
        self.laws = tuple(self._law(start) for start in self.starts)

    def _law(self, on: date) -> Mapping[str, Sector]:
        given: dict[tuple[str, str], list[Term]] = {}
        for term in self.terms:
            if term._is_law(on):
                for clause in term.clauses:
                    given.setdefault((term.sector, clause), []).append(term.term)
        return {
            code: Sector(*(tuple(given.get((code, clause), ())) or getattr(shipped, clause) for clause in CLAUSES))
            for code, shipped in SECTORS.items()
        }

    def on(self, day: date) -> Mapping[str, Sector]:
        """The maximum terms of each trade on a day: that of the invoice."""
        return self.laws[bisect_right(self.starts, day) - 1]

    def ended(self) -> Iterable[tuple[date, Mapping[str, Sector]]]:
        """The laws that gave way to another, oldest first, each with the first day of the next."""
        return zip(self.starts[1:], self.laws, strict=False)


class TermVerdict(NamedTuple):
    """``state``: ``lawful``, ``conditional`` (lawful only if the contract expressly says so), ``to_check`` (after the
    maximums that are sure, in a trade whose special term nobody verified) or ``unlawful``.

    ``latest`` is the last lawful due date without a clause, ``latest_with_clause`` with one (the same if none helps).
    """

    state: str
    due: date
    latest: date
    latest_with_clause: date
    article: str
    explanation: Note


def _decade_end(day: date) -> date:
    """The last day of the decade of a month: the 10th, the 20th or the last."""
    return next((day.replace(day=last) for last in DECADES if day.day <= last), month_end(day))


def latest_due(term: Term, invoice_date: date, delivered_on: date | None = None) -> date:
    """The last due date that a maximum term allows; the invoice's date stands for an unknown delivery.

    "45 jours fin de mois" is lawful both ways, days then end of month or end of month then days (CEPC): two terms.
    """
    start = invoice_date if term.base == "invoice" else delivered_on or invoice_date
    if term.base == "delivery_decade_end":
        start = _decade_end(start)
    if term.base == "delivery_month_end" or term.end_of_month == "before":
        start = month_end(start)
    due = start + timedelta(days=term.days)
    return month_end(due) if term.end_of_month == "after" else due


BASES = {
    "invoice": "the invoice date",
    "delivery": "the delivery",
    "delivery_decade_end": "the end of the decade of delivery",
    "delivery_month_end": "the end of the month of delivery",
}


def describe_term(term: Term) -> str:
    """A maximum term in a few English words."""
    if term.end_of_month == "before":
        return f"{term.days} days from the end of the month of {BASES[term.base]}"
    end = ", end of month" if term.end_of_month else ""
    return f"{term.days} days from {BASES[term.base]}{end}"


def check_payment_term(
    invoice_date: date,
    due: date,
    sector: str = "general",
    clause: str = "agreed",
    delivered_on: date | None = None,
    sectors: Mapping[str, Sector] = SECTORS,
) -> TermVerdict:
    """Whether a due date between professionals, or of a public buyer, is within the lawful maximum.

    60 days from the invoice, or 45 days end of month by an express clause, computed either way; 30 days from receipt
    when nothing was agreed; 45 days for periodic invoices (C.com L441-10 I); the limits of some trades (L441-11 II), of
    exports (L441-12) and of goods sent overseas (L441-13: ``delivered_on`` is then their customs clearance);
    30, 50 or 60 days from receipt for public buyers (CCP L2192-10 s.: ``delivered_on`` is then the receipt).
    Consumers have no maximum: do not ask for them.

    :raises UnknownSector, UnknownClause: a word that is not in ``sectors`` or ``CLAUSES``
    :raises DueBeforeInvoice: due before the invoice
    """
    if sector not in sectors:
        raise UnknownSector(sector=sector, known=", ".join(sectors))
    if clause not in CLAUSES:
        raise UnknownClause(clause=clause, known=", ".join(CLAUSES))
    if due < invoice_date:
        raise DueBeforeInvoice(due=due, invoice_date=invoice_date)
    limits = [_Limit(latest_due(term, invoice_date, delivered_on), term) for term in getattr(sectors[sector], clause)]
    sure = [limit for limit in limits if limit.term.verified] or limits
    written = clause == "end_of_month"  # such a clause is by definition expressly in the contract
    free = _last([limit for limit in sure if written or not limit.term.needs_clause] or sure)
    bound = _last(sure)
    if due <= free.on:
        state, chosen = "lawful", free
    elif due <= bound.on:
        state, chosen = "conditional", bound
    elif all(limit.term.verified for limit in limits):
        state, chosen = "unlawful", bound
    else:
        state, chosen = "to_check", _last(limit for limit in limits if not limit.term.verified)
    assumed = delivered_on is None and chosen.term.base != "invoice"
    return TermVerdict(
        state, due, free.on, bound.on, chosen.term.article, _explained(state, due, free, bound, chosen, assumed)
    )


class _Limit(NamedTuple):
    on: date
    term: Term


def _last(limits: Iterable[_Limit]) -> _Limit:
    return max(limits, key=attrgetter("on"))


ASSUMED = "; the delivery or receipt is not known, the invoice date stands for it"
EXPLANATIONS = {
    "lawful": "Due within {term}, at the latest on {latest}{assumed} ({article}).",
    "conditional": "Due after {free} ({free_term}): lawful only if the contract expressly provides {term}, at the "
    "latest on {latest}{assumed} ({article}).",
    "to_check": "Due {days} day(s) after {bound}, the maximum that is sure: may be governed by a special term that "
    "nobody verified, {term}, at the latest on {latest}{assumed}: check it ({article}).",
    "unlawful": "Due {days} day(s) after the maximum, {term}: at the latest on {latest}{assumed} ({article}).",
}


def _explained(state: str, due: date, free: _Limit, bound: _Limit, chosen: _Limit, assumed: bool) -> Note:
    """Why a term is lawful or not, with the values of the sentence."""
    return Note(
        state,
        EXPLANATIONS[state],
        term=describe_term(chosen.term),
        latest=chosen.on,
        free=free.on,
        free_term=describe_term(free.term),
        bound=bound.on,
        days=max((due - bound.on).days, 0),
        assumed=ASSUMED if assumed else "",
        article=chosen.term.article,
    )


def public_due(due: date, received_on: date, buyer: str = "public", sectors: Mapping[str, Sector] = SECTORS) -> date:
    """The day after which a public buyer is late: the later of the invoice's due date and its receipt plus 30, 50
    (``public_hospital``) or 60 days (``public_company``) (CCP L2192-10, R2192-10, R2192-11).

    :raises UnknownSector: no such buyer
    """
    if buyer not in sectors:
        raise UnknownSector(sector=buyer, known=", ".join(sectors))
    return max(due, *(latest_due(term, received_on, received_on) for term in sectors[buyer].default))


def unagreed_due(invoiced_on: date) -> date:
    """The due date of a sale whose parties agreed on none, delivered when it is invoiced: 30 days (C.com L441-10 I)."""
    return max(latest_due(term, invoiced_on) for term in _GENERAL.default)
