from odoo import models
from odoo.tools import format_datetime

from ...tools import clock
from .recouvrement_case_piece import LANG


class RecouvrementCase(models.Model):
    """What the platforms said of the invoices of a case, as a piece: sent, received, approved, contested, and when."""

    _inherit = "recouvrement.case"

    def _found_promises(self):
        return [*super()._found_promises(), *self._found_einvoices()]

    def _found_einvoices(self):
        """One transcript per invoice, with the identifier and the SHA-256 of each message."""
        events = self.env["recouvrement.einvoice.event"].search(
            [("move_id", "in", self.move_ids.ids)], order="issued_at, id"
        )
        found = []
        for move, mine in events.with_context(lang=LANG).grouped("move_id").items():
            lines = [f"Cycle de vie de la facture électronique {move.name}", ""]
            for event in mine:
                moment = format_datetime(self.env, event.issued_at, tz="Europe/Paris", dt_format="dd/MM/yyyy HH:mm")
                said_by = f", par {event.sender_name}" if event.sender_name else ""
                lines.append(f"{moment} : {event.display_name}{said_by}")
                lines += [f"    {line}" for line in (event.details or "").splitlines()]
                lines.append(f"    Message {event.message_key}, SHA-256 {event.sha256}")
            last = clock.day_of(self.env, mine[-1].issued_at)
            title = f"Cycle de vie de la facture électronique {move.name}"
            found.append(self._of_text(f"einvoice,{move.id}", "correspondence", title, last, lines))
        return found
