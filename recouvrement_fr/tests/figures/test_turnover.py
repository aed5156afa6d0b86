from datetime import date
from decimal import Decimal as D

from odoo import Command
from odoo.tests import tagged

from ...ledger import aged, turnover
from ...rules import trend
from ..common import MONDAY
from .ledger_common import CLOSING, DAY, LedgerCommon

YEAR = date(2025, 4, 1)


def money(value):
    return round(D(str(value)), 2)


@tagged("post_install", "-at_install")
class TestTurnover(LedgerCommon):
    """The sums behind the figures: hand-computed, and those of the aged balance at the same days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scope = turnover.Scope(cls.company)

    def owed(self, on, scope=None):
        """{band: amount} at the end of that day, zeros left out."""
        [found] = turnover.owed(self.env, scope or self.scope, [on])
        return {name: money(amount) for name, amount in found.bands.items() if amount}

    def card_of(self, partner, **values):
        card = self.env["recouvrement.debtor"]._card(self.company, partner).sudo()
        card.write(values)
        return card

    def test_what_was_billed_is_what_sales_put_on_the_account(self):
        debt = self.invoice(date(2026, 2, 27), 1000.10, invoice_date=date(2026, 1, 28))
        self.invoice(date(2026, 3, 31), 500, invoice_date=date(2026, 2, 10))
        self.invoice(date(2026, 2, 10), 120.05, move_type="out_refund", invoice_date=date(2026, 2, 11))
        self.invoice(date(2026, 3, 31), 70, invoice_date=date(2026, 2, 12), post=False)
        self.pay(debt, 400, on=date(2026, 2, 20))
        self.assertEqual(
            {
                month: tuple(map(money, moved))
                for month, moved in turnover.months(self.env, self.scope, YEAR, CLOSING).items()
            },
            {
                date(2026, 1, 1): (money("1000.10"), money("1000.10")),
                date(2026, 2, 1): (money("-20.05"), money("379.95")),  # 500 - 120.05, then 400 paid
            },
        )
        self.assertEqual(list(turnover.months(self.env, self.scope, YEAR, date(2026, 1, 31))), [date(2026, 1, 1)])
        self.assertEqual(list(turnover.months(self.env, self.scope, date(2026, 2, 1), CLOSING)), [date(2026, 2, 1)])

    def test_past_months_hold_what_was_owed_then(self):
        debt = self.invoice(date(2026, 2, 15), 1000, invoice_date=date(2026, 1, 16))
        self.pay(debt, 400, on=date(2026, 3, 1))
        self.pay(debt, 600, on=date(2026, 4, 2))
        ends = [date(2026, 1, 15), date(2026, 1, 31), date(2026, 2, 28), CLOSING, date(2026, 4, 2)]
        found = turnover.owed(self.env, self.scope, ends)
        self.assertEqual(
            [(money(each.not_due), money(each.overdue)) for each in found],
            [(0, 0), (1000, 0), (0, 1000), (0, 600), (0, 0)],
        )
        self.assertEqual(self.owed(date(2026, 2, 15)), {"not_due": 1000}, "Due that day: not late yet.")
        self.assertEqual(self.owed(date(2026, 2, 16)), {"to_30": 1000})

    def test_the_bands_are_those_of_the_aged_balance_at_every_day(self):
        self.books()
        self.invoice(MONDAY - 100 * DAY, 77, invoice_date=MONDAY - 130 * DAY)
        self.on_account(55, MONDAY)
        ends = [MONDAY + days * DAY for days in range(-40, 60, 7)]
        for on, found in zip(ends, turnover.owed(self.env, self.scope, ends), strict=True):
            names = (*turnover.BANDS, "credits", "total")
            picked = aged.debtors(self.company, on)
            rows = self.env.execute_query(picked)
            sums = {name: money(sum(row[aged.COLUMNS.index(name)] for row in rows)) for name in names}
            self.assertEqual(
                {name: money(amount) for name, amount in found.bands.items()}, {n: sums[n] for n in turnover.BANDS}, on
            )
            balances = turnover.months(self.env, self.scope, YEAR, on)
            self.assertEqual(money(sum(moved.balance for moved in balances.values())), sums["total"], on)

    def test_cash_is_counted_by_its_days_late(self):
        early, late = self.invoice(MONDAY, 300), self.invoice(MONDAY, 700)
        self.pay(early, on=MONDAY - 4 * DAY)
        self.pay(late, 200, on=MONDAY + 10 * DAY)
        self.pay(late, 500, on=MONDAY + 31 * DAY)
        credited = self.invoice(MONDAY, 90)
        credit = self.invoice(MONDAY, 90, move_type="out_refund", invoice_date=MONDAY + DAY)
        (credited + credit).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        rows = turnover.paid(self.env, self.scope, MONDAY - 4 * DAY, MONDAY + 30 * DAY)
        self.assertEqual(sorted((days, money(amount)) for amount, days in rows), [(-4, 300), (10, 200)])
        rows = turnover.paid(self.env, self.scope, MONDAY - 3 * DAY, MONDAY + 31 * DAY)
        self.assertEqual(sorted((days, money(amount)) for amount, days in rows), [(10, 200), (31, 500)])

    def test_the_largest_are_those_most_overdue(self):
        self.invoice(MONDAY, 1000)
        self.invoice(MONDAY + 60 * DAY, 5000, partner=self.other_partner, invoice_date=MONDAY)
        self.invoice(MONDAY - 5 * DAY, 1200, partner=self.other_partner)
        self.invoice(MONDAY, 300, partner=self.other_partner, move_type="out_refund", invoice_date=MONDAY)
        contact = self.env["res.partner"].create({"name": "Agence", "parent_id": self.debtor_partner.id})
        self.invoice(MONDAY + DAY, 100, partner=contact)
        owed, credits, found = turnover.standing(self.env, self.scope, CLOSING)
        self.assertEqual(
            {name: money(amount) for name, amount in owed.bands.items() if amount},
            {"not_due": 5000, "to_30": 1100, "to_60": 1200},
        )
        self.assertEqual(money(credits), -300)
        self.assertEqual(
            [(each.partner_id, money(each.overdue), money(each.total), each.oldest_due) for each in found],
            [
                (self.debtor_partner.id, 1100, 1100, MONDAY),
                (self.other_partner.id, 900, 5900, MONDAY - 5 * DAY),
            ],
        )
        self.assertEqual(len(turnover.standing(self.env, self.scope, CLOSING, limit=1)[2]), 1)

    def test_one_collector_and_one_type_are_counted_alone(self):
        self.invoice(MONDAY, 1000)
        debt = self.invoice(MONDAY, 500, partner=self.other_partner)
        self.pay(debt, 100, on=MONDAY + 9 * DAY)
        colleague = self._somebody("turnover_colleague")
        self.card_of(self.debtor_partner, debtor_type="professional", type_confirmed=True)
        self.card_of(self.other_partner, collector_id=colleague.id, debtor_type="public", type_confirmed=True)
        for scope in (
            turnover.Scope(self.company, collector_id=colleague.id),
            turnover.Scope(self.company, debtor_type="public"),
            turnover.Scope(self.company, colleague.id, "public"),
        ):
            self.assertEqual(self.owed(CLOSING, scope), {"to_30": 400})
            self.assertEqual(
                [each.partner_id for each in turnover.standing(self.env, scope, CLOSING)[2]], self.other_partner.ids
            )
            self.assertEqual([(money(a), d) for a, d in turnover.paid(self.env, scope, MONDAY, CLOSING)], [(100, 9)])
            [moved] = [each for each in turnover.months(self.env, scope, YEAR, CLOSING).values() if each.billed]
            self.assertEqual(money(moved.billed), 500)
        self.assertEqual(self.owed(CLOSING, turnover.Scope(self.company, colleague.id, "professional")), {})

    def test_another_company_is_not_counted(self):
        other = self.setup_other_company(name="Second creditor")["company"]
        self.env["account.move"].with_company(other).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.debtor_partner.id,
                "invoice_date": MONDAY,
                "invoice_line_ids": [Command.create({"name": "Pose", "price_unit": 9, "tax_ids": False})],
            }
        ).action_post()
        self.assertEqual(self.owed(CLOSING), {})
        self.assertEqual(turnover.months(self.env, self.scope, YEAR, CLOSING), {})
        self.assertEqual(sum(self.owed(CLOSING, turnover.Scope(other)).values()), 9)

    def test_the_figures_of_a_small_ledger_computed_by_hand(self):
        """Billed 3,000 in January, 2,800 in February and 1,240 in March; 2,000 paid on 28 February."""
        first = self.invoice(date(2026, 2, 14), 3000, invoice_date=date(2026, 1, 15))
        self.invoice(date(2026, 3, 14), 2800, invoice_date=date(2026, 2, 12))
        self.invoice(date(2026, 4, 9), 1240, invoice_date=date(2026, 3, 10))
        self.pay(first, 2000, on=date(2026, 2, 28))
        moved = turnover.months(self.env, self.scope, YEAR, CLOSING)
        ends = trend.ends(CLOSING, 2)
        owed = [
            trend.Owed(on, each.not_due, each.overdue, each.bands["over_90"])
            for on, each in zip(ends, turnover.owed(self.env, self.scope, ends), strict=True)
        ]
        february, march = trend.figures(
            D(5040),
            {month: each.balance for month, each in moved.items()},
            {month: each.billed for month, each in moved.items()},
            owed,
            2,
        )
        self.assertEqual((february.receivables, february.overdue), (3800, 1000))
        self.assertEqual(february.dso, D("38.7"))  # 3,800 x 59 / 5,800 = 38.66
        self.assertEqual(february.best_possible, D("28.5"))  # 2,800 x 59 / 5,800 = 28.48
        self.assertEqual(february.count_back.days, D("38.3"))  # February 28, then 1,000 of 3,000: 10.33
        self.assertEqual(february.effectiveness, D("66.7"))  # (5,800 - 3,800) / (5,800 - 2,800)
        self.assertEqual((march.receivables, march.overdue), (5040, 3800))
        self.assertEqual(march.dso, D("73.6"))  # 5,040 x 59 / 4,040 = 73.60
        self.assertEqual(march.count_back.days, D("69.3"))  # 31 + 28, then 1,000 of 3,000: 10.33
        self.assertEqual(march.share_overdue, D("75.4"))  # 3,800 / 5,040
