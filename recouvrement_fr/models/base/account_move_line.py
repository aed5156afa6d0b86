from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import clock
from ...tools.bulk import SoftMany2one, any_of
from ...tools.readers import COLLECTION_READERS
from .recouvrement_installation import first_installation


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # No foreign key, whose check would read every journal item at installation: an invoice with items about it is
    # reconciled or posted, which core refuses to delete.
    recouvrement_invoice_id = SoftMany2one(
        "account.move",
        "Invoice it is about",
        index="btree_not_null",
        copy=False,
        readonly=True,
        help="The invoice that this item moves to doubtful receivables, brings back, or writes off.",
    )

    recouvrement_level_id = fields.Many2one(
        related="move_id.dunning_level_id", string="Level reached", related_sudo=False, groups=COLLECTION_READERS
    )
    recouvrement_state = fields.Selection(
        related="move_id.dunning_state", string="Collection state", related_sudo=False, groups=COLLECTION_READERS
    )

    recouvrement_order = fields.Char("Customer order", compute="_compute_recouvrement_order", groups=COLLECTION_READERS)
    recouvrement_days_late = fields.Integer(
        "Days late", compute="_compute_recouvrement_days_late", groups=COLLECTION_READERS
    )

    def init(self):
        """Core asks again for an index that is there, which all the same keeps writers away until the end."""
        if not first_installation(self):
            super().init()

    @api.depends("move_id.invoice_origin")
    def _compute_recouvrement_order(self):
        for item in self:
            item.recouvrement_order = item.move_id.invoice_origin

    @api.depends("date_maturity", "date", "amount_residual")
    def _compute_recouvrement_days_late(self):
        today = clock.today(self.env)
        for item in self:
            due = item.date_maturity or item.date
            item.recouvrement_days_late = max((today - due).days, 0) if due and item.amount_residual > 0 else 0

    def action_recouvrement_pdf(self):
        """The paper of the invoice that this item is of."""
        self.ensure_one()
        self.move_id._check_is_collector()
        if not self.move_id.is_sale_document(include_receipts=True):
            raise UserError(self.env._("This item is of no invoice: it has no paper to open."))
        return self.move_id.action_invoice_download_pdf()

    # --- what was matched ---------------------------------------------------------------------------------------------

    def reconcile(self):
        result = super().reconcile()
        self._tell_matched()
        return result

    def _tell_matched(self):
        """Tell the rooms that look at what these items were matched with: asked first, in one statement for all, as
        almost none of the items that accountants match concerns any."""
        asked = self._asked_when_matched() if self else {}
        if asked:
            [row] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(asked.values())))
            found = {name for name, is_there in zip(asked, row, strict=True) if is_there}
            if found:
                self._when_matched(found)

    def _asked_when_matched(self):
        """{name: condition in SQL, on its own} of what a room has to look at once these items are matched. Extend it,
        and :meth:`_when_matched`; what waits to be written of what the condition reads is written first."""
        return {}

    def _when_matched(self, found):
        """These items were just matched; ``found``: the names of the conditions that are true."""

    def _residual_on(self, on):
        """What was left of these receivable items at the end of a day, in their currency: later payments and credits
        are not deducted yet."""
        [(settled,)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(r.debit_amount_currency), 0)
                  FROM account_partial_reconcile r
                  JOIN account_move_line c ON c.id = r.credit_move_id
                 WHERE r.debit_move_id = %s AND c.date <= %s
                """,
                any_of(self.ids),
                on,
            )
        )
        return self.currency_id.round(sum(self.mapped("amount_currency")) - float(settled))
