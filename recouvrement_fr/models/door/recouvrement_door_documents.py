from odoo import SUPERUSER_ID, api, fields, models

from ...tools import clock
from ...tools.formats import Formats
from .recouvrement_door import PAGE

LANG = "fr_FR"  # as every document of a debtor


class RecouvrementDoor(models.AbstractModel):
    """What the page gives in writing: the receipt of what was paid there."""

    _inherit = "recouvrement.door"

    @api.model
    def _receipts(self, debtor):
        """What was paid here: a receipt is made of each when it is asked for."""
        # sudo: the debtor's own payments, by its card.
        events = self.env["recouvrement.portal.event"].sudo()
        paid = events.search([("debtor_id", "=", debtor.id), ("kind", "=", "payment")], limit=PAGE)
        return [
            {"id": one.id, "date": self._day(one.day), "amount": self._money(one.amount, one.currency_id)}
            for one in paid
        ]

    @api.model
    def _receipt(self, debtor, event_id, on):
        """The receipt (quittance) of a payment made on the page, printed once; nothing for another debtor's, nor while
        nothing may leave."""
        # sudo: the debtor's own payments, by its card.
        events = self.env["recouvrement.portal.event"].sudo()
        event = events.search([("id", "=", event_id), ("debtor_id", "=", debtor.id), ("kind", "=", "payment")])
        if not event:
            return self.env["ir.attachment"]
        documents = self.env["recouvrement.document"].with_user(SUPERUSER_ID).sudo()  # made by the machine
        known = documents.search(
            [("res_model", "=", event._name), ("res_id", "=", event.id), ("state", "=", "frozen")], limit=1
        )
        if not known and self.env["recouvrement.exit"]._closed(debtor.company_id, on):
            return self.env["ir.attachment"]  # nothing is handed over now; it may be asked for again
        if not known:
            known = documents._draft(
                "recouvrement_fr.document_receipt",
                "Quittance",
                debtor.with_env(documents.env),
                event,
                event._receipt_values(),
                date=on,
            )
            known.action_freeze()
        return known.attachment_id.with_env(self.env(su=True))  # read at the door alone


class RecouvrementPortalEvent(models.Model):
    _inherit = "recouvrement.portal.event"

    def _receipt_values(self):
        """What the receipt prints, ready to be shown."""
        self.ensure_one()
        formats = Formats(LANG)
        payment = self.env["account.payment"].sudo().browse(self.res_id)  # the debtor's own
        moves = payment.reconciled_invoice_ids
        return {
            "amount": formats.money(self.amount, self.currency_id),
            "day": formats.long(self.day),
            "reference": payment.name or payment.memo or "",
            "numbers": ", ".join(moves.mapped("name")),
            "settled": not any(moves.mapped("amount_residual")),
        }

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
