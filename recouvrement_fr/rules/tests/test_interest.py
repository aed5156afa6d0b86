"""The décompte: figures checked by hand, boundaries of each regime, and properties that always hold."""

import pickle
import unittest

from ..errors import (
    ContractRateMissing,
    DueBeforeInvoice,
    FigureMissing,
    FreezeReversed,
    NegativeAmount,
    NegativeRate,
    PaymentBeforeInvoice,
    RateMissing,
    UnknownDayCount,
    UnknownDebtorType,
    UnknownImputation,
    UnknownMovement,
    UnknownRegime,
)
from ..interest import Freeze, Movement, Note, daily_interest, decompte, interest_regime, one_day
from ..parameters import ALWAYS, Dated, Parameters
from ..rates import RateTable
from .interest_common import RATES, D, claim, day, shown


class TestProfessional(unittest.TestCase):
    def test_a_long_delay_is_reanchored_at_each_half_year(self):
        # By hand: 10 000 x 13.15 % x 30/365 = 108.0822; x 12.15 % x 184/365 = 612.4932; x 12.15 % x 46/365 = 153.1233.
        # Running totals 108.0822, 720.5753, 873.6986 round to 108.08, 720.58, 873.70.
        found = decompte(claim(), day("2026-02-15"), RATES)
        self.assertEqual(
            shown(found),
            [
                ("2025-06-01", "2025-06-30", 30, "10000.00", "13.15", "108.08"),
                ("2025-07-01", "2025-12-31", 184, "10000.00", "12.15", "612.50"),
                ("2026-01-01", "2026-02-15", 46, "10000.00", "12.15", "153.12"),
            ],
        )
        self.assertEqual((found.interest, found.principal_due, found.unverified), (D("873.70"), D("10000.00"), False))
        self.assertEqual((found.interest_due, found.total_due, found.notes), (D("873.70"), D("10873.70"), ()))
        self.assertEqual({t.article for t in found.tranches}, {"C.com L441-10 II"})

    def test_interest_begins_the_day_after_the_due_date(self):
        for on, days in (("2025-05-30", 0), ("2025-05-31", 0), ("2025-06-01", 1), ("2025-06-02", 2)):
            with self.subTest(on=on):
                self.assertEqual(sum(t.days for t in decompte(claim(), day(on), RATES).tranches), days)

    def test_a_half_year_ends_on_its_last_day(self):
        for due, on, days in (
            ("2025-06-29", "2025-06-30", [1]),
            ("2025-06-29", "2025-07-01", [1, 1]),
            ("2025-06-30", "2025-07-01", [1]),
            ("2025-12-30", "2026-01-01", [1, 1]),
        ):
            with self.subTest(due=due, on=on):
                self.assertEqual([t.days for t in decompte(claim(due=due), day(on), RATES).tranches], days)

    def test_a_day_count_over_a_leap_year(self):
        # 366 days late from 2023-12-31 to 2024-12-31; 10 000 x (14.50 % x 182 + 14.25 % x 184) over 365 or 366.
        for day_count, expected in (("act365", "1441.37"), ("actact", "1437.43")):
            with self.subTest(day_count=day_count):
                late = claim(due="2023-12-31", day_count=day_count)
                self.assertEqual(decompte(late, day("2024-12-31"), RATES).interest, D(expected))

    def test_act_act_divides_by_365_in_a_common_year(self):
        for on in ("2025-06-30", "2025-12-31"):
            self.assertEqual(decompte(claim(day_count="actact"), day(on), RATES), decompte(claim(), day(on), RATES))

    def test_zero_and_negative_principals_bear_nothing(self):
        for principal in ("0", "-10"):
            with self.subTest(principal=principal):
                self.assertEqual(
                    decompte(claim(principal), day("2026-02-15"), RATES),
                    ((), D("0.00"), D("0.00"), False, (), D("0.00"), D("0.00")),
                )

    def test_a_missing_half_year_is_an_error_and_only_when_interest_runs_in_it(self):
        decompte(claim(), day("2026-12-31"), RATES)
        with self.assertRaisesRegex(RateMissing, "2027 S1 .2027-01-01 falls in it"):
            decompte(claim(), day("2027-01-01"), RATES)
        paid = claim(movements=(Movement(day("2026-12-31"), D(10000)),))
        self.assertEqual(decompte(paid, day("2027-03-01"), RATES).principal_due, 0)

    def test_a_rate_not_verified_is_told(self):
        found = decompte(claim(), day("2026-07-01"), RATES)
        self.assertTrue(found.unverified)
        self.assertEqual([note.code for note in found.notes], ["unverified"])
        self.assertIn("2026 S2", found.notes[0])

    def test_other_parameters_change_the_margin_from_their_date(self):
        nothing, other = Dated(ALWAYS, D(0), ""), Dated(day("2025-07-01"), D(8), "other")
        parameters = Parameters(professional_margin=(nothing, other))
        found = decompte(claim(), day("2025-07-01"), RATES, parameters)
        self.assertEqual([(t.rate, t.article) for t in found.tranches], [(D("3.15"), ""), (D("10.15"), "other")])

    def test_a_figure_that_has_no_value_yet_stops_the_count_and_nothing_stands_for_it(self):
        other = (Dated(day("2025-07-01"), D(8), "other"),)
        cases = (
            (claim(), Parameters(professional_margin=other)),
            (claim(regime="public"), Parameters(public_margin=other)),
            (claim(regime="contractual", contract_rate=D(12)), Parameters(floor_multiple=other)),
        )
        for one, parameters in cases:
            with self.subTest(regime=one.regime), self.assertRaises(FigureMissing) as caught:
                decompte(one, day("2025-06-30"), RATES, parameters)
            self.assertIn("enter one without a first day", str(caught.exception))

    def test_a_figure_not_verified_is_told_and_marks_the_count(self):
        doubtful = Parameters(professional_margin=(Dated(ALWAYS, D(12), "a decree", verified=False),))
        found = decompte(claim(), day("2025-06-30"), RATES, doubtful)
        self.assertTrue(found.unverified)
        self.assertEqual([note.code for note in found.notes], ["figure_unverified"])
        self.assertIn("a decree", found.notes[0])
        self.assertFalse(decompte(claim(), day("2025-06-30"), RATES).unverified)

    def test_one_day_costs_a_year_divided_by_its_days(self):
        for on, count, days in (
            ("2028-02-01", "act365", 365),
            ("2028-02-01", "actact", 366),
            ("2027-02-01", "actact", 365),
        ):
            self.assertEqual(one_day(D(36600), D(10), day(on), count), D(3660) / days)
        with self.assertRaises(UnknownDayCount):
            one_day(D(1), D(1), day("2027-01-01"), "30/360")

    def test_a_currency_has_its_own_digits(self):
        yen = decompte(claim("1000000", digits=0), day("2025-06-30"), RATES)
        self.assertEqual((str(yen.interest), str(yen.tranches[0].base)), ("10808", "1000000"))
        self.assertEqual(str(decompte(claim("1000", digits=3), day("2025-06-30"), RATES).interest), "10.808")

    def test_an_amount_finer_than_the_currency_is_rounded_half_up(self):
        for principal, expected in (("1.004", "1.00"), ("1.005", "1.01"), ("1.0149999", "1.01")):
            self.assertEqual(str(decompte(claim(principal), day("2025-06-30"), RATES).principal_due), expected)


class TestMovements(unittest.TestCase):
    def test_a_payment_reduces_the_base_from_the_next_day(self):
        late = claim(movements=(Movement(day("2025-06-10"), D("4000")),))
        found = decompte(late, day("2025-06-30"), RATES)
        self.assertEqual(
            shown(found),
            [
                ("2025-06-01", "2025-06-10", 10, "10000.00", "13.15", "36.03"),
                ("2025-06-11", "2025-06-30", 20, "6000.00", "13.15", "43.23"),
            ],
        )
        self.assertEqual(found.principal_due, D("6000.00"))

    def test_what_comes_in_by_the_due_date_just_reduces_the_base(self):
        for on in ("2025-04-01", "2025-05-31"):
            for kind in ("payment", "credit"):
                with self.subTest(on=on, kind=kind):
                    late = claim(movements=(Movement(day(on), D("4000"), kind),))
                    self.assertEqual(
                        shown(decompte(late, day("2025-06-10"), RATES)),
                        [("2025-06-01", "2025-06-10", 10, "6000.00", "13.15", "21.62")],
                    )

    def test_a_movement_counts_from_its_own_day(self):
        late = claim(movements=(Movement(day("2025-06-10"), D("4000")),))
        for on, due in (("2025-06-09", "10000.00"), ("2025-06-10", "6000.00")):
            found = decompte(late, day(on), RATES)
            self.assertEqual((str(found.principal_due), len(found.tranches)), (due, 1))
        early = claim(movements=(Movement(day("2025-05-20"), D("4000")),))
        for on, due in (("2025-05-19", "10000.00"), ("2025-05-20", "6000.00")):
            self.assertEqual(str(decompte(early, day(on), RATES).principal_due), due)

    def test_a_movement_of_nothing_cuts_no_tranche(self):
        late = claim(movements=(Movement(day("2025-06-10"), D(0)),))
        self.assertEqual(len(decompte(late, day("2025-06-30"), RATES).tranches), 1)

    def test_a_debt_paid_twice_owes_nothing_and_says_so(self):
        late = claim(movements=(Movement(day("2025-06-10"), D("12000")),))
        found = decompte(late, day("2025-06-30"), RATES)
        self.assertEqual((found.principal_due, found.notes[0].code), (0, "overpaid"))
        self.assertEqual(found.notes[0].params, {"excess": D("1963.97")})  # 36.03 paid the interest

    def test_what_exceeds_the_principal_pays_the_interest_accrued(self):
        for amount, paid, notes in (("10020", "20.00", 0), ("10036.03", "36.03", 0), ("10036.04", "36.03", 1)):
            with self.subTest(amount=amount):
                late = claim(movements=(Movement(day("2025-06-10"), D(amount)),))
                found = decompte(late, day("2025-06-30"), RATES)
                self.assertEqual((str(found.interest_paid), found.principal_due, len(found.notes)), (paid, 0, notes))
        credit = claim(movements=(Movement(day("2025-06-10"), D("10020"), "credit"),))
        self.assertEqual(decompte(credit, day("2025-06-30"), RATES).interest_due, D("36.03"))

    def test_interest_is_paid_before_the_principal_when_the_claim_asks_for_it(self):
        # 10 days of 10 000 at 13.15 %: 36.03, taken off the payment; 20 days of 9 036.03.
        late = claim(movements=(Movement(day("2025-06-10"), D("1000")),), imputation="interest")
        found = decompte(late, day("2025-06-30"), RATES)
        self.assertEqual(
            shown(found),
            [
                ("2025-06-01", "2025-06-10", 10, "10000.00", "13.15", "36.03"),
                ("2025-06-11", "2025-06-30", 20, "9036.03", "13.15", "65.11"),
            ],
        )
        self.assertEqual((found.interest_paid, found.interest_due), (D("36.03"), D("65.11")))

    def test_a_credit_note_is_not_a_payment(self):
        late = claim(movements=(Movement(day("2025-06-10"), D("1000"), "credit"),), imputation="interest")
        found = decompte(late, day("2025-06-30"), RATES)
        self.assertEqual((found.principal_due, found.interest_paid), (D("9000.00"), 0))


class TestContractual(unittest.TestCase):
    def test_the_floor_is_checked_each_half_year_and_explained(self):
        # In 2024 three times the legal rate exceeded the default rate.
        found = decompte(claim(due="2024-06-29", regime="contractual", contract_rate=D(15)), day("2025-01-01"), RATES)
        self.assertEqual([t.rate for t in found.tranches], [D("15.21"), D(15), D(15)])
        self.assertEqual([(note.code, note.params["half_year"]) for note in found.notes], [("floor", "2024 S1")])
        self.assertIn("15.21 % applied (C.com L441-10 II)", found.notes[0])

    def test_a_rate_at_the_floor_is_the_contract_s(self):
        found = decompte(claim(regime="contractual", contract_rate=D("11.13")), day("2025-06-30"), RATES)
        self.assertEqual((found.tranches[0].rate, found.notes), (D("11.13"), ()))

    def test_the_floor_stays_the_one_of_professionals(self):
        low = claim(regime="contractual", contract_rate=D(1), individual_creditor=True)
        self.assertEqual(decompte(low, day("2025-06-30"), RATES).tranches[0].rate, D("11.13"))


class TestConsumer(unittest.TestCase):
    def test_nothing_runs_without_a_mise_en_demeure(self):
        found = decompte(claim(regime="consumer"), day("2026-02-15"), RATES)
        self.assertEqual((found.tranches, found.interest, found.principal_due), ((), 0, 10000))
        self.assertEqual([note.code for note in found.notes], ["no_notice"])

    def test_the_legal_rate_runs_from_the_mise_en_demeure(self):
        found = decompte(claim(regime="consumer", notice_on=day("2025-06-20")), day("2025-06-30"), RATES)
        self.assertEqual(shown(found), [("2025-06-21", "2025-06-30", 10, "10000.00", "3.71", "10.16")])
        self.assertEqual(found.tranches[0].article, "C.civ 1231-6")

    def test_a_notice_before_the_due_date_starts_no_interest_and_it_is_said(self):
        found = decompte(claim(regime="consumer", notice_on=day("2025-05-01")), day("2025-06-10"), RATES)
        self.assertEqual((found.tranches, found.interest), ((), 0))
        self.assertEqual([note.code for note in found.notes], ["early_notice"])
        self.assertIn("2025-05-01", found.notes[0])
        on_the_day = claim(regime="consumer", notice_on=day("2025-05-31"))
        self.assertEqual(decompte(on_the_day, day("2025-06-10"), RATES).tranches[0].date_from, day("2025-06-01"))

    def test_the_column_is_the_creditor_s(self):
        late = claim(regime="consumer", notice_on=day("2025-05-31"), individual_creditor=True)
        self.assertEqual(decompte(late, day("2025-06-10"), RATES).tranches[0].rate, D("7.21"))


class TestPublic(unittest.TestCase):
    def test_the_rate_is_frozen_at_the_half_year_in_which_interest_began(self):
        for due, rate in (("2025-06-29", "11.15"), ("2025-06-30", "10.15")):
            with self.subTest(due=due):
                found = decompte(claim(due=due, regime="public"), day("2026-02-15"), RATES)
                self.assertEqual({t.rate for t in found.tranches}, {D(rate)})
                self.assertEqual({t.article for t in found.tranches}, {"CCP R2192-31"})
                self.assertEqual([note.code for note in found.notes], ["public_rate"])

    def test_a_half_year_that_is_missing_later_does_not_matter(self):
        self.assertEqual(len(decompte(claim(regime="public"), day("2027-02-15"), RATES).tranches), 5)


class TestInterestRegime(unittest.TestCase):
    def test_the_debtor_decides_the_regime(self):
        for debtor_type, has_rate, regime in (
            ("professional", False, "professional"),
            ("professional", True, "contractual"),
            ("public", True, "public"),
            ("consumer", True, "consumer"),
            ("non_professional", False, "consumer"),
        ):
            with self.subTest(debtor_type=debtor_type):
                self.assertEqual(interest_regime(debtor_type, has_rate), regime)
        with self.assertRaises(UnknownDebtorType):
            interest_regime("friend")


class TestNone(unittest.TestCase):
    def test_no_interest_and_no_rate_needed(self):
        late = claim(regime="none", movements=(Movement(day("2030-01-01"), D(1)),))
        self.assertEqual(decompte(late, day("2031-01-01"), RateTable(())).principal_due, 9999)


class TestDailyInterest(unittest.TestCase):
    def test_one_more_day_is_a_365th_of_the_year_s_interest(self):
        for on, day_count, expected in (
            ("2025-05-30", "act365", "0.00"),
            ("2025-05-31", "act365", "3.60"),
            ("2025-06-30", "act365", "3.33"),
            ("2025-06-30", "actact", "3.33"),
        ):
            with self.subTest(on=on):
                self.assertEqual(str(daily_interest(claim(day_count=day_count), day(on), RATES)), expected)
        self.assertEqual(
            str(daily_interest(claim(due="2023-12-31", day_count="actact"), day("2024-01-01"), RATES)), "3.96"
        )

    def test_a_debt_paid_or_frozen_costs_no_more(self):
        paid = claim(movements=(Movement(day("2025-06-10"), D(10000)),))
        frozen = claim(freezes=(Freeze(day("2025-06-10"), None, "C.com L622-28"),))
        for late in (paid, frozen):
            self.assertEqual(daily_interest(late, day("2025-06-20"), RATES), 0)


class TestBadInput(unittest.TestCase):
    def test_each_mistake_has_its_name(self):
        cases = (
            (UnknownRegime, lambda: claim(regime="b2b")),
            (UnknownDayCount, lambda: claim(day_count="30/360")),
            (UnknownImputation, lambda: claim(imputation="oldest")),
            (UnknownMovement, lambda: Movement(day("2025-01-01"), D(1), "gift")),
            (NegativeAmount, lambda: Movement(day("2025-01-01"), D(-1))),
            (ContractRateMissing, lambda: claim(regime="contractual")),
            (NegativeRate, lambda: claim(regime="contractual", contract_rate=D(-1))),
            (DueBeforeInvoice, lambda: claim(invoice_date=day("2025-06-01"))),
            (
                PaymentBeforeInvoice,
                lambda: claim(invoice_date=day("2025-05-01"), movements=(Movement(day("2025-04-30"), D(1)),)),
            ),
            (FreezeReversed, lambda: Freeze(day("2025-01-02"), day("2025-01-01"), "C.civ 1343-5")),
        )
        for error, mistake in cases:
            with self.subTest(error=error.__name__), self.assertRaises(error):
                mistake()

    def test_what_only_looks_like_a_mistake_is_accepted(self):
        claim(invoice_date=day("2025-05-31"))
        claim(
            invoice_date=day("2025-05-01"),
            movements=(Movement(day("2025-05-01"), D(1)), Movement(day("2025-04-30"), D(1), "credit")),
        )
        Freeze(day("2025-01-01"), day("2025-01-01"), "C.civ 1343-5")

    def test_a_note_keeps_its_values_through_a_pickle(self):
        note = pickle.loads(pickle.dumps(Note("floor", "under {floor} %", floor=D(3))))
        self.assertEqual((note, note.code, note.params), ("under 3 %", "floor", {"floor": D(3)}))
