"""Tests of the audit that need no network: ``python dev/env.py run -- python -m unittest tests_audit``."""

import json
import threading
import unittest
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import audit

PACKAGES = {"pypdf": "5.1.0", "polib": "1.1.1"}


@contextmanager
def database(answer, status=200):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args):
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()


class TestAudit(unittest.TestCase):
    def test_each_package_is_asked_with_its_version_and_its_advisories_are_named(self):
        answer = json.dumps({"results": [{"vulns": [{"id": "GHSA-2"}, {"id": "GHSA-1"}]}, {}]}).encode()
        with database(answer) as (url, asked):
            self.assertEqual(audit.advisories(PACKAGES, url), {"pypdf": ["GHSA-1", "GHSA-2"]})
        self.assertEqual(
            asked[0]["queries"][0], {"package": {"name": "pypdf", "ecosystem": "PyPI"}, "version": "5.1.0"}
        )

    def test_an_answer_that_cannot_be_trusted_is_no_clean_bill(self):
        for answer, status in ((b"<html>", 200), (b'{"results": [{}]}', 200), (b'{"results": 3}', 200), (b"", 403)):
            with (
                self.subTest(answer=answer),
                database(answer, status) as (url, _asked),
                self.assertRaises(audit.Unreachable),
            ):
                audit.advisories(PACKAGES, url)
        with self.assertRaises(audit.Unreachable):
            audit.advisories(PACKAGES, "http://127.0.0.1:9/")

    def test_the_packages_of_the_add_on_are_known(self):
        self.assertIn("pypdf", audit.ours())
        self.assertNotIn("pypdf2", audit.ours())
        self.assertIn("polib", audit.installed())
