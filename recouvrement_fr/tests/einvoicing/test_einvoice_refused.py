from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY
from .test_einvoice_account import FACTOR_IBAN
from .test_einvoice_elsewhere import ElsewhereCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestEinvoiceRefused(ElsewhereCommon):
    """What a manager refused is said to no debtor."""

    def test_an_account_of_the_company_told_after_a_refused_assignment_names_no_factor(self):
        self.env.ref("recouvrement_fr.einvoice_status_225").act = "assign_named"
        self.receive("225", payee="Faux Factor", reasons=[("AUTRE", "OTH", f"IBAN {FACTOR_IBAN}")])
        self.refuse(self.event(), MONDAY + DAY)
        self.check(self.tell(on=MONDAY + 2 * DAY), MONDAY + 3 * DAY)  # the company has changed its bank
        self.night(MONDAY + 4 * DAY)
        [account] = self.accounts()["accounts"]
        self.assertEqual(account["iban"].replace("\u00a0", " "), FACTOR_IBAN)
        self.assertNotIn("words", account)
