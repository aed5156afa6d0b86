from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ...ledger.cash import receipts
from ...rules.instalments import Instalment
from ..clock import today
from ..common import MONDAY
from .plan_common import DUE, PNG, PlanCommon


@tagged("post_install", "-at_install")
class TestPlanJudged(PlanCommon):
    """Each instalment is judged from what came in; what a plan kept or missed brings."""

    # --- judged from cash ---------------------------------------------------------------------------------------------

    def test_each_instalment_is_judged_from_the_payments(self):
        plan = self.plan()
        self.pay(self.debt, 300, on=MONDAY + timedelta(days=14))
        self.follow(MONDAY + timedelta(days=20))
        self.assertEqual(plan.instalment_ids.mapped("state"), ["paid", "upcoming", "upcoming"])
        self.assertEqual((plan.amount_paid, plan.next_due), (300, MONDAY + timedelta(days=45)))

    def test_all_paid_is_kept_and_a_returned_payment_reopens_it(self):
        plan = self.plan()
        payment = self.pay(self.debt, 900, on=MONDAY + timedelta(days=3))
        self.follow(MONDAY + timedelta(days=4))
        self.assertEqual(plan.state, "kept")
        payment.action_draft()
        payment.action_cancel()
        self.follow(MONDAY + timedelta(days=5))
        self.assertEqual(plan.state, "active")
        self.assertIn("came back", plan.activity_ids.summary)

    def test_what_came_on_the_day_of_an_instalment_counts_whoever_has_allocated_it(self):
        """Half of it set against the invoice, half on account, both of the same day: nothing is missed."""
        plan = self.plan()
        day = plan.instalment_ids.sorted("date")[0].date
        self.pay(self.debt, 100, on=day)
        self.on_account(200, day)
        self.follow(day + timedelta(days=plan.tolerance_days + 1))
        first = plan.instalment_ids.sorted("date")[0]
        self.assertEqual((first.state, first.paid, first.paid_on, plan.missed), ("paid", 300, day, False))

    def test_credits_that_paid_older_debts_are_not_taken_from_what_pays_the_plan(self):
        older = self.invoice(DUE - timedelta(days=10), 800)
        payment = self.on_account(1000, MONDAY - timedelta(days=3))  # 800 for the older one, 200 for this one
        self.night(MONDAY)
        with self.at(MONDAY):
            self.assertEqual(self.debt._net_left(self.card(), MONDAY), 700)
        plan = self.plan(dates=(15, 45), amounts=(400, 300), credited=200)
        items = (payment.move_id | self.debt).line_ids
        items.filtered(lambda line: line.account_type == "asset_receivable").reconcile()  # as the debtor wrote
        self.assertEqual((self.debt.amount_residual, older.amount_residual), (0, 800))
        self.follow(MONDAY + timedelta(days=30))
        self.assertEqual((plan.state, plan.amount_left), ("kept", 0), "Nothing of it is left to be paid.")

    def test_what_is_not_collected_is_no_credit(self):
        elsewhere = self.debt.line_ids.account_id.filtered(lambda one: one.account_type == "asset_receivable").copy()
        self.company.recouvrement_account_ids = [Command.set(elsewhere.ids)]
        with self.at(MONDAY):
            card = self.card()
            pressed = {"active_model": card._name, "active_id": card.id, "active_ids": card.ids}
            dialog = Form(self.env["recouvrement.plan.wizard"].with_context(**pressed))
            self.assertEqual((dialog.credited, dialog.principal, dialog.total), (0, 900, 900))
            promised = Form(self.env["recouvrement.promise.wizard"].with_context(**pressed))
            self.assertEqual(promised.amount, 900)

    def test_a_plan_is_of_what_the_card_says_net_of_credits_which_pay_none_of_it(self):
        note = self.invoice(DUE, 300, move_type="out_refund")
        self.night(MONDAY)
        with self.at(MONDAY):
            card = self.card()
            pressed = {"active_model": card._name, "active_id": card.id, "active_ids": card.ids}
            dialog = Form(self.env["recouvrement.plan.wizard"].with_context(**pressed))
            self.assertEqual((dialog.credited, dialog.principal, dialog.total), (300, 600, card.overdue_now))
            plan = self.env["recouvrement.plan"].browse(dialog.save().action_make()["res_id"])
            self.assertEqual((plan.principal, plan.amount_total, plan.move_ids), (600, 600, self.debt))
            document = self.env["recouvrement.document"].browse(plan.action_protocol()["res_id"])
            text = str(document.body).replace("\xa0", " ").replace("\u202f", " ").replace("&nbsp;", " ")
            self.assertIn("Avoirs et règlements à déduire", text)
            self.assertRegex(text, r"-300,00 €[\s\S]*Principal restant dû[\s\S]*600,00 €")
            plan.action_propose()
            plan._accept(MONDAY, "Jean Durand, gérant", signature=PNG)
            items = (self.debt | note).line_ids
            items.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.follow(MONDAY + timedelta(days=1))
        self.assertEqual((plan.state, plan.amount_left), ("active", 600))
        self.pay(self.debt, 600, on=MONDAY + timedelta(days=2))
        self.follow(MONDAY + timedelta(days=3))
        self.assertEqual((plan.state, plan.amount_left, self.debt.amount_residual), ("kept", 0, 0))

    def test_money_on_account_pays_the_plan_and_the_task_says_allocate_it(self):
        self.invoice(DUE - timedelta(days=5), 300)  # older, yet not what he pays by his plan
        plan = self.plan()
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor_partner.id,
                "amount": 300,
                "date": MONDAY + timedelta(days=14),
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        self.follow(MONDAY + timedelta(days=20))
        self.assertEqual(plan.instalment_ids.mapped("state"), ["paid", "upcoming", "upcoming"])
        self.assertEqual(plan.unallocated, 300)
        [summary] = plan.activity_ids.mapped("summary")
        self.assertIn("allocate it", summary)
        found = self.env["recouvrement.accrual"]._open_credits(self.debt.ids, MONDAY + timedelta(days=20))
        self.assertEqual([float(one.amount) for one in found[self.debt.id, DUE, 0]], [300])
        lines = (payment.move_id + self.debt).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.follow(MONDAY + timedelta(days=21))
        self.assertEqual((plan.amount_paid, plan.unallocated, plan.activity_ids), (300, 0, plan.activity_ids.browse()))

    def test_a_plan_whose_invoice_is_wholly_credited_was_not_paid(self):
        plan = self.plan()
        refund = self.invoice(MONDAY, 900, move_type="out_refund", invoice_date=MONDAY + timedelta(days=1))
        (refund.line_ids | self.debt.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.follow(MONDAY + timedelta(days=2))
        self.assertEqual((plan.state, plan.close_reason), ("cancelled", "Credited: nothing was left to pay."))

    def test_a_kept_plan_whose_payment_comes_back_holds_its_invoices_again(self):
        plan = self.plan()
        payment = self.pay(self.debt, 900, on=MONDAY + timedelta(days=3))
        self.night(MONDAY + timedelta(days=7))
        self.follow(MONDAY + timedelta(days=7))
        self.assertEqual(plan.state, "kept")
        payment.action_draft()
        payment.action_cancel()
        self.night(MONDAY + timedelta(days=8))
        self.follow(MONDAY + timedelta(days=8))
        self.assertEqual(plan.state, "active")
        self.assertFalse(self.reminders().filtered(lambda reminder: reminder.state == "planned"))
        self.morning(MONDAY + timedelta(days=8))
        self.night(MONDAY + timedelta(days=9))
        self.assertEqual((self.card().reason, self.debt.dunning_state), ("in_plan", "plan"))
        self.assertFalse(self.reminders().filtered(lambda reminder: reminder.state in ("planned", "sent")))

    def test_a_plan_whose_days_are_all_past_is_refused(self):
        past = [
            Instalment(MONDAY - timedelta(days=60), Decimal(400)),
            Instalment(MONDAY - timedelta(days=30), Decimal(500)),
        ]
        with self.at(MONDAY):
            with self.assertRaisesRegex(UserError, "in the past"):
                self.env["recouvrement.plan"]._make(self.card(), self.debt, past).action_propose()
            draft = self.env["recouvrement.plan"]._make(self.card(), self.debt, [Instalment(MONDAY, Decimal(900))])
        with self.at(MONDAY + timedelta(days=1)):
            for act in (draft.action_propose, lambda: draft._accept(MONDAY, "Jean", signature=PNG)):
                with self.assertRaisesRegex(UserError, "in the past"):
                    act()
        self.assertEqual(draft.state, "draft")

    def test_a_write_off_keeps_no_plan(self):
        plan = self.plan()
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": MONDAY,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_receivable"].id,
                            "partner_id": self.debtor_partner.id,
                            "credit": 900,
                        }
                    ),
                    Command.create({"account_id": self.company_data["default_account_expense"].id, "debit": 900}),
                ],
            }
        )
        entry.action_post()
        (entry.line_ids | self.debt.line_ids).filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertEqual(self.debt.payment_state, "paid")
        self.follow(MONDAY + timedelta(days=4))
        self.assertEqual((plan.state, plan.amount_paid), ("active", 0))

    def test_the_part_of_a_payment_that_a_difference_wrote_off_is_not_cash(self):
        register = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=self.debt.ids)
            .create(
                {
                    "payment_date": MONDAY,
                    "amount": 880,
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": self.company_data["default_account_expense"].id,
                }
            )
        )
        register._create_payments()
        [receipt] = receipts(self.env, self.debt.ids)[self.debt.id]
        self.assertEqual((receipt.amount, receipt.kind), (Decimal(880), "payment"))

    def test_a_credit_note_counts_at_its_date(self):
        refund = self.invoice(MONDAY, 300, move_type="out_refund", invoice_date=MONDAY)
        (refund.line_ids | self.debt.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        [receipt] = receipts(self.env, self.debt.ids)[self.debt.id]
        self.assertEqual((receipt.amount, receipt.kind, receipt.on), (Decimal(300), "credit", MONDAY))

    def test_what_was_paid_before_the_plan_does_not_pay_it(self):
        self.pay(self.debt, 300, on=MONDAY - timedelta(days=1))
        plan = self.plan(amounts=(200, 200, 200))
        self.follow(MONDAY + timedelta(days=1))
        self.assertEqual(plan.amount_paid, 0)

    # --- default ------------------------------------------------------------------------------------------------------

    def test_a_missed_instalment_calls_the_collector_then_the_notice_then_the_whole_is_due(self):
        plan = self.plan()
        missed = MONDAY + timedelta(days=19)  # the fifteenth day, and three of tolerance
        self.follow(missed)
        self.follow(missed)
        self.assertEqual(plan.instalment_ids[0].state, "missed")
        self.assertEqual(len(plan.activity_ids), 1)
        with self.at(missed):
            plan.action_notice()
        document = self.env["recouvrement.document"].search([("res_id", "=", plan.id)])
        self.assertIn("trois cents euros", document.body)
        self.follow(missed + timedelta(days=9))
        self.assertEqual(plan.state, "active", "The term runs from the day the letter was received.")
        with self.at(missed + timedelta(days=9)), self.assertRaisesRegex(UserError, "not in advance"):
            plan._notice_served(missed + timedelta(days=10))
        with self.at(missed + timedelta(days=9)):
            self.env["recouvrement.plan.served"].create({"plan_id": plan.id, "served_on": missed}).action_note()
        self.follow(missed + timedelta(days=9))
        self.assertEqual(plan.state, "active", "Eight days end on a Sunday: the last one is the Monday.")
        self.follow(missed + timedelta(days=10))
        self.assertEqual((plan.state, plan.defaulted_on), ("defaulted", missed + timedelta(days=10)))
        self.night(missed + timedelta(days=11))
        self.assertEqual(self.card().reason, "due")

    def test_paid_after_the_notice_saves_the_plan(self):
        plan = self.plan()
        missed = MONDAY + timedelta(days=19)
        self.follow(missed)
        with self.at(missed):
            plan.action_notice()
        self.pay(self.debt, 300, on=missed + timedelta(days=5))
        self.follow(missed + timedelta(days=9))
        self.assertEqual((plan.state, plan.notice_on), ("active", False))
        self.assertEqual(plan.instalment_ids[0].state, "paid_late")
        self.assertFalse(plan.activity_ids.filtered(lambda one: "send the notice" in (one.summary or "")))

    def test_a_notice_asked_for_in_one_language_is_asked_for_once_and_ends_in_another(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        plan, missed = self.plan(), MONDAY + timedelta(days=19)
        self.follow(missed)
        task = plan.activity_ids
        plan = plan.with_context(lang="fr_FR").sudo()
        with self.at(missed):
            plan._follow_default(missed)
        self.assertEqual(plan.activity_ids, task)
        self.pay(self.debt, 300, on=missed + timedelta(days=1))
        with self.at(missed + timedelta(days=2)):
            plan._follow_up(missed + timedelta(days=2))
        self.assertFalse(plan.activity_ids)

    def test_no_acceleration_without_its_clause(self):
        plan = self.plan(has_acceleration=False)
        missed = MONDAY + timedelta(days=19)
        self.follow(missed)
        with self.at(missed):
            plan.action_notice()
        self.follow(missed + timedelta(days=40))
        self.assertEqual(plan.state, "active")

    # --- penalties, promises ------------------------------------------------------------------------------------------

    def test_kept_it_waives_the_penalties_and_a_returned_payment_brings_them_back(self):
        plan = self.plan()
        with self.at(MONDAY):
            self.env["recouvrement.accessory"]._collect(self.company, MONDAY, self.card())
        rows = self.env["recouvrement.accessory"].search([("move_id", "=", self.debt.id)])
        self.assertTrue(sum(rows.mapped("amount_left")))
        payment = self.pay(self.debt, on=MONDAY + timedelta(days=1))
        self.follow(MONDAY + timedelta(days=2))
        self.assertEqual((plan.state, plan.kept_on), ("kept", MONDAY + timedelta(days=2)))
        self.assertEqual(set(rows.mapped("state")), {"waived"})
        payment.action_draft()
        payment.action_cancel()
        self.follow(MONDAY + timedelta(days=3))
        self.assertEqual((plan.state, plan.kept_on), ("active", False))
        self.assertNotIn("waived", rows.mapped("state"))

    def test_running_penalties_are_not_waived(self):
        self.plan(interest_mode="running")
        self.pay(self.debt, on=MONDAY + timedelta(days=1))
        with self.at(MONDAY + timedelta(days=2)):
            self.env["recouvrement.accessory"]._collect(self.company, MONDAY + timedelta(days=2), self.card())
        self.follow(MONDAY + timedelta(days=2))
        rows = self.env["recouvrement.accessory"].search([("move_id", "=", self.debt.id)])
        self.assertNotIn("waived", rows.mapped("state"))

    def test_frozen_penalties_are_paid_on_their_debit_note(self):
        plan = self.plan(amounts=(300, 300, 345), interest_mode="frozen", interest=45)
        self.assertTrue(plan.activity_ids.filtered(lambda activity: "Invoice the penalties" in activity.summary))
        with self.at(MONDAY):
            accessories = self.env["recouvrement.accessory"]
            accessories._collect(self.company, MONDAY, self.card())
            rows = accessories.search([("move_id", "=", self.debt.id)])
            rows.action_book()
            note = rows.penalty_move_id
            note.action_post()
        self.pay(self.debt, on=MONDAY + timedelta(days=1))
        self.follow(MONDAY + timedelta(days=2))
        self.assertEqual((plan.state, plan.amount_left), ("active", 45))
        self.pay(note, on=MONDAY + timedelta(days=3))
        self.follow(MONDAY + timedelta(days=4))
        self.assertEqual(plan.state, "kept")

    def test_a_promise_gives_way_to_the_plan(self):
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(
                self.card(), self.debt, 900, MONDAY + timedelta(days=5), on=today()
            )
        plan = self.plan()
        self.assertEqual((promise.state, plan.state), ("cancelled", "active"))
        self.assertIn(plan.name, promise.close_reason)

    def test_what_was_paid_the_same_day_before_the_plan_does_not_pay_it(self):
        self.pay(self.debt, 300, on=MONDAY)
        plan = self.plan(amounts=(200, 200, 200))
        self.follow(MONDAY + timedelta(days=1))
        self.assertEqual(plan.amount_paid, 0)
