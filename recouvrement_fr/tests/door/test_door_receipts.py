import re
from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.door.recouvrement_door import DoorWay
from ..bank import BankEntries
from .door_common import DoorCommon


@tagged("post_install", "-at_install")
class TestDoorReceipts(BankEntries, DoorCommon):
    """A receipt of what was paid, however it was paid, once it is set against the invoices; never before."""

    def receipts(self):
        """What the page lists: [(identity, text)]."""
        page = self.get().text
        found = re.findall(
            r'<p class="first"><span><span>(?:Payment of|Paiement du)</span>(.*?)</p>\s*<form[^>]+' r'/receipt/(\d+)"',
            page,
            re.DOTALL,
        )
        return [(int(number), " ".join(re.sub(r"<[^>]+>", " ", text).split())) for text, number in found]

    def receipt(self, entry, status=200, **kwargs):
        """The document of the receipt that the page gives; its words as they are printed."""
        answer = self.post(f"/receipt/{entry.id}", **kwargs)
        self.assertEqual(answer.status_code, status)
        if status != 200:
            return None
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertTrue(answer.content.startswith(b"%PDF"))
        document = self.documents()[:1]
        self.assertEqual((document.state, document.attachment_id.raw), ("frozen", answer.content))
        return document

    def documents(self):
        return self.env["recouvrement.document"].search([("debtor_id", "=", self.debtor.id)], order="id desc")

    def words(self, document):
        text = re.sub(r"<[^>]+>", " ", str(document.body).replace("&nbsp;", " "))
        return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())

    def pay_together(self, invoices, on):
        """One payment of several invoices, through core's own dialog."""
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        return register.create({"payment_date": on, "group_payment": True})._create_payments()

    def bank_line(self, amount, on, reference):
        """A line of the bank's own statement, not set against anything."""
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": on,
                "payment_ref": reference,
                "partner_id": self.debtor_partner.id,
                "amount": amount,
            }
        )

    def test_what_was_paid_at_a_till_is_told_so(self):
        self.company.account_default_pos_receivable_account_id = self.env["account.account"].create(
            {"code": "411900", "name": "Clients (caisse)", "account_type": "asset_receivable", "reconcile": True}
        )
        entry = self.at_the_till(self.late(), 1000, date(2026, 11, 20))
        self.assertEqual([number for number, _text in self.receipts()], [entry.id])
        words = self.words(self.receipt(entry))
        self.assertIn("1 000,00 €", words)
        self.assertIn("le 20 novembre 2026, à notre caisse", words)

    def reconcile(self, line, invoices):
        """What the widget of the bank does: the suspense line becomes the debtor's, set against the invoices."""
        receivable = invoices.line_ids.filtered(lambda one: one.account_type == "asset_receivable")
        _liquidity, suspense, _others = line._seek_for_lines()
        suspense.write({"account_id": receivable.account_id[:1].id, "partner_id": self.debtor_partner.id})
        (suspense | receivable).reconcile()

    def test_a_payment_registered_by_hand_has_its_receipt(self):
        first, second = self.late(), self.late(250.5, days=2)
        payment = self.pay_together(first | second, date(2026, 11, 20))
        ((number, text),) = self.receipts()
        self.assertEqual(number, payment.move_id.id)
        self.assertIn("20/11/2026", text)
        document = self.receipt(payment.move_id)
        words = self.words(document)
        self.assertEqual(
            (document.title, document.res_model, document.res_id), ("Quittance", "account.payment", payment.id)
        )
        self.assertIn("1 250,50 € (mille deux cent cinquante euros et cinquante centimes)", words)
        self.assertIn("le 20 novembre 2026, sur notre compte bancaire", words)
        self.assertNotIn(payment.name, words)
        for invoice, share in ((first, "1 000,00 €"), (second, "250,50 €")):
            self.assertRegex(words, rf"{re.escape(invoice.name)}.*{share} – {share} 0,00 €")
        self.assertIn("Ces factures sont soldées : quittance en est donnée", words)
        self.assertNotIn("pénalités", words)
        self.assertRegex(words, r"Fait à .+, le \d{1,2}(er)? \w+ 20\d\d\.")

    def test_a_bank_line_has_none_until_it_is_set_against_an_invoice(self):
        invoice = self.late()
        line = self.bank_line(1000, date(2026, 11, 20), "VIR DURAND")
        self.assertFalse(self.receipts())
        self.receipt(line.move_id, 404)
        self.reconcile(line, invoice)
        self.assertEqual([number for number, _text in self.receipts()], line.move_id.ids)
        words = self.words(self.receipt(line.move_id))
        self.assertIn("VIR DURAND", words)
        self.assertIn("Cette facture est soldée : quittance en est donnée.", words)
        self.assertNotIn("sous réserve", words)

    def test_a_cheque_that_the_bank_credited_is_received_under_reserve_for_eight_weeks(self):
        line = self.bank_line(1000, self.today - timedelta(days=10), "REM CHQ 0012345")
        self.reconcile(line, self.late())
        first = self.receipt(line.move_id)
        self.assertIn("quittance en est donnée, sous réserve de l’encaissement définitif.", self.words(first))
        with self.at(self.today + timedelta(days=47)):  # 57 days after it was credited
            later = self.env["recouvrement.debtor"].browse(self.debtor.id).action_receipt()["res_id"]
        self.assertNotEqual(later, first.id)
        self.assertNotIn("sous réserve de l’encaissement", self.words(self.documents().browse(later)))

    def test_money_on_account_has_none(self):
        self.late()
        payment = self.on_account(400, self.today)
        self.assertFalse(self.receipts())
        self.receipt(payment.move_id, 404)

    def test_a_part_is_received_and_what_remains_is_said(self):
        invoice = self.late()
        self.late(100, days=3, move_type="out_refund", reversed_entry_id=invoice.id)
        first = self.pay(invoice, 400)
        document = self.receipt(first.move_id)
        self.assertEqual(document.title, "Reçu de paiement")
        self.assertRegex(self.words(document), rf"{re.escape(invoice.name)}.* 1 000,00 € 100,00 € 400,00 € 500,00 €")
        self.assertIn("vaut quittance à hauteur de la somme imputée", self.words(document))
        self.assertNotIn("soldée", self.words(document))
        second = self.pay(invoice, 500)
        words = self.words(self.receipt(second.move_id))
        self.assertRegex(words, r"1 000,00 € 500,00 € 500,00 € 0,00 €")
        self.assertIn("Cette facture est soldée", words)

    def test_what_is_not_set_against_anything_stays_to_the_credit(self):
        invoice = self.late()
        payment = self.on_account(1200, self.today)
        lines = (payment.move_id | invoice).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        document = self.receipt(payment.move_id)
        self.assertEqual(document.title, "Reçu de paiement")
        self.assertIn("1 200,00 €", self.words(document))
        self.assertIn("Une somme de 200,00 € n’est encore imputée sur aucune facture", self.words(document))

    def test_it_is_kept_once_and_made_again_only_when_it_says_something_else(self):
        invoice = self.late()
        payment = self.pay(invoice, 400)
        first = self.receipt(payment.move_id)
        self.assertEqual(self.receipt(payment.move_id), first)
        self.assertEqual(self.events("document").note, first.display_name)
        self.pay(invoice, 600)
        second = self.receipt(payment.move_id)
        self.assertNotEqual(second, first)
        self.assertEqual((first.state, second.title), ("frozen", "Quittance"))

    def test_a_returned_payment_has_none_any_more(self):
        invoice = self.late()
        payment = self.pay(invoice)
        self.receipt(payment.move_id)
        invoice.line_ids.remove_move_reconcile()
        self.assertFalse(self.receipts())
        self.receipt(payment.move_id, 404)

    def test_what_stands_in_doubtful_receivables_is_not_paid(self):
        """Odoo closes the invoice by the transfer to 416: a receipt says what is still owed of it."""
        invoice = self.late()
        payment = self.pay(invoice, 400)
        doubtful = self.env["recouvrement.doubtful"]._transfer(self.debtor, invoice, "Chèque revenu impayé.")
        doubtful.entry_ids.action_post()
        self.assertEqual(invoice.amount_residual, 0)
        document = self.receipt(payment.move_id)
        self.assertEqual(document.title, "Reçu de paiement")
        self.assertRegex(self.words(document), r"1 000,00 € – 400,00 € 600,00 €")

    def test_a_loss_that_closed_an_invoice_is_no_payment(self):
        """An entry that touches no bank has no receipt."""
        invoice = self.late()
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {"account_id": receivable.account_id.id, "credit": 1000, "partner_id": self.debtor_partner.id}
                    ),
                    Command.create({"account_id": self.company_data["default_account_expense"].id, "debit": 1000}),
                ],
            }
        )
        entry.action_post()
        (entry.line_ids[0] | receivable).reconcile()
        self.assertFalse(self.receipts())
        self.receipt(entry, 404)

    def test_the_receipt_of_another_debtor_is_not_there(self):
        other = self._partner("Another debtor")
        payment = self.pay(self.late(partner=other))
        self.receipt(payment.move_id, 404)
        self.receipt(
            self.pay(self.late()).move_id,
            404,
            token=self.link(self.env["recouvrement.debtor"]._card(self.company, other)),
        )
        self.assertFalse(self.documents())

    def test_invoices_of_another_debtor_that_the_same_money_paid_are_not_named(self):
        """One bank line for two customers: each has a receipt of its own part, and reads nothing of the other's."""
        other = self._partner("Another debtor")
        mine, theirs = self.late(300), self.late(700, partner=other)
        receivable = mine.line_ids.filtered(lambda line: line.account_type == "asset_receivable").account_id
        bank = self.company_data["default_journal_bank"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": bank.id,
                "line_ids": [
                    Command.create({"account_id": bank.default_account_id.id, "debit": 1000}),
                    Command.create({"account_id": receivable.id, "credit": 300, "partner_id": self.debtor_partner.id}),
                    Command.create({"account_id": receivable.id, "credit": 700, "partner_id": other.id}),
                ],
            }
        )
        entry.action_post()
        for invoice, amount in ((mine, 300), (theirs, 700)):
            lines = (entry | invoice).line_ids.filtered(
                lambda line, amount=amount: line.account_id == receivable and abs(line.balance) == amount
            )
            lines.reconcile()
        words = self.words(self.receipt(entry))
        self.assertIn("la somme de 300,00 €", words)
        self.assertNotIn(theirs.name, words)
        self.assertNotIn("700,00", words)

    def test_penalties_paid_are_on_it_and_those_left_are_reserved(self):
        invoice = self.late()
        penalty = {
            "company_id": self.company.id,
            "debtor_id": self.debtor.id,
            "move_id": invoice.id,
            "date_due": invoice.invoice_date_due,
            "currency_id": invoice.currency_id.id,
        }
        accessories = self.env["recouvrement.accessory"].sudo()
        indemnity = accessories.create({**penalty, "kind": "indemnity", "amount": 40, "claimed_on": self.today})
        words = self.words(self.receipt(self.pay(invoice, 400).move_id))
        self.assertIn("sous réserve des pénalités de retard et de l’indemnité de recouvrement", words)
        self.assertIn("dont 40,00 € déjà demandés", words)
        note = self.invoice(self.today, 40)
        indemnity.penalty_move_id = note
        payment = self.pay(note)
        self.assertEqual(indemnity.state, "paid")
        words = self.words(self.receipt(payment.move_id))
        self.assertIn(f"{note.name} indemnité de recouvrement (facture {invoice.name})", words)
        self.assertIn("40,00 € – 40,00 € 0,00 €", words)
        self.assertNotIn("sous réserve des pénalités", words)

    def test_nothing_is_handed_over_from_a_neutralized_copy(self):
        payment = self.pay(self.late())
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", "True")
        self.receipt(payment.move_id, 404)
        self.assertFalse(self.documents())

    def test_a_collector_makes_the_receipt_of_the_last_payment_from_the_card(self):
        collector = self._somebody("receipt_collector")
        card = self.debtor.with_user(collector)
        with self.assertRaises(UserError):
            card.action_receipt()
        invoice = self.late()
        self.pay(invoice, 300)
        last = self.pay(invoice, 700)
        action = card.action_receipt()
        document = self.env["recouvrement.document"].browse(action["res_id"])
        self.assertEqual((document.state, document.res_id, document.title), ("frozen", last.id, "Quittance"))
        self.assertEqual(card.action_receipt()["res_id"], document.id)
        self.assertEqual(self.receipt(last.move_id), document)
        self.assertFalse(self.events("document"), "it was there: nothing was made")

    def test_many_payments_are_listed_in_as_many_queries(self):
        invoice = self.late(5000)
        self.pay(invoice, 10)
        door = self.env["recouvrement.door.receipt"]
        way = DoorWay(self.debtor, "/rc/x")

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = door._receipts(way.debtor)
            return len(found), self.env.cr.sql_log_count - before

        count()  # the currency and the language are known from then on
        one = count()
        for amount in range(11, 20):
            self.pay(invoice, amount)
        many = count()
        self.assertEqual((one[0], many[0]), (1, 10))
        self.assertEqual(one[1], many[1])
