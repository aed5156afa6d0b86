from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestNightAmounts(RecouvrementCommon):
    """How much a night asks for, instalment by instalment, less what was paid or credited."""

    def test_the_other_invoices_are_listed_and_totalled(self):
        self.invoice(MONDAY - timedelta(days=20), 1000)
        self.invoice(MONDAY - timedelta(days=5), 500)
        self.invoice(MONDAY + timedelta(days=5), 250)
        self.night(MONDAY)
        [reminder] = self.reminders()
        self.assertEqual(sorted(reminder.line_ids.mapped("role")), ["carried", "listed"])
        self.assertEqual(reminder.amount_due, 1500)
        self.assertEqual(self.card().overdue_amount, 1500)
        self.assertEqual(self.card().open_amount, 1750)

    def test_each_instalment_of_an_invoice_is_late_on_its_own_day(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 70, "nb_days": 60}),
                ],
            }
        )
        self.invoice(MONDAY, invoice_date=MONDAY - timedelta(days=10), invoice_payment_term_id=term.id)
        self.night(MONDAY)
        [reminder] = self.reminders()
        self.assertEqual(reminder.line_ids.mapped("amount_residual"), [300])

    def test_a_payment_on_account_covers_the_debt(self):
        self.invoice(MONDAY - timedelta(days=20), 1000)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor_partner.id,
                "amount": 1000,
            }
        )
        payment.action_post()
        self.night(MONDAY)
        self.assertFalse(self.reminders())
        self.assertEqual(self.card().reason, "covered")

    def test_an_unallocated_credit_note_is_deducted(self):
        self.invoice(MONDAY - timedelta(days=20), 1000)
        self.invoice(MONDAY - timedelta(days=20), 400, move_type="out_refund")
        self.night(MONDAY)
        self.assertEqual(self.reminders().amount_due, 600)

    def test_a_credit_note_larger_than_the_debt_silences(self):
        self.invoice(MONDAY - timedelta(days=20), 300)
        self.invoice(MONDAY - timedelta(days=20), 400, move_type="out_refund")
        self.night(MONDAY)
        self.assertFalse(self.reminders())

    def test_a_partial_payment_leaves_the_rest(self):
        invoice = self.invoice(MONDAY - timedelta(days=20), 1000)
        self.pay(invoice, 900)
        self.night(MONDAY)
        self.assertEqual(self.reminders().line_ids.amount_residual, 100)

    def test_under_the_minimum_nothing_leaves(self):
        self.invoice(MONDAY - timedelta(days=20), 14.99)
        self.night(MONDAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (0, "below_minimum"))

    def test_a_returned_payment_starts_again_at_the_first_level(self):
        invoice = self.invoice(MONDAY - timedelta(days=20))
        self.night(MONDAY)
        self.mark_sent(self.reminders(), MONDAY)
        payment = self.pay(invoice)
        self.night(MONDAY + timedelta(days=2))
        self.assertTrue(self.reminders().line_ids.settled)
        payment.move_id.line_ids.remove_move_reconcile()
        payment.action_draft()
        self.night(MONDAY + timedelta(days=7))
        again = self.reminders()[-1]
        self.assertEqual(self.card().reason, "due")
        self.assertEqual((again.level_id, again.line_ids.cycle), (self.first, 2))

    def test_two_currencies_are_one_reminder_and_never_net(self):
        dollars = self.env.ref("base.USD")
        dollars.active = True
        self.env["res.currency.rate"].create(
            {"name": "2020-01-01", "rate": 2.0, "currency_id": dollars.id, "company_id": self.company.id}
        )
        self.invoice(MONDAY - timedelta(days=20), 500)
        self.invoice(MONDAY - timedelta(days=20), 300, currency_id=dollars.id)
        self.invoice(MONDAY - timedelta(days=20), 1000, currency_id=dollars.id, move_type="out_refund")
        self.night(MONDAY)
        [reminder] = self.reminders()
        self.assertEqual(reminder.line_ids.currency_id, self.company.currency_id)
        self.assertEqual(reminder.amount_due, 500)

    def test_an_invoice_in_instalments_bears_one_indemnity(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "50/50",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        invoice = self.invoice(MONDAY, invoice_date=MONDAY - timedelta(days=60), invoice_payment_term_id=term.id)
        self.night(MONDAY)
        with self.at(MONDAY):
            self.assertEqual(invoice.recovery_indemnity, 40)
            self.assertEqual(invoice.days_overdue, 60)
            self.assertEqual(invoice.late_interest, 14.98)  # 500 over sixty days, 500 over thirty
            self.assertEqual(invoice.limitation_date, (MONDAY - timedelta(days=60)).replace(year=2031))
