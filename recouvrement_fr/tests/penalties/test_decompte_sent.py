from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon
from ..paper import words_of

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestDecompteSent(RecouvrementCommon):
    """The décompte is a letter to the debtor: where to pay, with which reference, frozen, sent by e-mail or by post."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._somebody("decompte_collector")

    def card(self, partner=None):
        return self.env["recouvrement.debtor"]._card(self.company, partner or self.debtor_partner)

    def sent_decompte(self, record, **values):
        """The letter drafted for the debtor, and the words of its dialog."""
        with self.at(MONDAY):
            card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
            card.write({"debtor_type": "professional", "type_confirmed": True, **values})
            action = record.with_user(self.collector).action_send_decompte()
        self.assertEqual(action["res_model"], "recouvrement.message")
        return self.env["recouvrement.document"].browse(action["context"]["default_document_id"])

    def test_the_decompte_is_written_to_the_debtor_says_where_to_pay_and_leaves_by_post_or_by_email(self):
        first = self.invoice(date(2025, 11, 15), 10000)
        second = self.invoice(MONDAY - 20 * DAY, 500)
        self.pay(first, 4000, on=date(2026, 1, 10))
        card = self.card()
        document = self.sent_decompte(card)
        self.assertTrue(document.is_for_debtor)
        draft = words_of(document._pdf()[0])
        for wanted in (
            *("PROJET", "Menuiserie Durand", "2 rue du Débiteur", "75011 PARIS", first.name, second.name),
            *("Récapitulatif", "6 500,00 €", "80,00 €", "288,27 €", "FR76 3000 6000 0112 3456 7890 189"),
            f"Référence à rappeler {document.name}",
        ):
            self.assertIn(wanted, draft)
        with self.at(MONDAY):
            document.with_user(self.collector)._print_for_posting(MONDAY)
            self.assertEqual((document.state, document.handed_on), ("frozen", MONDAY))
            self.assertNotIn("PROJET", words_of(document.sudo().attachment_id.raw))
            document.with_user(self.collector)._send_by_mail(self.debtor_partner, "Décompte", "<p>Bonjour</p>", MONDAY)
        self.assertEqual(document.mail_id.attachment_ids, document.attachment_id)

    def test_of_one_invoice_it_asks_for_the_reference_of_that_invoice(self):
        invoice = self.invoice(MONDAY - 60 * DAY, 1000, payment_reference="VIR 0042")
        self.invoice(MONDAY - 50 * DAY, 700)
        document = self.sent_decompte(invoice)
        text = words_of(document._pdf()[0])
        self.assertIn("Référence à rappeler VIR 0042", text)
        self.assertNotIn("700,00 €", text)
        with self.at(MONDAY):
            url = invoice.with_user(self.collector).action_print_decompte()["url"]
        printed = words_of(self.env["ir.attachment"].browse(int(url.split("/")[3].split("?")[0])).raw)
        self.assertIn("FR76 3000 6000 0112 3456 7890 189", printed)

    def test_the_debtor_does_not_read_what_the_house_has_still_to_confirm(self):
        invoice = self.invoice(MONDAY - 60 * DAY, 1000)
        document = self.sent_decompte(invoice, type_confirmed=False)
        self.assertNotIn("confirm", words_of(document._pdf()[0]))
        self.assertIn("1 000,00 €", words_of(document._pdf()[0]))

    def test_it_bears_the_code_of_the_transfer_where_letters_do(self):
        invoice = self.invoice(MONDAY - 60 * DAY, 1000)
        for letter_qr in (True, False):
            self.card()._followed_policy().letter_qr = letter_qr
            document = self.sent_decompte(invoice)
            self.assertEqual("data:image/png;base64," in document.body, letter_qr)

    def test_after_a_judgment_the_decompte_is_neither_drafted_nor_sent(self):
        invoice = self.invoice(MONDAY - 60 * DAY, 1000)
        document = self.sent_decompte(invoice)
        with self.at(MONDAY):
            self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": "liquidation", "judgment_on": MONDAY, "bodacc_on": MONDAY}
            )
            for ask in (lambda: self.sent_decompte(invoice), lambda: document._print_for_posting(MONDAY)):
                with self.assertRaisesRegex(UserError, "insolvency proceedings"):
                    ask()
