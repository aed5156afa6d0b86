import hashlib
from unicodedata import normalize

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.litigation.recouvrement_case_documents import ACTS
from ..common import MONDAY
from ..paper import words_of
from .file_common import DAY, FileCommon


@tagged("post_install", "-at_install")
class TestCaseDocuments(FileCommon):
    def before_all(self):
        super().before_all()
        self.court = self._court("commercial", "Tribunal de commerce de Paris")
        third = {
            name: self.env["res.partner"].create({"name": title, "street": "9 rue Basse", "city": "Paris"})
            for name, title in (
                ("bailiff_id", "SCP Justice"),
                ("lawyer_id", "Maître Leblanc"),
                ("agency_id", "Recouvrement & Cie"),
            )
        }
        self.sent(self.first, "email", MONDAY - 20 * DAY)
        self.sent(self.notice, "registered", MONDAY - 10 * DAY)
        self.case = self.opened()
        self.case.write({"court_id": self.court.id, **{name: partner.id for name, partner in third.items()}})
        with self.at(MONDAY):
            self.case.action_gather()

    def _court(self, kind, name):
        return self.env["recouvrement.court"].create(
            {"code": f"TEST-{kind}", "name": name, "kind": kind, "street": "1 quai", "zip": "75004", "city": "Paris"}
        )

    def frozen(self, code):
        """The document of the case, frozen, and the words of its file."""
        with self.at(MONDAY):
            document = self.case._draft_act(code, MONDAY)
            self.assertEqual((document.state, document.res_id), ("draft", self.case.id))
            document.action_freeze()
        return document, normalize("NFKC", words_of(document.attachment_id.raw))  # ligatures plain

    def test_each_document_is_drafted_frozen_and_says_its_amounts(self):
        self.company.recouvrement_creditor_id = self._partner("Mandante SA", company_registry=False)
        said = {
            "statement": ("Détail des intérêts", "mille cinq cent quatre-vingt-dix-neuf euros"),
            "debtor_statement": ("restez nous devoir", "FR76 3000 6000 0112 3456 7890 189", "Détail des intérêts"),
            "piece_list": ("Mise en demeure",),
            "agency_mandate": ("R. 124-3", "Recouvrement & Cie", "à la charge exclusive du créancier"),
            "third_party": ("recouvrement amiable", "Mandante SA", "restent à la charge du créancier"),
            "bailiff_mandate": ("SCP Justice", "tarif réglementé"),
            "lawyer_mandate": ("Leblanc", "Tribunal de commerce de Paris"),
            "injonction": ("1405", "Par ces motifs", "Claire Martin", "Bordereau des documents justificatifs"),
            "greffe_letter": ("Greffe", "bordereau"),
            "bailiff_letter": ("Maître", "trois mois"),
            "summons": ("article 1343-2", "750-1"),
            "conservatory": ("R. 511-6", "susceptibles d’en menacer"),
            "release": ("mainlevée", "deux originaux"),
            "settlement": ("2044", "concession"),
        }
        self.assertEqual(said.keys(), ACTS.keys())
        with self.at(MONDAY):
            claimed = self.case._document_values(MONDAY)["claimed"].replace("\u00a0", " ")
        for code, words in said.items():
            document, text = self.frozen(code)
            plain = text.lower()
            for word in (*words, document.name):
                self.assertIn(word.lower(), plain, code)
            if code not in ("piece_list", "release", "greffe_letter"):
                self.assertIn("1 500,00 €", text, code)
            if code not in ("piece_list", "third_party"):
                self.assertIn(claimed, text, code)
            self.assertNotIn("None", text, code)

    def test_the_summons_says_the_amounts_in_force_that_day(self):
        _document, text = self.frozen("summons")
        self.assertIn("tribunal judiciaire jusqu’à 5 000,00 €", text)
        self.assertIn("avocat au-delà de 10 000,00 €", text)
        figures = self.env["recouvrement.legal.figure"]
        for code, value in (("amicable_limit", 10000), ("lawyer_limit", 12000)):
            figures.create({"code": code, "value": value, "date_from": MONDAY, "article": "a decree to come"})
        _document, text = self.frozen("summons")
        self.assertIn("tribunal judiciaire jusqu’à 10 000,00 €", text)
        self.assertIn("avocat au-delà de 12 000,00 €", text)

    def test_the_request_holds_what_the_code_asks_for(self):
        _document, text = self.frozen("injonction")
        with self.at(MONDAY):
            values = self.case._document_values(MONDAY)
        for content in (
            *("Tribunal de commerce de Paris", "RCS Lyon", "SARL", "Menuiserie Durand", "732 829 320"),  # CPC 54, 57
            *("Objet de la demande", "cause contractuelle", "article 1406", self.debt.name, self.other.name),
            *("2 × 40,00 €", "80,00 €", values["interest"].replace("\u00a0", " "), values["claimed_words"]),
            *("1A00000000000", "Fait à Lyon, le 2 mars 2026", "aucune contestation"),
        ):
            self.assertIn(content, text)
        self.assertIn("pièces n° 1 à 2", text.replace("(", ""))

    def test_the_judge_and_the_law_follow_the_court_and_the_debtor(self):
        self.card().write({"debtor_type": "consumer", "type_confirmed": True})
        self.case.court_id = self._court("housing", "Tribunal judiciaire de Paris")
        _document, text = self.frozen("injonction")
        self.assertIn("Juge des contentieux de la protection", text)
        self.assertIn("1231-6", text)
        self.assertNotIn("40 €", text)
        self.case.court_id = self._court("judicial", "Tribunal judiciaire de Lyon")
        _document, text = self.frozen("conservatory")
        self.assertIn("Juge de l’exécution", text)

    def test_interest_paid_by_a_payment_is_told_to_the_judge(self):
        self.pay(self.debt, 400, on=MONDAY - 15 * DAY)
        _document, text = self.frozen("injonction")
        with self.at(MONDAY):
            values = self.case._document_values(MONDAY)
        for name in ("interest_accrued", "interest_settled", "interest"):
            self.assertTrue(values[name])
            self.assertIn(values[name].replace("\u00a0", " "), text, name)
        self.assertIn("article 1343-1", text)

    def test_costs_and_article_700_are_asked_of_a_judge_not_of_the_debtor(self):
        costs = self.env["recouvrement.case.cost"].create(
            [
                {"case_id": self.case.id, "name": f"Acte {day}", "kind": "bailiff", "amount": 60, "date": day}
                for day in (MONDAY, MONDAY + DAY)
            ]
        )
        self.case.article_700 = 800
        self.assertEqual(len(costs), 2)
        _document, text = self.frozen("injonction")
        self.assertIn(f"Acte {MONDAY}", text)
        self.assertNotIn(f"Acte {MONDAY + DAY}", text)  # to come: the total does not hold it either
        self.assertIn("60,00 € au titre des dépens exposés", text)
        self.assertIn("le surplus des dépens", text)
        self.assertIn("800,00 €", text)
        for code in ("bailiff_letter", "bailiff_mandate", "release", "settlement"):
            _document, text = self.frozen(code)
            self.assertNotIn("800,00 €", text, code)

    def test_the_rate_is_explained_as_it_was_counted(self):
        _document, text = self.frozen("statement")
        self.assertIn("majoré de dix points", text)
        with self.at(MONDAY):
            values = self.case._document_values(MONDAY)
        self.assertEqual(values["indemnity_unit"].replace("\u00a0", " "), "40,00 €")
        self.card().write({"debtor_type": "public", "type_confirmed": True})
        _document, text = self.frozen("statement")
        for words in ("Intérêts moratoires", "R. 2192-31", "D. 2192-35"):
            self.assertIn(words, text)
        self.assertNotIn("441-5", text)

    def test_what_is_missing_is_asked_for_first(self):
        self.case.court_id = False
        with self.assertRaisesRegex(UserError, "the court"), self.at(MONDAY):
            self.case._draft_act("injonction", MONDAY)
        with self.at(MONDAY):
            dialog = self.env["recouvrement.case.documents"].create({"case_id": self.case.id})
        lines = {line.code: line for line in dialog.line_ids}
        self.assertEqual(lines["injonction"].missing, "the court")
        self.assertNotIn("third_party", lines)  # this company collects for itself
        with self.at(MONDAY):
            action = lines["settlement"].action_draft()
        self.assertEqual(self.env["recouvrement.document"].browse(action["res_id"]).copies, 2)

    def test_a_procedure_puts_its_documents_first(self):
        proceeding = self.env["recouvrement.proceeding"].search([("code", "=", "injonction")], limit=1)
        proceeding = proceeding or self.env["recouvrement.proceeding"].create(
            {"name": "Injonction de payer", "code": "injonction"}
        )
        self.case.sudo().proceeding_id = proceeding
        dialog = self.env["recouvrement.case.documents"].create({"case_id": self.case.id})
        asked = dialog.line_ids.filtered("is_asked")
        self.assertEqual(dialog.line_ids[: len(asked)], asked)
        self.assertIn("injonction", asked.mapped("code"))

    def test_a_frozen_statement_becomes_a_piece_and_its_correction_a_version(self):
        document, _text = self.frozen("statement")
        with self.at(MONDAY):
            self.case.action_gather()
        piece = self.case.piece_ids.filtered(lambda one: one.kind == "statement")
        self.assertEqual(piece.sha256, document.sha256)

    def test_a_payment_changes_the_next_draft_and_no_frozen_one(self):
        before, text = self.frozen("statement")
        self.pay(self.debt, 400, on=MONDAY)
        self.assertEqual(before.sha256, hashlib.sha256(before.attachment_id.raw).hexdigest())
        _after, later = self.frozen("statement")
        self.assertIn("1 500,00 €", text)
        self.assertIn("400,00 €", later)
        self.assertNotEqual(text, later)

    def test_confidential_cases_have_confidential_documents(self):
        self.case.is_confidential = True
        document, _text = self.frozen("statement")
        collector = self.person("collector", "user")
        with self.assertRaises(AccessError):
            document.with_user(collector).read(["title"])
        with self.assertRaises(AccessError):
            self.case.with_user(collector)._draft_act("statement", MONDAY)
        self.assertTrue(document.with_user(self.person("officer", "legal")).title)

    def test_letters_of_a_company_that_collects_for_others_name_the_creditor_and_quote_the_law(self):
        reminder = self.reminders().filtered(lambda one: one.kind == "formal_notice")
        law = self.env["recouvrement.letter"]._law
        payload = {"company_id": self.company.id, "kind": "reminder", "tone": "courteous", "regime": "none"}
        payload |= {"accessories": "silent", "blocks": []}
        self.assertTrue(reminder)
        self.assertNotIn("Mandante", str(law(payload, None)))
        self.company.recouvrement_creditor_id = self._partner("Mandante SA", company_registry=False)
        legal = law(payload, None)["legal"]
        self.assertIn("Mandante SA", legal[0])
        self.assertIn("restent à la charge du créancier", legal[-1])

    def test_a_decompte_goes_to_the_debtor_as_it_was_frozen_and_stays_as_evidence(self):
        with self.at(MONDAY):
            officer = self._somebody("decompte_officer", "legal")
            dialog = self.env["recouvrement.case.statement"].with_user(officer)
            dialog = dialog.create({"case_id": self.case.id, "on": MONDAY})
            opened = dialog.action_send()
            document = self.env["recouvrement.document"].browse(opened["context"]["default_document_id"])
            document = document.with_user(officer)
            self.assertEqual((document.state, document.is_for_debtor), ("draft", True))
            document._send_by_mail(self.debtor_partner, "Décompte", "<p>Bonjour</p>", MONDAY)
        self.assertEqual((document.state, document.mailed_on), ("frozen", MONDAY))
        self.assertTrue(document.sha256)
        text = normalize("NFKC", words_of(document.sudo().attachment_id.raw))
        self.assertIn(f"Référence à rappeler {self.case.name}", text)
        mail = self.env["mail.mail"].search([("model", "=", document._name), ("res_id", "=", document.id)])
        self.assertEqual(mail.attachment_ids, document.sudo().attachment_id)

    def test_a_decompte_sent_without_a_title_leaves_costs_to_the_creditor(self):
        self.case.article_700 = 500
        values = self.case.sudo()._document_values(MONDAY, "debtor_statement")
        self.assertFalse(values["article_700"] or values["costs"])
        self.assertTrue(self.case.sudo()._document_values(MONDAY, "statement")["article_700"])

    def test_after_a_judgment_no_decompte_goes_to_the_debtor(self):
        with self.at(MONDAY):
            document = self.case._draft_act("debtor_statement", MONDAY)
            self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": "liquidation", "judgment_on": MONDAY, "bodacc_on": MONDAY}
            )
            with self.assertRaises(UserError):
                document._send_by_mail(self.debtor_partner, "Décompte", "<p>Bonjour</p>", MONDAY)
        self.assertFalse(document.mailed_on)
