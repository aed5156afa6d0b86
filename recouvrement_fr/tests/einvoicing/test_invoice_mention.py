from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.recouvrement_fr.models.decision.invoice_evidence import InvoiceEvidence
from odoo.addons.recouvrement_fr.rules.rates import half_year, half_year_label

from ..common import MONDAY, RecouvrementCommon

DUE = MONDAY - timedelta(days=20)
TEN = "<p>Late payment penalties at an annual rate of 10% are applied if the payment is made after the due date.</p>"


@tagged("post_install", "-at_install")
class TestInvoiceMention(RecouvrementCommon):
    """An invoice that already says another rate binds who issued it: read, shown, told before it is claimed."""

    def seen(self, invoice):
        return InvoiceEvidence(self.env, self.company, invoice, MONDAY).of("mention_agrees")[invoice.id]

    def noted(self, invoice):
        return self.env["recouvrement.invoice.mention"].search([("move_id", "=", invoice.id)])

    def test_another_rate_in_the_notes_is_told_before_a_different_one_is_claimed(self):
        invoice = self.invoice(DUE, 1000, narration=TEN)
        self.night(MONDAY)
        self.assertIn("annual rate of 10%", invoice.mention_warning)
        self.assertIn("European Central Bank + 10 points", invoice.mention_warning)
        self.assertFalse(self.seen(invoice).met)
        self.assertIn("annual rate of 10%", self.reminders().mention_warning)
        with self.at(MONDAY):
            [block] = self.env["recouvrement.decompte"]._of_moves(invoice, MONDAY)
        self.assertIn("annual rate of 10%", " ".join(block["notes"]))

    def test_the_rate_told_entered_as_the_clause_of_the_invoice_agrees(self):
        invoice = self.invoice(DUE, 1000, narration=TEN)
        self.env["recouvrement.interest.clause"].create(
            {
                "company_id": self.company.id,
                "move_id": invoice.id,
                "source": "Terms of the invoice",
                "date_from": invoice.invoice_date,
                "rate": 10,
            }
        )
        invoice.invalidate_recordset()
        self.assertFalse(invoice.mention_warning)
        self.assertTrue(self.seen(invoice).met)

    def test_our_own_mentions_never_contradict_what_we_claim(self):
        self.company.recouvrement_print_mentions = True
        self.company.recouvrement_mentions_since = DUE - timedelta(days=90)
        invoice = self.invoice(DUE, 1000)
        self.assertFalse(invoice.mention_warning)
        self.assertEqual(self.noted(invoice).state, "right")
        self.env["recouvrement.interest.clause"].create(
            {"company_id": self.company.id, "source": "Terms", "date_from": "2020-01-01", "rate": 12}
        )
        later = self.invoice(DUE, 500)
        self.assertFalse(later.mention_warning)
        self.assertEqual((self.noted(later).claimed_rate, self.noted(later).state), (12, "right"))

    def test_the_rates_of_its_own_half_year_are_noted_when_it_is_posted(self):
        noted = self.noted(self.invoice(DUE, 1000))
        period = self.env["recouvrement.rate"]._rate_table().at(noted.move_id.invoice_date)
        self.assertEqual(noted.half_year, half_year_label(half_year(noted.invoice_date)))
        self.assertAlmostEqual(noted.ecb_rate, float(period.ecb), 3)
        self.assertAlmostEqual(noted.claimed_rate, float(period.ecb) + 10, 3)
        self.assertEqual((noted.state, noted.lacks_rate, noted.lacks_indemnity), ("missing", True, True))

    def test_a_contradiction_is_in_the_report_and_posting_again_notes_it_again(self):
        invoice = self.invoice(DUE, 1000, narration=TEN)
        self.assertEqual(self.noted(invoice).state, "contradicts")
        invoice.button_draft()
        invoice.narration = False
        invoice.action_post()
        self.assertEqual(self.noted(invoice).mapped("state"), ["missing"])

    def test_a_consumer_and_a_credit_note_are_not_concerned(self):
        person = self._partner("Jeanne Petit", is_company=False, company_registry=False)
        self.assertFalse(self.noted(self.invoice(DUE, 100, partner=person, narration=TEN)))
        self.assertFalse(self.noted(self.invoice(DUE, 100, move_type="out_refund", narration=TEN)))
