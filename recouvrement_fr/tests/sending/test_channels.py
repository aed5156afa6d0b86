import hashlib
from unittest import SkipTest
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .channels_common import DAY, LOGS, ChannelsCommon


@tagged("post_install", "-at_install")
class TestChannels(ChannelsCommon):
    """Each channel behind the same door, and what comes back from it."""

    def test_a_page_of_several_channels_gives_each_debtor_his_own(self):
        other = self._partner("Autre")
        self.invoice(MONDAY - 3 * DAY, partner=other)
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual(reminder.dispatch_ids.mapped("channel"), ["email"])
        self.assertEqual(self.reminders(other).dispatch_ids.mapped("channel"), ["letter"])

    # --- once more ----------------------------------------------------------------------------------------------------

    def test_a_kept_message_leaves_again_with_the_same_bytes(self):
        domain = self.env["mail.alias.domain"].create({"name": "creancier.example"})
        self.company.alias_domain_id = domain
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        [email] = reminder.dispatch_ids
        heard, genuine = [], self.server.send_message

        def send_message(message, *args):
            heard.append(message.as_bytes())
            return genuine(message, *args)

        with self.at(MONDAY + DAY):
            copy = email._resend()
        with patch.object(self.server, "send_message", send_message):
            self.dispatch(MONDAY + DAY)
        self.assertEqual((copy.state, copy.copy_of_id, copy.sha256), ("handed_over", email, email.sha256))
        self.assertEqual(copy.attachment_id, email.attachment_id)
        self.assertEqual([hashlib.sha256(raw).hexdigest() for raw in heard], [email.sha256])
        self.assertEqual((reminder.sent_date, len(self.server.messages)), (MONDAY, 2))

    @mute_logger(*LOGS)
    def test_an_sms_that_is_not_as_it_was_kept_does_not_leave(self):
        sms = self.by_sms()
        self.dispatch(MONDAY, 3)  # written, and waits for the morning
        self.tamper(sms.dispatch_ids.attachment_id)
        with self.provider() as provider:
            self.dispatch(MONDAY)
        self.assertFalse(provider.texts)
        [refused] = sms.dispatch_ids.filtered(lambda dispatch: dispatch.channel == "sms")
        self.assertEqual(refused.state, "failed")
        self.assertIn("SHA-256 differs", refused.failure)

    def test_a_letter_that_is_not_as_it_was_kept_is_not_printed(self):
        letter = self.registered()
        self.tamper(letter.attachment_id)
        with self.at(MONDAY), self.assertRaisesRegex(UserError, "SHA-256 differs"):
            letter.action_print()

    @mute_logger(*LOGS)
    def test_a_kept_message_whose_bytes_changed_does_not_leave_again(self):
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        [email] = reminder.dispatch_ids
        with self.at(MONDAY + DAY):
            copy = email._resend()
        self.tamper(email.attachment_id)
        self.dispatch(MONDAY + DAY)
        self.assertEqual(len(self.server.messages), 1)
        self.assertEqual(copy.state, "failed")
        self.assertIn("SHA-256 differs", copy.failure)

    def test_what_has_not_left_is_not_sent_again_and_a_letter_is_queued_once_more(self):
        letter = self.registered()
        with self.assertRaisesRegex(UserError, "has not left"):
            letter._resend()
        self.post(letter, "1A1")
        copy = letter._resend()
        self.assertEqual((copy.state, copy.postal_state), ("queued", "to_send_registered"))
        self.assertEqual(copy.attachment_id, letter.attachment_id)
        self.dispatch(MONDAY + DAY)
        self.assertEqual(copy.state, "queued")

    def test_a_collector_sends_a_copy_again_once_however_often_the_button_is_pressed(self):
        letter = self.registered()
        self.post(letter, "1A1")
        letter = letter.with_user(self._somebody("copies", "user"))
        with self.at(MONDAY + DAY):
            letter.action_send_again()
            with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                letter.action_send_again()
        [copy] = letter.search([("copy_of_id", "=", letter.id)])
        self.assertEqual((copy.state, copy.postal_state), ("queued", "to_send_registered"))
        self.post(copy, "1A2")
        self.env.flush_all()  # as the end of that request does
        with self.at(MONDAY + 2 * DAY):
            letter.action_send_again()  # that one was lost too
        self.assertEqual(letter.search_count([("copy_of_id", "=", letter.id)]), 2)

    # --- postal provider ----------------------------------------------------------------------------------------------

    def by_provider(self):
        former = self.first.channel_ids
        self.step(self.first, "postal")
        former.unlink()
        self.step(self.first, "letter", fallback=True, sequence=90)
        return self.reminded()[1]

    def test_without_the_postal_provider_the_next_channel_is_used(self):
        if self.env["ir.module.module"]._get("recouvrement_fr_snailmail").state == "installed":
            raise SkipTest("its add-on is installed")
        reminder = self.by_provider()
        self.dispatch(MONDAY)
        self.assertEqual(reminder.dispatch_ids.channel, "letter")
