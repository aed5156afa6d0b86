from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
DUE = MONDAY - timedelta(days=100)


@tagged("post_install", "-at_install")
class TestCredits(RecouvrementCommon):
    """What a debtor paid on account, or was credited, is taken from the right debt and from its own day on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["recouvrement.rate"].search([]).write({"verified": True})

    def planned(self):
        return self.reminders().filtered(lambda reminder: reminder.state == "planned")

    def judged(self, on):
        with self.at(on):
            return self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": "redressement", "judgment_on": on}
            )

    def confirmed(self):
        self.card().sudo().write({"debtor_type": "professional", "type_confirmed": True})

    # --- judgment and holds -------------------------------------------------------------------------------------------

    def test_a_payment_since_the_judgment_pays_the_later_invoice_and_not_the_prior_one(self):
        self.invoice(DUE, 1000)
        self.night(MONDAY)
        self.judged(MONDAY)
        later = self.invoice(MONDAY + 10 * DAY, 800, invoice_date=MONDAY + DAY)
        self.on_account(500, MONDAY + 5 * DAY)
        self.night(MONDAY + 15 * DAY)
        self.assertEqual(self.planned().line_ids.move_id, later)
        self.assertEqual(self.planned().amount_due, 300)

    def test_a_payment_of_before_the_judgment_pays_no_later_invoice(self):
        self.invoice(DUE, 100)
        self.on_account(500, MONDAY - DAY)
        other = self.invoice(DUE + DAY, 900)  # something is left for the night to see
        self.night(MONDAY)
        self.judged(MONDAY)
        later = self.invoice(MONDAY + 10 * DAY, 800, invoice_date=MONDAY + DAY)
        self.night(MONDAY + 15 * DAY)
        self.assertEqual(self.planned().line_ids.move_id, later)
        self.assertEqual(self.planned().amount_due, 800)
        self.assertTrue(other.amount_residual)

    def test_what_is_left_of_a_payment_of_before_the_judgment_pays_no_later_invoice(self):
        self.invoice(DUE, 100)
        self.night(MONDAY)
        self.on_account(500, MONDAY - DAY)
        self.judged(MONDAY)
        later = self.invoice(MONDAY + 10 * DAY, 800, invoice_date=MONDAY + DAY)
        self.night(MONDAY + 15 * DAY)
        self.assertEqual((self.planned().line_ids.move_id, self.planned().amount_due), (later, 800))

    def test_a_credit_note_of_its_own_invoice_nets_it_before_the_oldest(self):
        self.invoice(DUE, 1000)
        credited = self.invoice(DUE + DAY, 800)
        self.invoice(MONDAY, 300, move_type="out_refund", invoice_date=MONDAY, reversed_entry_id=credited.id)
        self.night(MONDAY)
        by_move = {line.move_id: line.amount_residual for line in self.planned().line_ids}
        self.assertEqual((self.planned().amount_due, by_move[credited]), (1500, 500))

    def test_a_credit_note_of_a_prior_invoice_nets_it_though_it_was_made_since(self):
        prior = self.invoice(DUE, 1000)
        self.night(MONDAY)
        self.judged(MONDAY)
        later = self.invoice(MONDAY + 10 * DAY, 800, invoice_date=MONDAY + DAY)
        self.invoice(
            MONDAY + 5 * DAY, 400, move_type="out_refund", invoice_date=MONDAY + 5 * DAY, reversed_entry_id=prior.id
        )
        self.night(MONDAY + 15 * DAY)
        self.assertEqual((self.planned().line_ids.move_id, self.planned().amount_due), (later, 800))

    def test_a_contested_invoice_does_not_swallow_a_payment_on_account(self):
        contested, other = self.invoice(DUE, 1000), self.invoice(DUE + DAY, 500)
        self.night(MONDAY)
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        with self.at(MONDAY):
            self.env["recouvrement.dispute"]._open(self.card(), contested, reason)
        self.on_account(450, MONDAY)
        self.night(MONDAY + DAY)
        self.assertEqual((self.planned().line_ids.move_id, self.planned().amount_due), (other, 50))

    # --- the day of each credit ---------------------------------------------------------------------------------------

    def interest(self, *parts):
        """The interest of (base, days) of 2025 S2 and 2026 S1, both at 12.15 %."""
        exact = sum(Decimal(base) * days for base, days in parts) * Decimal("12.15") / 36500
        return float(round(exact, 2))

    def test_each_credit_bears_from_its_own_day_on_letters_screens_and_decomptes_alike(self):
        invoice = self.invoice(DUE, 10000)
        self.on_account(4000, DUE + 10 * DAY)
        self.on_account(5000, MONDAY - 10 * DAY)
        self.first.write({"accessories": "claimed", "tone": "firm"})
        self.night(MONDAY)
        self.confirmed()
        self.morning(MONDAY)
        right = self.interest((10000, 10), (6000, 80), (1000, 10))
        reminder = self.reminders().filtered(lambda found: found.figures)
        self.assertEqual(reminder.line_ids.interest, right)
        self.assertEqual(len(reminder.figures["blocks"][0]["credits"]), 2)
        with self.at(MONDAY):
            self.env.invalidate_all()
            self.assertEqual(invoice.late_interest, right)
            [block] = self.env["recouvrement.decompte"]._of_moves(invoice, MONDAY)
        self.assertEqual((float(block["interest"]), block["principal_due"]), (right, 1000))
        self.assertEqual([float(amount) for _on, _kind, amount in block["movements"]], [4000, 5000])

    def test_two_credits_over_two_invoices_bear_from_their_own_days_everywhere(self):
        """The older invoice takes 1,000 of the first credit, the other its last 500 and the whole of the second."""
        older, other = self.invoice(DUE, 1000), self.invoice(DUE + 20 * DAY, 1000)
        self.on_account(1500, DUE + 30 * DAY)
        self.on_account(300, DUE + 60 * DAY)
        self.first.write({"accessories": "claimed", "tone": "firm"})
        self.night(MONDAY)
        self.confirmed()
        self.morning(MONDAY)
        reminder = self.reminders().filtered(lambda found: found.figures)
        right = self.interest((1000, 10), (500, 30), (200, 40))
        line = reminder.line_ids.filtered(lambda found: found.move_id == other)
        self.assertEqual((line.interest, line.amount_residual), (right, 200))
        with self.at(MONDAY):
            self.env.invalidate_all()
            self.assertEqual(other.late_interest, right)
            self.assertEqual(older.late_interest, self.interest((1000, 30)))
            [block] = self.env["recouvrement.decompte"]._of_moves(other, MONDAY)
        self.assertEqual((float(block["interest"]), block["principal_due"]), (right, 200))

    # --- one day ------------------------------------------------------------------------------------------------------

    def test_the_interest_of_a_day_is_of_366_in_a_leap_year_when_the_company_counts_so(self):
        self.company.recouvrement_day_count = "actact"
        self.first.write({"accessories": "claimed", "tone": "firm"})
        on = date(2024, 3, 4)
        self.invoice(on - 20 * DAY, 73200)
        self.night(on)
        self.confirmed()
        self.morning(on)
        reminder = self.reminders().filtered(lambda found: found.figures)
        [part] = reminder.figures["accrued"][str(reminder.line_ids.id)]
        exact = Decimal(73200) * Decimal(part["rate"]) / 36600
        shown = reminder.figures["blocks"][0]["daily"]
        self.assertIn(str(round(exact, 2)).replace(".", ","), shown)
