"""A run of the tests leaves no warning and no error in the log that no test expects (a plugin of pytest, conftest.py).

A test that provokes one says so: ``assertLogs`` where the words matter, ``mute_logger`` where they do not. What core
says by itself is named in ``log_known.txt``, each with its reason; that list only shrinks. Works under pytest-xdist:
each process tells the first one what it found, which tells it at the end and fails the run; with ``STRICT_LOG=0`` it
only tells.
"""

import logging
import os
import re
from pathlib import Path

import pytest

KNOWN = Path(__file__).with_name("log_known.txt")
STRICT = os.environ.get("STRICT_LOG") != "0"
OF_ODOO = ("odoo", "werkzeug", "py.warnings")


class Collector(logging.Handler):
    """What reaches the log, with the test that was running."""

    def __init__(self, known):
        super().__init__(logging.WARNING)
        self.known, self.test, self.found = known, "before the tests", []

    def emit(self, record):
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text += f" | {record.exc_info[1]!r}"
        line = f"{record.levelname} {record.name}: {' '.join(text.split())[:400]}"
        if not any(pattern.search(line) for pattern in self.known):
            self.found.append([self.test, line])


def known(file=KNOWN):
    """The patterns of the list: each line is one, the lines of comment above it are its reason."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


class LogCheck:
    """Collects in each process; the one that a person started says what was found and fails."""

    def __init__(self):
        self.collector = Collector(known())

    def pytest_sessionstart(self, session):
        for handler in logging.getLogger().handlers:
            handler.setLevel(logging.CRITICAL)  # said once, at the end
        for name in OF_ODOO:
            logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger().addHandler(self.collector)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        self.collector.test = item.nodeid
        yield

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        self.collector.found += getattr(node, "workeroutput", {}).get("log_check", [])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session, exitstatus):
        logging.getLogger().removeHandler(self.collector)
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["log_check"] = self.collector.found
        elif self.collector.found and exitstatus == pytest.ExitCode.OK and STRICT:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if self.collector.found:
            terminalreporter.section("said in the log, expected by no test")
            for test, line in self.collector.found:
                terminalreporter.write_line(f"{test}\n    {line}")


def pytest_configure(config):
    config.pluginmanager.register(LogCheck(), "log_check_of_the_run")
