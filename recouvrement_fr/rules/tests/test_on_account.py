import unittest
from datetime import date
from decimal import Decimal

from ..netting import Item, net
from ..on_account import Account, Money, Pledge, by_line, earmark
from ..receipts import Sum, same_money

MADE, CAME, LATE = date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 20)


def money(line, amount, on=CAME, currency=1, entry=None):
    return Money(line, currency, on, Decimal(amount), line if entry is None else entry)


def pledge(name, amount, by=LATE, **more):
    values = {"account": Account(MADE), "until": None, "money": None} | more
    return Pledge(("promise", name), frozenset({name}), 1, Decimal(amount), by, **values)


class TestOnAccount(unittest.TestCase):
    def taken(self, account, *pledges):
        return [(share.name[1], share.line_id, int(share.amount)) for share in earmark(account, pledges)]

    def test_an_amount_is_for_one_pledge_the_nearest_first(self):
        found = self.taken([money(1, 1000)], pledge(7, 600), pledge(8, 700, by=CAME))
        self.assertEqual(found, [(8, 1, 700), (7, 1, 300)])

    def test_what_was_in_the_account_is_no_news_even_taken_off_its_invoice_later(self):
        known = Account(date(2025, 9, 1), frozenset({1}))
        self.assertEqual(self.taken([money(1, 1000), money(2, 50)], pledge(7, 600, account=known)), [(7, 2, 50)])

    def test_what_comes_too_late_or_in_another_currency_is_not_what_was_promised(self):
        found = self.taken([money(1, 10, on=LATE), money(2, 10, currency=2)], pledge(7, 600, until=CAME))
        self.assertEqual(found, [])

    def test_an_older_version_remembered_what_was_left(self):
        known = Account(MADE, left={1: Decimal(400)})
        self.assertEqual(self.taken([money(1, 1000)], pledge(7, 1000, account=known)), [(7, 1, 600)])

    def test_money_told_of_is_for_its_case_alone(self):
        told = pledge(9, 500, by=LATE, money={1: Decimal(500)})
        self.assertEqual(self.taken([money(1, 800)], pledge(7, 600, by=CAME), told), [(9, 1, 500), (7, 1, 300)])

    def test_netting_gives_it_to_what_it_is_for_then_to_the_oldest(self):
        shares = by_line(earmark([money(4, 8)], [pledge(2, 5)]))
        meant = tuple((share.moves, int(share.amount)) for share in shares[4])
        debts, left = net(
            [
                Item((1, MADE, 0), 1, 10, 10),
                Item((2, CAME, 0), 1, 10, 10, held=10),
                Item((9, CAME, 4), 1, -8, -8, meant=meant),
            ]
        )
        self.assertEqual({debt.key[0]: debt.amount for debt in debts}, {1: 7, 2: 5})
        self.assertEqual(left, {})

    def test_what_was_told_is_the_same_amount_come_since(self):
        told = [Sum(MADE, Decimal(300)), Sum(CAME, Decimal(200))]
        for account, same, doubtful in (
            ([(1, Sum(CAME, Decimal(300)))], {1: Decimal(300)}, []),
            ([(1, Sum(LATE, Decimal(500)))], {1: Decimal(500)}, []),  # both together
            ([(1, Sum(LATE, Decimal(280)))], {}, [1]),  # after fees, or another payment
            ([(1, Sum(date(2026, 3, 1), Decimal(300)))], {}, []),  # before anything was told
            ([(1, Sum(CAME, Decimal(300))), (2, Sum(LATE, Decimal(300)))], {1: Decimal(300)}, [2]),
        ):
            with self.subTest(account=account):
                self.assertEqual(same_money(told, account), (same, doubtful))
