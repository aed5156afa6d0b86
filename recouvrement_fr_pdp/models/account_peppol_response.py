from odoo import api, models

from odoo.addons.recouvrement_fr.tools import cdar

from ..rows import LIFE_CYCLE, status_of


class AccountPeppolResponse(models.Model):
    _inherit = "account.peppol.response"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        if not self.env.context.get("recouvrement_reads_xml"):
            rows._take_in_rows()
        return rows

    def _take_in_rows(self):
        """What these rows say of our invoices moves their collection; what we sent ourselves is not taken in."""
        mine = self.filtered(
            lambda row: (
                row.pdp_flow_number == LIFE_CYCLE
                and row.peppol_state == "done"
                and row.move_id.is_sale_document(include_receipts=True)
            )
        )
        events = self.env["recouvrement.einvoice.event"].sudo()  # whoever the platform speaks through
        for company, rows in mine.grouped(lambda row: row.move_id.company_id).items():
            statuses = [status_of(row._told(), row.move_id.name) for row in rows]
            events._take_in([(cdar.write(status), status) for status in statuses if status], company)

    def _told(self):
        names = (
            *("peppol_message_uuid", "response_code", "pdp_flow_number", "pdp_status_info", "pdp_payment_info"),
            "pdp_issue_date",
        )
        told = {name: self[name] for name in names}
        moment = told["pdp_issue_date"]
        # Stored in UTC; a message writes the hour of Paris.
        return {**told, "pdp_issue_date": moment and self.env["recouvrement.einvoice.event"]._local(moment)}
