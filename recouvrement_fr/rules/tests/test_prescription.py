"""Prescription: periods, what interrupts and suspends them, and what does not."""

import unittest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ..dates import add_months
from ..errors import ContractPeriodForbidden, EventReversed, InvalidContractPeriod, UnknownClaimKind, UnknownEvent
from ..parameters import Figures, shipped_rows
from ..prescription import (
    CLAIM_KINDS,
    EVENT_KINDS,
    PROPOSED,
    LimitationEvent,
    alert_threshold,
    contractual,
    limitation_date,
    limited_as,
    starting_day,
)
from .prescription_common import day, event

START = date(2025, 5, 31)


def walked(start, years, events):
    """The last day of a period, found by a walker who counts each day that runs; six months left after a suspension."""
    length = (add_months(start, 12 * years) - start).days
    today, left, least = start, length, start
    while left or today < least:
        today += timedelta(days=1)
        held = [end for on, end in events if on <= today <= end]
        if held:
            least = max(least, add_months(max(held), 6))
        else:
            left = max(left - 1, 0)
    return today


class TestPeriods(unittest.TestCase):
    def test_each_kind_of_claim_has_its_period(self):
        for kind, start, last_day in (
            ("commercial", "2025-05-31", "2030-05-31"),
            ("civil", "2025-05-31", "2030-05-31"),
            ("consumer", "2025-05-31", "2027-05-31"),
            ("consumer", "2024-02-29", "2026-02-28"),
            ("transport", "2025-05-31", "2026-05-31"),
            ("telecom", "2025-05-31", "2026-05-31"),
            ("works", "2025-05-31", "2026-05-31"),
            ("rent", "2025-05-31", "2030-05-31"),
            ("residential_rent", "2025-05-31", "2028-05-31"),
            ("bill_of_exchange", "2025-05-31", "2028-05-31"),
            ("title", "2025-05-31", "2035-05-31"),
            ("public", "2025-01-01", "2029-12-31"),
            ("public", "2025-12-31", "2029-12-31"),
            ("public", "2026-01-01", "2030-12-31"),
        ):
            with self.subTest(kind=kind, start=start):
                found = limitation_date(kind, day(start))
                self.assertEqual((str(found.on), found.possible_on, found.kind), (last_day, found.on, kind))
                self.assertEqual(found.article, CLAIM_KINDS[kind].article)

    def test_the_last_day_is_not_rolled_to_a_working_day(self):
        self.assertEqual(limitation_date("consumer", date(2024, 6, 1)).on.weekday(), 0)
        self.assertEqual(limitation_date("consumer", date(2024, 5, 30)).on, date(2026, 5, 30))  # a Saturday

    def test_each_type_of_debtor_has_a_kind_proposed(self):
        self.assertEqual(
            {kind: CLAIM_KINDS[code].years for kind, code in PROPOSED.items()},
            {"professional": 5, "non_professional": 5, "consumer": 2, "public": 4},
        )

    def test_parties_may_agree_on_one_to_ten_years_but_not_with_a_consumer(self):
        commercial = CLAIM_KINDS["commercial"]
        self.assertEqual(limitation_date(contractual(commercial, 1), START).on, date(2026, 5, 31))
        self.assertIn("2254", limitation_date(contractual(commercial, 10), START).article)
        for years in (0, 11):
            with self.subTest(years=years), self.assertRaises(InvalidContractPeriod):
                contractual(commercial, years)

    def test_no_contract_changes_the_period_of_rents_public_debts_titles_and_consumers(self):
        for kind in CLAIM_KINDS.keys() - {"commercial", "civil"}:
            with self.subTest(kind=kind), self.assertRaises(ContractPeriodForbidden):
                contractual(CLAIM_KINDS[kind], 3)
        self.assertEqual(contractual(CLAIM_KINDS["civil"], 3).years, 3)


class TestUnionOfSuspensions(unittest.TestCase):
    def test_a_day_held_by_two_suspensions_is_added_once(self):
        found = limitation_date(
            "consumer",
            START,
            [event("2025-07-01", "mediation", "2025-07-31"), event("2025-07-11", "mediation", "2025-08-10")],
        )
        self.assertEqual(found.on, date(2027, 5, 31) + timedelta(days=41))

    def test_a_suspension_inside_proceedings_adds_nothing_once_they_ended(self):
        found = limitation_date(
            "commercial",
            START,
            [event("2025-09-01", "court_claim", "2027-06-30"), event("2026-01-01", "mediation", "2026-12-31")],
        )
        self.assertEqual(found.on, date(2032, 6, 30))
        self.assertEqual([one.kind for one in found.ignored], ["mediation"])

    def test_a_suspension_that_outlives_proceedings_adds_the_days_after_them(self):
        for begun in ("2025-08-01", "2025-10-01"):
            with self.subTest(begun=begun):
                found = limitation_date(
                    "commercial",
                    START,
                    [event("2025-09-01", "court_claim", "2027-06-30"), event(begun, "mediation", "2027-07-10")],
                )
                self.assertEqual(found.on, date(2032, 7, 10))

    def test_the_figures_of_another_law_are_those_that_are_given(self):
        other = {"title_years": 3, "long_stop_years": 6, "resume_months": 9}
        rows = [(row.code, row.figure._replace(value=other.get(row.code, row.figure.value))) for row in shipped_rows()]
        figures = Figures(rows)
        title = LimitationEvent(date(2028, 3, 2), "title")
        self.assertEqual(limitation_date("civil", date(2025, 1, 1), [title], figures=figures).on, date(2031, 3, 2))
        known = LimitationEvent(date(2029, 3, 2), "acknowledgement", certain=True)
        self.assertEqual(limitation_date("civil", date(2025, 1, 1), [known], figures=figures).on, date(2031, 1, 1))
        talks = LimitationEvent(date(2029, 12, 1), "mediation", date(2029, 12, 31))
        self.assertEqual(limitation_date("civil", date(2025, 1, 1), [talks], figures=figures).on, date(2030, 9, 30))

    def test_a_suspension_that_begins_in_the_six_months_left_by_another_leaves_its_own(self):
        first = LimitationEvent(date(2026, 12, 1), "mediation", date(2026, 12, 31))
        second = LimitationEvent(date(2027, 6, 1), "mediation", date(2027, 8, 31))
        found = limitation_date("consumer", date(2024, 12, 31), [first, second])
        self.assertEqual(found.on, date(2028, 2, 29))
        self.assertEqual(limitation_date("consumer", date(2024, 12, 31), [first]).on, date(2027, 6, 30))

    def test_the_six_months_after_one_suspension_are_not_added_to_another_that_overlaps_it(self):
        start, first = date(2020, 4, 12), date(2020, 10, 12)
        ends = (date(2021, 3, 1), date(2021, 3, 31))  # 171 days in all: 12 April 2021 and 171 days
        found = limitation_date("transport", start, [LimitationEvent(first, "mediation", end) for end in ends])
        self.assertEqual(found.on, date(2021, 9, 30))

    @given(
        st.sampled_from(("consumer", "transport")),
        st.dates(date(2020, 1, 1), date(2024, 12, 31)),
        st.lists(st.tuples(st.integers(-200, 900), st.integers(0, 300)), max_size=5),
    )
    def test_the_clock_is_that_of_a_walker_who_counts_day_by_day(self, kind, start, spans):
        held = [(start + timedelta(days=at), start + timedelta(days=at + length)) for at, length in spans]
        found = limitation_date(kind, start, [LimitationEvent(on, "mediation", end) for on, end in held])
        self.assertEqual(found.on, walked(start, CLAIM_KINDS[kind].years, held))


class TestInterruption(unittest.TestCase):
    def test_what_is_certain_starts_a_new_period(self):
        for kind in (
            "court_claim",
            "injonction_served",
            "conservatory_measure",
            "enforcement",
            "insolvency_declaration",
        ):
            with self.subTest(kind=kind):
                found = limitation_date("consumer", START, [event("2026-01-10", kind)])
                self.assertEqual((str(found.on), len(found.applied), found.ignored), ("2028-01-10", 1, ()))

    def test_proceedings_interrupt_until_they_end(self):
        found = limitation_date("consumer", START, [event("2026-01-10", "court_claim", "2029-03-01")])
        self.assertEqual(str(found.on), "2031-03-01")

    def test_what_only_may_interrupt_is_shown_apart(self):
        for kind in ("acknowledgement", "partial_payment", "signed_plan"):
            with self.subTest(kind=kind):
                found = limitation_date("consumer", START, [event("2026-01-10", kind)])
                self.assertEqual((str(found.on), str(found.possible_on)), ("2027-05-31", "2028-01-10"))
                self.assertEqual(len(found.ignored), 1)
        sure = limitation_date("consumer", START, [event("2026-01-10", "acknowledgement", certain=True)])
        self.assertEqual(str(sure.on), "2028-01-10")
        unsure = limitation_date("consumer", START, [event("2026-01-10", "court_claim", certain=False)])
        self.assertEqual(str(unsure.on), "2027-05-31")

    def test_reminders_notices_and_filings_do_nothing(self):
        for kind in ("reminder", "mise_en_demeure", "injonction_filed"):
            with self.subTest(kind=kind):
                found = limitation_date("consumer", START, [event("2026-01-10", kind, certain=True)])
                self.assertEqual(found.on, found.possible_on)
                self.assertEqual(str(found.on), "2027-05-31")

    def test_a_claim_withdrawn_lapsed_or_rejected_is_as_if_it_had_not_been(self):
        found = limitation_date("consumer", START, [event("2026-01-10", "court_claim", void=True)])
        self.assertEqual((str(found.on), str(found.possible_on)), ("2027-05-31", "2027-05-31"))

    def test_an_act_on_the_last_day_interrupts_and_one_day_later_revives_nothing(self):
        for on, last_day in (("2027-05-31", "2029-05-31"), ("2027-06-01", "2027-05-31")):
            with self.subTest(on=on):
                self.assertEqual(str(limitation_date("consumer", START, [event(on, "enforcement")]).on), last_day)

    def test_a_chain_of_acts_holds_only_if_each_comes_in_time(self):
        chain = [
            event("2027-05-01", "enforcement"),
            event("2029-04-01", "enforcement"),
            event("2031-05-01", "enforcement"),
        ]
        found = limitation_date("consumer", START, reversed(chain))
        self.assertEqual((str(found.on), len(found.applied), len(found.ignored)), ("2031-04-01", 2, 1))

    def test_a_public_body_s_new_period_starts_on_1_january(self):
        claim = event("2028-03-15", "written_claim")
        self.assertEqual(str(limitation_date("public", START, [claim]).possible_on), "2032-12-31")
        self.assertEqual(str(limitation_date("commercial", START, [claim]).possible_on), "2030-05-31")

    def test_twenty_years_bound_acknowledgements_but_not_proceedings(self):
        acknowledgements = [
            event(f"{year}-05-01", "acknowledgement", certain=True) for year in (2029, 2033, 2037, 2041)
        ]
        self.assertEqual(str(limitation_date("commercial", START, acknowledgements).on), "2045-05-31")
        self.assertEqual(
            str(limitation_date("commercial", START, acknowledgements, born_on=date(2024, 1, 1)).on), "2044-01-01"
        )
        sued = [*acknowledgements, event("2045-01-01", "court_claim")]
        self.assertEqual(str(limitation_date("commercial", START, sued).on), "2050-01-01")

    def test_an_event_before_the_due_date_does_not_shorten_the_period(self):
        found = limitation_date("consumer", START, [event("2025-01-01", "court_claim")])
        self.assertEqual(str(found.on), "2027-05-31")


class TestTitle(unittest.TestCase):
    def test_a_title_lasts_ten_years_which_enforcement_renews_whatever_the_claim_was(self):
        for events, last_day, code in (
            ([event("2024-03-10", "title")], "2034-03-10", "title"),
            ([event("2024-03-10", "title"), event("2030-01-15", "enforcement")], "2040-01-15", "title"),
            ([event("2024-03-10", "title", void=True)], "2022-03-15", "consumer"),
            ([event("2022-03-01", "court_claim"), event("2025-03-10", "title")], "2035-03-10", "title"),
        ):
            with self.subTest(events=events):
                found = limitation_date("consumer", date(2020, 3, 15), events)
                self.assertEqual((found.on, found.kind), (date.fromisoformat(last_day), code))
        self.assertEqual(found.article, "CPCE L111-4")


class TestSuspension(unittest.TestCase):
    def test_its_days_are_added(self):
        for kind in ("mediation", "participatory_procedure", "small_claim_agreement"):
            found = limitation_date("consumer", START, [event("2025-07-01", kind, "2025-07-10")])
            with self.subTest(kind=kind):
                self.assertEqual(str(found.on), "2027-06-10")

    def test_at_least_six_months_are_left(self):
        found = limitation_date("consumer", START, [event("2027-05-20", "mediation", "2027-06-20")])
        self.assertEqual(str(found.on), "2027-12-20")

    def test_what_still_lasts_adds_nothing_yet(self):
        found = limitation_date("consumer", START, [event("2026-07-01", "mediation")])
        self.assertEqual((str(found.on), len(found.ignored)), ("2027-05-31", 1))

    def test_only_days_on_which_the_period_ran_are_added(self):
        for begin, end, last_day in (
            ("2025-05-01", "2025-05-31", "2027-05-31"),
            ("2025-05-01", "2025-06-01", "2027-06-01"),
            ("2027-06-01", "2027-08-01", "2027-05-31"),
        ):
            with self.subTest(begin=begin):
                self.assertEqual(str(limitation_date("consumer", START, [event(begin, "mediation", end)]).on), last_day)


class TestStart(unittest.TestCase):
    """Where limitation starts."""

    def test_services_and_public_debts_start_from_performance_unless_a_term_was_agreed(self):
        for kind, due, performed, agreed, start in (
            ("commercial", "2021-03-31", "2021-02-01", False, "2021-02-01"),
            ("commercial", "2021-03-31", "2021-02-01", True, "2021-03-31"),
            ("commercial", "2021-03-31", "2021-05-01", False, "2021-03-31"),  # paid in advance: the safe side
            ("commercial", "2021-03-31", None, False, "2021-03-31"),
            ("civil", "2021-03-31", "2021-02-01", False, "2021-02-01"),
            ("consumer", "2021-03-31", "2020-12-15", False, "2020-12-15"),  # 1re civ. 19/05/2021, 20-12.520
            ("consumer", "2021-03-31", "2020-12-15", True, "2021-03-31"),
            ("transport", "2021-03-31", "2021-02-01", True, "2021-02-01"),  # delivery, whatever was agreed (L133-6)
            ("public", "2021-01-31", "2020-12-15", True, "2020-12-15"),  # the service fait
            ("rent", "2021-03-31", "2021-02-01", False, "2021-03-31"),
            ("bill_of_exchange", "2021-03-31", "2021-02-01", False, "2021-03-31"),
        ):
            with self.subTest(kind=kind, agreed=agreed, performed=performed):
                found = starting_day(CLAIM_KINDS[kind], day(due), performed and day(performed), agreed)
                self.assertEqual(str(found), start)

    def test_a_public_debt_ends_with_the_fourth_year_after_that_of_the_service_fait(self):
        public = CLAIM_KINDS["public"]
        for performed, due, last_day in (
            ("2020-12-15", "2021-01-31", "2024-12-31"),
            ("2021-01-01", "2021-01-31", "2025-12-31"),
        ):
            start = starting_day(public, day(due), day(performed))
            self.assertEqual(str(limitation_date(public, start).on), last_day)

    def test_only_bodies_with_a_public_accountant_have_the_four_year_rule(self):
        for debtor_type, buyer, found in (
            ("public", "public", "public"),
            ("public", "public_hospital", "public"),
            ("public", "public_company", "professional"),
            ("consumer", "public", "consumer"),
            (None, "public", None),
        ):
            self.assertEqual(limited_as(debtor_type, buyer), found)


class TestBadInput(unittest.TestCase):
    def test_each_mistake_has_its_name(self):
        for error, mistake in (
            (UnknownClaimKind, lambda: limitation_date("gift", START)),
            (UnknownEvent, lambda: event("2026-01-01", "phone_call")),
            (EventReversed, lambda: event("2026-01-02", "mediation", "2026-01-01")),
        ):
            with self.subTest(error=error.__name__), self.assertRaises(error):
                mistake()

    def test_all_data_cite_their_article(self):
        self.assertTrue(all(kind.article for kind in (*CLAIM_KINDS.values(), *EVENT_KINDS.values())))
        self.assertEqual({kind.effect for kind in EVENT_KINDS.values()}, {"interrupts", "suspends", "title", "nothing"})


class TestAlerts(unittest.TestCase):
    def test_the_closest_threshold_reached(self):
        for left, expected in ((91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0), (-100, 0)):
            with self.subTest(left=left):
                self.assertEqual(alert_threshold(START, START - timedelta(days=left)), expected)
