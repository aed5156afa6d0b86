from odoo import api, fields, models

from ...tools import clock
from .recouvrement_door import DoorWay

COMING = ("pending", "authorized", "done")


class PaymentTransaction(models.Model):
    """A payment that is seen silences its invoices at once: nothing planned leaves for them any more."""

    _inherit = "payment.transaction"

    door_debtor_id = fields.Many2one(
        "recouvrement.debtor", "Begun on the page of", readonly=True, index="btree_not_null", ondelete="set null"
    )
    door_access_id = fields.Many2one(
        "recouvrement.portal.access", "Begun by the link", readonly=True, index="btree_not_null", ondelete="set null"
    )

    def _update_state(self, allowed_states, target_state, state_message):
        updated = super()._update_state(allowed_states, target_state, state_message)
        if target_state in COMING:
            updated._silence_dunning()
        return updated

    def _silence_dunning(self):
        reminders = self.env["recouvrement.reminder"].sudo()  # whoever pays knows nothing of reminders
        for transaction in self.sudo().filtered("invoice_ids"):  # the provider speaks, not a user
            why = self.env._("Payment in progress: %s", transaction.reference)
            reminders._withdraw(transaction.invoice_ids, why, "payment_pending")
            for root, moves in transaction.invoice_ids.grouped(lambda move: move.company_id.root_id).items():
                cards = (
                    self.env["recouvrement.debtor"]
                    .sudo()
                    .search([("company_id", "=", root.id), ("partner_id", "in", moves.commercial_partner_id.ids)])
                )
                cards._decide_again_now()

    def _post_process(self):
        """Once paid, the page of its debtor shows it, and keeps it as evidence."""
        result = super()._post_process()
        events = self.env["recouvrement.portal.event"].sudo()  # as above
        for transaction in self.sudo().filtered(lambda one: one.state == "done" and one.door_debtor_id):
            key = f"payment-{transaction.id}-processed"
            debtor = transaction.door_debtor_id
            if not events.search_count([("debtor_id", "=", debtor.id), ("form_key", "=", key)], limit=1):
                event = events._add(
                    DoorWay(debtor, "", access_id=transaction.door_access_id.id),
                    "payment",
                    form_key=key,
                    amount=transaction.amount,
                    currency_id=transaction.currency_id.id,
                    day=clock.day_of(self.env, transaction.last_state_change),
                    res_model=transaction.payment_id._name,
                    res_id=transaction.payment_id.id,
                )
                self.env["recouvrement.door"]._acknowledge(debtor, event)
        return result

    @api.model
    def _door_origin(self, door):
        """The values of a transaction that began on a debtor's page."""
        return {"door_debtor_id": door.debtor.id, "door_access_id": door.access_id}
