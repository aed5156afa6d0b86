import hashlib
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .dispatch_common import DAY, MODELS, DispatchCommon


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
