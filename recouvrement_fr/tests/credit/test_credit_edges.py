from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


class CreditEdgesCommon(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.env["recouvrement.debtor"]._card(cls.company, cls.debtor_partner)
        cls.manager = cls._somebody("edges_manager", "manager")
        cls.insurer = cls.env["res.partner"].create({"name": "Assureur"})

    def approved(self, limit):
        with self.at(MONDAY):
            review = self.env["recouvrement.credit.review"].create(
                {
                    "debtor_id": self.debtor.id,
                    "limit_amount": limit,
                    "reasons": "Accounts read",
                    "review_date": MONDAY + 90 * DAY,
                }
            )
            review.action_ask()
            review.with_user(self.manager).action_approve()
        self.env.invalidate_all()
        return review

    def guarantee(self, **values):
        return (
            self.env["recouvrement.guarantee"]
            .sudo()
            .create(
                {
                    "name": "P1",
                    "kind": "surety",
                    "debtor_id": self.debtor.id,
                    "guarantor_id": self.insurer.id,
                    "currency_id": self.company.currency_id.id,
                    **values,
                }
            )
        )

    def exposed(self):
        return self.debtor._credit_exposures(MONDAY)[self.debtor]


@tagged("post_install", "-at_install")
class TestCreditEdges(CreditEdgesCommon):
    """Where two guarantees meet, where core thinks otherwise, and what is not looked at yet."""

    def test_two_guarantees_of_one_invoice_secure_no_other(self):
        first = self.invoice(MONDAY, 1000)
        self.invoice(MONDAY, 1000)
        for _each in range(2):
            self.guarantee(move_ids=first.ids)
        self.assertEqual((self.exposed().guaranteed, self.exposed().exposure), (1000, 1000))

    def test_a_general_surety_pays_what_the_surety_of_an_invoice_leaves(self):
        first = self.invoice(MONDAY, 1000)
        self.invoice(MONDAY, 500)
        self.guarantee(move_ids=first.ids, amount=600)
        self.guarantee(amount=700)
        self.assertEqual((self.exposed().guaranteed, self.exposed().exposure), (1300, 200))

    def test_the_exposure_of_a_document_is_read_once(self):
        self.approved(1000)
        self.guarantee(percent=50)
        self.invoice(MONDAY, 400)

        def statements(call):
            self.env.flush_all()
            self.env.invalidate_all()
            self.debtor.credit_review_id.limit_amount  # noqa: B018 - what both read first
            before = self.env.cr.sql_log_count
            call()
            return self.env.cr.sql_log_count - before

        once = statements(lambda: self.debtor._credit_exposures(MONDAY))
        statements(lambda: self.debtor._over_limit(10, MONDAY))
        self.assertLessEqual(statements(lambda: self.debtor._over_limit(10, MONDAY)), once + 2)

    def test_no_credit_is_a_cent_for_core_which_reads_zero_as_without_limit(self):
        self.approved(0)
        partner = self.debtor_partner.with_company(self.company)
        self.assertEqual(partner.credit_limit, 0.01)
        self.company.account_use_credit_limit = True
        self.invoice(MONDAY, 100)
        draft = self.invoice(MONDAY, 50, post=False)
        self.assertTrue(draft.partner_credit_warning, "Core warns too.")

    def test_what_core_posts_on_a_day_to_come_is_looked_at_on_that_day(self):
        self.approved(100)
        self.company.recouvrement_credit_mode = "block"
        with self.at(MONDAY):
            later = self.invoice(MONDAY + 40 * DAY, 500, post=False, invoice_date=MONDAY + 10 * DAY)
            later._post(soft=True)
            self.assertEqual((later.state, later.auto_post), ("draft", "at_date"))
            with self.assertRaises(UserError):
                later._post(soft=False)
        with self.at(MONDAY + 10 * DAY):
            later.invalidate_recordset(["recouvrement_is_to_come"])
            with self.assertRaises(UserError):
                later._post(soft=True)

    def test_allowing_a_document_without_credit_says_so(self):
        draft = self.invoice(MONDAY, 500, post=False)
        wizard = self.env["recouvrement.credit.allow"].with_context(active_model="account.move", active_id=draft.id)
        dialog = wizard.with_user(self.manager).create({"reason": "Please"})
        with self.assertRaises(UserError) as refused:
            dialog.action_allow()
        self.assertIn("No credit was decided", str(refused.exception))

    def test_the_exposure_is_in_company_currency_over_the_tree_and_to_the_cent(self):
        dollar = self.setup_other_currency("USD", rates=[("2026-01-01", 3.0)])
        self.invoice(MONDAY, 1000, currency_id=dollar.id)  # 333.33
        part = self.invoice(MONDAY - 3 * DAY, 500)
        self.pay(part, 120.45, on=MONDAY)
        self.invoice(MONDAY, 10.10, move_type="out_refund", invoice_date=MONDAY)
        found = self.exposed()
        self.assertEqual((found.exposure, found.overdue), (702.78, 379.55))  # 333.33 + 379.55 - 10.10
        other = self.setup_other_company(name="Second creditor")["company"]
        card = self.env["recouvrement.debtor"]._card(other, self.debtor_partner)
        self.assertEqual(card._credit_exposures(MONDAY)[card].exposure, 0)
        part.line_ids.remove_move_reconcile()
        self.assertEqual(self.exposed().overdue, 500, "A payment that is taken back.")
