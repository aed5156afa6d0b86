from odoo import models
from odoo.tools import format_datetime

from ..debtor.recouvrement_timeline import SHORT, Source


class RecouvrementDebtor(models.Model):
    """The timeline of a debtor, of what goes before a judge or out of the books, and of who spoke with him."""

    _inherit = "recouvrement.debtor"

    def _timeline_sources(self):
        own = [("debtor_id", "=", self.id)]
        return [*super()._timeline_sources(), *self._case_sources(own), *self._contact_sources(own)]

    def _case_sources(self, own):
        """What happened in court and in the accounts; a confidential case is read by those who may."""
        happened = [
            ("case_id.debtor_id", "=", self.id),
            ("kind", "in", ("opened", "started", "step", "ended", "payment", "missed", "closed", "reopened")),
            *(("is_void", "=", False), ("correction_ids", "=", False)),
        ]
        lost = [*own, ("state", "in", ("posted", "reversed"))]
        guarantee, write_off = "recouvrement.guarantee", "recouvrement.write.off"
        return [
            Source("case", "legal", "fa-balance-scale", "recouvrement.case.event", "on", happened, self._tell_cases),
            Source("write_off", "legal", "fa-minus-circle", write_off, "entry_date", lost, self._tell_write_offs),
            Source("guarantee", "legal", "fa-shield", guarantee, "called_on", own, self._tell_guarantees),
        ]

    def _contact_sources(self, own):
        """Calls and visits; an answer by e-mail is told by its message."""
        tell, contact = self._tell_contacts, "recouvrement.contact"
        calls, visits, answers = (
            [*own, ("channel", "=", channel), ("outcome", "!=", "answered")] for channel in ("call", "visit", "email")
        )
        return [
            Source("call", "note", "fa-phone", contact, "date", calls, tell),
            Source("visit", "note", "fa-map-marker", contact, "date", visits, tell),
            Source("answer", "note", "fa-envelope-open-o", contact, "date", answers, tell),
        ]

    def _tell_cases(self, events):
        tones = {"missed": "danger", "payment": "success"}
        return {
            event.id: self._told(
                event.case_id,
                self.env._("%(case)s: %(event)s", case=event.case_id.name, event=event.summary),
                event.details or "",
                event.amount or None,
                event.currency_id,
                tones.get(event.kind, ""),
            )
            for event in events
        }

    def _tell_write_offs(self, write_offs):
        titles = {
            "posted": lambda name: self.env._("Written off: %s", name),
            "reversed": lambda name: self.env._("Write-off reversed: %s", name),
        }
        reasons = dict(write_offs._fields["reason"]._description_selection(self.env))
        return {
            one.id: self._told(
                one,
                titles[one.state](one.name),
                reasons[one.reason],
                one.amount,
                one.currency_id,
                "danger" if one.state == "posted" else "",
            )
            for one in write_offs
        }

    def _tell_guarantees(self, guarantees):
        return {
            one.id: self._told(
                one,
                self.env._("Guarantee called: %s", one.display_name),
                one.guarantor_id.name or "",
                one.amount or None,
                one.currency_id,
                "warning",
            )
            for one in guarantees
        }

    def _tell_contacts(self, contacts):
        """Who spoke, what came of it; opens what it started, if anything."""
        channels, outcomes = (
            dict(contacts._fields[name]._description_selection(self.env)) for name in ("channel", "outcome")
        )
        told = {}
        for contact in contacts:
            again = contact.next_on and self.env._(
                "Again on %s", format_datetime(self.env, contact.next_on, dt_format="short")
            )
            details = (contact.author_id.name, contact.spoke_to, contact.note, again)
            title = self.env._(
                "%(channel)s: %(outcome)s", channel=channels[contact.channel], outcome=outcomes[contact.outcome]
            )
            row = self._told(contact, title, " – ".join(filter(None, details))[:SHORT])
            if contact.res_model and self.env[contact.res_model].has_access("read"):
                row |= {"res_model": contact.res_model, "res_id": contact.res_id}
            told[contact.id] = row
        return told
