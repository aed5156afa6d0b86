from odoo import api, fields, models

from ...ledger import open_items


class ReadOnce:
    """The open items of one card while it is shown: its ages, its exposure and what comes next are worked out from one
    reading. Made by the call that reads the card, which writes nothing, and gone with it."""

    def __init__(self):
        self.known = {}

    def items(self, env, company, partner_ids):
        key = company.id, tuple(partner_ids)
        if key not in self.known:
            self.known[key] = open_items.read(env, open_items.scope(company), partner_ids)
        return self.known[key]


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

    def _read_once(self):
        """These cards, whose account is read once by all that this call shows of it."""
        return self.with_context(recouvrement_read=ReadOnce())

    def _open_now(self, company):
        """{commercial partner id: [OpenItem]} of these debtors, over the tree of a root company."""
        once = self._reads_once() or ReadOnce()
        return once.items(self.env, company, self.partner_id.ids)

    @api.model
    def _reads_once(self):
        """What has been read for the card that this call shows, if it shows one."""
        read = self.env.context.get("recouvrement_read")
        return read if isinstance(read, ReadOnce) else None  # whoever calls from outside may send any context

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
