from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ...rules.instalments import Instalment
from ..amicable.plan_common import PNG
from ..clock import today
from ..common import MONDAY
from .insolvency_common import DAY, DUE, InsolvencyCommon


@tagged("post_install", "-at_install")
class TestInsolvencyPlans(InsolvencyCommon):
    """Plans, promises and statements about frozen debts."""

    def test_an_entry_that_may_hold_many_customers_is_neither_promised_nor_put_in_a_plan_as_a_whole(self):
        self.debt.button_draft()
        self.debt.button_cancel()
        promises = self.env["recouvrement.promise"]
        with self.assertRaisesRegex(UserError, "at least one invoice"):
            promises._make(self.card(), self.env["account.move"], 100, MONDAY, on=today())
        receivable, revenue = (self.company_data[f"default_account_{name}"].id for name in ("receivable", "revenue"))
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": DUE,
                "line_ids": [
                    Command.create({"partner_id": self.debtor_partner.id, "account_id": receivable, "debit": 500}),
                    Command.create({"name": "Reprise", "account_id": revenue, "credit": 500}),
                ],
            }
        )
        entry.action_post()
        for moves, words in ((self.env["account.move"], "or opening entry"), (entry, "tick what")):
            with self.assertRaisesRegex(UserError, words):
                promises._check_moves(self.card(), moves, MONDAY, self.env["account.move.line"])
            with self.assertRaisesRegex(UserError, words):
                self.env["recouvrement.plan"]._check_moves(self.card(), moves)

    # --- one door ---------------------------------------------------------------------------------------------------

    def plan(self, moves=None, accepted=True, **values):
        schedule = [Instalment(MONDAY + 15 * DAY, Decimal(400)), Instalment(MONDAY + 45 * DAY, Decimal(600))]
        plan = self.env["recouvrement.plan"]._make(self.card(), moves or self.debt, schedule, **values)
        with self.at(MONDAY):
            plan.action_propose()
            if accepted:
                plan._accept(MONDAY, "Jean Durand, gérant", signature=PNG)
        return plan

    def mails(self, *records):
        mails = self.env["mail.mail"].sudo()
        return mails.union(
            *(
                mails.search([("model", "=", one._name), ("res_id", "in", one.ids), ("state", "=", "outgoing")])
                for one in records
            )
        )

    def test_a_judgment_stops_a_plan_in_force_its_e_mails_and_its_notice(self):
        plan = self.plan(reminder_days=3)
        self.follow("recouvrement.plan", MONDAY + 12 * DAY)
        self.assertTrue(self.mails(plan.instalment_ids))
        with self.at(MONDAY + 12 * DAY):
            insolvency = self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": "redressement", "judgment_on": MONDAY + 12 * DAY}
            )
        self.assertFalse(self.mails(plan.instalment_ids), "What was in the queue does not leave.")
        self.assertEqual((plan.state, plan.stopped_by_id), ("cancelled", insolvency))
        self.assertIn("Insolvency", plan.close_reason)
        self.follow("recouvrement.plan", MONDAY + 30 * DAY)
        self.follow("recouvrement.plan", MONDAY + 42 * DAY)
        self.assertFalse(self.mails(plan.instalment_ids))
        self.assertFalse(plan.activity_ids)
        for act in (plan.action_notice, plan.action_reopen, plan.action_protocol, plan.action_acknowledgement):
            with self.assertRaises(UserError):
                act()
        self.assertEqual(plan.state, "cancelled")

    def test_a_plan_on_a_frozen_debt_is_refused_and_one_on_a_later_debt_is_not(self):
        draft = self.env["recouvrement.plan"]._make(
            self.card(), self.debt, [Instalment(MONDAY + 15 * DAY, Decimal(1000))]
        )
        self.opened()
        with self.assertRaisesRegex(UserError, "frozen by insolvency"):
            self.plan()
        with self.at(MONDAY):
            for act in (draft.action_propose, lambda: draft._accept(MONDAY, "Jean", signature=PNG)):
                with self.assertRaisesRegex(UserError, "frozen by insolvency"):
                    act()
        later = self.invoice(MONDAY + 10 * DAY, 1000, invoice_date=MONDAY)
        self.assertEqual(self.plan(moves=later).state, "active")

    def test_a_kept_plan_whose_payment_comes_back_after_the_judgment_stays_stopped(self):
        plan = self.plan()
        payment = self.pay(self.debt, 1000, on=MONDAY + DAY)
        self.follow("recouvrement.plan", MONDAY + 2 * DAY)
        self.assertEqual(plan.state, "kept")
        with self.at(MONDAY + 3 * DAY):
            self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": "redressement", "judgment_on": MONDAY + 3 * DAY}
            )
        payment.action_draft()
        payment.action_cancel()
        self.follow("recouvrement.plan", MONDAY + 5 * DAY)
        self.assertEqual(plan.state, "cancelled")

    def test_a_judgment_cancels_promises_and_their_e_mail_never_leaves(self):
        self.policy.promise_reminder = True
        promises = self.env["recouvrement.promise"]
        with self.at(MONDAY):
            promise = promises._make(self.card(), self.debt, 1000, MONDAY + 7 * DAY, on=today())
        self.opened()
        self.assertEqual(promise.state, "cancelled")
        self.follow("recouvrement.promise", MONDAY + 6 * DAY)
        self.follow("recouvrement.promise", MONDAY + 20 * DAY)
        self.assertFalse(self.mails(promise))
        self.assertFalse(promise.activity_ids, "Nobody is told to claim it.")

    def test_a_promise_open_before_this_version_is_not_reminded_after_the_judgment(self):
        self.policy.promise_reminder = True
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(self.card(), self.debt, 1000, MONDAY + 7 * DAY, on=today())
        self.opened()
        promise.sudo().state = "open"  # as left by an older version
        self.follow("recouvrement.promise", MONDAY + 6 * DAY)
        self.assertFalse(self.mails(promise))

    def test_entered_by_mistake_plans_and_promises_go_on(self):
        plan = self.plan()
        other = self.invoice(DUE, 300)
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(self.card(), other, 300, MONDAY + 7 * DAY, on=today())
        insolvency = self.opened()
        self.assertEqual((plan.state, promise.state), ("cancelled", "cancelled"))
        with self.at(MONDAY):
            insolvency.action_mistake()
        self.assertEqual((plan.state, promise.state), ("active", "open"))

    def test_conciliation_stops_no_plan(self):
        plan = self.plan()
        self.opened("conciliation")
        self.assertEqual(plan.state, "active")

    def test_no_statement_nor_request_for_a_proof_is_sent_about_frozen_debts(self):
        self.opened()
        card = self.card()
        wizard = self.env["recouvrement.statement.wizard"].create({"debtor_ids": [Command.set(card.ids)]})
        self.assertIn("insolvency", wizard.refused)
        with self.assertRaisesRegex(UserError, "insolvency"):
            wizard.action_give()
        with self.at(MONDAY):
            self.assertFalse(card.can_ask_proof)
            with self.assertRaisesRegex(UserError, "frozen by insolvency"):
                card._ask_proof(on=today())
        dispute = self.env["recouvrement.dispute"]._open(
            card, self.debt, self.env["recouvrement.dispute.reason"].search([], limit=1)
        )
        with self.assertRaisesRegex(UserError, "frozen by insolvency"):
            dispute.action_letter()
