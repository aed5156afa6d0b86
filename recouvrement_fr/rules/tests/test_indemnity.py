"""The 40 EUR of L441-10: who owes them, and from when."""

import unittest
from datetime import date
from decimal import Decimal

from ..errors import FigureMissing, UnknownDebtorType
from ..indemnity import recovery_indemnity, was_late
from ..interest import Movement
from ..parameters import Dated, Parameters

DUE = date(2025, 5, 31)
LATE = date(2025, 6, 1)


class TestRecoveryIndemnity(unittest.TestCase):
    def test_professionals_and_public_buyers_only(self):
        for kind, amount in (
            ("professional", "40.00"),
            ("public", "40.00"),
            ("consumer", "0.00"),
            ("non_professional", "0.00"),
        ):
            with self.subTest(kind=kind):
                self.assertEqual(str(recovery_indemnity(kind, DUE, LATE)), amount)

    def test_from_the_first_late_day_and_once(self):
        for on, amount in ((date(2025, 5, 30), 0), (DUE, 0), (LATE, 40), (date(2030, 1, 1), 40)):
            with self.subTest(on=on):
                self.assertEqual(recovery_indemnity("professional", DUE, on), amount)

    def test_not_for_an_invoice_that_fell_due_on_or_after_the_opening_judgment(self):
        for judgment, amount in ((date(2025, 5, 30), 0), (DUE, 0), (LATE, 40), (date(2026, 1, 1), 40)):
            with self.subTest(judgment=judgment):
                self.assertEqual(recovery_indemnity("professional", DUE, LATE, insolvency_on=judgment), amount)

    def test_a_debt_born_on_or_after_the_judgment_may_be_paid_and_bears_it(self):
        for born, amount in ((date(2025, 5, 9), 0), (date(2025, 5, 10), 40), (date(2025, 5, 20), 40)):
            with self.subTest(born=born):
                found = recovery_indemnity("professional", DUE, LATE, insolvency_on=date(2025, 5, 10), born_on=born)
                self.assertEqual(found, amount)

    def test_it_exists_since_2013(self):
        for due, amount in ((date(2012, 12, 30), 0), (date(2012, 12, 31), 40)):
            with self.subTest(due=due):
                self.assertEqual(recovery_indemnity("professional", due, date(2025, 1, 1)), amount)

    def test_another_amount_applies_from_its_date(self):
        parameters = Parameters(
            indemnity=(Dated(date(2013, 1, 1), Decimal(40), ""), Dated(date(2025, 6, 2), Decimal(50), "")),
        )
        with self.assertRaises(FigureMissing):
            recovery_indemnity("professional", date(2012, 12, 30), LATE, parameters=parameters)
        for due, amount in ((DUE, 40), (LATE, 50)):
            self.assertEqual(recovery_indemnity("professional", due, date(2026, 1, 1), parameters=parameters), amount)
        self.assertEqual(recovery_indemnity("public", LATE, date(2026, 1, 1), parameters=parameters), 40)

    def test_an_unknown_type_of_debtor_is_refused(self):
        with self.assertRaises(UnknownDebtorType):
            recovery_indemnity("friend", DUE, LATE)

    def test_what_was_paid_or_credited_in_time_is_not_late(self):
        for late, *movements in (
            (True,),
            (False, (DUE, 1000, "payment")),
            (True, (LATE, 1000, "payment")),
            (True, (DUE, 999, "payment")),
            (False, (LATE, 1000, "credit")),
            (False, (DUE, 600, "payment"), (LATE, 400, "credit")),
            (True, (LATE, 600, "payment"), (LATE, 400, "credit")),
        ):
            with self.subTest(movements=movements):
                came_in = [Movement(on, Decimal(amount), kind) for on, amount, kind in movements]
                self.assertEqual(was_late(Decimal(1000), DUE, came_in), late)
