import json
import re
import shutil
import subprocess
import tempfile
import textwrap
from pathlib import Path

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .einvoice_common import EinvoiceCommon, message

USAGE = Path(__file__).resolve().parents[2] / "readme" / "USAGE.md"


@tagged("post_install", "-at_install")
class TestEinvoiceInterface(EinvoiceCommon, HttpCase):
    """The example of the manual, run in a shell as it is written there, against a served database."""

    def setUp(self):
        super().setUp()
        if not shutil.which("curl"):
            self.skipTest("curl is not installed.")
        user = self._somebody("platform")
        self.key = self.env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "Platform", None)
        found = re.search(r"^    curl -s .*?(?=^    \[)", USAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        self.example = textwrap.dedent(found[0])

    def call(self, data):
        self.env.flush_all()
        example = self.example.replace('"company_id\\": 1', f'"company_id\\": {self.company.id}')
        self.assertIn(f": {self.company.id}", example)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "statut.xml").write_bytes(data)
            with self.at(MONDAY), self.allow_requests(all_requests=True):
                done = subprocess.run(
                    ["bash", "-c", example],
                    cwd=folder,
                    env={"PATH": "/usr/bin:/bin", "ODOO": self.base_url(), "KEY": self.key},
                    stdout=subprocess.PIPE,
                    timeout=60,
                    check=True,
                )
        self.env.invalidate_all()
        return json.loads(done.stdout)

    def test_the_example_takes_a_message_in_once_and_refuses_in_words(self):
        data = message("207", self.debt.name, reasons=[("QTE_ERR", "NOA", "Deux manquent")])
        [row] = self.call(data)
        self.assertEqual(
            (row["number"], row["status"], row["state"], row["known"]), (self.debt.name, "207", "done", False)
        )
        self.assertEqual(row["outcome"], f"Contested: dispute {self.disputes().name}.")
        [again] = self.call(data)
        self.assertEqual((again["known"], len(self.events.search([]))), (True, 1))
        with mute_logger("odoo.http"):
            refused = self.call(b"<Invoice/>")
        self.assertIn("not a life-cycle message", refused["message"])
