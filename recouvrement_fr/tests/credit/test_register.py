import json
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...tools import register_client
from ..common import RecouvrementCommon
from ..service import answering, say


def company(**values):
    return {
        "siren": "732829320",
        "nom_complet": "MENUISERIE DURAND",
        "nom_raison_sociale": "MENUISERIE DURAND",
        "etat_administratif": "A",
        "nature_juridique": "5499",
        "activite_principale": "43.32A",
        "date_creation": "2009-04-01",
        "date_fermeture": None,
        "siege": {
            "siret": "73282932000074",
            "numero_voie": "12",
            "type_voie": "RUE",
            "libelle_voie": "DES LILAS",
            "code_postal": "69003",
            "libelle_commune": "LYON",
        },
        "finances": {"2022": {"ca": 1500000, "resultat_net": 42000}, "2023": {"ca": 1600000, "resultat_net": -5000}},
        "statut_diffusion": "O",
        **values,
    }


@tagged("post_install", "-at_install")
class TestRegister(RecouvrementCommon):
    """A local server speaks the documented format of the open register."""

    def setUp(self):
        super().setUp()
        self.debtor = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)

    @contextmanager
    def service(self, results=(), status=200, body=None, headers=()):
        asked = []

        def answer(handler):
            asked.append(parse_qs(urlsplit(handler.path).query))
            found = {"results": list(results), "total_results": len(results)}
            say(handler, json.dumps(found).encode() if body is None else body, status, **dict(headers))

        with answering(answer, "/search") as url:
            self.env["ir.config_parameter"].sudo().set_param("recouvrement_fr.register_url", url)
            yield asked, url

    def wizard(self):
        return self.env["recouvrement.register"].with_context(active_id=self.debtor.id).create({})

    def test_the_register_is_asked_by_siren_and_nothing_is_written_before_a_person_confirms(self):
        self.debtor_partner.company_registry = "732 829 320"
        before = (self.debtor_partner.street, self.debtor_partner.company_registry)
        wizard = self.wizard()
        with self.service([company()]) as (asked, _url):
            wizard.action_ask()
        self.assertEqual(asked[0]["q"], ["732829320"])
        line = wizard.line_ids
        self.assertEqual(
            (line.name, line.accounts, line.turnover, line.result), ("MENUISERIE DURAND", 2023, 1600000, -5000)
        )
        self.assertEqual((self.debtor_partner.street, self.debtor_partner.company_registry), before)
        line.action_take()
        self.assertEqual(
            (self.debtor_partner.company_registry, self.debtor_partner.street, self.debtor_partner.city),
            ("73282932000074", "12 RUE DES LILAS", "LYON"),
        )
        self.assertIn("2 rue du Débiteur", self.debtor.message_ids[0].body, "What was there before is kept.")

    def test_without_a_siren_the_name_is_asked_and_a_person_chooses(self):
        self.debtor_partner.write({"company_registry": False, "vat": False})
        wizard = self.wizard()
        other = company(
            siren="552100554", nom_complet="DURAND MENUISERIE", etat_administratif="C", siege=None, finances=None
        )
        with self.service([company(), other]) as (asked, _url):
            wizard.action_ask()
        self.assertEqual(asked[0]["q"], ["Menuiserie Durand"])
        self.assertEqual(wizard.line_ids.mapped("siren"), ["732829320", "552100554"])
        self.assertEqual(wizard.line_ids.mapped("is_active"), [True, False])
        wizard.line_ids[1].action_take()
        self.assertEqual(self.debtor_partner.company_registry, "552100554")
        self.assertEqual(self.debtor_partner.street, "2 rue du Débiteur", "No address was given.")

    def test_what_somebody_asked_not_to_be_told_is_left_out(self):
        hidden = dict.fromkeys(("numero_voie", "type_voie", "libelle_voie", "code_postal"), "[NON-DIFFUSIBLE]")
        with self.service([company(siege={"siret": "73282932000074", "libelle_commune": "LYON", **hidden})]) as (
            _asked,
            url,
        ):
            [found] = register_client.find("732829320", url)
        self.assertEqual((found.street, found.zip, found.city), ("", "", "LYON"))

    def test_what_is_not_as_documented_changes_nothing(self):
        elsewhere = [("Location", "http://127.0.0.1:9/")]
        for values in (
            {"status": 500},
            {"status": 429},
            {"status": 302, "headers": elsewhere},
            {"body": b"<html>"},
            {"body": b"[]"},
            {"body": b'{"results": [{"siren": "12"}]}'},
            {"body": b'{"results": [{"nom_complet": "?"}]}'},
            {"body": b"[" * 100000},
            {"body": b" " * 1_100_000},
            {"results": [company(date_creation="April")]},
        ):
            with self.subTest(**{name: str(value)[:40] for name, value in values.items()}):
                wizard = self.wizard()
                with self.service(**values), self.assertRaises(UserError):
                    wizard.action_ask()
                self.assertFalse(wizard.line_ids)

    def test_a_register_that_knows_nobody_says_so(self):
        wizard = self.wizard()
        with self.service([]):
            wizard.action_ask()
        self.assertTrue(wizard.is_asked)
        self.assertFalse(wizard.line_ids)

    def test_a_query_of_two_letters_is_not_asked(self):
        wizard = self.wizard()
        wizard.query = "AB"
        with self.assertRaises(UserError):
            wizard.action_ask()
