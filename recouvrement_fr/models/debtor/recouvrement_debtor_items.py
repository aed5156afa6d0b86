from odoo import api, fields, models

from ...ledger import open_items


class RecouvrementDebtor(models.Model):
    """The open items shown on the card, and which of them something may be agreed about."""

    _inherit = "recouvrement.debtor"
    _open_items_shown = 60  # the list that the card opens holds all of them, in pages

    open_item_ids = fields.Many2many(
        "account.move.line",
        string="Open items",
        compute="_compute_open_items",
        help="The oldest due first: instalments of invoices, opening entries and credits.",
    )
    open_items_left = fields.Integer("More open items", compute="_compute_open_items", help="Beyond those shown here.")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_open_items(self):
        """Read when a card is opened; lists never ask for it."""
        for debtor in self:
            where = open_items.scope(debtor.company_id.sudo())  # its settings; the items are read as the user
            ids, count = open_items.first(self.env, where, debtor.partner_id.id, self._open_items_shown)
            debtor.open_item_ids = self.env["account.move.line"].browse(ids)._filtered_access("read")
            debtor.open_items_left = count - len(ids)

    def _owes_entries(self):
        """Whether something is owed by an accounting entry, an opening balance for example."""
        found = (
            self.env["account.move.line"]
            .sudo()
            .search_count(  # whether, no more
                [
                    ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                    ("company_id", "in", self.company_id._recouvrement_tree()),
                    ("account_id", "in", self.company_id._recouvrement_accounts()),
                    ("parent_state", "=", "posted"),
                    ("move_id.move_type", "=", "entry"),
                    ("reconciled", "=", False),
                    ("amount_currency", ">", 0),
                ],
                limit=1,
            )
        )
        return bool(found)

    def _no_invoice_to_choose(self):
        """Why nothing may be promised: no invoice is open, perhaps because its debt is an opening balance."""
        if self._owes_entries():
            return self._entries_refused()
        return self.env._("Choose at least one invoice with something left to pay.")

    def _entries_refused(self):
        return self.env._(
            "What %s owes by an accounting entry, an opening balance for example, is neither promised nor put in a "
            "plan: that entry may hold many customers. Pause him up to the day he said, with the reason, or enter his "
            "old invoices one by one.",
            self.display_name,
        )
