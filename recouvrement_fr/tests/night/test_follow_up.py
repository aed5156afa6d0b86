from datetime import timedelta
from unittest.mock import patch

import psycopg2.errors

from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestFollowUp(RecouvrementCommon):
    """The daily follow-up as a whole: one part that fails is shown to people, and the others go on."""

    def setUp(self):
        super().setUp()
        for method in ("commit", "rollback"):  # a test may do neither
            self.patch(self.cr, method, lambda: None)
        self.invoice(MONDAY - 4 * DAY)

    def follow_up(self, **parts):
        """A day's follow-up, with these models' parts replaced; returns the calls of each."""
        calls = []
        for name, effect in parts.items():
            model = type(self.env[name.replace("_", ".")])
            self.startPatcher(patch.object(model, "_follow_up", self._part(name, effect, calls), create=True))
        with self.at(MONDAY):
            self.env["recouvrement.debtor"].sudo()._cron_follow_up()
        return calls

    @staticmethod
    def _part(name, effects, calls):
        def part(_self, _on):
            calls.append(name)
            effect = effects.pop(0) if effects else None
            if effect:
                raise effect

        return part

    def test_one_that_fails_is_told_to_the_managers_and_the_others_go_on(self):
        night = self.night(MONDAY)
        card = self.card()
        with self.assertLogs("odoo.addons.recouvrement_fr.models.night.recouvrement_debtor", "ERROR"):
            calls = self.follow_up(
                recouvrement_plan=[ValueError("no such plan")], recouvrement_promise=[], recouvrement_forgotten=[]
            )
        self.assertEqual(calls, ["recouvrement_plan", "recouvrement_promise", "recouvrement_forgotten"])
        self.assertIn("no such plan", night.failure)
        self.assertEqual(len(night.activity_ids), 1)
        self.assertIn("no such plan", night.activity_ids.note)
        with self.at(MONDAY):
            card.invalidate_recordset(["scheduler_alert"])
            self.assertIn("no such plan", card.scheduler_alert)

        self.follow_up()  # mended, the same day: the banner goes
        self.assertFalse(night.failure)
        with self.at(MONDAY):
            card.invalidate_recordset(["scheduler_alert"])
            self.assertFalse(card.scheduler_alert)

    def test_a_part_tells_of_what_failed_in_it_and_keeps_the_rest(self):
        night = self.night(MONDAY)
        model = type(self.env["recouvrement.case"])
        self.startPatcher(patch.object(model, "_follow_up", lambda _self, _on: ["Case 12: no such court"]))
        self.follow_up()
        self.assertIn("Case 12: no such court", night.failure)

    def test_one_disturbed_by_another_transaction_is_done_again(self):
        night = self.night(MONDAY)
        calls = self.follow_up(recouvrement_plan=[psycopg2.errors.SerializationFailure("row"), None])
        self.assertEqual(calls, ["recouvrement_plan"] * 2)
        self.assertFalse(night.failure)

        calls = self.follow_up(recouvrement_plan=[psycopg2.errors.DeadlockDetected("row")] * 3)
        self.assertEqual(len(calls), 3)
        self.assertIn("row", night.failure)

    def test_nothing_to_do_costs_the_same_few_statements_whatever_the_debtors(self):
        self._customers(0, 1)  # one of them, whose address is incomplete as theirs
        self.night(MONDAY)
        self.follow_up()
        few = self._statements()
        self._customers(1, 9)
        self.night(MONDAY + DAY)
        self.follow_up()
        self.assertLessEqual(self._statements(), few)

    def _customers(self, first, last):
        for number in range(first, last):
            partner = self._partner(f"Client {number}", email="client@x.example")
            self.invoice(MONDAY - 4 * DAY, partner=partner)

    def _statements(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.follow_up()
        return self.cr.sql_log_count - before
