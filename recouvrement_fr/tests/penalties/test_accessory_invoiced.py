from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MONDAY
from .accessory_common import DUE, AccessoryCommon


@tagged("post_install", "-at_install")
class TestAccessoryInvoiced(AccessoryCommon):
    """Penalties put on a debit note, or waived, in whole or in part."""

    # --- invoiced -----------------------------------------------------------------------------------------------------

    def test_one_click_makes_one_draft_debit_note_without_vat(self):
        invoices = self.claimed() + self.claimed(500)
        rows = self.env["recouvrement.accessory"].search([("move_id", "in", invoices.ids)])
        note = self.book(rows)
        self.assertEqual((len(note), note.state, note.move_type), (1, "draft", "out_invoice"))
        self.assertEqual(len(note.invoice_line_ids), 4)
        self.assertFalse(note.invoice_line_ids.tax_ids)
        self.assertEqual(note.amount_total, sum(rows.mapped("amount")))
        self.assertEqual(set(rows.mapped("state")), {"invoiced"})
        self.assertEqual({code[:3] for code in note.invoice_line_ids.account_id.mapped("code")}, {"763", "758"})
        self.assertIn("D441-5", note.narration)
        with self.assertRaisesRegex(UserError, "Nothing to invoice"):
            rows.action_book()

    def test_the_card_and_the_invoice_make_the_same_debit_note(self):
        first, second = self.claimed(), self.claimed(500)
        with self.at(MONDAY):
            first.action_book_accessories()
            self.assertEqual(set(self.rows(first).mapped("state")), {"invoiced"})
            self.assertEqual(set(self.rows(second).mapped("state")), {"claimed"})
            self.card().action_book_accessories()
        self.assertEqual(set(self.rows(second).mapped("state")), {"invoiced"})

    def test_a_letter_asks_no_penalty_of_a_debit_note_of_penalties(self):
        note = self.book(self.rows(self.claimed()))
        note.action_post()
        reminder = self.letter(note, self.second, MONDAY + timedelta(days=30))
        self.assertEqual((reminder.line_ids.interest, reminder.line_ids.indemnity), (0, 0))
        self.assertFalse(self.rows(note))

    def test_cards_merged_keep_their_penalties(self):
        invoice = self.claimed()
        kept = self._partner("Menuiserie Durand SARL")
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((kept + self.debtor_partner).ids, kept)
        self.env.invalidate_all()
        self.assertEqual(self.rows(invoice).debtor_id, self.card(kept))
        self.assertEqual(self.rows(invoice).partner_id, kept)

    def test_a_letter_printed_before_19_0_2_is_posted_after_the_upgrade_and_claims_what_it_says(self):
        invoice = self.invoice(DUE, 1000)
        self.second.channel_ids.channel = "letter"
        letter = self.letter(invoice, self.second, MONDAY, hand_over=False)
        explained = letter.figures["accrued"]
        letter.figures = {key: value for key, value in letter.figures.items() if key != "accrued"}
        self.env["recouvrement.accessory"].sudo()._explain_old_letters()  # as the upgrade does
        self.assertEqual(letter.figures["accrued"], explained)
        with self.at(MONDAY + timedelta(days=1)):
            letter.dispatch_ids.action_mark_posted()
        self.assertEqual(letter.state, "sent")
        self.assertEqual(self.rows(invoice, "interest").amount, letter.line_ids.interest)
        self.assertEqual(self.rows(invoice, "indemnity").amount, 40)

    def test_an_old_letter_nobody_explained_is_posted_all_the_same(self):
        invoice = self.invoice(DUE, 1000)
        self.second.channel_ids.channel = "letter"
        letter = self.letter(invoice, self.second, MONDAY, hand_over=False)
        letter.figures = {key: value for key, value in letter.figures.items() if key != "accrued"}
        with self.at(MONDAY + timedelta(days=1)):
            letter.dispatch_ids.action_mark_posted()
        self.assertEqual((letter.state, self.rows(invoice).mapped("kind")), ("sent", ["indemnity"]))

    def test_what_is_invoiced_is_not_claimed_again(self):
        invoice = self.claimed()
        booked = self.rows(invoice, "interest").amount
        self.book(self.rows(invoice))
        later = MONDAY + timedelta(days=30)
        reminder = self.letter(invoice, self.notice, later)
        self.assertFalse(reminder.line_ids.indemnity)
        with self.at(later):
            self.assertAlmostEqual(reminder.line_ids.interest, invoice.late_interest - booked, 2)
        first, second = self.rows(invoice, "interest")
        self.assertEqual(second.date_from, first.date_to + timedelta(days=1))
        self.assertEqual((second.amount, second.state), (reminder.line_ids.interest, "claimed"))
        [part] = reminder.figures["accrued"].values()
        self.assertEqual(part[0]["from"], second.date_from.isoformat())

    def test_a_debit_note_deleted_or_cancelled_gives_the_claim_back(self):
        rows = self.rows(self.claimed())
        note = self.book(rows)
        note.button_cancel()
        self.assertEqual(set(rows.mapped("state")), {"claimed"})
        note = self.book(rows)
        note.unlink()
        self.env.flush_all()
        rows.invalidate_recordset()
        self.assertEqual(set(rows.mapped("state")), {"claimed"})
        self.assertFalse(rows.penalty_move_id)

    def test_a_period_given_back_is_not_counted_twice_in_the_next(self):
        invoice = self.claimed()
        note = self.book(self.rows(invoice))
        self.letter(invoice, self.notice, MONDAY + timedelta(days=30))
        note.unlink()
        self.env.invalidate_all()
        later = MONDAY + timedelta(days=60)
        self.collect(later)
        with self.at(later):
            self.assertAlmostEqual(sum(self.rows(invoice, "interest").mapped("amount")), invoice.late_interest, 2)

    def test_paid_and_returned(self):
        rows = self.rows(self.claimed())
        note = self.book(rows)
        note.action_post()
        payment = self.pay(note, on=MONDAY)
        self.assertEqual(set(rows.mapped("state")), {"paid"})
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertEqual(set(rows.mapped("state")), {"invoiced"})

    def test_a_penalty_invoice_bears_no_penalty(self):
        note = self.book(self.rows(self.claimed()))
        note.action_post()
        later = MONDAY + timedelta(days=30)
        self.collect(later)
        self.assertFalse(self.rows(note))
        with self.at(later):
            self.assertEqual((note.late_interest, note.recovery_indemnity), (0, 0))

    def test_penalty_invoices_may_be_left_out_of_reminders(self):
        self.company.recouvrement_penalty_followup = False
        note = self.book(self.rows(self.claimed()))
        note.action_post()
        self.assertTrue(note.no_followup)

    # --- waived -------------------------------------------------------------------------------------------------------

    def waive(self, rows, user=None, **values):
        wizard = self.env["recouvrement.waive"].with_user(user or self.env.user)
        return wizard.create({"accessory_ids": rows.ids, "reason": "Gesture", **values}).action_confirm()

    def test_a_part_waived_is_deducted_from_the_next_letter_and_from_the_debit_note(self):
        invoice = self.claimed()
        fixed = self.rows(invoice, "indemnity")
        self.waive(fixed, is_whole=False, amount=15)
        self.assertEqual((fixed.state, fixed.amount_left, fixed.waived_by_id), ("claimed", 25, self.env.user))
        reminder = self.letter(invoice, self.notice, MONDAY + timedelta(days=30))
        self.assertEqual(reminder.line_ids.indemnity, 25)
        self.assertEqual((fixed.amount, fixed.amount_left), (40, 25))
        self.assertEqual(self.book(fixed).amount_total, 25)

    def test_a_waiver_in_whole_is_never_claimed_again_until_taken_back(self):
        invoice = self.claimed()
        fixed = self.rows(invoice, "indemnity")
        self.waive(fixed)
        self.assertEqual(fixed.state, "waived")
        reminder = self.letter(invoice, self.notice, MONDAY + timedelta(days=30))
        self.assertFalse(reminder.line_ids.indemnity)
        with self.assertRaises(UserError):
            fixed.action_book()
        self.waive(fixed, mode="undo")
        self.assertEqual((fixed.state, fixed.amount_left), ("claimed", 40))
        bodies = " ".join(self.card().message_ids.mapped("body"))
        self.assertIn("taken back", bodies)
        self.assertIn("Waived", bodies)

    def test_no_more_is_waived_than_what_is_left_and_not_without_a_reason(self):
        fixed = self.rows(self.claimed(), "indemnity")
        for amount in (0, -1, 40.01):
            with self.assertRaises(UserError):
                self.waive(fixed, is_whole=False, amount=amount)
        with self.assertRaises(UserError):
            self.waive(fixed, reason="  ")

    def test_what_is_invoiced_is_not_waived(self):
        fixed = self.rows(self.claimed(), "indemnity")
        self.book(fixed)
        with self.assertRaisesRegex(UserError, "credit note"):
            self.waive(fixed)

    def test_a_collector_proposes_and_a_manager_waives(self):
        fixed = self.rows(self.claimed(), "indemnity")
        collector = self.member("collector", "user")
        with self.assertRaises(AccessError):
            self.waive(fixed, user=collector)
        self.waive(fixed, user=collector, mode="propose")
        self.assertEqual((fixed.waiver_proposed, fixed.state), (40, "claimed"))
        self.waive(fixed, user=self.member("manager", "manager"))
        self.assertEqual((fixed.waiver_proposed, fixed.state), (0, "waived"))
        with self.assertRaises(AccessError):
            self.waive(fixed, user=collector, mode="undo")

    def test_a_collector_waives_within_the_limit_of_the_invoice(self):
        self.company.recouvrement_waive_limit = 20
        fixed = self.rows(self.claimed(), "indemnity")
        collector = self.member("collector", "user")
        self.waive(fixed, user=collector, is_whole=False, amount=20)
        with self.assertRaises(AccessError):
            self.waive(fixed, user=collector, is_whole=False, amount=1)
        self.assertEqual(fixed.amount_waived, 20)
