import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from unittest import SkipTest

import psutil

from odoo.tests import BaseCase, tagged

try:
    import env as house  # dev/env.py, on the path of `make test-glue`
    from aiosmtpd.controller import Controller
except ImportError:  # tests run from elsewhere than the repository
    house = None

SCRIPT = Path(__file__).with_name("queue_process.py")
ADDRESSES = {f"client{number}@x.example" for number in range(12)}
KILLED_AT = 6  # messages
LONGEST = 90  # seconds; it takes a third of that
UNFINISHED = "SELECT count(*) FROM queue_job WHERE state NOT IN ('done', 'failed')"


class Handler:
    """Takes messages, and kills the worker that is sending one, before it hears that it was taken."""

    def __init__(self):
        self.taken, self.killed = [], None

    async def handle_DATA(self, _server, session, envelope):
        self.taken += envelope.rcpt_tos
        if len(self.taken) >= KILLED_AT and not self.killed:
            _host, port = session.peer
            [self.killed] = {one.pid for one in psutil.net_connections("tcp") if one.laddr.port == port and one.pid}
            os.kill(self.killed, signal.SIGKILL)
        return "250 accepted"


@tagged("post_install", "-at_install")
class TestTwoWorkers(BaseCase):
    """Two processes of a real server take the jobs of one database; one of them is killed while it sends."""

    def setUp(self):
        super().setUp()
        if house is None:
            raise SkipTest("run from the repository, with `make test-glue`: it clones databases and starts servers")
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self.database = f"recouvrement_queue_{os.getpid()}"
        self.addCleanup(house.drop, self.database)
        house.clone(house.build_glue(), self.database)
        self.handler = Handler()
        self.mail_port, self.port = (str(free_port()) for _one in range(2))
        mail = Controller(self.handler, hostname="127.0.0.1", port=int(self.mail_port))
        mail.start()
        self.addCleanup(mail.stop)

    def start(self, *arguments):
        environment = {name: value for name, value in house.environment().items() if name != "QUEUE_JOB__NO_DELAY"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(SCRIPT), *arguments],
            **pipes,
            text=True,
            env=environment,
            start_new_session=True,
        )
        self.addCleanup(stop, process)
        return process

    def go_on(self, process):
        self.assertEqual(process.stdout.readline().strip(), "ready")
        process.stdin.write("\n")
        process.stdin.flush()

    def until(self, statement, wanted):
        """Wait until the database says so."""
        end = time.monotonic() + LONGEST
        while (found := house.psql(statement, self.database).strip()) != wanted:
            self.assertLess(time.monotonic(), end, f"still {found!r}: {statement}")
            time.sleep(0.2)

    def test_killed_while_it_sends_nothing_leaves_twice_and_nothing_is_lost(self):
        steps = ("prepare", "wait", "night", "wait", "dispatch", "wait", "dispatch", "jobs", "report")
        scheduler = self.start(self.database, self.mail_port, *steps)
        self.assertEqual(scheduler.stdout.readline().strip(), "ready")
        self.start("serve", self.database, self.mail_port, self.port)
        scheduler.stdin.write("\n")  # the night
        scheduler.stdin.flush()
        self.until("SELECT state FROM recouvrement_run", "released")
        self.go_on(scheduler)  # the dispatch
        self.until("SELECT count(*) > 0 FROM queue_job WHERE method_name = '_job_send'", "t")
        self.until(UNFINISHED, "0")
        self.go_on(scheduler)  # the dispatch of the next hour
        jobs, found = (json.loads(line) for line in scheduler.stdout.read().splitlines())

        methods = Counter(method for method, *_rest in jobs)
        self.assertEqual(methods, {"_job_decide": 3, "_job_finish": 1, "_job_send": 3})
        self.assertEqual({state for _method, _channel, state, *_rest in jobs}, {"done"})
        self.assertEqual(
            {channel for _method, channel, *_rest in jobs}, {"root.recouvrement.decide", "root.recouvrement.send"}
        )
        self.assertTrue(self.handler.killed)
        workers = {pid for *_job, pid, _tries in jobs}
        self.assertTrue(workers - {self.handler.killed}, "Another one took what it was doing")
        self.assertEqual(max(Counter(self.handler.taken).values()), 1, "Nobody was written to twice")
        self.assertEqual((found["reminders"], found["lines"], found["errors"]), (12, 12, 0))
        states = Counter(found[address]["dispatches"]["email"] for address in ADDRESSES)
        self.assertEqual(set(states), {"handed_over", "uncertain"}, "Nothing waits, nothing is forgotten")
        self.assertLessEqual(states["uncertain"], 4, "The batch of the one that was killed: a person looks")
        for address in ADDRESSES - set(self.handler.taken):
            self.assertEqual(found[address]["dispatches"]["email"], "uncertain", address)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def stop(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
