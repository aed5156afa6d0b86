import hashlib

from odoo import models


class RecouvrementChannelLetter(models.AbstractModel):
    """A letter somebody prints and posts."""

    _name = "recouvrement.channel.letter"
    _inherit = "recouvrement.channel"
    _description = "Channel: letter"

    _to_post = "to_post"

    def _draft(self, reminders, steps, errors):
        """The PDF of each, by one renderer for all; a formal notice with the copies of invoices it encloses."""
        if not reminders:
            return {}
        failed = {}
        payloads = [reminder.figures for reminder in reminders]
        documents = self.env["recouvrement.letter"]._render_pdf(payloads, failed)
        errors |= {reminders[position].id: message for position, message in failed.items()}
        written = {reminder: document for reminder, document in zip(reminders, documents, strict=True) if document}
        return reminders._enclose(written, errors)

    def _create(self, drafts):
        letters = super()._create(drafts)
        for letter, document in zip(letters, drafts.values(), strict=True):
            letter.sha256 = hashlib.sha256(document).hexdigest()
        letters._keep(list(drafts.values()), "pdf", "application/pdf")
        return letters

    def _vals(self, reminder):
        return {
            **super()._vals(reminder),
            "postal_state": self._to_post,
            "address": ", ".join(reminder.figures["addressee"]["lines"]),
        }

    def _copy_vals(self, dispatch):
        return {**super()._copy_vals(dispatch), "postal_state": self._to_post}

    def _stale(self, dispatches, on):
        """Not posted within the days they leave to pay: their day and their interest are out of date."""
        return dispatches.filtered(lambda dispatch: dispatch.reminder_id._is_out_of_date(on))


class RecouvrementChannelRegistered(models.AbstractModel):
    """A registered letter with acknowledgement of receipt (LRAR): printed, posted, then followed to its end."""

    _name = "recouvrement.channel.registered"
    _inherit = "recouvrement.channel.letter"
    _description = "Channel: registered letter"

    _to_post = "to_send_registered"
