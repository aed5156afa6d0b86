import ast
import io
from datetime import date, timedelta

from lxml import etree
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..common import MONDAY
from .bad_debt_common import BadDebtCommon

DAY = timedelta(days=1)
CLOSING = date(2026, 3, 31)
NEXT = date(2026, 6, 30)


@tagged("post_install", "-at_install")
class TestProvision(BadDebtCommon):
    """What doubtful debts are worth at a date, without VAT, and the difference with the closing before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["recouvrement.provision.bracket"].create(
            [
                {"company_id": cls.company.id, "situation": situation, "days": days, "rate": rate, "confirmed": True}
                for situation, days, rate in (
                    ("overdue", 91, 10),
                    ("overdue", 181, 30),
                    ("doubtful", 0, 50),
                    ("liquidation", 0, 100),
                )
            ]
        )

    def late(self, days, price=1000, partner=None, **values):
        due = CLOSING - days * DAY
        return self.sold((price, self.vat20), due=due, invoice_date=due, partner=partner, **values)

    def computed(self, on=CLOSING, debtors=None):
        with self.at(on):
            return (
                self.env["recouvrement.provision"]
                .with_user(self.boss)
                ._start(self.company.with_user(self.boss), debtors, on)
            ).with_env(self.env)

    def booked(self, provision):
        with self.at(provision.date):
            provision.with_user(self.boss).action_draft_entry()
            entries = provision.entry_ids
            entries.with_user(self.accountant).action_post()
        return entries

    def by_move(self, provision):
        return {line.move_id: (line.rate, line.provision, line.previous, line.movement) for line in provision.line_ids}

    def test_by_age_on_the_price_without_vat(self):
        recent, old, older = self.late(30), self.late(100), self.late(200, 333.33)
        self.pay(old, 600, on=CLOSING - 5 * DAY)
        provision = self.computed()
        self.assertEqual(
            self.by_move(provision), {old: (10, 50, 0, 50), older: (30, 100, 0, 100)}, "600 is left of 1200, 500 net."
        )
        self.assertNotIn(recent, provision.line_ids.move_id)
        self.assertTrue(provision.rates_confirmed)
        entry = self.booked(provision)
        self.assertEqual((len(entry), self.balances(entry)), (1, {"681740": 150, "491000": -150}))
        self.assertEqual(provision.state, "posted")

    def test_the_next_closing_books_the_difference(self):
        paid, stays = self.late(100), self.late(120)
        self.booked(self.computed())
        self.pay(paid, on=CLOSING + 10 * DAY)
        provision = self.computed(NEXT)
        self.assertEqual(self.by_move(provision), {stays: (30, 300, 100, 200), paid: (0, 0, 100, -100)})
        entry = self.booked(provision)
        self.assertEqual(self.balances(entry), {"681740": 200, "491000": -100, "781740": -100})
        with self.assertRaisesRegex(UserError, "nothing to book"):
            self.booked(self.computed(NEXT))

    def test_an_opening_entry_holds_the_debts_of_many_customers(self):
        first, second = self._partner("Premier"), self._partner("Second")
        due = CLOSING - 200 * DAY
        owed = [
            {"account_id": partner.property_account_receivable_id.id, "partner_id": partner.id, "debit": debit}
            for partner, debit in ((first, 300), (second, 500))
        ]
        other = {"account_id": self.company_data["default_account_revenue"].id, "credit": 800}
        opening = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": CLOSING - 150 * DAY,
                "line_ids": [Command.create({**item, "date_maturity": due}) for item in owed] + [Command.create(other)],
            }
        )
        opening.action_post()
        provision = self.computed()
        self.assertEqual({line.partner_id: line.provision for line in provision.line_ids}, {first: 90, second: 150})
        self.assertTrue(provision.has_openings)
        self.assertEqual(set(provision.line_ids.mapped("days_late")), {200}, "not since the opening entry")
        provision.line_ids.filtered(lambda line: line.partner_id == first).with_user(self.boss).write(
            {"rate": 100, "note": "Radié."}
        )
        self.assertEqual(self.balances(self.booked(provision)), {"681740": 450, "491000": -450})
        settled = {"account_id": first.property_account_receivable_id.id, "partner_id": first.id, "credit": 300}
        payment = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": CLOSING + DAY,
                "line_ids": [
                    Command.create(settled),
                    Command.create({"account_id": self.company_data["default_account_revenue"].id, "debit": 300}),
                ],
            }
        )
        payment.action_post()
        (opening | payment).line_ids.filtered(lambda item: item.partner_id == first).reconcile()
        after = self.computed(NEXT)
        self.assertEqual(
            {line.partner_id: (line.previous, line.movement) for line in after.line_ids},
            {first: (300, -300), second: (150, 0)},
        )

    def test_the_ledger_is_read_as_it_was_that_day(self):
        debt = self.late(100)
        self.pay(debt, on=CLOSING + 2 * DAY)
        self.assertEqual(self.by_move(self.computed()), {debt: (10, 100, 0, 100)})

    def test_doubtful_and_liquidation_count_whatever_the_age(self):
        doubtful, lost = self.late(10), self.late(1, partner=self._partner("Liquidée", company_registry="552081317"))
        with self.at(CLOSING - DAY):
            record = self.env["recouvrement.doubtful"]._transfer(
                self.env["recouvrement.debtor"]._card(self.company, doubtful.partner_id), doubtful, "Chèque impayé."
            )
            record.entry_ids.with_user(self.accountant).action_post()
            self.env["recouvrement.insolvency"].create(
                {
                    "debtor_id": self.env["recouvrement.debtor"]._card(self.company, lost.partner_id).id,
                    "kind": "liquidation",
                    "judgment_on": CLOSING - DAY,
                }
            )
        self.assertEqual(self.by_move(self.computed()), {doubtful: (50, 500, 0, 500), lost: (100, 1000, 0, 1000)})

    def test_credits_on_the_account_cover_the_oldest_debt(self):
        old, older = self.late(100), self.late(110)
        self.sold((500, self.vat20), due=CLOSING - 20 * DAY, invoice_date=CLOSING - 20 * DAY, move_type="out_refund")
        self.assertEqual(self.by_move(self.computed()), {older: (10, 50, 0, 50), old: (10, 100, 0, 100)})

    def test_an_estimate_needs_a_reason_and_is_kept_at_the_next_closing(self):
        debt = self.late(100)
        provision = self.computed()
        line = provision.line_ids.with_user(self.boss)
        with self.assertRaisesRegex(ValidationError, "Say why"), self.env.cr.savepoint():
            line.rate = 80
        line.write({"rate": 80, "note": "Dirigeant introuvable."})
        self.assertEqual((line.provision, line.movement), (800, 800))
        provision.with_user(self.boss).action_compute()
        self.assertEqual(self.by_move(provision), {debt: (80, 800, 0, 800)})
        self.booked(provision)
        self.assertEqual(self.by_move(self.computed(NEXT)), {debt: (80, 800, 800, 0)})
        with self.assertRaises(UserError):
            provision.line_ids.with_user(self.boss).rate = 10

    def test_a_loss_releases_what_was_provided(self):
        debt = self.late(100)
        self.booked(self.computed())
        write_off = self.propose(debt, entry_date=CLOSING + DAY)
        entry = self.approve(write_off)
        with self.at(CLOSING + DAY):
            entry.with_user(self.accountant).action_post()
            action = write_off.with_user(self.boss).action_adjust_provision()
        release = self.env["recouvrement.provision"].browse(action["res_id"])
        self.assertEqual(self.by_move(release), {debt: (0, 0, 100, -100)})
        self.assertEqual(self.balances(self.booked(release)), {"491000": 100, "781740": -100})

    def test_reversed_it_counts_no_more(self):
        debt = self.late(100)
        provision = self.computed()
        entry = self.booked(provision)
        with self.assertRaisesRegex(UserError, "on or after it"):
            self.computed(CLOSING - DAY)
        with self.at(CLOSING):
            entry._reverse_moves(cancel=True)
        self.assertEqual(provision.state, "reversed")
        self.assertEqual(self.by_move(self.computed()), {debt: (10, 100, 0, 100)})

    def test_a_draft_waits_and_a_closed_period_is_refused(self):
        self.late(100)
        provision = self.computed()
        provision.with_user(self.boss).action_draft_entry()
        with self.assertRaisesRegex(UserError, "posted or cancelled first"):
            self.computed()
        provision.with_user(self.boss).action_cancel()
        self.assertEqual((provision.state, provision.entry_ids.state), ("cancelled", "cancel"))
        again = self.computed()
        self.company.fiscalyear_lock_date = CLOSING
        with self.assertRaisesRegex(UserError, "later accounting date"):
            again.with_user(self.boss).action_draft_entry()

    def test_the_analysis_adds_up_by_debtor_and_by_situation(self):
        self.late(100)
        self.late(200, 333.33)
        self.late(200, 50.55, partner=self._partner("Second"))
        provision = self.computed()
        # 10 % of 1,000 and 30 % of 333.33 (99.999); 30 % of 50.55 (15.165, half up)
        self.assertEqual(provision.amount_provision, 215.17)
        action = self.env.ref("recouvrement_fr.recouvrement_provision_line_action")
        lines = self.env[action.res_model].with_user(self.accountant)
        search, pivot, drawing = (
            etree.fromstring(lines.get_view(view_type=kind)["arch"]) for kind in ("search", "pivot", "graph")
        )
        groups = {
            ast.literal_eval(one.get("context"))["group_by"] for one in search.iter("filter") if one.get("context")
        }
        for view in (pivot, drawing):
            groups |= {one.get("name") for one in view.iter("field") if one.get("type") != "measure"}
        self.assertLessEqual({"partner_id", "situation"}, groups)
        measures = [f"{one.get('name')}:sum" for one in pivot.iter("field") if one.get("type") == "measure"]
        for group in groups:
            with self.subTest(group=group):
                found = lines.formatted_read_group([("provision_id", "=", provision.id)], [group], measures)
                for measure, whole in (
                    ("amount_net:sum", 1383.88),
                    ("provision:sum", 215.17),
                    ("movement:sum", 215.17),
                ):
                    self.assertEqual(round(sum(one[measure] for one in found), 2), whole, measure)
        found = lines._read_group([("provision_id", "=", provision.id)], ["partner_id"], ["provision:sum"])
        self.assertEqual({partner.name: total for partner, total in found}, {"Menuiserie Durand": 200, "Second": 15.17})

    def test_the_spreadsheet_shows_each_invoice_and_the_totals(self):
        debt = self.late(100)
        provision = self.computed()
        sheet = load_workbook(io.BytesIO(provision._xlsx())).active
        rows = list(sheet.iter_rows(min_row=5, values_only=True))
        self.assertEqual((rows[0][0], rows[0][1], rows[0][6], rows[0][8]), (debt.partner_id.name, debt.name, 1000, 100))
        self.assertEqual(rows[1][8], "=SUM(I5:I5)")
        self.assertIn("/web/content/", provision.action_xlsx()["url"])

    def test_a_debtor_called_as_a_formula_stays_a_name(self):
        for name in ("=1+1", "+33", "@SUM(A1)", "http://evil.example", "-2"):
            self.late(100, partner=self._partner(name))
        book = load_workbook(io.BytesIO(self.computed()._xlsx()))
        cells = [row[0] for row in book.active.iter_rows(min_row=5)][:5]
        self.assertEqual({cell.value for cell in cells}, {"=1+1", "+33", "@SUM(A1)", "http://evil.example", "-2"})
        self.assertEqual({(cell.data_type, cell.hyperlink) for cell in cells}, {("s", None)})

    def test_managers_alone_compute_and_companies_stay_apart(self):
        self.late(100)
        provision = self.computed()
        with self.assertRaises(AccessError):
            provision.with_user(self.collector).action_draft_entry()
        with self.assertRaises(AccessError):
            self.env["recouvrement.provision"].with_user(self.collector)._start(self.company)
        self.assertEqual(provision.with_user(self.accountant).amount_provision, 100)
        other = self.setup_other_company()["company"]
        outsider = new_test_user(
            self.env,
            "pr_outsider",
            groups="recouvrement_fr.group_recouvrement_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            provision.with_user(outsider).read(["amount_provision"])
        self.assertFalse(
            self.env["recouvrement.provision"].with_user(outsider)._start(other.with_user(outsider), on=MONDAY).line_ids
        )
