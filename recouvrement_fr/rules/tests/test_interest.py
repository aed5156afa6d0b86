"""The décompte: figures checked by hand, boundaries of each regime, and properties that always hold."""

import pickle
import unittest
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ..dates import add_months
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
from ..interest import Claim, Decompte, Freeze, Movement, Note, daily_interest, decompte, interest_regime, one_day
from ..parameters import ALWAYS, Dated, Parameters
from ..rates import RateTable, shipped_rates

RATES = shipped_rates()
D = Decimal
day = date.fromisoformat


def claim(principal="10000", due="2025-05-31", regime="professional", **values):
    return Claim(D(principal), day(due), regime, **values)


def shown(found: Decompte):
    """Tranches as (from, to, days, base, rate, interest), in words short enough for a table."""
    return [
        (str(t.date_from), str(t.date_to), t.days, str(t.base), str(t.rate), str(t.interest)) for t in found.tranches
    ]


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


class TestFreeze(unittest.TestCase):
    def test_no_interest_runs_from_an_insolvency_judgment(self):
        late = claim(freezes=(Freeze(day("2025-06-11"), None, "C.com L622-28"),))
        found = decompte(late, day("2027-06-30"), RATES)  # no rate is needed for days that bear nothing
        self.assertEqual(
            shown(found),
            [
                ("2025-06-01", "2025-06-10", 10, "10000.00", "13.15", "36.03"),
                ("2025-06-11", "2027-06-30", 750, "10000.00", "0", "0.00"),
            ],
        )
        self.assertEqual(found.tranches[1].article, "C.com L622-28")

    def test_interest_resumes_the_day_after_a_granted_delay(self):
        late = claim(freezes=(Freeze(day("2025-06-11"), day("2025-06-20"), "C.civ 1343-5"),))
        self.assertEqual(
            [(t.days, t.rate) for t in decompte(late, day("2025-06-30"), RATES).tranches],
            [(10, D("13.15")), (10, D(0)), (10, D("13.15"))],
        )

    def test_a_freeze_outside_the_delay_changes_nothing(self):
        for begin, end in (("2025-01-01", "2025-05-31"), ("2025-07-01", None), ("2025-07-01", "2025-08-01")):
            late = claim(freezes=(Freeze(day(begin), end and day(end), "C.civ 1343-5"),))
            with self.subTest(begin=begin):
                self.assertEqual(decompte(late, day("2025-06-30"), RATES), decompte(claim(), day("2025-06-30"), RATES))

    def test_freezes_that_overlap_are_counted_once(self):
        late = claim(
            freezes=(
                Freeze(day("2025-06-15"), day("2025-06-25"), "C.civ 1343-5"),
                Freeze(day("2025-06-11"), day("2025-06-20"), "C.com L622-28"),
            )
        )
        found = decompte(late, day("2025-06-30"), RATES)
        self.assertEqual(sum(t.days for t in found.tranches), 30)
        self.assertEqual(sum(t.days for t in found.tranches if not t.rate), 15)

    def test_a_delay_granted_by_a_judge_leaves_the_plain_legal_interest(self):
        granted = Freeze(day("2025-06-11"), day("2025-06-20"), "C.civ 1343-5")
        bought = claim(regime="consumer", notice_on=day("2025-05-31"), freezes=(granted,))
        self.assertEqual({t.rate for t in decompte(bought, day("2025-06-30"), RATES).tranches}, {D("3.71")})
        judged = claim(regime="judgment", judgment_enforceable_on=day("2025-01-31"), freezes=(granted,))
        self.assertEqual(
            [(t.days, t.rate, t.article) for t in decompte(judged, day("2025-06-30"), RATES).tranches],
            [(10, D("8.71"), "CMF L313-3"), (10, D("3.71"), "C.civ 1231-7"), (10, D("8.71"), "CMF L313-3")],
        )

    def test_an_insolvency_judgment_stops_the_legal_interest_even_within_a_delay_granted(self):
        for regime in ("consumer", "judgment"):
            late = claim(
                regime=regime,
                notice_on=day("2025-05-31"),
                freezes=(
                    Freeze(day("2025-06-11"), day("2025-06-25"), "C.civ 1343-5"),
                    Freeze(day("2025-06-15"), None, "C.com L622-28"),
                ),
            )
            found = decompte(late, day("2025-06-30"), RATES)
            with self.subTest(regime=regime):
                self.assertEqual(sum(t.days for t in found.tranches if t.rate), 14)
                self.assertEqual({t.article for t in found.tranches if not t.rate}, {"C.com L622-28"})


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


class TestJudgment(unittest.TestCase):
    def test_five_points_are_added_two_months_after_it_is_enforceable(self):
        late = claim(due="2025-01-10", regime="judgment", judgment_enforceable_on=day("2025-02-28"))
        found = decompte(late, day("2025-07-01"), RATES)
        self.assertEqual(
            [(str(t.date_from), str(t.date_to), str(t.rate), t.article) for t in found.tranches],
            [
                ("2025-01-11", "2025-04-28", "3.71", "C.civ 1231-7"),
                ("2025-04-29", "2025-06-30", "8.71", "CMF L313-3"),
                ("2025-07-01", "2025-07-01", "7.76", "CMF L313-3"),
            ],
        )

    def test_interest_of_more_than_five_years_is_said_and_the_rest_is_offered(self):
        old = claim(due="2017-06-30", regime="judgment")
        found = decompte(old, day("2025-06-30"), RATES)
        since = decompte(old, day("2020-06-30"), RATES)
        self.assertEqual(found.interest_in_time, found.interest - since.interest)
        note = next(note for note in found.notes if note.code == "arrears")
        self.assertEqual(
            (note.params["years"], note.params["since"], note.params["offered"]),
            (5, day("2020-07-01"), found.interest_in_time),
        )
        self.assertIn("16-70.004", note)

    def test_a_consumer_owes_two_years_of_interest_after_a_judgment(self):
        old = claim(due="2021-06-30", regime="judgment", consumer_debtor=True)
        found = decompte(old, day("2025-06-30"), RATES)
        self.assertEqual(found.interest_in_time, found.interest - decompte(old, day("2023-06-30"), RATES).interest)
        self.assertIn("L218-2", next(note for note in found.notes if note.code == "arrears"))
        claimed = Claim(D(10000), day("2017-06-30"), "professional", judged=True)
        self.assertIn("arrears", [note.code for note in decompte(claimed, day("2025-06-30"), RATES).notes])
        company = decompte(replace(old, consumer_debtor=False), day("2025-06-30"), RATES)
        self.assertEqual((company.interest_in_time, company.notes), (company.interest, ()))

    def test_what_was_paid_of_old_interest_is_not_offered_again(self):
        old = claim(
            due="2017-06-30",
            regime="judgment",
            imputation="interest",
            movements=(Movement(day("2025-01-01"), D("2200")),),
        )
        found = decompte(old, day("2025-06-30"), RATES)
        self.assertLessEqual(found.interest_in_time, found.interest_due)

    def test_a_judgment_not_enforceable_bears_the_legal_rate(self):
        found = decompte(claim(regime="judgment"), day("2026-06-30"), RATES)
        self.assertEqual([t.rate for t in found.tranches], [D("3.71"), D("2.76"), D("2.62")])


class TestCapitalisation(unittest.TestCase):
    def test_a_whole_year_of_interest_joins_the_base_when_the_contract_says_so(self):
        flat = RateTable([replace(RATES.periods[0], date_to=day("2020-12-31"), ecb=D(0))])
        plain = claim("1000", due="2015-12-31")
        self.assertEqual(decompte(plain, day("2018-12-31"), flat).interest, D("300.27"))  # 1 096 days
        yearly = replace(plain, capitalise_from=day("2015-01-01"))
        found = decompte(yearly, day("2018-12-31"), flat)
        # 366 days of 1 000: 100.27; 1 100.27 over 365: 110.03; 1 210.30 over 365: 121.03.
        self.assertEqual([str(t.base) for t in found.tranches[::2]], ["1000.00", "1100.27", "1210.30"])
        self.assertEqual(found.interest, D("331.33"))
        self.assertEqual(found.principal_due, 1000)

    def test_less_than_a_year_does_not_capitalise(self):
        yearly = claim(due="2024-05-31", capitalise_from=day("2024-09-01"))
        plain = claim(due="2024-05-31")
        for on, same in (("2025-08-31", True), ("2025-09-01", True), ("2025-09-02", False)):
            with self.subTest(on=on):
                self.assertEqual(
                    decompte(yearly, day(on), RATES).interest == decompte(plain, day(on), RATES).interest, same
                )

    def test_nothing_capitalises_during_a_suspension(self):
        yearly = claim(
            due="2024-05-31",
            capitalise_from=day("2024-05-31"),
            freezes=(Freeze(day("2025-03-01"), day("2025-06-30"), "C.com L622-28"),),
        )
        self.assertEqual(decompte(yearly, day("2025-12-31"), RATES).tranches[-1].base, 10000)

    def test_capitalised_interest_goes_on_bearing_interest_once_the_principal_is_paid(self):
        yearly = claim(
            due="2024-05-31",
            capitalise_from=day("2024-05-31"),
            movements=(Movement(day("2024-12-31"), D(10000)),),
        )
        found = decompte(yearly, day("2025-12-31"), RATES)
        self.assertEqual(found.tranches[-1].base, sum(t.interest for t in found.tranches[:2]))
        self.assertEqual(found.principal_due, 0)

    def test_a_payment_reaches_fresh_interest_then_capitalised_interest_then_principal(self):
        yearly = claim(
            "1000",
            due="2024-12-31",
            capitalise_from=day("2024-12-31"),
            imputation="interest",
            movements=(Movement(day("2026-01-31"), D(200)),),
        )
        found = decompte(yearly, day("2026-02-28"), RATES)
        accrued = sum(t.interest for t in found.tranches if t.date_to <= day("2026-01-31"))
        self.assertEqual(found.tranches[-1].base, 1000 + accrued - 200)
        self.assertEqual((found.interest_paid, found.principal_due), (accrued, 1000 + accrued - 200))

    def test_a_consumer_without_notice_has_nothing_to_capitalise(self):
        late = claim(regime="consumer", capitalise_from=day("2025-01-01"))
        self.assertEqual(decompte(late, day("2026-06-30"), RATES).tranches, ())


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


DAYS = st.dates(date(2015, 1, 1), date(2026, 12, 31))
CENTS = st.integers(1, 10**8).map(lambda cents: D(cents).scaleb(-2))


@st.composite
def claims(draw):
    regime = draw(st.sampled_from(["professional", "contractual", "consumer", "public", "judgment"]))
    due = draw(DAYS)
    principal = draw(CENTS)
    first = due.toordinal() - 30
    days = st.integers(first, first + 800).map(date.fromordinal)
    movement = st.builds(
        Movement, days, st.integers(0, 10**6).map(lambda c: D(c).scaleb(-2)), st.sampled_from(["payment", "credit"])
    )
    return Claim(
        principal,
        due,
        regime,
        contract_rate=draw(st.integers(0, 2500).map(lambda r: D(r).scaleb(-2))),
        notice_on=draw(st.none() | days),
        judgment_enforceable_on=draw(st.none() | days),
        movements=tuple(draw(st.lists(movement, max_size=4))),
        freezes=tuple(
            Freeze(start, start + timedelta(days=length), "C.civ 1343-5")
            for start, length in draw(st.lists(st.tuples(days, st.integers(0, 200)), max_size=2))
        ),
        day_count=draw(st.sampled_from(["act365", "actact"])),
        imputation=draw(st.sampled_from(["principal", "interest"])),
        capitalise_from=draw(st.none() | days),
    )


def day_by_day(late, on):
    """The interest of a claim worked out the slow way, from the text of each article."""
    start = late.due
    if late.regime == "consumer":
        if late.notice_on is None:
            return 0
        if late.notice_on < late.due:
            return 0
        start = late.notice_on
    surcharge_after = late.judgment_enforceable_on and add_months(late.judgment_enforceable_on, 2)
    exact, one = Fraction(0), start
    while one < on:
        one += timedelta(days=1)
        base = late.principal - sum(m.amount for m in late.movements if m.on < one)
        granted = any(f.date_from <= one <= f.date_to for f in late.freezes)
        if base <= 0 or (granted and late.regime not in ("consumer", "judgment")):
            continue
        period = RATES.at(start + timedelta(days=1) if late.regime == "public" else one)
        rate = {
            "professional": period.ecb + 10,
            "contractual": max(late.contract_rate, 3 * period.legal_other),
            "public": period.ecb + 8,
            "consumer": period.legal_other,
            "judgment": period.legal_other + (5 if surcharge_after and one > surcharge_after and not granted else 0),
        }[late.regime]
        year = 366 if late.day_count == "actact" and one.year % 4 == 0 else 365
        exact += Fraction(base) * Fraction(rate) / (100 * year)
    return (int(exact * 200) + 1) // 2 / D(100)  # half up


class TestProperties(unittest.TestCase):
    @given(claims(), DAYS)
    def test_tranches_follow_one_another_and_sum_to_the_total(self, late, on):
        found = decompte(late, on, RATES)
        self.assertEqual(sum((t.interest for t in found.tranches), D(0)), found.interest)
        self.assertTrue(all(t.base > 0 and t.interest >= 0 for t in found.tranches))
        self.assertTrue(0 <= found.interest_paid <= found.interest and found.principal_due >= 0)
        self.assertTrue(all(t.days == (t.date_to - t.date_from).days + 1 > 0 for t in found.tranches))
        for previous, following in pairwise(found.tranches):
            self.assertLess(previous.date_to, following.date_from)

    @given(claims(), DAYS)
    def test_the_total_is_the_exact_sum_rounded_once(self, late, on):
        found = decompte(late, on, RATES)
        exact = Fraction(0)
        for t in found.tranches:
            leap = date(t.date_from.year, 12, 31).timetuple().tm_yday == 366
            year = 366 if leap and late.day_count == "actact" else 365
            exact += Fraction(t.base) * Fraction(t.rate) * t.days / (100 * year)
        cents = (Decimal((exact * 100).numerator) / Decimal((exact * 100).denominator)).quantize(D(1), ROUND_HALF_UP)
        self.assertEqual(found.interest * 100, cents)

    @settings(max_examples=12)
    @given(claims(), DAYS)
    def test_it_is_what_a_count_day_by_day_gives(self, late, on):
        late = replace(late, imputation="principal", capitalise_from=None)
        on = min(on, late.due + timedelta(days=400))
        self.assertEqual(decompte(late, on, RATES).interest, day_by_day(late, on))

    @given(claims(), DAYS, DAYS)
    def test_more_delay_never_costs_less(self, late, one, other):
        sooner, later = sorted((one, other))
        self.assertLessEqual(decompte(late, sooner, RATES).interest, decompte(late, later, RATES).interest)

    @given(CENTS, DAYS, st.integers(1, 400), st.integers(1, 400))
    def test_cutting_a_period_in_two_changes_nothing_beyond_one_rounding(self, principal, due, before, after):
        cut = min(due + timedelta(days=before), date(2026, 12, 30))
        due = min(due, cut - timedelta(days=1))
        on = min(cut + timedelta(days=after), date(2026, 12, 31))
        whole = decompte(Claim(principal, due, "professional"), on, RATES).interest
        first = decompte(Claim(principal, due, "professional"), cut, RATES).interest
        second = decompte(Claim(principal, cut, "professional"), on, RATES).interest
        self.assertLessEqual(abs(whole - first - second), D("0.01"))
        # A movement that changes nothing but the tranches leaves the total as it is.
        frozen = Freeze(on + timedelta(days=1), None, "C.com L622-28")
        self.assertEqual(decompte(Claim(principal, due, "professional", freezes=(frozen,)), on, RATES).interest, whole)

    @given(claims(), DAYS, st.randoms(use_true_random=False))
    def test_the_order_of_movements_does_not_matter(self, late, on, random):
        same_day = tuple(replace(movement, on=late.due + timedelta(days=40)) for movement in late.movements)
        for movements in (late.movements, same_day):
            shuffled = list(movements)
            random.shuffle(shuffled)
            self.assertEqual(
                decompte(replace(late, movements=tuple(shuffled)), on, RATES),
                decompte(replace(late, movements=movements), on, RATES),
            )

    @given(claims(), DAYS, st.integers(-(10**6), 0))
    def test_a_base_of_zero_or_less_gives_nothing(self, late, on, cents):
        found = decompte(replace(late, principal=D(cents).scaleb(-2)), on, RATES)
        self.assertEqual((found.tranches, found.interest, found.principal_due), ((), 0, 0))
