import errno
import smtplib
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.sending import recouvrement_dispatch_disk
from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon

SENDING = "odoo.addons.recouvrement_fr.models.sending"
LOGGER, DISK = f"{SENDING}.recouvrement_dispatch_leaving", f"{SENDING}.recouvrement_dispatch_disk"
MAIL = "odoo.addons.mail.models.mail_mail"


@tagged("post_install", "-at_install")
class TestGivingUp(DispatchCommon):
    """Retries, sending hours and giving up, seen over days."""

    def test_a_server_that_refuses_for_two_weeks_ends_in_a_failure_that_is_told(self):
        _invoice, reminder = self.reminded()
        self.server.is_down = True
        self.assert_given_up(reminder, (8, 9, 11, 14))
        self.assertFalse(reminder.dispatch_ids.filtered(lambda dispatch: dispatch.state == "queued"))

    @mute_logger(MAIL)
    def test_a_relay_that_refuses_everything_makes_no_letter_and_leaves_again_once_mended(self):
        manager = new_test_user(
            self.env, "breaker", groups="recouvrement_fr.group_recouvrement_manager", company_id=self.company.id
        )
        partners = [self._partner(f"Client {n}", email=f"c{n}@x.example") for n in range(6)]
        for partner in partners:
            self.invoice(MONDAY - timedelta(days=3), 1000, partner=partner)
            self.server.answers[partner.email] = smtplib.SMTPRecipientsRefused({partner.email: (554, b"5.7.1 no")})
        self.night(MONDAY)
        self.dispatch(MONDAY)
        dispatches = self.env["recouvrement.dispatch"].search([("addressee_id", "in", [p.id for p in partners])])
        self.assertEqual(set(dispatches.mapped("channel")), {"email"})
        self.assertEqual(set(dispatches.mapped("state")), {"queued"})
        night = self.env["recouvrement.run"].search([("company_id", "=", self.company.id)], limit=1)
        self.assertEqual(len(night.activity_ids.filtered(lambda activity: activity.user_id == manager)), 1)
        self.server.answers.clear()
        self.dispatch(MONDAY, 11)
        self.assertEqual(set(dispatches.mapped("state")), {"handed_over"})

    @mute_logger(MAIL)
    def test_what_follows_from_refusals_may_fail_without_losing_what_was_answered(self):
        partners = [self._partner(f"Client {n}", email=f"c{n}@x.example") for n in range(6)]
        for partner in partners:
            self.invoice(MONDAY - timedelta(days=3), 1000, partner=partner)
            self.server.answers[partner.email] = smtplib.SMTPRecipientsRefused({partner.email: (554, b"5.7.1 no")})
        self.night(MONDAY)
        dispatches = self.env["recouvrement.dispatch"]
        with patch.object(type(dispatches), "_break_off", side_effect=ValueError("disturbed")), mute_logger(LOGGER):
            self.dispatch(MONDAY)
        found = dispatches.search([("addressee_id", "in", [p.id for p in partners])])
        self.assertEqual((set(found.mapped("state")), set(found.mapped("tries"))), ({"queued"}, {1}))

    def test_managers_are_told_before_the_first_night_too(self):
        manager = new_test_user(
            self.env, "breaker", groups="recouvrement_fr.group_recouvrement_manager", company_id=self.company.id
        )
        runs = self.env["recouvrement.run"]
        self.assertFalse(runs.search([("company_id", "=", self.company.id), ("kind", "=", "night")]))
        for _twice in range(2):
            self.env["recouvrement.exit"]._warn_managers(self.company, "The disk is full", "Note")
        told = self.company.partner_id.activity_ids.filtered(lambda activity: activity.user_id == manager)
        self.assertEqual(told.mapped("summary"), ["The disk is full"])

    @mute_logger(MAIL)
    def test_wrong_addresses_in_a_row_are_still_replaced_by_letters(self):
        partners = [self._partner(f"Client {n}", email=f"c{n}@x.example") for n in range(6)]
        for partner in partners:
            self.invoice(MONDAY - timedelta(days=3), 1000, partner=partner)
            self.server.answers[partner.email] = smtplib.SMTPRecipientsRefused({partner.email: (550, b"5.1.1 unknown")})
        self.night(MONDAY)
        self.dispatch(MONDAY)
        dispatches = self.env["recouvrement.dispatch"].search([("addressee_id", "in", [p.id for p in partners])])
        self.assertEqual(set(dispatches.mapped("channel")), {"email", "letter"})

    @mute_logger(DISK)
    def test_a_full_disk_leaves_what_left_handed_over_and_nothing_else_leaves(self):
        _invoice, reminder = self.reminded()
        full = OSError(errno.ENOSPC, "No space left on device")
        with patch.object(type(self.env["ir.attachment"]), "_file_write", side_effect=full):
            self.dispatch(MONDAY)
        dispatch = reminder.dispatch_ids
        self.assertEqual((dispatch.state, reminder.state, len(self.server.messages)), ("handed_over", "sent", 1))
        self.assertIn("No space left", dispatch.failure)
        other = self._partner("Autre", email="autre@x.example")
        self.invoice(MONDAY - timedelta(days=3), 1000, partner=other)
        self.night(MONDAY + timedelta(days=1))
        with patch.object(recouvrement_dispatch_disk, "LEAST_FREE", 10**18):
            self.dispatch(MONDAY + timedelta(days=1))
        waiting = self.reminders(other).dispatch_ids
        self.assertEqual((waiting.state, waiting.tries, len(self.server.messages)), ("queued", 0, 1))
