import base64
import hashlib
import io
from datetime import timedelta
from decimal import Decimal

from PIL import Image
from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...models.contacts.recouvrement_contact_outcome import Terms
from ...rules.instalments import Instalment
from ..clock import today
from ..common import MONDAY
from ..paper import words_of
from ..sending.dispatch_common import DispatchCommon

DAY = timedelta(days=1)


def drawn():
    """A signature as the screen gives it."""
    picture = io.BytesIO()
    Image.new("RGB", (300, 100), "white").save(picture, "PNG")
    return base64.b64encode(picture.getvalue())


@tagged("post_install", "-at_install")
class TestVisits(DispatchCommon):
    """A visit is a task with an address, a sheet to take along, and what the debtor signs there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first.channel_ids.write({"channel": "visit", "template_id": False})
        cls.collector = cls._somebody("visitor")

    def visited(self):
        invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        return invoice, reminder.dispatch_ids

    def log(self, outcome, task=None, **terms):
        with self.at(MONDAY, 10):
            contact = (
                self.env["recouvrement.contact"]
                .with_user(self.collector)
                ._log(self.card().with_user(self.collector), "visit", outcome, task, Terms(**terms), on=today())
            )
        self.env.invalidate_all()
        return contact.sudo()

    def text_of(self, raw):
        return words_of(raw)

    def test_a_visit_waits_with_its_address_and_falls_back_without_one(self):
        _invoice, task = self.visited()
        self.assertEqual((task.channel, task.state), ("visit", "queued"))
        self.assertIn("2 rue du Débiteur", task.address)
        self.assertEqual(task.activity_id.activity_type_id, self.env.ref("recouvrement_fr.mail_activity_type_visit"))
        nowhere = self._partner("Sans adresse", street=False, zip=False, city=False)
        self.invoice(MONDAY - 3 * DAY, partner=nowhere)
        self.night(MONDAY + DAY)
        self.dispatch(MONDAY + DAY)
        self.assertNotIn("visit", self.reminders(nowhere).dispatch_ids.mapped("channel"))

    def test_the_sheet_tells_what_is_open_and_what_was_said(self):
        self.debtor_partner.phone = "+33 1 42 68 53 00"
        invoice, task = self.visited()
        self.log("no_answer")
        card = self.card().with_user(self.collector)
        with self.at(MONDAY, 11):
            action = card.action_print_visit_sheet()
        attachment = self.env["ir.attachment"].browse(int(action["url"].split("/")[-1].split("?")[0]))
        text = self.text_of(attachment.raw)
        for words in ("Menuiserie Durand", "2 rue du Débiteur", invoice.name, "+33 1 42 68 53 00", "No answer"):
            self.assertIn(words, text)
        other = self._partner("Autre")
        self.invoice(MONDAY - 3 * DAY, partner=other)
        self.night(MONDAY + DAY)
        with self.at(MONDAY + DAY, 11):
            action = (self.card() | self.card(other)).action_print_visit_sheet()
        attachment = self.env["ir.attachment"].browse(int(action["url"].split("/")[-1].split("?")[0]))
        self.assertIn("Autre", self.text_of(attachment.raw))

    def test_a_promise_signed_on_the_spot_is_frozen_with_its_hash(self):
        invoice, task = self.visited()
        contact = self.log(
            "promise",
            task,
            moves=invoice,
            amount=400,
            on=MONDAY + 7 * DAY,
            signature=drawn(),
            signed_by="Jean Durand, gérant",
        )
        document = contact.document_id
        self.assertEqual((document.state, document.title), ("frozen", "Engagement de paiement"))
        self.assertEqual(document.sha256, hashlib.sha256(document.attachment_id.raw).hexdigest())
        self.assertIn("data:image/png;base64", document.body)
        text = self.text_of(document.attachment_id.raw)
        for words in ("Jean Durand, gérant", "400,00", "9 mars 2026", "quatre cents euros", invoice.name):
            self.assertIn(words, text)
        images = [image for page in PdfReader(io.BytesIO(document.attachment_id.raw)).pages for image in page.images]
        self.assertTrue(images, "the signature is not on the document")
        self.assertEqual((task.state, self.card().promise_ids.origin), ("handed_over", "visit"))
        events = self.env["recouvrement.limitation.event"].search([("debtor_id", "=", self.card().id)])
        self.assertEqual((events.kind, events.certainty), ("acknowledgement", "possible"))
        with self.assertRaises(UserError):
            document.with_user(self.collector).write({"body": "Other"})

    def test_a_plan_signed_on_the_spot_is_accepted(self):
        invoice, task = self.visited()
        schedule = [Instalment(MONDAY + days * DAY, Decimal(500)) for days in (15, 45)]
        with self.at(MONDAY):
            plan = self.env["recouvrement.plan"]._make(self.card(), invoice, schedule)
        contact = self.log("plan", task, plan=plan, signature=drawn(), signed_by="Jean Durand, gérant")
        self.assertEqual((plan.state, plan.accepted_by), ("active", "Jean Durand, gérant"))
        self.assertEqual((contact.res_id, contact.document_id.res_id), (plan.id, plan.id))
        self.assertIn("17 mars 2026", self.text_of(contact.document_id.attachment_id.raw))

    def test_a_signature_needs_something_to_sign_a_name_and_a_picture(self):
        invoice, _task = self.visited()
        promise = {"moves": invoice, "amount": 400, "on": MONDAY + 7 * DAY}
        for terms, outcome, message in (
            ({"signature": drawn(), "signed_by": "Jean"}, "refusal", "Only a promise or a plan"),
            ({**promise, "signature": drawn()}, "promise", "name and the quality"),
            ({**promise, "signature": base64.b64encode(b"<svg/>"), "signed_by": "Jean"}, "promise", "neither"),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
                self.log(outcome, **terms)

    def test_the_dialog_keeps_the_signature_of_visits_alone(self):
        self.visited()
        with self.at(MONDAY, 10):
            context = self.card().with_user(self.collector).action_log_visit()["context"]
            dialog = Form(self.env["recouvrement.outcome"].with_user(self.collector).with_context(**context))
            dialog.outcome = "promise"
            dialog.amount = 100
            dialog.promised_on = MONDAY + 3 * DAY
            dialog.signature = drawn()
            dialog.signed_name = "Jean Durand"
            dialog.signed_quality = "gérant"
            dialog.save().action_record()
        contact = self.card().contact_ids
        self.assertIn("Jean Durand, gérant", contact.document_id.body)
        self.assertEqual(contact.with_user(self.collector).action_open_document()["type"], "ir.actions.act_url")
