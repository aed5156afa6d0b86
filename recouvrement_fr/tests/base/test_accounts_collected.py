from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestAccountsCollected(RecouvrementCommon):
    """The accounts collected are remembered from call to call, and any change of them is known at once."""

    def accounts(self):
        return set(self.company._recouvrement_accounts())

    def account(self, **values):
        return self.env["account.account"].create(
            {"name": "Clients export", "code": "411900", "account_type": "asset_receivable", **values}
        )

    def test_they_are_asked_once(self):
        self.accounts()
        before = self.env.cr.sql_log_count
        self.accounts()
        self.assertEqual(self.env.cr.sql_log_count, before)

    def test_an_account_made_changed_archived_or_deleted_is_known_at_once(self):
        before = self.accounts()
        account = self.account()
        self.assertEqual(self.accounts(), before | {account.id})
        for values in ({"code": "411799"}, {"non_trade": True}, {"account_type": "asset_current"}, {"active": False}):
            known = {name: account[name] for name in values}
            account.write(values)
            self.assertEqual(self.accounts(), before, values)
            account.write(known)
            self.assertEqual(self.accounts(), before | {account.id}, values)
        account.unlink()
        self.assertEqual(self.accounts(), before)

    def test_the_setting_is_known_at_once(self):
        before, account = self.accounts(), self.account()
        self.company.recouvrement_account_ids = [Command.set(account.ids)]
        self.assertEqual(self.accounts(), set(account.ids))
        self.company.recouvrement_account_ids = [Command.clear()]
        self.assertEqual(self.accounts(), before | {account.id})

    def test_the_account_of_the_tills_is_known_at_once(self):
        self.company.account_default_pos_receivable_account_id = False
        before, account = self.accounts(), self.account()
        self.assertEqual(self.accounts(), before | {account.id})
        former = self.company.account_default_pos_receivable_account_id
        self.company.account_default_pos_receivable_account_id = account
        self.assertEqual(self.accounts(), before | set(former.ids))

    def test_the_account_of_the_tills_is_collected_where_a_customer_owes_on_it(self):
        self.company.account_default_pos_receivable_account_id = False
        before, account = self.accounts(), self.account()
        self.company.account_default_pos_receivable_account_id = account
        self.assertEqual(self.accounts(), before)
        customer = self._partner("Client du comptoir", property_account_receivable_id=account.id)
        self.assertEqual(self.accounts(), before | {account.id})
        customer.property_account_receivable_id = self.debtor_partner.property_account_receivable_id
        self.assertEqual(self.accounts(), before)
        customer.property_account_receivable_id = account
        self.assertEqual(self.accounts(), before | {account.id})
        due = MONDAY - timedelta(days=20)
        self.invoice(due, 100, partner=customer)
        self.night(MONDAY)
        self.assertEqual(self.reminders(customer).amount_due, 100)

    def test_the_account_a_branch_gives_its_new_customers_is_theirs(self):
        account = self.account()
        branch = self.env["res.company"].create({"name": "Agence", "parent_id": self.company.id})
        self.company.account_default_pos_receivable_account_id = account
        self.env["ir.default"].set("res.partner", "property_account_receivable_id", account.id, company_id=branch.id)
        self.assertIn(account.id, self.accounts())

    def test_who_looks_with_the_archived_remembers_nothing_for_others(self):
        before = self.accounts()
        self.account(active=False)
        self.env.registry.clear_cache()
        self.assertEqual(set(self.company.with_context(active_test=False)._recouvrement_accounts()), before)
        self.assertEqual(self.accounts(), before)

    def test_a_branch_has_the_accounts_of_its_root(self):
        branch = self.env["res.company"].create({"name": "Agence", "parent_id": self.company.id})
        self.assertEqual(set(branch._recouvrement_accounts()), self.accounts())
        invoice = self.invoice(MONDAY - timedelta(days=9))
        item = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertIn(item.account_id.id, branch._recouvrement_accounts())
