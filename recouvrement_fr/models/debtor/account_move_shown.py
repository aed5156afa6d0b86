from odoo import api, fields, models

from ...tools.readers import COLLECTION_READERS


class AccountMove(models.Model):
    _inherit = "account.move"

    def _number_shown(self):
        """The number a debtor knows it by; none for a payment, whose number is our bank journal's own (PBNK1/...)."""
        self.ensure_one()
        if self.move_type != "entry":
            return self.name or ""
        is_money = self.origin_payment_id or self.statement_line_id or self.journal_id.type in ("bank", "cash")
        return "" if is_money or self._is_at_till() else self.ref or self.name or ""


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    recouvrement_number = fields.Char("Number told", compute="_compute_recouvrement_number", groups=COLLECTION_READERS)

    @api.depends("move_id")
    def _compute_recouvrement_number(self):
        """What a collector says it is to a debtor: never the number of a bank journal."""
        for item in self:
            item.recouvrement_number = item.move_id._number_shown() or self.env._("Payment received")
