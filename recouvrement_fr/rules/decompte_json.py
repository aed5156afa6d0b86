"""The rules as a command: cases in JSON, answers in JSON (see README.md beside this file)."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TextIO

from .errors import CaseUnanswerable, DocumentInvalid, FieldUnknown, RuleError, UnknownAsk
from .json_asks import ASKS, RATES, Ask, contradictions
from .json_fields import Number, Refused, invalid, is_unicode, object_of, read_fields
from .json_fields import text as read_text
from .json_stream import Pieces
from .rates import RateTable, shipped_rates

__all__ = ["ASKS", "Ask", "answer_text", "answers", "write_answers"]

LONGEST_MESSAGE = 600
MOST_ERRORS = 50  # of one case: a list of a million bad movements is told by its first ones
MOST_NESTED = 30  # of a case; deeper, the reader of JSON itself would give up, and lose the other cases
KEYS = ("cases", "rates")


class Nested(str):
    """How a case begins that is nested too far to be read."""

    __slots__ = ()


def _plain(value: Any) -> Any:
    """A value of the rules as JSON holds it: amounts and dates are texts, exact."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
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
        wanted = f"an object nested at most {MOST_NESTED} times" if isinstance(case, Nested) else "an object"
        raise invalid("case", str(case) if isinstance(case, Nested) else case, wanted)
    ask = case.get("ask", "decompte")
    if case.get("reference") is not None:
        read_text("reference", case["reference"])
    if not isinstance(ask, str) or ask not in ASKS:
        raise UnknownAsk(ask=ask, known=", ".join(ASKS))
    question = ASKS[ask]
    return question.answer(rates, **read_fields(ask, case, question.fields, contradictions))


def _load(piece: str) -> Any:
    """A value of the document from its text.

    :raises DocumentInvalid: it is no JSON
    """
    try:
        return json.loads(
            piece, parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=object_of
        )
    except (ValueError, RecursionError) as error:
        raise DocumentInvalid(reason=str(error)) from None


def _listed(pieces: Pieces) -> Iterator[Any]:
    """Each case of the list that comes; one that is nested too far is told of, and spoils no other."""
    for piece in pieces.items():
        yield _load(piece) if pieces.deepest <= MOST_NESTED else Nested(f"{piece[:40]}…")


def _cases(pieces: Pieces, others: dict[str, str]) -> Iterator[Any]:
    """The cases of a document, one after the other; the text of what stands beside them goes to ``others``."""
    if pieces.next() == "[":
        others["cases"] = "["
        yield from _listed(pieces)
    elif pieces.next() == "{":
        for written in pieces.names():
            key = _load(written)
            pieces.take(":")
            if key in others:
                raise DocumentInvalid(reason="the same key twice")
            if key == "cases" and pieces.next() == "[":
                others[key] = "["
                yield from _listed(pieces)
            else:
                others[key] = pieces.value()
                _load(others[key])
    else:
        raise DocumentInvalid(reason="no list of cases")
    if pieces.next():
        raise DocumentInvalid(reason="something follows the document")


def _rates(stream: TextIO) -> Callable[[], RateTable]:
    """Where the rates of a document come from, once all of it was read.

    :raises DocumentInvalid, FieldUnknown: it is no document of cases
    """
    others: dict[str, str] = {}
    for _case in _cases(Pieces(stream), others):
        pass
    if others.get("cases") != "[":
        raise DocumentInvalid(reason="no list of cases")
    for key in others:
        if key not in KEYS:
            raise FieldUnknown(field=key, ask="the document", known=", ".join(KEYS))
    given = _load(others.get("rates", "null"))
    return shipped_rates if given is None else lambda: RateTable(RATES.read("rates", given))


def _echoed(value: Any, default: str) -> str:
    """What an answer repeats of its case: a text that can be written, or nothing."""
    if value is None:
        return default
    return str(value) if isinstance(value, str) and is_unicode(value) else ""


def _error(error: RuleError) -> dict:
    return {"name": error.code, "message": str(error)[:LONGEST_MESSAGE]}


def _answered(index: int, case: Any, rates: Callable[[], RateTable]) -> dict:
    """The answer to a case, or what is wrong with it."""
    answer: dict[str, Any] = {"index": index}
    if isinstance(case, dict):
        answer["reference"] = _echoed(case.get("reference"), "")
        answer["ask"] = _echoed(case.get("ask"), "decompte")
    try:
        answer["answer"] = _plain(_answer(case, rates))
    except RuleError as error:
        answer["error"] = _error(error)
    except Refused as error:
        answer["error"] = _error(error.errors[0])
        if len(error.errors) > 1:
            answer["errors"] = [_error(one) for one in error.errors[:MOST_ERRORS]]
    except (ArithmeticError, ValueError, RecursionError) as error:
        # What no bound above foresaw spoils its case only.
        answer["error"] = _error(CaseUnanswerable(reason=type(error).__name__))
    return _plain(answer)


def answers(stream: TextIO) -> Iterator[dict]:
    """The answers to a JSON document of cases, one after the other, as JSON values.

    ``stream`` can be read twice: once to know that it is a document, and its rates; then to answer. Each answer has the
    index of its case (from zero) and its reference, then ``answer`` or ``error``: its name, its message, which says
    what to do; ``errors`` holds all of them where there are several. An error spoils its case only. Amounts in the
    claim's currency, rates in percent per year, dates in ISO format, exact texts throughout.

    :raises DocumentInvalid, FieldUnknown: the text is no document; before the first answer
    """
    rates = _rates(stream)
    stream.seek(0)
    return (_answered(index, case, rates) for index, case in enumerate(_cases(Pieces(stream), {})))


def answer_text(text: str) -> tuple[dict, bool]:
    """The answers to a document given as a text, and whether every case could be answered: see ``answers``.

    A text that is no document has one error, without index.
    """
    try:
        found = list(answers(io.StringIO(text)))
    except RuleError as error:
        return {"answers": [], "error": _error(error)}, False
    return {"answers": found}, all("answer" in one for one in found)


def write_answers(stream: TextIO, write: Callable[[str], Any]) -> bool:
    """Write the answers to a document as they come, as one JSON object; returns whether every case was answered."""
    try:
        found = answers(stream)
    except RuleError as error:
        write(_json({"answers": [], "error": _error(error)}))
        return False
    complete, separator = True, "\n"
    write('{\n  "answers": [')
    for answer in found:
        complete = complete and "answer" in answer
        write(separator + "    " + _json(answer).replace("\n", "\n    "))
        separator = ",\n"
    write("]\n}" if separator == "\n" else "\n  ]\n}")
    return complete


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
