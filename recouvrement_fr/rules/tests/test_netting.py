import random
import unittest
from datetime import date

from ..netting import Item, net

EUR, USD = 1, 2
MARCH, APRIL, MAY = date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)


def item(move, due, amount, currency=EUR, company=None, entry=0, **more):
    return Item((move, due, entry), currency, amount, amount if company is None else company, **more)


def left(items):
    debts, credit = net(items)
    return {(debt.key[0], debt.key[1]): debt.amount for debt in debts}, credit


class TestNetting(unittest.TestCase):
    def test_without_credit_every_debt_stays(self):
        self.assertEqual(left([item(1, MARCH, 1000), item(2, APRIL, 500)]), ({(1, MARCH): 1000, (2, APRIL): 500}, {}))

    def test_a_payment_on_account_pays_the_oldest_due_date_first(self):
        debts, credit = left([item(2, APRIL, 500), item(1, MARCH, 1000), item(9, MAY, -1200, entry=4)])
        self.assertEqual(debts, {(1, MARCH): 0, (2, APRIL): 300})
        self.assertEqual(credit, {})

    def test_a_credit_note_first_nets_the_invoice_it_reverses(self):
        debts, _credit = left([item(1, MARCH, 1000), item(2, APRIL, 500), item(9, APRIL, -400, reverses=2)])
        self.assertEqual(debts, {(1, MARCH): 1000, (2, APRIL): 100})

    def test_the_rest_of_a_credit_note_nets_the_oldest(self):
        debts, _credit = left([item(1, MARCH, 1000), item(2, APRIL, 500), item(9, APRIL, -700, reverses=2)])
        self.assertEqual(debts, {(1, MARCH): 800, (2, APRIL): 0})

    def test_a_credit_note_of_an_invoice_already_paid_nets_the_others(self):
        debts, _credit = left([item(1, MARCH, 1000), item(9, APRIL, -700, reverses=77)])
        self.assertEqual(debts, {(1, MARCH): 300})

    def test_a_credit_larger_than_the_debt_is_left_over(self):
        debts, credit = left([item(1, MARCH, 1000), item(9, APRIL, -1500)])
        self.assertEqual((debts, credit), ({(1, MARCH): 0}, {(EUR, 0): 500}))

    def test_a_credit_to_come_nets_today(self):
        debts, _credit = left([item(1, MARCH, 1000), item(9, MAY, -1000)])
        self.assertEqual(debts, {(1, MARCH): 0})

    def test_instalments_of_the_same_day_share_a_credit_in_proportion_to_the_cent(self):
        debts, credit = left([item(1, MARCH, 1), item(2, MARCH, 1), item(3, MARCH, 1), item(9, MARCH, -2)])
        self.assertEqual(sum(debts.values()), 1)
        self.assertEqual(credit, {})
        debts, _credit = left([item(1, MARCH, 3000), item(2, MARCH, 1000), item(9, MARCH, -1000)])
        self.assertEqual(debts, {(1, MARCH): 2250, (2, MARCH): 750})

    def test_currencies_never_net_one_another(self):
        debts, credit = left([item(1, MARCH, 1000), item(9, MARCH, -1000, currency=USD)])
        self.assertEqual((debts, credit), ({(1, MARCH): 1000}, {(USD, 0): 1000}))

    def test_nothing_nets_across_an_insolvency_judgment(self):
        debts, credit = left([item(1, MARCH, 1000, side=1), item(9, APRIL, -1000)])
        self.assertEqual((debts, credit), ({(1, MARCH): 1000}, {(EUR, 0): 1000}))

    def test_a_credit_note_is_connected_with_the_invoice_it_reverses_whatever_the_judgment(self):
        items = [item(1, MARCH, 1000, side=1), item(2, MAY, 800), item(9, APRIL, -1200, reverses=1)]
        debts, credit = left(items)
        self.assertEqual(debts, {(1, MARCH): 0, (2, MAY): 600})  # what is left of it was born since
        self.assertEqual(credit, {})

    def test_a_prior_credit_nets_no_later_debt(self):
        debts, credit = left([item(1, MARCH, 300, side=1), item(2, MAY, 800), item(9, MARCH, -500, side=1)])
        self.assertEqual((debts, credit), ({(1, MARCH): 0, (2, MAY): 800}, {(EUR, 1): 200}))

    def test_what_a_debtor_meant_for_penalties_not_invoiced_is_kept_for_them(self):
        meant = ((frozenset(), 200), (frozenset({2}), 300))
        debts, credit = left([item(1, MARCH, 1000), item(2, APRIL, 500), item(9, MAY, -600, meant=meant)])
        self.assertEqual(debts, {(1, MARCH): 900, (2, APRIL): 200})
        self.assertEqual(credit, {})
        debts, _credit = left([item(1, MARCH, 1000), item(9, MAY, -150, meant=meant)])
        self.assertEqual(debts, {(1, MARCH): 1000})

    def test_what_is_held_is_netted_after_all_that_is_not(self):
        debts, _credit = left([item(1, MARCH, 1000, held=1000), item(2, APRIL, 500), item(9, MAY, -700)])
        self.assertEqual(debts, {(1, MARCH): 800, (2, APRIL): 0})

    def test_what_is_due_though_promised_is_netted_before_what_is_not_due_yet(self):
        promised = item(1, MARCH, 1000, held=1000, late=True, hold="promised")
        debts, _credit = left([promised, item(2, MAY, 500), item(9, APRIL, -300)])
        self.assertEqual(debts, {(1, MARCH): 700, (2, MAY): 500})
        free = item(3, APRIL, 400, late=True)
        debts, _credit = left([promised, item(2, MAY, 500), free, item(9, APRIL, -600)])
        self.assertEqual(debts, {(1, MARCH): 800, (2, MAY): 500, (3, APRIL): 0})
        debts, _credit = left([promised, item(2, MAY, 500), free, item(9, APRIL, -1700)])
        self.assertEqual(debts, {(1, MARCH): 0, (2, MAY): 200, (3, APRIL): 0})

    def test_what_is_contested_in_a_plan_or_not_due_yet_is_netted_last_though_late(self):
        for more in (
            {"late": True, "hold": "disputed"},
            {"late": True, "hold": "in_plan"},
            {"late": False, "hold": "promised"},
            {"late": True},  # a part of it is contested
        ):
            with self.subTest(more):
                debts, _credit = left([item(1, MARCH, 1000, held=1000, **more), item(2, MAY, 500), item(9, MAY, -300)])
                self.assertEqual(debts, {(1, MARCH): 1000, (2, MAY): 200})

    def test_a_part_held_lets_the_rest_be_netted_first(self):
        debts, _credit = left([item(1, MARCH, 1000, held=300), item(2, APRIL, 500), item(9, MAY, -900)])
        self.assertEqual(debts, {(1, MARCH): 300, (2, APRIL): 300})

    def test_each_debt_tells_which_credit_paid_it_the_oldest_credit_first(self):
        items = [
            item(1, MARCH, 1000),
            item(2, APRIL, 500),
            item(8, MAY, -700, on=MAY),
            item(9, MAY, -600, on=APRIL),
            item(7, MAY, -100, on=MAY, reverses=2),
        ]
        debts, _credit = net(items)
        self.assertEqual(
            {debt.key[0]: [(key[0], amount) for key, amount in debt.credits] for debt in debts},
            {1: [(9, 600), (8, 400)], 2: [(7, 100), (8, 300)]},
        )

    def test_what_the_credits_gave_sums_to_what_is_deducted(self):
        generator = random.Random(10)
        for _case in range(300):
            items = [
                item(
                    number,
                    generator.choice((MARCH, APRIL, MAY)),
                    generator.randint(-900, 900) or 1,
                    side=generator.randint(0, 1),
                    held=generator.choice((0, 50, 900)),
                    reverses=generator.randint(1, 8),
                )
                for number in range(1, 9)
            ]
            debts, credit = net(items)
            for debt in debts:
                self.assertEqual(sum(amount for _key, amount in debt.credits), debt.credited)
                self.assertGreaterEqual(debt.amount, 0)
            given = sum(debt.credited for debt in debts) + sum(credit.values())
            self.assertEqual(given, -sum(one.amount for one in items if one.amount < 0))

    def test_the_company_amount_follows_in_proportion(self):
        [debt], _credit = net([item(1, MARCH, 1000, USD, company=800), item(9, MARCH, -250, USD, company=-210)])
        self.assertEqual((debt.amount, debt.company_amount, debt.credited), (750, 600, 250))

    def test_the_order_of_the_items_does_not_matter(self):
        items = [item(1, MARCH, 1000), item(2, APRIL, 500), item(8, APRIL, -300, reverses=2), item(9, MAY, -400)]
        self.assertEqual(left(items), left(items[::-1]))
