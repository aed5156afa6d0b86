from odoo import api, fields, models


class RecouvrementWriteOffLine(models.Model):
    """What is given up of one invoice and partner: the figures proposed, in its currency and the company's."""

    _name = "recouvrement.write.off.line"
    _description = "Line of a Write-off"
    _order = "date_due, id"

    write_off_id = fields.Many2one("recouvrement.write.off", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="write_off_id.company_id", store=True, index=True)
    move_id = fields.Many2one("account.move", "Invoice", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Debtor", required=True, index=True, ondelete="restrict")
    date_due = fields.Date(related="move_id.invoice_date_due", string="Due date", store=True)
    currency_id = fields.Many2one("res.currency", required=True)
    company_currency_id = fields.Many2one(related="write_off_id.currency_id", string="Company currency")
    amount = fields.Monetary("Given up", help="Taxes included, in the invoice's currency; negative: a credit.")
    company_amount = fields.Monetary("In company currency", currency_field="company_currency_id")
    vat = fields.Monetary(
        "VAT already due", currency_field="company_currency_id", help="Recovered when the loss is definitive."
    )
    vat_not_due = fields.Monetary(
        "VAT not due", currency_field="company_currency_id", help="Of services taxed on payment."
    )
    net = fields.Monetary("Without VAT", compute="_compute_net", currency_field="company_currency_id")
    is_doubtful = fields.Boolean("Doubtful", help="It stands in doubtful receivables (416).")
    reason = fields.Selection(related="write_off_id.reason", store=True)
    state = fields.Selection(related="write_off_id.state", store=True)
    entry_date = fields.Date(related="write_off_id.entry_date", store=True)

    @api.depends("company_amount", "vat", "vat_not_due")
    def _compute_net(self):
        for line in self:
            line.net = line.company_amount - line.vat - line.vat_not_due

    def _is_left(self):
        """Whether something of the invoice is still owed beside what was given up."""
        items = self.env["recouvrement.write.off"]._open_items(self.move_id.company_id, self.move_id)[self.move_id]
        return bool(items)
