from odoo import api, models
from odoo.exceptions import UserError

from ...tools import clock
from ...tools.formats import Formats


class RecouvrementWriteOff(models.Model):
    """The letter to the debtor that the recovery of VAT asks for."""

    _inherit = "recouvrement.write.off"

    @api.depends("document_ids.state", "recover_vat", "state")
    def _compute_document_count(self):
        for record in self:
            record.document_count = len(record.document_ids)
            record.needs_duplicate = (
                record.recover_vat
                and record.state in ("draft", "posted")
                and "frozen" not in record.document_ids.mapped("state")
            )

    def action_duplicate(self):
        """Draft the letter to the debtor with the list of invoices left unpaid, which the recovery of VAT needs."""
        self.ensure_one()
        if not self.debtor_id:
            raise UserError(self.env._("No VAT is recovered of small balances."))
        if not self.recover_vat or self.state not in ("approved", "draft", "posted"):
            raise UserError(self.env._("Once it is approved, with VAT to recover, the debtor receives a duplicate."))
        on = clock.today(self.env)
        document = self.env["recouvrement.document"]._draft(
            "recouvrement_fr.document_vat_duplicate",
            "Duplicata de factures demeurées impayées",
            self.debtor_id,
            self,
            self._duplicate_values(on),
            date=on,
            addressee_id=self._addressee().id,
        )
        return document._get_records_action()

    def _addressee(self):
        """The liquidator stands for a debtor in liquidation; else the debtor."""
        # sudo: an opened liquidation is published; who writes off may read no proceedings
        insolvency = self.debtor_id.sudo().insolvency_ids.filtered(lambda found: found.state == "open")[:1]
        if insolvency.kind == "liquidation" and insolvency.mandataire_id:
            return insolvency.mandataire_id
        return self.debtor_id._addressee()

    def _duplicate_values(self, on):
        formats, currency = Formats("fr_FR"), self.currency_id
        mention = self.env["recouvrement.mention"]._in_force("vat_duplicate", on)
        # sudo: figures of the ledger
        lines = self.line_ids.sudo().filtered("vat").sorted(lambda line: (line.move_id.invoice_date, line.id))
        if not lines:
            raise UserError(self.env._("No VAT already due is left on these invoices: there is nothing to recover."))

        def money(amount):
            return formats.money(amount, currency)

        rows = [
            {
                "number": line.move_id.name,
                "date": formats.short(line.move_id.invoice_date),
                "total": formats.money(line.move_id.amount_total, line.move_id.currency_id),
                "net": money(line.company_amount - line.vat - line.vat_not_due),
                "vat": money(line.vat),
                "left": money(line.company_amount - line.vat_not_due),
                "mention": mention._fill(
                    net=money(line.company_amount - line.vat - line.vat_not_due), vat=money(line.vat)
                ),
            }
            for line in lines
        ]
        return {
            "rows": rows,
            "net": money(sum(line.company_amount - line.vat - line.vat_not_due for line in lines)),
            "vat": money(sum(lines.mapped("vat"))),
            "total": money(sum(line.company_amount - line.vat_not_due for line in lines)),
            "article": mention.article,
        }

    def action_open_documents(self):
        self.ensure_one()
        return self.document_ids._get_records_action(
            name=self.env._("Documents"), domain=[("res_model", "=", self._name), ("res_id", "=", self.id)]
        )
