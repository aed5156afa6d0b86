from odoo.tests import tagged

from ..common import RecouvrementCommon


@tagged("post_install", "-at_install")
class TestOneDay(RecouvrementCommon):
    """One day is not told as several."""

    def test_of_interest(self):
        part = {"from": "2026-03-02", "to": "2026-03-02", "base": "1000.00", "rate": "12.15", "interest": "0.33"}
        accessory = self.env["recouvrement.accessory"].new({"tranches": [{**part, "days": 1}, {**part, "days": 2}]})
        first, second = accessory.tranche_text.splitlines()
        self.assertIn(": 1 day on", first)
        self.assertIn(": 2 days on", second)

    def test_of_a_deadline(self):
        told = {
            days: self.env["recouvrement.debtor"].new({"agenda_days_left": days})._deadline_words()
            for days in (-2, -1, 0, 1, 2)
        }
        self.assertEqual(
            told,
            {
                -2: "a deadline passed 2 days ago",
                -1: "a deadline passed yesterday",
                0: "a deadline today",
                1: "a deadline tomorrow",
                2: "a deadline in 2 days",
            },
        )

    def test_of_a_delay_of_procedure(self):
        delays = self.env["recouvrement.proceeding.delay"]
        for values, words in (
            ({"days": 1}, "1 day (CPC 1)"),
            ({"days": 8}, "8 days (CPC 1)"),
            ({"months": 1}, "1 month (CPC 1)"),
            ({"months": 2}, "2 months (CPC 1)"),
        ):
            delay = delays.new({"article": "CPC 1", "verified": True, "code": "x", **values})
            self.assertEqual(delay.display_name, words)

    def test_of_the_first_screen(self):
        told = {}
        for lang in ("en_US", "fr_FR"):
            board = self.env["recouvrement.dashboard"].with_context(lang=lang)
            told[lang] = [board._days(days).replace("\u00a0", " ") for days in (0.4, 1, 1.9, 2)]
        self.assertEqual(told["en_US"], ["0.4 days", "1.0 day", "1.9 days", "2.0 days"])
        self.assertEqual([words.split()[0] for words in told["fr_FR"]], ["0,4", "1,0", "1,9", "2,0"])
        self.assertEqual(len({words.split()[1] for words in told["fr_FR"][:3]}), 1)

    def test_of_a_way_of_paying(self):
        profile = self.env["recouvrement.payer.profile"]
        self.assertEqual(
            [profile._when(days) for days in (-2, -1, 0, 1, 2)],
            [
                "2 days before the due date",
                "the day before the due date",
                "by the due date",
                "the day after the due date at the latest",
                "within 2 days after the due date",
            ],
        )
