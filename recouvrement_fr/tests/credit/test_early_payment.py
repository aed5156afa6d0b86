from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestEarlyPayment(RecouvrementCommon):
    """The discount for paying early is proposed while it can still be taken."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.term = cls.env["account.payment.term"].create(
            {
                "name": "3/10 n/30",
                "early_discount": True,
                "discount_percentage": 3,
                "discount_days": 10,
                "line_ids": [Command.create({"value_amount": 100, "nb_days": 30})],
            }
        )
        cls.letters = cls.env["recouvrement.letter"].with_context(lang="en_US")

    def discounted(self, amount=1200):
        return self.invoice(
            MONDAY + 30 * DAY, amount, invoice_date=MONDAY, invoice_payment_term_id=self.term.id, invoice_date_due=False
        )

    def test_the_sentence_says_what_to_pay_and_until_when(self):
        invoice = self.discounted()
        self.assertEqual(
            self.letters._discounts(invoice, MONDAY),
            [
                f"Early payment: €1,164.00 instead of €1,200.00 for the invoice {invoice.name}, if it is paid by "
                "March 12, 2026."
            ],
        )

    def test_nothing_is_proposed_once_its_day_has_passed_or_something_was_paid(self):
        invoice = self.discounted()
        last = MONDAY + 10 * DAY
        self.assertTrue(self.letters._discounts(invoice, last))
        self.assertFalse(self.letters._discounts(invoice, last + DAY))
        self.pay(invoice, amount=100, on=MONDAY)
        self.assertFalse(self.letters._discounts(invoice, MONDAY))
        self.assertFalse(self.letters._discounts(self.invoice(MONDAY), MONDAY))

    def test_the_page_of_the_debtor_says_it(self):
        invoice = self.discounted()
        items = invoice.line_ids.filtered(lambda item: item.display_type == "payment_term")
        door = self.env["recouvrement.door"].with_context(lang="en_US")
        self.assertIn("€1,164.00", door._row(items, None, MONDAY)["discount"])
        self.assertFalse(door._row(items, None, MONDAY + 11 * DAY)["discount"])

    def test_the_term_says_what_its_discount_costs(self):
        with self.at(MONDAY):
            cost = self.term.with_context(lang="en_US").recouvrement_discount_cost
        self.assertRegex(cost, r"^Paying 20 days earlier for 3[.,]00 % less earns the customer 56[.,]4 % a year")
        self.term.early_discount = False
        self.assertFalse(self.term.recouvrement_discount_cost)

    def test_a_reminder_before_the_due_date_carries_it(self):
        level = self.policy.level_ids.sorted("sequence")[0].copy(
            {"name": "Before", "sequence": 1, "kind": "pre_due", "delay_days": 25, "policy_id": self.policy.id}
        )
        invoice = self.discounted()
        self.night(MONDAY + 7 * DAY)
        self.morning(MONDAY + 7 * DAY)
        sent = self.reminders()
        self.assertEqual(sent.level_id, level)
        self.assertIn(invoice.name, " ".join(sent.figures["discounts"]))
        self.assertIn("164", " ".join(sent.figures["discounts"]))

    # --- in the figures -----------------------------------------------------------------------------------------------

    def take(self, invoice, on):
        """Pay it with its discount through core's own dialog, which proposes it."""
        with self.at(on):
            register = (
                self.env["account.payment.register"]
                .with_context(active_model="account.move", active_ids=invoice.ids)
                .create({"payment_date": on})
            )
            register._create_payments()

    def rows(self, on, **asked):
        board = self.env["recouvrement.dashboard"].with_context(lang="en_US")
        with self.at(on):
            blocks = {block["code"]: block for block in board.get_panel("work", {"months": 3, **asked})}
        return blocks.get("early_payment", {"rows": []})["rows"]

    def test_the_dashboard_says_what_discounts_cost_and_bring_forward(self):
        self.assertEqual(self.rows(MONDAY), [], "Nothing is said where there is no discount.")
        self.take(self.discounted(), MONDAY + 8 * DAY)
        waiting = self.discounted(1000)
        self.pay(self.discounted(500), amount=100, on=MONDAY)  # part was paid: too late for it
        taken, offered = self.rows(MONDAY + 8 * DAY)
        # 36 on 1,164 received 22 days before its due date: 36 / 1,164 x 365 / 22
        self.assertEqual(taken["cells"][1:], ["1", "€1,164.00", "€36.00", "22.0", "51.3 %"])
        self.assertEqual(offered["cells"][1:], ["1", "€970.00", "€30.00", "20.0", "56.4 %"])
        items = self.env["account.move.line"]
        self.assertEqual(items.search(offered["opens"]["domain"]).move_id, waiting)
        self.assertEqual(sum(items.search(taken["opens"]["domain"]).mapped("balance")), -1200)
        [taken] = self.rows(MONDAY + 11 * DAY)  # the last day has passed
        self.assertEqual(taken["cells"][1], "1")
        self.assertEqual(self.rows(MONDAY + 8 * DAY, debtor_type="public"), [])

    def test_an_entry_made_by_hand_without_cash_counts_what_it_put_on_the_account_of_discounts(self):
        invoice = self.discounted()
        receivable = self.company_data["default_account_receivable"]
        loss = self.company.account_journal_early_pay_discount_loss_account_id
        cheques = self.env["account.account"].create(
            {"code": "511299", "name": "Chèques à encaisser", "account_type": "asset_current"}
        )
        entry = self.env["account.move"].create(
            {
                "date": MONDAY + 8 * DAY,
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": receivable.id, "partner_id": invoice.partner_id.id, "credit": 1200}),
                    Command.create({"account_id": cheques.id, "debit": 1164}),
                    Command.create({"account_id": loss.id, "debit": 36}),
                ],
            }
        )
        entry.action_post()
        (entry + invoice).line_ids.filtered(lambda line: line.account_id == receivable).reconcile()
        [taken] = self.rows(MONDAY + 8 * DAY)
        self.assertEqual(taken["cells"][1:], ["1", "€1,164.00", "€36.00", "22.0", "51.3 %"])
