from email.message import EmailMessage

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .channels_common import DAY, LOGS, ChannelsCommon


@tagged("post_install", "-at_install")
class TestBounces(ChannelsCommon):
    """An e-mail that comes back changes its own dispatch, and the letter goes on."""

    # --- delivery truth -----------------------------------------------------------------------------------------------

    def bounce(self, dispatch, action="failed", status="5.1.1", reason="smtp; 550 5.1.1 no such user"):
        """The mail server's report comes back through Odoo's own door for incoming mail."""
        report = EmailMessage()
        report["From"], report["To"] = "MAILER-DAEMON@x.example", "bounce@creancier.example"
        report["Subject"], report["Message-Id"] = "Undelivered", f"<bounce-{status}-{action}@x.example>"
        report["References"] = dispatch.message_id
        raw = report.as_string().rstrip("\n") + (
            '\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
            "--b\nContent-Type: text/plain\n\nUndelivered\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\n"
            f"Final-Recipient: rfc822; compta@durand.example\nAction: {action}\nStatus: {status}\n"
            f"Diagnostic-Code: {reason}\n\n"
            f"--b\nContent-Type: text/rfc822-headers\n\nMessage-Id: {dispatch.message_id}\n\n--b--\n"
        )
        with self.at(MONDAY + DAY), mute_logger(*LOGS):
            self.env["mail.thread"].sudo().message_process(False, raw)
        self.env.invalidate_all()

    def test_a_bounce_changes_its_dispatch_alone_and_the_letter_goes_on(self):
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        [email] = reminder.dispatch_ids
        self.bounce(email, action="delayed", status="4.4.1")
        self.assertEqual(email.state, "handed_over")
        self.bounce(email)
        self.assertEqual((email.state, email.wrong_address), ("bounced", True))
        self.assertIn("no such user", email.failure)
        self.assertEqual((reminder.state, reminder.sent_date), ("sent", MONDAY))
        letter = reminder.dispatch_ids - email
        self.assertEqual((letter.channel, letter.state), ("letter", "queued"))
        self.bounce(email)
        self.assertEqual(len(reminder.dispatch_ids), 2)

    def test_the_bounce_of_another_message_on_the_reminder_changes_no_dispatch(self):
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        [email] = reminder.dispatch_ids
        note = reminder.sudo().message_post(body="A word", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.bounce(note)
        self.assertEqual(email.state, "handed_over")

    def test_an_address_that_does_not_exist_is_not_used_again_until_somebody_says_so(self):
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        email = reminder.dispatch_ids
        self.bounce(email)
        channel = self.env["recouvrement.channel.email"]
        self.assertIn(reminder.id, channel._refusals(reminder))
        email.action_address_is_right()
        self.assertFalse(channel._refusals(reminder))

    def test_a_bounce_follows_the_fallbacks_of_its_level_in_order(self):
        self.step(self.first, "sms", fallback=True, sequence=20)
        self.step(self.first, "registered", fallback=True, sequence=30)
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.bounce(reminder.dispatch_ids)
        self.assertEqual(reminder.dispatch_ids[0].channel, "registered")  # no mobile number is known

    def test_a_bounce_with_nothing_left_lands_in_the_agenda(self):
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.debtor_partner.write({"street": False, "zip": False, "city": False})
        addressee = {**reminder.figures["addressee"], "missing": "Menuiserie Durand: no street"}
        reminder.sudo().figures = {**reminder.figures, "addressee": addressee}
        self.bounce(reminder.dispatch_ids)
        self.assertEqual((reminder.state, self.card().reason), ("sent", "failed"))
        self.assertIn("no street", self.card().activity_ids.note)
