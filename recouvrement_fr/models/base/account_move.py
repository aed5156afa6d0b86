from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...tools import clock
from ...tools.readers import COLLECTION_READERS

OPEN = [("state", "=", "posted"), ("move_type", "in", ("out_invoice", "out_receipt"))]


class AccountMove(models.Model):
    _inherit = "account.move"

    days_overdue = fields.Integer(
        "Days overdue", compute="_compute_days_overdue", search="_search_days_overdue", groups=COLLECTION_READERS
    )

    def _check_is_collector(self):
        """A debtor reads his own invoices on the portal: what was done about them is for collectors."""
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):
            raise AccessError(self.env._("Only collectors can do this."))
        self.check_access("read")

    @api.depends("invoice_date_due", "payment_state", "state")
    def _compute_days_overdue(self):
        today = clock.today(self.env)
        late = self.filtered(
            lambda move: move.state == "posted"
            and move.is_sale_document()
            and move.payment_state in ("not_paid", "partial")
        )
        dues = late._first_open_dues()
        for move in self:
            due = move in late and dues.get(move._origin.id, move.invoice_date_due)
            move.days_overdue = max((today - due).days, 0) if due else 0

    def _first_open_dues(self):
        """{move id: the due date of its oldest open instalment}; three columns of the journal items are read."""
        dues = {}
        for item in self.env["account.move.line"].search_fetch(
            [
                ("move_id", "in", self._origin.ids),
                ("account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
            ],
            ["move_id", "date_maturity", "date"],
        ):
            due = item.date_maturity or item.date
            dues[item.move_id.id] = min(due, dues.get(item.move_id.id, due))
        return dues

    @api.model
    def _search_days_overdue(self, operator, value):
        self._check_field_access(self._fields["days_overdue"], "read")  # the ORM asks it of columns alone
        if operator not in ("<", "<=", ">", ">=", "=") or not isinstance(value, int):
            return NotImplemented
        day = fields.Date.subtract(clock.today(self.env), days=value)
        turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}[operator]
        return (
            Domain(OPEN)
            & Domain("payment_state", "in", ("not_paid", "partial"))
            & Domain("invoice_date_due", turned, day)
        )
