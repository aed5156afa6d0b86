from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo.tests import tagged

from ..clock import today
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
NEXT = ["dunning_next_level_id", "dunning_next_date"]


@tagged("post_install", "-at_install")
class TestShownHeld(RecouvrementCommon):
    """What comes next is shown of the invoices that it may be about: of none that is held or left out."""

    def before_all(self):
        super().before_all()
        self.free, self.promised, self.disputed, self.left = (
            self.invoice(MONDAY - number * DAY, 100) for number in range(5, 9)
        )
        self.night(MONDAY)
        with self.at(MONDAY):
            self.env["recouvrement.promise"]._make(self.card(), self.promised, 100, MONDAY + 8 * DAY, on=today())
            reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
            self.env["recouvrement.dispute"]._open(self.card(), self.disputed, reason)
            self.left.no_followup = True
        self.every = self.free | self.promised | self.disputed | self.left

    def searched(self, domain):
        return self.env["account.move"].search(domain) & self.every

    def test_an_invoice_that_is_held_or_left_out_has_nothing_that_comes_next(self):
        self.env.flush_all()
        for together in (True, False):
            self.env.invalidate_all()
            with self.subTest(together=together), self.at(MONDAY):
                spec = {name: {} for name in (*NEXT, "dunning_state", "days_overdue")}
                rows = self.every.web_read(spec) if together else self.every.read([*spec])
                shown = {row["id"]: row for row in rows}
                self.assertTrue(all(shown[self.free.id][name] for name in NEXT))
                for move in self.every - self.free:
                    self.assertFalse([shown[move.id][name] for name in NEXT if shown[move.id][name]])
                states = [shown[move.id]["dunning_state"] for move in self.every]
                self.assertEqual(states, ["none", "promised", "disputed", "none"])
                self.assertEqual(shown[self.disputed.id]["days_overdue"], 7)

    def test_the_search_agrees_with_what_is_shown(self):
        with self.at(MONDAY):
            self.assertEqual(self.searched([("dunning_next_level_id", "!=", False)]), self.free)
            self.assertEqual(self.searched([("dunning_next_date", "<=", MONDAY + 60 * DAY)]), self.free)
            self.assertEqual(self.searched([("dunning_next_level_id", "=", False)]), self.every - self.free)
            level = self.card().next_level_id
            self.assertEqual(self.searched([("dunning_next_level_id", "=", level.id)]), self.free)

    def test_the_filter_to_remind_today_leaves_them_out(self):
        arch = etree.fromstring(self.env["account.move"].get_view(view_type="search")["arch"])
        domain = literal_eval(arch.xpath("//filter[@name='to_remind']")[0].get("domain"))
        with self.at(MONDAY + DAY):
            self.assertEqual(self.searched(domain), self.free)

    def test_holds_are_read_once_for_all_the_columns_of_a_page(self):
        def statements(names):
            with self.at(MONDAY):
                for _warm in range(2):
                    self.env.flush_all()
                    self.env.invalidate_all()
                    before = self.env.cr.sql_log_count
                    self.every.web_read({name: {} for name in names})
            return self.env.cr.sql_log_count - before

        state = statements(["name", "dunning_state", "days_overdue"])
        self.assertLessEqual(
            statements(["name", "dunning_state", "days_overdue", *NEXT]), state + 1
        )  # the level's name
