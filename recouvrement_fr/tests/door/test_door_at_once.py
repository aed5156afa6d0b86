"""Two acts of one debtor at the same moment, on a real server whose requests have each their own transaction.

Odoo's test mode shares one cursor, so none of this can be seen inside it. The test holds the debtor's row while both
requests come in, and lets go once both wait: they are at once each time, not by luck.
"""

import json
import re
import secrets
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from unittest import SkipTest

import psycopg2
import requests

from odoo.tests import BaseCase, tagged

from ..night.real_process import TODAY

try:
    import env as house  # dev/env.py, on the path of `make test`
except ImportError:  # tests run from elsewhere than the repository
    house = None

SCRIPT = Path(__file__).with_name("door_server.py")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def day(days):
    return (TODAY + timedelta(days=days)).isoformat()


@tagged("post_install", "-at_install")
class TestDoorAtOnce(BaseCase):
    """Never doubled, and each of the two is answered plainly."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if house is None:
            raise SkipTest("run from the repository, with `make test`: it clones a database and starts a server")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        cls.database, cls.url = f"recouvrement_door_{port}", f"http://127.0.0.1:{port}"
        cls.addClassCleanup(house.drop, cls.database)
        house.clone(house.build_template(), cls.database)
        command = [sys.executable, "-W", "ignore", str(SCRIPT), cls.database, str(port)]
        cls.server = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=house.environment()
        )
        cls.addClassCleanup(cls._stop)
        line = cls.server.stdout.readline()
        if not line:
            raise AssertionError(cls.server.communicate(timeout=30)[1])
        cls.prepared = json.loads(line)
        # A connection of the test's own: what it looks at is what was committed.
        place = house.environment()
        cls.connection = psycopg2.connect(dbname=cls.database, host=place["PGHOST"], user=place["PGUSER"])
        cls.addClassCleanup(cls.connection.close)
        cls.free = list(zip(cls.prepared["debtors"], cls.prepared["invoices"], strict=True))

    @classmethod
    def _stop(cls):
        cls.server.kill()
        cls.server.communicate(timeout=30)

    def setUp(self):
        super().setUp()
        debtor, self.invoice = self.free.pop()
        self.debtor, self.page = debtor["id"], f"{self.url}/rc/{debtor['token']}"
        self.browser = requests.Session()
        self.csrf = re.search(r'data-csrf="([^"]+)"', self.browser.get(self.page, timeout=30).text)[1]

    def rows(self, query, *values):
        with self.connection.cursor() as cr:
            cr.execute(query, values)
            found = cr.fetchall()
        self.connection.rollback()
        return found

    def count(self, table):
        return self.rows(f"SELECT COUNT(*) FROM {table} WHERE debtor_id = %s", self.debtor)[0][0]

    def at_once(self, *calls, held="recouvrement_debtor", record=None):
        """The answers to calls that all wait for one row before any goes on."""
        answers = [None] * len(calls)

        def call(number):
            answers[number] = calls[number]()

        threads = [threading.Thread(target=call, args=(number,)) for number in range(len(calls))]
        with self.connection.cursor() as cr:
            cr.execute(f"SELECT id FROM {held} WHERE id = %s FOR UPDATE", [record or self.debtor])
            for thread in threads:
                thread.start()
            self._wait_for_waiting(len(calls))
        self.connection.rollback()
        for thread in threads:
            thread.join(60)
        return answers

    def _wait_for_waiting(self, count):
        end = time.monotonic() + 20
        place = house.environment()
        watcher = psycopg2.connect(dbname=self.database, host=place["PGHOST"], user=place["PGUSER"])
        watcher.autocommit = True
        try:
            with watcher.cursor() as cr:
                while time.monotonic() < end:
                    cr.execute(
                        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'",
                        [self.database],
                    )
                    if cr.fetchone()[0] >= count:
                        return
                    time.sleep(0.05)
        finally:
            watcher.close()
        self.fail("the requests did not meet")

    def act(self, kind, key=None, files=None, **form):
        data = {"csrf_token": self.csrf, "key": key or secrets.token_urlsafe(24), **form}

        def send():
            cookies = self.browser.cookies
            url = f"{self.page}/act/{kind}"
            return requests.post(url, data=data, files=files, cookies=cookies, allow_redirects=False, timeout=60)

        return send

    def double_click(self, kind, **form):
        key = secrets.token_urlsafe(24)
        return [one.status_code for one in self.at_once(*(self.act(kind, key, **form) for _click in range(2)))]

    def two_tabs(self, kind, **form):
        return sorted(one.status_code for one in self.at_once(*(self.act(kind, **form) for _tab in range(2))))

    # --- saying -------------------------------------------------------------------------------------------------------

    def test_a_promise_clicked_twice_is_one(self):
        self.assertEqual(self.double_click("promise", day=day(3)), [303, 303])
        self.assertEqual((self.count("recouvrement_promise"), self.count("recouvrement_portal_event")), (1, 1))

    def test_a_promise_of_two_tabs_is_one(self):
        self.assertEqual(self.two_tabs("promise", day=day(3)), [303, 422])
        self.assertEqual((self.count("recouvrement_promise"), self.count("recouvrement_portal_event")), (1, 1))

    def test_a_dispute_of_two_tabs_is_one(self):
        form = {"move_ids": self.invoice, "reason": self.prepared["reason"], "note": "Rayée"}
        self.assertEqual(self.two_tabs("dispute", **form), [303, 422])
        self.assertEqual((self.count("recouvrement_dispute"), self.count("recouvrement_portal_event")), (1, 1))

    def test_a_plan_accepted_in_two_tabs_is_one(self):
        form = {"count": 2, "first": day(10), "agreed": "1", "said_by": "Jean Durand"}
        self.assertEqual(self.two_tabs("plan", **form), [303, 422])
        self.assertEqual((self.count("recouvrement_plan"), self.count("recouvrement_portal_event")), (1, 1))

    def test_a_promise_and_a_plan_at_once_are_one_of_them(self):
        plan = {"count": 2, "first": day(10), "agreed": "1", "said_by": "Jean Durand"}
        answers = self.at_once(self.act("promise", day=day(3)), self.act("plan", **plan))
        self.assertIn(303, [one.status_code for one in answers])
        self.assertFalse([one.status_code for one in answers if one.status_code not in (303, 422)])

    def test_paid_said_in_two_tabs_is_noted_once_with_all_its_files(self):
        """The second try of a request that was disturbed has its files again, each of them."""
        files = [("files", (f"{name}.pdf", PDF + name.encode(), "application/pdf")) for name in ("a", "b", "c")]
        self.assertEqual(self.two_tabs("paid", day=day(-1), amount="100", files=files), [303, 303])
        self.assertEqual((self.count("recouvrement_contact"), self.count("recouvrement_portal_event")), (1, 1))
        kept = self.rows(
            "SELECT COUNT(*) FROM ir_attachment WHERE res_model = 'recouvrement.portal.event' AND res_id IN"
            " (SELECT id FROM recouvrement_portal_event WHERE debtor_id = %s)",
            self.debtor,
        )
        self.assertEqual(kept, [(3,)])

    def test_another_file_each_is_kept_after_a_disturbance(self):
        """Two different declarations at once: both are noted, both with their two files."""
        files = [("files", (f"{name}.pdf", PDF + name.encode(), "application/pdf")) for name in ("a", "b")]
        sent = [self.act("message", note=note, files=files) for note in ("Un", "Deux")]
        self.assertEqual([one.status_code for one in self.at_once(*sent)], [303, 303])
        kept = self.rows(
            "SELECT COUNT(*) FROM ir_attachment WHERE res_model = 'recouvrement.portal.event' AND res_id IN"
            " (SELECT id FROM recouvrement_portal_event WHERE debtor_id = %s) GROUP BY res_id",
            self.debtor,
        )
        self.assertEqual(kept, [(2,), (2,)])

    # --- paying -------------------------------------------------------------------------------------------------------

    def call(self, url, cookies=None, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}

        def send():
            return requests.post(url, json=body, cookies=cookies or self.browser.cookies, timeout=60)

        return send

    def begin(self, amount=100.0):
        if not self.prepared["method"]:
            self.skipTest("payment_demo is not installed")
        return self.call(
            f"{self.page}/transaction?m={self.invoice}",
            provider_id=self.prepared["provider"],
            payment_method_id=self.prepared["method"],
            amount=amount,
            flow="direct",
            token_id=None,
            tokenization_requested=False,
        )

    def simulate(self, reference):
        return self.call(
            f"{self.url}/payment/demo/simulate_payment", reference=reference, simulated_state="done", payment_details=""
        )

    def test_a_payment_begun_twice_is_one(self):
        first, second = (one.json()["result"]["reference"] for one in self.at_once(self.begin(), self.begin()))
        self.assertEqual(first, second)
        self.assertEqual(self.rows("SELECT COUNT(*) FROM payment_transaction WHERE reference = %s", first), [(1,)])

    def test_what_is_being_paid_is_not_paid_again(self):
        reference = self.begin()().json()["result"]["reference"]
        self.simulate(reference)()
        self.assertIn("error", self.begin()().json())
        page = self.browser.get(f"{self.page}/pay?m={self.invoice}", timeout=30)
        self.assertEqual(page.status_code, 422)

    def test_a_payment_processed_twice_is_one_and_pays_the_invoice(self):
        begun = self.begin()()
        reference, cookies = begun.json()["result"]["reference"], begun.cookies or self.browser.cookies
        [(transaction,)] = self.rows("SELECT id FROM payment_transaction WHERE reference = %s", reference)
        told = self.at_once(
            *(self.simulate(reference) for _webhook in range(2)), held="payment_transaction", record=transaction
        )
        self.assertFalse([one.text for one in told if "error" in one.json()])
        poll = self.call(f"{self.url}/payment/status/poll", cookies)
        polled = self.at_once(poll, poll, held="payment_transaction", record=transaction)
        self.assertEqual({one.status_code for one in polled}, {200})
        poll()
        payments = self.rows("SELECT COUNT(*) FROM account_payment WHERE payment_transaction_id = %s", transaction)
        self.assertEqual(payments, [(1,)])
        left = self.rows("SELECT amount_residual, payment_state FROM account_move WHERE id = %s", self.invoice)
        self.assertEqual(float(left[0][0]), 0)
        self.assertEqual(self.count("recouvrement_portal_event"), 1)

    def test_a_payment_during_a_promise_leaves_both_once(self):
        reference = self.begin()().json()["result"]["reference"]
        promised, paid = self.at_once(self.act("promise", day=day(3)), self.simulate(reference))
        self.assertIn(promised.status_code, (303, 422))
        self.assertNotIn("error", paid.json())
        self.assertLessEqual(self.count("recouvrement_promise"), 1)
        state = self.rows("SELECT state FROM payment_transaction WHERE reference = %s", reference)
        self.assertEqual(state, [("done",)])
