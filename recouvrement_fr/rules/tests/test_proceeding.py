"""Procedures: what is open, until when, and what was missed."""

import unittest
from datetime import date, timedelta
from decimal import Decimal

from ..deadlines import Delay
from ..errors import StepUnordered, UnknownDelay
from ..proceeding import Conditions, Situation, Step, alert, expected_net, next_deadline, obstacles, standing

INJONCTION = (
    Step("filed"),
    Step("fee", after=("filed",), optional=True),
    Step("order", after=("filed",), excludes=("refused",)),
    Step("refused", after=("filed",), optional=True, ends=True),
    Step("served", after=("order",), delay="injonction_service", since="order", rules_on="order"),
    Step(
        "opposition", after=("served",), delay="injonction_opposition", since="served", optional=True,
        excludes=("enforceable",),
    ),
    Step("enforceable", after=("served",), delay="injonction_enforceable", since="served", rules_on="order"),
)  # fmt: skip


def states(done, on, steps=INJONCTION):
    return {found.code: found.state for found in standing(steps, done, on)}


class TestStanding(unittest.TestCase):
    def test_a_procedure_opens_with_its_first_step(self):
        self.assertEqual(states({}, date(2026, 9, 1))["filed"], "open")
        self.assertEqual(states({}, date(2026, 9, 1))["order"], "waiting")

    def test_an_order_of_september_2026_is_served_within_three_months(self):
        done = {"filed": date(2026, 8, 20), "order": date(2026, 9, 1)}
        [served] = [found for found in standing(INJONCTION, done, date(2026, 11, 30)) if found.code == "served"]
        self.assertEqual((served.state, served.deadline.last_day, served.days_left), ("open", date(2026, 12, 1), 1))
        self.assertEqual(states(done, date(2026, 12, 1))["served"], "open")
        self.assertEqual(states(done, date(2026, 12, 2))["served"], "missed")

    def test_an_order_of_august_2026_keeps_its_six_months(self):
        done = {"filed": date(2026, 8, 20), "order": date(2026, 8, 31)}
        self.assertEqual(states(done, date(2027, 2, 26))["served"], "open")
        self.assertEqual(states(done, date(2027, 3, 2))["served"], "missed")  # 28 February 2027 is a Sunday

    def test_both_regimes_of_enforceability(self):
        for ordered, enforceable_from in (
            (date(2026, 8, 31), date(2026, 10, 16)),
            (date(2026, 9, 1), date(2026, 11, 17)),
        ):
            done = {"filed": date(2026, 8, 1), "order": ordered, "served": date(2026, 9, 15)}
            self.assertEqual(states(done, enforceable_from - timedelta(days=1))["enforceable"], "waiting")
            self.assertEqual(states(done, enforceable_from)["enforceable"], "open")

    def test_the_time_for_an_opposition_closes_by_itself(self):
        done = {"filed": date(2026, 8, 1), "order": date(2026, 9, 1), "served": date(2026, 9, 15)}
        self.assertEqual(states(done, date(2026, 10, 15))["opposition"], "open")
        self.assertEqual(states(done, date(2026, 10, 16))["opposition"], "closed")

    def test_an_opposition_closes_enforceability(self):
        done = {"filed": date(2026, 8, 1), "order": date(2026, 9, 1), "served": date(2026, 9, 15)}
        done["opposition"] = date(2026, 10, 1)
        self.assertEqual(states(done, date(2027, 1, 1))["enforceable"], "closed")

    def test_a_refusal_ends_the_procedure(self):
        found = states({"filed": date(2026, 8, 1), "refused": date(2026, 9, 1)}, date(2026, 9, 2))
        self.assertEqual({found[code] for code in ("order", "served", "enforceable", "fee")}, {"closed"})
        self.assertEqual(found["refused"], "done")

    def test_what_was_done_keeps_its_deadline_for_the_file(self):
        done = {"filed": date(2026, 8, 1), "order": date(2026, 9, 1), "served": date(2026, 9, 15)}
        [served] = [found for found in standing(INJONCTION, done, date(2027, 1, 1)) if found.code == "served"]
        self.assertEqual((served.done_on, served.deadline.last_day), (date(2026, 9, 15), date(2026, 12, 1)))

    def test_a_step_dated_before_the_one_it_follows_is_named(self):
        with self.assertRaisesRegex(StepUnordered, "served"):
            standing(
                INJONCTION, {"order": date(2026, 9, 2), "served": date(2026, 9, 1)}, date(2026, 9, 3)
            )  # fmt: skip

    def test_a_delay_that_does_not_exist_is_named_and_one_not_yet_in_force_is_none(self):
        step = Step("late", delay="unheard", since="filed")
        with self.assertRaises(UnknownDelay):
            standing((Step("filed"), step), {"filed": date(2026, 1, 1)}, date(2026, 1, 2))
        future = (Delay("unheard", "filed", "-", months=1, date_from=date(2030, 1, 1)),)
        found = standing((Step("filed"), step), {"filed": date(2026, 1, 1)}, date(2026, 1, 2), delays=future)
        self.assertEqual((found[1].state, found[1].deadline), ("open", None))

    def test_papers_are_filed_before_the_hearing(self):
        steps = (Step("hearing"), Step("filing", delay="summons_filing_tc", since="hearing"))
        found = standing(steps, {"hearing": date(2026, 6, 15), "filing": date(2026, 6, 1)}, date(2026, 6, 2))
        self.assertEqual(found[1].state, "done")
        self.assertEqual(found[1].deadline.last_day, date(2026, 6, 5))  # 7 June is a Sunday


class TestAlerts(unittest.TestCase):
    def test_the_first_deadline_comes_first_whatever_the_order_of_steps(self):
        done = {"filed": date(2026, 8, 1), "order": date(2026, 9, 1)}
        self.assertEqual(next_deadline(standing(INJONCTION, done, date(2026, 9, 2))).code, "served")
        self.assertIsNone(next_deadline(standing(INJONCTION, {}, date(2026, 9, 2))))

    def test_what_the_debtor_may_do_is_no_deadline_of_ours(self):
        done = {"filed": date(2026, 8, 1), "order": date(2026, 9, 1), "served": date(2026, 9, 15)}
        self.assertIsNone(next_deadline(standing(INJONCTION, done, date(2026, 9, 16))))

    def test_thresholds(self):
        self.assertEqual([alert(days) for days in (31, 30, 16, 15, 6, 5, 0, -1)], [None, 30, 30, 15, 15, 5, 5, 0])
        self.assertIsNone(alert(None))


class TestConditions(unittest.TestCase):
    def test_each_condition_is_an_obstacle_where_it_is_not_met(self):
        fine = Situation(Decimal(5000))
        for conditions, situation, found in (
            (Conditions(), fine, ()),
            (Conditions(in_force=False), fine, ("not_in_force",)),
            (Conditions(), Situation(Decimal(1), insolvent=True), ("insolvent",)),
            (Conditions(stops=False), Situation(Decimal(1), insolvent=True), ()),
            (Conditions(audience="traders"), fine, ("traders_only",)),
            (Conditions(audience="traders"), Situation(Decimal(1), traders=True), ()),
            (Conditions(audience="not_traders"), Situation(Decimal(1), traders=True), ("not_between_traders",)),
            (Conditions(limit=Decimal(5000)), fine, ()),
            (Conditions(limit=Decimal(5000)), Situation(Decimal("5000.01")), ("over_limit",)),
            (Conditions(needs_title=True), fine, ("title_needed",)),
            (Conditions(needs_title=True), Situation(Decimal(1), has_title=True), ()),
            (Conditions(in_france=True), Situation(Decimal(1), abroad=True), ("abroad",)),
            (Conditions(), Situation(Decimal(1), public=True), ("public_body",)),  # its property is not seized
            (Conditions(against_public=True), Situation(Decimal(1), public=True), ()),
            (Conditions(only_public=True), Situation(Decimal(1), public=True), ()),
            (Conditions(only_public=True), fine, ("public_only",)),
        ):
            with self.subTest(conditions=conditions, situation=situation):
                self.assertEqual(obstacles(conditions, situation), found)

    def test_what_a_step_may_bring_is_net_of_what_was_and_will_be_spent(self):
        self.assertEqual(
            expected_net(Decimal("1000.55"), Decimal(40), Decimal(100), Decimal("51.58")), Decimal("248.64")
        )
