from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _number_shown(self):
        """The number a debtor knows it by; none for a payment, whose number is our bank journal's own (PBNK1/...)."""
        self.ensure_one()
        if self.move_type != "entry":
            return self.name or ""
        is_money = self.origin_payment_id or self.statement_line_id or self.journal_id.type in ("bank", "cash")
        return "" if is_money else self.ref or self.name or ""
