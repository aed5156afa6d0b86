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

    def _open_entries(self):
        """What it owes by accounting entries, an opening balance for example: the open items of its own, the oldest due
        first. The entry itself may hold many customers: acts are about its items."""
        if not self:
            return self.env["account.move.line"]
        company = self.company_id.sudo()  # settings, which a collector does not read
        found = self.env["account.move.line"].search(
            [
                ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
                ("company_id", "in", [branch for root in company for branch in root._recouvrement_tree()]),
                ("account_id", "in", [account for root in company for account in root._recouvrement_accounts()]),
                ("parent_state", "=", "posted"),
                ("move_id.move_type", "=", "entry"),
                ("reconciled", "=", False),
                ("amount_residual_currency", ">", 0),
            ]
        )
        return found.sorted(lambda item: (item.date_maturity or item.date, item.id))

    def _overdue_entries(self):
        return self._open_entries().filtered("recouvrement_days_late")

    def _no_invoice_to_choose(self):
        return self.env._("Choose at least one invoice, or opening entry, with something left to pay.")

    def _entries_refused(self):
        """An entry chosen as a whole: it is no invoice."""
        return self.env._(
            "An accounting entry may hold many customers: tick what %s owes of it among the open items of its card.",
            self.display_name,
        )
