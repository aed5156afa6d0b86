"""An Odoo server of `test_door_at_once`: prepares a database of its own, says so, and answers on a port.

``door_server.py DATABASE PORT``; prints one line of JSON: the link of each debtor and what the forms need.
"""

import json
import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from unittest.mock import patch

from werkzeug.serving import WSGIRequestHandler, make_server

import odoo.init  # noqa: F401 - patches and shortcuts, before anything else of Odoo
from odoo import SUPERUSER_ID, Command, api
from odoo.http import root
from odoo.modules.registry import Registry
from odoo.service.server import load_server_wide_modules
from odoo.tools import config

spec = spec_from_file_location("real_process", Path(__file__).parents[1] / "night" / "real_process.py")
real = module_from_spec(spec)
spec.loader.exec_module(real)


class Silent(WSGIRequestHandler):
    def log(self, *_args):
        """Nothing: what matters is asserted."""


def main():
    database, port = sys.argv[1:]
    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--log-level", "critical"])
    load_server_wide_modules()
    registry = Registry(database)
    from odoo.addons.recouvrement_fr.tools import clock  # once the configuration names the add-on's folder

    with patch.object(clock, "today", lambda _env: real.TODAY):
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            real.prepare(env)
            print(json.dumps(prepared(env)), flush=True)
        make_server("127.0.0.1", int(port), root, threaded=True, request_handler=Silent).serve_forever()


def prepared(env):
    """Debtors with their pages, and a provider that only pretends."""
    policy = env["recouvrement.policy"].search([("state", "=", "active")])
    policy.write({"door": True, "door_plan": True})
    partners = env["res.partner"].search([("email", "=like", "client%@x.example")], order="id")
    links = env["recouvrement.portal.access"]
    cards = [env["recouvrement.debtor"]._card(env.company, partner) for partner in partners]
    for card in cards:
        card.policy_id = policy  # as the night would choose it
    found = {
        "debtors": [{"id": card.id, "token": links._make(card, real.TODAY, 90)} for card in cards],
        "invoices": [env["account.move"].search([("partner_id", "=", one.id)]).id for one in partners],
        "reason": env["recouvrement.dispute.reason"].search([], limit=1).id,
        "method": 0,
    }
    provider = env.ref("payment.payment_provider_demo")
    if provider.code == "demo":
        method = env["payment.method"].search([("code", "=", "demo"), ("active", "in", (True, False))], limit=1)
        method.active = True
        bank = [("type", "=", "bank"), ("company_id", "=", provider.company_id.id)]
        provider.write(
            {"state": "test", "is_published": True, "payment_method_ids": [Command.set(method.ids)]}
            | {"journal_id": env["account.journal"].search(bank, limit=1).id}
        )
        found |= {"method": method.id, "provider": provider.id}
    env.cr.commit()
    return found


if __name__ == "__main__":
    main()
