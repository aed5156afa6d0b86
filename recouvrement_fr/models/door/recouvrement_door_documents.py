from odoo import fields, models

from ...tools import clock
from ...tools.formats import Formats

LANG = "fr_FR"  # as every document of a debtor


class RecouvrementPortalEvent(models.Model):
    """What the record of the page says of each event."""

    _inherit = "recouvrement.portal.event"

    def _record_rows(self):
        """Every event as a row of the record, in French."""
        formats = Formats(LANG)
        told = self.with_context(lang=LANG, tz=clock.PARIS)
        kinds = dict(told._fields["kind"]._description_selection(told.env))
        return [
            {
                "date": formats.short(clock.day_of(self.env, event.date)),
                "hour": fields.Datetime.context_timestamp(told.with_context(tz=clock.PARIS), event.date).strftime(
                    "%H:%M"
                ),
                "what": kinds[event.kind],
                "amount": formats.money(event.amount, event.currency_id) if event.amount else "",
                "words": " – ".join(filter(None, (event.said_by, event.note))),
                "link": event.access_id.reminder_id.name or "",
                "from": event.address or "",
                "files": [f"{file.name} ({file.evidence_sha256})" for file in event.attachment_ids.sudo()],  # its own
            }
            for event in told.sorted(lambda event: (event.date, event.id))
        ]


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def action_door_record(self):
        """Draft the record of what was done on the page of this debtor: a document, which a file of pieces takes."""
        self.ensure_one()
        self.check_access("write")
        rows = self.portal_event_ids._record_rows()
        document = self.env["recouvrement.document"]._draft(
            "recouvrement_fr.document_door_record",
            "Relevé des actes du débiteur sur son espace",
            self,
            values={"rows": rows},
            date=clock.today(self.env),
        )
        return document._get_records_action()
