import base64
from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .accessory_common import DUE, AccessoryCommon


@tagged("post_install", "-at_install")
class TestAccessory(AccessoryCommon):
    """A penalty is claimed, invoiced or given up once; it outlives the invoice."""

    # --- claimed once -------------------------------------------------------------------------------------------------

    def test_a_letter_that_claims_leaves_one_row_of_each_kind(self):
        invoice = self.claimed()
        interest, fixed = self.rows(invoice, "interest"), self.rows(invoice, "indemnity")
        reminder = self.reminders()
        self.assertEqual((fixed.amount, fixed.state, fixed.claimed_on), (40, "claimed", MONDAY))
        self.assertEqual(interest.amount, reminder.line_ids.interest)
        self.assertEqual(interest.amount, 3.33)  # 12.15 % over ten days
        self.assertEqual((interest.date_from, interest.date_to), (DUE + timedelta(days=1), MONDAY))
        self.assertEqual((interest + fixed).reminder_id, reminder)
        self.assertEqual(interest.claim_line_ids, reminder.line_ids)

    def test_a_letter_that_says_nothing_claims_nothing(self):
        invoice = self.invoice(DUE)
        self.letter(invoice, self.first, MONDAY)
        self.assertFalse(self.rows(invoice))

    def test_a_letter_that_only_shows_claims_nothing(self):
        invoice = self.invoice(DUE)
        self.second.accessories = "shown"
        self.letter(invoice, self.second, MONDAY)
        self.assertFalse(self.rows(invoice))

    def test_a_later_letter_restates_the_total_and_adds_nothing(self):
        invoice = self.claimed()
        later = MONDAY + timedelta(days=30)
        reminder = self.letter(invoice, self.notice, later)
        self.assertEqual(len(self.rows(invoice)), 2)
        interest = self.rows(invoice, "interest")
        self.assertEqual(interest.amount, reminder.line_ids.interest)
        self.assertEqual(interest.amount, 13.32)  # over forty days
        self.assertEqual((interest.date_to, interest.reminder_id), (later, reminder))
        self.assertEqual(self.rows(invoice, "indemnity").amount, 40)

    def test_handing_over_twice_changes_nothing(self):
        invoice = self.claimed()
        amounts = self.rows(invoice).mapped("amount")
        self.mark_sent(self.reminders(), MONDAY)
        self.env["recouvrement.accessory"].sudo()._claim(self.reminders(), MONDAY)
        self.assertEqual(self.rows(invoice).mapped("amount"), amounts)

    def test_the_database_refuses_a_second_indemnity_and_a_day_of_interest_twice(self):
        invoice = self.claimed()
        for row in self.rows(invoice).sudo():
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
                row.copy()
                self.env.flush_all()

    def test_penalties_survive_the_payment_of_the_principal(self):
        invoice = self.claimed()
        amounts = self.rows(invoice).mapped("amount")
        self.pay(invoice, on=MONDAY)
        self.collect(MONDAY + timedelta(days=60))
        self.assertEqual(self.rows(invoice).mapped("amount"), amounts)
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"claimed"})

    def test_interest_of_a_part_paid_invoice_runs_on_what_is_left(self):
        whole, part = self.claimed(), self.claimed()
        self.pay(part, amount=900, on=MONDAY)
        later = MONDAY + timedelta(days=30)
        for invoice in (whole, part):
            self.letter(invoice, self.notice, later)
        self.assertEqual(self.rows(whole, "interest").amount, 13.32)
        self.assertEqual(self.rows(part, "interest").amount, 4.33)  # ten days on 1,000, then thirty on 100

    def test_a_late_payment_leaves_its_claim_unpaid(self):
        invoice = self.claimed()
        self.pay(invoice, on=MONDAY)
        self.assertEqual(self.card().accessory_amount, 43.33)
        self.assertEqual(invoice.accessory_claimed, self.card().accessory_amount)

    # --- accrued ------------------------------------------------------------------------------------------------------

    def test_an_invoice_paid_late_and_never_reminded_still_owes(self):
        invoice = self.invoice(DUE)
        self.pay(invoice, on=MONDAY)
        self.collect(MONDAY + timedelta(days=5))
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"accrued"})
        self.assertEqual(self.rows(invoice, "interest").date_to, MONDAY)
        self.assertEqual(self.rows(invoice, "indemnity").amount, 40)

    def test_an_invoice_paid_on_its_due_date_owes_nothing(self):
        invoice = self.invoice(DUE)
        self.pay(invoice, on=DUE)
        self.collect(MONDAY)
        self.assertFalse(self.rows(invoice))

    def test_computing_twice_makes_nothing_more(self):
        invoice = self.invoice(DUE)
        self.collect(MONDAY)
        rows = self.rows(invoice)
        self.collect(MONDAY)
        self.assertEqual(self.rows(invoice), rows)
        self.assertEqual(rows.filtered("date_to").amount, 3.33)
        self.collect(MONDAY + timedelta(days=20))
        self.assertEqual(self.rows(invoice), rows)
        self.assertEqual(rows.filtered("date_to").amount, 9.99)

    def test_a_reversed_invoice_owes_nothing_any_more(self):
        invoice = self.invoice(DUE)
        self.collect(MONDAY)
        self.assertTrue(self.rows(invoice))
        self.reverse(invoice)
        self.collect(MONDAY)
        self.assertFalse(self.rows(invoice))

    def test_invoices_due_before_the_fiscal_years_looked_back_on_are_left_alone(self):
        invoice = self.invoice(date(2024, 12, 31))
        recent = self.invoice(date(2025, 1, 2))
        self.collect(MONDAY)
        self.assertFalse(self.rows(invoice))
        self.assertTrue(self.rows(recent))

    def test_consumers_owe_nothing_by_themselves(self):
        consumer = self._partner("Mme Petit", is_company=False, company_registry=False)
        invoice = self.invoice(DUE, partner=consumer)
        card = self.env["recouvrement.debtor"]._card(self.company, consumer)
        card.sudo().write({"debtor_type": "consumer", "type_confirmed": True})
        self.collect(MONDAY)
        self.assertFalse(self.rows(invoice))

    def test_an_indemnity_barred_by_insolvency_is_not_made(self):
        invoice = self.invoice(DUE)
        self.patch(type(self.env["recouvrement.accessory"]), "_barred", lambda self, moves: set(moves))
        self.collect(MONDAY)
        self.assertEqual(self.rows(invoice).mapped("kind"), ["interest"])

    def test_another_company_sees_and_computes_nothing_of_it(self):
        other = self.setup_other_company()["company"]
        invoice = self.claimed()
        self.env["recouvrement.accessory"]._collect(other, MONDAY)
        stranger = self.member("stranger", "user", other)
        self.assertFalse(self.env["recouvrement.accessory"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.rows(invoice).with_user(stranger).read(["amount"])

    def test_interest_is_in_the_currency_of_the_invoice_and_the_indemnity_in_euros(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"name": "2026-01-01", "rate": 2, "currency_id": dollar.id, "company_id": self.company.id}
        )
        invoice = self.invoice(DUE, currency_id=dollar.id)
        self.collect(MONDAY)
        interest, fixed = self.rows(invoice, "interest"), self.rows(invoice, "indemnity")
        self.assertEqual((interest.currency_id, fixed.currency_id), (dollar, self.company.currency_id))
        self.assertEqual(interest.company_amount, self.company.currency_id.round(interest.amount / 2))
        notes = self.book(interest + fixed)
        self.assertEqual(set(notes.mapped("currency_id")), {dollar, self.company.currency_id})

    def test_managers_invoice_and_collectors_do_not(self):
        rows = self.rows(self.claimed())
        with self.assertRaises(AccessError):
            rows.with_user(self.member("collector", "user")).action_book()
        rows.with_user(self.member("manager", "manager")).action_book()
        self.assertEqual(len(rows.penalty_move_id), 1)

    def test_nobody_writes_a_penalty_by_hand(self):
        rows = self.rows(self.claimed())
        manager = self.member("manager", "manager")
        with self.assertRaises(AccessError):
            rows.with_user(manager).write({"amount": 1})
        with self.assertRaises(AccessError):
            rows.with_user(manager).unlink()
        with self.assertRaises(UserError):
            rows.sudo().unlink()

    # --- complementary indemnity --------------------------------------------------------------------------------------

    def complementary(self, invoice, **values):
        return self.env["recouvrement.complementary"].create(
            {
                "move_id": invoice.id,
                "amount": 120,
                "justification": "Fees",
                "proof": base64.b64encode(b"proof"),
                "proof_name": "fees.pdf",
                **values,
            }
        )

    def test_recovery_costs_are_claimed_with_their_proof(self):
        invoice = self.claimed()
        self.complementary(invoice).action_confirm()
        row = self.rows(invoice, "complementary")
        self.assertEqual((row.amount, row.state, row.proof_id.raw), (120, "accrued", b"proof"))
        self.assertEqual(self.book(row).amount_total, 120)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            row.sudo().proof_id = False
            self.env.flush_all()

    def test_only_professionals_owe_recovery_costs(self):
        invoice = self.claimed()
        self.card().debtor_type = "public"
        with self.assertRaisesRegex(UserError, "professional"):
            self.complementary(invoice).action_confirm()

    # --- many at once -------------------------------------------------------------------------------------------------

    def test_the_number_of_statements_does_not_grow_with_the_debtors(self):
        partners = [self._partner(f"Client {number}") for number in range(12)]
        for partner in partners:
            self.invoice(DUE, partner=partner)
            card = self.env["recouvrement.debtor"]._card(self.company, partner)
            card.sudo().write({"debtor_type": "professional", "type_confirmed": True})
        few = self._statements(partners[:2])
        many = self._statements(partners[2:])
        self.assertLessEqual(many, few + 3)

    def _statements(self, partners):
        cards = self.env["recouvrement.debtor"].search([("partner_id", "in", [partner.id for partner in partners])])
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["recouvrement.accessory"]._collect(self.company, MONDAY, cards)
        return self.env.cr.sql_log_count - before
