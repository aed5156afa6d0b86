import contextlib
from ast import literal_eval
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ...models.decision import recouvrement_debtor_by_day as by_day
from ..clock import today
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
DONE = MONDAY + 14 * DAY  # all levels have left


@tagged("post_install", "-at_install")
class TestByDay(RecouvrementCommon):
    """Between two nights, lists show what people did at once, and what came in within the hour."""

    def before_all(self):
        super().before_all()
        (self.second | self.notice).unlink()
        self.debt = self.invoice(MONDAY - 5 * DAY)
        self.night(MONDAY)
        self.mark_sent(self.reminders(), MONDAY)
        self.night(DONE)
        self.debtor = self.card()
        self.before = self.debtor.next_date

    def done(self):
        """The transaction of a person ends."""
        self.env.flush_all()
        self.env.cr.flush()
        self.env.invalidate_all()

    def to_do(self, on=DONE):
        """Whether the list "To do today" holds the debtor; it and the agenda by value agree."""
        debtors = self.env["recouvrement.debtor"]
        arch = etree.fromstring(
            debtors.get_view(self.env.ref("recouvrement_fr.recouvrement_debtor_view_search").id)["arch"]
        )
        domain = literal_eval(arch.xpath("//filter[@name='to_do']")[0].get("domain"))
        with self.at(on):
            found = debtors.search(domain) & self.debtor
            self.assertEqual(found, debtors.search(debtors._to_do(on)) & self.debtor)
        return bool(found)

    def promise(self, card=None, debt=None):
        with self.at(DONE):
            promises = self.env["recouvrement.promise"]
            return promises._make(card or self.debtor, debt or self.debt, 1000, DONE + 8 * DAY, on=today())

    def test_a_debtor_without_a_level_left_is_to_do(self):
        self.assertEqual((self.debtor.reason, self.debtor.priority), ("levels_done", 3))
        self.assertTrue(self.to_do())

    def test_a_promise_takes_it_out_of_the_list_at_once_with_its_reason(self):
        self.promise()
        self.done()
        self.assertEqual((self.debtor.reason, self.debtor.priority, self.debtor.act), ("promised", 1, "wait"))
        self.assertEqual(self.debtor.reason_since, DONE)
        self.assertFalse(self.to_do())

    def test_the_night_after_notes_its_decision_all_the_same(self):
        self.promise()
        self.done()
        night = self.night(DONE + DAY)
        self.assertEqual(night.decision_ids.filtered(lambda one: one.debtor_id == self.debtor).reason, "promised")
        self.assertFalse(self.debtor.changed_by_day)
        self.assertFalse(self.night(DONE + 2 * DAY).decision_ids.filtered(lambda one: one.debtor_id == self.debtor))

    def test_a_dispute_takes_it_out_of_the_list_at_once(self):
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        with self.at(DONE):
            self.env["recouvrement.dispute"]._open(self.debtor, self.debt, reason)
        self.done()
        self.assertEqual(self.debtor.reason, "disputed")
        self.assertFalse(self.to_do())

    def test_a_pause_takes_it_out_of_the_list_at_once(self):
        with self.at(DONE):
            self.debtor.write({"paused_until": DONE + 9 * DAY, "pause_reason": "Holidays"})
        self.done()
        self.assertEqual(self.debtor.reason, "paused")
        self.assertFalse(self.to_do())

    def test_an_answer_is_to_do_until_it_is_read(self):
        self.promise()
        with self.at(DONE):
            self.debtor.reply_pending = True
        self.done()
        self.assertEqual(self.debtor.act, "answer")
        self.assertTrue(self.to_do())
        with self.at(DONE):
            self.debtor.action_reply_seen()
        self.done()
        self.assertEqual((self.debtor.reason, self.debtor.act), ("promised", "wait"))
        self.assertFalse(self.to_do())

    def test_an_answer_of_a_debtor_who_owes_nothing_late_is_to_do_too(self):
        self.pay(self.debt, on=DONE)
        self.debtor.sudo().reply_pending = True
        self.done()
        self.assertTrue(self.to_do())

    def test_paid_it_leaves_the_list_within_the_hour_with_what_it_owed(self):
        with self.at(DONE):
            self.pay(self.debt, on=DONE)
        self.done()
        self.morning(DONE)
        self.assertEqual((self.debtor.overdue_amount, self.debtor.reason), (0, "nothing_open"))
        self.assertFalse(self.debtor.oldest_due_date)
        self.assertFalse(self.to_do())

    def test_paid_in_part_it_owes_the_rest_within_the_hour_and_the_night_still_looks_at_it(self):
        with self.at(DONE):
            self.pay(self.debt, 400, on=DONE)
        self.morning(DONE)
        self.assertEqual((self.debtor.overdue_amount, self.debtor.next_date), (600, DONE))
        before = self.env.cr.sql_log_count
        with self.at(DONE):
            self.debtor._show_every_moved(self.company, DONE)  # nothing has moved since
        self.assertLess(self.env.cr.sql_log_count - before, 12)

    def test_paid_by_one_to_do_it_leaves_the_list_at_once(self):
        with self.at(DONE):
            self.pay(self.debt, on=DONE)
        self.done()
        self.assertEqual((self.debtor.reason, self.debtor.overdue_amount), ("nothing_open", 0))
        self.assertFalse(self.to_do())

    def test_a_payment_of_one_that_waits_for_nobody_costs_no_decision(self):
        self.debtor.sudo().reason = "delay"
        self.env.flush_all()
        with patch.object(by_day.Decider, "cases", side_effect=AssertionError), self.at(DONE):
            self.pay(self.debt, on=DONE)
            self.done()
        self.assertEqual(self.debtor.reason, "delay")

    def test_savepoint_after_savepoint_no_more_are_decided_in_one_transaction(self):
        self.patch(by_day, "AT_ONCE", 1)
        partner = self._partner("Nouveau client")
        debt = self.invoice(MONDAY, partner=partner)
        card = self.env["recouvrement.debtor"]._card(self.company, partner)
        with self.env.cr.savepoint():
            self.promise()
        with self.env.cr.savepoint():
            self.promise(card, debt)
        self.done()
        self.assertEqual((self.debtor.reason, card.reason), ("promised", False))

    def test_thanks_are_still_due_to_one_who_has_paid_by_day(self):
        with self.at(DONE):
            self.pay(self.debt, on=DONE)
        self.morning(DONE)
        since = self.debtor.overdue_since
        self.assertFalse(self.debtor.settled_on)
        self.night(DONE + DAY)
        self.assertEqual((self.debtor.settled_on, self.debtor.overdue_since), (DONE + DAY, since))

    def test_many_at_once_wait_for_the_hourly_pass(self):
        self.patch(by_day, "AT_ONCE", 0)
        self.promise()
        self.done()
        self.assertEqual(self.debtor.reason, "levels_done")
        self.morning(DONE)
        self.assertEqual(self.debtor.reason, "promised")
        self.assertFalse(self.to_do())

    def test_one_that_cannot_be_decided_stays_as_it_was_and_the_act_is_kept(self):
        promise = self.promise()
        with (
            patch.object(by_day.Decider, "cases", side_effect=ValueError("no rate")),
            self.assertLogs("odoo.addons.recouvrement_fr.models.decision.recouvrement_debtor_by_day", "ERROR"),
        ):
            self.done()
        self.assertEqual((promise.state, self.debtor.reason), ("open", "levels_done"))
        self.assertEqual(self.debtor.next_date, DONE)

    def test_instalments_by_the_thousand_wait_for_the_hourly_pass(self):
        self.patch(by_day, "ITEMS_AT_ONCE", 0)
        self.promise()
        self.done()
        self.assertEqual(self.debtor.reason, "levels_done")
        self.morning(DONE)
        self.assertEqual(self.debtor.reason, "promised")

    def test_neither_the_night_nor_a_file_decides_by_day(self):
        for key in by_day.NOT_A_PERSON:
            with self.subTest(key), patch.object(by_day.Decider, "cases", side_effect=AssertionError), self.at(DONE):
                self.debtor.with_context(**{key: True})._decide_again_now()
                self.done()
                self.assertEqual(self.debtor.reason, "levels_done")

    def test_the_hourly_pass_leaves_a_company_to_its_night_at_work(self):
        night = self.env["recouvrement.run"].search([("company_id", "=", self.company.id)], order="id desc", limit=1)
        self.debtor.sudo().reason = "delay"
        with self.at(DONE):
            self.pay(self.debt, on=DONE)
        night.sudo().state = "deciding"
        self.morning(DONE)
        self.assertEqual(self.debtor.reason, "delay")
        night.sudo().state = "done"
        self.morning(DONE)
        self.assertEqual(self.debtor.reason, "nothing_open")

    def test_what_is_rolled_back_shows_nothing(self):
        self.done()
        with contextlib.suppress(UserError), self.env.cr.savepoint():
            self.promise()
            raise UserError("No.")
        with patch.object(by_day.Decider, "cases", side_effect=AssertionError):
            self.done()
        self.assertEqual((self.debtor.reason, self.debtor.next_date), ("levels_done", self.before))

    def test_a_card_that_another_worker_holds_is_left_to_it(self):
        self.promise()
        self.env.flush_all()
        nobody = self.debtor.browse()
        with patch.object(type(nobody), "try_lock_for_update", lambda cards, **how: nobody):
            self.done()
        self.assertEqual(self.debtor.reason, "levels_done")

    def test_an_accountant_without_a_right_of_collection_is_never_stopped(self):
        accountant = new_test_user(
            self.env,
            "comptable",
            groups="base.group_user,account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.at(DONE):
            self.debt.with_user(accountant)._debtor_cards()[self.company, self.debtor_partner]._decide_again_now()
            mine = self.invoice(DONE, 200).with_user(accountant)
            self.pay(mine, on=DONE)
            self.pay(self.debt.with_user(accountant), on=DONE)
        self.done()
        self.assertEqual((self.debtor.reason, self.debtor.overdue_amount), ("nothing_open", 0))

    def test_another_company_at_hand_changes_nothing(self):
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        debtor = self.debtor.with_company(other).with_context(allowed_company_ids=(other | self.company).ids)
        self.promise(debtor)
        self.done()
        self.assertEqual((self.debtor.reason, self.debtor.overdue_amount), ("promised", 1000))

    def test_nothing_leaves_nor_is_planned_by_day(self):
        partner = self._partner("Nouveau client", email="neuf@client.example")
        self.invoice(MONDAY, partner=partner)
        with self.at(DONE):
            card = self.env["recouvrement.debtor"]._card(self.company, partner)
            card._decide_again_now()
        before = self.env["recouvrement.reminder"].search([]), self.env["mail.mail"].search([])
        activities = self.env["mail.activity"].search([])
        self.done()
        self.assertEqual(card.reason, "due")
        self.assertEqual((self.env["recouvrement.reminder"].search([]), self.env["mail.mail"].search([])), before)
        self.assertEqual(self.env["mail.activity"].search([]), activities)

    def test_a_list_by_value_that_is_open_lets_go_of_what_is_promised(self):
        with self.at(DONE):
            domain = self.env["recouvrement.debtor"].action_agenda_by_value()["domain"]
        self.assertEqual(self.debtor.search(domain) & self.debtor, self.debtor)
        self.promise()
        self.done()
        self.assertFalse(self.debtor.search(domain) & self.debtor)

    def test_what_the_next_night_will_plan_is_not_yet_to_approve(self):
        self.first.requires_approval = True
        partner = self._partner("Nouveau client")
        self.invoice(MONDAY, partner=partner)
        with self.at(DONE):
            card = self.env["recouvrement.debtor"]._card(self.company, partner)
            card._decide_again_now()
        self.done()
        self.assertEqual((card.reason, card.priority), ("due", 2))
        self.night(DONE + DAY)
        self.assertEqual((card.reason, card.priority), ("approval", 3))

    def test_what_a_person_does_before_the_first_night_is_shown(self):
        partner = self._partner("Nouveau client")
        debt = self.invoice(MONDAY, partner=partner)
        card = self.env["recouvrement.debtor"]._card(self.company, partner)
        self.promise(card, debt)
        self.done()
        self.assertEqual((card.reason, card.overdue_amount), ("promised", 1000))
