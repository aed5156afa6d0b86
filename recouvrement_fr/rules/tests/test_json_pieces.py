import io
import json
import unittest
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from ..decompte_json import answer_text, write_answers
from ..json_stream import Pieces
from .json_common import DECOMPTE

JSON = st.none() | st.booleans() | st.integers() | st.text()


class TestPieces(unittest.TestCase):
    """A document is read by pieces, wherever they are cut."""

    def read(self, text):
        return answer_text(text)[0]

    def test_the_answers_do_not_depend_on_where_the_pieces_are_cut(self):
        text = json.dumps(
            {
                "rates": None,
                "cases": [
                    {"ask": "words", "amount": 1, "reference": 'a "quoted" \\ [ { ] } é \\u00e9'},
                    3,
                    "x",
                    [],
                    None,
                ],
            },
            indent=1,
        )
        whole = self.read(text)
        self.assertEqual(len(whole["answers"]), 5)
        for size in (1, 2, 3, 7, 64):
            with self.subTest(size=size), patch(f"{Pieces.__module__}.CHUNK", size):
                self.assertEqual(self.read(text), whole)

    @settings(max_examples=100)
    @given(st.recursive(JSON, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)), st.integers(1, 9))
    def test_any_value_is_found_whole(self, value, size):
        text = json.dumps([value, [value], {"a": value}], ensure_ascii=False, indent=size % 3 or None)
        with patch(f"{Pieces.__module__}.CHUNK", size):
            pieces = Pieces(io.StringIO(text))
            self.assertEqual([json.loads(piece) for piece in pieces.items()], [value, [value], {"a": value}])
            self.assertEqual(pieces.next(), "")

    def test_a_document_cut_short_or_gone_on_with_is_none(self):
        good = '{"cases": [{"ask": "words", "amount": 1}], "rates": null}'
        self.assertNotIn("error", self.read(good))
        self.assertEqual(self.read('{"cases": []}'), {"answers": []})
        for text in (
            *(good[:end] for end in range(len(good))),
            *(good + end for end in ("]", "}", ",", "x", "[]")),
            *("[1,]", "[,1]", "[1 2]", "{}", '{"cases"}', '{"cases":}', "{1: 2}", '{"cases": [1}', '{"rates": [}'),
            *('{"cases": [], "rates": nul}', '{"cases": [], }', "\ufeff[]", '[{"a": 1]', "[tru]", '["\\x"]'),
        ):
            with self.subTest(text=text):
                found = self.read(text)
                self.assertEqual((found["answers"], found["error"]["name"]), ([], "DocumentInvalid"))

    def test_what_is_written_is_what_is_answered(self):
        for text in ("[]", "{", "[1, 2]", json.dumps([DECOMPTE, {"ask": "words", "reference": "a\nb"}])):
            with self.subTest(text=text):
                written = []
                complete = write_answers(io.StringIO(text), written.append)
                self.assertEqual((json.loads("".join(written)), complete), answer_text(text))
                self.assertEqual("".join(written), json.dumps(answer_text(text)[0], ensure_ascii=False, indent=2))
