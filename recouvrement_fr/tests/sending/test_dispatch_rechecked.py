from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .dispatch_common import DAY, DispatchCommon


@tagged("post_install", "-at_install")
class TestDispatchRechecked(DispatchCommon):
    """What happens between the decision and the letter box is read again before anything leaves."""

    # --- what comes between wins --------------------------------------------------------------------------------------

    def test_paid_before_it_is_written_cancels_and_frees_the_instalment(self):
        invoice, reminder = self.reminded()
        self.pay(invoice, on=MONDAY)
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, bool(reminder.cancel_reason)), ("cancelled", True))
        self.assertFalse(reminder.dispatch_ids)
        self.assertTrue(reminder.line_ids.cancelled)
        self.assertFalse(self.server.messages)
        self.assertFalse(invoice.dunning_level_id)

    def test_paid_after_it_is_written_cancels_it(self):
        invoice, reminder = self.frozen()
        self.pay(invoice, on=MONDAY)
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, reminder.dispatch_ids.state), ("cancelled", "cancelled"))
        self.assertFalse(self.server.messages)
        self.assertFalse(reminder.message_ids.filtered("body"))  # its history tells of no message that never left

    def test_partly_paid_before_it_is_written_asks_for_the_rest(self):
        invoice, reminder = self.reminded()
        self.pay(invoice, 400, on=MONDAY)
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, reminder.amount_due), ("sent", 600))
        self.assertIn("600,00", self.server.messages[0][1])

    def test_partly_paid_after_it_is_written_has_it_written_again(self):
        invoice, reminder = self.frozen()
        self.pay(invoice, 400, on=MONDAY)
        self.dispatch(MONDAY)
        self.dispatch(MONDAY)
        self.assertEqual(len(self.server.messages), 1)
        self.assertIn("600,00", self.server.messages[0][1])
        self.assertEqual((reminder.state, reminder.amount_due, reminder.line_ids.amount_residual), ("sent", 600, 600))
        self.assertEqual(reminder.dispatch_ids.mapped("state"), ["handed_over", "cancelled"])

    def test_a_credit_note_not_yet_allocated_is_deducted_at_the_last_moment(self):
        _invoice, reminder = self.frozen()
        self.invoice(MONDAY - timedelta(days=3), 250, move_type="out_refund")
        self.dispatch(MONDAY)
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, reminder.amount_due), ("sent", 750))
        self.assertEqual(len(reminder.figures["blocks"][0]["credits"]), 1)

    def test_a_dunning_contact_named_between_decision_and_sending_receives_it(self):
        self.invoice(MONDAY - timedelta(days=20))
        self.night(MONDAY)
        contact = self.env["res.partner"].create(
            {"name": "Service litiges", "parent_id": self.debtor_partner.id, "email": "litiges@durand.example"}
        )
        self.card().dunning_contact_id = contact
        self.morning(MONDAY)
        self.assertEqual(self.reminders().addressee_id, contact)
        self.assertEqual(self.reminders().dispatch_ids.address, '"Service litiges" <litiges@durand.example>')

    @mute_logger("odoo.addons.recouvrement_fr.models.sending.recouvrement_channel_email")
    def test_a_broken_template_is_told_with_its_name_its_field_and_its_cause(self):
        _invoice, reminder = self.frozen()
        with patch.object(type(self.template), "_check_can_be_rendered"):  # broken before Odoo tried what is saved
            self.template.body_html = '<p t-out="object.no_such_thing"/>'
        self.invoice(MONDAY - timedelta(days=3), 250, move_type="out_refund")  # its e-mail is made again
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            self.dispatch(MONDAY)
        for told in (self.template.name, "Body", "no_such_thing"):
            self.assertIn(told, reminder.error)

    def test_a_credit_note_that_covers_it_cancels_it(self):
        _invoice, reminder = self.frozen()
        self.invoice(MONDAY - timedelta(days=3), 1000, move_type="out_refund")
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, len(self.server.messages)), ("cancelled", 0))

    def test_an_invoice_reset_to_draft_cancels_it(self):
        invoice, reminder = self.frozen()
        invoice.button_draft()
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, len(self.server.messages)), ("cancelled", 0))

    def test_an_invoice_excluded_from_follow_up_cancels_it_and_says_why(self):
        invoice, reminder = self.frozen()
        invoice.no_followup = True
        self.dispatch(MONDAY)
        self.assertEqual(reminder.state, "cancelled")
        self.assertIn("follow-up", reminder.cancel_reason)

    def test_a_pause_cancels_it_and_it_comes_back_after(self):
        _invoice, reminder = self.frozen()
        self.card().write({"paused_until": MONDAY, "pause_reason": "Holidays"})
        self.dispatch(MONDAY)
        self.assertEqual(reminder.state, "cancelled")
        self.assertIn("Paused", reminder.cancel_reason)
        self.night(MONDAY + DAY)
        self.assertEqual(self.reminders().mapped("state"), ["cancelled", "planned"])

    def test_a_rest_under_the_minimum_is_not_asked_for(self):
        invoice, reminder = self.frozen()
        self.pay(invoice, 985.01, on=MONDAY)
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, len(self.server.messages)), ("cancelled", 0))

    def test_a_rest_of_exactly_the_minimum_is_asked_for(self):
        invoice, reminder = self.frozen()
        self.pay(invoice, 985, on=MONDAY)
        self.dispatch(MONDAY)
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, reminder.amount_due), ("sent", 15))

    def test_a_policy_deactivated_meanwhile_sends_nothing(self):
        _invoice, reminder = self.frozen()
        self.policy.action_deactivate()
        self.dispatch(MONDAY)
        self.assertFalse(self.server.messages)
        self.policy.action_activate()
        self.assertIn(reminder.state, ("sending", "cancelled"))

    def test_one_of_two_invoices_paid_leaves_the_other(self):
        listed = self.invoice(MONDAY - timedelta(days=2), 500)
        _invoice, reminder = self.frozen()
        self.pay(listed, on=MONDAY)
        self.dispatch(MONDAY)
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, reminder.amount_due), ("sent", 1000))
        self.assertEqual(reminder.line_ids.sorted("cancelled").mapped("cancelled"), [False, True])

    def test_a_letter_paid_before_it_is_posted_leaves_the_print_queue(self):
        invoice, reminder = self.on_paper()
        self.pay(invoice, on=MONDAY)
        self.dispatch(MONDAY)
        letter = reminder.dispatch_ids
        self.assertEqual((reminder.state, letter.state, letter.postal_state), ("cancelled", "cancelled", False))

    def test_a_letter_paid_meanwhile_is_not_marked_posted(self):
        other = self._partner("Autre")
        still_owed = self.invoice(MONDAY - timedelta(days=3), partner=other)
        invoice, reminder = self.on_paper()
        self.pay(invoice, on=MONDAY)
        letters = reminder.dispatch_ids | self.reminders(other).dispatch_ids
        with self.at(MONDAY):
            warning = letters.action_mark_posted()
        self.assertIn(reminder.display_name, warning["params"]["message"])
        self.assertEqual((reminder.state, self.reminders(other).state), ("cancelled", "sent"))
        self.assertEqual(still_owed.dunning_level_id, self.first)

    def test_a_letter_partly_paid_is_printed_again_with_what_is_left(self):
        invoice, reminder = self.on_paper()
        self.pay(invoice, 400, on=MONDAY)
        self.dispatch(MONDAY)
        new, old = reminder.dispatch_ids
        self.assertEqual((old.state, new.state, new.postal_state), ("cancelled", "queued", "to_post"))
        self.assertNotEqual(old.sha256, new.sha256)
        self.assertEqual(reminder.figures["blocks"][0]["total_value"], 600)

    def test_a_registered_letter_is_never_handed_over_by_the_machine(self):
        self.invoice(MONDAY - timedelta(days=40))
        for day in (0, 7):
            self.night(MONDAY + timedelta(days=day))
            self.dispatch(MONDAY + timedelta(days=day))
        served = MONDAY + timedelta(days=14)
        self.night(served)
        self.dispatch(served)
        notice = self.reminders()[-1]
        self.assertEqual(notice.level_id, self.notice)
        [letter] = notice.dispatch_ids
        self.assertEqual((letter.channel, letter.state), ("registered", "queued"))
        self.assertEqual(letter.postal_state, "to_send_registered")
        self.dispatch(served + DAY)
        self.assertEqual(notice.state, "sending")
        with self.at(served + DAY):
            letter.action_mark_posted()
        self.assertEqual((notice.state, notice.sent_date), ("sent", served + DAY))

    def test_a_formal_notice_counts_from_its_letter_and_not_from_its_email(self):
        self.notice.channel_ids = [Command.create({"channel": "email", "template_id": self.template.id, "sequence": 1})]
        self.invoice(MONDAY - timedelta(days=40))
        for day in (0, 7, 14):
            self.night(MONDAY + timedelta(days=day))
            self.dispatch(MONDAY + timedelta(days=day))
        notice = self.reminders()[-1]
        self.assertEqual(sorted(notice.dispatch_ids.mapped("state")), ["handed_over", "queued"])
        self.assertEqual(notice.state, "sending")
        with self.at(MONDAY + timedelta(days=15)):
            notice.dispatch_ids.filtered("postal_state").action_mark_posted()
        self.assertEqual((notice.state, notice.sent_date), ("sent", MONDAY + timedelta(days=15)))

    def test_the_letter_beside_an_email_that_left_is_taken_back_once_paid(self):
        self.first.channel_ids = [Command.create({"channel": "letter"})]
        invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual(reminder.state, "sent")
        self.pay(invoice, on=MONDAY)
        self.dispatch(MONDAY + DAY)
        states = {dispatch.channel: dispatch.state for dispatch in reminder.dispatch_ids}
        self.assertEqual((reminder.state, states), ("sent", {"email": "handed_over", "letter": "cancelled"}))
