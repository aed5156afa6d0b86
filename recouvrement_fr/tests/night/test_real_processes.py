"""Kills, two workers at once and a real mail server: in processes and databases of their own.

Odoo's test mode shares one cursor and never sends, so none of this can be seen inside it.
"""

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from unittest import SkipTest

from odoo.tests import BaseCase, tagged

try:
    import env as house  # dev/env.py, on the path of `make test`
    from aiosmtpd.controller import Controller
except ImportError:  # tests run from elsewhere than the repository
    house = None

SCRIPT = Path(__file__).with_name("real_process.py")
DEBTORS = 12
ADDRESSES = {f"client{number}@x.example" for number in range(DEBTORS)}


class Handler:
    """Takes messages; told to, refuses an address, is silent, or kills the sender once it has the message."""

    def __init__(self):
        self.taken = []
        self.refused = self.silent = self.killed_at = self.victim = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address == self.refused:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.taken += envelope.rcpt_tos
        if self.silent in envelope.rcpt_tos:
            await asyncio.sleep(3)
        if len(self.taken) == self.killed_at:
            os.kill(self.victim, signal.SIGKILL)
        return "250 accepted"


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@tagged("post_install", "-at_install")
class TestRealProcesses(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if house is None:
            raise SkipTest("run from the repository, with `make test`: it clones databases and starts a mail server")
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every command
        cls.prepared = f"recouvrement_processes_{os.getpid()}"
        cls.addClassCleanup(house.drop, cls.prepared)
        house.clone(house.build_template(), cls.prepared)
        cls.port = 0
        cls._finish(cls._start(cls.prepared, "prepare"))

    def setUp(self):
        super().setUp()
        self.handler = Handler()
        type(self).port = _free_port()
        server = Controller(self.handler, hostname="127.0.0.1", port=self.port)
        server.start()
        self.addCleanup(server.stop)
        self.database = f"{self.prepared}_run"
        house.clone(self.prepared, self.database)
        self.addCleanup(house.drop, self.database)

    @classmethod
    def _start(cls, database, *steps):
        command = [sys.executable, "-W", "ignore", str(SCRIPT), database, str(cls.port), *steps]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=house.environment(),
        )

    @classmethod
    def _finish(cls, process):
        """Its last line, read as JSON when there is one; a failure shows what it said."""
        out, err = process.communicate(timeout=120)
        if process.returncode:
            raise AssertionError(f"exit code {process.returncode}\n{out}\n{err}")
        lines = out.strip().splitlines()
        return json.loads(lines[-1]) if lines and lines[-1].startswith("{") else None

    def process(self, *steps):
        return self._finish(self._start(self.database, *steps))

    def together(self, *steps):
        """Two processes that do each step after a `wait` at the same moment; their reports."""
        processes = [self._start(self.database, *steps) for _worker in range(2)]
        for _moment in range(steps.count("wait")):
            for process in processes:
                if process.stdout.readline().strip() != "ready":
                    self._finish(process)  # shows what it said
            for process in processes:
                process.stdin.write("\n")
                process.stdin.flush()
        return [self._finish(process) for process in processes]

    def test_accepted_refused_silent_and_down(self):
        """Every answer of a mail server, then the same night and the same dispatch again."""
        self.handler.refused, self.handler.silent = "client1@x.example", "client2@x.example"
        steps = ("night", "down", "dispatch", "up", "dispatch", "up", "dispatch", "night", "dispatch", "report")
        found = self.process(*steps)
        self.assertEqual(Counter(self.handler.taken), Counter(ADDRESSES - {"client1@x.example"}))
        refused, silent = found["client1@x.example"], found["client2@x.example"]
        self.assertEqual(refused["dispatches"], {"email": "failed", "letter": "queued"})
        self.assertEqual((silent["dispatches"], silent["reminder"]), ({"email": "uncertain"}, "sending"))
        for address in ADDRESSES - {"client1@x.example", "client2@x.example"}:
            self.assertEqual(found[address]["reminder"], "sent", address)
            self.assertEqual(found[address]["dispatches"], {"email": "handed_over"})
            self.assertGreaterEqual(found[address]["tries"], 2)  # the server was down at first
            self.assertTrue(found[address]["kept"])
        self.assertEqual((found["reminders"], found["lines"], found["errors"]), (DEBTORS, DEBTORS, 0))

    def test_killed_after_the_server_accepted_nothing_leaves_twice(self):
        self.process("night")
        sender = self._start(self.database, "dispatch")
        self.handler.victim, self.handler.killed_at = sender.pid, 6  # in the middle of the second batch of four
        sender.communicate(timeout=120)
        self.assertEqual(sender.returncode, -signal.SIGKILL)
        before = list(self.handler.taken)
        self.assertEqual(len(before), 6)
        found = self.process("dispatch", "night", "dispatch", "report")
        self.assertFalse([address for address, count in Counter(self.handler.taken).items() if count > 1])
        states = {address: found[address]["dispatches"]["email"] for address in ADDRESSES}
        self.assertEqual({states[address] for address in before[:4]}, {"handed_over"})
        self.assertEqual({states[address] for address in before[4:]}, {"uncertain"})
        self.assertEqual(Counter(states.values()), {"handed_over": 8, "uncertain": 4})
        self.assertEqual((found["reminders"], found["lines"]), (DEBTORS, DEBTORS))
        for address in ADDRESSES:
            self.assertNotIn("outgoing", found[address]["mail"])

    def test_two_workers_decide_and_send_each_debt_once(self):
        reports = self.together("wait", "night", "wait", "dispatch", "wait", "dispatch", "report")
        for found in reports:
            self.assertEqual((found["reminders"], found["lines"], found["errors"]), (DEBTORS, DEBTORS, 0))
            self.assertEqual({found[address]["reminder"] for address in ADDRESSES}, {"sent"})
            self.assertEqual(found["said"], [])
        self.assertEqual(Counter(self.handler.taken), Counter(ADDRESSES))

    def test_another_worker_a_moment_ahead_is_no_error_of_the_log(self):
        found = self.process("night_overtaken", "report")
        self.assertEqual((found["reminders"], found["lines"], found["errors"]), (DEBTORS, DEBTORS, 0))
        self.assertEqual((found["runs"], found["examined"]), (["released"], DEBTORS))
        self.assertEqual(found["said"], [])

    def test_statements_killed_in_the_mail_queue_leave_once_and_the_doubtful_one_is_told(self):
        self.process("night", "statements")
        sender = self._start(self.database, "queue")
        self.handler.victim, self.handler.killed_at = sender.pid, 6
        sender.communicate(timeout=120)
        self.assertEqual(sender.returncode, -signal.SIGKILL)
        found = self.process("queue", "statement_states")
        self.assertEqual(Counter(self.handler.taken), Counter(ADDRESSES))  # core's own queue would send the sixth again
        self.assertEqual(Counter(found.values()), {"sent": DEBTORS - 1, "failed": 1})
