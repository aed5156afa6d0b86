import logging

from odoo import api, models

from ...tools.pages import DISTURBED

_logger = logging.getLogger(__name__)


class RecouvrementReminder(models.Model):
    """The printed invoices that a reminder takes with it, made by core when they are missing."""

    _inherit = "recouvrement.reminder"

    def _invoices_to_attach(self):
        """{reminder id: the invoices that carry it}, for the levels that attach them."""
        found = {}
        for reminder in self.filtered(lambda reminder: reminder.level_id.attach_invoices):
            carried = reminder.line_ids.filtered(lambda line: line.role == "carried" and not line.cancelled)
            found[reminder.id] = carried.move_id.filtered(
                lambda move: move.is_sale_document() and move.state == "posted"
            )
        return found

    @api.model
    def _missing_documents(self, on):
        """The invoices to attach that were never printed, by reminders about to be written."""
        reminders = self.search(
            [
                *self._leaving_domain(on),
                ("level_id.attach_invoices", "=", True),
                *("|", ("level_id.channel_ids.channel", "=", "email"), ("level_id.kind", "=", "formal_notice")),
            ]
        )
        invoices = self.env["account.move"].union(*reminders._invoices_to_attach().values())
        return invoices.filtered(lambda move: not move.invoice_pdf_report_id).ids

    @api.model
    def _make_documents(self, move_ids):
        """Have core print these invoices, once, together; one that fails is told of when its reminder is written."""
        missing = self.env["account.move"].browse(move_ids).filtered(lambda move: not move.invoice_pdf_report_id)
        for company, invoices in missing.grouped("company_id").items():
            try:
                with self.env.cr.savepoint():
                    send = self.env["account.move.send"].with_company(company)
                    send.with_context(recouvrement_closed_printing=True)._generate_and_send_invoices(
                        invoices, sending_methods=[], allow_raising=False, allow_fallback_pdf=False
                    )
            except DISTURBED:
                raise
            except Exception:
                _logger.exception("Core could not print the invoices %s", invoices.ids)

    def _attached_invoices(self, errors):
        """{reminder id: the stored PDF of each invoice that carries it}, made once by core when there is none."""
        invoices = self._invoices_to_attach()
        self._make_documents(self.env["account.move"].union(*invoices.values()).ids)
        for reminder_id, moves in invoices.items():
            missing = moves.filtered(lambda move: not move.invoice_pdf_report_id)
            if missing:
                errors[reminder_id] = self.env._(
                    "No PDF could be made of %s: print it once from the invoice, then retry.",
                    ", ".join(missing.mapped("name")),
                )
        return {reminder_id: moves.invoice_pdf_report_id for reminder_id, moves in invoices.items()}
