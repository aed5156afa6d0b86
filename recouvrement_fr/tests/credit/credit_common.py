from odoo import Command

from ..common import MONDAY, RecouvrementCommon


class CreditCommon(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.env["recouvrement.debtor"]._card(cls.company, cls.debtor_partner)
        cls.collector = cls._somebody("asks")
        cls.manager = cls._somebody("approves", "manager")
        cls.term = cls.env["account.payment.term"].create(
            {"name": "30 jours", "line_ids": [Command.create({"value_amount": 100, "nb_days": 30})]}
        )
        cls.klass = cls.env["recouvrement.credit.class"].create(
            {
                "name": "Regular",
                "company_id": cls.company.id,
                "limit_amount": 1000,
                "payment_term_id": cls.term.id,
                "upfront_percent": 30,
                "policy_id": cls.policy.id,
                "review_months": 6,
            }
        )

    def asked(self, user=None, **values):
        with self.at(MONDAY):
            review = (
                self.env["recouvrement.credit.review"]
                .with_user(user or self.collector)
                .create(
                    {
                        "debtor_id": self.debtor.id,
                        "class_id": self.klass.id,
                        "reasons": "Good accounts",
                        **values,
                    }
                )
            )
            review.action_ask()
        return review

    def approved(self, **values):
        review = self.asked(**values)
        with self.at(MONDAY):
            review.with_user(self.manager).action_approve()
        self.env.invalidate_all()
        return review
