from odoo import api, fields, models

from odoo.addons.recouvrement_fr.tools import clock

READERS = "sales_team.group_sale_salesman,account.group_account_readonly,account.group_account_invoice"


class SaleOrder(models.Model):
    """A quotation that passes the credit decided for its customer: a warning, or a block; and the deposit it asks."""

    _inherit = "sale.order"

    recouvrement_credit_warning = fields.Char(
        "Credit warning", compute="_compute_recouvrement_credit_warning", compute_sudo=True, groups=READERS
    )
    recouvrement_credit_blocks = fields.Boolean(
        compute="_compute_recouvrement_credit_warning", compute_sudo=True, groups=READERS
    )

    @api.depends(
        *("state", "partner_id", "partner_invoice_id", "amount_total", "company_id"),
        *("transaction_ids.state", "transaction_ids.payment_id"),
    )
    @api.depends_context("lang")
    def _compute_recouvrement_credit_warning(self):
        on = clock.today(self.env)
        for order in self:
            order.recouvrement_credit_warning, order.recouvrement_credit_blocks = order._credit_verdict(on)

    def _credit_verdict(self, on):
        """(why this quotation passes the credit of its customer, whether it may not be confirmed for that)."""
        mode = self.company_id.root_id.recouvrement_credit_mode
        if self.state not in ("draft", "sent") or mode == "none":
            return False, False
        debtor = self._credited_debtor()
        why = debtor and debtor._over_limit(self._credit_added(), on, is_order=True)
        if not why:
            return False, False
        allowed = self.env["recouvrement.credit.override"]._is_allowed(self._origin, debtor, self._credit_amount())
        return why, mode == "block" and not allowed

    def _credited_debtor(self):
        """The card of whoever is invoiced, if a credit was decided for it."""
        partner = (self.partner_invoice_id or self.partner_id).commercial_partner_id
        return self.env["recouvrement.debtor"]._with_credit(self.company_id.root_id, partner)

    def _credit_reached(self, on):
        """The exposure of whoever is invoiced, this order included."""
        return self._credited_debtor()._exposed_with(self._credit_added(), on, is_order=True)[1]

    def _credit_amount(self):
        """The whole order, in company currency."""
        return self.amount_total / (self.currency_rate or 1)

    def _credit_added(self):
        """The same, less what was paid online and is not entered yet: entered, it is in the exposure."""
        paid = self.transaction_ids.filtered(
            lambda transaction: transaction.state in ("authorized", "done") and not transaction.payment_id
        )
        return max(self.amount_total - sum(paid.mapped("amount")), 0) / (self.currency_rate or 1)

    def _confirmation_error_message(self):
        """The debtor who signs or pays online is not told how much credit he has."""
        refused = super()._confirmation_error_message()
        # who sells reads neither the decision nor the settings
        if refused or not self.sudo().recouvrement_credit_blocks:
            return refused
        if self.env.user.share or self.env.su:
            return self.env._("This quotation is to be confirmed with us: please call.")
        return self.env._(
            "%s\nA credit manager may allow it in writing: “Allow over the credit limit”.",
            self.sudo().recouvrement_credit_warning,  # as said above
        )

    def action_confirm(self):
        # who sells reads neither the decision nor the settings
        passed = [(order, order.sudo().recouvrement_credit_warning) for order in self]
        result = super().action_confirm()
        for order, why in passed:
            if why:
                order.message_post(body=why)
        return result

    # --- deposit ------------------------------------------------------------------------------------------------------

    @api.depends("partner_id", "partner_invoice_id")
    def _compute_require_payment(self):
        super()._compute_require_payment()
        for order in self:
            if order._credit_deposit():
                order.require_payment = True

    @api.depends("partner_id", "partner_invoice_id")
    def _compute_prepayment_percent(self):
        super()._compute_prepayment_percent()
        for order in self:
            deposit = order._credit_deposit()
            if deposit and order.require_payment:
                order.prepayment_percent = deposit

    def _credit_deposit(self):
        """The share (0 to 1) that the credit decision wants paid before an order is carried out."""
        # who sells reads no credit decision
        return self.sudo()._credited_debtor().credit_review_id.upfront_percent / 100 if self.partner_id else 0
