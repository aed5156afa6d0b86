import unittest
from datetime import date, timedelta

from ..escalation import History, Hold, Instalment, LevelRule, PolicyRule, decide, notice_obstacles, reached_on

ON = date(2026, 6, 15)
PRE = LevelRule(1, 5, "pre_due", "due_date", 7)
FIRST = LevelRule(2, 10, "reminder", "due_date", 3)
SECOND = LevelRule(3, 20, "reminder", "previous_level", 7)
NOTICE = LevelRule(4, 30, "formal_notice", "due_date", 30)
CASE = LevelRule(5, 40, "case_proposal", "due_date", 45)
POLICY = PolicyRule(1, (PRE, FIRST, SECOND, NOTICE, CASE), minimum_amount=1500, minimum_days_between=5)


def late(days, amount=10000, move=1, **more):
    due = ON - timedelta(days=days)
    return Instalment((move, due, 0), due, amount, **more)


def after(sequence, days_ago=10, **more):
    return History(last_sequence=sequence, sent_on=ON - timedelta(days=days_ago), reminded=True, **more)


class TestDecide(unittest.TestCase):
    def answer(self, *instalments, policy=POLICY, **more):
        return decide(policy, instalments, ON, **more)

    def test_the_first_level_is_reached_on_its_day_not_before(self):
        self.assertEqual(self.answer(late(3)).level, FIRST)
        waiting = self.answer(late(2))
        self.assertEqual((waiting.outcome, waiting.reason), ("wait", "delay"))
        self.assertEqual(waiting.next_date, ON + timedelta(days=1))

    def test_due_today_is_not_overdue(self):
        self.assertNotEqual(self.answer(late(0)).reason, "delay")

    def test_levels_are_climbed_one_at_a_time_whatever_the_delay(self):
        self.assertEqual(self.answer(late(300)).level, FIRST)
        self.assertEqual(self.answer(late(300, history=after(10))).level, SECOND)

    def test_a_delay_after_the_previous_level_counts_from_the_day_it_was_handed_over(self):
        self.assertEqual(self.answer(late(60, history=after(10, days_ago=7))).level, SECOND)
        waiting = self.answer(late(60, history=after(10, days_ago=6)))
        self.assertEqual((waiting.reason, waiting.next_date), ("delay", ON + timedelta(days=1)))

    def test_a_broken_promise_spares_the_delay_of_the_next_level_and_no_more(self):
        waiting = late(60, history=after(10, days_ago=6), hastened=True)
        self.assertEqual(self.answer(waiting).level, SECOND)
        self.assertEqual(self.answer(waiting, last_contact=ON - timedelta(days=2)).reason, "recent_contact")
        unproven = late(5, history=History(last_sequence=20, sent_on=ON), hastened=True)
        self.assertEqual(self.answer(unproven).reason, "notice_gate")

    def test_the_worst_instalment_carries_and_the_others_are_listed(self):
        decision = self.answer(late(5, move=1), late(60, move=2), late(20, move=3))
        self.assertEqual([key[0] for key in decision.carried], [2])
        self.assertEqual(sorted(key[0] for key in decision.listed), [1, 3])

    def test_the_highest_level_is_worse_than_the_oldest_and_then_the_largest(self):
        decision = self.answer(late(60, move=1), late(20, move=2, history=after(10)))
        self.assertEqual((decision.level, decision.carried[0][0]), (SECOND, 2))
        decision = self.answer(late(20, 2000, move=1), late(20, 9000, move=2))
        self.assertEqual(decision.carried[0][0], 2)

    def test_a_held_instalment_gives_way_to_the_next(self):
        decision = self.answer(late(60, move=1, hold=Hold("disputed")), late(20, move=2))
        self.assertEqual((decision.carried[0][0], decision.listed), (2, ()))

    def test_when_all_are_held_the_first_reason_in_order_is_shown(self):
        decision = self.answer(late(60, move=1, hold=Hold("disputed")), late(9, move=2, hold=Hold("in_case")))
        self.assertEqual(decision.reason, "in_case")

    def test_a_pause_of_the_debtor_holds_all_and_ends_by_itself(self):
        until = ON + timedelta(days=4)
        decision = self.answer(late(60), hold=Hold("paused", until))
        self.assertEqual((decision.reason, decision.next_date), ("paused", until + timedelta(days=1)))

    def test_one_without_a_level_left_gives_way_to_the_next(self):
        decision = self.answer(late(90, move=1, history=after(40)), late(5, move=2))
        self.assertEqual((decision.level, decision.carried[0][0]), (FIRST, 2))

    def test_all_levels_done_calls_a_person(self):
        decision = self.answer(late(90, history=after(40)))
        self.assertEqual((decision.outcome, decision.reason), ("person", "levels_done"))

    def test_a_formal_notice_carries_all_that_was_already_reminded(self):
        decision = self.answer(
            late(60, move=1, history=after(20)), late(40, move=2, history=History(reminded=True)), late(35, move=3)
        )
        self.assertEqual(decision.level, NOTICE)
        self.assertEqual([key[0] for key in decision.carried], [1, 2])
        self.assertEqual(decision.listed, ())

    def test_no_formal_notice_without_a_reminder_handed_over(self):
        imported = History(last_sequence=20, sent_on=ON - timedelta(days=40))
        decision = self.answer(late(60, history=imported))
        self.assertEqual((decision.outcome, decision.reason), ("person", "notice_gate"))
        self.assertEqual((decision.obstacles, decision.next_date), (("reminded",), ON + timedelta(days=1)))

    def test_what_bars_a_notice_is_told_and_the_notice_leaves_without_it(self):
        barred = late(60, move=1, history=after(20), obstacles=("identified",))
        decision = self.answer(barred)
        self.assertEqual((decision.outcome, decision.reason), ("person", "notice_gate"))
        self.assertEqual((decision.obstacles, decision.carried), (("identified",), (barred.key,)))
        self.assertEqual(
            notice_obstacles(barred._replace(history=after(20)._replace(reminded=False))), ("reminded", "identified")
        )
        decision = self.answer(barred, late(40, move=2, history=after(20)))
        self.assertEqual((decision.outcome, [key[0] for key in decision.carried]), ("remind", [2]))

    def test_what_bars_a_notice_does_not_bar_a_reminder(self):
        self.assertEqual(self.answer(late(60, obstacles=("identified",))).level, FIRST)

    def test_after_the_notice_a_case_is_proposed_to_a_person(self):
        decision = self.answer(late(60, history=after(30)))
        self.assertEqual((decision.outcome, decision.reason, decision.level), ("person", "case_proposal", CASE))

    def test_a_proposed_case_does_not_silence_the_other_invoices(self):
        decision = self.answer(late(60, move=1, history=after(30)), late(5, move=2))
        self.assertEqual((decision.outcome, decision.level, decision.carried[0][0]), ("remind", FIRST, 2))
        decision = self.answer(late(60, move=1, history=after(30)), late(1, move=2))
        self.assertEqual((decision.reason, decision.next_date), ("case_proposal", ON + timedelta(days=2)))

    def test_a_notice_not_allowed_does_not_silence_the_other_invoices(self):
        imported = History(last_sequence=20, sent_on=ON - timedelta(days=40))
        decision = self.answer(late(60, move=1, history=imported), late(5, move=2))
        self.assertEqual((decision.level, decision.carried[0][0]), (FIRST, 2))

    def test_under_the_minimum_nothing_leaves(self):
        self.assertEqual(self.answer(late(60, 1499)).reason, "below_minimum")
        self.assertEqual(self.answer(late(60, 1500)).outcome, "remind")
        self.assertEqual(self.answer(late(60, 800, move=1), late(50, 700, move=2)).outcome, "remind")

    def test_a_held_amount_does_not_count_towards_the_minimum(self):
        decision = self.answer(late(60, 9000, move=1, hold=Hold("disputed")), late(50, 700, move=2))
        self.assertEqual(decision.reason, "below_minimum")

    def test_contacts_keep_their_distance(self):
        decision = self.answer(late(60), last_contact=ON - timedelta(days=4))
        self.assertEqual((decision.reason, decision.next_date), ("recent_contact", ON + timedelta(days=1)))
        self.assertEqual(self.answer(late(60), last_contact=ON - timedelta(days=5)).outcome, "remind")

    def test_a_reminder_on_its_way_is_not_planned_twice(self):
        for state, reason in (("planned", "sending"), ("to_approve", "approval"), ("failed", "failed")):
            decision = self.answer(late(60, history=History(last_sequence=10, pending=state)))
            self.assertEqual((decision.reason, decision.next_date), (reason, ON + timedelta(days=1)))

    # --- what a letter carries ----------------------------------------------------------------------------------------

    def test_a_remainder_under_the_minimum_never_carries_climbs_nor_blocks(self):
        cent = late(60, 1, move=1, history=after(20), is_remainder=True)
        decision = self.answer(cent, late(5, 50000, move=2))
        self.assertEqual((decision.level, decision.carried[0][0]), (FIRST, 2))
        self.assertEqual([key[0] for key in decision.listed], [1])
        self.assertEqual(self.answer(cent, late(1, 50000, move=2)).next_date, ON + timedelta(days=2))
        self.assertEqual(self.answer(cent).reason, "below_minimum")
        proposed = late(60, 1, move=1, history=after(30), is_remainder=True)
        self.assertEqual(self.answer(proposed).reason, "below_minimum")

    def test_a_remainder_overdue_does_not_keep_an_invoice_to_come_from_being_announced(self):
        cent, to_come = late(60, 1, move=1, is_remainder=True), late(-5, move=2)
        decision = self.answer(cent, to_come)
        self.assertEqual((decision.level, [key[0] for key in decision.carried]), (PRE, [2]))
        self.assertEqual(self.answer(cent, late(-8, move=2)).reason, "below_minimum")

    def test_a_remainder_within_the_small_balance_of_the_company_does_not_carry_either(self):
        policy = POLICY._replace(minimum_amount=0, small_balance=500)
        self.assertEqual(self.answer(late(60, 500, is_remainder=True), policy=policy).reason, "below_minimum")
        self.assertEqual(self.answer(late(60, 501, is_remainder=True), policy=policy).level, FIRST)
        self.assertEqual(self.answer(late(60, 500), policy=policy).level, FIRST)

    def test_remainders_that_pass_the_minimum_together_are_asked_for_together(self):
        small = [late(60 - move, 600, move=move, is_remainder=True) for move in (1, 2, 3)]
        self.assertEqual(self.answer(small[0], small[1]).reason, "below_minimum")
        decision = self.answer(*small)
        self.assertEqual((decision.level, len(decision.carried) + len(decision.listed)), (FIRST, 3))
        policy = POLICY._replace(minimum_amount=0, small_balance=1500)
        self.assertEqual(self.answer(*small, policy=policy).level, FIRST)
        self.assertEqual(self.answer(small[0], small[1], policy=policy).reason, "below_minimum")

    def test_small_whole_invoices_are_reminded_together(self):
        self.assertEqual(self.answer(late(60, 800, move=1), late(50, 800, move=2)).level, FIRST)

    def test_a_notice_that_would_carry_less_than_the_minimum_does_not_leave(self):
        small = late(60, 1000, move=1, history=after(20))
        decision = self.answer(small, late(5, 50000, move=2))
        self.assertEqual((decision.level, decision.carried[0][0]), (FIRST, 2))
        waiting = self.answer(small, late(1, 50000, move=2))
        self.assertEqual((waiting.reason, waiting.next_date), ("delay", ON + timedelta(days=2)))

    def test_a_reminder_that_waits_silences_what_it_does_not_carry_for_the_interval_of_the_policy(self):
        for state, reason in (("to_approve", "approval"), ("failed", "failed"), ("sending", "sending")):
            history = History(last_sequence=10, pending=state, pending_since=ON - timedelta(days=4))
            waiting = late(60, move=1, history=history)
            decision = self.answer(waiting, late(20, move=2))
            self.assertEqual((decision.reason, decision.next_date), (reason, ON + timedelta(days=1)))
            older = waiting._replace(history=history._replace(pending_since=ON - timedelta(days=5)))
            decision = self.answer(older, late(20, move=2))
            self.assertEqual((decision.level, decision.carried[0][0], decision.listed), (FIRST, 2, ()))
            self.assertEqual(self.answer(older, late(1, move=2)).reason, reason)

    # --- levels of another policy -------------------------------------------------------------------------------------

    def test_a_level_of_another_policy_counts_by_its_kind_and_rank_not_by_its_number(self):
        def reached(sequence, kind, rank):
            return after(sequence, days_ago=90, policy_id=2, kind=kind, rank=rank)

        for history, level in (
            (reached(40, "reminder", 3), NOTICE),  # last reminder of a longer policy: a notice, never a case at once
            (reached(40, "reminder", 1), SECOND),
            (reached(12, "reminder", 1), SECOND),
            (reached(3, "reminder", 2), NOTICE),
            (reached(3, "formal_notice", 1), CASE),  # no second notice
        ):
            with self.subTest(history=history):
                self.assertEqual(self.answer(late(120, history=history)).level, level)
        numbered = PolicyRule(3, (FIRST._replace(sequence=10), SECOND._replace(sequence=11)), 0, 0)
        self.assertEqual(self.answer(late(90, history=reached(12, "reminder", 1)), policy=numbered).level.id, SECOND.id)

    # --- the term of a formal notice ----------------------------------------------------------------------------------

    def test_a_case_is_not_proposed_before_the_term_of_the_notice_has_passed(self):
        served = after(30, days_ago=8, term_until=ON)
        waiting = self.answer(late(90, history=served))
        self.assertEqual((waiting.reason, waiting.next_date), ("delay", ON + timedelta(days=1)))
        self.assertEqual(self.answer(late(90, history=served, hastened=True)).reason, "delay")
        over = served._replace(term_until=ON - timedelta(days=1))
        self.assertEqual(self.answer(late(90, history=over)).reason, "case_proposal")

    def test_a_notice_nobody_saw_presented_asks_a_person_and_nothing_expires(self):
        unseen = after(30, days_ago=20, term_until=ON - timedelta(days=12), unpresented=True)
        decision = self.answer(late(90, history=unseen))
        self.assertEqual((decision.outcome, decision.reason), ("person", "not_presented"))
        self.assertEqual(decision.next_date, ON + timedelta(days=1))
        self.assertEqual(self.answer(late(90, history=unseen), late(5, move=2)).level, FIRST)
        early = unseen._replace(term_until=ON)
        self.assertEqual(self.answer(late(90, history=early)).reason, "delay")

    def test_credits_that_cover_everything_silence_the_debtor(self):
        self.assertEqual(self.answer(late(60, 0)).reason, "covered")

    def test_nothing_open_is_said_so(self):
        self.assertEqual(self.answer().reason, "nothing_open")

    def test_before_the_due_date_all_that_comes_is_announced_together(self):
        decision = self.answer(late(-7, move=1), late(-3, move=2), late(-8, move=3))
        self.assertEqual((decision.outcome, decision.level), ("remind", PRE))
        self.assertEqual(sorted(key[0] for key in decision.carried), [1, 2])

    def test_nothing_is_announced_while_something_is_overdue(self):
        decision = self.answer(late(-5, move=1), late(1, move=2))
        self.assertEqual(decision.reason, "delay")

    def test_an_announcement_is_made_once(self):
        decision = self.answer(late(-5, history=History(announced=frozenset((PRE.id,)))))
        self.assertEqual((decision.reason, decision.next_date), ("not_due_yet", ON + timedelta(days=6)))

    def test_an_announcement_placed_last_does_not_end_the_dunning(self):
        last = PolicyRule(1, (FIRST, PRE._replace(sequence=99)), 0, 0)
        announced = History(announced=frozenset((PRE.id,)))
        self.assertEqual(self.answer(late(5, history=announced), policy=last).level, FIRST)

    def test_a_level_whose_anchor_has_not_happened_does_not_silence_the_others(self):
        discount = LevelRule(9, 15, "reminder", "discount_date", 2)
        policy = PolicyRule(1, (FIRST, discount), 0, 0)
        decision = self.answer(late(60, move=1, history=after(10)), late(5, move=2), policy=policy)
        self.assertEqual((decision.level, decision.carried[0][0]), (FIRST, 2))

    def test_before_the_announcement_the_night_comes_back_on_its_day(self):
        self.assertEqual(self.answer(late(-20)).next_date, ON + timedelta(days=13))

    def test_an_announcement_waits_for_a_pause_a_minimum_and_a_distance(self):
        self.assertEqual(self.answer(late(-5), hold=Hold("paused", ON)).reason, "paused")
        self.assertEqual(self.answer(late(-5, 10)).reason, "not_due_yet")
        self.assertEqual(self.answer(late(-5), last_contact=ON).reason, "recent_contact")
        self.assertEqual(self.answer(late(-5, hold=Hold("no_followup"))).reason, "not_due_yet")

    def test_a_level_for_large_amounts_announces_no_smaller_instalment(self):
        large = PolicyRule(1, (PRE._replace(minimum_amount=10000),), 0, 0)
        decision = self.answer(late(-5, 10000, move=1), late(-5, 9999, move=2), policy=large)
        self.assertEqual([key[0] for key in decision.carried], [1])
        self.assertEqual(self.answer(late(-5, 9999), policy=large).reason, "not_due_yet")

    def test_the_end_of_a_discount_is_announced_until_its_last_day(self):
        policy = PolicyRule(1, (PRE._replace(anchor="discount_date", delay_days=2),), 0, 0)
        for days, reason in ((3, "not_due_yet"), (2, "due"), (0, "due"), (-1, "not_due_yet")):
            discounted = late(-20, discount_on=ON + timedelta(days=days))
            self.assertEqual(self.answer(discounted, policy=policy).reason, reason)
        self.assertEqual(self.answer(late(-20), policy=policy).reason, "not_due_yet")

    def test_a_returned_payment_starts_again_at_the_first_level(self):
        self.assertEqual(self.answer(late(90, history=History(cycle=2))).level, FIRST)


class TestReachedOn(unittest.TestCase):
    def test_the_end_of_the_month_of_the_due_date(self):
        level = LevelRule(1, 10, "reminder", "month_end", 5)
        for due, reached in (
            (date(2026, 2, 10), date(2026, 3, 5)),
            (date(2028, 2, 29), date(2028, 3, 5)),
            (date(2026, 12, 31), date(2027, 1, 5)),
        ):
            self.assertEqual(reached_on(level, Instalment((1, due, 0), due, 1)), reached)

    def test_the_end_of_a_discount_and_its_absence(self):
        level = LevelRule(1, 5, "pre_due", "discount_date", 2)
        due = date(2026, 6, 30)
        self.assertIsNone(reached_on(level, Instalment((1, due, 0), due, 1)))
        discounted = Instalment((1, due, 0), due, 1, discount_on=date(2026, 6, 10))
        self.assertEqual(reached_on(level, discounted), date(2026, 6, 8))

    def test_the_first_level_after_a_previous_one_counts_from_the_due_date(self):
        due = date(2026, 6, 1)
        self.assertEqual(reached_on(SECOND, Instalment((1, due, 0), due, 1)), date(2026, 6, 8))
