import io
from datetime import timedelta
from unittest.mock import patch

from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.decision.decider import Decider
from ...tools import archive_pdf
from ..common import MONDAY, RecouvrementCommon
from ..documents import archived

SENDING = "odoo.addons.recouvrement_fr.models.sending.recouvrement_reminder"
WEEK = timedelta(days=7)
NOTICE_DAY = MONDAY + 2 * WEEK


@tagged("post_install", "-at_install")
class TestNoticeGate(RecouvrementCommon):
    """A debtor who was reminded twice and whose formal notice is due."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._somebody("gate_collector")

    def reminded_twice(self, days=40, partner=None):
        """An invoice reminded on MONDAY and a week later: the next level is the formal notice."""
        invoice = self.invoice(MONDAY - timedelta(days=days), 1000, partner=partner)
        for on in (MONDAY, MONDAY + WEEK):
            self.night(on)
            self.mark_sent(self.reminders(partner)[-1], on)
        return invoice

    def item(self, code):
        return self.env.ref(f"recouvrement_fr.recouvrement_check_item_{code}")

    def said(self, code):
        """What the card says of a condition that is not met, in the company's language."""
        return self.item(code).with_context(lang=self.company.partner_id.lang).obstacle

    def test_a_debtor_reminded_and_identified_gets_his_formal_notice(self):
        invoice = self.reminded_twice()
        self.assertEqual(invoice._notice_obstacles(NOTICE_DAY), {invoice.id: []})
        self.night(NOTICE_DAY)
        notice = self.reminders()[-1]
        self.assertEqual((notice.kind, notice.line_ids.move_id), ("formal_notice", invoice))
        self.assertFalse(self.card().reason_detail)

    def test_without_an_address_a_person_is_asked_and_told_what_to_do(self):
        invoice = self.reminded_twice()
        self.debtor_partner.city = False
        self.night(NOTICE_DAY)
        card = self.card()
        self.assertEqual((card.reason, card.next_date), ("notice_gate", NOTICE_DAY + timedelta(days=1)))
        self.assertIn(invoice.name, card.reason_detail)
        self.assertIn(self.said("identified"), card.reason_detail)
        with self.at(NOTICE_DAY):
            self.assertIn(card.reason_detail, card.reason_text, "The card says it.")
        self.assertEqual(len(self.reminders()), 2)
        self.debtor_partner.city = "Paris"
        self.night(NOTICE_DAY + timedelta(days=1))
        self.assertEqual(self.reminders()[-1].kind, "formal_notice")
        self.assertFalse(self.card().reason_detail, "What is mended is no longer told.")

    def test_what_bars_one_invoice_does_not_bar_the_others_nor_the_other_debtors(self):
        other = self._partner("Plomberie Martin", company_registry="552100554", email="m@martin.example")
        self.invoice(MONDAY - timedelta(days=4), 500, partner=other)
        first, second = self.reminded_twice(50), self.invoice(MONDAY - timedelta(days=35), 700)
        for on in (NOTICE_DAY, NOTICE_DAY + WEEK):
            self.night(on)
            self.mark_sent(self.reminders().filtered(lambda reminder: reminder.state == "planned"), on)
        self.assertEqual(self.reminders(other)[0].state, "planned")
        self.item("delivery").is_blocking = True
        self.env["recouvrement.invoice.check"]._answer(second, self.item("delivery"), "met", "signed slip")
        obstacles = (first | second)._notice_obstacles(NOTICE_DAY)
        self.assertEqual(obstacles, {first.id: ["delivery"], second.id: []})

    def test_the_gate_is_looked_at_again_before_the_letter_is_written(self):
        self.reminded_twice()
        self.night(NOTICE_DAY)
        notice = self.reminders()[-1]
        self.debtor_partner.city = False
        self.morning(NOTICE_DAY)
        self.assertEqual((notice.kind, notice.state), ("formal_notice", "cancelled"))
        self.assertIn("Formal notice not yet allowed", notice.cancel_reason)

    def test_a_condition_made_blocking_holds_until_somebody_ticks_it_and_takes_hold_again_when_undone(self):
        invoice = self.reminded_twice()
        self.item("order").is_blocking = True
        self.night(NOTICE_DAY)
        self.assertEqual(self.card().reason, "notice_gate")
        check = self.env["recouvrement.invoice.check"].with_user(self.collector)
        with self.at(NOTICE_DAY):
            check._answer(invoice, self.item("order"), "met", "order in the paper file")
        self.night(NOTICE_DAY + timedelta(days=1))
        self.assertEqual(self.reminders()[-1].kind, "formal_notice")
        check._answer(invoice, self.item("order"), "undone")
        self.assertEqual(invoice._notice_obstacles(NOTICE_DAY), {invoice.id: ["order"]})

    def test_a_manager_lets_pass_in_writing_what_is_missing_that_day_and_no_more(self):
        invoice = self.reminded_twice()
        self.debtor_partner.city = False
        self.night(NOTICE_DAY)
        card, override = self.card(), self.env["recouvrement.notice.override"]
        with self.at(NOTICE_DAY):
            with self.assertRaises(AccessError):
                override.with_user(self.collector)._allow(card, invoice, "known customer", NOTICE_DAY)
            with self.assertRaisesRegex(UserError, "Say why"):
                override._allow(card, invoice, "  ", NOTICE_DAY)
            allowed = override._allow(card, invoice, "address confirmed by phone", NOTICE_DAY)
        self.assertEqual((allowed.codes, allowed.user_id, allowed.move_id), ("identified", self.env.user, invoice))
        self.assertIn("address confirmed by phone", card.message_ids[0].body)
        self.assertIn("address confirmed by phone", invoice.message_ids[0].body)
        self.night(NOTICE_DAY + timedelta(days=1))
        self.assertEqual(self.reminders()[-1].kind, "formal_notice")
        self.item("sent").is_blocking = True
        self.assertEqual(invoice._notice_obstacles(NOTICE_DAY), {invoice.id: ["sent"]})
        for change in (lambda: allowed.sudo().write({"reason": "other"}), allowed.sudo().unlink):
            with self.assertRaisesRegex(UserError, "is kept"):
                change()
        with self.assertRaises(AccessError):
            allowed.with_user(self.collector).action_take_back()
        allowed.action_take_back()
        self.assertEqual(allowed.ended_by_id, self.env.user)
        self.assertEqual(invoice._notice_obstacles(NOTICE_DAY), {invoice.id: ["sent", "identified"]})

    def test_a_manager_may_do_without_a_reminder_but_not_without_a_due_date_passed(self):
        old = self.invoice(MONDAY - timedelta(days=90), 1000)
        with self.at(MONDAY):
            self.env["recouvrement.reminder"]._import_levels(self.company, MONDAY)
        self.night(MONDAY + WEEK)
        card = self.card()
        self.assertEqual(card.reason, "notice_gate")
        self.assertIn(self.said("reminded"), card.reason_detail)
        to_come = self.invoice(MONDAY + timedelta(days=300), 1000)
        with self.at(MONDAY + WEEK):
            override = self.env["recouvrement.notice.override"]
            override._allow(card, old.browse(), "reminded by the former tool, copies kept", MONDAY + WEEK)
            late = old.browse(to_come.id)
            self.assertEqual(late._notice_obstacles(MONDAY + WEEK), {to_come.id: ["due"]})
            with self.assertRaisesRegex(UserError, "No manager can let this pass"):
                override._allow(card, late, "in a hurry", MONDAY + WEEK)
        self.night(MONDAY + WEEK + timedelta(days=1))
        notice = self.reminders()[-1]
        self.assertEqual((notice.kind, notice.line_ids.move_id), ("formal_notice", old))

    def test_a_payment_leaves_no_notice_and_a_returned_one_brings_the_gate_back(self):
        invoice = self.reminded_twice()
        payment = self.pay(invoice, on=MONDAY + WEEK)
        self.assertEqual(set(invoice._notice_obstacles(NOTICE_DAY)[invoice.id]), {"amount", "due"})
        self.night(NOTICE_DAY)
        self.assertEqual(len(self.reminders()), 2)
        invoice.line_ids.remove_move_reconcile()
        payment.action_draft()
        self.assertEqual(invoice._notice_obstacles(NOTICE_DAY), {invoice.id: ["reminded"]}, "A new cycle begins.")

    def served(self):
        """The formal notice once it was posted."""
        self.reminded_twice()
        self.night(NOTICE_DAY)
        notice = self.reminders()[-1]
        self.morning(NOTICE_DAY)
        letter = notice.dispatch_ids.filtered(lambda dispatch: dispatch.channel == "registered")
        with self.at(NOTICE_DAY):
            letter.sudo()._post(NOTICE_DAY, NOTICE_DAY)
        self.assertEqual(notice.state, "sent")
        return notice, letter

    def test_a_notice_served_shows_its_proof_and_what_it_changes(self):
        notice, letter = self.served()
        self.assertIn("Not served yet", notice.notice_effects)
        self.assertIn("18/05/2022", notice.notice_effects)
        self.assertNotIn("1231-6", notice.notice_effects)
        presented = NOTICE_DAY + timedelta(days=2)
        with self.at(presented):
            letter._record_status("presented", presented)
            letter._record_status("unclaimed", presented, proof=b"%PDF-1.4 slip", proof_name="AR.pdf")
        self.assertEqual((notice.notice_served_on, notice.notice_postal_state), (presented, "unclaimed"))
        self.assertIn("AR.pdf", notice.notice_proof_ids.mapped("name"))
        self.assertIn("20/01/2021", notice.notice_effects)

    def test_a_notice_that_came_back_from_a_wrong_address_is_not_served(self):
        notice, letter = self.served()
        with self.at(NOTICE_DAY + timedelta(days=3)):
            letter._record_status("returned", NOTICE_DAY + timedelta(days=3))
        self.assertFalse(notice.notice_served_on)
        self.assertIn("Not served: the letter never reached", notice.notice_effects)

    def enclosed(self, words="", pages=1, password=None):
        """(the invoice, its formal notice once made), whose letter encloses a copy of so many pages."""
        self.notice.attach_invoices = True
        invoice, copy = self.reminded_twice(), io.BytesIO()
        if words:
            canvas = Canvas(copy, invariant=1)
            canvas.drawString(50, 50, words)
            canvas.save()
        else:
            writer = PdfWriter()
            for _one in range(pages):
                writer.add_blank_page(595, 842)
            if password:
                writer.encrypt(password, algorithm="RC4-128")
            writer.write(copy)
        self.env["ir.attachment"].sudo().create(
            {
                "name": "F.pdf",
                "raw": copy.getvalue(),
                "res_model": "account.move",
                "res_id": invoice.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        invoice.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
        self.night(NOTICE_DAY)
        notice = self.reminders()[-1]
        self.morning(NOTICE_DAY)
        return invoice, notice

    def test_a_notice_waits_while_the_copy_it_encloses_cannot_be_printed(self):
        """A page whose style is missing is not printed: the notice that encloses it does not leave without it."""
        self.notice.attach_invoices = True
        invoice = self.reminded_twice()
        self.night(NOTICE_DAY)
        notice = self.reminders()[-1]
        no_style = UserError("The style of this document could not be read")
        broken = patch.object(type(self.env["account.move.send"]), "_generate_and_send_invoices", side_effect=no_style)
        with broken, mute_logger(f"{SENDING}_invoices", f"{SENDING}_leaving"):
            self.morning(NOTICE_DAY)
        self.assertEqual(notice.state, "failed")
        self.assertIn(invoice.name, notice.error)
        self.assertFalse(notice.dispatch_ids.filtered(lambda one: one.state != "cancelled"))

    def test_a_company_that_archives_has_one_pdf_a_of_the_notice_and_its_copies(self):
        self.archives()
        _invoice, notice = self.enclosed()
        letter, _fonts = archived.looked_at(self, notice.dispatch_ids.attachment_id.raw)
        alone = PdfReader(io.BytesIO(self.env["recouvrement.letter"]._render_pdf([notice.figures])[0]))
        self.assertEqual(len(letter.pages), len(alone.pages) + 1)
        self.assertNotIn("PDF/A", "".join(notice.message_ids.mapped("body")))

    def test_a_copy_that_pdf_a_cannot_hold_leaves_an_ordinary_pdf_and_the_history_says_why(self):
        self.archives()
        _invoice, notice = self.enclosed("no font of its own")
        letter = PdfReader(io.BytesIO(notice.dispatch_ids.attachment_id.raw))
        self.assertNotIn("/OutputIntents", letter.trailer["/Root"])
        self.assertIn("no font of its own", letter.pages[-1].extract_text())
        said = "".join(notice.message_ids.mapped("body"))
        self.assertIn("An ordinary PDF, not a PDF/A: of the copy F.pdf, a font of it is not in its file", said)

    def archives(self):
        if not archive_pdf.is_available():
            self.skipTest("WeasyPrint is optional, and not installed here")
        self.company.recouvrement_archived_notices = True

    def test_the_letter_encloses_the_copies_of_invoices_it_names(self):
        invoice, notice = self.enclosed()
        self.assertIn(invoice.name, notice.figures["enclosures"][0])
        letter = PdfReader(io.BytesIO(notice.dispatch_ids.attachment_id.raw))
        alone = PdfReader(io.BytesIO(self.env["recouvrement.letter"]._render_pdf([notice.figures])[0]))
        self.assertEqual(len(letter.pages), len(alone.pages) + 1)
        for text in (invoice.name, "1344", "L441-10", "40,00", "FR76", "732 829 320"):
            self.assertIn(text, "".join(page.extract_text() for page in alone.pages).replace("\u00a0", " "))

    def test_a_notice_does_not_leave_without_a_copy_that_has_no_page(self):
        self.waits_for_a_copy(pages=0)

    def test_nor_without_one_that_asks_for_a_password(self):
        self.waits_for_a_copy(password="secret")

    def test_nor_where_the_company_archives(self):
        self.archives()
        self.waits_for_a_copy(pages=0)

    def waits_for_a_copy(self, **given):
        _invoice, notice = self.enclosed(**given)
        self.assertEqual((notice.state, notice.dispatch_ids.attachment_id.ids), ("failed", []))
        self.assertIn("no page can be read in: F.pdf", notice.error)

    def test_the_effects_are_those_of_the_debtor(self):
        notice, _letter = self.served()
        for kind, said, unsaid in (
            ("consumer", "1231-6", "L441-10"),
            ("public", "R2192-31", "18/05/2022"),
            ("professional", "L441-10", "1231-6"),
        ):
            self.card().debtor_type = kind
            notice.invalidate_recordset(["notice_effects"])
            self.assertIn(said, notice.notice_effects)
            self.assertNotIn(unsaid, notice.notice_effects)

    def test_the_questions_to_the_database_do_not_grow_with_the_debtors(self):
        partners = [
            self._partner(f"Client {number}", email=f"c{number}@client.example", company_registry="552100554")
            for number in range(5)
        ]
        for partner in partners:
            self.invoice(MONDAY - timedelta(days=40), 1000, partner=partner)
        for on in (MONDAY, MONDAY + WEEK):
            self.night(on)
            self.mark_sent(self.env["recouvrement.reminder"].search([("state", "=", "planned")]), on)
        rows = [(self.card(partner).id, partner.id, None) for partner in partners]

        def queries(page):
            self.env.flush_all()
            self.env.invalidate_all()
            decider, before = Decider(self.env, self.company, NOTICE_DAY), self.cr.sql_log_count
            self.assertEqual({case.main[2].level.kind for case in decider.cases(page)}, {"formal_notice"})
            return self.cr.sql_log_count - before

        queries(rows)
        self.assertEqual(queries(rows[:1]), queries(rows))
