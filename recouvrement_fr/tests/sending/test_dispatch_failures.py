import hashlib
import smtplib
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .dispatch_common import DAY, MODELS, DispatchCommon

SENDING = (f"{MODELS}.sending.recouvrement_channel_email", "odoo.addons.mail.models.mail_mail")


@tagged("post_install", "-at_install")
class TestDispatchFailures(DispatchCommon):
    """What cannot leave is replaced, tried again or told to a person; what may have left waits for one."""

    # --- letters ------------------------------------------------------------------------------------------------------

    def test_without_email_the_letter_replaces_it_and_waits_for_a_person(self):
        invoice, reminder = self.on_paper()
        self.dispatch(MONDAY)
        [letter] = reminder.dispatch_ids
        self.assertEqual((letter.channel, letter.state, letter.postal_state), ("letter", "queued", "to_post"))
        self.assertTrue(letter.attachment_id.raw.startswith(b"%PDF"))
        self.assertEqual(hashlib.sha256(letter.attachment_id.raw).hexdigest(), letter.sha256)
        self.assertEqual((reminder.state, reminder.sent_date), ("sending", False))
        self.assertFalse(invoice.dunning_level_id)
        with self.at(MONDAY + 2 * DAY):
            letter.action_mark_posted()
        self.assertEqual((letter.state, letter.postal_state), ("handed_over", "posted"))
        self.assertEqual((reminder.state, reminder.sent_date), ("sent", MONDAY + 2 * DAY))
        self.assertEqual(invoice.dunning_date, MONDAY + 2 * DAY)

    def test_a_blacklisted_address_gets_a_letter(self):
        self.env["mail.blacklist"]._add("compta@durand.example")
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual((reminder.dispatch_ids.channel, len(self.server.messages)), ("letter", 0))

    def test_blacklisted_after_it_was_written_is_not_sent(self):
        _invoice, reminder = self.frozen()
        self.env["mail.blacklist"]._add("compta@durand.example")
        self.dispatch(MONDAY)
        self.dispatch(MONDAY)
        self.assertFalse(self.server.messages)
        self.assertEqual(reminder.dispatch_ids.filtered(lambda found: found.state == "queued").channel, "letter")

    def test_without_any_address_it_fails_and_says_where_to_mend_it(self):
        other = self._partner("Autre", email="autre@x.example")
        self.invoice(MONDAY - timedelta(days=3), partner=other)
        self.debtor_partner.write({"email": False, "street": False, "zip": False, "city": False})
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, bool(reminder.dispatch_ids)), ("failed", False))
        self.assertIn("Menuiserie Durand", reminder.error)
        self.assertEqual(self.card().reason, "failed")
        self.assertEqual(self.reminders(other).state, "sent")
        self.debtor_partner.email = "compta@durand.example"
        reminder.action_retry()
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, reminder.error), ("sent", False))
        self.assertEqual(len(self.reminders()), 1)

    # --- what cannot leave --------------------------------------------------------------------------------------------

    @mute_logger(*SENDING)
    def test_an_address_refused_for_good_gets_a_letter(self):
        self.server.answers["compta@durand.example"] = smtplib.SMTPRecipientsRefused(
            {"compta@durand.example": (550, b"no such user")}
        )
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        states = {dispatch.channel: dispatch.state for dispatch in reminder.dispatch_ids}
        self.assertEqual((reminder.state, states), ("sending", {"email": "failed", "letter": "queued"}))
        email = reminder.dispatch_ids.filtered(lambda found: found.channel == "email")
        self.assertRegex(email.failure, "550.*no such user")

    @mute_logger(*SENDING)
    def test_refused_and_without_postal_address_it_waits_for_a_person(self):
        self.server.answers["compta@durand.example"] = smtplib.SMTPDataError(554, b"spam")
        self.debtor_partner.write({"street": False, "zip": False, "city": False})
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, self.card().reason), ("failed", "failed"))
        self.assertIn("Menuiserie Durand", reminder.error)

    @mute_logger(*SENDING)
    def test_a_server_that_says_later_is_asked_again_later(self):
        greylisted = smtplib.SMTPRecipientsRefused({"compta@durand.example": (450, b"greylisted")})
        self.server.answers["compta@durand.example"] = greylisted
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        [dispatch] = reminder.dispatch_ids
        self.assertEqual((dispatch.state, dispatch.tries), ("queued", 1))
        self.server.answers.clear()
        self.dispatch(MONDAY)
        self.assertFalse(self.server.messages)  # five minutes have not passed
        self.dispatch(MONDAY, 10)
        self.assertEqual((dispatch.state, dispatch.tries, reminder.state), ("handed_over", 2, "sent"))

    @mute_logger(*SENDING)
    def test_a_server_that_is_down_is_tried_with_growing_delays_then_a_person_is_called(self):
        self.server.is_down = True
        _invoice, reminder = self.reminded()
        waits = []
        for _try in range(5):
            self.dispatch(MONDAY)
            dispatch = reminder.dispatch_ids[:1]
            if dispatch.retry_on:
                waits.append(dispatch.retry_on)
                dispatch.sudo().retry_on = False  # as if the delay had passed
        self.assertEqual(dispatch.tries, 5)
        self.assertEqual((dispatch.state, reminder.state), ("failed", "failed"))
        self.assertIn("mail server", reminder.error)
        self.assertEqual(sorted(waits), waits)
        self.assertEqual(len(set(waits)), 4)
        self.server.is_down = False
        reminder.action_retry()
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, len(self.server.messages)), ("sent", 1))

    @mute_logger(*SENDING)
    def test_one_refusal_does_not_hold_the_others(self):
        other = self._partner("Autre", email="autre@x.example")
        self.invoice(MONDAY - timedelta(days=3), partner=other)
        self.server.answers["compta@durand.example"] = smtplib.SMTPDataError(554, b"spam")
        self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual((self.reminders(other).state, self.reminders().state), ("sent", "sending"))

    @mute_logger(f"{MODELS}.sending.recouvrement_channel_email", "odoo.addons.mail.models.mail_render_mixin")
    def test_a_template_that_raises_fails_its_reminders_alone(self):
        self.template.body_html = "<p t-out=\"object.addressee_id.name.index('Autre')\"/>"
        other = self._partner("Autre", email="autre@x.example")
        self.invoice(MONDAY - timedelta(days=3), partner=other)
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, self.reminders(other).state), ("failed", "sent"))
        self.assertIn(self.template.name, reminder.error)
        self.assertFalse(reminder.dispatch_ids)

    def test_an_email_without_template_or_text_says_so(self):
        step = self.first.channel_ids  # emptied before that was refused
        self.env.cr.execute("UPDATE recouvrement_level_channel SET template_id = NULL WHERE id = %s", [step.id])
        step.invalidate_recordset()
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertIn("has no template", reminder.error)
        self.first.channel_ids.template_id = self.template
        self.template.subject = False
        reminder.action_retry()
        self.dispatch(MONDAY)
        self.assertIn("no subject", reminder.error)

    def test_a_company_without_email_says_where_to_enter_it(self):
        self.company.email = False
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual(reminder.state, "failed")
        self.assertIn(self.company.name, reminder.error)

    def test_a_document_that_cannot_be_made_stops_the_other_channels_too(self):
        self.first.channel_ids = [Command.create({"channel": "letter"})]
        self.debtor_partner.write({"street": False, "zip": False, "city": False})
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, len(self.server.messages)), ("failed", 0))

    def test_a_page_disturbed_by_another_transaction_is_done_again(self):
        _invoice, reminder = self.reminded()
        model = type(reminder)
        genuine, calls = model._prepare_together, []

        def disturbed(records, on):
            calls.append(records)
            if len(calls) == 1:
                raise SerializationFailure("could not serialize access")
            return genuine(records, on)

        with patch.object(model, "_prepare_together", disturbed):
            self.dispatch(MONDAY)
        self.assertEqual((len(calls), reminder.state, reminder.error), (2, "sent", False))

    # --- uncertain ----------------------------------------------------------------------------------------------------

    @mute_logger(*SENDING)
    def stalled(self):
        """The mail server stopped answering once it had begun to listen."""
        self.server.answers["compta@durand.example"] = smtplib.SMTPServerDisconnected("timed out")
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.server.answers.clear()
        return reminder

    def test_a_message_that_may_have_left_waits_for_a_person_and_is_not_sent_again(self):
        reminder = self.stalled()
        self.dispatch(MONDAY + DAY)
        self.assertEqual((reminder.state, reminder.dispatch_ids.state), ("sending", "uncertain"))
        self.assertFalse(self.server.messages)
        self.assertTrue(reminder.error)
        self.assertEqual(len(self.card().activity_ids), 1)
        self.night(MONDAY + DAY)
        self.assertEqual(len(self.reminders()), 1)

    def test_an_uncertain_message_that_did_leave_counts_as_sent_with_its_proof(self):
        reminder = self.stalled()
        with self.at(MONDAY + DAY):
            reminder.dispatch_ids.action_confirm_handed_over()
        [dispatch] = reminder.dispatch_ids
        self.assertEqual((dispatch.state, reminder.state), ("handed_over", "sent"))
        self.assertIn(dispatch.message_id.encode(), dispatch.attachment_id.raw)
        self.assertEqual(hashlib.sha256(dispatch.attachment_id.raw).hexdigest(), dispatch.sha256)
        self.dispatch(MONDAY + DAY)
        self.assertFalse(self.server.messages)

    def test_an_uncertain_message_that_did_not_leave_leaves_once_more(self):
        reminder = self.stalled()
        reminder.dispatch_ids.action_confirm_not_sent()
        self.dispatch(MONDAY)
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, len(self.server.messages)), ("sent", 1))

    def test_an_uncertain_message_paid_meanwhile_does_not_leave_again(self):
        reminder = self.stalled()
        self.pay(reminder.line_ids.move_id, on=MONDAY)
        reminder.dispatch_ids.action_confirm_not_sent()
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, len(self.server.messages)), ("cancelled", 0))

    def test_only_an_uncertain_dispatch_is_confirmed(self):
        _invoice, reminder = self.frozen()
        with self.assertRaisesRegex(UserError, "not uncertain"):
            reminder.dispatch_ids.action_confirm_handed_over()
        with self.assertRaisesRegex(UserError, "not uncertain"):
            reminder.dispatch_ids.action_confirm_not_sent()
