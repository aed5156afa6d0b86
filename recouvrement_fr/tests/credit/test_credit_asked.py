from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MONDAY
from .credit_common import CreditCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCreditAsked(CreditCommon):
    """Who asks for a credit is answered: who may approve it has a task, it can be taken back, asked for again, and the
    guarantee that it asks for is awaited."""

    def tasks(self, review):
        return review.sudo().activity_ids

    def test_who_may_approve_has_a_task_that_the_decision_closes(self):
        review = self.asked()
        self.assertIn(self.manager, self.tasks(review).user_id)
        self.assertNotIn(self.collector, self.tasks(review).user_id)
        self.assertIn(self.debtor.display_name, self.tasks(review)[0].summary)
        with self.at(MONDAY):
            review.with_user(self.manager).action_approve()
        self.assertFalse(self.tasks(review))

    def test_a_manager_who_asks_has_no_task_to_approve_his_own(self):
        second = self._somebody("second_manager", "manager")
        self.assertNotIn(self.manager, self.tasks(self.asked(self.manager)).user_id)
        self.assertIn(second, self.tasks(self.asked(self.manager)).user_id)
        self.company.recouvrement_credit_own_limit = 1000
        self.assertIn(self.manager, self.tasks(self.asked(self.manager)).user_id, "Up to that amount he may.")

    def test_beyond_the_ceiling_those_who_were_named_have_it(self):
        chief = self._somebody("chief", "manager")
        self.company.write({"recouvrement_credit_ceiling": 900, "recouvrement_credit_approver_ids": chief.ids})
        self.assertEqual(self.tasks(self.asked()).user_id, chief)

    def test_a_refusal_is_told_to_who_asked(self):
        review = self.asked()
        with self.assertRaisesRegex(UserError, "Why it was refused"):
            review.with_user(self.manager).action_refuse()
        review.with_user(self.manager).refusal = "Losses for two years\nSee the accounts"
        review.with_user(self.manager).action_refuse()
        task = self.tasks(review)
        self.assertEqual((task.user_id, task.summary), (self.collector, "Credit refused: Losses for two years"))

    def test_what_is_not_decided_is_taken_back_by_who_asked_or_a_manager(self):
        review, colleague = self.asked(), self._somebody("colleague")
        with self.assertRaises(AccessError):
            review.with_user(colleague).action_withdraw()
        review.with_user(self.collector).action_withdraw()
        self.assertEqual((review.state, len(self.tasks(review))), ("draft", 0))
        review.with_user(self.collector).limit_amount = 800
        with self.at(MONDAY):
            review.with_user(self.collector).action_ask()
            review.with_user(self.manager).action_withdraw()
            review.with_user(self.collector).action_ask()
            review.with_user(self.manager).action_approve()
        with self.assertRaises(UserError):
            review.with_user(self.manager).action_withdraw()

    def test_a_new_decision_begins_as_the_last_one(self):
        first = self.approved(limit_amount=700, study_source="Agence", study_date=MONDAY - 9 * DAY)
        with self.at(MONDAY + 200 * DAY):
            action = first.with_user(self.collector).action_renew()
        again = self.env["recouvrement.credit.review"].browse(action["res_id"])
        self.assertEqual((again.state, again.limit_amount, again.class_id), ("draft", 700, self.klass))
        self.assertEqual((again.asked_by_id, again.asked_on), (self.collector, MONDAY + 200 * DAY))
        self.assertEqual(again.review_date, date(2027, 3, 18), "Six months on, and no day that has passed.")
        self.assertEqual((again.decided_by_id.id, again.decided_exposure), (False, 0))
        self.assertEqual(first.state, "approved", "Until the next one is approved.")

    def test_it_is_looked_at_again_on_a_day_to_come_after_a_study_that_was_made(self):
        for values, words in (
            ({"review_date": MONDAY}, "later day"),
            ({"study_source": "Agence", "study_date": MONDAY + DAY}, "day to come"),
        ):
            with self.subTest(**values), self.assertRaisesRegex(UserError, words):
                self.asked(**values)

    # --- the guarantee asked ------------------------------------------------------------------------------------------

    def secure(self, kind, **values):
        return (
            self.env["recouvrement.guarantee"]
            .sudo()
            .create({"name": "C1", "kind": kind, "debtor_id": self.debtor.id, "amount": 500, **values})
        )

    def told(self, on):
        with self.at(on):
            return set(self.env["recouvrement.credit.alert"].sudo()._tell(self.company, on).mapped("kind"))

    def missing(self, review, on):
        review.invalidate_recordset(["guarantee_missing"])
        with self.at(on):
            return review.guarantee_missing

    def test_a_guarantee_that_is_asked_for_and_not_there_is_told_once(self):
        guarantor = self.env["res.partner"].create({"name": "Caution"})
        review = self.approved(guarantee_kind="surety")
        self.assertTrue(self.missing(review, MONDAY))
        self.assertEqual(self.told(MONDAY), {"guarantee"})
        self.assertFalse(self.told(MONDAY + DAY), "Once.")
        self.secure("reserve_of_title")
        self.assertTrue(self.missing(review, MONDAY), "Of another kind.")
        later = self.secure("surety", guarantor_id=guarantor.id, starts_on=MONDAY + DAY)
        self.assertTrue(self.missing(review, MONDAY), "It begins tomorrow.")
        self.assertFalse(self.missing(review, MONDAY + DAY))
        later.state = "mistake"
        given = self.secure("surety", guarantor_id=guarantor.id, expires_on=MONDAY + 30 * DAY)
        self.assertFalse(self.missing(review, MONDAY + 2 * DAY))
        self.assertFalse(self.told(MONDAY + 2 * DAY))
        alert = self.env["recouvrement.credit.alert"].search([("review_id", "=", review.id)])
        self.assertEqual(alert.left_on, MONDAY + 2 * DAY)
        self.assertTrue(self.missing(review, MONDAY + 31 * DAY), "It has expired.")
        self.assertEqual(self.told(MONDAY + 31 * DAY), {"guarantee"})
        given.expires_on = False
        self.assertFalse(self.told(MONDAY + 32 * DAY))

    def test_what_was_told_of_a_decision_that_another_one_replaced_is_so_no_longer(self):
        self.invoice(MONDAY + 300 * DAY, 600)
        self.approved()
        self.assertEqual(self.told(MONDAY), {"50"})
        self.approved(limit_amount=5000)
        self.assertFalse(self.told(MONDAY + DAY), "600 of 5,000")
        alert = self.env["recouvrement.credit.alert"].search([("debtor_id", "=", self.debtor.id)])
        self.assertEqual((alert.kind, alert.left_on), ("50", MONDAY + DAY))

    def test_nothing_is_missing_of_a_decision_that_asks_for_none_or_is_over(self):
        self.assertFalse(self.missing(self.approved(), MONDAY))
        review = self.asked(guarantee_kind="bank")
        self.assertTrue(self.missing(review, MONDAY))
        review.with_user(self.manager).refusal = "No"
        review.with_user(self.manager).action_refuse()
        self.assertFalse(self.missing(review, MONDAY))

    # --- what is used -------------------------------------------------------------------------------------------------

    def test_the_percent_used_is_that_of_the_alerts_computed_by_hand(self):
        """Of 1,000.00: 499.99 alerts of nothing and is 49 %, 500.00 is half; 699.99 then 700.00; 899.99 then 900.00;
        999.99 is 99 %, 1,000.00 all of it."""
        self.approved()
        owed, kinds = 0, set()
        for amount, percent, new in (
            (499.99, 49, set()),
            (500, 50, {"50"}),
            (699.99, 69, set()),
            (700, 70, {"70"}),
            (899.99, 89, set()),
            (900, 90, {"90"}),
            (999.99, 99, set()),
            (1000, 100, {"100"}),
        ):
            with self.subTest(amount=amount):
                self.invoice(MONDAY + 300 * DAY, amount - owed)
                owed = amount
                self.debtor.invalidate_recordset(["credit_used", "credit_exposure"])
                with self.at(MONDAY):
                    self.assertEqual((self.debtor.credit_used, self.debtor.credit_exposure), (percent, amount))
                self.assertEqual(self.told(MONDAY), new)
                kinds |= new
        self.assertEqual(kinds, {"50", "70", "90", "100"})
