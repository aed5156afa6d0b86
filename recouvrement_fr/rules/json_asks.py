"""The questions that can be asked in JSON: the fields of each, and who answers."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from .deadlines import DELAYS, procedural_deadline
from .debtor_type import classify
from .errors import (
    DatesContradict,
    DebtTwice,
    DueBeforeInvoice,
    FieldMissing,
    FieldUnused,
    NegativeAmount,
    RateMissing,
    RuleError,
    UnknownClaimKind,
)
from .imputation import Debt, impute
from .indemnity import recovery_indemnity
from .interest import REGIMES, Claim, Freeze, Movement, daily_interest, decompte
from .json_fields import Field, amount, day, flag, integer, invalid, list_of, percent, text
from .payment_terms import check_payment_term
from .prescription import CLAIM_KINDS, LimitationEvent, alert_threshold, contractual, limitation_date
from .rates import RatePeriod, RateTable
from .territories import months_of_distance
from .words import amount_in_words

CENTS = Decimal("0.00")
COUNTRY = re.compile(r"[A-Z]{2}")
REGIME_FIELDS = {  # the regimes that use a field; in the others it would be read and change nothing
    "contract_rate": ("contractual",),
    "notice_on": ("consumer",),
    "judgment_enforceable_on": ("judgment",),
    "individual_creditor": ("consumer", "judgment"),
}
ORDERS = {  # of each question: (the later day, the day that it cannot precede)
    "decompte": (
        ("on", "invoice_date"),
        ("due", "invoice_date"),
        ("notice_on", "invoice_date"),
        ("judgment_enforceable_on", "invoice_date"),
    ),
    "limitation": (("start", "born_on"), ("on", "born_on")),
    "deadline": (("start", "ruled_on"),),
}


def contradictions(ask: str, values: Mapping[str, Any]) -> Iterator[RuleError]:
    """What the values that could be read say against each other."""
    for field, other in ORDERS.get(ask, ()):
        if field in values and other in values and values[field] < values[other]:
            if (field, other) == ("due", "invoice_date"):
                yield DueBeforeInvoice(due=values[field], invoice_date=values[other])
            else:
                yield DatesContradict(field=field, on=values[field], other=other, day=values[other])
    if ask == "decompte":
        if values.get("principal", 0) < 0:
            yield NegativeAmount(amount=values["principal"])
        regime = values.get("regime")
        for field, regimes in REGIME_FIELDS.items():
            if regime in REGIMES and regime not in regimes and values.get(field):
                yield FieldUnused(regime=regime, field=field, known=", ".join(regimes))


AMOUNT, DATE, TEXT, FLAG, INTEGER = Field(amount), Field(day), Field(text), Field(flag), Field(integer)
PERCENT_RATE, NEEDED_PERCENT = Field(percent), Field(percent, True)
NEEDED_AMOUNT, NEEDED_DATE, NEEDED_TEXT = Field(amount, True), Field(day, True), Field(text, True)

MOVEMENTS = list_of({"on": NEEDED_DATE, "amount": NEEDED_AMOUNT, "kind": TEXT}, Movement)
FREEZES = list_of(
    {"date_from": NEEDED_DATE, "date_to": DATE, "article": NEEDED_TEXT},
    lambda date_from, article, date_to=None: Freeze(date_from, date_to, article),
)
EVENTS = list_of(
    {"on": NEEDED_DATE, "kind": NEEDED_TEXT, "until": DATE, "certain": FLAG, "void": FLAG}, LimitationEvent
)
DEBTS = list_of(
    {"key": NEEDED_TEXT, "principal": NEEDED_AMOUNT, "due": NEEDED_DATE, "interest": AMOUNT, "since": DATE}, Debt
)
RATES = list_of(
    {
        "date_from": NEEDED_DATE,
        "date_to": NEEDED_DATE,
        "ecb": NEEDED_PERCENT,
        "legal_other": NEEDED_PERCENT,
        "legal_individual": NEEDED_PERCENT,
        "verified": FLAG,
        "source": TEXT,
    },
    RatePeriod,
)


def _keys(field: str, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise invalid(field, value, "a list of texts")
    return [text(f"{field}[{position}]", item) for position, item in enumerate(value)]


def _answer_decompte(rates: Callable[[], RateTable], on: date, **values) -> dict:
    claim, table = Claim(**values), rates()
    found = decompte(claim, on, table)
    excess = sum((note.params["excess"] for note in found.notes if note.code == "overpaid"), CENTS)
    return {
        "on": on,
        **found._asdict(),
        "interest_due": found.interest_due,
        "total_due": found.total_due,
        "excess": excess,
        "net_credit": max(excess - found.interest_due, CENTS),
        "one_more_day": _one_more_day(claim, on, table),
    }


def _one_more_day(claim: Claim, on: date, table: RateTable) -> Decimal | None:
    """The cost of the day after, unless its half-year has still to be entered."""
    try:
        return daily_interest(claim, on, table)
    except RateMissing:
        return None


def _answer_limitation(rates, kind, start, events=(), born_on=None, on=None, contract_years=None) -> dict:
    if kind not in CLAIM_KINDS:
        raise UnknownClaimKind(kind=kind, known=", ".join(CLAIM_KINDS))
    period = CLAIM_KINDS[kind] if contract_years is None else contractual(CLAIM_KINDS[kind], contract_years)
    found = limitation_date(period, start, events, born_on)
    return {
        "last_day": found.on,
        "possible_last_day": found.possible_on,
        "kind": found.kind,
        "article": found.article,
        "applied": found.applied,
        "ignored": found.ignored,
        "verified": period.verified,
        **({} if on is None else {"alert": alert_threshold(found.on, on), "expired": on > found.on}),
    }


def _answer_deadline(rates, start, party=None, court=None, **values) -> dict:
    if (party is None) != (court is None):
        needed, missing = ("party, court", "court" if court is None else "party")
        raise FieldMissing(field=missing, ask="deadline", needed=needed)
    distance = months_of_distance(_place("party", party), _place("court", court), start) if party else 0
    found = procedural_deadline(start=start, distance=distance, **values)
    grows = any(delay.code == found.code and delay.grows_with_distance for delay in DELAYS)
    return {**found._asdict(), "distance": distance if grows else 0}


def _place(field: str, code: str) -> str:
    if not COUNTRY.fullmatch(code):
        raise invalid(field, code, "an ISO code of two letters: FR for metropolitan France, RE for La Réunion, BE...")
    return code


def _answer_payment_term(rates, **values) -> dict:
    found = check_payment_term(**values)
    explained = {"code": found.explanation.code, "values": found.explanation.params}
    return {**found._asdict(), "explained": explained}


def _answer_imputation(rates, amount, on, debts=(), **values):
    keys = set()
    for debt in debts:
        if debt.key in keys:
            raise DebtTwice(key=debt.key)
        keys.add(debt.key)
    return impute(amount, debts, on, **values)


class Ask(NamedTuple):
    """A question: the fields it reads, and who answers (given the rates, which few need, and the fields)."""

    fields: Mapping[str, Field]
    answer: Callable[..., Any]


ASKS: Mapping[str, Ask] = {
    "decompte": Ask(
        {
            "principal": NEEDED_AMOUNT,
            "due": NEEDED_DATE,
            "regime": NEEDED_TEXT,
            "on": NEEDED_DATE,
            "invoice_date": DATE,
            "contract_rate": PERCENT_RATE,
            "notice_on": DATE,
            "judgment_enforceable_on": DATE,
            "movements": MOVEMENTS,
            "freezes": FREEZES,
            "day_count": TEXT,
            "imputation": TEXT,
            "capitalise_from": DATE,
            "individual_creditor": FLAG,
            "consumer_debtor": FLAG,
        },
        _answer_decompte,
    ),
    "indemnity": Ask(
        {
            "debtor_type": NEEDED_TEXT,
            "due": NEEDED_DATE,
            "on": NEEDED_DATE,
            "insolvency_on": DATE,
            "born_on": DATE,
        },
        lambda rates, **values: {"indemnity": recovery_indemnity(**values)},
    ),
    "payment_term": Ask(
        {
            "invoice_date": NEEDED_DATE,
            "due": NEEDED_DATE,
            "sector": TEXT,
            "clause": TEXT,
            "delivered_on": DATE,
        },
        _answer_payment_term,
    ),
    "limitation": Ask(
        {
            "kind": NEEDED_TEXT,
            "start": NEEDED_DATE,
            "events": EVENTS,
            "born_on": DATE,
            "on": DATE,
            "contract_years": INTEGER,
        },
        _answer_limitation,
    ),
    "deadline": Ask(
        {
            "code": NEEDED_TEXT,
            "start": NEEDED_DATE,
            "ruled_on": DATE,
            "subdivision": TEXT,
            "party": TEXT,
            "court": TEXT,
        },
        _answer_deadline,
    ),
    "imputation": Ask(
        {
            "amount": NEEDED_AMOUNT,
            "on": NEEDED_DATE,
            "debts": DEBTS,
            "indicated": Field(_keys),
            "interest_first": FLAG,
            "kind": TEXT,
        },
        _answer_imputation,
    ),
    "words": Ask(
        {"amount": NEEDED_AMOUNT, "currency": TEXT, "lang": TEXT},
        lambda rates, **values: {"words": amount_in_words(**values)},
    ),
    "debtor_type": Ask(
        {"name": TEXT, "is_company": FLAG, "vat": TEXT, "company_registry": TEXT},
        lambda rates, name=None, is_company=False, **values: classify(name, is_company, **values),
    ),
}
