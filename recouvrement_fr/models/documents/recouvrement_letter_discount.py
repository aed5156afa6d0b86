from odoo import api, models

from ...rules.early_payment import is_open
from ...tools.formats import Formats, exact

MOST = 10  # told one by one: beyond, nobody reads on


class RecouvrementLetter(models.AbstractModel):
    """The discount for paying early, told before the due date while it can still be taken."""

    _inherit = "recouvrement.letter"

    @api.model
    def _payload(self, reminder, detail, identity, formats):
        payload = super()._payload(reminder, detail, identity, formats)
        if payload["kind"] == "pre_due":
            on = detail.get("on") or reminder.date
            payload["discounts"] = self._discounts(reminder.line_ids.move_id, on)
        return payload

    @api.model
    def _discounts(self, moves, on):
        """A sentence for each of these invoices that has a discount left, the first to end first."""
        items = moves.line_ids.filtered(lambda item: item.display_type == "payment_term" and item.discount_date)
        words = [self._discount(item, on) for item in items.sorted("discount_date")[:MOST]]
        return [text for text in words if text]

    @api.model
    def _discount(self, item, on):
        """What a journal item says of its discount (core's, in its currency), or nothing once it cannot be taken."""
        paid = exact(item.amount_currency) - exact(item.amount_residual_currency)
        if not item.discount_date or not is_open(item.discount_date, paid, on):
            return ""
        formats = Formats(self.env.lang or "fr_FR")
        return self.env._(
            "Early payment: %(less)s instead of %(whole)s for the invoice %(number)s, if it is paid by %(day)s.",
            less=formats.money(item.discount_amount_currency, item.currency_id),
            whole=formats.money(item.amount_currency, item.currency_id),
            number=item.move_id.name,
            day=formats.long(item.discount_date),
        )
