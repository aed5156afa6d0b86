from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY
from .accessory_common import DUE, AccessoryCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestAccessoryLedger(AccessoryCommon):
    """What was claimed is judged again whenever the ledger moves."""

    def assert_nothing_owed(self, invoice):
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"void"})
        self.assertEqual(set(self.rows(invoice).mapped("amount")), {0})
        with self.assertRaises(UserError), self.at(MONDAY + DAY):
            self.rows(invoice).action_book()

    def test_the_penalties_of_a_cancelled_invoice_go(self):
        invoice = self.claimed()
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"claimed"})
        invoice.button_draft()
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"claimed"}, "It is being corrected.")
        invoice.button_cancel()
        self.assert_nothing_owed(invoice)

    def test_the_penalties_of_an_invoice_wholly_credited_go(self):
        invoice = self.claimed()
        self.reverse(invoice)
        self.assert_nothing_owed(invoice)

    def test_the_penalties_of_an_invoice_found_paid_by_its_due_date_go(self):
        invoice = self.claimed()
        self.pay(invoice, on=DUE - DAY)
        self.assert_nothing_owed(invoice)

    def test_a_payment_dated_back_leaves_the_interest_of_the_days_that_were_late(self):
        invoice = self.claimed(100000, MONDAY - 40 * DAY)
        self.pay(invoice, on=MONDAY - 37 * DAY)
        interest, indemnity = self.rows(invoice, "interest"), self.rows(invoice, "indemnity")
        self.assertEqual(interest.amount, round(100000 * 0.1215 * 3 / 365, 2))
        self.assertEqual((interest.state, indemnity.amount), ("claimed", 40))
        note = self.book(interest + indemnity, MONDAY + DAY)
        self.assertEqual(note.amount_total, interest.amount + 40)

    def test_the_credit_note_of_another_invoice_pays_late_and_cancels_no_indemnity(self):
        invoice = self.claimed(100000, MONDAY - 40 * DAY)
        refund = self.invoice(MONDAY, 100000, move_type="out_refund", invoice_date=MONDAY)
        (refund + invoice).line_ids.filtered(lambda item: item.account_type == "asset_receivable").reconcile()
        self.assertEqual(invoice.payment_state, "reversed")  # as Odoo calls it
        self.assertEqual(self.rows(invoice, "indemnity").amount, 40)
        self.assertEqual(self.rows(invoice, "interest").amount, round(100000 * 0.1215 * 40 / 365, 2))
        self.collect(MONDAY + DAY)
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"claimed"})

    def test_what_is_judged_again_is_explained_by_its_new_days(self):
        invoice = self.claimed(100000, MONDAY - 40 * DAY)
        self.pay(invoice, on=MONDAY - 37 * DAY)
        interest = self.rows(invoice, "interest")
        self.assertEqual(sum(part["days"] for part in interest.tranches), 3)
        self.assertAlmostEqual(sum(float(part["interest"]) for part in interest.tranches), interest.amount)

    def test_a_debtor_corrected_to_consumer_owes_neither_interest_nor_indemnity(self):
        invoice = self.claimed()
        self.card().sudo().write({"debtor_type": "consumer", "type_confirmed": True})
        self.assert_nothing_owed(invoice)

    def test_what_is_owed_again_is_claimed_by_the_next_letter(self):
        invoice = self.claimed()
        payment = self.pay(invoice, on=DUE)
        self.assertEqual(self.rows(invoice, "interest").state, "void")
        payment.move_id.line_ids.remove_move_reconcile()
        payment.action_draft()  # the bank took it back
        letter = self.letter(invoice, self.notice, MONDAY + 30 * DAY)
        self.assertFalse(letter.cancel_reason)
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"claimed"})
        self.assertEqual(self.rows(invoice, "interest").amount, 13.32)  # forty days, as if nothing had been paid

    def test_booking_reads_the_ledger_again(self):
        invoice = self.claimed()
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor_partner.id,
                "amount": 1000,
                "date": DUE,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()  # nobody has allocated it
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"claimed"})
        with self.assertRaises(UserError), self.at(MONDAY + DAY):
            self.rows(invoice).action_book()

    def test_a_letter_not_posted_whose_accessories_changed_is_made_again(self):
        self.env["res.partner"].browse(self.debtor_partner.id).email = False
        invoice = self.invoice(MONDAY - 40 * DAY, 10000)
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        card.sudo().write({"debtor_type": "professional", "type_confirmed": True})
        self.pay(invoice, 5000, on=MONDAY - DAY)
        self.first.write({"accessories": "claimed", "tone": "firm"})
        self.first.channel_ids.write({"channel": "letter", "template_id": False})
        self.night(MONDAY)
        self.morning(MONDAY)
        reminder = self.reminders()
        [first] = reminder.dispatch_ids
        self.assertEqual((reminder.state, first.state), ("sending", "queued"))
        asked = reminder.line_ids.interest
        old = invoice.line_ids.matched_credit_ids.credit_move_id.move_id
        invoice.line_ids.remove_move_reconcile()
        old.button_draft()
        old.date = MONDAY - 30 * DAY
        old.action_post()
        (old + invoice).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.morning(MONDAY)
        self.assertEqual(first.state, "cancelled")
        self.assertLess(reminder.line_ids.interest, asked)
        self.assertEqual(reminder.dispatch_ids.filtered(lambda dispatch: dispatch.state == "queued").channel, "letter")
