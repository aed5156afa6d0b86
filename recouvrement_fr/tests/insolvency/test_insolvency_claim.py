import io
from datetime import date
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location

from pypdf import PdfReader

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..common import MONDAY
from .insolvency_common import DAY, DUE, InsolvencyCommon


@tagged("post_install", "-at_install")
class TestInsolvencyClaim(InsolvencyCommon):
    """What is declared, with its pieces, and until when."""

    def test_the_claim_is_what_was_owed_at_the_judgment_with_interest_to_its_eve(self):
        self.invoice(MONDAY + 40 * DAY, 300, invoice_date=MONDAY - DAY)
        self.pay(self.debt, 400, on=MONDAY - 5 * DAY)
        insolvency = self.opened()
        due, to_come = insolvency.claim_ids
        self.assertEqual((due.principal, due.is_due, due.indemnity), (600, True, 40))
        # 14 days on 1000, then 5 on 600 at 12.15 %: 10 February to 1 March
        self.assertEqual(due.interest, float(round(Decimal(1000 * 15 + 600 * 4) * Decimal("12.15") / 36500, 2)))
        self.assertEqual((to_come.principal, to_come.is_due, to_come.interest, to_come.indemnity), (300, False, 0, 0))

    def test_the_declaration_says_the_rate_the_articles_and_who_signs(self):
        self.company.recouvrement_representative = "Mme Claire Martin, gérante"
        for kind, article in (("sauvegarde", None), ("redressement", "L. 631-14"), ("liquidation", "L. 641-3")):
            insolvency = self.opened(kind, mandataire_id=self.other_partner("Maître Legrand").id)
            with self.subTest(kind=kind), self.at(MONDAY):
                body = self.env["recouvrement.document"].browse(insolvency.action_declaration()["res_id"]).body
                self.assertEqual("par renvoi" in body, bool(article))
                self.assertIn(article or "L.", body)
                self.assertIn("majoré de dix points", body)
                self.assertIn("Claire Martin", body)
                insolvency.action_mistake()
                self.env.flush_all()  # one open at a time, says the database

    def other_partner(self, name):
        return self.env["res.partner"].create({"name": name, "street": "1 rue A", "zip": "69001", "city": "Lyon"})

    def test_an_opening_entry_is_declared_and_held_item_by_item(self):
        other = self._partner("Autre client", company_registry="552081317", email="autre@client.example")
        receivable = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": DUE - 60 * DAY,
                "line_ids": [
                    Command.create(
                        {
                            "name": f"Reprise {partner.name}",
                            "partner_id": partner.id,
                            "account_id": receivable.id,
                            "debit": 500,
                            "date_maturity": DUE,
                            "no_followup": False,
                        }
                    )
                    for partner in (self.debtor_partner, other)
                ]
                + [Command.create({"account_id": self.company_data["default_account_revenue"].id, "credit": 1000})],
            }
        )
        entry.action_post()
        entry.line_ids.no_followup = False
        insolvency = self.opened()
        self.assertEqual(sorted(insolvency.claim_ids.mapped("principal")), [500, 1000])
        claim = insolvency.claim_ids.filtered("entry_line_id")
        self.assertEqual(claim._label(), "Reprise Menuiserie Durand")
        self.night(MONDAY + DAY)
        self.assertEqual((self.card().reason, self.card(other).reason), ("insolvent", "due"))

    def declared_with_an_opening_entry(self):
        """(proceedings, his item of an opening entry, the item of another customer)."""
        other = self._partner("Autre client", company_registry="552081317", email="autre@client.example")
        entry = self.opening(500, on=DUE - 60 * DAY, more=[(other, 70, DUE - 60 * DAY, "Reprise")])
        insolvency = self.opened()
        with self.at(MONDAY):
            insolvency.action_declared()
        return insolvency, *entry.line_ids.filtered("debit").sorted("id")

    def test_a_declaration_interrupts_the_limitation_of_an_opening_entry_item_by_item(self):
        """C.com L622-25-1, of what this debtor owes alone: the entry holds another customer's debt too."""
        insolvency, mine, others = self.declared_with_an_opening_entry()
        event = self.env["recouvrement.limitation.event"].search([("res_id", "=", insolvency.id)])
        self.assertEqual((event.kind, event.move_ids, event.item_ids), ("insolvency_declaration", self.debt, mine))
        entry = mine.move_id
        noted = event._of_debts([(self.debt.id, 0), (entry.id, mine.id), (entry.id, others.id)])
        self.assertEqual(set(noted), {(self.debt.id, 0), (entry.id, mine.id)})

    def test_an_upgrade_notes_on_its_item_what_was_noted_on_a_whole_opening_entry(self):
        insolvency, mine, _others = self.declared_with_an_opening_entry()
        event = self.env["recouvrement.limitation.event"].search([("res_id", "=", insolvency.id)]).sudo()
        event.write({"move_ids": [Command.set((self.debt | mine.move_id).ids)], "item_ids": [Command.clear()]})
        self.env.flush_all()
        script = load_script(file_path("recouvrement_fr/migrations/19.0.10.0.0/post-law.py"), "post_law")
        for _twice in range(2):
            script.migrate(self.env.cr, "19.0.9.0.0")
        self.env.invalidate_all()
        self.assertEqual((event.move_ids, event.item_ids), (self.debt, mine))

    def test_the_enclosures_are_one_file_of_the_statement_and_the_invoices(self):
        mandataire = self.env["res.partner"].create({"name": "Maître Lefort", "zip": "69002", "city": "Lyon"})
        insolvency = self.opened(mandataire_id=mandataire.id).with_context(force_report_rendering=True)
        with self.at(MONDAY):
            document = self.env["recouvrement.document"].browse(insolvency.action_declaration()["res_id"])
            document.with_context(force_report_rendering=True).action_freeze()
            self.env["ir.attachment"].create(
                {"name": "bon de livraison.txt", "raw": b"Recu", "res_model": "account.move", "res_id": self.debt.id}
            )
            action = insolvency.action_enclosures()
        file = self.env["ir.attachment"].browse(int(action["url"].split("/")[3].split("?")[0]))
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file.raw)).pages)
        invoice = f"Facture {self.debt.name}"
        for wanted in ("Pièces jointes", "Déclaration de créances", invoice, "bon de livraison.txt"):
            self.assertIn(wanted, text)

    def test_a_foreign_currency_is_converted_at_the_judgment(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            [
                {"name": DUE - 60 * DAY, "rate": 1, "currency_id": dollar.id, "company_id": self.company.id},
                {"name": MONDAY, "rate": 2, "currency_id": dollar.id, "company_id": self.company.id},
            ]
        )
        self.invoice(DUE, 100, currency_id=dollar.id)
        insolvency = self.opened()
        claim = insolvency.claim_ids.filtered(lambda claim: claim.currency_id == dollar)
        self.assertEqual((claim.principal_currency, claim.principal), (100, 50))

    def test_deadlines_run_from_the_publication_and_alert_before(self):
        insolvency = self.opened()
        self.assertFalse(insolvency.deadline_ids)
        insolvency.bodacc_on = MONDAY + 10 * DAY
        by_code = {deadline.code: deadline for deadline in insolvency.deadline_ids}
        self.assertEqual(by_code["declaration"].date.isoformat(), "2026-05-12")
        self.follow("recouvrement.deadline", by_code["declaration"].date - 30 * DAY)
        self.follow("recouvrement.deadline", by_code["declaration"].date - 29 * DAY)
        self.assertEqual(len(insolvency.activity_ids), 1)
        self.follow("recouvrement.deadline", by_code["declaration"].date)
        self.assertEqual(by_code["declaration"].state, "open")
        self.follow("recouvrement.deadline", by_code["declaration"].date + DAY)
        self.assertEqual(by_code["declaration"].state, "missed")
        self.follow("recouvrement.insolvency", by_code["declaration"].date + DAY)
        self.assertEqual(insolvency.admission, "foreclosed")
        self.assertEqual(by_code["relief_from_forclusion"].state, "open")

    def test_a_liquidator_is_told_of_what_was_born_since(self):
        insolvency = self.opened("liquidation", bodacc_on=MONDAY)
        self.assertNotIn("post_judgment_claim", insolvency.deadline_ids.mapped("code"))
        self.invoice(MONDAY + 30 * DAY, 300, invoice_date=MONDAY + DAY)
        with self.at(MONDAY + 2 * DAY):
            insolvency.action_refresh_claim()
        deadline = insolvency.deadline_ids.filtered(lambda found: found.code == "post_judgment_claim")
        self.assertEqual((deadline.date.isoformat(), deadline.state), ("2026-09-02", "open"))

    def test_a_publication_corrected_moves_the_deadline(self):
        insolvency = self.opened(bodacc_on=MONDAY + 10 * DAY)
        insolvency.bodacc_on = MONDAY + 11 * DAY
        declaration = insolvency.deadline_ids.filtered(lambda found: found.code == "declaration")
        self.assertEqual(declaration.date.isoformat(), "2026-05-13")

    def test_a_deadline_that_moves_leaves_nobody_with_the_day_it_had_before(self):
        insolvency = self.opened(bodacc_on=MONDAY + 10 * DAY)
        declaration = insolvency.deadline_ids.filtered(lambda found: found.code == "declaration")
        self.follow("recouvrement.deadline", declaration.date - 10 * DAY)
        [task] = insolvency.activity_ids
        self.assertIn("12/05/2026", task.summary)
        with self.at(declaration.date - 10 * DAY):
            insolvency.bodacc_on = MONDAY + 11 * DAY
        self.assertFalse(insolvency.activity_ids)
        self.follow("recouvrement.deadline", declaration.date - 10 * DAY)
        self.assertEqual(insolvency.activity_ids.mapped("date_deadline"), [declaration.date])
        self.assertIn("13/05/2026", insolvency.activity_ids.summary)

    def test_declared_closes_the_deadline_and_freezes_the_claim(self):
        insolvency = self.opened(bodacc_on=MONDAY)
        with self.at(MONDAY + DAY):
            insolvency.action_declared()
        states = {deadline.code: deadline.state for deadline in insolvency.deadline_ids}
        self.assertEqual(states, {"declaration": "done", "relief_from_forclusion": "cancelled"})
        with self.assertRaisesRegex(UserError, "does not change"):
            insolvency.action_refresh_claim()
        insolvency.contested_on = MONDAY + 60 * DAY
        self.assertEqual(insolvency.admission, "contested")
        self.assertIn("contested_claim_answer", insolvency.deadline_ids.mapped("code"))

    def test_the_statement_of_claim_says_the_amount_in_words_and_its_sincerity(self):
        insolvency = self.opened()
        with self.assertRaisesRegex(UserError, "mandataire"):
            insolvency.action_declaration()
        insolvency.mandataire_id = self._partner("SELARL Martin", company_registry=False)
        document = self.env["recouvrement.document"].browse(insolvency.action_declaration()["res_id"])
        self.assertIn("mille quarante-six euros", document.body)  # 1000 + 40 + 19 days
        self.assertIn("sincère", document.body)

    def test_credits_not_allocated_are_said_and_deducted_only_if_a_person_chooses_so(self):
        credit = self.invoice(MONDAY - 5 * DAY, 150, move_type="out_refund", invoice_date=MONDAY - 5 * DAY)
        self.invoice(MONDAY, 70, move_type="out_refund", invoice_date=MONDAY)  # since the judgment
        mandataire = self.env["res.partner"].create({"name": "Maître Lefort", "zip": "69002", "city": "Lyon"})
        insolvency = self.opened(mandataire_id=mandataire.id)
        whole = insolvency.amount_total
        self.assertEqual((insolvency.amount_credits, insolvency.amount_principal), (150, 1000))

        def said():
            document = self.env["recouvrement.document"].browse(insolvency.action_declaration()["res_id"])
            return document.body.replace("\u202f", " ").replace("\xa0", " ")

        self.assertIn("non déduits", said())
        insolvency.deducts_credits = True
        self.assertAlmostEqual(insolvency.amount_total, whole - 150)
        self.assertIn("compensés pour connexité", said())
        self.assertIn("896,32", said())  # 1000 + 6,32 + 40 - 150
        lines = (credit + self.debt).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        insolvency.action_refresh_claim()
        self.assertEqual((insolvency.amount_credits, insolvency.amount_principal), (0, 850))
        with self.at(MONDAY + DAY):
            insolvency.action_declared()
        with self.assertRaisesRegex(UserError, "does not change"):
            insolvency.deducts_credits = False

    def test_interest_to_the_eve_stops_on_what_was_paid_on_account_before_the_judgment(self):
        for amount, on in ((400, MONDAY - 10 * DAY), (300, MONDAY + 3 * DAY)):  # the second came since
            self.on_account(amount, on)
        insolvency = self.opened()
        days = (insolvency.judgment_on - DAY - DUE).days
        before = (MONDAY - 10 * DAY - DUE).days
        self.assertAlmostEqual(
            insolvency.amount_interest,
            round(1000 * 0.1215 * before / 365, 2) + round(600 * 0.1215 * (days - before) / 365, 2),
            2,
        )
        self.assertEqual(insolvency.amount_principal, 1000)

    def test_the_statement_names_the_pieces_that_the_file_holds_and_no_other(self):
        mandataire = self.env["res.partner"].create({"name": "Maître Lefort", "zip": "69002", "city": "Lyon"})
        insolvency = self.opened(mandataire_id=mandataire.id)
        self.env["ir.attachment"].create(
            {"name": "bon 12.pdf", "raw": b"Recu", "res_model": "account.move", "res_id": self.debt.id}
        )
        document = self.env["recouvrement.document"].browse(insolvency.action_declaration()["res_id"])
        self.assertIn(f"Facture {self.debt.name} du", document.body)
        self.assertIn("bon 12.pdf", document.body)
        self.assertNotIn("Relevé d'identité bancaire", document.body)

    def test_creditor_and_court_are_compared_by_territory_for_the_delay_to_declare(self):
        place = {
            "FR": ("base.fr", "69001"),
            "RE": ("base.re", "97400"),
            "FR-RE": ("base.fr", "97400"),
            "MQ": ("base.mq", "97200"),
            "BE": ("base.be", "1000"),
        }
        insolvency = self.opened(bodacc_on=MONDAY)
        for creditor, debtor, is_abroad in (
            ("FR", "FR", False),
            ("RE", "FR", True),
            ("FR", "RE", True),
            ("RE", "FR-RE", False),
            ("MQ", "RE", True),
            ("BE", "FR", True),
            ("FR", "BE", False),
        ):
            for partner, name in ((self.company.partner_id, creditor), (self.card().partner_id, debtor)):
                country, code = place[name]
                partner.write({"country_id": self.env.ref(country).id, "zip": code})
            insolvency.write({"court": f"{creditor} {debtor}"})
            with self.subTest(creditor=creditor, debtor=debtor):
                self.assertEqual(insolvency.is_abroad, is_abroad)
                [line] = insolvency.deadline_ids.filtered(lambda deadline: deadline.code == "declaration")
                months = 4 if is_abroad else 2
                self.assertLess(abs((line.date - fields.Date.add(MONDAY, months=months)).days), 5)
        self.env["recouvrement.court"].create(
            {
                "code": "TMC-SD",
                "name": "Tribunal mixte de Saint-Denis",
                "kind": "commercial",
                "city": "Saint-Denis",
                "zip": "97400",
            }
        )
        insolvency.court = "tribunal mixte de Saint-Denis"
        self.assertTrue(insolvency.is_abroad)  # the creditor is in metropolitan France

    def test_a_delay_that_a_decree_changes_is_that_of_the_list_of_delays(self):
        delays = self.env["recouvrement.proceeding.delay"]
        old = delays.search([("code", "=", "declaration")])
        old.copy({"months": 3, "date_from": MONDAY, "article": "A decree to come"})
        insolvency = self.opened(bodacc_on=MONDAY)
        [line] = insolvency.deadline_ids.filtered(lambda deadline: deadline.code == "declaration")
        self.assertEqual((line.date, line.article), (date(2026, 6, 2), "A decree to come"))
        with self.assertRaisesRegex(UserError, "without a first day"):
            old.unlink()

    def test_proceedings_entered_before_are_compared_by_territory_at_the_upgrade(self):
        self.card().partner_id.write({"country_id": self.env.ref("base.re").id, "zip": "97400"})
        insolvency = self.opened(bodacc_on=MONDAY)
        self.assertTrue(insolvency.is_abroad)
        self.env.flush_all()
        self.env.cr.execute("UPDATE recouvrement_insolvency SET is_abroad = FALSE WHERE id = %s", [insolvency.id])
        insolvency.invalidate_recordset()
        insolvency._set_deadlines()
        path = file_path("recouvrement_fr/migrations/19.0.3.0.0/post-distance.py")
        spec = spec_from_file_location("distance", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        for _twice in range(2):
            script.migrate(self.env.cr, "19.0.2.0.0")
            self.env.invalidate_all()
            self.assertTrue(insolvency.is_abroad)
            [line] = insolvency.deadline_ids.filtered(lambda deadline: deadline.code == "declaration")
            self.assertEqual(line.date, date(2026, 7, 2))
            told = insolvency.message_ids.filtered(lambda message: "more time to declare" in message.body)
            self.assertEqual(len(told), 1)

    def test_a_debtor_without_country_gives_a_creditor_no_more_time(self):
        self.company.partner_id.write({"country_id": self.env.ref("base.re").id, "zip": "97400"})
        insolvency = self.opened(bodacc_on=MONDAY)
        self.assertTrue(insolvency.is_abroad)  # the debtor is in Paris
        self.card().partner_id.write({"country_id": False})
        insolvency.court = "Somewhere"
        self.assertTrue(insolvency.is_abroad)  # its SIREN says so
        self.card().partner_id.write({"company_registry": False})
        insolvency.court = "Somewhere else"
        self.assertFalse(insolvency.is_abroad)

    def test_a_terminated_contract_has_its_own_month(self):
        insolvency = self.opened(bodacc_on=MONDAY)
        insolvency.terminated_on = MONDAY
        self.assertIn("Declare what the terminated contract leaves due", insolvency.deadline_ids.mapped("name"))

    # --- what was declared is history ---------------------------------------------------------------------------------

    def test_a_conversion_or_another_day_of_judgment_does_not_rewrite_what_was_declared(self):
        self.invoice(MONDAY + DAY, 200, invoice_date=MONDAY - 5 * DAY)
        insolvency = self.opened("sauvegarde", judgment_on=MONDAY - 2 * DAY, bodacc_on=MONDAY)
        self.assertEqual(insolvency.amount_principal, 1200)
        with self.at(MONDAY):
            insolvency.action_declared()
        declared = (insolvency.claim_ids.ids, insolvency.amount_total, insolvency.amount_credits)
        self.invoice(MONDAY + 20 * DAY, 70, invoice_date=MONDAY - DAY)  # born between the two days
        refund = self.invoice(MONDAY - 3 * DAY, 120, move_type="out_refund", invoice_date=MONDAY - 3 * DAY)
        (refund + self.debt).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        with self.at(MONDAY):
            insolvency.kind = "liquidation"
            insolvency.judgment_on = MONDAY
            insolvency.invalidate_recordset()
            self.assertEqual((insolvency.claim_ids.ids, insolvency.amount_total, insolvency.amount_credits), declared)
            with self.assertRaisesRegex(UserError, "does not change"):
                insolvency.action_declared()

    def test_before_it_is_declared_the_claim_follows_the_day_of_judgment(self):
        insolvency = self.opened(judgment_on=MONDAY - 2 * DAY)
        self.invoice(MONDAY + 20 * DAY, 70, invoice_date=MONDAY - DAY)
        insolvency.judgment_on = MONDAY
        self.assertEqual(insolvency.amount_principal, 1070)
