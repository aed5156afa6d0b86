from datetime import date
from decimal import Decimal as D

from odoo import Command
from odoo.tests import tagged

from ...ledger import by_hand, cash, payer_habits, turnover
from ...ledger.scope import Scope
from ..amicable.promise_common import PromiseCommon
from ..bank import BankEntries
from ..common import MONDAY, RecouvrementCommon
from ..litigation.case_common import OPENED, CaseCommon
from ..penalties.accessory_common import AccessoryCommon
from .ledger_common import DAY

DUE = MONDAY - 10 * DAY
MARCH = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestBankEntries(BankEntries, RecouvrementCommon):
    """Of a line of the bank that is set against an invoice, what another line of the same entry writes off is no
    money; each value is computed by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scope = Scope(cls.company)
        cls.loss = cls.company_data["default_account_expense"]
        cls.income = cls.company_data["default_account_revenue"]

    def received(self, *debts):
        """{invoice: what came in for it}"""
        found = cash.receipts(self.env, [debt.id for debt in debts])
        return [sum((receipt.amount for receipt in found[debt.id]), D(0)) for debt in debts]

    def gone(self):
        found = by_hand.elsewhere(self.env, self.scope, MARCH, MONDAY + 20 * DAY)
        return {month: (round(each.unpaid, 2), round(each.set_off, 2)) for month, each in found.items()}

    def test_what_it_writes_off_is_no_receipt(self):
        debt = self.invoice(DUE, 1000)
        entry = self.banked({debt: 1000}, MONDAY, [(self.loss, 60)])
        self.assertEqual(debt.amount_residual, 0)
        self.assertEqual(self.received(debt), [940])
        self.assertEqual(self.gone(), {MARCH: (60, 0)})
        self.assertEqual(turnover.paid(self.env, self.scope, MONDAY, MONDAY), [(940, 10)])
        [paid] = cash.paid(self.env, self.company, self.debtor_partner.id, 5)
        self.assertEqual((paid.entry_id, paid.amount, paid.shares), (entry.id, 940, {debt.id: 940}))
        habits = payer_habits.read(self.env, self.company, self.debtor_partner.ids, MONDAY)[self.debtor_partner.id]
        self.assertEqual((habits.paid, habits.days_late, habits.last_amount), (940, 10, 940))

    def test_the_effectiveness_leaves_it_out(self):
        self.invoice(MONDAY + 30 * DAY, 500, invoice_date=MONDAY)
        self.banked({self.invoice(DUE, 1000): 1000}, MONDAY, [(self.loss, 60)])
        with self.at(MONDAY + DAY):
            board = self.env["recouvrement.dashboard"].with_context(lang="en_US")
            blocks = board.get_dashboard({"months": 3})["blocks"] + board.get_panel("trend", {"months": 3})
        tiles = {block["code"]: block for block in blocks}
        # 1,500 billed, 500 owed, 60 written off; (1,500 - 500 - 60) / (1,500 - 500 not due)
        self.assertEqual(tiles["effectiveness"]["value"], "94.0 %")
        self.assertEqual(tiles["effectiveness"]["note"], "written off or moved elsewhere, not counted: €60.00")
        self.assertEqual(tiles["days_late"]["value"], "10.0 days")

    def test_a_profile_is_made_of_the_money_alone(self):
        debtor = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        debtor.sudo().write({"debtor_type": "professional", "type_confirmed": True})
        self.banked({self.invoice(DUE, 1000): 1000}, MONDAY, [(self.loss, 250)])
        self.banked({self.invoice(DUE, 250): 250}, MONDAY - 10 * DAY)
        self.env["recouvrement.payer.profile"]._refresh(self.company, MONDAY)
        found = debtor.payer_ids
        self.assertEqual((found.paid_amount, found.days_late), (1000, 7.5))  # 750 x 10 / 1,000

    def test_two_invoices_of_one_line_bear_it_in_proportion(self):
        first, second = self.invoice(DUE, 600), self.invoice(DUE, 400)
        self.banked({first: 600, second: 400}, MONDAY, [(self.loss, 60)])
        self.assertEqual(self.received(first, second), [564, 376])
        self.assertEqual(self.gone(), {MARCH: (60, 0)})

    def test_a_third_is_a_cent_neither_more_nor_less(self):
        debt = self.invoice(DUE, 300)
        self.banked({debt: 300}, MONDAY, [(self.loss, 200)])
        self.assertEqual(self.received(debt), [100])

    def test_what_the_same_line_brings_besides_takes_nothing_off(self):
        debt = self.invoice(DUE, 1000)
        self.banked({debt: 1000}, MONDAY, [(self.income, -500)])
        self.assertEqual(self.received(debt), [1000])
        self.assertEqual(self.gone(), {})

    def test_a_part_of_the_line_that_waits_takes_nothing_off(self):
        debt = self.invoice(DUE, 1000)
        suspense = self.company_data["default_journal_bank"].suspense_account_id
        self.banked({debt: 600}, MONDAY, [(suspense, -340)])
        self.assertEqual(self.received(debt), [600])
        self.assertEqual(self.gone(), {})

    def test_what_a_supplier_is_owed_in_the_same_entry_is_set_off(self):
        debt = self.invoice(DUE, 1000)
        self.banked({debt: 1000}, MONDAY, [(self.company_data["default_account_payable"], 560)])
        self.assertEqual(self.received(debt), [440])
        self.assertEqual(self.gone(), {MARCH: (0, 560)})

    def test_an_entry_made_by_hand_is_read_as_that_of_the_bank(self):
        debt = self.invoice(DUE, 1000)
        owed = debt.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        bank = self.company_data["default_journal_bank"].default_account_id
        lines = ((owed.account_id, -1000), (bank, 940), (self.loss, 60))
        entry = self.env["account.move"].create(
            {
                "date": MONDAY,
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": balance, "partner_id": self.debtor_partner.id})
                    for account, balance in lines
                ],
            }
        )
        entry.action_post()
        (owed + entry.line_ids.filtered(lambda line: line.account_id == owed.account_id)).reconcile()
        self.assertEqual(self.received(debt), [940])
        self.assertEqual(self.gone(), {MARCH: (60, 0)})

    def test_a_discount_taken_in_it_is_told_to_the_cent(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "3/10 n/30",
                "early_discount": True,
                "discount_percentage": 3,
                "discount_days": 10,
                "line_ids": [Command.create({"value_amount": 100, "nb_days": 30})],
            }
        )
        discount = self.company.account_journal_early_pay_discount_loss_account_id

        def discounted():
            return self.invoice(MONDAY, 1200, invoice_date=MONDAY, invoice_payment_term_id=term.id, invoice_date_due=0)

        first, second = discounted(), discounted()
        self.banked({first: 1200}, MONDAY + 8 * DAY, [(discount, 36)])
        self.banked({second: 1200}, MONDAY + 8 * DAY, [(discount, 36), (self.income, -500)])
        with self.at(MONDAY + 8 * DAY):
            panel = self.env["recouvrement.dashboard"].with_context(lang="en_US").get_panel("work", {})
        [taken] = next(block for block in panel if block["code"] == "early_payment")["rows"]
        # twice 36 on 1,164 received 22 days early, whatever else the second line brought: 72 / 2,328 x 365 / 22
        self.assertEqual(taken["cells"][1:], ["2", "€2,328.00", "€72.00", "22.0", "51.3 %"])


@tagged("post_install", "-at_install")
class TestBankEntriesReminded(BankEntries, AccessoryCommon):
    """The same of penalties, and of what a reminder brought in."""

    def fresh(self, model, domain):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env[model].search(domain)

    def test_a_penalty_is_paid_by_the_money_alone(self):
        indemnity = self.rows(self.claimed(), "indemnity")
        note = self.book(indemnity)
        note.action_post()
        self.banked({note: 40}, MONDAY + DAY, [(self.company_data["default_account_expense"], 10)])
        row = self.fresh("recouvrement.accessory.report", [("id", "=", indemnity.id)])
        self.assertEqual((row.booked, row.paid), (40, 30))

    def test_a_reminder_brought_in_the_money_alone(self):
        invoice = self.invoice(DUE, 1000)
        self.letter(invoice, self.first, MONDAY)
        self.banked({invoice: 1000}, MONDAY + 4 * DAY, [(self.company_data["default_account_expense"], 60)])
        row = self.fresh("recouvrement.effectiveness", [("move_id", "=", invoice.id)])
        self.assertEqual((row.amount, row.recovered, row.recovery_percent, row.days_to_pay), (1000, 940, 94, 4))


@tagged("post_install", "-at_install")
class TestBankEntriesOfCase(BankEntries, CaseCommon):
    """The same of a case."""

    def test_a_case_received_the_money_alone(self):
        case = self.opened()
        loss = self.company_data["default_account_expense"]
        self.banked({self.debt: 2500}, OPENED + 5 * DAY, [(loss, 500)])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.at(OPENED + 6 * DAY):
            row = self.env["recouvrement.case.report"].search([("case_id", "=", case.id)])
            self.assertEqual(row.received, 2000)


@tagged("post_install", "-at_install")
class TestMoneyOfPromises(BankEntries, PromiseCommon):
    """A promise, and the habits of a payer, see the money that figures see: of a bank entry, and of a till."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.till = cls.env["account.account"].create(
            {"code": "411900", "name": "Clients (caisse)", "account_type": "asset_receivable", "reconcile": True}
        )
        cls.company.account_default_pos_receivable_account_id = cls.till

    def test_what_is_written_off_with_it_keeps_no_promise(self):
        promise = self.promise()
        self.banked({self.debt: 1000}, MONDAY + 3 * DAY, [(self.company_data["default_account_expense"], 400)])
        self.follow(promise.last_day + DAY)
        self.assertEqual((promise.state, promise.received), ("partly_kept", 600))

    def test_what_is_paid_at_a_till_keeps_it(self):
        promise = self.promise()
        entry = self.at_the_till(self.debt, 1000, MONDAY + 3 * DAY)
        self.follow(MONDAY + 4 * DAY)
        self.assertEqual((promise.state, promise.received), ("kept", 1000))
        taken = entry.line_ids.filtered(lambda line: line.account_id != self.till)
        words = taken.mapped("recouvrement_number")
        habits = payer_habits.read(self.env, self.company, self.debtor_partner.ids, MONDAY + 4 * DAY)
        found = habits[self.debtor_partner.id]
        self.assertEqual((found.paid, found.last_on, found.last_amount), (1000, MONDAY + 3 * DAY, 1000))
        self.assertEqual(words, ["Payment received"], "Told as money, not by the number of an entry.")
        scope = Scope(self.company)
        self.assertEqual(turnover.paid(self.env, scope, MONDAY, MONDAY + 4 * DAY), [(1000, 23)])

    def test_a_till_where_customers_owe_moves_a_debt_and_pays_none(self):
        self.debtor_partner.property_account_receivable_id = self.till
        promise = self.promise()
        self.at_the_till(self.debt, 1000, MONDAY + 3 * DAY)
        self.follow(promise.last_day + DAY)
        self.assertEqual((promise.state, promise.received), ("broken", 0))
