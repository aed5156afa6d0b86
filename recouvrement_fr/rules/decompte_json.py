"""The rules as a command: cases in JSON, answers in JSON (see README.md beside this file)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from .deadlines import procedural_deadline
from .debtor_type import classify
from .errors import (
    DocumentInvalid,
    FieldInvalid,
    FieldMissing,
    FieldUnknown,
    RateMissing,
    RuleError,
    UnknownAsk,
    UnknownClaimKind,
)
from .imputation import Debt, impute
from .indemnity import recovery_indemnity
from .interest import Claim, Freeze, Movement, daily_interest, decompte
from .payment_terms import check_payment_term
from .prescription import CLAIM_KINDS, LimitationEvent, alert_threshold, contractual, limitation_date
from .rates import RatePeriod, RateTable, shipped_rates
from .words import amount_in_words

LARGEST = Decimal(10) ** 15
YEARS = range(1900, 2201)
COMMON = ("ask", "reference")


class Field(NamedTuple):
    """How a field is read, and whether it may be left out (the rule's own default then applies)."""

    read: Callable[[str, Any], Any]
    required: bool = False


def _invalid(field: str, value: Any, expected: str) -> FieldInvalid:
    return FieldInvalid(field=field, value=value, expected=expected)


def _amount(field: str, value: Any) -> Decimal:
    expected = "an amount such as 1234.56, under a million billion"
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise _invalid(field, value, expected)
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise _invalid(field, value, expected) from None
    if not amount.is_finite() or abs(amount) >= LARGEST:
        raise _invalid(field, value, expected)
    return amount


def _date(field: str, value: Any) -> date:
    expected = f"a date such as 2026-01-31, from {YEARS[0]} to {YEARS[-1]}"
    if not isinstance(value, str) or len(value) != 10:
        raise _invalid(field, value, expected)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _invalid(field, value, expected) from None
    if day.year not in YEARS:
        raise _invalid(field, value, expected)
    return day


def _of(kind: type, expected: str) -> Callable[[str, Any], Any]:
    """A reader of values of one type (a boolean is no integer)."""

    def read(field: str, value: Any) -> Any:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise _invalid(field, value, expected)
        return value

    return read


_text = _of(str, "a text")
_flag = _of(bool, "true or false")
_integer = _of(int, "a whole number")


def _list_of(fields: Mapping[str, Field], make: Callable[..., Any]) -> Field:
    """A list of objects, each read by its fields and made into a value of the rules."""

    def read(field: str, value: Any) -> tuple:
        if not isinstance(value, list):
            raise _invalid(field, value, "a list")
        made = []
        for position, item in enumerate(value):
            name = f"{field}[{position}]"
            if not isinstance(item, dict):
                raise _invalid(name, item, "an object")
            made.append(make(**_read(name, item, fields)))
        return tuple(made)

    return Field(read)


def _read(ask: str, given: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """The values of an object's fields; null stands for a field left out."""
    for field in given:
        if field not in fields and field not in COMMON:
            raise FieldUnknown(field=field, ask=ask, known=", ".join(fields))
    values = {}
    for name, field in fields.items():
        value = given.get(name)
        if value is not None:
            values[name] = field.read(name, value)
        elif field.required:
            needed = ", ".join(key for key, one in fields.items() if one.required)
            raise FieldMissing(field=name, ask=ask, needed=needed)
    return values


AMOUNT, DATE, TEXT, FLAG, INTEGER = Field(_amount), Field(_date), Field(_text), Field(_flag), Field(_integer)
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
        "ecb": NEEDED_AMOUNT,
        "legal_other": NEEDED_AMOUNT,
        "legal_individual": NEEDED_AMOUNT,
        "verified": FLAG,
        "source": TEXT,
    },
    RatePeriod,
)


def _keys(field: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _invalid(field, value, "a list of texts")
    return value


def _answer_decompte(rates: Callable[[], RateTable], on: date, **values) -> dict:
    claim, table = Claim(**values), rates()
    found = decompte(claim, on, table)
    return {
        "on": on,
        **found._asdict(),
        "interest_due": found.interest_due,
        "total_due": found.total_due,
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
            "contract_rate": AMOUNT,
            "notice_on": DATE,
            "judgment_enforceable_on": DATE,
            "movements": MOVEMENTS,
            "freezes": FREEZES,
            "day_count": TEXT,
            "imputation": TEXT,
            "capitalise_from": DATE,
            "individual_creditor": FLAG,
        },
        _answer_decompte,
    ),
    "indemnity": Ask(
        {"debtor_type": NEEDED_TEXT, "due": NEEDED_DATE, "on": NEEDED_DATE, "insolvency_on": DATE},
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
        lambda rates, amount, on, debts=(), **values: impute(amount, debts, on, **values),
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
    """
    if not isinstance(case, dict):
        raise _invalid("case", case, "an object")
    ask = case.get("ask", "decompte")
    if not isinstance(ask, str) or ask not in ASKS:
        raise UnknownAsk(ask=ask, known=", ".join(ASKS))
    question = ASKS[ask]
    return question.answer(rates, **_read(ask, case, question.fields))


def _document(text: str) -> tuple[list, Callable[[], RateTable]]:
    """The cases of a text, and where their rates come from."""
    try:
        document = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise DocumentInvalid(reason=str(error)) from None
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


def answer_text(text: str) -> tuple[dict, bool]:
    """The answers to a JSON document of cases, as JSON values, and whether every case could be answered.

    Each answer has the index of its case (from zero) and its reference, then ``answer`` or ``error``: its name, its
    message, which says what to do. An error spoils its case only; a text that is no document has one error, without
    index. Amounts in the claim's currency, rates in percent per year, dates in ISO format, exact texts throughout.
    """
    try:
        cases, rates = _document(text)
    except RuleError as error:
        return {"answers": [], "error": {"name": error.code, "message": str(error)}}, False
    answers = []
    complete = True
    for index, case in enumerate(cases):
        answer = {"index": index}
        if isinstance(case, dict):
            answer |= {"reference": case.get("reference", ""), "ask": case.get("ask", "decompte")}
        try:
            answer["answer"] = _plain(_answer(case, rates))
        except RuleError as error:
            complete = False
            answer["error"] = {"name": error.code, "message": str(error)}
        answers.append(_plain(answer))
    return {"answers": answers}, complete
