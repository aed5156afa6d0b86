import ast

from lxml import etree

from odoo.tests import tagged

from ..common import MONDAY
from ..litigation.case_common import OPENED, CaseCommon
from ..penalties.accessory_common import AccessoryCommon
from .ledger_common import CLOSING, DAY, LedgerCommon


@tagged("post_install", "-at_install")
class TestReceivableAnalysis(LedgerCommon):
    """What is open now, by whoever it is looked at: its total is the ledger's, to the cent."""

    def rows(self, on=CLOSING):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.at(on):
            model = self.env["recouvrement.receivable.report"].with_user(self._somebody(f"analyst_{on}"))
            return model.search([])._read_group([], ["age"], ["amount:sum", "overdue:sum", "days_late:avg", "__count"])

    def test_each_age_is_that_of_the_aged_balance(self):
        self.books()
        self.invoice(CLOSING - 100 * DAY, 77, invoice_date=CLOSING - 130 * DAY)
        self.invoice(CLOSING + DAY, 50.5)
        self.on_account(55, MONDAY)
        found = {age: (round(amount, 2), round(overdue, 2)) for age, amount, overdue, _days, _count in self.rows()}
        balance = self.env["recouvrement.aged"].create({"date": CLOSING, "company_id": self.company.id})
        balance._take_down()
        lines = balance.line_ids
        for number, age in enumerate(("not_due", "to_30", "to_60", "to_90", "over_90")):
            self.assertEqual(found.get(f"{number}_{age}", (0,))[0], round(sum(lines.mapped(age)), 2), age)
        self.assertEqual(found["5_credit"][0], -55)
        self.assertEqual(
            round(sum(amount for amount, _overdue in found.values()), 2), round(sum(lines.mapped("total")), 2)
        )
        self.assertEqual(
            round(sum(overdue for _amount, overdue in found.values()), 2), round(sum(lines.mapped("overdue")), 2)
        )

    def test_a_row_says_whose_it_is_and_how_late(self):
        colleague = self._somebody("analysed_colleague")
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner).sudo()
        card.write({"collector_id": colleague.id, "debtor_type": "professional", "type_confirmed": True})
        first, second = self.invoice(CLOSING - 31 * DAY, 100), self.invoice(CLOSING, 40)
        self.pay(first, 30, on=CLOSING - DAY)
        self.env.flush_all()
        with self.at(CLOSING):
            rows = self.env["recouvrement.receivable.report"].with_user(colleague).search([])
            self.assertEqual(rows.move_id, first + second)
            self.assertEqual(
                [(row.age, row.days_late, row.amount, row.overdue) for row in rows],
                [("2_to_60", 31, 70, 70), ("0_not_due", 0, 40, 0)],
            )
        self.assertEqual((rows.collector_id, rows.debtor_id, rows.partner_id), (colleague, card, self.debtor_partner))
        self.assertEqual(set(rows.mapped("debtor_type")), {"professional"})


@tagged("post_install", "-at_install")
class TestPenaltyAnalysis(AccessoryCommon):
    """What became of penalties, computed by hand: claimed, waived, booked, paid."""

    def read(self, rows):
        self.env.flush_all()
        self.env.invalidate_all()
        found = self.env["recouvrement.accessory.report"].with_user(self.analyst).search([("id", "in", rows.ids)])
        names = ("amount", "claimed", "waived", "booked", "paid")
        return tuple(round(sum(found.mapped(name)), 2) for name in names)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.analyst = cls._somebody("penalty_analyst")

    def test_a_penalty_is_followed_from_the_letter_to_the_money(self):
        invoice = self.claimed()
        indemnity = self.rows(invoice, "indemnity")
        self.assertEqual(self.read(indemnity), (40, 40, 0, 0, 0))
        note = self.book(indemnity)
        self.assertEqual(self.read(indemnity), (40, 40, 0, 0, 0), "A draft is not booked.")
        note.action_post()
        self.assertEqual(self.read(indemnity), (40, 40, 0, 40, 0))
        self.pay(note, 10, on=MONDAY + DAY)
        self.assertEqual(self.read(indemnity), (40, 40, 0, 40, 10))
        self.pay(note, 30, on=MONDAY + 2 * DAY)
        self.assertEqual(self.read(indemnity), (40, 40, 0, 40, 40))

    def test_what_is_waived_is_told_and_a_credit_note_pays_nothing(self):
        waived, credited = (self.rows(self.claimed(), "indemnity") for _each in range(2))
        with self.at(MONDAY):
            waived.sudo()._waive({waived: 15}, "Goodwill", MONDAY)
        self.assertEqual(self.read(waived), (40, 40, 15, 0, 0))
        self.book(waived).action_post()
        self.assertEqual(self.read(waived), (40, 40, 15, 25, 0))
        note = self.book(credited)
        note.action_post()
        self.reverse(note)
        self.assertEqual(self.read(credited)[3:], (0, 0))

    def test_what_a_payment_difference_wrote_off_was_not_paid(self):
        indemnity = self.rows(self.claimed(), "indemnity")
        note = self.book(indemnity)
        note.action_post()
        self.pay_less(note, 30, on=MONDAY + DAY)
        self.assertEqual(note.amount_residual, 0)
        self.assertEqual(self.read(indemnity), (40, 40, 0, 40, 30))

    def test_nor_did_a_reminder_bring_it_in(self):
        invoice = self.invoice(MONDAY - 10 * DAY, 1000)
        self.letter(invoice, self.first, MONDAY)
        self.pay_less(invoice, 940, on=MONDAY + 4 * DAY)
        self.env.flush_all()
        self.env.invalidate_all()
        [row] = self.env["recouvrement.effectiveness"].search([("move_id", "=", invoice.id)])
        self.assertEqual((row.amount, row.recovered, row.recovery_percent, row.days_to_pay), (1000, 940, 94, 4))

    def pay_less(self, move, amount, on):
        """Pay a part, and write the rest off with the same payment."""
        asked = {
            "payment_date": on,
            "amount": amount,
            "payment_difference_handling": "reconcile",
            "writeoff_account_id": self.company_data["default_account_expense"].id,
        }
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        register.create(asked).action_create_payments()


@tagged("post_install", "-at_install")
class TestCaseAnalysis(CaseCommon):
    """What cases cost and bring in, computed by hand; a confidential one is hidden from who may not read it."""

    def rows(self, user, on):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.at(on):
            rows = self.env["recouvrement.case.report"].with_user(user).search([])
            rows.fetch(["days", "received", "spent"])
        return rows

    def test_money_counts_while_the_case_is_open(self):
        self.pay(self.debt, 1000, on=OPENED - 3 * DAY)
        case = self.opened()
        self.pay(self.debt, 2500, on=OPENED + 5 * DAY)
        with self.at(OPENED):
            self.env["recouvrement.case.cost"].sudo().create(
                [
                    {"case_id": case.id, "name": "Greffe", "amount": 33.47, "recovered": 10},
                    {"case_id": case.id, "name": "Later", "amount": 500, "state": "estimated"},
                ]
            )
        row = self.rows(self.collector, OPENED + 12 * DAY)
        self.assertEqual((row.case_id, row.stage, row.days), (case, "amicable", 12))
        self.assertEqual((row.received, row.spent, row.costs_recovered), (2500, 33.47, 10))
        self.assertEqual(row.balance, case.balance)
        self.assertTrue(row.balance)

    def test_a_confidential_case_is_hidden_as_it_is_itself(self):
        case = self.opened()
        case.with_user(self.officer).is_confidential = True
        self.assertFalse(self.rows(self.collector, OPENED))
        self.assertEqual(self.rows(self.officer, OPENED).case_id, case)


@tagged("post_install", "-at_install")
class TestEachAnalysisHasItsViews(LedgerCommon):
    def test_each_is_a_pivot_a_drawing_and_a_list(self):
        for name in (
            "receivable_report",
            "effectiveness",
            "dispute_report",
            "case_report",
            "provision_line",
            "accessory_report",
            "limitation_calendar",
        ):
            action = self.env.ref(f"recouvrement_fr.recouvrement_{name}_action")
            with self.subTest(name=name):
                self.assertLessEqual({"pivot", "graph", "list"}, set(action.view_mode.split(",")))
                for kind in ("pivot", "graph", "list"):
                    self.env[action.res_model].get_view(view_type=kind)

    def test_each_is_grouped_by_whatever_its_search_proposes_with_its_sums(self):
        self.books()
        reader = self._somebody("grouping_analyst")
        for name in ("receivable_report", "effectiveness", "case_report", "accessory_report"):
            model = self.env[self.env.ref(f"recouvrement_fr.recouvrement_{name}_action").res_model].with_user(reader)
            search, rows = (etree.fromstring(model.get_view(view_type=kind)["arch"]) for kind in ("search", "list"))
            asked = {
                ast.literal_eval(one.get("context"))["group_by"] for one in search.iter("filter") if one.get("context")
            }
            sums = [
                f"{one.get('name')}:{'sum' if one.get('sum') else 'avg'}"
                for one in rows.iter("field")
                if one.get("sum") or one.get("avg")
            ]
            self.assertTrue(asked and sums, name)
            money = [
                f"{one.split(':')[0]}:sum_currency"
                for one in sums
                if model._fields[one.split(":")[0]].type == "monetary"
            ]
            sums += ["currency_id:array_agg_distinct", *money]  # as the client asks
            with self.at(CLOSING):
                [whole] = model._read_group([], [], ["__count", *sums])
                for group in asked:
                    with self.subTest(name=name, group=group):
                        found = model.web_read_group([], [group], ["__count", *sums])["groups"]
                        self.assertEqual(sum(one["__count"] for one in found), whole[0])
                        for one in found:
                            self.assertEqual(
                                model.search_count(one["__extra_domain"]), one["__count"], "It opens what it counts."
                            )
