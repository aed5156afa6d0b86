"""Tests of the look at the guides, which need no Odoo: ``python -m unittest tests_guides`` in this folder."""

import unittest

import env
import guides


class TestGuides(unittest.TestCase):
    def test_a_name_that_is_there_is_not_told_and_one_that_is_not_is(self):
        for text, count in (
            ("`recouvrement.debtor`, `recouvrement.debtor._cards`, `recouvrement.einvoice.event/receive_xml`", 0),
            ("`recouvrement.debtors`", 1),
            ("`recouvrement.debtor._cardz`", 1),
            ("`account.move._orders_told` and `account.move._orders_tolled`", 1),
            ("`interest.decompte`, `interest.nothing`", 1),
            ("`_orders_told`, `_nobody_has_this`", 1),
            ("`rules/interest.py`, `tools/clock`, `base/`, `rules/interests.py`", 1),
            ("`/my/collection`, `/my/collected`", 1),
            ("`_commit_progress`, which is core's", 0),
            ("`make demo`, `make coffee`", 1),
            ("`ir.attachment`, `pip install x`, `True`, `tests/<room>/`", 0),
        ):
            with self.subTest(text):
                self.assertEqual(len(list(guides.wrong(text))), count)

    def test_a_picture_that_is_not_there_is_told(self):
        folder = env.ROOT / env.MODULE / "static" / "description"
        self.assertFalse(guides.without_picture("![The icon](icon.png)", folder))
        self.assertEqual(guides.without_picture("![The icon](icons.png)", folder), ["no picture icons.png"])

    def test_ways_through_menus_are_followed_in_both_languages(self):
        for way, is_french, count in (
            ("*Collection > Configuration > Policies*", False, 0),
            ("*Amicable > Messages about electronic invoices*", False, 1),
            ("*Amicable > Nothing of that name*", False, 1),
            ("*Post and platforms > Messages about electronic invoices*", False, 0),
            ("*Recouvrement > Configuration > Réglages du recouvrement*", True, 0),
            ("*Contact > Actions > Anything*", False, 0),
            ("*Settings > Collection > Bad debts*", False, 0),
        ):
            with self.subTest(way):
                self.assertEqual(len(list(guides.wrong(way, is_french))), count)


if __name__ == "__main__":
    unittest.main()
