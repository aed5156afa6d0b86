import json
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import requests

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...tools import bodacc_client
from ..common import MONDAY, RecouvrementCommon
from ..service import REAL_REQUEST, answering, say

DAY = timedelta(days=1)


def record(
    number,
    siren="732829320",
    nature="Jugement d'ouverture de liquidation judiciaire",
    day="2026-02-25",
    notice="annonce",
):
    return {
        "id": number,
        "dateparution": "2026-02-28",
        "tribunal": "Greffe du Tribunal de Commerce de Paris",
        "commercant": "MENUISERIE DURAND",
        "registre": [f"{siren[:3]} {siren[3:6]} {siren[6:]}", siren],
        "jugement": json.dumps(
            {
                "type": "initial",
                "famille": "Jugement",
                "nature": nature,
                "date": day,
                "complementJugement": "Liquidateur",
            }
        ),
        "url_complete": "https://www.bodacc.fr/annonce",
        "familleavis": "collective",
        "typeavis": notice,
    }


@tagged("post_install", "-at_install")
class TestBodacc(RecouvrementCommon):
    """A local server speaks the documented format of the open data."""

    def before_all(self):
        super().before_all()
        self.invoice(MONDAY - 20 * DAY, 1000)
        self.night(MONDAY)

    @contextmanager
    def service(self, records=(), status=200, body=None):
        asked = []

        def answer(handler):
            query = {key: values[0] for key, values in parse_qs(urlsplit(handler.path).query).items()}
            asked.append(query)
            offset, limit = int(query["offset"]), int(query["limit"])
            found = {"total_count": len(records), "results": list(records)[offset : offset + limit]}
            say(handler, body if body is not None else json.dumps(found).encode(), status)

        with answering(answer, "/records") as url:
            self.env["ir.config_parameter"].sudo().set_param("recouvrement_fr.bodacc_url", url)
            yield asked

    def watch(self):
        return self.env["recouvrement.insolvency.hit"].sudo()._watch(self.company, MONDAY)[0]

    def test_an_announcement_is_confirmed_by_a_person_before_anything_stops(self):
        with self.service([record("A1")]) as asked:
            hit = self.watch()
            self.assertFalse(self.watch(), "An announcement is told once.")
        self.assertIn('"732829320"', asked[0]["where"])
        self.assertIn("date'2026-01-31'", asked[0]["where"])
        self.assertEqual(
            (hit.debtor_id, hit.kind, hit.judgment_on.isoformat()), (self.card(), "liquidation", "2026-02-25")
        )
        self.assertFalse(self.card().insolvency_ids)
        with self.at(MONDAY):
            hit.action_confirm()
        insolvency = self.card().insolvency_ids
        self.assertEqual((insolvency.kind, insolvency.bodacc_on.isoformat()), ("liquidation", "2026-02-28"))
        self.assertEqual(
            insolvency.deadline_ids.filtered(lambda d: d.code == "declaration").date.isoformat(), "2026-04-28"
        )

    def test_answers_come_in_pages(self):
        records = [record(f"A{number}", nature="Dépôt de l'état des créances") for number in range(230)]
        with self.service(records) as asked:
            self.assertEqual(len(self.watch()), 230)
        self.assertEqual([query["offset"] for query in asked], ["0", "100", "200"])

    def test_a_later_step_joins_the_proceedings_already_open(self):
        with self.service([record("A1"), record("A2", nature="Jugement arrêtant le plan de cession")]):
            first, second = self.watch()
        with self.at(MONDAY):
            first.action_confirm()
            second.action_confirm()
        self.assertEqual(second.insolvency_id, first.insolvency_id)

    def test_two_accounts_of_one_company_are_both_told_and_in_each_company(self):
        twin = self._partner("Menuiserie Durand, dépôt", company_registry="732 829 320 00074")
        self.invoice(MONDAY - 20 * DAY, 50, partner=twin)
        other = self.setup_other_company(name="Seconde")["company"]
        self.night(MONDAY + DAY)
        elsewhere = self.env["recouvrement.debtor"].create(
            {"partner_id": self.debtor_partner.id, "company_id": other.id}
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE recouvrement_debtor SET open_amount = 80 WHERE id = %s", [elsewhere.id])
        self.env.invalidate_all()
        hits = self.env["recouvrement.insolvency.hit"].sudo()
        with self.service([record("A1")]):
            first = self.watch()
            second = hits._watch(other, MONDAY)[0]
            self.assertFalse(self.watch() | hits._watch(other, MONDAY)[0], "Each account is told once.")
        self.assertEqual(first.debtor_id, self.card() | self.card(twin))
        self.assertEqual(second.debtor_id, elsewhere)

    def test_a_withdrawn_announcement_opens_nothing_and_calls_somebody_if_something_is_open(self):
        with self.service([record("A1"), record("A2", notice="annulation")]):
            opening, withdrawal = self.watch().sorted("name")
        self.assertEqual((withdrawal.notice, withdrawal.kind), ("annulation", False))
        with self.at(MONDAY):
            for hit in (withdrawal, opening):
                with self.assertRaisesRegex(UserError, "withdraws"):
                    hit.action_confirm()
            self.assertFalse(self.card().insolvency_ids)
            withdrawal.action_dismiss()
            opening.action_confirm()
            withdrawal.sudo().state = "new"
            withdrawal.action_confirm()
        insolvency = self.card().insolvency_ids
        self.assertEqual(withdrawal.insolvency_id, insolvency)
        self.assertIn("still stand", insolvency.activity_ids.mapped("summary")[0])

    def test_an_announcement_without_a_nature_is_told_by_its_number(self):
        kinds = ("annonce", "rectificatif", "annulation")
        with self.service([{**record(f"A{at}", notice=kind), "jugement": "{}"} for at, kind in enumerate(kinds)]):
            hits = self.watch()
        self.assertEqual(len(hits), 3)
        for hit in hits:
            hit._tell()
            with self.subTest(hit.notice):
                told = self.card().activity_ids.filtered(lambda one, hit=hit: hit.name in (one.summary or ""))
                self.assertTrue(told)
        self.assertNotIn("()", "".join(self.card().activity_ids.mapped("summary")))

    def test_a_correction_or_a_later_step_opens_nothing_by_itself(self):
        records = [record("A1", notice="rectificatif"), record("A2", nature="Dépôt de l'état des créances")]
        with self.service(records):
            hits = self.watch()
        for hit in hits:
            with self.at(MONDAY):
                action = hit.action_confirm()
            self.assertFalse(self.card().insolvency_ids)
            self.assertEqual((action["res_model"], hit.state), ("recouvrement.insolvency", "new"))
            self.assertEqual(action["context"]["default_debtor_id"], self.card().id)
            self.assertNotIn("default_kind", action["context"])

    def test_a_foreign_number_is_no_siren(self):
        self.debtor_partner.write(
            {"country_id": self.env.ref("base.it").id, "company_registry": "732829320", "vat": False}
        )
        with self.service([record("A1")]) as asked:
            self.assertFalse(self.watch())
        self.assertFalse(asked)

    def test_the_night_watches_only_the_companies_that_want_it_and_tells_once(self):
        with self.service([record("A1")]) as asked, self.at(MONDAY):
            self.env["recouvrement.insolvency.hit"].sudo()._follow_up(MONDAY)
            self.assertFalse(asked)
            self.company.recouvrement_bodacc_watch = True
            self.env["recouvrement.insolvency.hit"].sudo()._follow_up(MONDAY)
            self.env["recouvrement.insolvency.hit"].sudo()._follow_up(MONDAY)
        self.assertEqual(len(self.card().activity_ids.filtered(lambda a: "BODACC" in (a.summary or ""))), 1)

    def test_a_service_that_fails_says_so_and_changes_nothing(self):
        for status, body in (
            (500, b"{}"),
            (200, b"<html>"),
            (200, b'{"error": 1}'),
            (200, b'{"total_count": "many", "results": [{}]}'),
            (200, b"[" * 100_000),
        ):
            with (
                self.subTest(status=status, body=body),
                self.service(status=status, body=body),
                self.at(MONDAY),
                self.assertRaisesRegex(UserError, "could not be read"),
            ):
                self.env["recouvrement.insolvency.hit"].with_company(self.company).action_watch()
        self.assertFalse(self.env["recouvrement.insolvency.hit"].search([]))

    def test_what_is_logged_names_nobody(self):
        odd = json.dumps({"results": None, "who": "MENUISERIE DURAND 732829320"}).encode()
        logger = "odoo.addons.recouvrement_fr.models.insolvency.recouvrement_insolvency_hit"
        self.company.recouvrement_bodacc_watch = True
        with self.service(body=odd), self.at(MONDAY), self.assertLogs(logger, "WARNING") as logged:
            [failure] = self.env["recouvrement.insolvency.hit"].sudo()._follow_up(MONDAY)
        for text in (failure, *logged.output):
            self.assertIn("unexpected answer", text)
            self.assertNotIn("732829320", text)
            self.assertNotIn("MENUISERIE", text)

    def test_a_record_nobody_can_read_is_named_and_hides_no_other(self):
        broken = [{"id": "B7", "registre": ["732829320"]}, {"id": "B8", "registre": 3}, "B9", None]
        broken += [record("C1", nature=["Jugement"]), record("C2") | {"commercant": {"nom": "DURAND"}}]
        broken += [record("C3") | {"tribunal": 75}, record("C4", notice=["annonce"])]
        with self.service([*broken, record("A1")]):
            hits, unread = self.env["recouvrement.insolvency.hit"].sudo()._watch(self.company, MONDAY)
            self.assertEqual((hits.mapped("name"), unread), (["A1"], ["B7", "B8", "?", "?", "C1", "C2", "C3", "C4"]))
            self.company.recouvrement_bodacc_watch = True
            with self.at(MONDAY):
                [failure] = self.env["recouvrement.insolvency.hit"].sudo()._follow_up(MONDAY)
            self.assertIn("B7, B8", failure, "The night tells people which ones to look at.")

    def test_an_announcement_is_kept_within_limits_and_its_link_leads_to_a_site(self):
        long = record("A" * 300, nature="Jugement d'ouverture de liquidation judiciaire " * 99)
        long |= {"tribunal": "T" * 9999, "url_complete": "javascript:alert(1)"}
        long["jugement"] = json.dumps(json.loads(long["jugement"]) | {"complementJugement": "x" * 1_000_000})
        with self.service([long]):
            hit = self.watch()
        self.assertEqual([len(hit[name]) for name in ("name", "nature", "court", "text")], [100, 300, 200, 10_000])
        self.assertEqual((hit.kind, hit.link or ""), ("liquidation", ""))

    def test_a_count_that_is_no_number_is_an_answer_nobody_expected(self):
        endless = self.service(body=b'{"total_count": Infinity, "results": []}')
        with endless, self.assertRaisesRegex(bodacc_client.BodaccError, "unexpected answer"):
            self.watch()

    def test_a_service_that_answers_without_end_is_left(self):
        with (
            patch.object(bodacc_client, "PAGES", 2),
            self.service([record(f"A{number}") for number in range(300)]) as asked,
            self.assertRaisesRegex(bodacc_client.BodaccError, "more than 200"),
        ):
            self.watch()
        self.assertEqual(len(asked), 2)

    def test_a_server_that_is_not_there(self):
        self.env["ir.config_parameter"].sudo().set_param("recouvrement_fr.bodacc_url", "http://127.0.0.1:9/records")
        with patch.object(requests.Session, "request", REAL_REQUEST), self.assertRaises(bodacc_client.BodaccError):
            self.watch()

    def test_the_kind_is_read_from_the_nature_published(self):
        kinds = {
            "Jugement d'ouverture d'une procédure de redressement judiciaire": "redressement",
            "Jugement prononçant la liquidation judiciaire": "liquidation",
            "Jugement de conversion en liquidation judiciaire": "liquidation",
            "Jugement d'ouverture d'une procédure de sauvegarde": "sauvegarde",
            "Jugement de clôture pour insuffisance d'actif": None,
        }
        for nature, kind in kinds.items():
            [found] = bodacc_client._read(record("A1", nature=nature), {"732829320"})
            self.assertEqual(found.kind, kind, nature)
