import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

import requests

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...tools import outside, register_client
from ..common import RecouvrementCommon

REAL_REQUEST = requests.Session.request
# Every key that the register documents of a company and of its head office, with the nulls it really gives.
WHOLE = b"""{"results": [{"siren": "732829320", "nom_complet": "MENUISERIE DURAND (DURAND)",
 "nom_raison_sociale": null, "sigle": null, "nombre_etablissements": 3, "nombre_etablissements_ouverts": 1,
 "siege": {"activite_principale": "43.32A", "adresse": "12 B RUE DES LILAS 69003 LYON", "cedex": null,
 "code_pays_etranger": null, "code_postal": "69003", "commune": "69383", "complement_adresse": "BAT A",
 "date_creation": "2009-04-01", "date_fermeture": null, "est_siege": true, "etat_administratif": "A",
 "indice_repetition": "B", "libelle_commune": "LYON", "libelle_commune_etranger": null,
 "libelle_voie": "DES LILAS", "numero_voie": "12", "siret": "73282932000074",
 "statut_diffusion_etablissement": "O", "type_voie": "RUE"}, "activite_principale": "43.32A",
 "categorie_entreprise": "PME", "date_creation": "2009-04-01", "date_fermeture": null, "dirigeants": [],
 "etat_administratif": "A", "nature_juridique": "5499", "statut_diffusion": "O", "finances": {"2024": {"ca": null,
 "resultat_net": -1250}, "2023": {"ca": 900000, "resultat_net": 10}}, "complements": null,
 "matching_etablissements": []}, {"siren": "552100554", "nom_complet": null, "nom_raison_sociale": null,
 "siege": null, "etat_administratif": null, "finances": null, "date_creation": null}], "total_results": 2,
 "page": 1, "per_page": 10, "total_pages": 1}"""


@tagged("post_install", "-at_install")
class TestRegisterService(RecouvrementCommon):
    """The register is slow, overloaded, broken or endless: whoever asks is told so in time, and nothing is changed."""

    @contextmanager
    def service(self, answer):
        """A local server that answers by `answer(handler)`; gives the address and the requests it had."""
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                try:
                    answer(self)
                except (BrokenPipeError, ConnectionResetError):
                    """The client has left."""

            def log_message(self, *arguments):
                """Silent."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/search"
        self.env["ir.config_parameter"].sudo().set_param("recouvrement_fr.register_url", url)
        with patch.object(requests.Session, "request", REAL_REQUEST):
            try:
                yield url, asked
            finally:
                server.shutdown()
                server.server_close()

    @staticmethod
    def whole(status, body, **headers):
        def answer(handler):
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        return answer

    def refused(self, answer, **limits):
        """The words of the error; limits are those of `tools.outside`."""
        read = outside.read

        def hurried(*arguments, **named):
            return read(*arguments, **{**named, **limits})

        debtor = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        wizard = self.env["recouvrement.register"].with_context(active_id=debtor.id).create({})
        before = (self.debtor_partner.street, self.debtor_partner.company_registry)
        with self.service(answer), patch.object(outside, "read", hurried), self.assertRaises(UserError) as error:
            wizard.action_ask()
        self.assertFalse(wizard.line_ids)
        self.assertEqual((self.debtor_partner.street, self.debtor_partner.company_registry), before)
        self.assertNotIn("732829320", str(error.exception), "Whom was asked about stays out of the words.")
        return str(error.exception)

    def test_the_documented_answer_is_read_whole(self):
        with self.service(self.whole(200, WHOLE)) as (url, asked):
            durand, bare = register_client.find("732 829 320", url)
        self.assertIn("per_page=10", asked[0])
        self.assertEqual(
            (durand.siren, durand.name, durand.is_active, durand.siret),
            ("732829320", "MENUISERIE DURAND (DURAND)", True, "73282932000074"),
        )
        self.assertEqual((durand.street, durand.zip, durand.city), ("12 B RUE DES LILAS", "69003", "LYON"))
        self.assertEqual((durand.accounts, durand.turnover, durand.result), (2024, None, -1250.0))
        self.assertEqual((bare.siren, bare.name, bare.street, bare.accounts), ("552100554", "", "", 0))

    def test_a_service_that_drips_is_left_in_time(self):
        def drips(handler):
            handler.send_response(200)
            handler.end_headers()
            for _each in range(100):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.05)

        started = time.monotonic()
        self.assertIn("could not be read", self.refused(drips, seconds=0.5))
        self.assertLess(time.monotonic() - started, 3)

    def test_a_service_that_says_nothing_is_left_in_time(self):
        started = time.monotonic()
        self.assertIn("could not be read", self.refused(lambda _handler: time.sleep(1), seconds=0.3))
        self.assertLess(time.monotonic() - started, 3)

    def test_an_overloaded_or_broken_service_is_named_by_its_status(self):
        told = '{"erreur": "Veuillez réessayer plus tard."}'.encode()
        for status in (400, 429, 500, 502, 503):
            with self.subTest(status=status):
                self.assertIn(str(status), self.refused(self.whole(status, told, Retry_After="1")))

    def test_an_endless_answer_is_cut(self):
        def endless(handler):
            handler.send_response(200)
            handler.end_headers()
            while True:
                handler.wfile.write(b"x" * 65536)

        self.assertIn("more than 1,000,000 bytes", self.refused(endless))

    def test_a_year_of_five_digits_is_no_year(self):
        body = b'{"results": [{"siren": "732829320", "finances": {"99999999999": {"ca": 1}, "2024": {"ca": 2}}}]}'
        with self.service(self.whole(200, body)) as (url, _asked):
            [found] = register_client.find("732829320", url)
        self.assertEqual((found.accounts, found.turnover), (2024, 2.0))

    def test_what_is_malformed_is_no_company(self):
        for body in (
            b"",
            b"null",
            b"{}",
            b'{"results": null}',
            b'{"results": ["x"]}',
            b'{"results": [{"siren": null}]}',
            b'{"results": [{"siren": "73282932A"}]}',
            b'{"results": [{"siren": "732829320", "siege": "12 rue"}]}',
            b'{"results": [{"siren": "732829320", "finances": [1]}]}',
            b'{"results": [{"siren": "732829320", "finances": {"2024": "x"}}]}',
            b'{"results": [{"siren": "732829320", "finances": {"2024": {"ca": 1e999}}}]}',
            b'{"results": [{"siren": "732829320", "finances": {"2024": {"ca": 1%s}}}]}' % (b"0" * 400),
            b'{"results": [{"siren": "732829320", "date_creation": 2009}]}',
            b"\xff\xfe",
            WHOLE[:-40],
        ):
            with self.subTest(body=body[:60]):
                self.assertIn("unexpected answer", self.refused(self.whole(200, body)))
