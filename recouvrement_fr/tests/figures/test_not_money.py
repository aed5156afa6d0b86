from datetime import date
from decimal import Decimal as D

from odoo import Command
from odoo.tests import tagged

from ...ledger import by_hand, turnover
from ...ledger.scope import Scope
from ..common import MONDAY
from .books_common import CLOSING, DAY, BooksCommon

MARCH = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestNotMoney(BooksCommon):
    """What leaves the receivables without being paid makes no figure better; each value is computed by hand."""

    def leaves(self, amount, account, on=CLOSING - 5 * DAY, debt=None, journal="default_journal_misc"):
        """An entry that credits the receivables of so much, against that account, and is set against a debt."""
        move = self.entry(on, (self.receivable, -amount), (account, amount), journal=journal)
        if debt:
            self.match(move + debt, self.receivable)
        return move

    def gone(self, since=MARCH, until=CLOSING, scope=None):
        """{month: (unpaid, set off)}"""
        found = by_hand.elsewhere(self.env, scope or self.scope, since, until)
        return {month: (round(each.unpaid, 2), round(each.set_off, 2)) for month, each in found.items()}

    def test_a_write_off_is_not_collected_and_leaves_the_dso_as_it_was(self):
        first = self.small_ledger()
        self.leaves(1000, self.loss, debt=first)
        self.assertEqual(self.gone(), {MARCH: (1000, 0)})
        tiles = self.tiles()
        self.assertEqual(tiles["receivables"]["value"], "€4,040.00", "What the ledger says.")
        self.assertEqual(tiles["dso"]["value"], "64.4 days")  # (4,040 + 1,000) x 90 / 7,040 = 64.43
        self.assertEqual(tiles["count_back"]["value"], "69.3 days")  # 31 + 28, then 1,000 of the 3,000 of January
        # (7,040 - 4,040 - 1,000) / (7,040 - 1,240) = 2,000 / 5,800: before the write-off, 34.5 % too
        self.assertEqual(tiles["effectiveness"]["value"], "34.5 %")
        self.assertEqual(tiles["effectiveness"]["note"], "written off or moved elsewhere, not counted: €1,000.00")

    def test_a_transfer_to_doubtful_receivables_is_not_collected(self):
        first = self.small_ledger()
        doubtful = self.env["account.account"].create(
            {"code": "416900", "name": "Clients douteux", "account_type": "asset_current"}
        )
        move = self.leaves(1000, doubtful, debt=first)
        self.assertEqual(self.tiles()["effectiveness"]["value"], "34.5 %")
        move.line_ids.remove_move_reconcile()
        move._reverse_moves([{"date": CLOSING}], cancel=True)
        self.assertEqual(self.gone(), {MARCH: (0, 0)}, "Taken back: nothing has left.")

    def test_a_set_off_is_collected_and_told_apart(self):
        first = self.small_ledger()
        self.leaves(1000, self.company_data["default_account_payable"], debt=first)
        self.assertEqual(self.gone(), {MARCH: (0, 1000)})
        tile = self.tiles()["effectiveness"]
        self.assertEqual(tile["value"], "51.7 %")  # 3,000 / 5,800
        self.assertEqual(tile["note"], "set off, counted as collected: €1,000.00")
        self.assertEqual(self.tiles()["dso"]["value"], "51.6 days")  # 4,040 x 90 / 7,040 = 51.65

    def test_money_entered_by_hand_is_money(self):
        first = self.small_ledger()
        self.leaves(1000, self.company_data["default_journal_bank"].default_account_id, debt=first)
        self.assertEqual(self.gone(), {})
        self.assertEqual(self.tiles()["effectiveness"]["value"], "51.7 %")

    def test_what_a_payment_difference_writes_off_is_no_money(self):
        first = self.small_ledger()
        register = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=first.ids)
            .create(
                {
                    "payment_date": CLOSING - DAY,
                    "amount": 940,
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": self.loss.id,
                }
            )
        )
        register.action_create_payments()
        self.assertEqual(first.amount_residual, 0)
        self.assertEqual(self.gone(), {MARCH: (60, 0)})
        # (7,040 - 4,040 - 60) / 5,800 = 2,940 / 5,800
        self.assertEqual(self.tiles()["effectiveness"]["value"], "50.7 %")

    def test_a_credit_note_and_an_exchange_difference_are_neither(self):
        dollar = self.setup_other_currency("USD", rates=[("2026-01-01", 2.0), ("2026-03-20", 4.0)])
        debt = self.invoice(date(2026, 3, 10), 1000, currency_id=dollar.id, invoice_date=date(2026, 2, 10))
        self.pay(debt, on=date(2026, 3, 25))  # 500 billed, 250 received, 250 lost on the rate
        credited = self.invoice(MONDAY, 90)
        credit = self.invoice(MONDAY, 90, move_type="out_refund", invoice_date=MONDAY + DAY)
        (credited + credit).line_ids.filtered(lambda line: line.account_id == self.receivable).reconcile()
        self.assertEqual(debt.amount_residual, 0)
        self.assertEqual(self.gone(), {})

    def test_another_company_and_another_debtor_are_not_counted(self):
        first = self.small_ledger()
        self.leaves(1000, self.loss, debt=first)
        other = self.setup_other_company(name="Second creditor")["company"]
        self.assertEqual(self.gone(scope=Scope(other)), {})
        self.assertEqual(self.gone(scope=Scope(self.company, debtor_type="public")), {})
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner).sudo()
        card.write({"debtor_type": "public", "type_confirmed": True})
        self.assertEqual(self.gone(scope=Scope(self.company, debtor_type="public")), {MARCH: (1000, 0)})

    def test_an_opening_entry_could_be_collected(self):
        self.leaves(-5000, self.loss, on=date(2026, 1, 1))
        self.on_account(4000, date(2026, 2, 2))
        self.assertEqual(self.gone(since=date(2026, 1, 1)), {date(2026, 1, 1): (-5000, 0)})
        self.assertEqual(self.tiles()["effectiveness"]["value"], "80.0 %")  # 4,000 of the 5,000

    def test_what_is_late_by_an_entry_without_a_due_date_is_opened_too(self):
        self.small_ledger()
        opening = self.leaves(-5000, self.loss, on=date(2026, 1, 1))
        opening.line_ids.date_maturity = False
        with self.at(CLOSING):
            blocks = self.env["recouvrement.dashboard"].get_dashboard({"months": 3})["blocks"]
        by_code = {block["code"]: block for block in blocks}
        items = self.env["account.move.line"]
        for code, amount in (("overdue", 8800), ("over_90", 0)):  # 1,000 + 2,800 + 5,000, which is 89 days late
            opened = items.search(by_code[code]["opens"]["domain"])
            self.assertEqual(sum(opened.mapped("amount_residual")), amount, code)
        bands = by_code["ageing"]
        [owed] = bands["series"]
        for value, opens in zip(owed["values"], bands["opens"], strict=True):
            self.assertEqual(sum(items.search(opens["domain"]).mapped("amount_residual")), value)

    def test_months_are_read_as_far_back_as_the_receivables_ask(self):
        self.invoice(date(2025, 1, 20), 1000, invoice_date=date(2025, 1, 15))
        self.invoice(date(2026, 3, 20), 100, invoice_date=date(2026, 3, 10))
        whole = turnover.months(self.env, self.scope, date(2024, 4, 1), CLOSING)
        near = turnover.latest_months(self.env, self.scope, CLOSING, D(100), 3, 24)
        far = turnover.latest_months(self.env, self.scope, CLOSING, D(1100), 3, 24)
        self.assertEqual(near, {MARCH: whole[MARCH]})
        self.assertEqual(far, whole)

    def test_what_the_effectiveness_opens_is_money_alone(self):
        first = self.small_ledger()
        self.leaves(1000, self.loss, debt=first)
        found = self.env["account.move.line"].search(self.tiles()["effectiveness"]["opens"]["domain"])
        self.assertEqual(found.mapped("balance"), [-2000])

    def test_what_tills_are_owed_until_it_is_banked_is_owed_by_no_customer(self):
        first = self.small_ledger()
        before = {code: tile["value"] for code, tile in self.tiles().items()}
        till = self.env["account.account"].create(
            {"code": "411900", "name": "Clients (caisse)", "account_type": "asset_receivable", "reconcile": True}
        )
        self.company.account_default_pos_receivable_account_id = till
        income = self.company_data["default_account_revenue"]
        session = self.env["account.move"].create(
            {
                "date": CLOSING - 5 * DAY,
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": till.id, "debit": 5000}),
                    Command.create({"account_id": income.id, "credit": 5000}),
                ],
            }
        )
        session.action_post()
        self.assertEqual({code: tile["value"] for code, tile in self.tiles().items()}, before)
        self.assertEqual(self.gone(), {})
        self.leaves(1000, till, debt=first)  # an invoice paid at the till, whose session is not closed yet
        self.assertEqual(self.gone(), {}, "Money.")
        tile = self.tiles()["effectiveness"]
        self.assertEqual(tile["value"], "51.7 %")  # 3,000 / 5,800
        opened = self.env["account.move.line"].search(tile["opens"]["domain"])
        self.assertEqual(sum(opened.mapped("balance")), -3000, "What it counts is what it opens.")
        self.company.account_default_pos_receivable_account_id = self.receivable
        self.assertIn(self.receivable.id, self.company._recouvrement_accounts(), "That of customers stays.")
