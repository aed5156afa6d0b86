import unittest
from dataclasses import replace

from ..interest import Claim, Freeze, Movement, decompte
from ..rates import RateTable
from .interest_common import RATES, D, claim, day, shown


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
