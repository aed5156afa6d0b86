import secrets
from datetime import timedelta

from odoo.tests import tagged

from ..clock import today
from .door_common import PDF, DoorCommon

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # one dot


@tagged("post_install", "-at_install")
class TestDoorActs(DoorCommon):
    """What a debtor says is held the same minute, is told to a person, is acknowledged, and counts once."""

    def acknowledged(self):
        mails = self.env["mail.mail"].search([("model", "=", "recouvrement.debtor"), ("res_id", "=", self.debtor.id)])
        return mails.filtered(lambda mail: "compta@durand.example" in (mail.email_to or ""))

    def planned(self):
        """A reminder that is about to leave for a late invoice."""
        invoice = self.late()
        self.policy.sending_weekdays = "all"
        self.night(self.today)
        return invoice, self.reminders()

    # --- I have paid --------------------------------------------------------------------------------------------------

    def test_said_to_be_paid_holds_what_was_planned_at_once(self):
        _invoice, reminder = self.planned()
        self.assertEqual(reminder.state, "planned")
        response = self.act(
            "paid",
            {"day": self.day(-1), "amount": "1 000,00", "note": "Virement du Crédit Agricole", "said_by": "Mme Durand"},
            files={"files": ("ordre.pdf", PDF, "application/pdf")},
        )
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith("?done=paid"))
        self.assertEqual(reminder.state, "cancelled")
        self.assertEqual(self.debtor.paused_until, self.today + timedelta(days=5))
        event = self.events()
        self.assertEqual((event.kind, event.amount, event.said_by), ("paid", 1000.0, "Mme Durand"))
        self.assertEqual(event.day, self.today - timedelta(days=1))
        self.assertEqual(event.attachment_ids.raw, PDF)
        self.assertFalse(event.attachment_ids.public)
        self.assertTrue(event.attachment_ids.evidence_sha256)
        contact = self.debtor.contact_ids
        self.assertEqual((contact.channel, contact.outcome), ("portal", "already_paid"))
        self.assertIn("Virement du Crédit Agricole", contact.note)
        self.assertFalse(self.debtor.treated_on, "a collector still has it to do")
        self.assertEqual(len(self.acknowledged()), 1)
        self.assertFalse(self.debtor.activity_ids.filtered(lambda task: task.user_id.id == 1))
        self.assertIn("door", [row["kind"] for row in self.debtor.get_timeline()["rows"]])

    def test_a_payment_to_come_is_no_payment(self):
        self.late()
        self.assertEqual(self.act("paid", {"day": self.day(1)}).status_code, 422)
        self.assertEqual(self.act("paid", {"day": "hier"}).status_code, 422)
        self.assertEqual(self.act("paid", {"day": self.day(0), "amount": "-5"}).status_code, 422)
        self.assertEqual(self.act("paid", {"day": self.day(0), "amount": "1e9"}).status_code, 422)
        self.assertFalse(self.events())
        self.assertFalse(self.debtor.paused_until)

    # --- I will pay on ------------------------------------------------------------------------------------------------

    def test_a_promise_within_the_limits_holds(self):
        invoice, reminder = self.planned()
        self.assertEqual(self.act("promise", {"day": self.day(15)}).status_code, 303)
        promise = self.debtor.promise_ids
        self.assertEqual((promise.amount, promise.origin, promise.state), (1000.0, "portal", "open"))
        self.assertEqual(promise.move_ids, invoice)
        self.assertEqual(reminder.state, "cancelled")
        self.assertEqual(self.events().res_id, promise.id)
        limitation = self.env["recouvrement.limitation.event"].search([("move_ids", "in", invoice.ids)])
        self.assertEqual(limitation.mapped("certainty"), ["possible"], "written, yet by whom is not certain")

    def test_a_promise_beyond_the_limits_is_refused(self):
        self.late()
        self.assertEqual(self.act("promise", {"day": self.day(16)}).status_code, 422)
        self.assertEqual(self.act("promise", {"day": self.day(-1)}).status_code, 422)
        self.assertEqual(self.act("promise", {"day": self.day(3), "amount": "1000.01"}).status_code, 422)
        self.assertFalse(self.debtor.promise_ids)

    def test_a_debtor_who_broke_a_promise_is_asked_to_call(self):
        invoice = self.late()
        promise = self.env["recouvrement.promise"]._make(self.debtor, invoice, 1000, self.today, on=today())
        promise.sudo().write({"state": "broken"})
        self.assertEqual(self.act("promise", {"day": self.day(3)}).status_code, 403)
        self.policy.door_promise_broken = 1
        self.assertEqual(self.act("promise", {"day": self.day(3)}).status_code, 303)

    def test_an_invoice_of_another_debtor_is_not_promised(self):
        self.late()
        theirs = self.late(partner=self._partner("Another debtor"))
        self.assertEqual(self.act("promise", {"day": self.day(3), "move_ids": theirs.id}).status_code, 422)
        self.assertFalse(self.env["recouvrement.promise"].search([("move_ids", "in", theirs.ids)]))

    # --- once ---------------------------------------------------------------------------------------------------------

    def test_a_form_sent_twice_counts_once(self):
        self.late()
        key, csrf = secrets.token_urlsafe(24), self.csrf()
        for _click in range(2):
            self.assertEqual(self.act("promise", {"day": self.day(3)}, key=key, csrf=csrf).status_code, 303)
        self.assertEqual(len(self.debtor.promise_ids), 1)
        self.assertEqual(len(self.events()), 1)
        self.assertEqual(len(self.acknowledged()), 1)

    def test_two_tabs_do_not_promise_twice(self):
        self.late()
        self.assertEqual(self.act("promise", {"day": self.day(3)}).status_code, 303)
        self.assertEqual(self.act("promise", {"day": self.day(5)}).status_code, 422)
        self.assertEqual(len(self.debtor.promise_ids), 1)

    def test_a_form_without_its_key_is_refused(self):
        self.late()
        for key in ("short", "with space in it....", "x" * 65):
            self.assertEqual(self.act("message", {"note": "Bonjour"}, key=key).status_code, 422)
        self.assertFalse(self.events())

    def test_too_many_acts_are_refused(self):
        self.late()
        csrf = self.csrf()
        for number in range(20):
            self.assertEqual(self.act("message", {"note": str(number)}, csrf=csrf).status_code, 303)
        self.assertEqual(self.act("message", {"note": "again"}, csrf=csrf).status_code, 429)
        self.assertEqual(len(self.events()), 20)

    # --- I contest ----------------------------------------------------------------------------------------------------

    def test_a_dispute_is_opened_with_its_files(self):
        invoice, reminder = self.planned()
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        response = self.act(
            "dispute",
            {"move_ids": invoice.id, "reason": reason.id, "note": "La porte est <b>rayée</b>"},
            files={"files": ("photo.pdf", PDF, "application/pdf")},
        )
        self.assertEqual(response.status_code, 303)
        dispute = self.debtor.dispute_ids
        self.assertEqual((dispute.reason_id, dispute.amount, dispute.is_partial), (reason, 1000.0, False))
        self.assertEqual(dispute.description, "La porte est <b>rayée</b>")
        self.assertEqual(reminder.state, "cancelled")
        self.assertTrue(dispute.message_ids.attachment_ids)
        again = {"move_ids": invoice.id, "reason": reason.id, "note": "Encore"}
        self.assertEqual(self.act("dispute", again).status_code, 422)

    def test_a_part_of_one_invoice_is_contested(self):
        first, second = self.late(), self.late(500)
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        terms = {"reason": reason.id, "note": "Trop cher", "amount": "200,50"}
        both = self.act("dispute", {**terms, "move_ids": [first.id, second.id]})
        self.assertEqual(both.status_code, 422)
        self.assertEqual(self.act("dispute", {**terms, "move_ids": first.id}).status_code, 303)
        self.assertEqual((self.debtor.dispute_ids.amount, self.debtor.dispute_ids.is_partial), (200.5, True))

    def test_a_dispute_needs_its_reason_and_its_words(self):
        invoice = self.late()
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        for form in (
            {"move_ids": invoice.id, "reason": reason.id},
            {"move_ids": invoice.id, "reason": "999999", "note": "Trop cher"},
            {"move_ids": invoice.id, "note": "Trop cher"},
            {"reason": reason.id, "note": "Trop cher"},
        ):
            self.assertEqual(self.act("dispute", form).status_code, 422)
        self.assertFalse(self.debtor.dispute_ids)

    # --- I need time --------------------------------------------------------------------------------------------------

    def test_a_plan_is_shown_before_it_is_accepted(self):
        self.late()
        page = self.get(f"/plan?count=2&first={self.day(10)}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("200,00", page.text)  # the deposit, a fifth
        self.assertEqual(page.text.count("400,00"), 2)
        self.assertFalse(self.debtor.plan_ids)

    def test_a_plan_accepted_is_in_force_with_its_protocol(self):
        invoice, reminder = self.planned()
        form = {"count": 2, "first": self.day(10), "agreed": "1", "said_by": "Jean Durand, gérant", "signature": PNG}
        self.assertEqual(self.act("plan", form).status_code, 303)
        plan = self.debtor.plan_ids
        self.assertEqual((plan.state, plan.amount_total, plan.accepted_by), ("active", 1000.0, "Jean Durand, gérant"))
        self.assertEqual(plan.instalment_ids.sorted("date").mapped("amount"), [200.0, 400.0, 400.0])
        self.assertEqual(plan.move_ids, invoice)
        self.assertEqual(reminder.state, "cancelled")
        document = self.env["recouvrement.document"].search([("res_id", "=", plan.id), ("res_model", "=", plan._name)])
        self.assertEqual(document.state, "frozen")
        self.assertIn(f"/file/plan/{document.id}", self.get().text)

    def test_a_plan_is_accepted_without_drawing(self):
        self.late()
        form = {"count": 1, "first": self.day(10), "agreed": "1", "said_by": "Jean Durand"}
        self.assertEqual(self.act("plan", form).status_code, 303)
        self.assertTrue(self.debtor.plan_ids.signature)

    def test_a_plan_beyond_the_limits_is_refused(self):
        self.late()
        good = {"count": 2, "first": self.day(10), "agreed": "1", "said_by": "Jean Durand"}
        for wrong in (
            *({"count": 4}, {"count": 0}, {"count": "many"}, {"first": self.day(16)}, {"first": self.day(0)}),
            *({"first": ""}, {"agreed": ""}, {"said_by": ""}, {"signature": "AAAA"}, {"signature": "é"}),
        ):
            with self.subTest(wrong=wrong):
                self.assertEqual(self.act("plan", good | wrong).status_code, 422)
        self.late(2000.01)
        self.assertEqual(self.act("plan", good).status_code, 403)
        self.policy.door_plan = False
        self.assertEqual(self.act("plan", good).status_code, 403)
        self.assertFalse(self.debtor.plan_ids)

    # --- words --------------------------------------------------------------------------------------------------------

    def test_a_message_is_read_by_a_person_before_anything_leaves(self):
        _invoice, reminder = self.planned()
        self.assertEqual(self.act("message", {"note": "Appelez-moi <script>alert(1)</script>"}).status_code, 303)
        self.assertTrue(self.debtor.reply_pending)
        self.assertEqual(reminder.state, "cancelled")
        self.assertTrue(self.debtor.activity_ids)
        bodies = "".join(self.debtor.message_ids.mapped("body"))
        self.assertIn("Appelez-moi", bodies)
        self.assertNotIn("<script>", bodies)

    def test_a_message_holds_nothing_when_the_policy_says_so(self):
        self.policy.hold_on_reply = False
        self.late()
        self.assertEqual(self.act("message", {"note": "Bonjour"}).status_code, 303)
        self.assertFalse(self.debtor.reply_pending)
        self.assertTrue(self.debtor.activity_ids)

    def test_somebody_else_is_named(self):
        self.late()
        form = {"email": "neuf@durand.example", "phone": "01 02 03 04 05", "note": "M. Neuf"}
        self.assertEqual(self.act("contact", form).status_code, 303)
        self.assertTrue(self.debtor.reply_pending)
        self.assertIn("neuf@durand.example", self.debtor.contact_ids.note)
        self.assertEqual(self.debtor_partner.email, "compta@durand.example", "a person corrects it")

    def test_emails_instead_of_paper_are_confirmed_by_a_person(self):
        self.late()
        self.assertEqual(self.act("email", {"email": "factures@durand.example"}).status_code, 303)
        self.assertEqual(self.debtor_partner.email, "compta@durand.example")
        self.assertTrue(self.debtor.activity_ids)
        self.assertEqual(self.act("email", {"email": "not an address"}).status_code, 422)

    def test_no_more_sms_at_once(self):
        self.debtor_partner.phone = "+33612345678"
        self.late()
        self.assertEqual(self.act("sms").status_code, 303)
        self.assertTrue(self.env["phone.blacklist"].search([("number", "=", "+33612345678")]))

    def test_an_act_closed_by_the_policy_is_refused(self):
        self.late()
        for kind in ("paid", "promise", "dispute", "plan", "message", "contact", "email", "sms"):
            self.policy[f"door_{kind}"] = False
            with self.subTest(kind=kind):
                self.assertNotIn(f'id="act-{kind}"', self.get().text)
                self.assertEqual(self.act(kind, {"day": self.day(0), "note": "x"}).status_code, 403)
        self.assertEqual(self.act("everything").status_code, 403)
        self.assertFalse(self.events())

    def test_an_address_that_refuses_emails_gets_no_acknowledgement(self):
        self.env["mail.blacklist"]._add("compta@durand.example")
        self.late()
        self.assertEqual(self.act("message", {"note": "Bonjour"}).status_code, 303)
        self.assertFalse(self.acknowledged())

    def test_the_record_of_the_page_is_a_document(self):
        self.late()
        self.act("message", {"note": "Nous réglons <b>vendredi</b>", "said_by": "Mme Durand"})
        action = self.debtor.action_door_record()
        document = self.env["recouvrement.document"].browse(action["res_id"])
        self.assertIn("Mme Durand – Nous réglons &lt;b&gt;vendredi&lt;/b&gt;", document.body)
        self.assertIn("127.0.0.1", document.body)
        document.action_freeze()
        self.assertTrue(document.sha256)

    # --- files --------------------------------------------------------------------------------------------------------

    def test_files_are_told_by_their_bytes(self):
        self.late()
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        for name, content, kind in (
            ("page.pdf", b"<html><script>alert(1)</script></html>", "application/pdf"),
            ("picture.png", svg, "image/png"),
            ("program.pdf", b"MZ\x90\x00" + b"\0" * 100, "application/pdf"),
            ("archive.pdf", b"PK\x03\x04" + b"\0" * 100, "application/pdf"),
            ("large.pdf", PDF + b"0" * (5 * 1024 * 1024), "application/pdf"),
        ):
            with self.subTest(name=name):
                answer = self.act("paid", {"day": self.day(0)}, files={"files": (name, content, kind)})
                self.assertEqual(answer.status_code, 422)
        six = [("files", (f"{number}.pdf", PDF, "application/pdf")) for number in range(6)]
        self.assertEqual(self.act("paid", {"day": self.day(0)}, files=six).status_code, 422)
        self.assertFalse(self.events())

    def test_the_name_of_a_file_is_only_a_name(self):
        self.late()
        files = {"files": ("../../etc/<passwd>.html", PDF, "text/html")}
        self.assertEqual(self.act("paid", {"day": self.day(0)}, files=files).status_code, 303)
        file = self.events().attachment_ids
        self.assertEqual((file.mimetype, file.name), ("application/pdf", "_.._etc__passwd_.pdf"))
