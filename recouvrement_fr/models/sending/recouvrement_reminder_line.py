from odoo import api, fields, models

from ...tools import bulk

FIGURES = ("amount_total", "amount_residual", "days_overdue", "interest", "indemnity", "cancelled")


class RecouvrementReminderLine(models.Model):
    """An instalment on a reminder; its figures are frozen when the reminder leaves.

    An instalment is an invoice and a due date, never a journal item: Odoo recreates those of an edited invoice.
    """

    _name = "recouvrement.reminder.line"
    _description = "Reminder Line"
    _order = "date_due, id"
    _log_access = False  # tens of thousands a night

    # Inserted with its reminder, which is never deleted; the invoice is found by `_once_per_level`.
    reminder_id = bulk.SoftMany2one("recouvrement.reminder", required=True, index=True)
    move_id = fields.Many2one("account.move", "Invoice", required=True, ondelete="restrict")
    date_due = fields.Date("Due date", required=True)
    entry_line_id = fields.Integer(
        required=True, default=0, help="The journal item, for an entry that is not an invoice; else 0."
    )
    level_id = bulk.SoftMany2one("recouvrement.level", required=True)  # the reminder's own level, kept by its key
    role = fields.Selection(
        [("carried", "Carries the level"), ("listed", "Listed")],
        required=True,
        help="A carried instalment climbs to the level; a listed one is only shown to the debtor.",
    )
    cycle = fields.Integer(required=True, default=1, help="Restarts when a payment is returned.")
    settled = fields.Boolean(help="The instalment was paid since; if it is ever open again, a new cycle starts.")
    cancelled = fields.Boolean()
    currency_id = bulk.SoftMany2one("res.currency", required=True)  # the invoice's, kept by its key
    amount_total = fields.Monetary("Amount", help="What the instalment asked at first.")
    amount_residual = fields.Monetary("Still due", help="Net of credits, when the reminder left.")
    days_overdue = fields.Integer()
    interest = fields.Monetary("Late interest")
    company_currency_id = fields.Many2one(related="reminder_id.currency_id", string="Company currency")
    indemnity = fields.Monetary(
        "Recovery indemnity", currency_field="company_currency_id", help="Fixed, once per late invoice (C.com D441-5)."
    )

    _once_per_level = models.UniqueIndex(  # not the journal item: it may be recreated; not the partner: partners merge
        # One index for what is carried and for every line of an invoice: of the others the last column is NULL.
        "(move_id, date_due, entry_line_id, level_id,"
        " (CASE WHEN role = 'carried' AND cancelled IS NOT TRUE THEN cycle END))",
        "This instalment has already carried this level.",
    )

    @api.model
    def _freeze(self, rows):
        """Write the figures of many lines: (line, amount, still due, days, interest, indemnity, cancelled)."""
        bulk.update(self, FIGURES, rows)

    def _debts(self):
        """(invoices, items of opening entries) that these lines are about: an entry may hold many customers."""
        entries = self.filtered("entry_line_id")
        return (self - entries).move_id, self.env["account.move.line"].browse(entries.mapped("entry_line_id")).exists()

    def _number_told(self):
        """How the debtor knows what this line, or none, is about: of an opening entry, the old invoice."""
        item = self.env["account.move.line"].browse(self.entry_line_id or ()).exists()
        return item._number_of_entry() if item else self.move_id.name

    def _about(self, moves, items):
        """Those in force that are about these invoices, or these items of opening entries."""
        ids = set(items.ids)
        return self.filtered(
            lambda line: not line.cancelled
            and (line.entry_line_id in ids if line.entry_line_id else line.move_id in moves)
        )

    def _in_company_currency(self, amount, on):
        """An amount of the line in its reminder's currency, at that day's rate."""
        self.ensure_one()
        company = self.reminder_id.company_id
        return self.currency_id._convert(amount, company.currency_id, company, on)

    def _says_accrued(self, accrued):
        """Whether the figures written down are those of this Accrued."""
        return not (
            self.currency_id.compare_amounts(self.interest, float(accrued.interest))
            or self.company_currency_id.compare_amounts(self.indemnity, float(accrued.indemnity))
        )
