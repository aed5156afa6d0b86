from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..clock import today
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
CLOSING = date(2026, 3, 31)
SPACE = "\u00a0"


@tagged("post_install", "-at_install")
class TestDashboard(RecouvrementCommon):
    """The first screen says what the ledger says, to who may know it, and each figure opens its records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_partner = cls._partner("Peinture Martin")
        cls.manager, cls.collector = cls._somebody("board_manager", "manager"), cls._somebody("board_collector")
        (cls.manager + cls.collector).lang = "en_US"

    def board(self, on=CLOSING, user=None, **asked):
        """(answer of the first screen, {code: block} of it and of every panel) on that day."""
        model = self.env["recouvrement.dashboard"].with_user(user or self.manager).with_company(self.company)
        model = model.with_context(lang="en_US", allowed_company_ids=self.company.ids)
        with self.at(on):
            shown = model.get_dashboard(asked)
            blocks = list(shown["blocks"])
            for name in shown["panels"]:
                blocks += model.get_panel(name, shown["asked"])
        self.assertEqual(len({block["code"] for block in blocks}), len(blocks))
        return shown, {block["code"]: block for block in blocks}

    def opened(self, action):
        return self.env[action["res_model"]].with_user(self.manager).search(action["domain"])

    def small_ledger(self):
        """Billed 3,000 in January, 2,800 in February and 1,240 in March; 2,000 paid on 28 February, 14 days late."""
        first = self.invoice(date(2026, 2, 14), 3000, invoice_date=date(2026, 1, 15))
        second = self.invoice(date(2026, 3, 14), 2800, invoice_date=date(2026, 2, 12))
        third = self.invoice(date(2026, 4, 9), 1240, partner=self.other_partner, invoice_date=date(2026, 3, 10))
        self.pay(first, 2000, on=date(2026, 2, 28))
        return first, second, third

    def test_the_tiles_are_those_computed_by_hand(self):
        self.small_ledger()
        _shown, blocks = self.board(months=3)
        values = {code: block["value"] for code, block in blocks.items() if block["kind"] == "tile"}
        self.assertEqual(
            values,
            {
                "receivables": "€5,040.00",
                "overdue": "€3,800.00",
                "dso": "64.4 days",  # 5,040 x 90 / 7,040 = 64.43
                "count_back": "69.3 days",  # March 31, February 28, then 1,000 of the 3,000 of January: 10.33
                "best_possible": "15.9 days",  # 1,240 x 90 / 7,040 = 15.85
                "effectiveness": "34.5 %",  # (7,040 - 5,040) / (7,040 - 1,240)
                "over_90": "0.0 %",
                "days_late": "14.0 days",
            },
        )
        self.assertIn("75.4 %", blocks["overdue"]["note"])  # 3,800 / 5,040

    def test_the_trend_has_thirteen_months_as_drawings_and_tables(self):
        self.small_ledger()
        _shown, blocks = self.board(months=3)
        owed = blocks["owed_trend"]
        self.assertEqual((owed["labels"][0], owed["labels"][-1], len(owed["labels"])), ("03/25", "03/26", 13))
        not_due, overdue = (serie["values"] for serie in owed["series"])
        self.assertEqual(not_due[-3:], [3000, 2800, 1240])
        self.assertEqual(overdue[-3:], [0, 1000, 3800])
        self.assertEqual(owed["series"][1]["texts"][-1], "€3,800.00")
        dso = blocks["dso_trend"]["series"][0]
        # January: 3,000 x 92 / 3,000; February: 3,800 x 90 / 5,800 = 58.97
        self.assertEqual(dso["values"], [None] * 10 + [92, 59, 64.4])
        self.assertEqual(dso["texts"][0], "n/a")

    def test_the_ageing_opens_the_items_of_each_band(self):
        moves = self.env["account.move"]
        by_band = []
        for late in (-5, 0, 1, 30, 31, 60, 61, 90, 91, 200):
            by_band.append(self.invoice(CLOSING - late * DAY, 100 + late, invoice_date=CLOSING - 230 * DAY))
        self.invoice(CLOSING - DAY, 70, move_type="out_refund", invoice_date=CLOSING - DAY)
        _shown, blocks = self.board()
        ageing = blocks["ageing"]
        self.assertEqual(ageing["series"][0]["values"], [195, 231, 291, 351, 491])
        for position, expected in enumerate(((0, 1), (2, 3), (4, 5), (6, 7), (8, 9))):
            found = self.opened(ageing["opens"][position]).move_id
            self.assertEqual(found, moves.union(*(by_band[number] for number in expected)))
        self.assertEqual(sum(self.opened(blocks["receivables"]["opens"]).mapped("amount_residual")), 1559 - 70)
        self.assertEqual(sum(self.opened(blocks["overdue"]["opens"]).mapped("amount_residual")), 1559 - 195)
        self.assertEqual(sum(self.opened(blocks["over_90"]["opens"]).mapped("amount_residual")), 491)

    def test_each_tile_opens_its_records(self):
        first, second, third = self.small_ledger()
        _shown, blocks = self.board(months=3)
        found = {code: self.opened(block["opens"]) for code, block in blocks.items() if block["kind"] == "tile"}
        whole, late = first + second + third, first + second
        self.assertEqual(
            {code: lines.move_id for code, lines in found.items() if code not in ("effectiveness", "days_late")},
            {
                "receivables": whole,
                "overdue": late,
                "over_90": self.env["account.move"],
                "dso": whole,
                "count_back": whole,
                "best_possible": third,
            },
        )
        for code in ("effectiveness", "days_late"):
            self.assertEqual(found[code].mapped("balance"), [-2000], code)

    def test_filters_narrow_every_figure_and_what_it_opens(self):
        self.small_ledger()
        card = self.env["recouvrement.debtor"]._card(self.company, self.other_partner).sudo()
        card.write({"collector_id": self.collector.id, "debtor_type": "public", "type_confirmed": True})
        for asked in ({"collector_id": self.collector.id}, {"debtor_type": "public"}):
            shown, blocks = self.board(**asked)
            self.assertEqual(blocks["receivables"]["value"], "€1,240.00")
            self.assertEqual(self.opened(blocks["receivables"]["opens"]).partner_id, self.other_partner)
            self.assertEqual(blocks["largest"]["rows"], [])
        self.assertIn([self.collector.id, self.collector.name], shown["choices"]["collectors"])
        self.assertIn("Public", shown["said"])

    def test_the_most_overdue_open_their_cards(self):
        self.small_ledger()
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        _shown, blocks = self.board()
        [row] = blocks["largest"]["rows"]
        self.assertEqual(row["cells"], ["Menuiserie Durand", "€3,800.00", "€3,800.00", "Feb 14, 2026"])
        self.assertEqual(row["opens"]["res_id"], card.id)

    def test_what_is_overdue_is_what_the_card_says_net_of_credits(self):
        """1,200 and 900 late, 5,000 to come; 300 credited, 200 paid on account; another debtor owes 1,700 late."""
        self.invoice(MONDAY, 1200)
        self.invoice(MONDAY + DAY, 900)
        self.invoice(CLOSING + 30 * DAY, 5000, invoice_date=MONDAY)
        self.invoice(MONDAY, 300, move_type="out_refund", invoice_date=MONDAY)
        self.on_account(200, MONDAY)
        self.invoice(MONDAY, 1700, partner=self.other_partner)
        self.invoice(MONDAY, 90, partner=self._partner("Vitrerie Paul"))
        covered = self._partner("Carrelages Roux")
        self.invoice(MONDAY, 400, partner=covered)
        self.invoice(MONDAY, 400, partner=covered, move_type="out_refund", invoice_date=MONDAY)
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        self.env["recouvrement.debtor"]._card(self.company, self.other_partner)
        _shown, blocks = self.board()
        rows = {row["cells"][0]: row["cells"][1:3] for row in blocks["largest"]["rows"]}
        self.assertEqual(
            rows,
            {
                "Peinture Martin": ["€1,700.00", "€1,700.00"],
                "Menuiserie Durand": ["€1,600.00", "€6,600.00"],
                "Vitrerie Paul": ["€90.00", "€90.00"],
            },
        )
        self.assertEqual(list(rows)[0], "Peinture Martin", "the most overdue first, once credits are deducted")
        with self.at(CLOSING):
            self.assertEqual((card.overdue_now, card.open_now), (1600, 6600))

    def test_what_people_do_is_counted(self):
        self.invoice(MONDAY - 5 * DAY, 1000)
        self.night(MONDAY)
        card = self.card()
        card.sudo().collector_id = self.collector
        with self.at(MONDAY):
            promises = self.env["recouvrement.promise"].with_user(self.collector)
            promises._make(card.with_user(self.collector), card._open_moves(), 400, MONDAY + 3 * DAY, on=today())
        _shown, blocks = self.board(on=MONDAY)
        rows = {row["cells"][0]: row["cells"][1:] for row in blocks["promises"]["rows"]}
        self.assertEqual(rows, {"Still open": ["1", "€400.00"], "Due within a week": ["1", "€400.00"]})
        self.assertEqual(len(self.opened(blocks["promises"]["rows"][0]["opens"])), 1)
        [row] = blocks["activity"]["rows"]
        self.assertEqual(row["cells"], [self.collector.name, "1", "€1,000.00", "0", "1"])
        self.assertEqual(self.opened(row["opens"]), card)

    def test_reminders_are_credited_with_what_came_in_before_the_next(self):
        debt = self.invoice(MONDAY - 3 * DAY, 1000)
        self.night(MONDAY)
        self.mark_sent(self.reminders(), MONDAY)
        self.pay(debt, 250, on=MONDAY + 4 * DAY)
        _shown, blocks = self.board(on=MONDAY + 5 * DAY)
        [row] = blocks["funnel"]["rows"]
        self.assertEqual(row["cells"][0], "Professionals – Reminder 1")
        self.assertEqual(row["cells"][2:], ["", "1", "€1,000.00", "25.0 %", "4.0"])
        found = self.opened(row["opens"])
        self.assertEqual((found.move_id, found.amount, found.recovered, found.days_to_pay), (debt, 1000, 250, 4))
        self.night(MONDAY + 8 * DAY)
        second = self.reminders()[-1]
        self.mark_sent(second, MONDAY + 8 * DAY)
        self.pay(debt, 300, on=MONDAY + 10 * DAY)
        self.env.invalidate_all()
        report = self.env["recouvrement.effectiveness"].search([("move_id", "=", debt.id)], order="id")
        self.assertEqual(report.mapped("recovered"), [250, 300])
        self.assertEqual(report.mapped("amount"), [1000, 750])

    def test_an_empty_company_is_told_what_to_do_first(self):
        shown, blocks = self.board()
        self.assertFalse(blocks)
        self.assertEqual(shown["panels"], [])
        self.assertEqual([step["done"] for step in shown["steps"]], [False, True, True, False])
        mine, _blocks = self.board(user=self.collector)
        self.assertTrue(shown["steps"][2]["opens"])
        self.assertFalse(mine["steps"][2]["opens"], "Only a manager activates.")

    def test_a_collector_reads_it_and_nobody_else(self):
        self.small_ledger()
        _shown, blocks = self.board(user=self.collector)
        self.assertEqual(blocks["receivables"]["value"], "€5,040.00")
        model = self.env["recouvrement.dashboard"]
        employee = new_test_user(self.env, "board_employee", "base.group_user", company_id=self.company.id)
        portal = new_test_user(self.env, "board_portal", "base.group_portal", company_id=self.company.id)
        for user in (employee, portal):
            with self.assertRaises(AccessError):
                model.with_user(user).get_dashboard({})
            with self.assertRaises(AccessError):
                model.with_user(user).get_panel("trend", {})

    def test_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other creditor"})
        model = self.env["recouvrement.dashboard"].with_user(self.collector)
        with self.assertRaises(AccessError):
            model.get_dashboard({"company_id": other.id})
        with self.assertRaises(AccessError):
            model.get_panel("work", {"company_id": other.id})

    def test_what_is_no_panel_is_refused(self):
        with self.assertRaises(AccessError):
            self.env["recouvrement.dashboard"].with_user(self.collector).get_panel("__class__", {})
