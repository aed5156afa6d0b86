import json
import os
import subprocess
import sys
from pathlib import Path
from unittest import SkipTest

from odoo.tests import BaseCase, tagged

try:
    import env as house  # dev/env.py, on the path of `make test-glue`
except ImportError:  # tests run from elsewhere than the repository
    house = None

SCRIPT = Path(__file__).with_name("ar24_process.py")


@tagged("post_install", "-at_install")
class TestAr24Real(BaseCase):
    """Transactions that really fail, on a database of their own."""

    def test_what_was_deposited_is_remembered_though_the_posting_was_rolled_back(self):
        if house is None:
            raise SkipTest("run from the repository, with `make test-glue`: it clones databases")
        database = f"recouvrement_ar24_{os.getpid()}"
        self.addCleanup(house.drop, database)
        house.clone(house.build_glue(), database)
        done = subprocess.run(
            [sys.executable, str(SCRIPT), database],
            capture_output=True,
            text=True,
            timeout=300,
            env=house.environment(),
        )
        self.assertFalse(done.returncode, done.stderr[-2000:])
        first, then, there, second, at_last, at_ar24 = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual((first, then), ("refused", [["queued"] * 3, ["accepted", "accepted", "refused"]]))
        self.assertEqual(there, 2)
        self.assertEqual(second, "posted")
        self.assertEqual(at_last, [["handed_over"] * 3, ["accepted", "accepted", "accepted", "refused"]])
        self.assertEqual(at_ar24, 3)
