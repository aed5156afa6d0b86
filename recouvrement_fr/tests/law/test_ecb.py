from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import requests

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from ...tools import clock, ecb_client
from ..service import REAL_REQUEST, answering, say

HEAD = "KEY,FREQ,REF_AREA,CURRENCY,PROVIDER_FM,INSTRUMENT_FM,PROVIDER_FM_ID,DATA_TYPE_FM,TIME_PERIOD,OBS_VALUE\r\n"
LINE = "FM.D.U2.EUR.4F.KR.MRR_FR.LEV,D,U2,EUR,4F,KR,MRR_FR,LEV,{day},{rate}\r\n"
FIRST_HALF = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestEcb(TransactionCase):
    """A local server speaks the documented format of the ECB's API."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rate = cls.env["recouvrement.rate"].search([("date_from", "=", FIRST_HALF)])
        cls.manager = new_test_user(cls.env, "ecb_manager", groups="recouvrement_fr.group_recouvrement_manager")
        cls.collector = new_test_user(cls.env, "ecb_collector", groups="recouvrement_fr.group_recouvrement_user")

    @contextmanager
    def service(self, series=(("2025-06-11", "2.15"),), status=200, body=None):
        """Answers as the ECB does: the last observation up to ``endPeriod``; 404 when there is none."""
        asked = []

        def answer(handler):
            address = urlsplit(handler.path)
            query = {key: values[0] for key, values in parse_qs(address.query).items()}
            asked.append((address.path, query))
            known = [one for one in series if one[0] <= query["endPeriod"]][-int(query["lastNObservations"]) :]
            text = HEAD + "".join(LINE.format(day=day, rate=rate) for day, rate in known)
            found = text.encode() if known else b"No results found."
            say(handler, found if body is None else body, status if known or body is not None else 404)

        with answering(answer, "/service/data") as url:
            self.env["ir.config_parameter"].sudo().set_param("recouvrement_fr.ecb_url", url)
            yield asked

    def ask(self, rate=None):
        action = (rate or self.rate).with_user(self.manager).action_ask_ecb()
        return self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])

    def test_the_rate_in_force_on_the_first_day_is_proposed_and_written_only_once_accepted(self):
        self.rate.write({"ecb_rate": 2.4, "verified": True, "source": "JO"})
        with self.service([("2025-06-11", "2.15"), ("2026-06-17", "2.40")]) as asked:
            proposal = self.ask()
        [(path, query)] = asked
        self.assertEqual(path, "/service/data/FM/D.U2.EUR.4F.KR.MRR_FR.LEV")
        self.assertEqual((query["endPeriod"], query["format"]), ("2026-01-01", "csvdata"))
        self.assertEqual((proposal.entered_rate, proposal.proposed_rate), (2.4, 2.15))
        self.assertEqual(proposal.observed_on, date(2025, 6, 11))
        self.assertIn("MRR_FR", proposal.source)
        self.assertEqual(self.rate.ecb_rate, 2.4, "A proposal writes nothing.")
        proposal.action_accept()
        self.assertEqual(self.rate.ecb_rate, 2.15)
        self.assertFalse(self.rate.verified, "A new figure is confirmed again by a person.")
        self.assertIn("JO", self.rate.source)

    def test_the_same_rate_changes_nothing(self):
        self.rate.write({"ecb_rate": 2.15, "verified": True})
        with self.service():
            proposal = self.ask()
        self.assertTrue(proposal.is_same)
        proposal.action_accept()
        self.assertTrue(self.rate.verified)

    def test_a_half_year_not_entered_yet_needs_its_legal_rates(self):
        last = self.env["recouvrement.rate"].search([], limit=1, order="date_from desc")
        start = last.date_to + timedelta(days=1)
        self.patch(clock, "today", lambda _env: start + timedelta(days=9))
        with self.service([("2025-06-11", "2.65")]):
            action = self.env["recouvrement.rate"].with_user(self.manager).action_ask_ecb_today()
        proposal = self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
        self.assertFalse(proposal.rate_id or proposal.is_same)
        with self.assertRaisesRegex(UserError, "legal rates"):
            proposal.action_accept()
        proposal.write({"legal_rate_other": 2.9, "legal_rate_individual": 7, "legal_source": "Arrêté"})
        proposal.action_accept()
        made = self.env["recouvrement.rate"].search([("date_from", "=", start)])
        self.assertEqual((made.ecb_rate, made.legal_rate_other, made.verified), (2.65, 2.9, False))

    def test_a_service_that_fails_says_so_and_changes_nothing(self):
        before = self.rate.read(["ecb_rate", "source", "verified"])
        cases = (
            (500, b"", "could not be read"),
            (200, b"<html></html>", "could not be read"),
            (200, b"KEY,TIME_PERIOD,OBS_VALUE\r\nEXR.D.USD.EUR.SP00.A,2026-01-01,1.1", "could not be read"),
            (200, LINE.format(day="soon", rate="2.15").join((HEAD, "")).encode(), "could not be read"),
            (200, LINE.format(day="2026-01-01", rate="high").join((HEAD, "")).encode(), "could not be read"),
            *(
                (200, LINE.format(day="2026-01-01", rate=rate).join((HEAD, "")).encode(), "could not be read")
                for rate in ("Infinity", "-Infinity", "sNaN", "1e9", "26", "-5.01")
            ),
            (200, (HEAD + 'FM,"2026' + "x" * 200_000).encode(), "could not be read"),
            (200, b"\xff\xfe\x00", "could not be read"),
            (200, HEAD.encode(), "no refinancing rate"),
            (200, LINE.format(day="2026-01-01", rate="").join((HEAD, "")).encode(), "no refinancing rate"),
        )
        for status, body, message in cases:
            with (
                self.subTest(body=body),
                self.service(status=status, body=body),
                self.assertRaisesRegex(UserError, message),
            ):
                self.ask()
        with self.service(series=()), self.assertRaisesRegex(UserError, "no refinancing rate"):
            self.ask()
        self.assertEqual(self.rate.read(["ecb_rate", "source", "verified"]), before)

    def test_a_server_that_is_not_there(self):
        with patch.object(requests.Session, "request", REAL_REQUEST), self.assertRaises(ecb_client.EcbUnreachable):
            ecb_client.refinancing_rate(FIRST_HALF, "http://127.0.0.1:9/data")
        silent = ecb_client.EcbUnreachable("HTTPSConnectionPool(host=...)")
        with (
            patch.object(ecb_client, "refinancing_rate", side_effect=silent),
            self.assertRaisesRegex(UserError, "did not answer: this server has no way out"),
        ):
            self.ask()

    def test_a_half_year_to_come_is_not_asked(self):
        self.patch(clock, "today", lambda _env: FIRST_HALF - timedelta(days=1))
        with self.service() as asked, self.assertRaisesRegex(UserError, "not known before"):
            self.ask()
        self.assertFalse(asked)

    def test_only_managers_ask_and_accept(self):
        with self.service() as asked, self.assertRaises(AccessError):
            self.rate.with_user(self.collector).action_ask_ecb()
        self.assertFalse(asked)
        with self.assertRaises(AccessError):
            self.env["recouvrement.rate.proposal"].with_user(self.collector).create(
                {"date_from": FIRST_HALF, "date_to": date(2026, 6, 30), "proposed_rate": 9}
            )
