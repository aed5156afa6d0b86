from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY
from .dispatch_common import DispatchCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPrinted(DispatchCommon):
    """A letter that was printed stays the file that is kept, until it is posted or withdrawn by a person."""

    def printed(self):
        """A letter to post, printed on its day; returns the invoice and the dispatch."""
        invoice, reminder = self.on_paper()
        letter = reminder.dispatch_ids
        with self.at(MONDAY):
            letter.action_print()
        return invoice, letter

    def announced(self):
        """A letter that announces an invoice before it is due, to post."""
        self.env["recouvrement.level"].create(
            {
                "policy_id": self.policy.id,
                "name": "Before",
                "sequence": 5,
                "kind": "pre_due",
                "delay_days": 7,
                "term_days": 0,
                "subject": "Votre compte",
                "intro": "Bonjour",
                "channel_ids": [Command.create({"channel": "letter"})],
            }
        )
        invoice = self.invoice(MONDAY + 7 * DAY)
        self.night(MONDAY)
        self.dispatch(MONDAY)
        return invoice, self.reminders().dispatch_ids

    def test_an_announcement_not_posted_yet_is_not_made_again_every_night(self):
        _invoice, letter = self.announced()
        for days in (1, 2, 3):
            self.night(MONDAY + days * DAY)
            self.dispatch(MONDAY + days * DAY)
        self.assertEqual(self.reminders().dispatch_ids, letter)
        self.assertEqual(letter.state, "queued")

    def test_a_printed_letter_is_not_made_again_when_its_day_is_over(self):
        _invoice, letter = self.printed()
        kept = letter.sha256
        for days in (1, 12, 20):
            self.dispatch(MONDAY + days * DAY)
        self.assertEqual(self.reminders().dispatch_ids, letter)
        self.assertEqual((letter.state, letter.sha256, letter.printed_on), ("queued", kept, MONDAY))

    def test_a_payment_is_written_on_a_printed_letter_which_waits_for_a_person(self):
        invoice, letter = self.printed()
        self.pay(invoice, on=MONDAY + DAY)
        self.dispatch(MONDAY + DAY)
        self.assertEqual(letter.state, "queued")
        self.assertIn("Do not post", letter.failure)
        with self.at(MONDAY + DAY):
            letter.action_withdraw()
        self.assertEqual((letter.state, letter.reminder_id.state, letter.printed_on), ("cancelled", "cancelled", False))

    def test_a_part_paid_is_written_on_it_too(self):
        invoice, letter = self.printed()
        self.pay(invoice, 100, on=MONDAY + DAY)
        self.dispatch(MONDAY + DAY)
        self.assertEqual(letter.state, "queued")
        self.assertIn("amounts changed", letter.failure)

    def test_posted_the_day_before_it_was_paid_it_has_left(self):
        invoice, letter = self.printed()
        self.pay(invoice, on=MONDAY + DAY)
        self.dispatch(MONDAY + DAY)
        with self.at(MONDAY + DAY):
            self.assertFalse(letter._post(MONDAY, MONDAY + DAY))
        self.assertEqual((letter.state, letter.posted_on, letter.reminder_id.state), ("handed_over", MONDAY, "sent"))

    def test_posted_today_after_it_was_paid_it_is_refused(self):
        invoice, letter = self.printed()
        self.pay(invoice, on=MONDAY + DAY)
        self.dispatch(MONDAY + DAY)
        with self.at(MONDAY + DAY):
            self.assertIn("Do not post", letter.action_mark_posted()["params"]["title"])
        self.assertEqual(letter.state, "cancelled")

    def test_withdrawn_and_still_true_it_waits_to_be_printed_again(self):
        _invoice, letter = self.printed()
        with self.at(MONDAY):
            letter.action_withdraw()
        self.assertEqual((letter.state, letter.printed_on), ("queued", False))
        self.dispatch(MONDAY + 20 * DAY)
        self.assertEqual(letter.state, "cancelled")
        self.assertEqual(len(self.reminders().dispatch_ids), 2)
