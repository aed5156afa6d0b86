from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """An order that a credit limit stops waits for a manager, its deposit paid or not: an error here would leave
        money taken that nothing enters."""
        known = self.sudo()  # the decision and the settings, whoever captures the money
        stopped = known.filtered(
            lambda transaction: any(transaction.sale_order_ids.mapped("recouvrement_credit_blocks"))
        )
        for order in stopped.sale_order_ids:
            order.message_post(body=order.recouvrement_credit_warning)
        return super(PaymentTransaction, self - stopped)._check_amount_and_confirm_order()
