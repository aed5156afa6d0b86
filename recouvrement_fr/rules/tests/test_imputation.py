"""Imputation of payments: whose debt first, and interest or principal."""

import unittest
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ..errors import NegativeAmount, UnknownDebt, UnknownMovement
from ..imputation import Debt, impute

D = Decimal
ON = date(2025, 6, 30)
OLD = Debt("old", D("100.00"), date(2025, 3, 31), D("5.00"))
TWIN = Debt("twin", D("50.00"), date(2025, 3, 31))
RECENT = Debt("recent", D("200.00"), date(2025, 5, 31), D("1.00"))
LATER = Debt("later", D("300.00"), date(2025, 7, 31))


def shown(found):
    return [(s.key, str(s.interest), str(s.principal), s.rule) for s in found.shares], str(found.left)


class TestImpute(unittest.TestCase):
    def test_due_debts_first_and_the_oldest_among_them(self):
        self.assertEqual(
            shown(impute(D(400), [LATER, RECENT, OLD], ON)),
            (
                [
                    ("old", "5.00", "100.00", "due"),
                    ("recent", "1.00", "200.00", "due"),
                    ("later", "0.00", "94.00", "not_due"),
                ],
                "0.00",
            ),
        )

    def test_a_debt_is_due_on_its_due_date(self):
        self.assertEqual(impute(D(1), [Debt("a", D(1), ON)], ON).shares[0].rule, "due")

    def test_the_debtor_s_indication_comes_before_everything(self):
        self.assertEqual(
            shown(impute(D(350), [OLD, RECENT, LATER], ON, indicated=["later", "recent", "later"])),
            ([("later", "0.00", "300.00", "indicated"), ("recent", "1.00", "49.00", "indicated")], "0.00"),
        )

    def test_debts_of_the_same_age_share_in_proportion_to_the_cent(self):
        # 105 and 50 of 155: 100 gives 67.741..., 32.258...
        self.assertEqual(
            shown(impute(D(100), [OLD, TWIN], ON)),
            ([("old", "5.00", "62.74", "due"), ("twin", "0.00", "32.26", "due")], "0.00"),
        )
        thirds = [Debt(key, D(10), ON) for key in "abc"]
        self.assertEqual([str(s.principal) for s in impute(D(10), thirds, ON).shares], ["3.34", "3.33", "3.33"])

    def test_age_may_be_counted_from_birth(self):
        older = Debt("older", D(10), date(2025, 6, 1), since=date(2024, 1, 1))
        self.assertEqual(impute(D(10), [OLD, older], ON).shares[0].key, "older")

    def test_interest_first_unless_the_contract_says_otherwise(self):
        for interest_first, interest, principal in ((True, "5.00", "45.00"), (False, "0.00", "50.00")):
            with self.subTest(interest_first=interest_first):
                found = impute(D(50), [OLD], ON, interest_first=interest_first)
                self.assertEqual(shown(found), ([("old", interest, principal, "due")], "0.00"))
        self.assertEqual(shown(impute(D(104), [OLD], ON, interest_first=False))[0], [("old", "4.00", "100.00", "due")])

    def test_a_credit_note_reduces_principal_only(self):
        self.assertEqual(shown(impute(D(104), [OLD], ON, kind="credit")), ([("old", "0.00", "100.00", "due")], "4.00"))

    def test_what_is_too_much_is_left(self):
        self.assertEqual(shown(impute(D(200), [OLD], ON))[1], "95.00")
        self.assertEqual(shown(impute(D(0), [OLD], ON)), ([], "0.00"))
        self.assertEqual(shown(impute(D(10), [], ON)), ([], "10.00"))

    def test_mistakes_have_their_names(self):
        for error, mistake in (
            (NegativeAmount, lambda: impute(D(-1), [OLD], ON)),
            (NegativeAmount, lambda: Debt("a", D(-1), ON)),
            (NegativeAmount, lambda: Debt("a", D(1), ON, D(-1))),
            (UnknownDebt, lambda: impute(D(1), [OLD], ON, indicated=["new"])),
            (UnknownMovement, lambda: impute(D(1), [OLD], ON, kind="gift")),
        ):
            with self.subTest(error=error.__name__), self.assertRaises(error):
                mistake()

    @given(
        st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**4), st.integers(1, 28)), max_size=6),
        st.integers(0, 4 * 10**6),
        st.booleans(),
    )
    def test_shares_and_what_is_left_sum_to_the_payment_and_none_is_overpaid(self, debts, cents, interest_first):
        given_debts = [
            Debt(str(position), D(principal).scaleb(-2), date(2025, 6, due), D(interest).scaleb(-2))
            for position, (principal, interest, due) in enumerate(debts)
        ]
        amount = D(cents).scaleb(-2)
        found = impute(amount, given_debts, date(2025, 6, 15), interest_first=interest_first)
        self.assertEqual(sum((s.interest + s.principal for s in found.shares), D(0)) + found.left, amount)
        by_key = {debt.key: debt for debt in given_debts}
        for share in found.shares:
            self.assertLessEqual(share.principal, by_key[share.key].principal)
            self.assertLessEqual(share.interest, by_key[share.key].interest)
        if found.left:
            self.assertEqual(found.left, amount - sum((d.principal + d.interest for d in given_debts), D(0)))
