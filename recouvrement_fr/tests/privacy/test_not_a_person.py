import io
import zipfile

from dateutil.relativedelta import relativedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY
from .privacy_common import MARKS, PrivacyCommon


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
class TestNotForManagers(PrivacyCommon):
    def test_a_bank_account_that_managers_may_not_read_is_not_handed_over_by_them(self):
        """As human resources keep those of colleagues."""
        hidden = self.env["res.partner.bank"].create({"acc_number": "FR-HIDDEN-1", "partner_id": self.person.id})
        self.env["ir.rule"].sudo().create(
            {
                "name": "Hidden",
                "model_id": self.env["ir.model"].sudo()._get_id("res.partner.bank"),
                "domain_force": str([("id", "!=", hidden.id)]),
            }
        )
        self.paid()
        _name, content = self.env["recouvrement.person.export"]._give(self.company, self.person, MONDAY)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            told = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="ignore")
        self.assertIn(MARKS["iban"], told)
        self.assertNotIn("HIDDEN", told)


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

    def test_a_period_that_a_manager_changes_is_followed_from_its_day(self):
        self.paid()
        on = MONDAY + relativedelta(months=61)
        standing = self.env["recouvrement.anonymisation"]._standing_of(self.company, self.person, on)
        self.assertTrue(standing.may_go(on))
        rule = self.env.ref("recouvrement_fr.recouvrement_retention_collection")
        rule.copy({"months": 84, "date_from": on})
        standing = self.env["recouvrement.anonymisation"]._standing_of(self.company, self.person, on)
        self.assertFalse(standing.may_go(on))
        self.assertEqual(standing.ends[0].on, MONDAY + relativedelta(months=84, days=1))
