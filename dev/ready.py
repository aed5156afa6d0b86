"""Prepare a test database: French companies with their chart of accounts, which the classes of tests share.

``python dev/ready.py DATABASE``; see ``recouvrement_fr/tests/ready.py``.
"""

import os
import sys

import odoo.init  # noqa: F401 - patches and shortcuts, before anything else of Odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

PARAMETER, NAME, COUNT = "recouvrement_fr.ready_companies", "Ready for tests", 3


def main(database):
    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--log-level", "error"])
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if not env["ir.config_parameter"].get_param(PARAMETER):
            make(env)


def make(env):
    france = env.ref("base.fr")
    # As in Odoo's own tests, a French company installs no other module.
    companies = (
        env["res.company"]
        .with_context(install_mode=True, chart_template_load=True)
        .create(
            [
                {"name": f"{NAME} {number}", "country_id": france.id, "currency_id": france.currency_id.id}
                for number in range(1, COUNT + 1)
            ]
        )
    )
    for company in companies.with_env(env):
        env["account.chart.template"].try_loading("fr", company=company, install_demo=False)
    env["ir.config_parameter"].set_param(PARAMETER, ",".join(map(str, companies.ids)))
    env.cr.commit()
    env.cr.execute("ANALYZE")  # else PostgreSQL takes the tables for empty, and joins accounts row by row
    env.cr.commit()


if __name__ == "__main__":
    main(sys.argv[1])
