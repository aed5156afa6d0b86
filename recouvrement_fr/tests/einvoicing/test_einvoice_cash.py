from odoo.tests import tagged

from ..common import MONDAY
from .einvoice_common import EinvoiceCommon


@tagged("post_install", "-at_install")
class TestEinvoiceCash(EinvoiceCommon):
    """What is told to the tax authority as received or paid back (212) is money."""

    def receivable(self, move):
        return move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    def refund(self):
        return self.invoice(MONDAY, 100, move_type="out_refund", invoice_date=MONDAY)

    def test_a_credit_note_written_off_is_not_paid_back(self):
        refund = self.refund()
        line = self.receivable(refund)
        lost = self.company_data["default_account_expense"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": MONDAY,
                "line_ids": [
                    (0, 0, {"account_id": line.account_id.id, "partner_id": refund.partner_id.id, "debit": 100}),
                    (0, 0, {"account_id": lost.id, "credit": 100}),
                ],
            }
        )
        entry.action_post()
        (line | self.receivable(entry)).reconcile()
        self.assertFalse(refund.amount_residual)
        self.assertEqual(refund._settled_without_cash(), 100)

    def test_one_paid_back_or_set_against_an_invoice_is(self):
        refund = self.refund()
        self.pay(refund)
        self.assertEqual((refund.amount_residual, refund._settled_without_cash()), (0, 0))
        other = self.refund()
        (self.receivable(other) | self.receivable(self.debt)).reconcile()
        self.assertEqual((other.amount_residual, other._settled_without_cash()), (0, 0))
