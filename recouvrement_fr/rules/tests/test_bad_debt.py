"""What is lost of an unpaid invoice, net of VAT, and what a doubtful one is impaired by."""

import unittest
from datetime import date
from decimal import Decimal as D

from ..bad_debt import Bracket, impairment, impairment_rate, split, vat_recovery_until

BRACKETS = (
    Bracket("overdue", 91, D(10)),
    Bracket("overdue", 181, D(25)),
    Bracket("doubtful", 0, D(50)),
    Bracket("liquidation", 0, D(100)),
)


class TestSplit(unittest.TestCase):
    def test_each_tax_is_in_proportion_and_the_net_takes_the_rest(self):
        for left, total, taxes, net, parts in (
            ("1200", "1200", ["200"], "1000", ["200.00"]),
            ("600", "1200", ["200"], "500", ["100.00"]),
            ("100.01", "1200", ["200"], "83.34", ["16.67"]),
            ("100", "305.50", ["50", "5.50"], "81.83", ["16.37", "1.80"]),
            ("0.01", "1200", ["200"], "0.01", ["0.00"]),
            ("500", "500", [], "500", []),
        ):
            with self.subTest(left=left, taxes=taxes):
                share = split(D(left), D(total), [D(tax) for tax in taxes])
                self.assertEqual((share.net, [str(part) for part in share.taxes]), (D(net), parts))
                self.assertEqual(share.net + sum(share.taxes), D(left))

    def test_the_unit_of_the_currency_is_respected(self):
        self.assertEqual(split(D(1001), D(11000), [D(1000)], unit=D(1)), (D(910), (D(91),)))

    def test_an_invoice_of_nothing_has_no_tax(self):
        self.assertEqual(split(D(5), D(0), [D(0)]), (D(5), (D(0),)))


class TestImpairment(unittest.TestCase):
    def test_the_most_serious_situation_counts(self):
        for situations, days, rate in (
            (("overdue",), 90, None),
            (("overdue",), 91, 10),
            (("overdue",), 400, 25),
            (("overdue", "doubtful"), 5, 50),
            (("overdue", "doubtful", "liquidation"), 400, 100),
            ((), 400, None),
        ):
            with self.subTest(situations=situations, days=days):
                found = impairment_rate(BRACKETS, situations, days)
                self.assertEqual(found and found.rate, rate)

    def test_it_is_on_the_price_without_vat_and_never_negative(self):
        self.assertEqual(impairment(D("833.33"), D(50)), D("416.67"))
        self.assertEqual(impairment(D("-10"), D(50)), D("0.00"))


class TestDelay(unittest.TestCase):
    def test_until_the_end_of_the_second_year_to_be_checked(self):
        found = vat_recovery_until(date(2026, 3, 2))
        self.assertEqual((found.last_day, found.verified), (date(2028, 12, 31), False))
