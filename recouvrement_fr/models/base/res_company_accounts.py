"""Which companies are collected together, and on which accounts."""

from odoo import fields, models
from odoo.tools import SQL, ormcache

from ...tools.readers import SETTINGS_READERS

RECEIVABLE = "property_account_receivable_id"  # of a partner: the account it owes on
ACCOUNTS_CHOSEN = {
    "recouvrement_account_ids",
    "recouvrement_bill_account_ids",
    "account_default_pos_receivable_account_id",
    "parent_id",
}
BILLS = "413"  # bills of exchange to receive
LEFT_OUT_ACCOUNTS = ("4117", BILLS)  # holdbacks (retenues de garantie) and bills of exchange are not due as invoices


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_account_ids = fields.Many2many(
        "account.account",
        "recouvrement_company_account_rel",
        string="Receivable accounts collected",
        domain=[("account_type", "=", "asset_receivable")],
        help="Empty: every trade receivable account but holdbacks (4117) and bills (413).",
        groups=SETTINGS_READERS,
    )
    recouvrement_bill_account_ids = fields.Many2many(
        "account.account",
        "recouvrement_company_bill_account_rel",
        string="Bills and assigned receivables",
        help="Counted in the days of the dashboard (DSO, CEI), collected by nobody: where bills of exchange to receive "
        "stand, and receivables assigned to a bank or a factor. What was paid for before its due date counts until "
        "that day: give these entries theirs. Empty: the accounts 413.",
        groups=SETTINGS_READERS,
    )

    def write(self, vals):
        result = super().write(vals)
        if ACCOUNTS_CHOSEN & vals.keys():
            self.env.registry.clear_cache()  # after: core, and what follows a write, may have just read them
        return result

    def _recouvrement_tree(self):
        """The ids of a root company and its branches: reconciliation, and so collection, works within them."""
        self.ensure_one()
        return list(self._recouvrement_branches())

    @ormcache("self.id")
    def _recouvrement_branches(self):
        # Asked many times by each screen. Core forgets it with every company made or archived; its place in the tree
        # never changes.
        # sudo: who works in one branch, or a customer, reads neither its root nor the others, and what is kept is the
        # same for whoever asked first; only their ids are told
        return tuple(self.sudo().with_context(active_test=True).search([("id", "child_of", self.root_id.id)]).ids)

    def _recouvrement_accounts(self):
        """The ids of the receivable accounts whose open items are collected; what tills are owed until their session is
        banked is owed by no customer."""
        self.ensure_one()
        return list(self.root_id._recouvrement_collected())

    @ormcache("self.id")
    def _recouvrement_collected(self):
        # Asked many times by each screen: forgotten with every account made, changed or deleted (account_account.py),
        # and with the setting.
        # sudo: a setting of the root, for who works in a branch alone
        root = self.sudo().with_context(active_test=True)
        if root.recouvrement_account_ids:
            return tuple(root.recouvrement_account_ids.ids)
        accounts = (
            root.env["account.account"]  # the chart is configuration: read whole, whoever runs the night
            .with_company(root)
            .search(
                [
                    ("account_type", "=", "asset_receivable"),
                    ("non_trade", "=", False),
                    ("company_ids", "in", root._recouvrement_tree()),
                ]
            )
        )
        tills = set(self._recouvrement_tills())
        kept = accounts.filtered(lambda account: not (account.code or "").startswith(LEFT_OUT_ACCOUNTS))
        return tuple(account_id for account_id in kept.ids if account_id not in tills)

    def _recouvrement_bills(self):
        """The ids of the accounts of bills to receive and of receivables assigned, none of which is collected."""
        self.ensure_one()
        return list(self.root_id._recouvrement_assigned())

    @ormcache("self.id")
    def _recouvrement_assigned(self):
        # As those that are collected
        root = self.sudo().with_context(active_test=True)  # sudo: as above
        accounts = root.recouvrement_bill_account_ids or root.env["account.account"].with_company(root).search(
            [("code", "=like", f"{BILLS}%"), ("company_ids", "in", root._recouvrement_tree())]
        )
        collected = set(root._recouvrement_accounts())
        return tuple(account_id for account_id in accounts.ids if account_id not in collected)

    @ormcache("self.id")
    def _recouvrement_tills(self):
        """The ids of the accounts that points of sale pass through, unless customers owe on them too: new ones, or any
        of them. Forgotten as those that are collected."""
        # sudo: the chart is configuration, as above
        members = self.sudo().browse(self.sudo().root_id._recouvrement_tree())
        partners = self.env["res.partner"].sudo()  # of none, the account that a new one has
        tills, receivable = members.account_default_pos_receivable_account_id, partners._fields[RECEIVABLE]
        for member in members:
            tills -= receivable.get_company_dependent_fallback(partners.with_company(member))
        if not tills:
            return ()
        partners.flush_model([RECEIVABLE])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT given.value::int FROM res_partner p, jsonb_each_text(p.%s) given"
                " WHERE p.%s IS NOT NULL AND given.key = ANY(%s) AND given.value = ANY(%s)",
                SQL.identifier(RECEIVABLE),
                SQL.identifier(RECEIVABLE),
                [str(member_id) for member_id in members.ids],
                [str(account_id) for account_id in tills.ids],
            )
        )
        return tuple({*tills.ids} - {account_id for (account_id,) in rows})
