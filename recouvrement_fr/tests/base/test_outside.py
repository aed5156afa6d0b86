import gzip
import time
from contextlib import contextmanager
from unittest.mock import patch

import requests

from odoo.tests import BaseCase, tagged

from ...tools import outside
from ..service import REAL_REQUEST, answering

MEGABYTE = 1_000_000


@tagged("post_install", "-at_install")
class TestOutside(BaseCase):
    """What a service outside can do to the night: a local server that behaves badly."""

    @contextmanager
    def service(self, answer):
        """Serve one kind of answer: ``answer(handler)`` writes it."""
        asked = []

        def answered(handler):
            asked.append(handler.path)
            answer(handler)

        with answering(answered, "/x") as url:
            yield url, asked

    def test_an_answer_that_comes_drop_by_drop_is_given_up_in_time(self):
        def drip(handler):
            handler.send_response(200)
            handler.end_headers()
            for _second in range(40):
                try:
                    handler.wfile.write(b"x")
                except OSError:
                    return
                time.sleep(0.1)

        with self.service(drip) as (url, _asked):
            started = time.monotonic()
            with self.assertRaises(outside.Unreachable):
                outside.read(url, {}, seconds=1)
            self.assertLess(time.monotonic() - started, 3)

    def test_few_bytes_that_unpack_to_many_are_refused(self):
        def bomb(handler):
            handler.send_response(200)
            handler.send_header("Content-Encoding", "gzip")
            handler.end_headers()
            handler.wfile.write(gzip.compress(bytes(20 * MEGABYTE)))

        with self.service(bomb) as (url, _asked), self.assertRaisesRegex(outside.OutsideError, "5,000,000 bytes"):
            outside.read(url, {})

    def test_a_redirection_is_refused_and_not_followed(self):
        def elsewhere(handler):
            handler.send_response(302)
            handler.send_header("Location", "/other")
            handler.end_headers()

        with self.service(elsewhere) as (url, asked):
            with self.assertRaisesRegex(outside.OutsideError, "elsewhere"):
                outside.read(url, {"who": "732829320"})
            self.assertEqual(asked, ["/x?who=732829320"])

    def test_no_error_repeats_what_was_asked(self):
        def refuse(handler):
            handler.send_response(503)
            handler.end_headers()

        with self.service(refuse) as (url, _asked), self.assertRaises(outside.OutsideError) as refused:
            outside.read(url, {"who": "732829320"})
        with self.assertRaises(outside.Unreachable) as absent, patch.object(requests.Session, "request", REAL_REQUEST):
            outside.read("http://127.0.0.1:9/x", {"who": "732829320"})
        self.assertEqual(str(refused.exception), "refused with status 503")
        self.assertNotIn("732829320", str(absent.exception))

    def test_nothing_there_is_told_apart_and_an_address_that_is_none_is_an_error(self):
        def missing(handler):
            handler.send_response(404)
            handler.end_headers()

        with self.service(missing) as (url, _asked), self.assertRaises(outside.NotFound):
            outside.read(url, {})
        with self.assertRaises(outside.OutsideError), patch.object(requests.Session, "request", REAL_REQUEST):
            outside.read("no address", {})
