import unittest
from datetime import date
from decimal import Decimal

from ..receipts import Part, Sum, apportion, set_against, spread

TOLD, LATER, PASSED_ON = date(2026, 9, 10), date(2026, 9, 20), date(2026, 9, 25)


def sums(*rows):
    return [Sum(on, Decimal(amount)) for on, amount in rows]


class TestSetAgainst(unittest.TestCase):
    def test_what_was_told_counts_once_and_from_its_own_day(self):
        for told, banked, parts, waiting in (
            ([], [(LATER, 300)], [(0, LATER, 300)], []),
            ([(TOLD, 500)], [], [], [(TOLD, 500)]),
            ([(TOLD, 500)], [(PASSED_ON, 500)], [(0, TOLD, 500)], []),
            ([(TOLD, 500)], [(PASSED_ON, 450)], [(0, TOLD, 450)], [(TOLD, 50)]),  # fees kept: the debtor paid 500
            ([(TOLD, 500)], [(PASSED_ON, 800)], [(0, TOLD, 500), (0, PASSED_ON, 300)], []),
            ([(LATER, 500)], [(TOLD, 200)], [(0, TOLD, 200)], [(LATER, 500)]),  # before it: another payment
            (
                [(LATER, 200), (TOLD, 100)],
                [(PASSED_ON, 250), (LATER, 50)],
                [(1, TOLD, 50), (0, TOLD, 50), (0, LATER, 200)],
                [],
            ),
        ):
            with self.subTest(told=told, banked=banked):
                found = set_against(sums(*told), sums(*banked))
                expected = [Part(index, on, Decimal(amount)) for index, on, amount in parts]
                self.assertEqual(found, (expected, sums(*waiting)))


class TestShares(unittest.TestCase):
    def test_the_oldest_debt_is_paid_first_and_nothing_is_lost(self):
        for amount, rooms, shares in (
            (150, [100, 100], [100, 50]),
            (300, [100, 100], [100, 200]),
            (50, [-10, 100], [0, 50]),
            (50, [], []),
        ):
            with self.subTest(amount=amount, rooms=rooms):
                self.assertEqual(spread(Decimal(amount), [Decimal(room) for room in rooms]), shares)

    def test_a_proportion_sums_to_the_cent(self):
        for amount, weights, shares in (
            ("100", [1, 1, 1], ["33.33", "33.34", "33.33"]),
            ("80.05", [100, 0], ["80.05", "0"]),
            ("10.005", [1, 1], ["5.00", "5.005"]),
            ("10", [0, 0], ["10", "0"]),
            ("10", [], []),
        ):
            with self.subTest(amount=amount, weights=weights):
                found = apportion(Decimal(amount), [Decimal(weight) for weight in weights])
                self.assertEqual(found, [Decimal(share) for share in shares])
