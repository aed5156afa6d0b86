from datetime import timedelta

from odoo import api, models
from odoo.tools import format_amount, format_date, formatLang

NO_ACTION = "NOA"  # the platform asks for nothing


class RecouvrementEinvoiceEvent(models.Model):
    """What a message says, in words."""

    _inherit = "recouvrement.einvoice.event"

    @api.model
    def _told_grounds(self, status, reasons, kinds):
        """A line for each reason of a Status, and one for each datum that it is about.

        :param reasons: {code: reason known}; :param kinds: {code: kind of amount or datum known}
        """
        lines = []
        for ground in status.grounds:
            lines.append(self._told_ground(ground, status.code, reasons.get(ground.code)))
            for one in ground.data:
                kind = kinds[one.kind].name if one.kind in kinds else one.kind
                place = f"{one.name} ({one.place})" if one.name and one.place else one.name or one.place
                words = f"{place} {one.value}".strip()
                lines.append(self.env._("%(what)s: %(why)s", what=kind, why=words) if kind else words)
        return list(filter(None, lines))

    @api.model
    def _told_ahead(self, status, issued_at):
        """A line where the sender gave a moment to come, which is not the one that counts."""
        if not status.issued_at or status.issued_at - self._local(issued_at) < timedelta(hours=1):
            return []
        day = format_date(self.env, status.issued_at.date())
        return [self.env._("Dated %s by its sender, which is to come: it counts from its receipt.", day)]

    @api.model
    def _told_ground(self, ground, code, reason):
        words = (reason and reason.name) or ground.words
        said = f"{words} ({ground.code})" if words and ground.code else words or ground.code
        if reason and reason.status_ids and code not in reason.status_ids.mapped("code"):
            said = self.env._("%s, which the norm does not give as a reason of this status", said)
        asked = None if ground.action == NO_ACTION else " ".join(filter(None, (ground.action, ground.action_words)))
        return " – ".join(filter(None, (said, asked, ground.note)))

    def _told_amount(self):
        self.ensure_one()
        if not self.amount_kind:
            return ""
        money = (
            format_amount(self.env, self.amount, self.currency_id)
            if self.currency_id
            else formatLang(self.env, self.amount)
        )
        return f"{money} ({format_date(self.env, self.amount_on)})" if self.amount_on else money


class AccountMove(models.Model):
    _inherit = "account.move"

    def _sent_electronically(self):
        """A platform that says "deposited" or "made available" proves that the invoice left."""
        proofs = [("move_id", "in", self.ids), ("status_id.act", "in", ("sent", "received"))]
        # The question is when it left, not who reads it.
        events = self.env["recouvrement.einvoice.event"].sudo().search(proofs, order="issued_at")
        told = [(event.move_id.id, event.issued_at, "einvoice", event.display_name) for event in events]
        return [*super()._sent_electronically(), *told]
