"""Companies made once for all test classes, by ``python dev/ready.py DATABASE``: loading a French chart of accounts in
each class takes most of its time. Without them each class makes its own, as Odoo's tests do."""

from odoo import Command
from odoo.tests import HttpCase

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .clock import moved_with_the_server, set_for_class

PARAMETER, NAME = "recouvrement_fr.ready_companies", "Ready for tests"  # as that script writes them


class ReadyCompanies(AccountTestInvoicingCommon):
    """A class of tests that takes a company made before, where there is one left in its transaction, on a day known."""

    @classmethod
    def setUpClass(cls):
        set_for_class(cls)
        super().setUpClass()
        if issubclass(cls, HttpCase):
            cls.startClassPatcher(moved_with_the_server())

    @classmethod
    def _create_company(cls, **values):
        if cls.country_code == "FR" and values.keys() <= {"name", "country_id", "currency_id"}:
            ids = (cls.env["ir.config_parameter"].sudo().get_param(PARAMETER) or "").split(",")
            found = cls.env["res.company"].sudo().browse(int(each) for each in ids if each).exists()
            for company in found.filtered(lambda one: one.name.startswith(NAME)):
                company = company.with_env(cls.env)
                cls.env.user.company_ids = [Command.link(company.id)]
                company.write(values)
                return company
        company = super()._create_company(**values)
        # The chart was loaded in this transaction: without statistics PostgreSQL takes its tables for empty, and joins
        # a thousand accounts row by row in every test.
        cls.env.flush_all()
        cls.env.cr.execute("ANALYZE account_account, account_account_res_company_rel, account_tax, account_journal")
        return company
