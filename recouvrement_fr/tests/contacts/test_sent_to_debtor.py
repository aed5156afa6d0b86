from datetime import timedelta
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ...rules.instalments import Instalment
from ..common import MONDAY, RecouvrementCommon
from .test_statement import text_of


@tagged("post_install", "-at_install")
class TestSentToDebtor(RecouvrementCommon):
    """What is written about a debtor goes to it by e-mail or by letter: once, as it was frozen."""

    def before_all(self):
        super().before_all()
        self.debt = self.invoice(MONDAY - timedelta(days=20), 900)
        self.night(MONDAY)
        self.officer = new_test_user(
            self.env,
            "sending_officer",
            "base.group_user,recouvrement_fr.group_recouvrement_legal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def protocol(self, template="protocol"):
        with self.at(MONDAY):
            schedule = [Instalment(MONDAY + timedelta(days=15), Decimal(900))]
            plan = self.env["recouvrement.plan"]._make(self.card(), self.debt, schedule)
            made = plan.action_protocol() if template == "protocol" else plan.action_acknowledgement()
        return self.env["recouvrement.document"].browse(made["res_id"]).with_user(self.officer)

    def dialog(self, **given):
        given = {f"default_{name}": record.id for name, record in given.items()}
        return Form(self.env["recouvrement.message"].with_user(self.officer).with_context(**given))

    def mails(self, record):
        return self.env["mail.mail"].search([("model", "=", record._name), ("res_id", "=", record.id)])

    def answer(self):
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        with self.at(MONDAY):
            dispute = self.env["recouvrement.dispute"]._open(self.card(), self.debt, reason)
            made = dispute.action_letter()
        return self.env["recouvrement.document"].browse(made["res_id"]).with_user(self.officer)

    def test_a_protocol_is_sent_by_email_with_the_frozen_file(self):
        document = self.protocol()
        with self.at(MONDAY):
            dialog = self.dialog(document_id=document, debtor_id=document.debtor_id)
            self.assertIn(document.name, dialog.subject)
            self.assertEqual(dialog.partner_ids[:], self.debtor_partner)
            dialog.save().action_send()
        mail = self.mails(document)
        self.assertEqual((document.state, document.mailed_on, mail.state), ("frozen", MONDAY, "outgoing"))
        self.assertEqual(mail.attachment_ids, document.sudo().attachment_id)
        self.assertIn(self.debtor_partner.email, document.sent_text)
        self.assertIn(document.title, self.card().message_ids[:1].body)

    def test_it_is_sent_once_and_again_only_when_it_did_not_leave(self):
        document = self.protocol()
        with self.at(MONDAY):
            dialog = self.dialog(document_id=document, debtor_id=document.debtor_id).save()
            dialog.action_send()
            with self.assertRaisesRegex(UserError, "already"):
                dialog.action_send()
            self.assertEqual(len(self.mails(document)), 1)
            self.mails(document).state = "exception"
            dialog.action_send()
        self.assertEqual(self.mails(document).mapped("state").count("outgoing"), 1)

    def test_a_letter_is_frozen_opened_and_noted_once(self):
        document = self.protocol()
        with self.at(MONDAY):
            dialog = self.dialog(document_id=document, debtor_id=document.debtor_id)
            dialog.how = "letter"
            dialog = dialog.save()
            first, again = dialog.action_send(), dialog.action_send()
        self.assertEqual(first, again)
        self.assertEqual(first["type"], "ir.actions.act_url")
        self.assertEqual((document.state, document.handed_on), ("frozen", MONDAY))
        self.assertFalse(self.mails(document))

    def test_a_collector_sends_what_an_officer_froze_and_freezes_nothing(self):
        document = self.protocol()
        collector = new_test_user(
            self.env,
            "sending_collector",
            "base.group_user,recouvrement_fr.group_recouvrement_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.at(MONDAY):
            with self.assertRaisesRegex(AccessError, "officer's document"):
                document.with_user(collector)._send_by_mail(self.debtor_partner, "Hello", "<p>Hello</p>", MONDAY)
            document.action_freeze()
            document.with_user(collector)._send_by_mail(self.debtor_partner, "Hello", "<p>Hello</p>", MONDAY)
        self.assertEqual(self.mails(document).state, "outgoing")

    def test_only_what_is_written_to_the_debtor_is_sent_to_it(self):
        document = self.protocol()
        document.sudo().template = "recouvrement_fr.document_case_summons"
        with self.at(MONDAY), self.assertRaisesRegex(UserError, "not written to the debtor"):
            document.action_send_to_debtor()

    def test_nothing_goes_to_somebody_else_nor_after_a_judgment(self):
        document, stranger = self.protocol(), self._partner("Stranger", email="nobody@stranger.example")
        with self.at(MONDAY):
            with self.assertRaisesRegex(UserError, "confidential"):
                document._send_by_mail(stranger, "Hello", "<p>Hello</p>", MONDAY)
            self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": "liquidation", "judgment_on": MONDAY, "bodacc_on": MONDAY}
            )
            with self.assertRaises(UserError):
                document._send_by_mail(self.debtor_partner, "Hello", "<p>Hello</p>", MONDAY)
        self.assertFalse(self.mails(document))

    def test_a_draft_says_so_on_paper_and_a_frozen_document_does_not(self):
        document = self.protocol()
        self.assertIn("PROJET", text_of(document._pdf()[0]))
        with self.at(MONDAY):
            document.action_freeze()
        self.assertNotIn("PROJET", text_of(document.sudo().attachment_id.raw))

    def test_each_document_that_asks_for_money_says_where_to_pay_and_with_which_reference(self):
        for document in (self.protocol(), self.protocol("acknowledgement"), self.answer()):
            with self.subTest(document.title):
                if document.res_model == "recouvrement.dispute":
                    dispute = self.env[document.res_model].browse(document.res_id)
                    dispute.sudo().state = "rejected"
                    made = dispute.action_letter()
                    document = self.env["recouvrement.document"].browse(made["res_id"])
                about = self.env[document.res_model].browse(document.res_id)
                text = text_of(document._pdf()[0])
                self.assertIn("FR76 3000 6000 0112 3456 7890 189", text)
                self.assertIn(f"Référence à rappeler {about.name}", text)

    def test_a_free_email_starts_from_a_template_and_stays_on_the_card(self):
        template = self.env.ref("recouvrement_fr.mail_template_debtor")
        with self.at(MONDAY):
            dialog = self.dialog(debtor_id=self.card())
            dialog.template_id = template
            self.assertIn(self.company.name, dialog.subject)
            dialog.subject = "About your order"
            dialog.save().action_send()
        mail = self.mails(self.card())
        self.assertEqual((mail.subject, mail.state), ("About your order", "outgoing"))
        self.assertEqual(mail.email_to, self.debtor_partner.email_formatted)

    def test_a_free_email_needs_a_text_and_does_not_leave_from_a_copy(self):
        with self.at(MONDAY):
            dialog = self.dialog(debtor_id=self.card())
            dialog.subject = "Hello"
            dialog.body = "<p><br></p>"
            with self.assertRaisesRegex(UserError, "the text"):
                dialog.save().action_send()
            dialog.body = "<p>Hello</p>"
            self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
            with self.assertRaisesRegex(UserError, "neutralized"):
                dialog.save().action_send()

    def test_the_card_of_another_company_is_not_written_from(self):
        other = self.env["res.company"].create({"name": "Other", "country_id": self.env.ref("base.fr").id})
        stranger = new_test_user(
            self.env,
            "sending_stranger",
            "base.group_user,recouvrement_fr.group_recouvrement_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            self.card().with_user(stranger).action_write_message()
