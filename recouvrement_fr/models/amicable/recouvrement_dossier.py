from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.bulk import any_of


class RecouvrementDossier(models.AbstractModel):
    """Something about some invoices of one debtor that has a number, is moved by its buttons alone, and holds them.

    Its invoices are `move_ids`; what it is about of accounting entries, an opening balance for example, is `item_ids`:
    such an entry may hold many customers.
    """

    _name = "recouvrement.dossier"
    _description = "Numbered Agreement or Dispute"
    _inherit = "recouvrement.numbered"

    item_ids = fields.Many2many(
        "account.move.line",
        string="Opening entries",
        readonly=True,
        copy=False,
        help="Open items of accounting entries that are no invoices, an opening balance for example.",
    )

    def _checked(self, *states):
        """These as superuser, once the rights and the state are checked: collectors act through buttons alone."""
        self.check_access("read")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in states:
                name, state = record.name, labels[record.state]
                raise UserError(
                    self.env._("%(record)s is %(state)s: this cannot be done any more.", record=name, state=state)
                )
        return self.sudo()  # checked just above: evidence is written by methods alone

    @api.model
    def _check_own(self, debtor, moves, items=None):
        """Refuse what is neither posted invoices of this debtor, in the creditor's own companies, nor items of its
        opening entries."""
        if not moves and not items:
            raise UserError(debtor._no_invoice_to_choose())
        if items:
            self._check_items_open(debtor, items)
        if "entry" in moves.mapped("move_type"):
            raise UserError(debtor._entries_refused())
        tree = debtor.company_id._recouvrement_tree()
        strangers = moves.filtered(
            lambda move: move.commercial_partner_id != debtor.partner_id
            or move.company_id.id not in tree
            or not move.is_sale_document()
            or move.state != "posted"
        )
        if strangers:
            raise UserError(
                self.env._("Not posted invoices of this debtor: %s.", ", ".join(strangers.mapped("display_name")))
            )

    @api.model
    def _check_items_open(self, debtor, items):
        """:raises UserError: another debtor's, or nothing is left of one of them"""
        if set(items.ids) - set(debtor.sudo()._open_entries().ids):  # whoever acts: they are compared, not told
            raise UserError(self.env._("Choose open items of %s.", debtor.display_name))

    def _take_back(self):
        """What was about to leave for these invoices is taken back; the next night decides again."""
        reminders, items = self.env["recouvrement.reminder"], self.sudo().item_ids  # its own, whoever acts
        reminders._withdraw(self.move_ids, self._taken_back_words(), self._hold_reason, items)
        self.debtor_id._decide_again_now()

    def _is_frozen(self):
        """Whether any of its debts is frozen by insolvency proceedings."""
        own = self.sudo()  # its own debts, whoever asks
        return bool(self.env["recouvrement.holding"]._frozen_of(own.move_ids, own.item_ids))

    def _left_of_debts(self):
        """What is left today of the invoices and of the opening entries that it is about, in their currency."""
        return sum(self.move_ids.mapped("amount_residual")) + sum(self.item_ids.mapped("amount_residual_currency"))

    def _debt_rows(self, formats):
        """The invoices and opening entries that it is about, ready to be printed, the oldest due first."""
        rows = [
            (move.invoice_date_due, move.id, move.name, move.invoice_date, move.amount_total, move.amount_residual)
            for move in self.move_ids
        ]
        rows += [
            (
                *(item.date_maturity or item.date, item.id, item._number_of_entry(), item.date),
                *(item.amount_currency, item.amount_residual_currency),
            )
            for item in self.item_ids
        ]
        currency = self.currency_id
        return [
            {
                "number": number,
                "date": formats.short(day),
                "due": formats.short(due),
                "total": formats.money(total, currency),
                "left": formats.money(left, currency),
            }
            for due, _id, number, day, total, left in sorted(rows, key=lambda row: row[:2])
        ]

    def _names_told(self):
        """The numbers of what these are about."""
        return [*self.move_ids.mapped("name"), *(item._number_of_entry() for item in self.item_ids)]

    @api.model
    def _item_rows(self, company, moves, condition, column=None):
        """[(journal item id, column)] of the entries that such records are about, in one statement.

        :param moves: ids of entries; None for all
        :param condition: on a record `d`, in SQL
        """
        field = self._fields["item_ids"]
        self.flush_model(["item_ids", "company_id"])
        return self.env.execute_query(
            SQL(
                "SELECT l.id, %s FROM %s rel JOIN %s d ON d.id = rel.%s JOIN account_move_line l ON l.id = rel.%s"
                " WHERE d.company_id = %s AND %s AND %s",
                column or SQL("NULL"),
                SQL.identifier(field.relation),
                SQL.identifier(self._table),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                company.id,
                condition,
                SQL("TRUE") if moves is None else SQL("l.move_id = %s", any_of(moves)),
            )
        )

    def _taken_back_words(self):
        """Why what was about to leave does not, as its reminder keeps it."""
        raise NotImplementedError
