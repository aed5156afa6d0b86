"""Prepare a test database: French companies with their chart of accounts, which the classes of tests share, and with
``--pages`` the scripts and styles of pages, which takes longer than a few tests save.

``python dev/ready.py DATABASE [--pages]``; see ``recouvrement_fr/tests/ready.py``.
"""

import os
import sys

import odoo.init  # noqa: F401 - patches and shortcuts, before anything else of Odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

# Of the client, of the debtor's page and of printed documents.
BUNDLES = {
    "css": ("web.assets_web", "web.assets_web_print", "web.assets_frontend", "web.report_assets_common"),
    "js": ("web.assets_web", "web.assets_frontend_minimal", "web.assets_frontend_lazy", "web.assets_tests"),
}
PARAMETER, NAME, COUNT = "recouvrement_fr.ready_companies", "Ready for tests", 3


def main(database, pages=False):
    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--log-level", "error"])
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if not env["ir.config_parameter"].get_param(PARAMETER):
            make(env)
        if pages:
            draw(env)


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


def draw(env):
    """Scripts and styles of pages and of printed documents: each class that asks for some would make them again, in a
    transaction that takes them away. Those there are already are left."""
    for kind, names in BUNDLES.items():
        for name in names:
            getattr(env["ir.qweb"]._get_asset_bundle(name, css=kind == "css", js=kind == "js"), kind)()
    env.cr.commit()


if __name__ == "__main__":
    main(sys.argv[1], "--pages" in sys.argv)
