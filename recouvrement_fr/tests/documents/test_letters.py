import io
import json
import re
from datetime import timedelta
from unittest.mock import patch

from markupsafe import Markup
from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.recouvrement_fr.models.documents import letter_address
from odoo.addons.recouvrement_fr.tools import letter_pdf

from .letters_common import ON, LettersCommon


@tagged("post_install", "-at_install")
class TestLetters(LettersCommon):
    # --- what is said ------------------------------------------------------------------------------------------------

    def test_courteous_letter_shows_what_is_due_and_no_law(self):
        debtor = self.sample_debtor()
        payload = self.payload(
            "professional_1", debtor, self.sample_invoice(debtor), interest=16.78, indemnity=40, paid=234.56
        )
        page = self.page(payload)
        for text in ("1 234,56 €", "234,56 €", "1 000,00 €", "30 novembre 2026", "FR76 3000 6000", "69003 LYON"):
            self.assertIn(text, page)
        self.assertIn("mille euros", page)
        self.assertIn("SARL", payload["company"]["mentions"][0])
        self.assertIn("RCS Lyon 552 100 554", payload["company"]["mentions"][1].replace("\u00a0", " "))
        for text in ("L441-10", "40,00 €", "16,78"):
            self.assertNotIn(text, page)

    def test_firm_letter_shows_accessories_without_claiming_them(self):
        debtor = self.sample_debtor()
        payload = self.payload("professional_2", debtor, self.sample_invoice(debtor), interest=16.78, indemnity=40)
        page = self.page(payload)
        for text in ("L441-10", "D441-5", "16,78 €", "40,00 €", "12,40 %"):
            self.assertIn(text, page)
        self.assertEqual(payload["blocks"][0]["total_value"], 1234.56)

    def test_without_interest_the_letter_speaks_of_the_indemnity_alone(self):
        debtor = self.sample_debtor()
        payload = self.payload("professional_3", debtor, self.sample_invoice(debtor), interest=0, indemnity=40)
        said = " ".join(payload["legal"])
        self.assertIn("D441-5", said)
        self.assertNotIn("L441-10", said)
        self.assertEqual(payload["blocks"][0]["total_value"], 1274.56)

    def test_a_dinar_is_written_with_its_three_decimals(self):
        dinar = self.env.ref("base.TND")
        dinar.write({"active": True, "rounding": 0.001})
        debtor = self.sample_debtor()
        invoice = self.sample_invoice(debtor, 1234.567, currency=dinar)
        block = self.payload("professional_1", debtor, invoice)["blocks"][0]
        self.assertIn("1\u00a0234,567", block["total"].replace("\u202f", "\u00a0"))

    def test_last_reminder_claims_accessories_in_its_total(self):
        debtor = self.sample_debtor()
        payload = self.payload("professional_3", debtor, self.sample_invoice(debtor), interest=16.78, indemnity=40)
        self.assertEqual(payload["blocks"][0]["total_value"], 1291.34)
        page = self.page(payload)
        self.assertIn("1 291,34 €", page)
        self.assertIn("mille deux cent quatre-vingt-onze euros et trente-quatre centimes", page)
        self.assertIn("C.com L441-10 II", page, "The tranches are appended.")

    def test_indemnity_is_claimed_once_for_an_invoice_in_two_instalments(self):
        debtor = self.sample_debtor()
        invoice = self.sample_invoice(debtor, 500)
        reminder, detail = self.sample_reminder("professional_3", debtor, invoice, interest=1, indemnity=40)
        reminder.line_ids.copy({"date_due": ON - timedelta(days=10)})
        block = self.letters._payloads(reminder, {reminder.id: detail})[reminder.id]["blocks"][0]
        self.assertEqual((block["indemnity_count"], block["total_value"]), (1, 1042.0))

    def test_formal_notice_orders_to_pay_within_days_of_receipt(self):
        debtor = self.sample_debtor()
        payload = self.payload(
            "professional_formal_notice", debtor, self.sample_invoice(debtor), interest=16.78, indemnity=40
        )
        page = self.page(payload)
        self.assertIn("1 291,34", payload["order"].replace("\u00a0", " "))
        self.assertRegex(payload["order"], r"\b8\b")
        for text in ("1344", "1344-1", "1231-6", "L511-1", "0,42 €"):
            self.assertIn(text, page)
        self.assertTrue(payload["registered"])

    def test_consumer_is_never_asked_for_the_indemnity(self):
        debtor = self.sample_debtor("consumer", is_company=False)
        invoice = self.sample_invoice(debtor, 486.20)
        for level in ("consumer_1", "consumer_2", "consumer_formal_notice"):
            accessories = {"accessories": "claimed"}
            payload = self.payload(level, debtor, invoice, indemnity=40, level_values=accessories)
            page = self.page(payload)
            self.assertNotIn("L441-10", page)
            self.assertNotIn("40,00", page)
            self.assertNotIn("L511-1", page)
            self.assertEqual(payload["blocks"][0]["total_value"], 486.20)
        self.assertIn("1231-6", page)

    def test_unconfirmed_debtor_is_asked_no_penalty(self):
        debtor = self.sample_debtor(confirmed=False)
        payload = self.payload(
            "professional_formal_notice", debtor, self.sample_invoice(debtor), interest=16.78, indemnity=40
        )
        self.assertEqual(payload["blocks"][0]["total_value"], 1234.56)
        self.assertNotIn("L441-10", self.page(payload))

    def test_public_body_is_not_threatened_with_a_seizure(self):
        debtor = self.sample_debtor("public")
        payload = self.payload("public_formal_notice", debtor, self.sample_invoice(debtor), interest=9.5, indemnity=40)
        page = self.page(payload).lower()
        for text in ("l2192-10", "r2192-31", "d2192-35"):
            self.assertIn(text, page)
        for text in ("saisie", "seizure", "attachment", "l511-1", "l441-10", "injonction"):
            self.assertNotIn(text, page)

    def test_two_currencies_have_their_own_totals_and_the_indemnity_is_in_euros(self):
        debtor = self.sample_debtor()
        dollar = self.env.ref("base.USD")
        dollar.active = True
        invoices = self.sample_invoice(debtor, 100) | self.sample_invoice(debtor, 200, currency=dollar)
        payload = self.payload("professional_3", debtor, invoices, interest=1, indemnity=40)
        totals = {block["currency"]: block["total_value"] for block in payload["blocks"]}
        self.assertEqual(totals, {"EUR": 181.0, "USD": 201.0})
        self.assertIn("$US", self.page(payload))

    def test_credits_are_shown_and_deducted_once(self):
        debtor = self.sample_debtor()
        reminder, detail = self.sample_reminder("professional_1", debtor, self.sample_invoice(debtor, 500), paid=120)
        detail["credits"] = [
            {
                "number": "AV/2026/0007",
                "date": "2026-10-02",
                "currency_id": self.company.currency_id.id,
                "amount": 120,
            }
        ]
        payload = self.letters._payloads(reminder, {reminder.id: detail})[reminder.id]
        self.assertIn("AV/2026/0007", self.page(payload))
        self.assertEqual(payload["blocks"][0]["total_value"], 380.0)

    def test_payload_is_plain_json_and_its_texts_are_escaped(self):
        debtor = self.sample_debtor(name="Dupond & <b>Fils</b>")
        payload = self.payload("professional_1", debtor, self.sample_invoice(debtor))
        self.assertEqual(json.loads(json.dumps(payload)), payload)
        html = self.letters._render_html([payload])[0]
        self.assertIn("Dupond &amp; &lt;b&gt;Fils", html)
        self.assertNotIn("<script", html)

    def test_address_has_a_row_for_each_part(self):
        debtor = self.sample_debtor(street2="Bâtiment B")
        contact = self.env["res.partner"].create(
            {"name": "Mme Lambert", "parent_id": debtor.partner_id.id, "type": "contact"}
        )
        lines = self.letters._address(contact, debtor.partner_id, self.company)
        self.assertEqual(lines[0], "Hôtel des Deux Rives")
        self.assertIn("Mme Lambert", lines[1])
        self.assertEqual(lines[-1], "69003 LYON")
        contact.write({"type": "other", "street": "1 Main Street", "city": "Boston", "zip": "02101"})
        contact.country_id = self.env.ref("base.us")
        contact.street2 = "Suite 4\nDoor 5"
        lines = self.letters._address(contact, debtor.partner_id, self.company)
        self.assertEqual(lines[-1], contact.country_id.name.upper())
        self.assertTrue(letter_address.fit(lines).fits)

    def test_a_long_name_is_wrapped_in_the_window_and_nothing_is_shrunk_or_cut(self):
        name = "Société civile immobilière des propriétaires du Domaine de la Roche-Guyon et de ses dépendances"
        debtor = self.sample_debtor(name=name, street="Zone artisanale des Hauts de Chambourcy, bâtiment Les Magnolias")
        fitted = letter_address.fit(self.letters._address(debtor.partner_id, debtor.partner_id, self.company))
        self.assertEqual((fitted.size, fitted.fits), (9.5, True))
        self.assertEqual(" ".join(fitted.lines[:3]).startswith(name), True, fitted.lines)
        payload = self.payload("professional_3", debtor, self.sample_invoice(debtor))
        places = self.places(payload)
        for line in fitted.lines:
            with self.subTest(line=line):
                x, y = places[line]
                self.assertTrue(104 < x < 106 and 55 <= y <= 79, (x, y))

    def test_an_address_of_seven_lines_is_closer_and_one_that_fits_nowhere_stops_the_letter(self):
        rows = ["Établissement public territorial du bassin de la Loire et de ses affluents de la rive gauche"]
        rows += ["À l’attention de Madame la directrice des affaires financières et de la commande publique"]
        rows += ["Immeuble Le Ponant", "12 avenue des Droits de l’Homme", "45000 ORLÉANS"]
        fitted = letter_address.fit(rows)
        self.assertEqual((len(fitted.lines), fitted.size, fitted.pitch, fitted.fits), (7, 9.0, 3.4, True))
        self.assertFalse(letter_address.fit(["Nom " * 120, "12 rue du Port", "75001 PARIS"]).fits)
        self.assertEqual("".join(letter_address.fit(["N" * 200, "75001 PARIS"]).lines[:-1]), "N" * 200)
        debtor = self.sample_debtor(name="Association des anciens " * 30)
        self.assertIn("does not fit", self.letters._address_problem(debtor.partner_id, debtor.partner_id, self.company))

    def test_queries_do_not_grow_with_the_batch(self):
        reminders, details = self.env["recouvrement.reminder"], {}
        for _number in range(12):
            debtor = self.sample_debtor()
            reminder, detail = self.sample_reminder("professional_3", debtor, self.sample_invoice(debtor), 2, 40)
            reminders |= reminder
            details[reminder.id] = detail

        def queries(batch):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.letters._payloads(batch, details)
            return self.env.cr.sql_log_count - start

        queries(reminders)
        self.assertEqual(queries(reminders[:3]), queries(reminders))

    # --- what cannot be said -----------------------------------------------------------------------------------------

    def test_company_without_account_is_told_where_to_add_it(self):
        debtor = self.sample_debtor()
        self.bank.unlink()
        reminder, detail = self.sample_reminder("professional_1", debtor, self.sample_invoice(debtor))
        with self.assertRaisesRegex(UserError, "IBAN"):
            self.letters._payloads(reminder, {reminder.id: detail})
        errors = {}
        self.assertEqual(self.letters._payloads(reminder, {reminder.id: detail}, errors), {})
        self.assertIn("IBAN", errors[reminder.id])

    def test_missing_address_stops_its_letter_and_no_other(self):
        whole, broken = self.sample_debtor(), self.sample_debtor(name="Sans Adresse", city=False, zip=False)
        payloads = [self.payload("professional_1", debtor, self.sample_invoice(debtor)) for debtor in (broken, whole)]
        with self.assertRaisesRegex(UserError, "Sans Adresse"):
            self.letters._render_html(payloads)
        errors = {}
        documents = self.letters._render_pdf(payloads, errors)
        self.assertIsNone(documents[0])
        self.assertIn("Sans Adresse", errors[0])
        self.assertIn("Hôtel des Deux Rives", " ".join(self.pages(documents[1])))

    def test_text_that_cannot_be_used_names_its_level(self):
        debtor = self.sample_debtor()
        reminder, detail = self.sample_reminder("professional_1", debtor, self.sample_invoice(debtor))
        level = reminder.level_id
        with patch.object(type(level), "_fill", side_effect=KeyError("amont")), self.assertRaises(UserError) as raised:
            self.letters._payloads(reminder, {reminder.id: detail})
        self.assertIn(level.policy_id.with_context(lang="fr_FR").name, str(raised.exception))

    def test_template_that_raises_is_named(self):
        debtor = self.sample_debtor()
        payload = self.payload("professional_1", debtor, self.sample_invoice(debtor))
        self.env.ref("recouvrement_fr.letter_courteous").arch = "<t><t t-out=\"letter['nothing']['here']\"/></t>"
        with self.assertRaisesRegex(UserError, "letter_courteous"):
            self.letters._render_html([payload])

    # --- what is printed ---------------------------------------------------------------------------------------------

    def test_each_letter_has_its_own_file_and_page_numbers(self):
        payloads = []
        for number in range(4):
            debtor = self.sample_debtor(name=f"Client {number}")
            level = "professional_3" if number % 2 else "professional_1"
            payloads.append(self.payload(level, debtor, self.sample_invoice(debtor), interest=2, indemnity=40))
        documents = self.letters._render_pdf(payloads)
        self.assertEqual(len(documents), 4)
        for number, (document, payload) in enumerate(zip(documents, payloads, strict=True)):
            pages = self.pages(document)
            self.assertIn(f"Client {number}", pages[0])
            self.assertIn(payload["reference"], pages[-1])
            self.assertRegex(pages[-1], rf"page {len(pages)} \w+ {len(pages)}")
            self.assertFalse([other for other in range(4) if other != number and f"Client {other}" in " ".join(pages)])
            self.assertNotIn(letter_pdf.MARK.encode(), document)
            self.assertEqual(PdfReader(io.BytesIO(document)).metadata.author, self.company.name)
        self.assertEqual(documents, self.letters._render_pdf(payloads), "The same letters make the same bytes.")

    def test_letters_whose_marks_are_lost_are_printed_one_by_one(self):
        payloads = []
        for number in range(3):
            debtor = self.sample_debtor(name=f"Client {number}")
            payloads.append(self.payload("professional_1", debtor, self.sample_invoice(debtor)))
        with (
            patch.object(letter_pdf, "_mark", return_value=None),
            self.assertLogs("odoo.addons.recouvrement_fr.tools.letter_pdf", "WARNING"),
        ):
            documents = self.letters._render_pdf(payloads)
        for number, document in enumerate(documents):
            self.assertIn(f"Client {number}", self.pages(document)[0])

    def test_many_invoices_repeat_the_head_and_keep_the_total_with_the_last_ones(self):
        debtor = self.sample_debtor()
        invoices = self.env["account.move"]
        for _number in range(60):
            invoices |= self.sample_invoice(debtor, 100)
        payload = self.payload("professional_1", debtor, invoices)
        pages = self.pages(self.letters._render_pdf([payload])[0])
        self.assertGreater(len(pages), 1)
        with_lines = [page for page in pages if "FAC/2026/" in page]
        self.assertTrue(all("TTC" in page or "VAT" in page for page in with_lines))
        last = next(page for page in pages if "6 000,00 €" in page.replace("\u00a0", " "))
        self.assertIn(invoices[-1].name, last)
        self.assertIn(invoices[-2].name, last)

    def places(self, payload):
        """{text: (millimetres from the left, from the top)} of the first page, as it is printed."""
        page = PdfReader(io.BytesIO(self.letters._render_pdf([payload])[0])).pages[0]
        places = {}

        def visit(text, matrix, at, _font, _size):
            x = at[4] * matrix[0] + at[5] * matrix[2] + matrix[4]
            y = at[4] * matrix[1] + at[5] * matrix[3] + matrix[5]
            places.setdefault(text.strip(), (x / letter_pdf.MM, (float(page.mediabox.top) - y) / letter_pdf.MM))

        page.extract_text(visitor_text=visit)
        return places

    def test_address_stands_in_the_window(self):
        debtor = self.sample_debtor(name="ZZFENETRE", street2="Bâtiment B")
        payload = self.payload("professional_1", debtor, self.sample_invoice(debtor))
        places = self.places(payload)
        first, last = places["ZZFENETRE"], places["69003 LYON"]
        self.assertAlmostEqual(first[0], 105, delta=1)
        self.assertTrue(55 <= first[1] < last[1] <= 79, (first, last))

    def test_missing_renderer_is_told_clearly(self):
        debtor = self.sample_debtor()
        payload = self.payload("professional_1", debtor, self.sample_invoice(debtor))
        with (
            patch.object(letter_pdf, "find_in_path", side_effect=OSError("not found")),
            self.assertRaisesRegex(UserError, "wkhtmltopdf"),
        ):
            self.letters._render_pdf([payload])

    # --- statement of account, e-mails -------------------------------------------------------------------------------

    def test_statement_sums_what_is_due_by_age(self):
        debtor = self.sample_debtor()
        currency = self.company.currency_id.id

        def item(number, late, amount, kind="debt"):
            due = ON - timedelta(days=late)
            return {
                "number": number,
                "date": due,
                "due": due,
                "currency_id": currency,
                "amount_total": amount,
                "amount_residual": amount,
                "kind": kind,
                "label": "",
            }

        items = [item("A", -5, 10), item("B", 0, 20), item("C", 1, 40), item("D", 30, 80), item("E", 31, 160)]
        items += [item("F", 90, 320), item("G", 91, 640), item("H", 3, 5, "credit")]
        payload = self.letters._statement_payload(debtor, items, ON, lang="fr_FR")
        block = payload["blocks"][0]
        self.assertEqual(
            [amount.replace("\u00a0", " ") for amount in block["ageing"].values()],
            ["30,00 €", "120,00 €", "160,00 €", "320,00 €", "640,00 €"],
        )
        self.assertEqual(block["total_value"], 1265.0)
        document = self.letters._render_pdf([payload])[0]
        self.assertIn("1 265,00 €", " ".join(self.pages(document)).replace("\u00a0", " "))

    def test_emails_show_the_frozen_figures(self):
        debtor = self.sample_debtor()
        reminder, detail = self.sample_reminder(
            "professional_3", debtor, self.sample_invoice(debtor), interest=16.78, indemnity=40
        )
        template = reminder.level_id.channel_ids.template_id
        reminder.figures = self.letters._payloads(reminder, {reminder.id: detail})[reminder.id]
        values = template._generate_template(reminder.ids, ("subject", "body_html"))[reminder.id]
        self.assertIn(reminder.name, values["subject"])
        body = re.sub(r"\s+", " ", Markup(values["body_html"]).striptags())
        for text in ("1 291,34 €", "30 novembre 2026", "FR76 3000 6000", "L441-10", "SARL"):
            self.assertIn(text, body)
