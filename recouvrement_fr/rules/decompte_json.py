"""The rules as a command: cases in JSON, answers in JSON (see README.md beside this file)."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from .deadlines import procedural_deadline
from .debtor_type import classify
from .errors import (
    CaseUnanswerable,
    DatesContradict,
    DebtTwice,
    DocumentInvalid,
    DueBeforeInvoice,
    FieldInvalid,
    FieldMissing,
    FieldUnknown,
    FieldUnused,
    NegativeAmount,
    RateMissing,
    RuleError,
    UnknownAsk,
    UnknownClaimKind,
)
from .imputation import Debt, impute
from .indemnity import recovery_indemnity
from .interest import REGIMES, Claim, Freeze, Movement, daily_interest, decompte
from .payment_terms import check_payment_term
from .prescription import CLAIM_KINDS, LimitationEvent, alert_threshold, contractual, limitation_date
from .rates import RatePeriod, RateTable, shipped_rates
from .words import amount_in_words

YEARS = range(1900, 2201)
NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,2})?")
PERCENT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CENTS = Decimal("0.00")
LONGEST_MESSAGE = 600
MOST_ERRORS = 50  # of one case: a list of a million bad movements is told by its first ones
COMMON = ("ask", "reference")
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


class Refused(Exception):
    """All that is wrong with a case: ``errors`` holds each RuleError, in the order of the fields."""

    def __init__(self, errors: list[RuleError]):
        super().__init__(*errors)
        self.errors = errors


def _all_of(*readings: Callable[[], Any]) -> list:
    """What each of them reads.

    :raises Refused: with all that any of them refused
    """
    found: list = []
    errors: list[RuleError] = []
    for reading in readings:
        try:
            found.append(reading())
        except RuleError as error:
            errors.append(error)
        except Refused as error:
            errors += error.errors
    if errors:
        raise Refused(errors)
    return found


class Field(NamedTuple):
    """How a field is read, and whether it may be left out (the rule's own default then applies)."""

    read: Callable[[str, Any], Any]
    required: bool = False


def _invalid(field: str, value: Any, expected: str) -> FieldInvalid:
    return FieldInvalid(field=field, value=value, expected=expected)


class _Number(str):
    """A number of the document as it was written: read as an amount, never computed with before it was bounded."""

    __slots__ = ()


class _Repeated(dict):
    """An object that gives one key twice: which of the two is meant, nobody knows."""


def _object(pairs: list[tuple[str, Any]]) -> dict:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Repeated(found)


def _decimal(pattern: re.Pattern, expected: str) -> Callable[[str, Any], Decimal]:
    """A reader of numbers written in full, in ASCII digits: neither exponent nor underscore, few digits."""

    def read(field: str, value: Any) -> Decimal:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _invalid(field, value, expected)
        return Decimal(value)

    return read


_amount = _decimal(NUMBER, "an amount such as 1234.56, two decimals at most, under a million billion")
_percent = _decimal(PERCENT, "a rate in percent such as 12.15, from 0 to 999")


def _date(field: str, value: Any) -> date:
    expected = f"a date such as 2026-01-31, from {YEARS[0]} to {YEARS[-1]}"
    if not isinstance(value, str) or isinstance(value, _Number) or not DAY.fullmatch(value):
        raise _invalid(field, value, expected)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _invalid(field, value, expected) from None
    if day.year not in YEARS:
        raise _invalid(field, value, expected)
    return day


def _of(kind: type, expected: str) -> Callable[[str, Any], Any]:
    """A reader of values of one type."""

    def read(field: str, value: Any) -> Any:
        if not isinstance(value, kind):
            raise _invalid(field, value, expected)
        return value

    return read


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str) or isinstance(value, _Number) or not _is_unicode(value):
        raise _invalid(field, value, "a text")
    return value


def _is_unicode(text: str) -> bool:
    """Whether a text can be written in UTF-8: JSON can name half a character (a lone surrogate), no file holds it."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _integer(field: str, value: Any) -> int:
    if not isinstance(value, _Number) or not re.fullmatch(r"-?[0-9]{1,9}", value):
        raise _invalid(field, value, "a whole number")
    return int(value)


_flag = _of(bool, "true or false")


def _list_of(fields: Mapping[str, Field], make: Callable[..., Any]) -> Field:
    """A list of objects, each read by its fields and made into a value of the rules."""

    def read(field: str, value: Any) -> tuple:
        if not isinstance(value, list):
            raise _invalid(field, value, "a list")
        return tuple(_all_of(*(partial(one, f"{field}[{place}]", item) for place, item in enumerate(value))))

    def one(name: str, item: Any) -> Any:
        if not isinstance(item, dict):
            raise _invalid(name, item, "an object")
        return make(**_read(name, item, fields))

    return Field(read)


def _read(ask: str, given: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """The values of an object's fields; null stands for a field left out."""
    if isinstance(given, _Repeated):
        raise _invalid(ask, "the same field twice", "each field once")
    errors: list[RuleError] = [
        FieldUnknown(field=field, ask=ask, known=", ".join(fields))
        for field in given
        if field not in fields and field not in COMMON
    ]
    values = {}
    for name, field in fields.items():
        value = given.get(name)
        if value is not None:
            try:
                values[name] = field.read(name, value)
            except RuleError as error:
                errors.append(error)
            except Refused as error:
                errors += error.errors
        elif field.required:
            needed = ", ".join(key for key, one in fields.items() if one.required)
            errors.append(FieldMissing(field=name, ask=ask, needed=needed))
    errors += _contradictions(ask, values)
    if errors:
        raise Refused(errors)
    return values


def _contradictions(ask: str, values: Mapping[str, Any]) -> Iterator[RuleError]:
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


AMOUNT, DATE, TEXT, FLAG, INTEGER = Field(_amount), Field(_date), Field(_text), Field(_flag), Field(_integer)
PERCENT_RATE, NEEDED_PERCENT = Field(_percent), Field(_percent, True)
NEEDED_AMOUNT, NEEDED_DATE, NEEDED_TEXT = Field(_amount, True), Field(_date, True), Field(_text, True)

MOVEMENTS = _list_of({"on": NEEDED_DATE, "amount": NEEDED_AMOUNT, "kind": TEXT}, Movement)
FREEZES = _list_of(
    {"date_from": NEEDED_DATE, "date_to": DATE, "article": NEEDED_TEXT},
    lambda date_from, article, date_to=None: Freeze(date_from, date_to, article),
)
EVENTS = _list_of(
    {"on": NEEDED_DATE, "kind": NEEDED_TEXT, "until": DATE, "certain": FLAG, "void": FLAG}, LimitationEvent
)
DEBTS = _list_of(
    {"key": NEEDED_TEXT, "principal": NEEDED_AMOUNT, "due": NEEDED_DATE, "interest": AMOUNT, "since": DATE}, Debt
)
RATES = _list_of(
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
        raise _invalid(field, value, "a list of texts")
    return [_text(f"{field}[{position}]", item) for position, item in enumerate(value)]


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


def _answer_imputation(rates, amount, on, debts=(), **values):
    keys = set()
    for debt in debts:
        if debt.key in keys:
            raise DebtTwice(key=debt.key)
        keys.add(debt.key)
        if debt.principal < 0:
            raise NegativeAmount(amount=debt.principal)
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
        lambda rates, **values: check_payment_term(**values),
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
        {"code": NEEDED_TEXT, "start": NEEDED_DATE, "ruled_on": DATE, "subdivision": TEXT},
        lambda rates, **values: procedural_deadline(**values),
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


def _plain(value: Any) -> Any:
    """A value of the rules as JSON holds it: amounts and dates are texts, exact."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        value = asdict(value)
    elif hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _answer(case: Any, rates: Callable[[], RateTable]) -> Any:
    """The answer to one case.

    :raises RuleError: the case cannot be answered; the message says what to change
    :raises Refused: several of those, or the only one among its fields
    """
    if not isinstance(case, dict):
        raise _invalid("case", case, "an object")
    ask = case.get("ask", "decompte")
    if case.get("reference") is not None:
        _text("reference", case["reference"])
    if not isinstance(ask, str) or ask not in ASKS:
        raise UnknownAsk(ask=ask, known=", ".join(ASKS))
    question = ASKS[ask]
    return question.answer(rates, **_read(ask, case, question.fields))


def _document(text: str) -> tuple[list, Callable[[], RateTable]]:
    """The cases of a text, and where their rates come from."""
    try:
        document = json.loads(
            text, parse_float=_Number, parse_int=_Number, parse_constant=_Number, object_pairs_hook=_object
        )
    except (ValueError, RecursionError) as error:
        raise DocumentInvalid(reason=str(error)) from None
    if isinstance(document, _Repeated):
        raise DocumentInvalid(reason="the same key twice")
    if isinstance(document, list):
        document = {"cases": document}
    if not isinstance(document, dict) or not isinstance(document.get("cases"), list):
        raise DocumentInvalid(reason="no list of cases")
    for key in document:
        if key not in ("cases", "rates"):
            raise FieldUnknown(field=key, ask="the document", known="cases, rates")
    given = document.get("rates")

    def rates() -> RateTable:
        return shipped_rates() if given is None else RateTable(RATES.read("rates", given))

    return document["cases"], rates


def _echoed(value: Any, default: str) -> str:
    """What an answer repeats of its case: a text that can be written, or nothing."""
    if value is None:
        return default
    return str(value) if isinstance(value, str) and _is_unicode(value) else ""


def _error(error: RuleError) -> dict:
    return {"name": error.code, "message": str(error)[:LONGEST_MESSAGE]}


def answer_text(text: str) -> tuple[dict, bool]:
    """The answers to a JSON document of cases, as JSON values, and whether every case could be answered.

    Each answer has the index of its case (from zero) and its reference, then ``answer`` or ``error``: its name, its
    message, which says what to do; ``errors`` holds all of them where there are several. An error
    spoils its case only; a text that is no document has one error, without index. Amounts in the claim's currency,
    rates in percent per year, dates in ISO format, exact texts throughout.
    """
    try:
        cases, rates = _document(text)
    except RuleError as error:
        return {"answers": [], "error": _error(error)}, False
    answers = []
    complete = True
    for index, case in enumerate(cases):
        answer = {"index": index}
        if isinstance(case, dict):
            answer["reference"] = _echoed(case.get("reference"), "")
            answer["ask"] = _echoed(case.get("ask"), "decompte")
        try:
            answer["answer"] = _plain(_answer(case, rates))
        except RuleError as error:
            complete = False
            answer["error"] = _error(error)
        except Refused as error:
            complete = False
            answer["error"] = _error(error.errors[0])
            if len(error.errors) > 1:
                answer["errors"] = [_error(one) for one in error.errors[:MOST_ERRORS]]
        except (ArithmeticError, ValueError, RecursionError) as error:
            complete = False  # what no bound above foresaw spoils its case only
            answer["error"] = _error(CaseUnanswerable(reason=type(error).__name__))
        answers.append(_plain(answer))
    return {"answers": answers}, complete
