import re
from datetime import timedelta
from pathlib import Path
from unittest import SkipTest
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.config import DEFAULT_SERVER_WIDE_MODULES

from ..common import MONDAY, RecouvrementCommon

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "integration.md"  # not in the wheel


def python_blocks():
    if not GUIDE.exists():
        raise SkipTest("The guide is not installed with the module.")
    return re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@tagged("post_install", "-at_install")
class TestIntegrationGuide(RecouvrementCommon, HttpCase):
    """The examples of the integrator's guide, run one after the other against a real server."""

    @mute_logger("odoo.addons.rpc.controllers.xmlrpc")  # it warns that Odoo 20 will not have it; the guide says so
    def test_the_examples_of_the_guide_do_what_it_says(self):
        blocks = python_blocks()
        self.assertEqual(len(blocks), 5)
        self.invoice(MONDAY - timedelta(days=3), 1000.0)
        self.night(MONDAY)
        user = self._somebody("integrator")
        key = self._key(user)
        given = {
            "ODOO_URL": self.base_url(),
            "ODOO_DATABASE": self.env.cr.dbname,
            "ODOO_LOGIN": user.login,
            "ODOO_KEY": key,
            "PROMISED_FOR": (MONDAY + timedelta(days=7)).isoformat(),
        }
        names = {}
        self.env.flush_all()
        with patch.dict("os.environ", given), self.at(MONDAY), self.allow_requests(all_requests=True):
            for block in blocks:
                exec(compile(block, str(GUIDE), "exec"), names)  # our own documentation
        self.assertEqual([row["display_name"] for row in names["debtors"]], ["Menuiserie Durand"])
        self.assertEqual(names["debtors"][0]["overdue_amount"], 1000.0)
        [promise] = names["promises"]
        self.assertEqual((promise["amount"], promise["debtor_id"][1]), (1000.0, "Menuiserie Durand"))
        self.assertEqual(promise["date"], given["PROMISED_FOR"])
        self.assertEqual(names["sent"], [])

    def test_the_configuration_it_gives_leaves_odoo_what_it_loads_by_itself(self):
        """Without ``rpc`` no programming interface answers."""
        python_blocks()
        for line in re.findall(r"^server_wide_modules = (.*)$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE):
            self.assertLessEqual(set(DEFAULT_SERVER_WIDE_MODULES), set(line.split(",")))

    def _key(self, user):
        """A key that does not end: PostgreSQL reads today's date where it ends, and the test has a day of its own."""
        return self.env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "Guide", None)
