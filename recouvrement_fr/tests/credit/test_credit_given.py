from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..common import MONDAY
from .credit_common import CreditCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCreditGiven(CreditCommon):
    """Where a decision holds, and who may take it."""

    # --- branches and merged customers --------------------------------------------------------------------------------

    def branch(self, name):
        return self.env["res.company"].sudo().create({"name": name, "parent_id": self.company.id})

    def test_a_decision_holds_in_the_branches_too(self):
        branch = self.branch("Agence de Lyon")
        apart = self.setup_other_company(name="Second creditor")["company"]
        self.approved()
        there = self.debtor_partner.with_company(branch)
        self.assertEqual((there.credit_limit, there.property_payment_term_id), (1000, self.term))
        elsewhere = self.debtor_partner.with_company(apart)
        self.assertFalse(elsewhere.property_payment_term_id, "Another company decides for itself.")
        longer = self.env["account.payment.term"].create({"name": "60 days"})
        self.approved(limit_amount=500, payment_term_id=longer.id)
        self.assertEqual((there.credit_limit, there.property_payment_term_id), (500, longer))

    def test_a_branch_made_later_takes_the_decisions_in_force(self):
        self.approved()
        there = self.debtor_partner.with_company(self.branch("Agence de Nantes"))
        self.assertEqual((there.credit_limit, there.property_payment_term_id), (1000, self.term))

    def test_an_upgraded_database_gives_its_branches_what_was_decided_and_leaves_what_was_typed(self):
        typed, empty = (self.debtor_partner.with_company(self.branch(name)) for name in ("Lyon", "Nantes"))
        self.approved()
        empty.write({"credit_limit": 0, "property_payment_term_id": False})
        typed.write({"credit_limit": 77, "property_payment_term_id": False})
        path = file_path("recouvrement_fr/migrations/19.0.8.0.0/post-credit.py")
        spec = spec_from_file_location("post_credit", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.7.0.0")
        self.env.invalidate_all()
        self.assertEqual((empty.credit_limit, empty.property_payment_term_id), (1000, self.term))
        self.assertEqual((typed.credit_limit, typed.property_payment_term_id), (77, self.term))

    def test_of_merged_debtors_the_customer_has_the_limit_that_stays_in_force(self):
        self.approved(limit_amount=1000)
        other = self._partner("Menuiserie Durand SARL")
        card = self.env["recouvrement.debtor"]._card(self.company, other)
        self.approved(limit_amount=400, debtor_id=card.id)
        self.env["base.partner.merge.automatic.wizard"]._merge((self.debtor_partner | other).ids, self.debtor_partner)
        self.env.invalidate_all()
        self.assertEqual(self.debtor_partner.with_company(self.company).credit_limit, 400)

    # --- the ceiling --------------------------------------------------------------------------------------------------

    def test_a_credit_above_the_ceiling_is_approved_by_who_was_named_for_it(self):
        self.company.recouvrement_credit_ceiling = 1000
        self.approved(limit_amount=1000)
        larger = self.asked(limit_amount=1000.01)
        with self.at(MONDAY), self.assertRaisesRegex(AccessError, "Nobody is named"):
            larger.with_user(self.manager).action_approve()
        director = self._somebody("directs", "manager")
        self.company.recouvrement_credit_approver_ids = director
        with self.at(MONDAY), self.assertRaisesRegex(AccessError, "approved by: directs"):
            larger.with_user(self.manager).action_approve()
        self.assertEqual(larger.state, "asked")
        with self.at(MONDAY):
            larger.with_user(director).action_approve()
        self.assertEqual((larger.state, larger.decided_by_id), ("approved", director))
        own = self.asked(director, limit_amount=2000)
        with self.at(MONDAY), self.assertRaises(AccessError):
            own.with_user(director).action_approve()
        with self.assertRaises(ValidationError):
            self.company.recouvrement_credit_ceiling = -1

    def test_who_was_named_alone_lets_a_document_take_the_customer_beyond_the_ceiling(self):
        self.approved(limit_amount=500)
        self.company.write({"recouvrement_credit_mode": "block", "recouvrement_credit_ceiling": 1000})
        director = self._somebody("directs", "manager")
        self.company.recouvrement_credit_approver_ids = director
        self.invoice(MONDAY + 30 * DAY, 400)
        within, beyond = (self.invoice(MONDAY + 30 * DAY, amount, post=False) for amount in (600, 600.01))
        self.allow(within, self.manager)
        with self.assertRaises(AccessError):
            self.allow(beyond, self.manager)
        self.allow(beyond, director)
        beyond.action_post()
        self.assertEqual(self.debtor._credit_exposures(MONDAY)[self.debtor].exposure, 1000.01)

    def allow(self, draft, user):
        wizard = self.env["recouvrement.credit.allow"].with_context(active_model="account.move", active_id=draft.id)
        with self.at(MONDAY):
            wizard.with_user(user).create({"reason": "A transfer is on its way"}).action_allow()
