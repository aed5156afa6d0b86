from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...ledger.cash import Receipt
from ...rules import receipts
from .recouvrement_case_figures import TOLD


class RecouvrementCase(models.Model):
    """Money that a third party says he received (a commissaire de justice, a lawyer, an agency): noted as an event, it
    counts at once and from that day; the bank payment that passes it on is the same money, never counted twice."""

    _inherit = "recouvrement.case"

    amount_told = fields.Monetary(
        "Of it not in the bank yet",
        compute="_compute_figures",
        help="Noted as received by a third party; the bank payments that come later on these invoices are this money.",
    )

    @api.model
    def _check_told(self, kind, amount):
        if kind == "payment" and (amount or 0) <= 0:
            raise ValidationError(self.env._("Enter the amount that was received."))

    def _told(self, on):
        """What third parties said they received up to that day, as the events that count say it."""
        events = self.event_ids._effective().filtered(
            lambda event: event.kind == "payment" and event.amount > 0 and event.on <= on
        )
        return [receipts.Sum(event.on, self._money(event.amount)) for event in events]

    def _receipts(self, on):
        found = super()._receipts(on)
        answer, waiting = self._against_told(found, self._told(on))
        self._spread_told(answer, waiting)
        return {key: sorted(known, key=lambda receipt: receipt.on) for key, known in answer.items()}

    def _told_waiting(self, on):
        """What was told up to that day and no payment allocated to these invoices has passed on."""
        told = self._told(on)
        return self._against_told(super()._receipts(on), told)[1] if told else []

    @api.model
    def _against_told(self, found, told):
        """(the receipts of the ledger, from the day they were told of; what was told and is not allocated yet)."""
        payments = [(key, receipt) for key in sorted(found) for receipt in found[key] if receipt.kind == "payment"]
        parts, waiting = receipts.set_against(told, [receipts.Sum(one.on, one.amount) for _key, one in payments])
        answer = {key: [receipt for receipt in known if receipt.kind != "payment"] for key, known in found.items()}
        for part in parts:
            key, receipt = payments[part.position]
            answer[key].append(receipt._replace(on=part.on, amount=part.amount))
        return answer, waiting

    def _spread_told(self, found, waiting):
        """Set what is not in the bank yet against the claims, the oldest first: nobody said otherwise."""
        if not waiting:
            return
        claims = self.claim_ids.sorted(lambda claim: (claim.date_due, claim.move_id.id))
        keys = [(claim.move_id.id, claim.date_due) for claim in claims]
        totals = {
            (move.id, due): self._money(sum(items.mapped("amount_currency")))
            for move in claims.move_id
            for due, items in move._instalments().items()
        }
        for told in waiting:
            rooms = [
                totals.get(key, Decimal(0)) - sum((one.amount for one in found.get(key, ())), Decimal(0))
                for key in keys
            ]
            for key, share in zip(keys, receipts.spread(told.amount, rooms), strict=True):
                if share:
                    found.setdefault(key, []).append(Receipt(key[0], told.on, share, TOLD))
