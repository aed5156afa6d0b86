import base64
import hashlib
import io
import os
import zipfile
from datetime import date, timedelta
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.contacts.recouvrement_contact_outcome import Terms
from ...rules.instalments import Instalment
from ..amicable.plan_common import PNG
from ..clock import today
from ..common import MONDAY
from ..contacts.test_replies import MAIL
from .privacy_common import MARKS, NAME, PrivacyCommon

DAY = timedelta(days=1)
LATER = date(2033, 1, 10)  # the relation ended in 2026: more than five years, less than ten
END = date(2037, 6, 1)  # the last accounting document too
# What may still show the person while accounting documents are kept, and why.
ALLOWED = {
    "account_move.invoice_partner_display_name": "an invoice tells who it is made out to (CGI ann. II 242 nonies A)",
    "account_bank_statement_line.partner_name": "a bank statement is an accounting document",
    "account_bank_statement_line.account_number": "the same",
    "account_bank_statement_line.payment_ref": "the same",
    "account_move_line.name": "the words of an entry",
    "account_payment.memo": "the same",
    "ir_attachment.index_content": "the text of the invoice, which is kept",
    "recouvrement_retention_identity.name": "who the accounting documents are about",
    "recouvrement_retention_identity.address": "the same",
}


@tagged("post_install", "-at_install")
class TestLife(PrivacyCommon):
    """A person goes through everything collection does; after retention, nothing of it tells who it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.alias_domain_id = cls.env["mail.alias.domain"].create({"name": "creancier.example"})
        cls.second.channel_ids.write({"channel": "sms", "template_id": False, "sms_text": "{amount} {reference}"})
        cls.env["recouvrement.retention"].create(
            {
                "kind": "case",
                "event": "case_closed",
                "months": 60,
                "date_from": "2020-01-01",
                "legal_basis": "No title was obtained",
                "company_id": cls.company.id,
                "verified": True,
            }
        )

    # --- the life -----------------------------------------------------------------------------------------------------

    def live(self):
        """Reminders by each channel, an answer, calls, a visit, a plan signed, a dispute, a case; then all is paid."""
        self.first_debt = self.invoice(MONDAY - 3 * DAY, 1000, partner=self.person)
        self.first_debt._portal_ensure_token()
        self.attach_invoice(self.first_debt)
        self.night(MONDAY)
        self.dispatch(MONDAY)
        [reminder] = self.reminders(self.person)
        self.assertEqual(reminder.dispatch_ids.state, "handed_over")
        self.answer(reminder)
        card = self.card(self.person)
        with self.at(MONDAY, 11):
            card.action_reply_seen()
            self.call(card)
        self.night(MONDAY + 15 * DAY)
        self.dispatch(MONDAY + 15 * DAY)
        self.letters()
        self.agree(card)
        self.litigate(card)
        self.words_elsewhere(card)
        for debt in self.debts():
            if debt.payment_state not in ("paid", "in_payment"):
                self.pay(debt, on=MONDAY + 90 * DAY)
        self.close(card)

    def debts(self):
        return self.env["account.move"].search([("partner_id", "=", self.person.id), ("move_type", "=", "out_invoice")])

    def attach_invoice(self, invoice):
        file = self.env["ir.attachment"].create(
            {
                "name": "Facture.pdf",
                "raw": f"Facture de {NAME}, {MARKS['street']}".encode(),
                "res_model": "account.move",
                "res_id": invoice.id,
            }
        )
        self.invoice_file = file

    def answer(self, reminder):
        mail = MAIL.format(
            sender=f"{NAME} <{MARKS['email']}>", number=reminder.id, parent=reminder.dispatch_ids.message_id, head=""
        )
        mail = mail.replace("Nous payons vendredi.", f"Je suis {NAME}, rappelez-moi au {MARKS['phone']}.")
        with self.at(MONDAY, 10), mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(False, mail)
        self.env.invalidate_all()

    def call(self, card):
        contacts = self.env["recouvrement.contact"]
        contacts._log(
            card, "call", "no_answer", note=f"{NAME} ne répond pas au {MARKS['phone']}", spoke_to=NAME, on=today()
        )
        contacts._log(
            card,
            "visit",
            "promise",
            terms=Terms(
                moves=self.first_debt, amount=400, on=MONDAY + 7 * DAY, signature=PNG, signed_by=f"{NAME}, elle-même"
            ),
            note=f"Rencontrée au {MARKS['street']}",
            address=MARKS["street"],
            on=today(),
        )

    def letters(self):
        """A registered letter that leaves, with the proof of its delivery."""
        self.invoice(MONDAY - 3 * DAY, 300, partner=self.person)
        self.first.channel_ids.write({"channel": "registered", "template_id": False})
        self.env["recouvrement.promise"].sudo().search([("state", "=", "open")])._cancel(f"{NAME} renonce")
        self.night(MONDAY + 25 * DAY)
        self.dispatch(MONDAY + 25 * DAY, 3)
        letter = self.env["recouvrement.dispatch"].search(
            [("channel", "=", "registered"), ("reminder_id.debtor_id.partner_id", "=", self.person.id)]
        )
        self.assertTrue(letter.attachment_id)
        with self.at(MONDAY + 26 * DAY):
            letter.sudo()._post(MONDAY + 26 * DAY, MONDAY + 26 * DAY, {letter.id: "1A12345678901"})
            letter.sudo()._tell(
                "delivered", MONDAY + 26 * DAY, proof=f"AR de {NAME}".encode(), proof_name=f"{NAME}.pdf"
            )

    def agree(self, card):
        debt = self.invoice(MONDAY - 3 * DAY, 900, partner=self.person)
        schedule = [Instalment(MONDAY + days * DAY, Decimal(450)) for days in (40, 70)]
        with self.at(MONDAY + 27 * DAY):
            plan = self.env["recouvrement.plan"]._make(card, debt, schedule)
            plan.action_propose()
            plan._accept(MONDAY + 27 * DAY, NAME, signature=PNG)
            other = self.invoice(MONDAY - 3 * DAY, 200, partner=self.person)
            reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
            self.dispute = self.env["recouvrement.dispute"]._open(
                card, other, reason, description=f"{NAME} conteste, voir {MARKS['email']}"
            )
            self.env["recouvrement.statement"]._make(card, MONDAY + 27 * DAY)

    def litigate(self, card):
        with self.at(MONDAY + 28 * DAY):
            self.case = self.env["recouvrement.case"]._open(card, self.first_debt)
            self.case.sudo()._note(
                "note", MONDAY + 28 * DAY, f"Appel de {NAME}", details=f"Elle habite {MARKS['street']}"
            )
            self.case.note = f"<p>{NAME}</p>"

    def words_elsewhere(self, card):
        with self.at(MONDAY + 29 * DAY):
            self.person.message_post(body=f"{NAME} a appelé du {MARKS['phone']}", subject=NAME)
            card.message_post(body=f"Vu {NAME}", message_type="comment", attachments=[(f"{NAME}.txt", NAME.encode())])
            self.first_debt.message_post(body=f"Envoyée à {MARKS['email']}")
            activity = card.activity_schedule(
                "mail.mail_activity_data_todo", summary=f"Rappeler {NAME}", note=f"<p>au {MARKS['phone']}</p>"
            )
            activity.action_feedback(feedback=f"{NAME} rappelée")
            self.person.activity_schedule("mail.mail_activity_data_todo", summary=f"Voir {NAME}")
            self.env["res.partner"].create(
                {"name": f"Conjoint de {NAME}", "parent_id": self.person.id, "email": MARKS["email"], "type": "other"}
            )
            self.env["mail.blacklist"]._add(MARKS["email"])
            run = self.env["recouvrement.run"].search([("company_id", "=", self.company.id)], limit=1)
            run.sudo().message_post(body=f"{NAME} ({MARKS['email']}) n’a pas pu être relancée")

    def close(self, card):
        with self.at(MONDAY + 91 * DAY):
            self.dispute.resolution = f"Rien ne le montre, dit à {NAME}"
            self.dispute.action_reject()
            self.case._close("paid", f"{NAME} a tout payé", on=today())
            self.env["recouvrement.plan"].sudo()._follow_up(MONDAY + 91 * DAY)
            self.env["recouvrement.thanks"].sudo()._follow_up(MONDAY + 91 * DAY)
            self.env["recouvrement.deadline"].sudo()._follow_up(MONDAY + 91 * DAY)
        self.night(MONDAY + 92 * DAY)
        waiting = self.env["recouvrement.reminder"].search(
            [("debtor_id", "=", card.id), ("state", "in", ("planned", "to_approve", "sending"))]
        )
        waiting.sudo().state = "cancelled"  # no operator answered about the SMS: a person gave it up
        self.env["recouvrement.deadline"].sudo().search(
            [("debtor_id", "=", card.id), ("state", "=", "open")]
        ).state = "done"

    # --- what becomes of it -------------------------------------------------------------------------------------------

    def test_after_its_time_nothing_anywhere_tells_who_it_was_but_accounting(self):
        self.live()
        before, files = self.found(), self.files_showing()
        for column in (
            *("recouvrement_reminder.figures", "recouvrement_dispatch.address"),
            *("recouvrement_contact.note", "recouvrement_contact.spoke_to", "recouvrement_plan.accepted_by"),
            *("recouvrement_document.body", "recouvrement_dispute.description", "recouvrement_case_event.details"),
            *("recouvrement_case.close_reason", "mail_message.body", "mail_message.email_from", "mail_activity.note"),
            *("res_partner.name", "res_partner_bank.acc_number", "recouvrement_statement.figures"),
        ):
            self.assertIn(column, before)
        self.assertGreater(len(files), 5)
        letter = self.env["recouvrement.dispatch"].search([("channel", "=", "registered")], limit=1)
        kept_hash, amount = letter.sha256, self.reminders(self.person)[0].line_ids.mapped("amount_residual")
        log = self.anonymise(LATER)
        self.assertEqual(set(self.found()) - set(ALLOWED), set())
        self.assert_files_gone(files)
        self.assert_evidence_stands(letter, kept_hash, amount)
        self.assertEqual((log.state, log.done_on, log.partner_too), ("done", LATER, True))
        self.assertEqual(log.counts["recouvrement.debtor"], 1)
        self.assertGreater(log.record_count, 20)

    def anonymise(self, on):
        with self.at(on):
            return self.env["recouvrement.anonymisation"]._anonymise_now(self.company, self.person, on)

    def assert_files_gone(self, files):
        """Only the invoice's own file still shows the person, and the bytes of others leave the disk."""
        self.env.flush_all()
        self.assertEqual([id_ for ids in self.files_showing().values() for id_ in ids], self.invoice_file.ids)
        store = self.env["ir.attachment"]
        store._gc_file_store_unsafe()
        remaining = [name for name in files if name != self.invoice_file.store_fname and self.is_on_disk(name)]
        self.assertEqual(remaining, [])

    def is_on_disk(self, name):
        return os.path.exists(self.env["ir.attachment"]._full_path(name))

    def assert_evidence_stands(self, letter, kept_hash, amount):
        """What is left: that it was sent, when, for how much, and the hash of what it was."""
        self.assertEqual(letter.sha256, kept_hash)
        self.assertEqual(letter.attachment_id.evidence_sha256, kept_hash)
        self.assertEqual(letter.attachment_id.anonymised_on, LATER)
        self.assertNotEqual(hashlib.sha256(letter.attachment_id.raw).hexdigest(), kept_hash)
        self.assertFalse(letter.attachment_id._altered())
        self.assertEqual(self.reminders(self.person)[0].line_ids.mapped("amount_residual"), amount)
        self.assertEqual(self.reminders(self.person)[0].state, "sent")
        with self.assertRaises(UserError):
            letter.attachment_id.with_user(self.env.ref("base.user_admin")).write({"raw": b"other"})

    def test_accounting_documents_go_with_their_own_time(self):
        self.live()
        self.first_debt.narration = f"<p>Livré chez {NAME}</p>"
        self.anonymise(LATER)
        identity = self.env["recouvrement.retention.identity"].search([("partner_id", "=", self.person.id)])
        self.assertEqual((identity.name, identity.company_id), (NAME, self.company))
        self.assertIn(MARKS["street"], identity.address)
        self.assertLess(identity.until, END)
        amount = self.first_debt.amount_total
        erase = self.env["recouvrement.personal.data"]._erase_due_accounting
        self.assertEqual(erase(self.company, identity.until), 0)  # the last day
        self.assertEqual(erase(self.company, identity.until + DAY), 1)
        self.assertEqual(self.found(), {})
        self.assertEqual(self.files_showing(), {})
        self.assertEqual(self.first_debt.amount_total, amount)
        self.assertFalse(identity.exists())

    def test_what_the_person_signed_is_handed_over(self):
        self.live()
        _name, content = self.env["recouvrement.person.export"]._give(self.company, self.person, LATER)
        given = zipfile.ZipFile(io.BytesIO(content))
        signed = [name for name in given.namelist() if given.read(name) == base64.b64decode(PNG)]
        self.assertEqual(len(signed), 1)  # of the plan; that of the visit is in the paper it was put on

    def test_before_its_time_or_while_something_is_open_it_is_refused_with_the_list(self):
        self.live()
        with self.assertRaisesRegex(UserError, r"Collection.*until \d\d/\d\d/2031"):
            self.anonymise(date(2031, 5, 1))
        self.case._reopen("Un chèque est revenu", on=today())
        debt = self.invoice(MONDAY, 50, partner=self.person)
        with self.assertRaisesRegex(UserError, f"(?s){self.case.name}.*Open debt: {debt.name}"):
            self.anonymise(LATER)
        self.assertIn("res_partner.name", self.found())
