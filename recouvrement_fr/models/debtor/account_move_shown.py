from odoo import api, fields, models

from ...tools import clock
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

    def _compute_recouvrement_state(self):
        """An opening entry may hold many customers: what holds one of its items is shown by that item."""
        super()._compute_recouvrement_state()
        today, holding = clock.today(self.env), self.env["recouvrement.holding"].sudo()  # that it is held, not why
        entries = self._origin.filtered(lambda item: item.move_type == "entry" and item.amount_residual_currency > 0)
        for root, items in entries.grouped(lambda item: item.company_id.root_id).items():
            held, states = holding._all_held_items(root, items.move_id.ids, today), holding._states()
            for item in self.filtered(lambda item, held=held: item._origin.id in held):
                item.recouvrement_state = states.get(held[item._origin.id].reason, item.recouvrement_state)

    def _number_of_entry(self):
        """How its debtor is told of an item of an opening entry: by its label, the old invoice, else by the entry."""
        return self.name or self.move_id._number_shown() or self.move_id.name
