from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestClaimKind(RecouvrementCommon):
    def kind(self, name):
        return self.env.ref(f"recouvrement_fr.claim_kind_{name}")

    def choose(self, invoice, kind, user=None):
        self.env["recouvrement.claim.kind.choice"].with_user(user or self.env.user).create(
            {"move_ids": [Command.set(invoice.ids)], "kind_id": kind.id, "reason": "Carriage of goods"}
        ).action_apply()

    def collector(self):
        return new_test_user(
            self.env,
            "collector",
            groups="recouvrement_fr.group_recouvrement_user",
            company_ids=[Command.set(self.company.ids)],
            company_id=self.company.id,
        )

    def test_the_kind_is_proposed_from_the_nearest_then_chosen_by_a_person(self):
        invoice = self.invoice(MONDAY - 20 * DAY)
        self.night(MONDAY)
        self.assertEqual(invoice.recouvrement_claim_kind_id, self.kind("commercial"))
        self.kind("civil").journal_ids = invoice.journal_id
        self.assertEqual(self.read(invoice), self.kind("civil"))
        account = invoice.line_ids.account_id.filtered(lambda found: found.account_type == "asset_receivable")
        self.kind("rent").account_ids = account
        self.assertEqual(self.read(invoice), self.kind("rent"))
        self.choose(invoice, self.kind("transport"), self.collector())
        self.assertEqual(self.read(invoice), self.kind("transport"))
        self.assertIn("Carriage of goods", invoice.message_ids[0].body)
        self.assertEqual(invoice.limitation_date, date(2027, 1, 11))  # from the invoice, else the delivery
        self.kind("transport").active = False
        self.assertEqual(self.read(invoice), self.kind("transport"))
        self.choose(invoice, self.env["recouvrement.claim.kind"])
        self.assertEqual(self.read(invoice), self.kind("rent"))

    def read(self, invoice):
        invoice.invalidate_recordset()
        return invoice.recouvrement_claim_kind_id

    def test_the_kinds_of_a_company_come_before_those_of_all(self):
        mine = self.env["recouvrement.claim.kind"].create(
            {"name": "Ours", "debtor_type": "professional", "company_id": self.company.id, "contract_years": 3}
        )
        invoice = self.invoice(MONDAY - 20 * DAY)
        self.night(MONDAY)
        self.assertEqual(invoice.recouvrement_claim_kind_id, mine)
        self.assertEqual(invoice.limitation_date, (MONDAY - 50 * DAY).replace(year=2029))  # from the invoice
        other = self.setup_other_company()["company"]
        table = self.env["recouvrement.claim.kind"]._kinds(other)
        self.assertEqual(table.by_type["professional"], self.kind("commercial").id)

    def test_the_law_fills_in_a_kind_and_refuses_an_agreement_it_forbids(self):
        kind = self.env["recouvrement.claim.kind"].create({"name": "Carriage", "code": "transport"})
        self.assertEqual((kind.years, kind.verified), (1, True))
        self.assertFalse(self.kind("rent").verified)
        with self.assertRaises(ValidationError):
            self.kind("consumer").contract_years = 5
        with self.assertRaises(ValidationError):
            self.kind("commercial").contract_years = 11

    def test_only_a_manager_changes_the_kinds(self):
        collector = self.collector()
        self.assertEqual(self.kind("civil").with_user(collector).years, 5)
        with self.assertRaises(AccessError):
            self.kind("civil").with_user(collector).years = 2
        self.kind("civil").years = 6  # the user of the tests is a manager
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.choose(self.invoice(MONDAY), self.kind("civil"), stranger)

    def test_the_night_knows_the_kind(self):
        carriage = self.invoice(MONDAY - 380 * DAY)
        self.choose(carriage, self.kind("transport"))
        self.night(MONDAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (0, "prescribed"))
        with self.at(MONDAY):
            self.choose(carriage, self.kind("commercial"))
        self.night(MONDAY + DAY)
        self.assertEqual(self.reminders().line_ids.move_id, carriage)
