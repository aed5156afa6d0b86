from odoo.tests import tagged

from .test_mention_terms import DUE, TRIPLE, MentionCommon


@tagged("post_install", "-at_install")
class TestMentionFloor(MentionCommon):
    """Whoever follows the warning « enter that rate as a clause » is not warned any more."""

    def clause(self, rate):
        self.env["recouvrement.interest.clause"].create(
            {"company_id": self.company.id, "source": "CGV", "date_from": "2020-01-01", "rate": rate}
        )

    def test_three_times_the_legal_rate_is_claimed_by_a_clause_that_gives_way_to_it(self):
        invoice = self.invoice(DUE, 1000, narration=f"<p>{TRIPLE}</p>")
        self.assertIn("3 fois", invoice.mention_warning)
        self.clause(7.86)  # three times 2.62 %, in the first half of 2026
        invoice.invalidate_recordset()
        self.assertNotIn("3 fois", invoice.mention_warning or "")

    def test_a_clause_above_it_still_contradicts(self):
        invoice = self.invoice(DUE, 1000, narration=f"<p>{TRIPLE}</p>")
        self.clause(8.25)
        invoice.invalidate_recordset()
        self.assertIn("3 fois", invoice.mention_warning)
