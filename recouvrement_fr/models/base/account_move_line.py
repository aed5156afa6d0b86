from odoo import fields, models
from odoo.tools import SQL

from ...tools.bulk import SoftMany2one, any_of
from ...tools.readers import COLLECTION_READERS


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
