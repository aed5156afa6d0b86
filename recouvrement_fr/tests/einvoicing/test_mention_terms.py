from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged

from odoo.addons.recouvrement_fr.models.decision.invoice_evidence import InvoiceEvidence
from odoo.addons.recouvrement_fr.models.einvoicing import recouvrement_invoice_mention_reading as reading

from ..common import MONDAY, RecouvrementCommon
from .test_invoice_mention_reading import NONE, RIGHT, cii, ubl

DUE = MONDAY - timedelta(days=20)
FIFTY = "Indemnité forfaitaire pour frais de recouvrement : 50 €."
TWO = "Escompte de 2 % pour paiement sous 8 jours."
TRIPLE = "Pénalités de retard : 3 fois le taux légal (8,25 %)."


class MentionCommon(RecouvrementCommon):
    def noted(self, invoice):
        rows = self.env["recouvrement.invoice.mention"].with_context(active_test=False)
        return rows.search([("move_id", "in", invoice.ids)])

    def attach(self, invoice, data, **values):
        kept = {"name": "facture.xml", "raw": data, "mimetype": "application/xml", "res_model": "account.move"}
        file = self.env["ir.attachment"].create({**kept, "res_id": invoice.id, **values})
        invoice.invalidate_recordset()
        return file

    def read(self):
        with self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_mentions").method_direct_trigger()
        self.env.invalidate_all()

    def waiting(self):
        return self.env["recouvrement.invoice.mention"].sudo()._waiting_ids(0)

    def discount(self, percent=2, days=8):
        return self.env["account.payment.term"].create(
            {
                "name": "Escompte",
                "early_discount": True,
                "discount_percentage": percent,
                "discount_days": days,
                "line_ids": [(0, 0, {"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )


@tagged("post_install", "-at_install")
class TestMentionTerms(MentionCommon):
    """The indemnity (PMT) and the discount (AAB) that an invoice says are compared with what is claimed."""

    def told(self, invoice):
        """The warning of the invoice, that of its check, and its row of the report."""
        invoice.invalidate_recordset()
        evidence = InvoiceEvidence(self.env, self.company, invoice, MONDAY).of("mention_agrees")[invoice.id]
        self.assertEqual(evidence.text, invoice.mention_warning or "")
        self.assertEqual(evidence.met, not invoice.mention_warning)
        return self.noted(invoice)

    def test_another_indemnity_is_read_shown_and_warned_of(self):
        invoice = self.invoice(DUE, 1000, narration=f"<p>{RIGHT} {FIFTY} {NONE}</p>")
        noted = self.told(invoice)
        self.assertEqual((noted.state, noted.told), ("contradicts", FIFTY))
        self.assertEqual((noted.other_rate, noted.other_indemnity, noted.other_discount), (False, True, False))
        self.assertFalse(noted.lacks_indemnity, "It says one.")
        self.assertIn(FIFTY, invoice.mention_warning)
        self.assertIn("40.00", invoice.mention_warning.replace(",", "."))
        self.night(MONDAY)
        self.assertIn(FIFTY, self.reminders().mention_warning)
        with self.at(MONDAY):
            [block] = self.env["recouvrement.decompte"]._of_moves(invoice, MONDAY)
        self.assertIn(FIFTY, " ".join(block["notes"]))

    def test_the_indemnity_of_its_electronic_form_binds_as_well(self):
        invoice = self.invoice(DUE, 1000)
        self.attach(invoice, cii(("PMD", RIGHT), ("PMT", "50 EUR"), ("AAB", NONE)))
        noted = self.told(invoice)
        self.assertEqual((noted.state, noted.told), ("contradicts", "PMT: 50 EUR"))
        self.assertTrue(noted.other_indemnity)

    def test_a_discount_that_the_terms_do_not_give_contradicts(self):
        invoice = self.invoice(DUE, 1000)
        self.attach(invoice, ubl(f"#PMD#{RIGHT}", "#PMT#40 euros", f"#AAB#{TWO}"))
        noted = self.told(invoice)
        self.assertEqual((noted.state, noted.other_discount, noted.other_rate), ("contradicts", True, False))
        self.assertIn(TWO, invoice.mention_warning)
        self.assertIn("No discount for early payment.", invoice.mention_warning)

    def test_no_discount_said_where_the_terms_give_one_contradicts_and_the_same_agrees(self):
        term = self.discount()
        for words, state in (
            (NONE, "contradicts"),
            (TWO, "right"),
            (TWO.replace("8 jours", "15 jours"), "contradicts"),
        ):
            invoice = self.invoice(DUE, 1000)
            self.env.cr.execute(
                "UPDATE account_move SET invoice_payment_term_id = %s WHERE id = %s", [term.id, invoice.id]
            )
            invoice.invalidate_recordset()
            self.attach(invoice, cii(("PMD", RIGHT), ("PMT", "40 €"), ("AAB", words)))
            self.assertEqual(self.told(invoice).state, state, words)

    def test_three_times_the_legal_rate_is_not_the_figure_in_brackets(self):
        invoice = self.invoice(DUE, 1000, narration=f"<p>{TRIPLE}</p>")
        self.env["recouvrement.interest.clause"].create(
            {"company_id": self.company.id, "source": "CGV", "date_from": "2020-01-01", "rate": 8.25}
        )
        self.assertTrue(self.told(invoice) and invoice.mention_warning, "8.25 % is its result, today's alone.")

    def test_all_that_contradicts_is_said_at_once(self):
        invoice = self.invoice(DUE, 1000, narration=f"<p>Pénalités de retard : 5 % l’an. {FIFTY} {TWO}</p>")
        noted = self.told(invoice)
        self.assertEqual((noted.other_rate, noted.other_indemnity, noted.other_discount), (True, True, True))
        self.assertEqual(len(noted.told.splitlines()), 3)

    def test_a_consumer_is_owed_none_of_it(self):
        person = self._partner("Jeanne Petit", is_company=False, company_registry=False)
        invoice = self.invoice(DUE, 100, partner=person, narration=f"<p>{FIFTY} {TWO}</p>")
        self.assertFalse(invoice.mention_warning)


@tagged("post_install", "-at_install")
class TestMentionReadOnce(MentionCommon):
    """Each invoice is read once per version of what it says."""

    def setUp(self):
        super().setUp()
        self.person = self._partner("Jeanne Petit", is_company=False, company_registry=False)

    def before(self, *args, **values):
        self.company.recouvrement_active = False
        invoice = self.invoice(*args, **values)
        self.company.recouvrement_active = True
        return invoice

    def test_the_invoice_of_an_unconfirmed_consumer_is_read_once(self):
        invoice = self.before(DUE, 100, partner=self.person)
        card = self.env["recouvrement.debtor"]._card(self.company, self.person)
        card.write({"type_confirmed": False})
        self.assertIn(invoice.id, self.waiting())
        self.read()
        self.assertNotIn(invoice.id, self.waiting(), "Not again every day.")
        self.assertFalse(self.env["recouvrement.invoice.mention"].search([("move_id", "=", invoice.id)]))
        card.write({"debtor_type": "professional", "type_confirmed": True})
        self.assertIn(invoice.id, self.waiting(), "It is another reading now.")
        self.read()
        noted = self.noted(invoice)
        self.assertEqual((noted.active, noted.state, noted.lacks_rate), (True, "missing", True))
        self.assertNotIn(invoice.id, self.waiting())

    def test_words_changed_since_are_read_again_once(self):
        invoice = self.invoice(DUE, 1000, narration=f"<p>{RIGHT} {FIFTY} {NONE}</p>")
        self.assertNotIn(invoice.id, self.waiting())
        invoice.narration = f"<p>{RIGHT} {FIFTY.replace('50', '40')} {NONE}</p>"
        self.assertIn(invoice.id, self.waiting())
        self.read()
        self.assertEqual((self.noted(invoice).state, self.noted(invoice).read_late), ("right", False))
        self.assertNotIn(invoice.id, self.waiting())

    def test_a_clause_entered_since_mends_the_report_and_the_electronic_form_stays_read(self):
        invoice = self.invoice(DUE, 1000)
        self.attach(invoice, cii(("PMD", "Pénalités de retard : 12 % l’an"), ("PMT", "40 €"), ("AAB", NONE)))
        self.assertEqual(self.noted(invoice).state, "contradicts")
        self.env["recouvrement.interest.clause"].create(
            {"company_id": self.company.id, "source": "CGV", "date_from": "2020-01-01", "rate": 12}
        )
        self.assertIn(invoice.id, self.waiting())
        with patch.object(
            type(self.env["ir.attachment"]), "_invoice_notes", side_effect=AssertionError("opened again")
        ):
            self.read()
        self.assertEqual((self.noted(invoice).state, self.noted(invoice).claimed_rate), ("right", 12))
        self.assertNotIn(invoice.id, self.waiting())

    def test_a_page_that_fails_is_told_in_the_log_and_the_others_are_read(self):
        one, two = self.before(DUE, 100), self.before(DUE, 200)
        mentions = self.env["recouvrement.invoice.mention"].sudo()
        original = type(mentions)._note

        def fails(mention, some):
            if one in some:
                raise ValueError("damaged")
            return original(mention, some)

        self.patch(type(mentions), "_note", fails)
        with self.assertLogs(reading.__name__, "ERROR") as log:
            self.read()
        self.assertEqual(len(log.output), 2, "The page, then the one.")
        self.assertIn(two.name, log.output[0])
        self.assertTrue(self.noted(two))
        self.assertFalse(self.noted(one))

    def test_another_transaction_in_the_way_is_tried_again_at_once(self):
        invoice = self.before(DUE, 100)
        mentions = self.env["recouvrement.invoice.mention"].sudo()
        original, tries = type(mentions)._note, []

        def disturbed(mention, some):
            tries.append(some)
            if len(tries) == 1:
                raise SerializationFailure("could not serialize access")
            return original(mention, some)

        self.patch(type(mentions), "_note", disturbed)
        self.read()
        self.assertEqual(len(tries), 2)
        self.assertTrue(self.noted(invoice))
