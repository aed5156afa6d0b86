from datetime import date
from decimal import Decimal as D

from odoo.tests import tagged

from ...ledger import bills, by_hand, turnover
from ...ledger.scope import Scope
from .books_common import CLOSING, DAY, BooksCommon

YEAR, MARCH, TENTH, DUE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 3, 10), date(2026, 4, 20)


@tagged("post_install", "-at_install")
class TestAssigned(BooksCommon):
    """Bills of exchange and receivables assigned are still to be paid: the days of the ledger count them."""

    def accepted(self, account):
        """The 1,000.00 left of the first invoice are replaced on 10 March by a bill due on 20 April."""
        first = self.small_ledger()
        bill = self.entry(TENTH, (account, 1000, DUE), (self.receivable, -1000))
        self.match(bill + first, self.receivable)
        self.assertEqual(first.amount_residual, 0)
        return bill

    # 5,040 x 90 / 7,040 = 64.43; March 31 days, February 28, then 1,000 of the 3,000 of January: 10.33 of 31;
    # (1,240 + 1,000) x 90 / 7,040 = 28.64; (7,040 - 5,040) / (7,040 - 2,240) = 41.67
    counted = ["64.4 days", "69.3 days", "28.6 days", "41.7 %"]

    def test_a_bill_accepted_is_still_owed(self):
        self.accepted(self._account("413000", "asset_receivable"))
        self.assertEqual(self.values(), self.counted)
        tiles = self.tiles()
        self.assertEqual(tiles["receivables"]["value"], "€4,040.00", "What is collected.")
        self.assertEqual((tiles["bills"]["value"], tiles["bills"]["note"]), ("€1,000.00", ""))
        self.assertEqual(sum(self.opened(tiles["bills"]).mapped("balance")), 1000)
        self.assertEqual(tiles["effectiveness"]["note"], "", "Nothing was written off.")

    def test_a_bill_discounted_counts_until_its_due_date(self):
        account = self._account("413000", "asset_receivable")
        bill = self.accepted(account)
        bank = self.company_data["default_journal_bank"].default_account_id
        discount = self.entry(
            date(2026, 3, 20), (bank, 990), (self.loss, 10), (account, -1000), journal="default_journal_bank"
        )
        self.match(bill + discount, account)
        self.assertEqual(self.values(), self.counted)
        tile = self.tiles()["bills"]
        self.assertEqual(
            (tile["value"], tile["note"]), ("€1,000.00", "of which financed before their due date: €1,000.00")
        )
        self.assertEqual(sum(self.opened(tile).mapped("balance")), 1000)
        days = [TENTH - DAY, TENTH, date(2026, 3, 19), date(2026, 3, 20), DUE - DAY, DUE]
        self.assertEqual(
            [tuple(map(float, each)) for each in bills.at(self.env, self.scope, days).values()],
            [(0, 0, 0), (1000, 0, 1000), (1000, 0, 1000), (0, 1000, 1000), (0, 1000, 1000), (0, 0, 0)],
        )
        self.assertNotIn("bills", self.tiles(DUE))

    def test_a_bill_that_nobody_paid_is_late(self):
        self.accepted(self._account("413000", "asset_receivable"))
        [found] = bills.at(self.env, self.scope, [DUE + DAY]).values()
        self.assertEqual(tuple(map(float, found)), (1000, 0, 0))

    def test_a_bill_taken_back_is_owed_as_before(self):
        account = self._account("413000", "asset_receivable")
        bill = self.accepted(account)
        back = self.entry(date(2026, 3, 12), (self.receivable, 1000, date(2026, 2, 14)), (account, -1000))
        self.match(bill + back, account)
        # 1,240 x 90 / 7,040 = 15.85; 2,000 / (7,040 - 1,240)
        self.assertEqual(self.values(), ["64.4 days", "69.3 days", "15.9 days", "34.5 %"])
        self.assertNotIn("bills", self.tiles())

    def test_receivables_assigned_count_where_the_settings_say_they_stand(self):
        factor = self._account("467100", "asset_current")
        self.accepted(factor)
        self.assertEqual(
            self.tiles()["effectiveness"]["note"], "written off or moved elsewhere, not counted: €1,000.00"
        )
        self.company.recouvrement_bill_account_ids = factor
        self.assertEqual(self.values(), self.counted)
        self.company.recouvrement_bill_account_ids = False
        self.assertNotIn(factor.id, self.company._recouvrement_bills())

    def test_what_is_collected_is_counted_once(self):
        account = self._account("413000", "asset_receivable")
        self.company.recouvrement_account_ids = account + self.receivable
        self.accepted(account)
        self.assertEqual(self.company._recouvrement_bills(), [])
        self.assertEqual(self.values(), self.counted)

    def test_the_trend_ends_with_the_tiles(self):
        self.accepted(self._account("413000", "asset_receivable"))
        board = self.env["recouvrement.dashboard"].with_context(lang="en_US")
        with self.at(CLOSING):
            [drawn] = [block for block in board.get_panel("trend", {}) if block["code"] == "dso_trend"]
        self.assertEqual([serie["values"][-1] for serie in drawn["series"]], [64.4, 69.3, 28.6])

    def test_the_trend_looks_as_far_back_as_the_receivables_ask(self):
        """Of 1,000.00 billed in August 2024 nothing was paid: from the first of that month on, 608 days."""
        self.invoice(date(2024, 9, 14), 1000, invoice_date=date(2024, 8, 15))
        self.assertEqual(self.tiles()["count_back"]["value"], "608.0 days")
        board = self.env["recouvrement.dashboard"].with_context(lang="en_US")
        with self.at(CLOSING):
            blocks = {block["code"]: block for block in board.get_panel("trend", {"months": 3})}
        [_dso, count_back, _best] = blocks["dso_trend"]["series"]
        # a year before, 31 March 2025: 243 days
        self.assertEqual((count_back["values"][-1], count_back["values"][0]), (608, 243))

    def test_of_others_nothing_is_counted(self):
        self.accepted(self._account("413000", "asset_receivable"))
        self.assertEqual(bills.at(self.env, Scope(self.company, debtor_type="public"), [CLOSING])[CLOSING].total, 0)
        other = self.setup_other_company(name="Second creditor")["company"]
        self.assertEqual(bills.at(self.env, Scope(other), [CLOSING])[CLOSING].total, 0)


@tagged("post_install", "-at_install")
class TestByHand(BooksCommon):
    """What other entries than invoices and payments do is told apart: sales, opening entries, losses."""

    def gone(self):
        """{month: (by account, set off)}"""
        found = by_hand.elsewhere(self.env, self.scope, YEAR, CLOSING)
        return {
            month: ({account: float(amount) for account, amount in each.accounts.items()}, float(each.set_off))
            for month, each in found.items()
        }

    def session(self, *lines, journal="default_journal_misc"):
        """A session of a till is closed on 10 March: 360.00 on account, taxes included, and 240.00 in cash."""
        till = self._account("411900", "asset_receivable")
        self.company.account_default_pos_receivable_account_id = till
        vat = self._account("445719", "liability_current")
        return self.entry(
            TENTH,
            (self.receivable, 360, date(2026, 4, 30)),
            (till, 240 - sum(amount for _account, amount, *_due in lines)),
            (self.income, -500),
            (vat, -100),
            *lines,
            journal=journal,
        )

    def test_a_sale_on_account_at_a_till_is_billed(self):
        self.small_ledger()
        self.session()
        self.assertEqual(self.gone(), {})
        billed = turnover.months(self.env, self.scope, YEAR, CLOSING)
        self.assertEqual([float(each.billed) for each in billed.values()], [3000, 2800, 1600])
        # 5,400 x 90 / 7,400 = 65.68; March 1,600 (31 days), February 2,800 (28), 1,000 of the 3,000 of January;
        # 1,600 x 90 / 7,400 = 19.46; (7,400 - 5,400) / (7,400 - 1,600) = 34.48
        self.assertEqual(self.values(), ["65.7 days", "69.3 days", "19.5 days", "34.5 %"])
        self.assertEqual(sum(self.opened(self.tiles()["dso"]).mapped("balance")), 7400)

    def test_what_a_customer_pays_in_the_same_session_is_no_credit_note(self):
        self.small_ledger()
        self.session((self.receivable, -100))
        billed = turnover.months(self.env, self.scope, YEAR, CLOSING)
        self.assertEqual(float(billed[MARCH].billed), 1600)
        self.assertEqual(self.gone(), {})
        self.assertEqual(sum(self.opened(self.tiles()["dso"]).mapped("balance")), 7400)

    def test_a_till_may_write_in_a_sales_journal(self):
        """Its sessions are billed for what was sold on account, 360.00 and no less the 100.00 that was paid there; an
        invoice paid at the till, 1,000.00, is no credit note of it, nor does the 50.00 paid back bill anything."""
        first = self.small_ledger()
        sales = "default_journal_sale"
        self.session((self.receivable, -100), journal=sales)
        till = self.company.account_default_pos_receivable_account_id
        paid = self.entry(TENTH + DAY, (self.receivable, -1000), (till, 1000), journal=sales)
        self.match(first + paid, self.receivable)
        self.entry(TENTH + DAY, (self.receivable, 50), (till, -50), journal=sales)
        billed = turnover.months(self.env, self.scope, YEAR, CLOSING)
        self.assertEqual([float(each.billed) for each in billed.values()], [3000, 2800, 1600])
        self.assertEqual(float(billed[MARCH].balance), 1240 + 360 - 100 - 1000 + 50)
        self.assertEqual(sum(self.opened(self.tiles()["dso"]).mapped("balance")), 7400)
        # (5,040 + 360 - 100 - 1,000 + 50) x 90 / 7,400
        self.assertEqual(self.values()[0], "52.9 days")
        got = self.opened(self.tiles()["effectiveness"])
        self.assertEqual(sum(got.mapped("balance")), -3100, "Paid at the bank, with the session, and at the till.")

    def test_a_till_in_a_sales_journal_is_read_as_one_in_another(self):
        """The same days, whichever journal the till writes in."""
        found = []
        for journal in ("default_journal_misc", "default_journal_sale"):
            with self.env.cr.savepoint() as savepoint:
                first = self.small_ledger()
                self.session((self.receivable, -100), journal=journal)
                till = self.company.account_default_pos_receivable_account_id
                self.match(
                    first + self.entry(TENTH + DAY, (self.receivable, -1000), (till, 1000), journal=journal),
                    self.receivable,
                )
                found.append((self.values(), self.gone()))
                savepoint.rollback()
            self.env.invalidate_all()
            self.env.registry.clear_cache()
        self.assertEqual(found[0], found[1])

    def test_a_sale_taken_back_by_hand_is_a_credit_note(self):
        self.entry(TENTH, (self.receivable, 600, DUE), (self.income, -600))
        self.entry(TENTH + DAY, (self.receivable, -150), (self.income, 150))
        [billed] = turnover.months(self.env, self.scope, MARCH, CLOSING).values()
        self.assertEqual((float(billed.balance), float(billed.billed)), (450, 450))
        self.assertEqual(self.gone(), {})

    def test_an_opening_entry_hides_no_write_off_of_the_same_period(self):
        capital = self._account("101900", "equity")
        self.entry(YEAR, (self.receivable, 5000), (capital, -5000))
        self.on_account(4000, date(2026, 2, 2))
        self.entry(TENTH, (self.receivable, -600), (self.loss, 600))
        self.assertEqual(self.gone(), {YEAR: ({capital.id: -5000}, 0), MARCH: ({self.loss.id: 600}, 0)})
        tile = self.tiles()["effectiveness"]
        self.assertEqual(tile["value"], "80.0 %")  # (5,000 - 400 - 600) / 5,000
        self.assertEqual(tile["note"], "written off or moved elsewhere, not counted: €600.00")

    def test_an_opening_entry_of_the_whole_balance_came_in(self):
        bank = self.company_data["default_journal_bank"].default_account_id
        capital, payable = self._account("101900", "equity"), self.company_data["default_account_payable"]
        self.entry(YEAR, (self.receivable, 5000), (bank, 300), (payable, -800), (self.income, -200), (capital, -4300))
        self.assertEqual(self.gone(), {YEAR: ({capital.id: -5000}, 0)})
        self.assertEqual(float(turnover.months(self.env, self.scope, YEAR, CLOSING)[YEAR].billed), 0)

    def test_a_customer_paid_back_by_hand_is_money(self):
        bank = self.company_data["default_journal_bank"].default_account_id
        self.entry(TENTH, (self.receivable, 50), (bank, -50))
        self.assertEqual(self.gone(), {})

    def test_what_comes_back_from_doubtful_receivables_has_not_left(self):
        self.small_ledger()
        doubtful = self._account("416900", "asset_current")
        self.entry(date(2026, 2, 20), (self.receivable, -1000), (doubtful, 1000))
        self.entry(TENTH, (self.receivable, 1000), (doubtful, -1000))
        self.assertEqual(self.tiles()["effectiveness"]["note"], "")
        self.assertEqual(self.values()[0], "64.4 days")  # 5,040 x 90 / 7,040: counted once

    def test_months_are_decimals(self):
        self.session()
        [moved] = turnover.months(self.env, self.scope, MARCH, CLOSING).values()
        self.assertEqual(moved, (D(360), D(360)))
