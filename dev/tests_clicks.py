"""Tests of the day counted in clicks, which need no Odoo: ``python -m unittest tests_clicks`` in this folder."""

import unittest

from day_in_clicks import lacking

WHOLE = {"promise": 7, "dispute": 1, "plan": 1, "call": 20, "letter": 12}


class TestClicks(unittest.TestCase):
    def test_a_day_that_did_what_it_says_lacks_nothing(self):
        self.assertFalse(list(lacking(9, WHOLE)))

    def test_a_day_that_did_less_than_it_says_is_a_failure_whatever_its_clicks(self):
        for kind, said in (
            ("promise", "6 × promise made, 7 asked"),
            ("dispute", "0 × dispute made, 1 asked"),
            ("plan", "0 × plan made, 1 asked"),
            ("call", "19 × call made, 20 asked"),
        ):
            with self.subTest(kind):
                self.assertEqual(list(lacking(9, {**WHOLE, kind: WHOLE[kind] - 1})), [said])
        self.assertEqual(list(lacking(9, {**WHOLE, "letter": 0})), ["no letter was marked as posted"])
        self.assertEqual(list(lacking(0, WHOLE)), ["nothing was to be done today"])


if __name__ == "__main__":
    unittest.main()
