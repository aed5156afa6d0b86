"""The Odoo process of `test_ar24_real`: three letters, AR24 refuses the third; posted, and posted again.

``ar24_process.py DATABASE``; prints one line of JSON. Odoo's tests share one cursor: none of this is seen inside them.
"""

import json
import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from unittest.mock import patch

import odoo.init  # noqa: F401 - patches and shortcuts, before anything else of Odoo
from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config

config.parse_config(["-c", os.environ["ODOO_RC"], "-d", sys.argv[1], "--log-level", "critical"])
REAL = Path(__file__).resolve().parents[2] / "recouvrement_fr" / "tests" / "night" / "real_process.py"


def loaded(name, path):
    spec = spec_from_file_location(name, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


real = loaded("real_process", REAL)
server_of = loaded("ar24_server", Path(__file__).with_name("ar24_server.py"))


def main():
    registry, ar24 = Registry(sys.argv[1]), server_of.Ar24Server()
    from odoo.addons.recouvrement_fr.tools import clock  # once the configuration names the add-on's folder

    with patch.object(clock, "today", lambda _env: real.TODAY):
        ids = in_transaction(registry, lambda env: prepared(env, ar24))
        deposit = ar24.deposit

        def third_refused(handler, asked):
            ar24.mode = "accept" if len(ar24.letters) < 2 else "refuse"
            deposit(handler, asked)

        ar24.deposit = third_refused
        told = [in_transaction(registry, lambda env: posted(env, ids)), found(registry, ids), len(ar24.letters)]
        ar24.deposit, ar24.mode = deposit, "accept"
        told += [in_transaction(registry, lambda env: posted(env, ids)), found(registry, ids), len(ar24.letters)]
    ar24.close()
    print(json.dumps(told), flush=True)


def in_transaction(registry, act):
    """What `act` answers; committed, or rolled back when it refuses."""
    with registry.cursor() as cr:
        try:
            answer = act(api.Environment(cr, SUPERUSER_ID, {}))
        except UserError:
            cr.rollback()
            return "refused"
        cr.commit()
        return answer


def prepared(env, ar24):
    real.prepare(env)
    env.company.write(
        {
            "recouvrement_carrier": "ar24",
            "recouvrement_ar24_url": ar24.url,
            "recouvrement_ar24_token": server_of.TOKEN,
            "recouvrement_ar24_key": server_of.KEY,
            "recouvrement_ar24_user": server_of.USER,
        }
    )
    policy = env["recouvrement.policy"].search(
        [("state", "=", "active"), ("debtor_type", "=", "professional")], limit=1
    )
    # A level that called has no words: none becomes a letter without them.
    policy.level_ids.filtered(lambda level: not level.intro).write({"intro": "Bonjour,", "closing": "Merci."})
    former = policy.level_ids.channel_ids
    env["recouvrement.level.channel"].create([{"level_id": level.id, "channel": "lre"} for level in policy.level_ids])
    former.unlink()
    real.night(env)
    real.dispatch(env)
    return env["recouvrement.dispatch"].search([("channel", "=", "lre")], order="id", limit=3).ids


def posted(env, ids):
    env["recouvrement.dispatch"].browse(ids).action_mark_posted()
    return "posted"


def found(registry, ids):
    """(states of the letters, states of their deposits), as a new transaction sees them."""
    return in_transaction(
        registry,
        lambda env: [
            env["recouvrement.dispatch"].browse(ids).mapped("state"),
            sorted(env["recouvrement.ar24.deposit"].search([("dispatch_id", "in", ids)]).mapped("state")),
        ],
    )


if __name__ == "__main__":
    main()
