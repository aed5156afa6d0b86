from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY
from .accessory_common import DUE, AccessoryCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPenaltiesPaidWithThePrincipal(AccessoryCommon):
    def paid(self):
        """A letter asks for 1,000 and its penalties; the debtor sends exactly that."""
        invoice = self.claimed()
        asked = sum(self.rows(invoice).mapped("amount"))
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor_partner.id,
                "amount": 1000 + asked,
                "date": MONDAY + DAY,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        (payment.move_id + invoice).line_ids.filtered(lambda item: item.account_type == "asset_receivable").reconcile()
        return invoice, asked

    def test_the_surplus_reduces_no_other_invoice_and_somebody_is_asked_to_invoice_the_penalties(self):
        _invoice, _asked = self.paid()
        later = self.invoice(MONDAY + 2 * DAY, 500, invoice_date=MONDAY)
        found = self.env["recouvrement.accrual"]._open_credits(later.ids, MONDAY + 10 * DAY)
        self.assertFalse(found.get((later.id, MONDAY + 2 * DAY, 0)))
        for _time in range(2):
            with self.at(MONDAY + 10 * DAY):
                self.env["recouvrement.promise"].sudo()._follow_up(MONDAY + 10 * DAY)
        asked = self.card().activity_ids.filtered(lambda one: "are the penalties claimed" in (one.summary or ""))
        self.assertEqual(len(asked), 1)

    def test_their_debit_note_is_paid_by_that_money_once_posted(self):
        invoice, asked = self.paid()
        note = self.book(self.rows(invoice), MONDAY + 2 * DAY)
        with self.at(MONDAY + 2 * DAY):
            note.action_post()
        self.assertEqual((note.amount_total, note.amount_residual), (asked, 0))
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"paid"})

    def test_another_amount_is_a_payment_on_account_like_any_other(self):
        invoice = self.claimed()
        self.pay(invoice, on=MONDAY + DAY)
        self.assertFalse(self.env["recouvrement.accessory"]._pledges(self.company, self.debtor_partner.ids, DUE))
