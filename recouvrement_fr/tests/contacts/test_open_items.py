from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestOpenItems(RecouvrementCommon):
    """The open items on a debtor's card, and the dialogs opened from those ticked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._somebody("items_collector")
        cls.two_parts = cls.env["account.payment.term"].create(
            {
                "name": "30 % at once, the rest in sixty days",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 70, "nb_days": 60}),
                ],
            }
        )

    def opened(self, partner=None):
        card = self.env["recouvrement.debtor"]._card(self.company, partner or self.debtor_partner)
        self.env.invalidate_all()
        return card.with_user(self.collector).with_company(self.company)

    def dialog(self, name, records):
        """A dialog as the collector opens it on these records."""
        model = self.env[f"recouvrement.{name}"].with_user(self.collector).with_company(self.company)
        return model.with_context(active_model=records._name, active_id=records[:1].id, active_ids=records.ids)

    def in_two(self, amount=1000):
        """An invoice of which the first 30 % are 10 days late and the rest is to come."""
        return self.invoice(
            MONDAY + 50 * DAY,
            amount,
            invoice_date=MONDAY - 10 * DAY,
            invoice_payment_term_id=self.two_parts.id,
            invoice_date_due=False,
        )

    # --- late first instalments, and opening entries ------------------------------------------------------------------

    def test_an_invoice_whose_first_instalment_is_late_is_overdue(self):
        invoice = self.in_two()
        to_come = self.invoice(MONDAY + DAY, 70)
        today = self.invoice(MONDAY, 80)
        with self.at(MONDAY):
            self.assertEqual(self.opened()._overdue_moves(), invoice)
        with self.at(MONDAY + DAY):
            self.assertEqual(self.opened()._overdue_moves(), invoice | today)
        self.pay(invoice, amount=300, on=MONDAY)
        with self.at(MONDAY + DAY):
            self.assertEqual(self.opened()._overdue_moves(), today)
        with self.at(MONDAY + 2 * DAY):
            self.assertEqual(self.opened()._overdue_moves(), today | to_come)

    def test_a_promise_opens_with_what_is_late_and_a_plan_with_the_whole_invoice(self):
        invoice = self.in_two()
        whole = self.invoice(MONDAY - 5 * DAY, 200)
        with self.at(MONDAY):
            card = self.opened()
            promise = Form(self.dialog("promise.wizard", card))
            self.assertEqual(sorted(promise.move_ids.ids), [invoice.id, whole.id])
            self.assertEqual(promise.amount, 500)
            plan = self.dialog("plan.wizard", card).create({})
            self.assertEqual((plan.move_ids, plan.principal), (invoice | whole, 1200))

    def test_a_promise_on_an_invoice_to_come_is_of_all_that_is_left(self):
        invoice = self.invoice(MONDAY + 20 * DAY, 200)
        self.opened()
        with self.at(MONDAY):
            self.assertEqual(Form(self.dialog("promise.wizard", invoice)).amount, 200)

    def test_promise_plan_and_dispute_open_on_the_opening_entries_that_are_late(self):
        entry = self.opening()
        self.opening(70, on=MONDAY + 20 * DAY)
        with self.at(MONDAY):
            card = self.opened()
            late = entry.line_ids.filtered("debit")
            self.assertEqual(Form(self.dialog("promise.wizard", card)).amount, 400)
            plan = self.dialog("plan.wizard", card).create({})
            self.assertEqual((plan.item_ids, plan.principal, plan.total), (late, 400, 400))
            dispute = self.dialog("dispute.wizard", card).default_get(["item_ids", "move_ids"])
            self.assertEqual(dispute["item_ids"], [Command.set(late.ids)])

    # --- the table ----------------------------------------------------------------------------------------------------

    def test_the_card_lists_every_open_item_the_oldest_due_first(self):
        late = self.invoice(MONDAY - 5 * DAY, 100, invoice_origin="BC-42")
        two = self.in_two()
        entry = self.opening()
        credit = self.invoice(MONDAY, 50, move_type="out_refund")
        self.invoice(MONDAY, 7, partner=self._partner("Another"))
        with self.at(MONDAY):
            card = self.opened()
            items = card.open_item_ids
            self.assertEqual(
                [(item.move_id, item.recouvrement_days_late, item.amount_residual) for item in items],
                [(entry, 90, 400), (two, 10, 300), (late, 5, 100), (credit, 0, -50), (two, 0, 700)],
            )
            self.assertEqual(items[2].recouvrement_order, "BC-42")
            self.assertFalse(card.open_items_left)

    def test_a_large_debtor_shows_its_first_items_and_how_many_are_left(self):
        self.patch(type(self.env["recouvrement.debtor"]), "_open_items_shown", 2)
        for days in (3, 2, 1):
            self.invoice(MONDAY - days * DAY, 10)
        with self.at(MONDAY):
            card = self.opened()
            self.assertEqual(card.open_item_ids.mapped("recouvrement_days_late"), [3, 2])
            self.assertEqual(card.open_items_left, 1)

    def test_nobody_but_collectors_takes_the_paper_of_an_item(self):
        invoice = self.invoice(MONDAY - 5 * DAY, 100)
        item = self.opened().open_item_ids
        self.assertIn(str(invoice.id), item.action_recouvrement_pdf()["url"])
        employee = new_test_user(self.env, "items_employee", groups="base.group_user")
        with self.assertRaises(AccessError):
            item.with_user(employee).action_recouvrement_pdf()
        self.opening()
        entry = self.opened().open_item_ids.filtered(lambda line: line.move_type == "entry")
        with self.assertRaisesRegex(UserError, "no invoice"):
            entry.action_recouvrement_pdf()

    # --- what is ticked -----------------------------------------------------------------------------------------------

    def test_dialogs_open_on_the_items_ticked(self):
        first, second = (self.invoice(MONDAY - days * DAY, 100) for days in (9, 8))
        self.invoice(MONDAY - 7 * DAY, 100)
        with self.at(MONDAY):
            items = self.opened().open_item_ids[:2]
            for name in ("promise.wizard", "plan.wizard", "dispute.wizard", "leave.out"):
                with self.subTest(name):
                    found = self.dialog(name, items).default_get(["debtor_id", "move_ids"])
                    self.assertEqual(found["debtor_id"], self.card().id)
                    self.assertEqual(found["move_ids"], [Command.set((first | second).ids)])
            statement = self.dialog("statement.wizard", items).create({})
            self.assertEqual(statement.debtor_ids, self.card())
            self.assertEqual(Form(self.dialog("promise.wizard", items)).amount, 200)

    def test_credits_ticked_are_passed_over_and_named(self):
        invoice = self.invoice(MONDAY - 9 * DAY, 100)
        credit = self.invoice(MONDAY, 50, move_type="out_refund")
        with self.at(MONDAY):
            items = self.opened().open_item_ids
            for name in ("promise.wizard", "plan.wizard", "dispute.wizard", "leave.out"):
                with self.subTest(name):
                    found = self.dialog(name, items).default_get(["move_ids", "passed_over"])
                    self.assertEqual(found["move_ids"], [Command.set(invoice.ids)])
                    self.assertIn(f"{credit.name}: nothing is owed by it", found["passed_over"])
            with self.assertRaisesRegex(UserError, "Choose at least one invoice, or opening entry"):
                self.dialog("promise.wizard", items - items.filtered(lambda item: item.move_id == invoice)).default_get(
                    ["move_ids"]
                )

    def test_a_debt_in_another_currency_is_passed_over_by_a_promise(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.invoice(MONDAY - 9 * DAY, 100)
        other = self.invoice(MONDAY - 8 * DAY, 100, currency_id=dollar.id)
        with self.at(MONDAY):
            found = self.dialog("promise.wizard", self.opened().open_item_ids).default_get(["passed_over"])
            self.assertIn(f"{other.display_name}: in another currency", found["passed_over"])

    def test_items_of_two_debtors_are_refused(self):
        other = self._partner("Another")
        self.invoice(MONDAY - 9 * DAY, 100)
        self.invoice(MONDAY - 9 * DAY, 100, partner=other)
        with self.at(MONDAY):
            items = self.opened().open_item_ids | self.opened(other).open_item_ids
            self.assertEqual(len(items), 2)
            with self.assertRaisesRegex(UserError, "invoices of one debtor"):
                self.dialog("promise.wizard", items).default_get(["move_ids"])

    def test_invoices_are_left_out_from_the_card_before_any_reminder(self):
        invoice, stays = self.invoice(MONDAY - 9 * DAY, 100), self.invoice(MONDAY - 20 * DAY, 300)
        with self.at(MONDAY):
            items = self.opened().open_item_ids.filtered(lambda item: item.move_id == invoice)
            dialog = self.dialog("leave.out", items).create({"reason": "Avoir en cours"})
            dialog.action_apply()
        self.night(MONDAY)
        reminder = self.reminders()
        self.assertEqual(reminder.line_ids.move_id, stays)
        with self.at(MONDAY):
            items = self.opened().open_item_ids.filtered(lambda item: item.move_id == stays)
            self.dialog("leave.out", items).create({"reason": "Vu au téléphone"}).action_apply()
        self.assertEqual(reminder.state, "cancelled")
        left = self.env["recouvrement.exclusion"].search([("debtor_id", "=", self.card().id)])
        self.assertEqual(left.move_id, invoice | stays)
