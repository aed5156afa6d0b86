from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from ...tools.readers import SETTINGS_READERS

# Each account of bad debts: the setting that chooses it, then the codes of the French chart, the closest first.
ACCOUNTS = {
    "doubtful": ("recouvrement_doubtful_account_id", ("416",)),
    "loss": ("recouvrement_loss_account_id", ("6541", "654")),
    "loss_prior": ("recouvrement_loss_prior_account_id", ("6544", "654")),
    "impairment": ("recouvrement_impairment_account_id", ("491",)),
    "allowance": ("recouvrement_allowance_account_id", ("68174", "6817")),
    "release": ("recouvrement_release_account_id", ("78174", "7817")),
    "small_loss": ("recouvrement_small_loss_account_id", ("658",)),
    "small_gain": ("recouvrement_small_gain_account_id", ("758",)),
    "legal_fees": ("recouvrement_legal_fee_account_id", ("6226", "622")),
    "legal_costs": ("recouvrement_legal_cost_account_id", ("6227", "622")),
    "recovered": ("recouvrement_recovered_account_id", ("7583", "7714", "758")),
}
EXPENSE = [("account_type", "in", ("expense", "expense_depreciation"))]
INCOME = [("account_type", "in", ("income", "income_other"))]
CHECK = "To be verified with your accountant."


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_bad_debt_journal_id = fields.Many2one(
        "account.journal",
        "Journal of bad debts",
        domain=[("type", "=", "general")],
        help="Where the drafts are made; empty: the first journal of miscellaneous operations.",
        groups=SETTINGS_READERS,
    )
    recouvrement_doubtful_account_id = fields.Many2one(
        "account.account",
        "Doubtful receivables",
        domain=[("reconcile", "=", True), ("account_type", "!=", "asset_receivable")],
        help="Empty: 416, clients douteux ou litigieux.",
        groups=SETTINGS_READERS,
    )
    recouvrement_loss_account_id = fields.Many2one(
        "account.account",
        "Losses, this fiscal year",
        domain=EXPENSE,
        help="Empty: 6541, else 654. " + CHECK,
        groups=SETTINGS_READERS,
    )
    recouvrement_loss_prior_account_id = fields.Many2one(
        "account.account",
        "Losses, earlier years",
        domain=EXPENSE,
        help="Empty: 6544, else 654. " + CHECK,
        groups=SETTINGS_READERS,
    )
    recouvrement_impairment_account_id = fields.Many2one(
        "account.account",
        "Impairment of receivables",
        help="Empty: 491, dépréciations des comptes de clients.",
        groups=SETTINGS_READERS,
    )
    recouvrement_allowance_account_id = fields.Many2one(
        "account.account",
        "Allowances",
        domain=EXPENSE,
        help="Empty: 68174, dotations aux dépréciations des créances.",
        groups=SETTINGS_READERS,
    )
    recouvrement_release_account_id = fields.Many2one(
        "account.account",
        "Reversals of allowances",
        domain=INCOME,
        help="Empty: 78174, reprises sur dépréciations.",
        groups=SETTINGS_READERS,
    )
    recouvrement_small_loss_account_id = fields.Many2one(
        "account.account",
        "Small balances lost",
        domain=EXPENSE,
        help="Empty: 658. " + CHECK,
        groups=SETTINGS_READERS,
    )
    recouvrement_small_gain_account_id = fields.Many2one(
        "account.account",
        "Small balances gained",
        domain=INCOME,
        help="Empty: 758. " + CHECK,
        groups=SETTINGS_READERS,
    )
    recouvrement_recovered_account_id = fields.Many2one(
        "account.account",
        "Recovered after a loss",
        domain=INCOME,
        help="Payments of debts already written off. Empty: 7583, else 7714 of older charts. " + CHECK,
        groups=SETTINGS_READERS,
    )
    recouvrement_legal_fee_account_id = fields.Many2one(
        "account.account",
        "Lawyers and agencies",
        domain=EXPENSE,
        help="Bills of a case. Empty: 6226. " + CHECK,
        groups=SETTINGS_READERS,
    )
    recouvrement_legal_cost_account_id = fields.Many2one(
        "account.account",
        "Court and bailiff costs",
        domain=EXPENSE,
        help="Bills of a case. Empty: 6227. " + CHECK,
        groups=SETTINGS_READERS,
    )
    recouvrement_bad_debt_vat_account_id = fields.Many2one(
        "account.account",
        "VAT to recover",
        help="Debited with the VAT of a definitive loss; empty: the account on which each invoice booked it (44571).",
        groups=SETTINGS_READERS,
    )
    recouvrement_bad_debt_vat_tag_ids = fields.Many2many(
        "account.account.tag",
        "recouvrement_company_vat_tag_rel",
        string="Tax grids of the VAT to recover",
        domain=[("applicability", "=", "taxes")],
        help="Put on the line of the VAT to recover, for your VAT return. Empty: none. " + CHECK,
        groups=SETTINGS_READERS,
    )
    recouvrement_write_off_own_limit = fields.Monetary(
        "Own proposals approved up to",
        help="A manager approves a write-off he proposed himself up to this total, in company currency; above it "
        "another manager decides. Zero: never his own.",
        groups=SETTINGS_READERS,
    )
    recouvrement_small_balance = fields.Monetary(
        "Small balance up to",
        default=5,
        help="Debts and credits of at most this amount, taxes included.",
        groups=SETTINGS_READERS,
    )
    recouvrement_small_balance_days = fields.Integer(
        "Small balance older than (days)", default=90, groups=SETTINGS_READERS
    )

    @api.constrains("recouvrement_write_off_own_limit", "recouvrement_small_balance", "recouvrement_small_balance_days")
    def _check_recouvrement_bad_debts(self):
        for company in self:
            limits = (
                company.recouvrement_write_off_own_limit,
                company.recouvrement_small_balance,
                company.recouvrement_small_balance_days,
            )
            if min(limits) < 0:
                raise ValidationError(self.env._("The limits of bad debts are zero or more."))

    def _recouvrement_bad_debt_account(self, purpose):
        """The account of this company for a purpose of ``ACCOUNTS``: the setting, else that of the French chart."""
        self.ensure_one()
        field, prefixes = ACCOUNTS[purpose]
        root = self.root_id.sudo()  # a setting, and the chart
        found = root[field] or self._recouvrement_account_by_code(prefixes)
        if not found:
            raise UserError(
                self.env._(
                    "No account “%(name)s” (%(codes)s) in the chart of %(company)s: create it, or choose one in the "
                    "settings of Collection, Bad debts.",
                    name=root._fields[field]._description_string(self.env),
                    codes=", ".join(prefixes),
                    company=self.name,
                )
            )
        if purpose == "doubtful" and not found.reconcile:
            raise UserError(
                self.env._("Allow the reconciliation of %s: what is paid is set against it.", found.display_name)
            )
        return found

    def _recouvrement_account_by_code(self, prefixes):
        accounts = self.env["account.account"].sudo().with_company(self.root_id)  # the chart is configuration
        codes = Domain.OR([("code", "=like", f"{code}%")] for code in prefixes)
        known = accounts.search(Domain("company_ids", "parent_of", self.ids) & codes)
        for code in prefixes:
            for account in known.sorted("code"):
                if (account.code or "").startswith(code):
                    return account
        return accounts

    def _recouvrement_doubtful_accounts(self):
        """The ids of the accounts where doubtful receivables stand: the setting's and every 416."""
        self.ensure_one()
        root = self.root_id.sudo()  # as above
        return list({*self.root_id._recouvrement_416(), *root.recouvrement_doubtful_account_id.ids})

    @ormcache("self.id")
    def _recouvrement_416(self):
        # Asked by each card: forgotten with every account made, changed or deleted, as those that are collected.
        root = self.sudo().with_context(active_test=True)  # the chart is configuration
        accounts = (
            root.env["account.account"]
            .with_company(root)
            .search([("code", "=like", "416%"), ("company_ids", "in", root._recouvrement_tree())])
        )
        return tuple(accounts.ids)

    def _recouvrement_bad_debt_journal(self):
        self.ensure_one()
        # sudo: a setting of the root, for who works in a branch alone
        journal = self.root_id.sudo().recouvrement_bad_debt_journal_id
        if not journal or self not in journal.company_id | self.search([("id", "child_of", journal.company_id.id)]):
            journal = journal.env["account.journal"].search(
                [("type", "=", "general"), ("company_id", "parent_of", self.ids)], limit=1
            )
        if not journal:
            raise UserError(self.env._("%s has no journal of miscellaneous operations.", self.name))
        return journal
