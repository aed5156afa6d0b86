import base64
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...rules.court import DEFAULT
from ..common import MONDAY
from .case_common import DUE, OPENED, CaseCommon


@tagged("post_install", "-at_install")
class TestCourt(CaseCommon):
    def advice(self, case):
        with self.at(OPENED):
            case.invalidate_recordset()
            return case.court_kind, case.court_advice

    def test_the_twelve_economic_courts_are_there(self):
        courts = self.env["recouvrement.court"].search([("is_economic", "=", True)])
        self.assertEqual(set(courts.mapped("city")), set(DEFAULT.economic_towns))

    def test_between_traders_the_commercial_court_of_the_debtor_is_proposed_with_its_rule(self):
        case = self.opened()
        self.assertEqual(case.court_id.city, "Paris")
        kind, words = self.advice(case)
        self.assertEqual(kind, "commercial")
        self.assertIn("L721-3", words)
        self.assertIn("lawyer is mandatory", words)  # with interest, above 10,000 EUR
        self.start(case, "injonction")
        _kind, words = self.advice(case)
        self.assertIn("CPC 1406", words)
        self.assertIn("lawyer is optional", words)

    def test_a_case_of_many_claims_draws_up_its_decompte_twice_when_it_opens(self):
        """For its court and for its balance; not once for each thousand claims that the record cache takes."""
        debts = self.debt | self.debt.browse(self.invoice(DUE, 100 + number).id for number in range(5))
        cases = type(self.env["recouvrement.case"])
        drawn, real = [], cases._statement
        with (
            patch("odoo.orm.fields.PREFETCH_MAX", 2),
            patch.object(cases, "_statement", lambda case, on: drawn.append(on) or real(case, on)),
        ):
            case = self.opened(debts)
        self.assertEqual(len(case.sudo().claim_ids), 6)
        self.assertEqual(drawn, [OPENED] * 2)

    def test_the_amount_of_the_court_is_that_of_the_claims_live_then_as_filed(self):
        case = self.opened().sudo()
        with self.at(OPENED):
            claims = case.claim_ids
            live = sum(claim.principal + claim.interest + claim.indemnity for claim in claims)
            self.assertAlmostEqual(case._claimed(OPENED), live, 2)
            case._freeze_claims(OPENED)
            self.pay(self.debt, 4000, on=OPENED)
            case.invalidate_recordset()
            self.assertAlmostEqual(case._claimed(OPENED), live, 2)

    def test_a_debtor_abroad_gets_no_french_court(self):
        alsace = self.env["recouvrement.court"].search([("kind", "=", "commercial_chamber")], limit=1)
        debts = {}
        for code, zip_, city in (("de", "67059", "Ludwigshafen"), ("it", "59100", "Prato")):
            partner = self._partner(f"Kunde {code}", country_id=self.env.ref(f"base.{code}").id, zip=zip_, city=city)
            debts[partner] = self.invoice(DUE, 500, partner=partner)
        self.night(OPENED + timedelta(days=1))
        for partner, debt in debts.items():
            self.card(partner).is_commercant = True
            with self.at(OPENED):
                case = (
                    self.env["recouvrement.case"]
                    .with_user(self.officer)
                    ._open(self.card(partner).with_user(self.officer), debt)
                )
                case._propose_court(OPENED)
            kind, words = self.advice(case)
            self.assertEqual((kind, case.court_id), (False, alsace.browse()))
            self.assertIn("do not say which court", words)

    def test_corsican_towns_and_a_zero_that_a_spreadsheet_dropped_find_their_court(self):
        courts = self.env["recouvrement.court"].create(
            [
                {
                    "code": code,
                    "name": f"Tribunal {code}",
                    "kind": "commercial",
                    "city": f"Ville {code}",
                    "department": served,
                    "company_id": self.company.id,
                }
                for code, served in (("T-2A", "2A"), ("T-2B", "2b"), ("T-01", "1"))
            ]
        )
        case = self.opened()
        for zip_, court in (("20000", courts[0]), ("20200", courts[1]), ("1000", courts[2]), ("01000", courts[2])):
            case.partner_id.sudo().write({"zip": zip_, "city": "Nulle part"})
            with self.at(OPENED):
                case.action_propose_court()
            self.assertEqual(case.court_id, court, zip_)

    def test_the_contribution_is_said_above_its_limit_for_a_large_creditor_alone(self):
        self.company.recouvrement_employees = 250
        case = self.opened(self.invoice(DUE, 60000))
        self.assertRegex(self.said(case), r"may be owed, on claims above \D*50\D000\D00")
        self.company.write({"recouvrement_turnover": 60_000_000, "recouvrement_profit": 4_000_000})
        self.assertRegex(self.said(case), r"justice of \D*1\D8\d\d\D\d\d\D* is owed")  # 3 %
        self.company.recouvrement_profit = 3_000_000
        self.assertNotIn("economic justice", self.said(case))
        self.company.recouvrement_turnover = 0
        self.assertIn("may be owed", self.said(case))
        self.company.recouvrement_employees = 249
        self.assertNotIn("economic justice", self.said(case))

    def test_another_court_of_a_town_that_has_an_economic_one_asks_no_contribution(self):
        self.company.recouvrement_employees = 250
        case = self.opened(self.invoice(DUE, 60000))
        self.assertIn("economic justice", self.said(case))
        case.sudo().court_id = self.env["recouvrement.court"].create(
            {"code": "TJ-LYON-T", "name": "Tribunal judiciaire de Lyon", "kind": "judicial", "city": "Lyon"}
        )
        self.assertNotIn("economic justice", self.said(case))

    def test_an_amount_that_a_decree_changes_applies_from_its_day(self):
        self.card().is_commercant = False
        case = self.opened(self.invoice(DUE, 6000))
        self.assertNotIn("attempt to settle", self.said(case))
        figures = self.env["recouvrement.legal.figure"]
        figures.create({"code": "amicable_limit", "value": 10000, "date_from": OPENED, "article": "CPC 750-1, new"})
        words = self.said(case)
        self.assertRegex(words, r"first, up to \D*10\D000\D00\D*\(CPC 750-1, new \(to be verified\)\)")
        self.assertIn("not verified", words)

    def test_a_postal_code_without_a_country_is_of_no_french_court(self):
        case = self.opened()
        partner = case.partner_id.sudo()
        partner.write({"country_id": False, "zip": "67059", "city": "Ludwigshafen", "company_registry": False})
        for vat, kind, words in (
            (False, False, "enter the country"),
            ("DE136695976", False, "in Germany"),
            ("CHE123456788", False, "enter the country"),
            ("FR44732829320", "commercial_chamber", "taken for French by its VAT number"),
        ):
            with self.subTest(vat=vat):
                partner.with_context(no_vat_validation=True).vat = vat
                self.assertEqual(self.advice(case)[0], kind)
                self.assertIn(words, self.said(case))
                case.sudo().court_id = False
                case._propose_court(MONDAY)
                self.assertFalse(case.court_id)  # no chamber of the directory is known to serve that department
        partner.write({"vat": False, "company_registry": "732829320", "zip": "75011", "city": "Paris"})
        self.assertIn("taken for French by its SIREN", self.said(case))
        case._propose_court(MONDAY)
        self.assertEqual(case.court_id.city, "Paris")
        partner.country_id = self.env.ref("base.fr")
        self.assertNotIn("taken for French", self.said(case))

    def said(self, case):
        case.invalidate_recordset()
        return self.advice(case)[1]

    def test_alsace_moselle_consumers_and_small_claims_have_theirs(self):
        case = self.opened(self.invoice(DUE, 900))
        self.debtor_partner.zip = "67000"
        self.assertEqual(self.advice(case)[0], "commercial_chamber")
        self.card().is_commercant = False
        kind, words = self.advice(case)
        self.assertEqual(kind, "proximity")
        self.assertIn("750-1", words)
        self.assertIn("not verified", words)
        self.assertTrue(case.court_id and case.court_differs)  # chosen when he was thought a trader
        self.card().debtor_type = "public"
        self.assertEqual(self.advice(case)[0], "administrative")
        self.card().debtor_type = False
        self.assertFalse(self.advice(case)[0])

    def test_proposing_again_follows_the_rule_and_leaves_the_choice_where_it_hesitates(self):
        case = self.opened()
        self.debtor_partner.write({"city": "Lyon", "zip": "69003"})
        case.action_propose_court()
        self.assertEqual(case.court_id.city, "Lyon")
        self.debtor_partner.write({"city": "Villeurbanne", "zip": "69100"})
        case.action_propose_court()
        self.assertFalse(case.court_id)  # no department is known in the directory
        self.env.ref("recouvrement_fr.recouvrement_court_tae_lyon").department = "01, 69"
        case.action_propose_court()
        self.assertEqual(case.court_id.city, "Lyon")
        with self.assertRaises(AccessError):
            case.with_user(self.collector).action_propose_court()

    # --- directory ----------------------------------------------------------------------------------------------------

    def imported(self, text, encoding="utf-8"):
        wizard = (
            self.env["recouvrement.court.import"]
            .with_user(self.officer)
            .create({"file": base64.b64encode(text.encode(encoding))})
        )
        wizard.action_read()
        wizard.action_import()
        return wizard

    def test_courts_are_imported_updated_by_code_and_nothing_is_lost(self):
        text = (
            "Code;Nom;Type;Ville;Département;Courriel;TAE\n"
            "TC-BOBIGNY;Tribunal de commerce;TC;Bobigny;93;greffe@bobigny.example;non\n"
            "TAE-LYON;Tribunal des activités économiques;tribunal de commerce;Lyon;69;;oui\n"
            "TJ-LYON;Tribunal judiciaire;Tribunal judiciaire;Lyon;69;pas une adresse;\n"
            "TX;Tribunal;tribunal des flagrants délires;Paris;;;\n"
            ";Sans code;TJ;Paris;;;\n"
            "TC-BOBIGNY;Encore;TC;Bobigny;;;\n"
            "\n"
        )
        for encoding in ("utf-8", "cp1252"):
            with self.subTest(encoding=encoding):
                wizard = self.imported(text, encoding)
                self.assertEqual(wizard.line_ids.mapped("number"), [4, 5, 6, 7])
                messages = " | ".join(wizard.line_ids.mapped("message"))
                for words in ("not an e-mail", "flagrants", "no code", "line 2"):
                    self.assertIn(words, messages)
        self.assertEqual((wizard.created_count, wizard.updated_count), (0, 2))
        bobigny = self.env["recouvrement.court"].search([("code", "=", "TC-BOBIGNY")])
        self.assertEqual((bobigny.kind, bobigny.department, bobigny.is_economic), ("commercial", "93", False))
        lyon = self.env.ref("recouvrement_fr.recouvrement_court_tae_lyon")
        self.assertEqual((lyon.department, lyon.is_economic), ("69", True))
        self.imported("code,nom,type,ville\nTC-BOBIGNY,Tribunal de commerce de Bobigny,TC,Bobigny\n")
        self.assertEqual(bobigny.email, "greffe@bobigny.example")  # an empty cell, a missing column change nothing

    def test_a_postal_code_gets_back_the_zero_that_a_spreadsheet_dropped(self):
        self.imported("code,nom,type,ville,cp\nT-01,Tribunal 01,TC,Bourg,1000\nT-75,Tribunal 75,TC,Paris,75 001\n")
        courts = self.env["recouvrement.court"].search([("code", "in", ("T-01", "T-75"))], order="code")
        self.assertEqual(courts.mapped("zip"), ["01000", "75 001"])

    def test_a_file_without_its_titles_is_refused_in_words(self):
        for text, words in (("\n", "empty"), ("Nom;Ville\nTC;Lyon\n", "which columns hold: Code, Kind of court")):
            with self.subTest(text=text), self.assertRaisesRegex(UserError, words):
                self.imported(text)
        with self.assertRaises(AccessError):
            self.env["recouvrement.court.import"].with_user(self.collector).create({"file": base64.b64encode(b"x")})

    def test_the_chosen_kind_of_claim_must_be_known(self):
        with self.assertRaises(ValueError):
            self.opened(claim_kind="piracy")
