import hashlib
import smtplib
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .dispatch_common import DispatchCommon

MODELS = "odoo.addons.recouvrement_fr.models"
DAY = timedelta(days=1)
SENDING = (f"{MODELS}.sending.recouvrement_channel_email", "odoo.addons.mail.models.mail_mail")


@tagged("post_install", "-at_install")
class TestDispatch(DispatchCommon):
    """What a user relies on between the decision and the debtor's letter box."""

    # --- leaving by e-mail --------------------------------------------------------------------------------------------

    def test_an_email_leaves_once_and_its_bytes_are_kept(self):
        invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.dispatch(MONDAY)
        self.assertEqual(len(self.server.messages), 1)
        recipients, body = self.server.messages[0]
        self.assertEqual(recipients, ["compta@durand.example"])
        self.assertIn("1\N{NO-BREAK SPACE}000,00", body)
        self.assertEqual((reminder.state, reminder.sent_date), ("sent", MONDAY))
        [dispatch] = reminder.dispatch_ids
        self.assertEqual((dispatch.state, dispatch.tries), ("handed_over", 1))
        self.assertEqual(hashlib.sha256(dispatch.attachment_id.raw).hexdigest(), dispatch.sha256)
        self.assertIn(dispatch.message_id.encode(), dispatch.attachment_id.raw)
        self.assertEqual(dispatch.mail_id.state, "sent")
        self.assertEqual((invoice.dunning_level_id, invoice.dunning_date), (self.first, MONDAY))
        self.assertEqual(self.card().last_contact_date, MONDAY)

    def test_before_working_hours_the_message_is_written_and_waits(self):
        _invoice, reminder = self.frozen()
        self.assertEqual((reminder.state, reminder.dispatch_ids.state), ("sending", "queued"))
        self.assertEqual(reminder.dispatch_ids.mail_id.state, "cancel")  # no mail queue may send it
        self.assertFalse(self.server.messages)
        self.dispatch(MONDAY)
        self.assertEqual(len(self.server.messages), 1)

    def test_the_mail_queue_of_odoo_never_sends_it(self):
        self.frozen()
        with self.mail_server(), self.enter_registry_test_mode():
            self.env["mail.mail"].process_email_queue()
        self.assertFalse(self.server.messages)

    def test_nothing_leaves_on_a_day_that_is_not_a_sending_day(self):
        friday = MONDAY - timedelta(days=3)
        self.invoice(friday - timedelta(days=3))
        self.night(friday)
        self.dispatch(friday, 20)
        for day in (friday + DAY, friday + 2 * DAY):
            self.dispatch(day)
        self.assertFalse(self.server.messages)
        self.dispatch(MONDAY)
        self.dispatch(MONDAY)
        self.assertEqual(len(self.server.messages), 1)

    def test_a_message_of_another_day_is_dated_again(self):
        _invoice, reminder = self.frozen()
        tuesday = MONDAY + DAY
        self.dispatch(tuesday)
        self.dispatch(tuesday)
        self.assertEqual(len(self.server.messages), 1)
        self.assertEqual((reminder.figures["on"], reminder.sent_date), (tuesday.isoformat(), tuesday))
        self.assertEqual(reminder.line_ids.days_overdue, 4)

    def test_what_left_never_changes(self):
        invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        figures, body, raw = reminder.figures, reminder.body, reminder.dispatch_ids.attachment_id.raw
        self.debtor_partner.write({"name": "Autre Nom", "street": "9 rue Neuve"})
        self.pay(invoice)
        self.dispatch(MONDAY + DAY)
        self.assertEqual(reminder.state, "sent")
        self.assertEqual((reminder.figures, reminder.body), (figures, body))
        self.assertEqual(reminder.dispatch_ids.attachment_id.raw, raw)
        self.assertIn("Menuiserie Durand", reminder.figures["addressee"]["lines"])
        self.assertEqual(reminder.line_ids.amount_residual, 1000)

    def test_both_addresses_of_a_debtor_are_written_to(self):
        self.debtor_partner.email = "compta@durand.example; direction@durand.example"
        self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual(self.server.messages[0][0], ["compta@durand.example", "direction@durand.example"])

    def test_two_currencies_are_told_apart_and_totalled_in_company_currency(self):
        dollars = self.env.ref("base.USD")
        dollars.active = True
        self.env["res.currency.rate"].create(
            {"name": "2020-01-01", "rate": 2.0, "currency_id": dollars.id, "company_id": self.company.id}
        )
        self.invoice(MONDAY - timedelta(days=3), 300, currency_id=dollars.id)
        _invoice, reminder = self.reminded(amount=500)
        self.dispatch(MONDAY)
        totals = {block["currency"]: block["total_value"] for block in reminder.figures["blocks"]}
        self.assertEqual(totals, {"EUR": 500, "USD": 300})
        self.assertEqual(reminder.amount_due, 650)

    def test_invoices_are_attached_when_the_level_says_so_and_printed_once(self):
        self.first.attach_invoices = True
        other = self._partner("Autre", email="autre@x.example")
        self.invoice(MONDAY - timedelta(days=3), partner=other)
        invoice, reminder = self.reminded()
        send = type(self.env["account.move.send"])
        genuine = send._generate_and_send_invoices
        with patch.object(send, "_generate_and_send_invoices", autospec=True, side_effect=genuine) as core:
            self.dispatch(MONDAY)
        self.assertEqual(core.call_count, 1)
        self.assertTrue(invoice.invoice_pdf_report_id)
        self.assertEqual(reminder.dispatch_ids.mail_id.attachment_ids, invoice.invoice_pdf_report_id)
        self.assertIn(b"application/pdf", reminder.dispatch_ids.attachment_id.raw)

    @mute_logger("odoo.addons.recouvrement_fr.models.sending.recouvrement_reminder_invoices")
    def test_an_invoice_that_cannot_be_printed_stops_its_reminder_alone(self):
        self.first.attach_invoices = True
        invoice, reminder = self.reminded()
        broken = patch.object(
            type(self.env["account.move.send"]), "_generate_and_send_invoices", side_effect=ValueError("no renderer")
        )
        with broken, mute_logger(f"{MODELS}.sending.recouvrement_reminder_leaving"):
            self.dispatch(MONDAY)
        self.assertEqual(reminder.state, "failed")
        self.assertIn(invoice.name, reminder.error)

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

    # --- who lets it leave --------------------------------------------------------------------------------------------

    def test_a_held_run_does_not_leave_even_by_hand(self):
        _invoice, reminder = self.reminded()
        reminder.run_id.sudo().state = "held"
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, len(self.server.messages)), ("planned", 0))
        with self.assertRaisesRegex(UserError, "released"), self.at(MONDAY):
            reminder.action_send_now()
        reminder.run_id.action_release()
        self.dispatch(MONDAY)
        self.assertEqual(reminder.state, "sent")

    def test_a_level_that_asks_for_approval_waits_for_it(self):
        self.first.requires_approval = True
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, len(self.server.messages)), ("to_approve", 0))
        reminder.action_approve()
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, reminder.approved_by_id), ("sent", self.env.user))

    def test_by_hand_it_leaves_at_once_whatever_the_hour(self):
        _invoice, reminder = self.reminded()
        with self.mail_server(), self.at(MONDAY, 21):
            reminder.action_send_now()
        self.assertEqual((reminder.state, len(self.server.messages)), ("sent", 1))
        with self.assertRaises(UserError), self.at(MONDAY):
            reminder.action_send_now()

    def test_a_neutralized_database_sends_nothing_not_even_by_hand(self):
        _invoice, reminder = self.frozen()
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        self.dispatch(MONDAY)
        with self.mail_server(), self.at(MONDAY):
            reminder.dispatch_ids._send(MONDAY)
            with self.assertRaisesRegex(UserError, "neutralized"):
                reminder.action_send_now()
            with self.assertRaisesRegex(UserError, "neutralized"):
                self.card().action_remind_now()
        self.assertFalse(self.server.messages)

    def test_a_company_that_stopped_collecting_sends_nothing(self):
        _invoice, reminder = self.frozen()
        self.company._recouvrement_deactivate()
        self.dispatch(MONDAY)
        self.assertFalse(self.server.messages)

    def test_cancelling_frees_the_instalment_for_the_next_night(self):
        _invoice, reminder = self.frozen()
        with self.at(MONDAY):
            reminder._cancel("By mistake")
        self.night(MONDAY + DAY)
        self.assertEqual(self.reminders().mapped("state"), ["cancelled", "planned"])
        self.dispatch(MONDAY + DAY)
        self.assertEqual(len(self.server.messages), 1)

    def test_evidence_is_never_deleted(self):
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        with self.assertRaises(UserError):
            reminder.unlink()
        with self.assertRaises(UserError):
            reminder.dispatch_ids.unlink()
        file = reminder.dispatch_ids.attachment_id.sudo()
        with self.assertRaises(UserError):
            file.unlink()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.cr.execute("DELETE FROM ir_attachment WHERE id = %s", [file.id])  # the database itself refuses too

    def test_the_number_of_statements_does_not_grow_with_the_page(self):
        partners = [self._partner(f"Client {number}", email=f"c{number}@x.example") for number in range(24)]
        for partner in partners:
            self.invoice(MONDAY - timedelta(days=3), partner=partner)
        self.night(MONDAY)
        reminders = (
            self.env["recouvrement.reminder"]
            .sudo()
            .search(  # as the scheduler does
                [("debtor_id.partner_id", "in", [partner.id for partner in partners])]
            )
        )
        few = self._statements(reminders[:4])
        many = self._statements(reminders[4:])
        self.assertLessEqual(many, few + 3)
        self.assertEqual(set(reminders.dispatch_ids.mapped("state")), {"queued"})

    def _statements(self, reminders):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        with self.at(MONDAY):
            reminders._prepare(MONDAY)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
