from datetime import timedelta
from smtplib import SMTPDataError
from unittest.mock import patch

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.sending import recouvrement_dispatch_disk
from ..common import MONDAY
from .dispatch_common import DispatchCommon

DAY = timedelta(days=1)
LOGS = ("odoo.addons.mail.models.mail_mail", "odoo.addons.recouvrement_fr.models.sending.recouvrement_dispatch_disk")


@tagged("post_install", "-at_install")
class TestWarnings(DispatchCommon):
    """What stops all sending is a task of the managers, that goes by itself."""

    def before_all(self):
        super().before_all()
        self.manager = new_test_user(
            self.env, "warned", groups="recouvrement_fr.group_recouvrement_manager", company_id=self.company.id
        )
        for number in range(6):
            partner = self._partner(f"Client {number}", email=f"c{number}@x.example")
            self.invoice(MONDAY - 3 * DAY, partner=partner)
        self.run_tonight = self.night(MONDAY)
        self.sent = self.run_tonight.reminder_ids

    def tasks(self):
        return self.env["mail.activity"].search(
            [
                *(("res_model", "=", "recouvrement.run"), ("res_id", "in", self.run_tonight.ids)),
                ("user_id", "=", self.manager.id),
            ]
        )

    @mute_logger(*LOGS)
    def test_a_relay_that_refuses_everything_is_a_task_until_the_next_accepted_message(self):
        for number in range(6):
            self.server.answers[f"c{number}@x.example"] = SMTPDataError(554, b"5.7.1 relay closed")
        self.dispatch(MONDAY)
        self.dispatch(MONDAY, 10)
        [task] = self.tasks()
        self.assertIn("relay closed", task.note)
        self.server.answers.clear()
        self.dispatch(MONDAY, 12)
        self.assertEqual(set(self.sent.mapped("state")), {"sent"})
        self.assertFalse(self.tasks())

    @mute_logger(*LOGS)
    def test_a_full_disk_is_a_task_until_there_is_room_again(self):
        with patch.object(recouvrement_dispatch_disk, "LEAST_FREE", 10**18):
            self.dispatch(MONDAY)
            self.dispatch(MONDAY, 10)
        [_task] = self.tasks()
        self.assertFalse(self.server.messages)
        self.dispatch(MONDAY, 12)
        self.assertEqual((len(self.server.messages), len(self.tasks())), (6, 0))

    @mute_logger(*LOGS)
    def test_it_goes_although_another_night_came_and_in_whichever_language_it_was_written(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        with patch.object(recouvrement_dispatch_disk, "LEAST_FREE", 10**18):
            self.env.ref("recouvrement_fr.group_recouvrement_user").all_user_ids.lang = "fr_FR"
            self.dispatch(MONDAY)
        self.assertTrue(self.tasks())
        self.env.ref("recouvrement_fr.group_recouvrement_user").all_user_ids.lang = "en_US"
        self.night(MONDAY + DAY)
        self.dispatch(MONDAY + DAY)
        self.assertTrue(self.server.messages)
        self.assertFalse(self.tasks())

    @mute_logger(*LOGS)
    def test_a_task_about_something_else_stays(self):
        self.run_tonight.sudo()._call_managers("Something else")
        with patch.object(recouvrement_dispatch_disk, "LEAST_FREE", 10**18):
            self.dispatch(MONDAY)
        self.dispatch(MONDAY, 12)
        self.assertEqual(self.tasks().mapped("summary"), ["Something else"])


@tagged("post_install", "-at_install")
class TestLockedCards(DispatchCommon):
    @mute_logger("odoo.addons.recouvrement_fr.models.night.recouvrement_run_deciding")
    def test_managers_are_told_whom_the_night_could_not_look_at(self):
        manager = new_test_user(
            self.env, "told", groups="recouvrement_fr.group_recouvrement_manager", company_id=self.company.id
        )
        self.invoice(MONDAY - 10 * DAY)
        cards = type(self.env["recouvrement.debtor"])
        with patch.object(cards, "_lock_cards", lambda *_args: {}):
            run = self.night(MONDAY)
            self.assertEqual(run.state, "deciding")
            self.assertFalse(run.activity_ids)
            run.flush_recordset()
            self.env.cr.execute(
                "UPDATE recouvrement_run SET create_date = %s WHERE id = %s", [f"{MONDAY} 00:30:00", run.id]
            )
            run.invalidate_recordset()
            with mute_logger("odoo.addons.recouvrement_fr.models.night.recouvrement_run_nightly"):
                run = self.night(MONDAY)
        self.assertNotEqual(run.state, "deciding")
        [task] = run.activity_ids.filtered(lambda activity: activity.user_id == manager)
        self.assertIn("Menuiserie Durand", task.note)
        self.assertIn("1 debtors", task.summary)
