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
        lambda self: self.env["account.move"]._fields["dunning_state"]._description_selection(self.env),
        "Collection state",
        compute="_compute_recouvrement_state",
        groups=COLLECTION_READERS,
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

    @api.depends("move_id.dunning_state")
    def _compute_recouvrement_state(self):
        for item in self:
            item.recouvrement_state = item.move_id.dunning_state

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

    # --- what is written ----------------------------------------------------------------------------------------------

    def write(self, vals):
        """Of the fields that are written core has those that it tracks described. Where it tracks none it asks for no
        field, is told of all of them, which takes longer than the writing itself, and looks at nothing of it."""
        tracked = any(getattr(self._fields.get(name), "tracking", None) for name in vals)
        items = self if tracked else self.with_context(recouvrement_tracks_nothing=True)
        return super(AccountMoveLine, items).write(vals)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        if allfields == [] and attributes is None and self.env.context.get("recouvrement_tracks_nothing"):
            return {}
        return super().fields_get(allfields, attributes)

    # --- what was matched ---------------------------------------------------------------------------------------------

    def reconcile(self):
        found = self._ask_before_matching()
        result = super().reconcile()
        if found:
            self._when_matched(found, clock.today(self.env))
        return result

    def _ask_before_matching(self):
        """The names of what rooms have to look at once these items are matched: asked in one statement for all, as
        almost none of the items that accountants match concerns any of them."""
        return self._ask_once(self._asked_when_matched()) if self.move_id else set()

    def _ask_once(self, asked=()):
        """The names of those of these {name: condition in SQL} that are true; and of the lists of these invoices, which
        are empty: all in one statement."""
        moves, asked = self.move_id, dict(asked)
        lists = [moves._fields[name] for name in self._lists_of_matched()]
        conditions = [*asked.values(), *(self._about_these(field.comodel_name, field.inverse_name) for field in lists)]
        [row] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(conditions)))
        answers = dict(zip((*asked, *lists), row, strict=True))
        for field in lists:
            if not answers[field]:  # as if it had just been read: what is made later is added to it as to any
                field._insert_cache(moves, [()] * len(moves))
        return {name for name in asked if answers[name]}

    def _about_these(self, model, column):
        """Whether a record of a model is about one of the invoices of these items, in SQL."""
        records, move_ids = self.env[model], any_of(self.move_id.ids)
        records.flush_model([column])
        table = SQL.identifier(records._table)
        return SQL("EXISTS (SELECT 1 FROM %s WHERE %s = %s)", table, SQL.identifier(column), move_ids)

    def _asked_when_matched(self):
        """{name: condition in SQL, on its own} of what a room has to look at once these items are matched, and that
        matching them does not bring about. Extend it, and :meth:`_when_matched`; what waits to be written of what the
        condition reads is written first."""
        return {}

    def _lists_of_matched(self):
        """The names of the lists of an invoice whose lines keep something of its state: the ORM looks for them at each
        step of a matching, unless it knows that they are empty."""
        return []

    def _when_matched(self, found, on):
        """These items were just matched, that day; ``found``: the names of the conditions that were true."""

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
