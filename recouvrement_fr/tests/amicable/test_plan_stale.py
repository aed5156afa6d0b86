from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ...rules.instalments import Instalment
from ..common import MONDAY
from .plan_common import DUE, PNG, PlanCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPlanStale(PlanCommon):
    """A draft that waited asks for what is owed on the day it is proposed, not on the day it was made."""

    def draft(self, user=None):
        schedule = [Instalment(MONDAY + days * DAY, Decimal(300)) for days in (15, 45, 75)]
        plans, card, debt = self.env["recouvrement.plan"], self.card(), self.debt
        if user:
            plans, card, debt = (records.with_user(user) for records in (plans, card, debt))
        return plans._make(card, debt, schedule)

    def amounts(self, plan):
        return plan.instalment_ids.sorted("date").mapped("amount")

    def credit(self, amount):
        return self.invoice(DUE, amount, move_type="out_refund", invoice_date=MONDAY + DAY)

    def test_a_credit_posted_since_is_deducted_when_a_collector_proposes(self):
        collector = new_test_user(self.env, "stale", groups="recouvrement_fr.group_recouvrement_user")
        collector.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        plan = self.draft(collector)
        self.credit(400)
        with self.at(MONDAY + 2 * DAY):
            plan.action_propose()
        self.assertEqual((plan.state, plan.principal, plan.credited, plan.amount_total), ("proposed", 500, 400, 500))
        self.assertEqual(self.amounts(plan), [300, 200])
        self.assertRegex(" ".join(plan.message_ids.mapped("body")), r"900[.,]00.*500[.,]00")

    def test_a_payment_allocated_since_is_not_asked_for_again(self):
        plan = self.draft()
        self.pay(self.debt, 250, on=MONDAY + DAY)
        with self.at(MONDAY + 2 * DAY):
            plan.action_propose()
        self.assertEqual((plan.principal, plan.credited, self.amounts(plan)), (650, 0, [300, 300, 50]))
        self.pay(self.debt, 650, on=MONDAY + 10 * DAY)
        self.follow(MONDAY + 11 * DAY)
        with self.at(MONDAY + 11 * DAY):
            self.assertEqual(plan.amount_left, 0)

    def test_a_credit_taken_back_since_is_owed_again(self):
        note = self.credit(300)
        self.night(MONDAY + DAY)
        schedule = [Instalment(MONDAY + days * DAY, Decimal(300)) for days in (15, 45)]
        plan = self.env["recouvrement.plan"]._make(self.card(), self.debt, schedule, credited=300)
        note.button_draft()
        note.button_cancel()
        with self.at(MONDAY + 2 * DAY):
            plan.action_propose()
        self.assertEqual((plan.principal, plan.credited, self.amounts(plan)), (900, 0, [300, 600]))

    def test_nothing_moved_nothing_changes(self):
        plan = self.draft()
        said = len(plan.message_ids)
        with self.at(MONDAY + DAY):
            plan._bring_up_to_date(MONDAY + DAY)
        self.assertEqual((self.amounts(plan), len(plan.message_ids)), ([300, 300, 300], said))

    def test_nothing_left_is_not_proposed(self):
        plan = self.draft()
        self.pay(self.debt, 900, on=MONDAY + DAY)
        with self.at(MONDAY + 2 * DAY), self.assertRaises(UserError):
            plan.action_propose()
        self.assertEqual(plan.state, "draft")

    def test_a_draft_is_not_signed_on_figures_of_before(self):
        plan = self.draft()
        self.credit(400)
        with self.at(MONDAY + 2 * DAY):
            with self.assertRaisesRegex(UserError, "Propose it first"):
                plan._accept(MONDAY + 2 * DAY, "Jean Durand, gérant", signature=PNG)
            plan.action_propose()
            plan._accept(MONDAY + 2 * DAY, "Jean Durand, gérant", signature=PNG)
        self.assertEqual((plan.state, plan.amount_total), ("active", 500))
