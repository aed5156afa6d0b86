from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon

PDF = b"%PDF-1.4\n%%EOF\n"


@tagged("post_install", "-at_install")
class TestInvoiceSending(DispatchCommon):
    """That an invoice was sent is noted when a mail server takes it, and readable from the invoice and the card."""

    def before_all(self):
        super().before_all()
        self.move = self.invoice(MONDAY + timedelta(days=30), 120)
        self.colleague = self.env.user.partner_id
        self.colleague.email = "moi@creancier.example"

    def send(self, move=None, partners=None, files=True):
        """As core's dialog does: a message on the invoice with its PDF, deleted once sent."""
        move = move or self.move
        attachment = self.env["ir.attachment"].create(
            {
                "name": "facture.pdf",
                "raw": PDF,
                "mimetype": "application/pdf",
                "res_model": move._name,
                "res_id": move.id,
            }
        )
        with self.at(MONDAY):
            message = move.with_context(mail_notify_force_send=False).message_post(
                body="Votre facture",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=(partners or self.debtor_partner).ids,
                attachment_ids=attachment.ids if files else [],
                mail_auto_delete=True,
            )
            mails = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
            self.assertTrue(mails)
            with self.mail_server():
                mails.send()
        return message, attachment

    def test_invoice_taken_by_a_mail_server_is_evidence_without_a_second_file(self):
        files = self.env["ir.attachment"].search_count([])
        message, attachment = self.send(partners=self.debtor_partner | self.colleague)
        self.assertFalse(self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)]))  # core deleted it
        [sent] = self.move._sent_evidence()[self.move.id]
        self.assertEqual((sent.on.date(), sent.channel, sent.address), (MONDAY, "email", "compta@durand.example"))
        sending = self.env["recouvrement.invoice.sending"].search([("move_id", "=", self.move.id)])
        self.assertEqual(sending.attachment_ids, attachment)
        self.assertTrue(sending.internet_id)
        self.assertEqual(self.env["ir.attachment"].search_count([]), files + 1)
        self.assertIn("compta@durand.example (facture.pdf)", self.move.recouvrement_sent)
        self.debtor_partner.email = "autre@durand.example"
        self.assertEqual(self.move._sent_evidence()[self.move.id][0].address, "compta@durand.example")
        with self.assertRaises(UserError):
            sending.unlink()
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        with self.at(MONDAY):
            kinds = [row["kind"] for row in card.get_timeline(group="sent")["rows"]]
        self.assertEqual(kinds, ["invoice_sent"])

    def test_mere_message_or_failure_or_bounce_is_no_evidence(self):
        self.send(files=False)
        self.assertEqual(self.move._sent_evidence(), {})
        other = self.invoice(MONDAY + timedelta(days=30), 90)
        message, _attachment = self.send(other)
        self.assertIn(other.id, (self.move | other)._sent_evidence())
        message.sudo().notification_ids.notification_status = "bounce"
        self.env.flush_all()
        self.assertEqual(other._sent_evidence(), {})
        sending = self.env["recouvrement.invoice.sending"].search([("move_id", "=", other.id)])
        self.assertTrue(sending.came_back)

    def test_refused_by_the_server_is_no_evidence(self):
        mail = (
            self.env["mail.mail"]
            .sudo()
            .create(
                {
                    "model": "account.move",
                    "res_id": self.move.id,
                    "email_to": "compta@durand.example",
                    "attachment_ids": [Command.create({"name": "f.pdf", "raw": PDF, "mimetype": "application/pdf"})],
                }
            )
        )
        mail._postprocess_sent_message([], [], "refused", "mail_smtp")
        self.assertEqual(self.move._sent_evidence(), {})
        mail._postprocess_sent_message([], ['"Durand" <compta@durand.example>'])
        self.assertEqual([sent.address for sent in self.move._sent_evidence()[self.move.id]], ["compta@durand.example"])

    def test_history_before_the_module_is_taken_over_once(self):
        message, _attachment = self.send()
        sendings = self.env["recouvrement.invoice.sending"]
        self.env.cr.execute("DELETE FROM recouvrement_invoice_sending")
        sendings.invalidate_model()
        message.sudo().notification_ids.notification_status = "sent"
        self.env.flush_all()
        sendings._backfill()
        sendings._backfill()
        self.assertEqual([sent.address for sent in self.move._sent_evidence()[self.move.id]], ["compta@durand.example"])

    def test_evidence_of_many_costs_the_queries_of_one(self):
        moves = self.move | self.invoice(MONDAY, 10) | self.invoice(MONDAY, 20)
        self.send()
        moves._sent_evidence()
        before = self.env.cr.sql_log_count
        self.move._sent_evidence()
        alone = self.env.cr.sql_log_count - before
        before = self.env.cr.sql_log_count
        moves._sent_evidence()
        self.assertEqual(self.env.cr.sql_log_count - before, alone)
