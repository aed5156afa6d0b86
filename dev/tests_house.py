"""Tests of the rules of the house that need no Odoo: ``cd dev && python -m unittest tests_house``."""

import ast
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

import house


def method(text):
    return ast.parse(text).body[0]


class TestDoors(unittest.TestCase):
    def test_core_comes_in_by_the_methods_of_its_own_that_we_extend(self):
        posted = method("def _post(self, soft=True):\n    return super()._post(soft=soft)")
        self.assertTrue(house.called_by_core(posted, "account.move"))
        self.assertFalse(house.called_by_core(posted, "recouvrement.dispatch"), "ours, of the same name")

    def test_a_method_of_that_name_that_extends_nothing_is_ours(self):
        self.assertFalse(house.called_by_core(method("def _post(self, on):\n    return on"), "account.move"))

    def test_the_orm_comes_in_by_what_it_decorates(self):
        checked = method('@api.constrains("on")\ndef _check(self):\n    clock.today(self.env)')
        self.assertTrue(house.called_by_core(checked, "recouvrement.case.event"))
        self.assertFalse(house.called_by_core(method("@api.model\ndef _check(self):\n    pass"), "recouvrement.case"))


class TestClock(unittest.TestCase):
    def reads(self, text):
        return any(house.reads_clock(node) for node in ast.walk(ast.parse(text)))

    def test_a_day_is_read_and_a_stamp_is_not_one(self):
        self.assertTrue(self.reads("clock.today(self.env)"))
        self.assertTrue(self.reads("fields.Datetime.now()"))
        self.assertFalse(self.reads("self.write({'sent_on': clock.stamp()})"))

    def test_a_day_made_of_a_stamp_is_a_day(self):
        self.assertTrue(self.reads("clock.day_of(self.env, clock.stamp())"))
        self.assertFalse(self.reads("clock.day_of(self.env, event.noted_at)"))


class TestExceptions(unittest.TestCase):
    def problems(self, listed, found):
        with tempfile.TemporaryDirectory() as folder:
            known = Path(folder) / "known.txt"
            known.write_text("# said at the top\n" + listed, encoding="utf-8")
            with patch.object(house, "KNOWN", known), patch.object(house, "found", lambda: found):
                return list(house.problems())

    def test_one_with_its_reason_passes(self):
        self.assertEqual(self.problems("clock a.py _b  # now\n", ["clock a.py _b"]), [])

    def test_one_without_reason_one_that_is_new_and_one_that_is_mended_fail(self):
        for listed, found, words in (
            ("clock a.py _b\n", ["clock a.py _b"], "say why"),
            ("", ["clock a.py _b"], "new"),
            ("clock a.py _b  # now\n", [], "no longer there"),
        ):
            with self.subTest(words=words):
                [problem] = self.problems(listed, found)
                self.assertIn(words, problem)


class TestFigures(unittest.TestCase):
    def found(self, text):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "models" / "base" / "a.py"
            file.parent.mkdir(parents=True)
            file.write_text(text, encoding="utf-8")
            with patch.object(house, "MODULE", Path(folder)):
                return list(house.figures([house.Source(file)]))

    def test_a_figure_that_says_what_it_counts_is_no_figure_of_the_law(self):
        self.assertEqual(self.found("WIDTH = 40  # characters\n"), [])

    def test_a_bare_figure_is_one_named_or_not(self):
        self.assertTrue(self.found("WIDTH = 40\n"))
        self.assertTrue(self.found("width = indemnity * 40  # euros\n"))


class TestWords(unittest.TestCase):
    def found(self, text, name="models/base/a.py"):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            file = root / "recouvrement_fr" / name
            file.parent.mkdir(parents=True)
            file.write_text(text, encoding="utf-8")
            with patch.object(house, "MODULE", root / "recouvrement_fr"), patch.object(house, "ROOT", root):
                return list(house.words_hidden([]))

    def test_words_to_translate_inside_an_f_string_are_refused(self):
        for text in (
            "f\"{self.env._('Late')}: {day}\"",
            "f\"{name} {_('Late')}\"",
            "f\"{', '.join(env._('%s days', one) for one in days)}\"",
            "f\"{_lt('Late')}\"",
            "f\"{name:{_('Late')}}\"",
        ):
            with self.subTest(text):
                [problem] = set(self.found(text))
                self.assertIn("words recouvrement_fr/models/base/a.py", problem)
                self.assertIn("Late" if "Late" in text else "days", problem)

    def test_an_f_string_beside_or_inside_what_is_translated_is_no_matter(self):
        for text in ("words = self.env._('Late')\nf'{words}: {day}'", "_('%s late', f'{days} d')", "f'{self._late()}'"):
            self.assertEqual(self.found(text), [], text)

    def test_tests_write_as_they_like(self):
        self.assertEqual(self.found("f\"{_('Late')}\"", name="tests/base/test_a.py"), [])


if __name__ == "__main__":
    unittest.main()
