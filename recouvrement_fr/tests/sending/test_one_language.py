import io
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from pypdf import PdfReader

from odoo.tests import tagged
from odoo.tools.translate import code_translations

from ...rules.instalments import Instalment
from ..clock import today
from ..common import MONDAY
from .dispatch_common import DispatchCommon

GERMAN = ("Januar", "Februar", "März", "April", "Dezember", "02.03.2026", "1.000,00", "€ 1")


@tagged("post_install", "-at_install")
class TestOneLanguage(DispatchCommon):
    """A debtor whose language is installed, but not ours: one language throughout all that he is sent."""

    def setUp(self):
        super().setUp()
        for code in ("de_DE", "en_US"):
            self.env["res.lang"]._activate_lang(code)
        self.debtor_partner.write({"country_id": self.env.ref("base.de").id, "lang": "de_DE"})

    def translated(self):
        """German as complete as French is."""
        french = code_translations.get_python_translations("recouvrement_fr", "fr_FR")
        return patch.dict(code_translations.python_translations, {("recouvrement_fr", "de_DE"): french})

    def test_a_letter_to_germany_is_english_in_its_words_dates_and_amounts(self):
        _invoice, reminder = self.on_paper()
        self.assertEqual((reminder.lang, reminder.figures["lang"]), ("en_US", "en_US"))
        pdf = PdfReader(io.BytesIO(reminder.dispatch_ids.attachment_id.raw))
        text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
        self.assertIn("March 2, 2026", text)
        self.assertIn("€1,000.00", text)
        for word in GERMAN:
            self.assertNotIn(word, text)

    def test_an_email_to_germany_writes_amounts_as_its_words(self):
        self.reminded()
        self.dispatch(MONDAY)
        [(_recipients, html)] = self.server.messages
        self.assertIn("€1,000.00", html)

    def test_the_language_is_his_once_our_terms_are_translated_in_it(self):
        with self.translated():
            _invoice, reminder = self.reminded()
        self.assertEqual(reminder.lang, "de_DE")

    def test_without_english_french_is_the_whole_of_it(self):
        spoken = self.env["res.lang"]._recouvrement_spoken
        chosen = {"de_DE": "en_US", "en_US": "en_US", "fr_BE": "fr_BE", False: "fr_FR"}
        self.assertEqual({code: spoken(code) for code in chosen}, chosen)
        self.env.cr.execute("UPDATE res_lang SET active = FALSE WHERE code LIKE 'en%'")
        self.env.registry.clear_cache("stable")
        self.env.registry.clear_cache()
        self.assertEqual(spoken("de_DE"), "fr_FR")

    def test_e_mails_by_template_statements_and_scripts_follow_the_same_choice(self):
        invoice = self.invoice(MONDAY - timedelta(days=3))
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        payload = self.env["recouvrement.letter"]._statement_payload(card, [], MONDAY)
        self.assertEqual(payload["lang"], "en_US")
        with self.at(MONDAY):
            promise = (
                self.env["recouvrement.promise"]
                .sudo()
                ._make(card, invoice, 100, MONDAY + timedelta(days=5), on=today())
            )
        template = self.env.ref("recouvrement_fr.mail_template_promise")
        self.assertEqual(template._render_lang(promise.ids), {promise.id: "en_US"})

    def test_plans_thanks_and_requests_for_a_proof_follow_the_same_choice(self):
        self.policy.thanks = True
        invoice, reminder = self.reminded()
        self.mark_sent(reminder, MONDAY)
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        schedule = [Instalment(MONDAY + timedelta(days=days), Decimal(500)) for days in (30, 60)]
        with self.at(MONDAY):
            plan = self.env["recouvrement.plan"]._make(card, invoice, schedule)
            for name, record in (("plan_instalment", plan.instalment_ids[0]), ("proof", card)):
                template = self.env.ref(f"recouvrement_fr.mail_template_{name}")
                self.assertEqual(template._render_lang(record.ids), {record.id: "en_US"}, name)
        self.pay(invoice, on=MONDAY)
        self.night(MONDAY + timedelta(days=1))
        with self.at(MONDAY + timedelta(days=1), 4):
            self.env["recouvrement.thanks"].sudo()._follow_up(MONDAY + timedelta(days=1))  # as the scheduler
        self.assertEqual(self.env["recouvrement.thanks"].search([("debtor_id", "=", card.id)]).lang, "en_US")

    def test_a_contact_named_meanwhile_is_written_to_in_the_language_chosen_for_him(self):
        _invoice, reminder = self.reminded()
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        card.dunning_contact_id = self._partner(
            "Buchhaltung",
            email="b@durand.example",
            parent_id=self.debtor_partner.id,
            is_company=False,
            lang="de_DE",
            country_id=self.env.ref("base.de").id,
        )
        reminder.sudo()._follow_dunning_contact()
        self.assertEqual((reminder.addressee_id, reminder.lang), (card.dunning_contact_id, "en_US"))
