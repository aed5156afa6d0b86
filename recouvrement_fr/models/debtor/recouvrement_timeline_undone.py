from odoo import models

from .recouvrement_timeline import Source

# What colleagues write on these is part of the debtor's history.
NOTED = ("recouvrement.promise", "recouvrement.plan", "recouvrement.dispute")


class RecouvrementDebtor(models.Model):
    """The timeline of a debtor, of payments that came to nothing, of plans kept, and of notes on what was agreed."""

    _inherit = "recouvrement.debtor"

    def _timeline_sources(self):
        own = [("debtor_id", "=", self.id)]
        kept = self._tell_plans("kept")
        return [
            *super()._timeline_sources(),
            Source("payment_lost", "payment", "fa-undo", "account.payment", "date", self._lost(), self._tell_lost),
            Source("plan_kept", "commitment", "fa-check", "recouvrement.plan", "kept_on", own, kept),
            *self._note_sources(own),
        ]

    def _lost(self):
        return [
            ("company_id", "in", self.company_id.sudo()._recouvrement_tree()),  # a setting
            ("partner_id.commercial_partner_id", "=", self.partner_id.id),
            ("payment_type", "=", "inbound"),
            ("state", "in", ("canceled", "rejected")),
        ]

    def _note_sources(self, own):
        """The messages of people on promises, plans and disputes that whoever looks may read."""
        for number, name in enumerate(NOTED):
            if self.env[name].has_access("read"):
                written = [
                    ("model", "=", name),
                    ("res_id", "in", self.env[name]._search(own)),
                    ("message_type", "=", "comment"),
                    ("body", "not in", (False, "")),
                ]
                kind = f"note_{number}"
                yield Source(
                    kind, "note", "fa-comment-o", "mail.message", "date", written, self._tell_messages, internal=True
                )

    def _tell_lost(self, payments):
        return {
            payment.id: self._told(
                payment,
                self.env._("Payment cancelled or rejected"),
                payment.memo or "",
                payment.amount,
                payment.currency_id,
                "danger",
            )
            for payment in payments
        }
