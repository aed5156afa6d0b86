from odoo import api, fields, models

ACTS = [
    ("nothing", "Only noted"),
    ("sent", "Proof that the invoice was sent"),
    ("received", "Proof that the invoice was received"),
    ("approve", "Written proof that the debt is not contested"),
    ("contest", "Open a dispute"),
    ("resume", "End what a suspension had opened"),
    ("wait", "Leave the invoice alone for some days"),
    ("refuse", "Not an invoice in law: hold it until it is issued again"),
    ("cancel", "Cancelled: leave it out, have a credit note made"),
    ("assign", "Assigned to a factor: leave it out"),
    ("assign_named", "Assigned to a factor: remind in letters that name it, once a manager has checked its account"),
    ("take_back", "No longer assigned: remind again"),
    ("account", "Another account to pay: the usual one is shown until a manager has checked it"),
    ("account_wait", "Another account to pay: nothing is claimed until a manager has checked it"),
    ("task", "Call a person"),
]


class RecouvrementEinvoiceStatus(models.Model):
    """A status of the life cycle of electronic invoices, and what it does to collection: data that a manager edits."""

    _name = "recouvrement.einvoice.status"
    _inherit = "recouvrement.shared"
    _description = "Status of an Electronic Invoice"
    _order = "code"

    code = fields.Char(required=True, help="Three digits, as the platforms write them.")
    name = fields.Char(required=True, translate=True)
    act = fields.Selection(ACTS, "What it does", required=True, default="nothing")
    days = fields.Integer(
        help="Days the invoice is left alone after a payment was announced, or days given to a person for the task."
    )
    note = fields.Text(translate=True, help="What one has to know of it.")

    _code_once = models.UniqueIndex("(code)", "This status is described already.")
    _days_positive = models.Constraint("CHECK(days >= 0)", "A number of days is not negative.")
    _code_digits = models.Constraint("CHECK(code ~ '^[0-9]{3}$')", "The code of a status is three digits.")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for status in self:
            status.display_name = f"{status.code} {status.name}" if status.code else status.name
