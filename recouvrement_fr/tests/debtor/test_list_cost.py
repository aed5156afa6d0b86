from datetime import date, timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
STATEMENTS = 1  # at most, that our columns add to a page of the list of invoices


@tagged("post_install", "-at_install")
class TestListCost(RecouvrementCommon):
    """What our columns cost the list of customer invoices, in statements."""

    def before_all(self):
        self.invoices = self.env["account.move"].union(
            *(self.invoice(MONDAY - (number - 3) * DAY, 100) for number in range(20))
        )
        self.night(MONDAY)

    def shown(self):
        """The columns of the list, and those of them that are ours."""
        moves = self.env["account.move"]
        view = moves.get_view(self.env.ref("account.view_out_invoice_tree").id, "list")
        names = [node.get("name") for node in etree.fromstring(view["arch"]).iter("field")]
        return names, {name for name in names if "recouvrement_fr" in moves._fields[name]._modules}

    def statements(self, moves, names):
        with self.at(MONDAY):
            for _warm in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                moves.web_read({name: {} for name in names})
        return self.env.cr.sql_log_count - before

    @staticmethod
    def without_names(row):
        return {name: found[0] if isinstance(found, tuple) else found for name, found in row.items()}

    def test_our_columns_add_few_statements_whatever_the_page(self):
        names, ours = self.shown()
        self.assertGreaterEqual(len(ours), 7)
        added = [
            self.statements(moves, names) - self.statements(moves, set(names) - ours)
            for moves in (self.invoices[:3], self.invoices)
        ]
        self.assertLessEqual(added[1], STATEMENTS)
        self.assertEqual(added[1], added[0])

    def test_who_may_not_read_invoices_is_told_nothing_of_them(self):
        """The page is asked for at once, by whoever calls it: nothing of it goes round the rights on invoices."""
        columns = {name: {} for name in ("days_overdue", "dunning_next_level_id", "dunning_next_date")}
        people = [
            new_test_user(self.env, "list_employee", "base.group_user", company_id=self.company.id),
            new_test_user(self.env, "list_portal", "base.group_portal", company_id=self.company.id),
        ]
        for user in people:
            with self.at(MONDAY), self.assertRaises(AccessError):
                self.invoices[:3].with_user(user).web_read(columns)

    def test_a_page_says_of_each_invoice_what_it_says_of_itself(self):
        paid, credit = self.invoices[5], self.invoice(MONDAY - 9 * DAY, 30, move_type="out_refund")
        draft = self.invoice(MONDAY - 9 * DAY, 30, post=False)
        with self.at(MONDAY):
            self.pay(paid)
        other = self.invoice(MONDAY - 9 * DAY, 30, partner=self._partner("Without a card"))
        asleep = self.invoice(MONDAY - 9 * DAY, 30, partner=self._partner("Paused"))
        sleeper = self.env["recouvrement.debtor"]._card(self.company, asleep.partner_id)
        sleeper.write({"paused_until": MONDAY + 9 * DAY, "pause_reason": "vacances"})
        self.card().write({"debtor_type": "professional", "type_confirmed": True})
        self.env["recouvrement.limitation.event"]._note(self.card(), self.invoices[7], "court_claim", date(2026, 2, 20))
        page, names = self.invoices | credit | draft | other | asleep, self.shown()[1]
        self.env.flush_all()
        with self.at(MONDAY):
            self.env.invalidate_all()
            together = page.read(sorted(names))
            alone = []
            for move in page:
                self.env.invalidate_all()
                alone += self.env["account.move"].browse(move.id).read(sorted(names))
            self.env.invalidate_all()
            shown = page.web_read({name: {} for name in names})
        self.assertEqual(together, alone)
        self.assertEqual(shown, [self.without_names(row) for row in together])
        by_id = {row["id"]: row for row in together}
        self.assertEqual(by_id[self.invoices[10].id]["days_overdue"], 7)
        self.assertEqual([by_id[move.id]["days_overdue"] for move in (paid, draft)], [0, 0])
        self.assertEqual(by_id[self.invoices[7].id]["limitation_date"], date(2031, 2, 20))
        self.assertFalse(by_id[draft.id]["limitation_date"])
        self.assertTrue(by_id[self.invoices[10].id]["dunning_next_date"])
        self.assertFalse(by_id[other.id]["dunning_next_date"])
        self.assertEqual([by_id[move.id]["dunning_state"] for move in (other, asleep)], ["none", "paused"])
