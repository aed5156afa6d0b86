from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .credit_common import CreditCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCredit(CreditCommon):
    """Credit decisions, the exposure they bound, and what follows when it is passed."""

    def exposed(self):
        return self.debtor._credit_exposures(MONDAY)[self.debtor]

    # --- decisions ----------------------------------------------------------------------------------------------------

    def test_a_class_proposes_and_an_approved_decision_is_written_on_the_customer(self):
        review = self.asked()
        self.assertEqual((review.limit_amount, review.payment_term_id), (1000, self.term))
        self.assertEqual((review.upfront_percent, review.review_date), (30, date(2026, 9, 2)))
        partner = self.debtor_partner.with_company(self.company)
        self.assertNotEqual(partner.credit_limit, 1000, "Asked for only.")
        with self.at(MONDAY):
            review.with_user(self.manager).action_approve()
        self.env.invalidate_all()
        self.assertEqual((partner.credit_limit, partner.property_payment_term_id), (1000, self.term))
        self.assertEqual((review.state, review.decided_by_id, review.decided_on), ("approved", self.manager, MONDAY))
        self.assertEqual(self.debtor.policy_id, self.policy)
        self.assertEqual(self.debtor.credit_review_id, review)

    def test_who_asks_does_not_approve_above_the_amount_the_company_allows(self):
        review = self.asked(self.manager)
        with self.at(MONDAY), self.assertRaises(AccessError):
            review.with_user(self.manager).action_approve()
        self.company.recouvrement_credit_own_limit = 1000
        with self.at(MONDAY):
            review.with_user(self.manager).action_approve()
        self.assertEqual(review.state, "approved")
        larger = self.asked(self.manager, limit_amount=1000.01)
        self.assertEqual(larger.limit_amount, 1000.01)
        with self.at(MONDAY), self.assertRaises(AccessError):
            larger.with_user(self.manager).action_approve()

    def test_who_wrote_a_request_that_a_colleague_sends_does_not_approve_it(self):
        with self.at(MONDAY):
            review = (
                self.env["recouvrement.credit.review"]
                .with_user(self.manager)
                .create({"debtor_id": self.debtor.id, "class_id": self.klass.id, "reasons": "Mine"})
            )
            review.with_user(self.collector).action_ask()
            with self.assertRaises(AccessError):
                review.with_user(self.manager).action_approve()

    def test_a_collector_asks_and_never_approves_refuses_nor_types_the_state(self):
        review = self.asked()
        for act in ("action_approve", "action_refuse"):
            with self.subTest(act=act), self.assertRaises(AccessError):
                getattr(review.with_user(self.collector), act)()
        with self.assertRaises(UserError):
            self.env["recouvrement.credit.review"].with_user(self.collector).create(
                {"debtor_id": self.debtor.id, "state": "approved"}
            )

    def test_a_request_says_why_until_when_and_of_which_day_its_study_is(self):
        for values in ({"reasons": " "}, {"class_id": False}, {"study_source": "Agency"}):
            with self.subTest(**values), self.assertRaises(UserError):
                self.asked(**values)

    def test_what_was_asked_for_is_not_changed_nor_deleted(self):
        review = self.asked()
        with self.assertRaises(UserError):
            review.with_user(self.manager).limit_amount = 99999
        with self.assertRaises(UserError):
            review.with_user(self.manager).unlink()

    def test_the_next_decision_replaces_the_one_in_force(self):
        first, second = self.approved(), self.approved(limit_amount=500)
        self.assertEqual((first.state, second.state), ("replaced", "approved"))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            first.sudo().state = "approved"
            first.flush_recordset()

    def test_a_refusal_says_why(self):
        review = self.asked().with_user(self.manager)
        with self.assertRaises(UserError):
            review.action_refuse()
        review.refusal = "Losses for two years"
        review.action_refuse()
        self.assertEqual(review.state, "refused")

    def test_merged_debtors_keep_the_lowest_credit_in_force(self):
        first = self.approved(limit_amount=1000)
        other = self._partner("Menuiserie Durand SARL")
        card = self.env["recouvrement.debtor"]._card(self.company, other)
        second = self.approved(limit_amount=400, debtor_id=card.id)
        self.env["base.partner.merge.automatic.wizard"]._merge((self.debtor_partner | other).ids, self.debtor_partner)
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("replaced", "approved"))
        self.assertEqual(second.debtor_id.partner_id, self.debtor_partner)

    # --- exposure -----------------------------------------------------------------------------------------------------

    def guarantee(self, **values):
        insurer = self.env["res.partner"].create({"name": "Assureur"})
        return (
            self.env["recouvrement.guarantee"]
            .sudo()
            .create(
                {
                    "name": "P1",
                    "kind": "insurance",
                    "debtor_id": self.debtor.id,
                    "guarantor_id": insurer.id,
                    "currency_id": self.company.currency_id.id,
                    **values,
                }
            )
        )

    def test_the_exposure_is_what_is_open_less_valid_guarantees(self):
        self.invoice(MONDAY - 5 * DAY, 1000)
        self.invoice(MONDAY + 20 * DAY, 500)
        self.invoice(MONDAY, 200, move_type="out_refund")
        self.assertEqual((self.exposed().open_items, self.exposed().overdue), (1300, 1000))
        self.assertEqual(self.exposed().exposure, 1300)
        cover = self.guarantee(percent=90, amount=900)
        self.assertEqual(self.exposed().exposure, 490)  # insured: 90 % of the 900 that the insurer agreed to
        self.assertEqual(cover.covered_amount, 810)  # in its currency, that of the company
        cover.kind = "surety"
        self.assertEqual(self.exposed().exposure, 400)  # 90 % of 1,300 is 1,170, 900 at most
        cover.expires_on = MONDAY - DAY
        self.assertEqual(self.exposed().exposure, 1300)

    def test_a_guarantee_of_some_invoices_covers_no_other(self):
        first = self.invoice(MONDAY, 300)
        self.invoice(MONDAY, 700)
        self.guarantee(percent=100, amount=5000, move_ids=first.ids)
        self.assertEqual(self.exposed().exposure, 700)

    def test_goods_under_reserve_of_title_without_a_value_secure_nothing(self):
        self.invoice(MONDAY, 700)
        cover = self.guarantee(kind="reserve_of_title", guarantor_id=False)
        self.assertEqual(self.exposed().exposure, 700)
        cover.amount = 200
        self.assertEqual(self.exposed().exposure, 500)

    def test_exposures_of_many_take_as_many_statements_as_of_one(self):
        def statements(debtors):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            debtors._credit_exposures(MONDAY)
            return self.env.cr.sql_log_count - before

        cards = self.debtor
        for number in range(5):
            partner = self._partner(f"Client {number}")
            self.invoice(MONDAY, 100, partner=partner)
            cards |= self.env["recouvrement.debtor"]._card(self.company, partner)
        statements(cards)  # settings and registry, read once
        self.assertLessEqual(statements(cards), statements(self.debtor) + 1)

    # --- alerts -------------------------------------------------------------------------------------------------------

    def told(self, on):
        with self.at(on):
            return set(self.env["recouvrement.credit.alert"].sudo()._tell(self.company, on).mapped("kind"))

    def test_a_threshold_that_was_left_is_told_again_once_it_is_crossed_again(self):
        review = self.approved()
        january = self.invoice(MONDAY + 60 * DAY, 900)
        self.assertEqual(self.told(MONDAY), {"50", "70", "90"})
        self.pay(january, on=MONDAY + DAY)
        self.assertFalse(self.told(MONDAY + DAY))
        told = self.env["recouvrement.credit.alert"].search([("review_id", "=", review.id)])
        self.assertEqual(set(told.mapped("left_on")), {MONDAY + DAY})
        self.invoice(MONDAY + 200 * DAY, 700)
        self.assertEqual(self.told(MONDAY + 100 * DAY), {"50", "70"})
        self.assertFalse(self.told(MONDAY + 101 * DAY), "Once per crossing.")
        self.invoice(MONDAY + 200 * DAY, 200)
        self.assertEqual(self.told(MONDAY + 102 * DAY), {"90"})
        self.assertEqual(
            told.search_count([("review_id", "=", review.id), ("kind", "=", "90"), ("left_on", "=", False)]), 1
        )

    def test_lateness_that_was_paid_is_told_again_when_something_else_is_late(self):
        self.approved()
        first = self.invoice(MONDAY - DAY, 10)
        self.assertEqual(self.told(MONDAY), {"overdue"})
        self.pay(first, on=MONDAY)
        self.assertFalse(self.told(MONDAY))
        self.invoice(MONDAY + 90 * DAY, 10)
        self.assertFalse(self.told(MONDAY + 90 * DAY))
        self.assertEqual(self.told(MONDAY + 91 * DAY), {"overdue"})

    def test_each_threshold_is_told_once(self):
        review = self.approved()
        self.assertFalse(self.told(MONDAY))
        self.invoice(MONDAY + 30 * DAY, 499.99)
        self.assertFalse(self.told(MONDAY))
        self.invoice(MONDAY + 30 * DAY, 0.01)
        self.assertEqual(self.told(MONDAY), {"50"})
        self.assertFalse(self.told(MONDAY), "Once.")
        self.invoice(MONDAY + 30 * DAY, 400)
        self.assertEqual(self.told(MONDAY), {"70", "90"})
        self.assertEqual(len(review.activity_ids), 2, "One task for what is new, not one per threshold.")
        self.invoice(MONDAY + 30 * DAY, 100)
        self.assertEqual(self.told(MONDAY + DAY), {"100"})

    def test_what_is_overdue_and_a_review_date_that_came_are_told_once(self):
        review = self.approved()
        self.invoice(MONDAY + DAY, 10)
        self.assertFalse(self.told(MONDAY + DAY), "Due that day: not late yet.")
        self.assertEqual(self.told(MONDAY + 2 * DAY), {"overdue"})
        self.assertEqual(self.told(review.review_date), {"review"})
        self.assertFalse(self.told(review.review_date + DAY))

    def test_the_database_itself_refuses_to_tell_twice(self):
        review = self.approved()
        alerts = self.env["recouvrement.credit.alert"].sudo()
        self.assertTrue(alerts._once_each([(review.id, "50")], MONDAY))
        self.assertFalse(alerts._once_each([(review.id, "50")], MONDAY))

    # --- posting ------------------------------------------------------------------------------------------------------

    def accountant(self):
        return new_test_user(
            self.env,
            "posts",
            "base.group_user,account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def test_an_invoice_over_the_limit_warns_and_is_posted(self):
        self.approved()
        draft = self.invoice(MONDAY + 30 * DAY, 1000.01, post=False)
        self.assertIn("when the credit decided is", draft.recouvrement_credit_warning)
        self.assertFalse(draft.recouvrement_credit_blocks)
        draft.with_user(self.accountant()).action_post()
        self.assertEqual(draft.state, "posted")
        self.assertTrue(draft.message_ids.filtered(lambda note: "credit decided" in (note.body or "")))
        self.assertFalse(self.invoice(MONDAY, 10, post=False, move_type="out_refund").recouvrement_credit_warning)

    def test_a_block_is_lifted_by_a_manager_in_writing_for_that_amount_alone(self):
        self.approved()
        self.company.recouvrement_credit_mode = "block"
        draft = self.invoice(MONDAY + 30 * DAY, 1200, post=False)
        accountant = self.accountant()
        with self.assertRaises(UserError):
            draft.with_user(accountant).action_post()
        wizard = self.env["recouvrement.credit.allow"].with_context(active_model="account.move", active_id=draft.id)
        with self.assertRaises(AccessError):
            wizard.with_user(self.collector).create({"reason": "Please"})
        wizard.with_user(self.manager).create({"reason": "A transfer is on its way"}).action_allow()
        given = self.env["recouvrement.credit.override"].sudo().search([("res_id", "=", draft.id)])
        self.assertEqual(
            (given.author_id, given.amount, given.reason), (self.manager, 1200, "A transfer is on its way")
        )
        draft.invoice_line_ids.price_unit = 1300
        with self.assertRaises(UserError):
            draft.with_user(accountant).action_post()
        draft.invoice_line_ids.price_unit = 1200
        draft.with_user(accountant).action_post()
        self.assertEqual(draft.state, "posted")

    def test_without_a_decision_nothing_is_said(self):
        self.company.recouvrement_credit_mode = "block"
        self.assertEqual(self.invoice(MONDAY, 100000).state, "posted")

    def test_no_credit_at_all_stops_the_first_invoice(self):
        self.approved(limit_amount=0)
        self.company.recouvrement_credit_mode = "block"
        with self.assertRaises(UserError):
            self.invoice(MONDAY, 1)

    def test_what_was_paid_beforehand_needs_no_credit(self):
        self.approved(limit_amount=0)
        self.company.recouvrement_credit_mode = "block"
        self.invoice(MONDAY, 600, move_type="out_refund")  # a credit in its favour, as a payment on account is
        self.assertEqual(self.invoice(MONDAY, 500).state, "posted")
        with self.assertRaises(UserError):
            self.invoice(MONDAY, 100.01)  # 500 - 600 + 100.01 leaves a cent at risk

    def test_what_a_guarantee_would_pay_of_an_invoice_uses_no_credit(self):
        self.approved()
        self.company.recouvrement_credit_mode = "block"
        self.guarantee(percent=90)
        self.assertEqual(self.invoice(MONDAY + 30 * DAY, 10000).state, "posted")
        self.assertEqual(self.exposed().exposure, 1000)
        with self.assertRaises(UserError):
            self.invoice(MONDAY + 30 * DAY, 1)

    def test_a_guarantee_of_chosen_invoices_secures_no_later_one(self):
        first = self.invoice(MONDAY, 300)
        self.approved()
        self.company.recouvrement_credit_mode = "block"
        self.guarantee(percent=100, amount=5000, move_ids=first.ids)
        with self.assertRaises(UserError):
            self.invoice(MONDAY, 1000.01)

    def test_two_invoices_posted_together_are_both_counted(self):
        self.approved()
        self.company.recouvrement_credit_mode = "block"
        drafts = self.invoice(MONDAY + DAY, 600, post=False) | self.invoice(MONDAY + DAY, 600, post=False)
        with self.assertRaises(UserError):
            drafts.action_post()

    def test_what_the_customer_paid_in_advance_is_no_credit(self):
        self.approved(limit_amount=0)
        self.company.recouvrement_credit_mode = "block"
        self.paid_in_advance(500)
        self.assertEqual(self.exposed().exposure, 0)
        draft = self.invoice(MONDAY, 500, post=False)
        self.assertFalse(draft.recouvrement_credit_warning)
        draft.action_post()
        with self.assertRaises(UserError):
            self.invoice(MONDAY, 0.01)

    def paid_in_advance(self, amount):
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.debtor_partner.id,
                "partner_type": "customer",
                "payment_type": "inbound",
                "amount": amount,
                "date": MONDAY,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()

    def test_money_taken_online_is_never_stopped_by_a_limit(self):
        """Core posts the draft that was paid for, then the payment: a refusal would leave the money without either."""
        self.approved(limit_amount=0)
        self.company.recouvrement_credit_mode = "block"
        draft = self.invoice(MONDAY, 1200, post=False)
        self.env["payment.transaction"].create(
            {
                "provider_id": self.env["payment.provider"].create({"name": "Bank", "code": "none"}).id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": 1200,
                "currency_id": self.company.currency_id.id,
                "partner_id": self.debtor_partner.id,
                "reference": "done-1",
                "state": "done",
                "last_state_change": MONDAY,
                "invoice_ids": [Command.set(draft.ids)],
            }
        )
        draft.action_post()
        self.assertEqual(draft.state, "posted")
        self.assertTrue(draft.message_ids.filtered(lambda note: "credit decided" in (note.body or "")))

    def test_what_was_allowed_for_a_customer_is_not_for_another(self):
        self.approved()
        self.company.recouvrement_credit_mode = "block"
        draft = self.invoice(MONDAY + 30 * DAY, 1200, post=False)
        wizard = self.env["recouvrement.credit.allow"].with_context(active_model="account.move", active_id=draft.id)
        wizard.with_user(self.manager).create({"reason": "A transfer is on its way"}).action_allow()
        other = self._partner("Ebéniste Roux")
        self.approved(debtor_id=self.env["recouvrement.debtor"]._card(self.company, other).id)
        draft.partner_id = other
        with self.assertRaises(UserError):
            draft.action_post()

    def test_the_invoices_of_many_customers_take_as_many_statements_as_those_of_one(self):
        def statements(partners):
            drafts = self.env["account.move"].union(
                *(self.invoice(MONDAY, 10, partner=partner, post=False) for partner in partners)
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            drafts._check_credit()
            return self.env.cr.sql_log_count - before

        many = [self._partner(f"Client {number}", company_registry=False) for number in range(6)]
        statements(many[:1])  # what is known from then on: rights, settings
        self.assertEqual(statements(many), statements(many[:1]))
