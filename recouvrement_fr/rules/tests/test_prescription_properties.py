import unittest
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ..prescription import (
    CLAIM_KINDS,
    EVENT_KINDS,
    LimitationEvent,
    limitation_date,
    starting_day,
)

DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
EVENTS = st.lists(
    st.builds(
        LimitationEvent,
        on=DAYS,
        kind=st.sampled_from(sorted(EVENT_KINDS)),
        certain=st.sampled_from((None, True)),
    ),
    max_size=6,
)


def walked_start(kind, due, performed_on, agreed):
    """Each day in its turn: the first on which the creditor could have asked a judge."""
    day_by_day = date(2014, 1, 1)
    while True:
        performed = performed_on is not None and day_by_day >= performed_on
        waits = {  # who has to wait for the date written on the invoice
            "commercial": agreed,
            "civil": agreed,
            "consumer": agreed,
            "transport": False,
            "works": False,
            "public": False,
        }.get(kind, True)
        if day_by_day >= due or (performed and not waits):
            return day_by_day
        day_by_day += timedelta(days=1)


class TestLimitationHolds(unittest.TestCase):
    """Whatever happens to a claim."""

    @given(kind=st.sampled_from(sorted(CLAIM_KINDS)), start=DAYS, events=EVENTS)
    def test_the_safe_day_is_never_later_than_the_possible_one_nor_earlier_than_the_bare_period(
        self, kind, start, events
    ):
        found, bare = limitation_date(kind, start, events), limitation_date(kind, start)
        self.assertLessEqual(bare.on, found.on)
        self.assertLessEqual(found.on, found.possible_on)
        self.assertEqual(len(found.applied) + len(found.ignored), len(events))

    @given(kind=st.sampled_from(sorted(CLAIM_KINDS)), start=DAYS, events=EVENTS, order=st.randoms())
    def test_neither_void_events_nor_notices_nor_the_order_they_are_told_in_change_the_answer(
        self, kind, start, events, order
    ):
        noise = [replace(event, void=True) for event in events]
        noise += [
            LimitationEvent(event.on, useless)
            for event in events
            for useless in ("mise_en_demeure", "reminder", "injonction_filed")
        ]
        told = [*events, *noise]
        order.shuffle(told)
        expected = limitation_date(kind, start, events)
        self.assertEqual(limitation_date(kind, start, told)[:2], expected[:2])

    @given(kind=st.sampled_from(sorted(CLAIM_KINDS)), start=DAYS, on=DAYS)
    def test_an_interruption_in_time_gives_a_whole_new_period_and_one_too_late_nothing(self, kind, start, on):
        bare = limitation_date(kind, start).on
        found = limitation_date(kind, start, [LimitationEvent(on, "court_claim")]).on
        self.assertEqual(found, bare if on > bare else max(bare, limitation_date(kind, on).on))


class TestStartWalked(unittest.TestCase):
    """The start of limitation against a plain walker."""

    @given(
        kind=st.sampled_from(sorted(CLAIM_KINDS)),
        due=st.dates(date(2015, 1, 1), date(2017, 12, 31)),
        performed=st.none() | st.dates(date(2015, 1, 1), date(2017, 12, 31)),
        agreed=st.booleans(),
    )
    def test_the_start_is_the_first_day_on_which_the_creditor_could_act(self, kind, due, performed, agreed):
        found = starting_day(CLAIM_KINDS[kind], due, performed, agreed)
        self.assertEqual(found, walked_start(kind, due, performed, agreed))
        last_day = limitation_date(kind, found).on
        if kind == "public":
            self.assertEqual((last_day.year - found.year, last_day.month, last_day.day), (4, 12, 31))
