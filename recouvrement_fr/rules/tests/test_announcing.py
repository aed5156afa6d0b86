import unittest

from ..dunning import LevelRule


class TestAnnouncing(unittest.TestCase):
    def test_a_level_that_offers_a_discount_does_not_only_announce(self):
        for kind, anchor, only in (
            ("pre_due", "due_date", True),
            ("pre_due", "discount_date", False),
            ("reminder", "due_date", False),
        ):
            self.assertEqual(LevelRule(1, 5, kind, anchor, 7).only_announces, only, (kind, anchor))
