from odoo.tests import tagged

from ..common import MONDAY
from .test_credit_edges import DAY, CreditEdgesCommon


@tagged("post_install", "-at_install")
class TestCreditSecured(CreditEdgesCommon):
    """What guarantees would pay, where two meet on an invoice to come or an insurer shares a loss."""

    def test_two_guarantees_from_today_secure_an_invoice_to_come_once(self):
        self.invoice(MONDAY - 10 * DAY, 10000, invoice_date=MONDAY - 20 * DAY)
        for _each in range(2):
            self.guarantee(starts_on=MONDAY)
        account = self.debtor._credit_accounts(MONDAY)[self.debtor]
        self.assertEqual(account.exposed().guaranteed, 0)
        self.assertEqual(account.exposed(invoiced=1000).guaranteed, 1000)

    def test_an_insurer_bears_its_share_of_what_a_surety_leaves(self):
        self.invoice(MONDAY, 10000)
        self.guarantee(amount=5000)
        self.guarantee(kind="insurance", percent=90)
        self.assertEqual((self.exposed().guaranteed, self.exposed().exposure), (9500, 500))
