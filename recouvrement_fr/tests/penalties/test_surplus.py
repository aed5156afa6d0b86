from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MONDAY
from .accessory_common import DUE, AccessoryCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPenaltiesPaidWithThePrincipal(AccessoryCommon):
    def paid(self):
        """A letter asks for 1,000 and its penalties; the debtor sends exactly that."""
        invoice = self.claimed()
        asked = sum(self.rows(invoice).mapped("amount"))
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor_partner.id,
                "amount": 1000 + asked,
                "date": MONDAY + DAY,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        (payment.move_id + invoice).line_ids.filtered(lambda item: item.account_type == "asset_receivable").reconcile()
        return invoice, asked

    def test_the_surplus_reduces_no_other_invoice_and_somebody_is_asked_to_invoice_the_penalties(self):
        _invoice, _asked = self.paid()
        later = self.invoice(MONDAY + 2 * DAY, 500, invoice_date=MONDAY)
        found = self.env["recouvrement.accrual"]._open_credits(later.ids, MONDAY + 10 * DAY)
        self.assertFalse(found.get((later.id, MONDAY + 2 * DAY, 0)))
        for _time in range(2):
            with self.at(MONDAY + 10 * DAY):
                self.env["recouvrement.promise"].sudo()._follow_up(MONDAY + 10 * DAY)
        asked = self.card().activity_ids.filtered(lambda one: "are the penalties claimed" in (one.summary or ""))
        self.assertEqual(len(asked), 1)

    def test_their_debit_note_is_paid_by_that_money_once_posted(self):
        invoice, asked = self.paid()
        note = self.book(self.rows(invoice), MONDAY + 2 * DAY)
        with self.at(MONDAY + 2 * DAY):
            note.action_post()
        self.assertEqual((note.amount_total, note.amount_residual), (asked, 0))
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"paid"})

    def test_another_amount_is_a_payment_on_account_like_any_other(self):
        invoice = self.claimed()
        self.pay(invoice, on=MONDAY + DAY)
        self.assertFalse(self.env["recouvrement.accessory"]._pledges(self.company, self.debtor_partner.ids, DUE))

    # --- what is done with it -----------------------------------------------------------------------------------------

    def follow(self, on=MONDAY + 2 * DAY):
        with self.at(on):
            self.env["recouvrement.promise"].sudo()._follow_up(on)
        self.env.invalidate_all()

    def tasks(self):
        return self.card().activity_ids.filtered(lambda one: "are the penalties claimed" in (one.summary or ""))

    def test_one_click_on_the_card_makes_the_debit_note_and_ends_the_task(self):
        invoice, asked = self.paid()
        other = self.claimed(400, DUE - DAY)  # nobody has paid its penalties
        self.follow()
        self.assertEqual(self.card().penalties_paid, self.tasks().summary)
        with self.at(MONDAY + 2 * DAY):
            action = self.card().action_book_paid_penalties()
            note = self.env["account.move"].browse(action["res_id"])
            self.assertEqual((note.state, note.amount_total), ("draft", asked))
            note.action_post()
        self.assertFalse(self.tasks())
        self.assertFalse(self.card().penalties_paid)
        self.assertEqual(note.amount_residual, 0)
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"paid"})
        self.assertEqual(set(self.rows(other).mapped("state")), {"claimed"})
        self.follow(MONDAY + 3 * DAY)
        self.assertFalse(self.tasks())

    def test_a_collector_sees_it_and_does_not_make_the_note(self):
        self.paid()
        self.follow()
        collector = self.env["res.users"].create(
            {
                "name": "Colin",
                "login": "colin-surplus",
                "group_ids": [Command.set(self.env.ref("recouvrement_fr.group_recouvrement_user").ids)],
            }
        )
        card = self.card().with_user(collector)
        self.assertTrue(card.penalties_paid)
        with self.at(MONDAY + 2 * DAY), self.assertRaises(AccessError):
            card.action_book_paid_penalties()

    def test_money_set_against_something_else_closes_the_task_and_books_nothing(self):
        _invoice, asked = self.paid()
        self.follow()
        other = self.invoice(MONDAY + DAY, asked, invoice_date=MONDAY)
        money = self.env["account.move.line"].search(
            [("partner_id", "=", self.debtor_partner.id), ("amount_residual", "<", 0), ("parent_state", "=", "posted")]
        )
        receivable = other.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
        (money | receivable).reconcile()
        with self.at(MONDAY + 2 * DAY), self.assertRaisesRegex(UserError, "No money on account is for penalties"):
            self.card().action_book_paid_penalties()
        self.follow()
        self.assertFalse(self.tasks())

    def test_a_debit_note_posted_before_the_money_came_takes_it(self):
        invoice = self.claimed()
        asked = sum(self.rows(invoice).mapped("amount"))
        note = self.book(self.rows(invoice), MONDAY)
        with self.at(MONDAY):
            note.action_post()
        self.money(1000 + asked, invoice)
        self.assertEqual(note.amount_residual, asked)
        self.follow()
        self.assertEqual(note.amount_residual, 0)
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"paid"})

    def money(self, amount, invoice=None, currency=None):
        """A payment of the debtor, set against an invoice or left on account."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor_partner.id,
                "amount": amount,
                "date": MONDAY + DAY,
                "currency_id": (currency or self.company.currency_id).id,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        if invoice:
            lines = (payment.move_id + invoice).line_ids
            lines.filtered(lambda item: item.account_type == "asset_receivable").reconcile()
        return payment

    def pledged(self):
        found = self.env["recouvrement.accessory"].sudo()._pledges(self.company, self.debtor_partner.ids, MONDAY + DAY)
        return [(pledge.currency_id, float(pledge.amount)) for _partner, pledge in found]

    def test_a_payment_not_allocated_yet_is_known_by_principal_and_penalties(self):
        invoice = self.claimed()
        asked = sum(self.rows(invoice).mapped("amount"))
        self.money(1000 + asked)
        self.assertEqual(self.pledged(), [(self.company.currency_id.id, asked)])

    def test_an_invoice_in_two_instalments_is_known_by_the_one_asked_for(self):
        invoice = self.invoice(DUE, 1000, post=False)
        term = self.env["account.payment.term"].create(
            {
                "name": "Thirds",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 70, "nb_days": 60}),
                ],
            }
        )
        invoice.write({"invoice_date": DUE, "invoice_payment_term_id": term.id})
        invoice.action_post()
        reminder = self.letter(invoice, self.second, MONDAY, due=DUE)
        self.assertEqual(sum(reminder.line_ids.mapped("amount_residual")), 300)
        asked = sum(self.rows(invoice).mapped("amount"))
        self.money(300 + asked)
        self.assertEqual(self.pledged(), [(self.company.currency_id.id, asked)])

    def test_in_a_foreign_currency_the_interest_is_paid_in_it_and_the_indemnity_in_euros(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids = [Command.clear(), Command.create({"name": "2026-01-01", "rate": 1.25})]
        invoice = self.invoice(DUE, 100000, currency_id=dollar.id)
        self.letter(invoice, self.second, MONDAY)
        interest, indemnity = self.rows(invoice, "interest"), self.rows(invoice, "indemnity")
        self.assertEqual((interest.currency_id, indemnity.currency_id), (dollar, self.company.currency_id))
        self.money(100000 + interest.amount, currency=dollar)
        self.assertEqual(self.pledged(), [(dollar.id, interest.amount)])
        self.money(40)
        self.assertEqual(set(self.pledged()), {(dollar.id, interest.amount), (self.company.currency_id.id, 40)})
        self.follow()
        self.assertEqual(len(self.tasks()), 2)
        self.assertIn(f"$\u00a0{interest.amount:.2f}".replace(".", ","), " ".join(self.tasks().mapped("summary")))
        with self.at(MONDAY + 2 * DAY):
            self.card().action_book_paid_penalties()
            notes = self.rows(invoice).penalty_move_id
            notes.action_post()
        self.assertEqual(notes.currency_id, dollar | self.company.currency_id)
        self.assertEqual(set(notes.mapped("amount_residual")), {0})
        self.assertEqual(set(self.rows(invoice).mapped("state")), {"paid"})
