from odoo import fields, models


class RecouvrementInsolvencyClaim(models.Model):
    """What was owed on one instalment at the opening judgment: principal, and accessories to its eve."""

    _name = "recouvrement.insolvency.claim"
    _description = "Claim in Insolvency Proceedings"
    _order = "date_due, id"

    insolvency_id = fields.Many2one("recouvrement.insolvency", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="insolvency_id.company_id", store=True)
    move_id = fields.Many2one("account.move", "Invoice", required=True, index=True, ondelete="restrict")
    date_due = fields.Date("Due date", required=True)
    entry_line_id = fields.Integer(
        required=True, default=0, help="The journal item, for an entry that is not an invoice."
    )
    is_due = fields.Boolean("Due at the judgment", help="The rest is declared as to fall due (C.com L622-25).")
    currency_id = fields.Many2one("res.currency", "Invoice's currency", required=True)
    principal_currency = fields.Monetary("Principal, invoice's currency")
    company_currency_id = fields.Many2one(related="insolvency_id.currency_id")
    principal = fields.Monetary(
        currency_field="company_currency_id", help="At the exchange rate of the judgment's day."
    )
    interest = fields.Monetary(currency_field="company_currency_id", help="To the eve of the judgment (C.com L622-28).")
    indemnity = fields.Monetary(currency_field="company_currency_id", help="On a line of its own: to be discussed.")

    def _debts(self):
        """(invoices, items of opening entries) that these are about: an entry may hold many customers."""
        entries = self.filtered("entry_line_id")
        return (self - entries).move_id, self.env["account.move.line"].browse(entries.mapped("entry_line_id")).exists()

    def _label(self):
        """The invoice's number; for an opening entry, what its journal item says."""
        item = self.env["account.move.line"].sudo().browse(self.entry_line_id)  # his own account
        return item.name or item.ref or self.move_id.name if self.entry_line_id else self.move_id.name
