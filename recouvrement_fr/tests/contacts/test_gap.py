from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..clock import today
from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon

LATER = MONDAY + timedelta(days=14)  # a Monday too


@tagged("post_install", "-at_install")
class TestGap(DispatchCommon):
    """A copy taken between decision and sending, started two weeks later: the hourly dispatch comes first."""

    def setUp(self):
        super().setUp()
        self.company.recouvrement_gap_days = 3

    def held(self):
        return self.env["recouvrement.run"].search([("company_id", "=", self.company.id), ("date", "=", LATER)])

    def test_what_was_decided_before_a_gap_leaves_once_a_manager_confirms(self):
        for make in (self.frozen, self.reminded):  # its message written, or only decided
            with self.subTest(make.__name__):
                make()
        self.dispatch(LATER)
        self.assertFalse(self.server.messages)
        self.night(LATER)
        self.assertEqual((self.held().state, self.held().reason), ("held", "gap"))
        self.dispatch(LATER)
        self.assertFalse(self.server.messages)
        with self.at(LATER):
            self.held().action_release()
        self.night(LATER)
        self.dispatch(LATER)
        self.assertTrue(self.server.messages)

    def test_a_letter_decided_before_a_gap_is_not_printed_nor_posted(self):
        self.on_paper()
        letter = self.reminders().dispatch_ids
        with self.at(LATER):
            for button in (letter.action_print, letter.action_mark_posted):
                with self.assertRaisesRegex(UserError, "Nights were missed"):
                    button()
        with self.at(MONDAY + timedelta(days=2)):
            letter.action_mark_posted()
        self.assertEqual(letter.state, "handed_over")

    def test_promises_are_not_announced_and_queued_e_mails_wait(self):
        self.policy.promise_reminder = True
        invoice, _reminder = self.reminded()
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(
                self.card(), invoice, 1000, LATER + timedelta(days=1), on=today()
            )
            self.card()._ask_proof(on=today())
        with self.at(LATER):
            promise.sudo()._follow_up(LATER)
            self.assertFalse(promise.mail_id)
        asked = self.env["mail.mail"].search([("model", "=", "recouvrement.debtor"), ("state", "=", "outgoing")])
        self.assertTrue(asked)
        with self.mail_server(), self.at(LATER), self.enter_registry_test_mode():
            asked._send(auto_commit=True)
        self.assertEqual((asked.state, self.server.messages), ("outgoing", []))

    def test_what_was_decided_before_a_gap_is_not_sent_by_hand_either(self):
        _invoice, reminder = self.reminded()
        with self.at(LATER):
            with self.assertRaisesRegex(UserError, "Nights were missed"):
                reminder.action_send_now()
            with self.assertRaisesRegex(UserError, "Nights missed"):
                self.card().action_remind_now()
        self.assertEqual((reminder.state, self.server.messages), ("planned", []))

    def test_e_mails_written_before_a_gap_are_given_to_a_person_once_it_is_confirmed(self):
        self.reminded()
        with self.at(MONDAY):
            self.card()._ask_proof(on=today())
        manager = new_test_user(
            self.env, "gap", groups="recouvrement_fr.group_recouvrement_manager", company_id=self.company.id
        )
        self.night(LATER)
        with self.at(LATER):
            self.held().action_release()
        mail = self.env["mail.mail"].search([("model", "=", "recouvrement.debtor")])
        self.assertEqual(mail.state, "exception")
        self.assertIn("still true", mail.failure_reason)
        told = self.held().activity_ids.filtered(lambda activity: activity.user_id == manager)
        self.assertTrue([one for one in told if "1 e-mails" in one.summary])

    def test_a_company_whose_collection_was_switched_off_holds_nothing_for_its_nights(self):
        self.reminded()
        self.assertIn(self.company, self.env["recouvrement.exit"]._late_companies(LATER))
        self.company.recouvrement_active = False
        self.assertFalse(self.env["recouvrement.exit"]._late_companies(LATER))

    def test_a_night_that_waits_for_the_bank_does_not_hide_a_gap(self):
        self.reminded()
        self.company.recouvrement_bank_guard_days = 1
        self.night(LATER)
        self.assertEqual(self.held().reason, "gap")
