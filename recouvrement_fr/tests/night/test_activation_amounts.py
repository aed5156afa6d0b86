from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestActivationAmounts(RecouvrementCommon):
    """What the assistant shows before collection begins is what the ledger says, to the cent."""

    def assistant(self):
        self.company._recouvrement_deactivate()
        return self.env["recouvrement.activation"].with_company(self.company).create({})

    def owed(self, partner, **conditions):
        """(how many items are open, what is left of them) of a partner, read from the ledger itself."""
        wanted = [
            ("partner_id", "=", partner.id),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            *((name, "=", value) for name, value in conditions.items()),
        ]
        items = self.env["account.move.line"].search(wanted)
        return len(items), self.company.currency_id.round(sum(items.mapped("amount_residual")))

    def test_the_openings_left_out_are_those_of_the_ledger_until_they_are_taken_in(self):
        other = self._partner("Boulangerie Petit")
        entry = self.opening(400.10, more=[(self.debtor_partner, 250.25, MONDAY - 60 * DAY, "2025-118")])
        entry |= self.opening(70.05, partner=other)
        entry.line_ids.filtered("debit").no_followup = True
        (entry.line_ids.filtered("debit")[:1] | self.on_account_line(100)).reconcile()
        with self.at(MONDAY):
            assistant = self.assistant()
            counts, amounts = zip(*(self.owed(partner) for partner in (self.debtor_partner, other)), strict=True)
            self.assertEqual((assistant.opening_count, assistant.opening_amount), (sum(counts), sum(amounts)))
            self.assertEqual((assistant.opening_count, assistant.opening_amount), (3, 620.40))
            assistant.action_include_all()
            self.assertEqual((assistant.opening_count, assistant.opening_amount), (0, 0))

    def on_account_line(self, amount):
        payment = self.on_account(amount, MONDAY - DAY)
        return payment.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    def test_the_simulation_says_of_each_debtor_what_is_overdue_in_the_ledger(self):
        other = self._partner("Boulangerie Petit", email="compta@petit.example")
        paid = self.invoice(MONDAY - 20 * DAY, 1000.10)
        self.invoice(MONDAY - 9 * DAY, 99.99)
        self.invoice(MONDAY - 9 * DAY, 30.33, partner=other)
        self.pay(paid, amount=400.05, on=MONDAY - DAY)
        with self.at(MONDAY):
            assistant = self.assistant()
            assistant.cutoff_date = MONDAY - 400 * DAY
            while assistant.step != "simulation":
                assistant.action_next()
            decisions = {found.partner_id: found for found in assistant.run_decision_ids}
            for partner, amount in ((self.debtor_partner, 700.04), (other, 30.33)):
                with self.subTest(partner.name):
                    self.assertEqual(self.owed(partner)[1], amount)
                    self.assertEqual((decisions[partner].outcome, decisions[partner].amount), ("remind", amount))
                    self.assertEqual(decisions[partner].amount_claimed, amount)

    def test_a_company_is_created_with_all_its_particulars_and_has_its_assistant(self):
        manager = self.env["res.users"].create(
            {
                "name": "Settings",
                "login": "activation_settings",
                "group_ids": [
                    Command.link(self.env.ref("base.group_system").id),
                    Command.link(self.env.ref("recouvrement_fr.group_recouvrement_manager").id),
                ],
            }
        )
        particulars = {"phone": "01 42 68 53 00", "email": "contact@seconde.example", "company_registry": "732829320"}
        company = (
            self.env["res.company"]
            .with_user(manager)
            .create({"name": "Seconde SARL", "country_id": self.env.ref("base.fr").id, **particulars})
        )
        self.assertEqual(company.phone, "01 42 68 53 00")
        manager.write({"company_ids": [Command.link(company.id)], "company_id": company.id})
        with self.at(MONDAY):
            assistant = self.env["recouvrement.activation"].with_user(manager).with_company(company).create({})
            self.assertEqual((assistant.company_id, assistant.opening_amount, assistant.is_active), (company, 0, False))
            self.assertTrue(assistant.checklist)
