from odoo.exceptions import UserError
from odoo.tests import tagged

from .privacy_common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestNotAPerson(PrivacyCommon):
    def test_a_company_of_the_database_is_not_erased_although_it_is_ticked_as_a_sole_trader(self):
        other = self.env["res.company"].sudo().create({"name": "Elsewhere", "country_id": self.env.ref("base.fr").id})
        for company in (self.company, other):
            with self.subTest(company.name):
                dialog = self.env["recouvrement.anonymise"].create(
                    {"partner_id": company.partner_id.id, "natural_person": True}
                )
                self.assertFalse(dialog.may_go)
                name = company.name
                with self.assertRaisesRegex(UserError, "A company of this database"):
                    dialog.action_anonymise()
                self.assertEqual(company.partner_id.name, name)


@tagged("post_install", "-at_install")
class TestShippedPeriods(PrivacyCommon):
    def test_each_kind_of_data_has_a_dated_period_that_names_its_text_and_awaits_verification(self):
        rules = self.env["recouvrement.retention"].search([])
        kinds = dict(rules._fields["kind"].selection)
        shipped = rules.filtered(lambda rule: rule.get_external_id()[rule.id].startswith("recouvrement_fr."))
        self.assertEqual(set(shipped.mapped("kind")), set(kinds))
        self.assertFalse(shipped.filtered("verified"))
        for rule in shipped:
            with self.subTest(rule.kind):
                self.assertTrue(rule.date_from and rule.months)
                self.assertRegex(rule.legal_basis, r"art\. [LRD]?\d|délibération \d")
