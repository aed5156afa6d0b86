from datetime import date

from odoo import Command
from odoo.tests import new_test_user, tagged

from .privacy_common import NAME, PrivacyCommon


@tagged("post_install", "-at_install")
class TestChangedPeriod(PrivacyCommon):
    """A period that a manager changes is followed by the job from its day, neither sooner nor backwards.

    The person's last invoice, payment and call are of 2 March 2026; shipped, collection is kept for sixty months.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "period_manager",
            "base.group_user,recouvrement_fr.group_recouvrement_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def before_all(self):
        super().before_all()
        self.paid()

    def rule(self, months, since, **values):
        return (
            self.env["recouvrement.retention"]
            .with_user(self.manager)
            .create(
                {
                    "kind": "collection",
                    "event": "relation_end",
                    "months": months,
                    "date_from": since,
                    "legal_basis": "Decision of the company",
                    "company_id": self.company.id,
                    **values,
                }
            )
        )

    def job(self, on):
        """The job of that day as the scheduler runs it; what the log says of our company."""
        self.env.flush_all()
        with self.at(on, 5), self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_privacy").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["recouvrement.anonymisation"].search([("company_id", "=", self.company.id)], order="id")

    def test_a_shorter_period_erases_from_its_day_what_it_lets_go(self):
        self.company.recouvrement_anonymisation = "automatic"
        self.rule(24, date(2028, 6, 1), verified=True)
        self.assertFalse(self.job(date(2028, 5, 31)))  # over for three months by the new one, not in force yet
        self.assertEqual(self.person.name, NAME)
        log = self.job(date(2028, 6, 1))
        self.assertEqual(
            (log.partner_id, log.state, log.retention_end, log.done_on),
            (self.person, "done", date(2028, 3, 3), date(2028, 6, 1)),
        )
        self.assertNotIn("Xylographe", self.person.name)

    def test_a_longer_period_keeps_from_its_day_what_was_not_erased_yet(self):
        self.rule(84, date(2031, 3, 3))
        self.assertFalse(self.job(date(2031, 3, 3)))  # the first day after the sixty months
        self.assertFalse(self.job(date(2033, 3, 2)))
        self.assertEqual(self.job(date(2033, 3, 3)).retention_end, date(2033, 3, 3))

    def test_what_was_approved_under_the_former_period_is_not_erased_under_a_longer_one(self):
        proposal = self.job(date(2031, 3, 3))
        with self.at(date(2031, 3, 10)):
            proposal.with_user(self.manager).action_approve()
        self.rule(84, date(2031, 3, 11))
        self.job(date(2031, 3, 11))
        self.assertEqual((proposal.state, self.person.name), ("proposed", NAME))
        self.assertIn("03/03/2033", proposal.problem)

    def test_months_that_a_manager_writes_on_a_rule_of_his_company_are_followed_by_the_next_job(self):
        own = self.rule(48, date(2020, 1, 1))
        self.assertFalse(self.job(date(2028, 6, 1)))
        own.months = 24
        self.assertEqual(self.job(date(2028, 6, 2)).retention_end, date(2028, 3, 3))
