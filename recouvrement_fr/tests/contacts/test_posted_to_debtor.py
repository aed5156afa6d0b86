import io
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.contacts.recouvrement_contact_outcome import Terms
from ...rules.instalments import Instalment
from ...tools.pdf import PdfReader
from ..common import MONDAY, RecouvrementCommon
from ..paper import words_of

SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
STREETS = {"street": "Centre d’affaires des Trois Rivières, bâtiment Hippolyte-Lefèvre, escalier C, troisième étage"}
STREETS["street2"] = ", ".join([STREETS["street"]] * 6)


@tagged("post_install", "-at_install")
class TestPostedToDebtor(RecouvrementCommon):
    """What is printed to be posted can be: its address is whole, and stands in the window of the envelope."""

    def before_all(self):
        super().before_all()
        self.debt = self.invoice(MONDAY - timedelta(days=20), 900)
        self.contested = self.invoice(MONDAY - timedelta(days=20), 100)
        self.night(MONDAY)
        self.officer = self._somebody("posting_officer", "legal")

    def documents(self):
        """The protocol and the acknowledgement of a plan, and the commitment signed on the screen."""
        made = self.env["recouvrement.document"]
        with self.at(MONDAY):
            schedule = [Instalment(MONDAY + timedelta(days=15), Decimal(900))]
            plan = self.env["recouvrement.plan"]._make(self.card(), self.debt, schedule)
            for action in (plan.action_protocol(), plan.action_acknowledgement()):
                made |= made.browse(action["res_id"])
            terms = Terms(plan=plan, signature=SIGNATURE, signed_by="Mme Durand, gérante")
            contact = self.env["recouvrement.contact"]._log(self.card(), "visit", "plan", None, terms, on=MONDAY)
        self.env.invalidate_all()
        return (made | contact.document_id).with_user(self.officer)

    def answer(self):
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        with self.at(MONDAY):
            made = self.env["recouvrement.dispute"]._open(self.card(), self.contested, reason).action_letter()
        return self.env["recouvrement.document"].browse(made["res_id"]).with_user(self.officer)

    def post(self, document, on=MONDAY):
        with self.at(on):
            url = document._print_for_posting(on)["url"]
        return self.env["ir.attachment"].browse(int(url.split("/")[3].split("?")[0])).sudo().raw

    def pages(self, content):
        return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]

    def test_an_act_without_an_address_is_posted_under_a_page_that_bears_it(self):
        documents = self.documents()
        self.assertEqual(len(documents), 3)
        for document in documents:
            with self.subTest(document.title):
                posted = self.post(document)
                first, *others = self.pages(posted)
                for words in ("Menuiserie Durand", "2 rue du Débiteur", "75011 PARIS", document.title, document.name):
                    self.assertIn(words, first)
                self.assertNotIn("PROJET", first)
                act = self.pages(document.sudo().attachment_id.raw)
                self.assertEqual([page for page in others if page], act * document.copies)
                self.assertEqual(self.post(document), posted)  # the same paper, opened again
                self.assertEqual(document.handed_on, MONDAY)

    def test_a_letter_whose_address_is_not_whole_or_too_long_is_not_printed_to_be_posted(self):
        documents = self.documents() | self.answer()
        for values, words in (
            ({"zip": False, "city": False, "street": False}, "not complete"),
            (STREETS, "does not fit"),
        ):
            for document in documents:
                with self.subTest(f"{document.title}: {words}"), self.env.cr.savepoint() as savepoint:
                    state = document.state
                    self.debtor_partner.write(values)
                    with self.assertRaisesRegex(UserError, words):
                        self.post(document)
                    self.assertEqual((document.state, document.handed_on), (state, False))
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_a_letter_frozen_with_another_address_is_posted_under_a_page_that_bears_the_right_one(self):
        document = self.answer()
        self.debtor_partner.write({"zip": False, "city": False})
        with self.at(MONDAY):
            document.action_freeze()
        self.debtor_partner.write({"zip": "33000", "city": "Bordeaux"})
        first, *others = self.pages(self.post(document))
        self.assertIn("33000 BORDEAUX", first)
        self.assertTrue(others)
        right = self.answer()
        posted = self.post(right)
        self.assertEqual(posted, right.sudo().attachment_id.raw)
        self.assertIn("33000 BORDEAUX", self.pages(posted)[0])

    def test_two_clicks_at_once_make_the_letter_once(self):
        """Two transactions, as two clicks have: the second is told so, and makes nothing."""
        with self.registry.cursor() as maker:
            env = api.Environment(maker, SUPERUSER_ID, {"tracking_disable": True})
            company, partner = env.ref("base.main_company"), env["res.partner"].create({"name": "Two clicks"})
            card = env["recouvrement.debtor"]._card(company, partner)
            values = {"title": "Protocole", "template": "recouvrement_fr.document_protocol", "date": MONDAY}
            document = env["recouvrement.document"].create(
                {**values, "debtor_id": card.id, "company_id": company.id, "name": "TWO-CLICKS"}
            )
            made = {"recouvrement_document": document.id, "recouvrement_debtor": card.id, "res_partner": partner.id}
            maker.commit()  # so that another transaction sees it; taken away again below
        self.addCleanup(self._forget, made)
        letter_made = patch.object(type(document), "_as_posted", side_effect=AssertionError("made twice"))
        may_leave = patch.object(type(document), "_check_may_leave")
        with self.registry.cursor() as first, self.registry.cursor() as second, letter_made, may_leave:
            ones, others = (
                api.Environment(cr, SUPERUSER_ID, {})["recouvrement.document"].browse(document.id)
                for cr in (first, second)
            )
            ones._lock_alone()
            for ask in (lambda: others._print_for_posting(MONDAY), others._lock_alone):
                with self.assertRaisesRegex(UserError, "TWO-CLICKS.* is being prepared by another click"):
                    ask()
            first.rollback()
            others._lock_alone()  # free again
            second.rollback()

    def _forget(self, made):
        with self.registry.cursor() as cr:
            for table, record_id in made.items():
                cr.execute(SQL("DELETE FROM %s WHERE id = %s", SQL.identifier(table), record_id))
            cr.commit()

    def test_a_statement_to_be_posted_needs_an_address_and_one_handed_over_does_not(self):
        self.debtor_partner.write({"zip": False, "city": False})
        self.env.invalidate_all()
        with self.at(MONDAY):
            dialog = self.env["recouvrement.statement.wizard"].create({"debtor_ids": self.card().ids, "how": "letter"})
            self.assertIn("not complete", dialog.refused)
            with self.assertRaisesRegex(UserError, "not complete"):
                dialog.action_give()
            self.assertFalse(self.card().statement_ids)
            dialog.how = "pdf"
            self.assertFalse(dialog.refused)
            dialog.action_give()
            self.debtor_partner.write({"zip": "33000", "city": "Bordeaux"})
            dialog.how = "letter"
            dialog.action_give()
        self.assertIn("33000 BORDEAUX", words_of(self.card().statement_ids.sorted("id")[-1:].sudo().attachment_id.raw))
        self.assertEqual(len(self.card().statement_ids), 2)

    def test_of_several_statements_to_be_posted_those_without_an_address_are_left_out(self):
        other = self._partner("Serrurerie Blin", zip=False)
        self.invoice(MONDAY - timedelta(days=20), 100, partner=other)
        self.night(MONDAY + timedelta(days=1))
        cards = self.card() | self.card(other)
        with self.at(MONDAY):
            dialog = self.env["recouvrement.statement.wizard"].create({"debtor_ids": cards.ids, "how": "letter"})
            self.assertIn("Serrurerie Blin", dialog.refused)
            self.assertNotIn("Durand", dialog.refused)
            dialog.action_give()
        self.assertEqual(len(self.card().statement_ids), 1)
        self.assertFalse(self.card(other).statement_ids)
        self.assertIn("75011 PARIS", words_of(self.card().statement_ids.sudo().attachment_id.raw))
