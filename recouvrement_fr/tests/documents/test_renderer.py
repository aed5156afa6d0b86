import stat
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ...tools import letter_pdf


@tagged("post_install", "-at_install")
class TestRenderer(BaseCase):
    """A renderer that does not answer."""

    def setUp(self):
        super().setUp()
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.child = folder / "child"
        self.command = folder / "wkhtmltopdf"
        self.command.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {self.child}\nwait\n")
        self.command.chmod(self.command.stat().st_mode | stat.S_IXUSR)
        self.enterContext(patch.object(letter_pdf, "SECONDS", 1))
        self.enterContext(patch.object(letter_pdf._Hung, "since", None))

    def run_it(self):
        started = time.monotonic()
        with self.assertRaisesRegex(letter_pdf.PrintError, "no answer"):
            letter_pdf._run(str(self.command), [], 1)
        return time.monotonic() - started

    def test_a_renderer_that_hangs_is_killed_with_what_it_started_and_not_asked_again_at_once(self):
        self.assertLess(self.run_it(), 10)
        orphan = Path(f"/proc/{self.child.read_text().strip()}/stat")
        for _try in range(50):
            if not orphan.exists() or orphan.read_text().split()[2] == "Z":
                break
            time.sleep(0.1)
        else:
            self.fail("what the renderer started is still there")
        self.child.unlink()
        self.assertLess(self.run_it(), 0.5)
        self.assertFalse(self.child.exists())

    def test_after_its_rest_it_is_asked_again(self):
        self.run_it()
        letter_pdf._Hung.since -= letter_pdf.REST + 1
        self.child.unlink()
        self.run_it()
        self.assertTrue(self.child.exists())
