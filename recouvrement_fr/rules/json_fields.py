"""Fields of a JSON document of cases: how each is read, and what is said of one that cannot be."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from .errors import FieldInvalid, FieldMissing, FieldUnknown, RuleError

YEARS = range(1900, 2201)
NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,2})?")
PERCENT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
COMMON = ("ask", "reference")


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


def invalid(field: str, value: Any, expected: str) -> FieldInvalid:
    return FieldInvalid(field=field, value=value, expected=expected)


class Number(str):
    """A number of the document as it was written: read as an amount, never computed with before it was bounded."""

    __slots__ = ()


class Repeated(dict):
    """An object that gives one key twice: which of the two is meant, nobody knows."""


def object_of(pairs: list[tuple[str, Any]]) -> dict:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Repeated(found)


def _decimal(pattern: re.Pattern, expected: str) -> Callable[[str, Any], Decimal]:
    """A reader of numbers written in full, in ASCII digits: neither exponent nor underscore, few digits."""

    def read(field: str, value: Any) -> Decimal:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise invalid(field, value, expected)
        return Decimal(value)

    return read


amount = _decimal(NUMBER, "an amount such as 1234.56, two decimals at most, under a million billion")
percent = _decimal(PERCENT, "a rate in percent such as 12.15, from 0 to 999")


def day(field: str, value: Any) -> date:
    expected = f"a date such as 2026-01-31, from {YEARS[0]} to {YEARS[-1]}"
    if not isinstance(value, str) or isinstance(value, Number) or not DAY.fullmatch(value):
        raise invalid(field, value, expected)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise invalid(field, value, expected) from None
    if day.year not in YEARS:
        raise invalid(field, value, expected)
    return day


def _of(kind: type, expected: str) -> Callable[[str, Any], Any]:
    """A reader of values of one type."""

    def read(field: str, value: Any) -> Any:
        if not isinstance(value, kind):
            raise invalid(field, value, expected)
        return value

    return read


def text(field: str, value: Any) -> str:
    if not isinstance(value, str) or isinstance(value, Number) or not is_unicode(value):
        raise invalid(field, value, "a text")
    return value


def is_unicode(text: str) -> bool:
    """Whether a text can be written in UTF-8: JSON can name half a character (a lone surrogate), no file holds it."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def integer(field: str, value: Any) -> int:
    if not isinstance(value, Number) or not re.fullmatch(r"-?[0-9]{1,9}", value):
        raise invalid(field, value, "a whole number")
    return int(value)


flag = _of(bool, "true or false")


def list_of(fields: Mapping[str, Field], make: Callable[..., Any]) -> Field:
    """A list of objects, each read by its fields and made into a value of the rules."""

    def read(field: str, value: Any) -> tuple:
        if not isinstance(value, list):
            raise invalid(field, value, "a list")
        return tuple(_all_of(*(partial(one, f"{field}[{place}]", item) for place, item in enumerate(value))))

    def one(name: str, item: Any) -> Any:
        if not isinstance(item, dict):
            raise invalid(name, item, "an object")
        return make(**read_fields(name, item, fields))

    return Field(read)


def read_fields(
    ask: str,
    given: Mapping[str, Any],
    fields: Mapping[str, Field],
    contradictions: Callable[[str, Mapping[str, Any]], Iterable[RuleError]] = lambda ask, values: (),
) -> dict[str, Any]:
    """The values of an object's fields; null stands for a field left out. ``contradictions``: what the values that
    could be read say against each other."""
    if isinstance(given, Repeated):
        raise invalid(ask, "the same field twice", "each field once")
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
    errors += contradictions(ask, values)
    if errors:
        raise Refused(errors)
    return values
