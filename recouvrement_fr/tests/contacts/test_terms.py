from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestTerms(RecouvrementCommon):
    """The payment terms of a debtor are corrected from its card, within the law, and traced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        terms = cls.env["account.payment.term"]
        cls.short, cls.month, cls.long = (
            terms.create({"name": f"{days} jours", "line_ids": [Command.create({"value": "percent", "nb_days": days})]})
            for days in (15, 30, 120)
        )

    def setUp(self):
        super().setUp()
        self.invoice(MONDAY - timedelta(days=20), 900)
        self.night(MONDAY)
        self.card().type_confirmed = True
        self.collector, self.manager = self._somebody("terms"), self._somebody("terms_manager", "manager")

    def correct(self, term, user=None):
        card = self.card().with_user(user or self.collector)
        with self.at(MONDAY):
            action = card.action_correct_terms()
            dialog = Form(self.env[action["res_model"]].with_user(card.env.user).with_context(**action["context"]))
            dialog.payment_term_id = term
            dialog.save().action_correct()

    def row(self, name):
        self.env.invalidate_all()
        card = self.card().with_user(self.collector).with_context(lang="en_US")
        with self.at(MONDAY):
            return next((row for row in card[name] or [] if row["label"] == "Payment terms"), None)

    def test_unlawful_terms_are_to_correct_until_they_are(self):
        self.debtor_partner.property_payment_term_id = self.long
        row = self.row("risks")
        self.assertEqual((row["value"], row["action"]), ("120 jours: unlawful", "action_correct_terms"))
        self.correct(self.month)
        self.assertEqual(self.debtor_partner.property_payment_term_id, self.month)
        self.assertIn("120 jours → 30 jours", self.card().message_ids[:1].body)
        self.assertEqual(self.card().message_ids[:1].author_id, self.collector.partner_id)
        self.assertIsNone(self.row("risks"))

    def test_terms_corrected_are_those_of_the_branches_too(self):
        branch = self.env["res.company"].sudo().create({"name": "Agence de Lyon", "parent_id": self.company.id})
        self.debtor_partner.property_payment_term_id = self.long
        self.correct(self.month)
        self.assertEqual(self.debtor_partner.with_company(branch).property_payment_term_id, self.month)

    def test_the_terms_are_on_the_card_with_the_button_that_corrects_them(self):
        self.debtor_partner.property_payment_term_id = False
        self.assertEqual(self.row("payer_profile")["value"], "None: due at once")
        self.correct(self.month, self.manager)
        self.assertEqual(self.row("payer_profile")["action"], "action_correct_terms")
        self.assertEqual(self.row("payer_profile")["value"], "30 jours")

    def test_unlawful_terms_are_given_by_nobody(self):
        for user in (self.collector, self.manager):
            with self.assertRaisesRegex(UserError, "Unlawful payment term"):
                self.correct(self.long, user)

    def test_longer_terms_are_granted_by_a_manager(self):
        self.debtor_partner.property_payment_term_id = self.short
        with self.assertRaisesRegex(AccessError, "a manager grants"):
            self.correct(self.month)
        self.correct(self.month, self.manager)
        self.assertEqual(self.debtor_partner.property_payment_term_id, self.month)

    def test_beyond_the_thirty_days_of_the_law_first_terms_are_granted_by_a_manager(self):
        self.debtor_partner.property_payment_term_id = False
        line = Command.create({"value": "percent", "nb_days": 60})
        sixty = self.env["account.payment.term"].create({"name": "60 jours", "line_ids": [line]})
        with self.assertRaisesRegex(AccessError, "a manager grants"):
            self.correct(sixty)
        self.correct(sixty, self.manager)
        self.assertEqual(self.debtor_partner.property_payment_term_id, sixty)

    def test_terms_that_a_credit_decision_says_are_changed_by_another_decision(self):
        values = {"reasons": "Study", "review_date": MONDAY + timedelta(days=90), "payment_term_id": self.month.id}
        review = self.env["recouvrement.credit.review"].with_user(self.collector)
        with self.at(MONDAY):
            review = review.create({"debtor_id": self.card().id, "limit_amount": 5000, **values})
            review.action_ask()
            review.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(UserError, "credit decision in force"):
            self.correct(self.short)
