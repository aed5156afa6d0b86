import hashlib
import json
from datetime import timedelta

from odoo import api, fields, models

from ...tools import clock
from .recouvrement_door import DoorWay

COMING = ("pending", "authorized", "done")
BEGUN_AGAIN = timedelta(minutes=30)  # the same payment begun again within these is the one that was begun


class PaymentTransaction(models.Model):
    """A payment that is seen silences its invoices at once: nothing planned leaves for them any more."""

    _inherit = "payment.transaction"

    door_debtor_id = fields.Many2one(
        "recouvrement.debtor", "Begun on the page of", readonly=True, index="btree_not_null", ondelete="set null"
    )
    door_access_id = fields.Many2one(
        "recouvrement.portal.access", "Begun by the link", readonly=True, index="btree_not_null", ondelete="set null"
    )
    door_key = fields.Char(readonly=True, copy=False, help="Of what is paid, and how: begun twice, it is one payment.")

    _door_once = models.UniqueIndex(
        "(door_key) WHERE door_key IS NOT NULL AND state = 'draft'", "This payment was begun already."
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
                cards = reminders.env["recouvrement.debtor"].search(
                    [("company_id", "=", root.id), ("partner_id", "in", moves.commercial_partner_id.ids)]
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
    def _door_origin(self, door, key):
        """The values of a transaction that began on a debtor's page."""
        return {"door_debtor_id": door.debtor.id, "door_access_id": door.access_id, "door_key": key}

    @api.model
    def _door_key(self, door, moves, values, payer):
        """What tells a payment from another: who pays, where it comes back, which invoices, how much, by what means."""
        asked = [door.base, door.user_id or 0, payer.id, sorted(moves.ids), sorted(values.items())]
        return hashlib.sha256(json.dumps(asked, default=str).encode()).hexdigest()

    @api.model
    def _door_begun(self, key, moment):
        """The payment of this key that was begun a moment ago and is not made yet: a click or a tab more is the same.

        The lock on its debtor is held: two requests never look here at once.
        """
        # sudo: whoever pays has no right on transactions; found by a key made of the debtor's own choices.
        known = self.sudo().search([("door_key", "=", key), ("state", "=", "draft")], limit=1)
        if known and known.create_date < moment - BEGUN_AGAIN:
            known.door_key = False
            return known.browse()
        return known

    @api.model
    def _coming_for(self, moves):
        """What is on its way for these invoices, and not in their balance yet."""
        # sudo: as above; the debtor's own invoices.
        coming = self.sudo().search(
            [
                ("invoice_ids", "in", moves.ids),
                ("state", "in", COMING),
                ("payment_id", "=", False),
                ("child_transaction_ids", "=", False),
            ]
        )
        return sum(coming.mapped("amount"))

    @api.model
    def _door_offered(self, company):
        """Whether a payment provider is published there: without any, the page offers no payment that leads nowhere."""
        published = [("state", "!=", "disabled"), ("is_published", "=", True)]
        domain = [*published, ("company_id", "in", company._recouvrement_tree())]
        return bool(self.env["payment.provider"].sudo().search_count(domain, limit=1))  # published: seen by everybody
