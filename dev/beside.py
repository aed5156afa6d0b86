"""The add-on beside the modules that a French company has: ``make beside`` (ten minutes, needs the package index).

In a database of its own: Odoo's sales, stock, purchases, point of sale, expenses and website, then those of the Odoo
Community Association for accounting (``--odoo-only`` leaves them out), fetched as wheels into the cache and never into
this tree. Then a night decides and sends twelve reminders, the add-on is uninstalled, and the ledger is compared with
what it was: not a cent nor a row may differ.
"""

import argparse
import sys
from pathlib import Path

import community
import env as house
from dist import Letterbox
from machine import CACHE, MODULE, PREFIX, ROOT, VENV, addons_path, run, say

OURS = "sale_management,stock,purchase,point_of_sale,hr_expense,website"
THEIRS = ("account_reconcile_oca", "account_payment_return", "account_financial_report", "l10n_fr_siret")
SERIES = ">=19,<20"
FOLDER = CACHE / "beside"
PROCESS = ROOT / MODULE / "tests" / "night" / "real_process.py"
# Of the ledger: what no module may change by leaving. Columns of ours are not in it.
LEDGER = """
    SELECT md5(string_agg(row, '|' ORDER BY row)) FROM (
        SELECT concat_ws(';', 'line', l.id, l.move_id, l.account_id, l.partner_id, l.date, l.date_maturity, l.debit,
                         l.credit, l.amount_residual, l.reconciled, l.name) AS row FROM account_move_line l
        UNION ALL
        SELECT concat_ws(';', 'move', m.id, m.name, m.state, m.payment_state, m.date, m.amount_total, m.partner_id)
          FROM account_move m
        UNION ALL SELECT concat_ws(';', 'partial', p.id, p.debit_move_id, p.credit_move_id, p.amount)
          FROM account_partial_reconcile p
        UNION ALL SELECT concat_ws(';', 'payment', y.id, y.amount, y.state) FROM account_payment y
    ) ledger
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--odoo-only", action="store_true", help="without those of the community")
    options = parser.parse_args()
    database = f"{PREFIX}_beside"
    modules = OURS if options.odoo_only else ",".join((OURS, *THEIRS))
    environment = house.environment()
    if not options.odoo_only:
        environment["ODOO_RC"] = str(configured(environment))
    odoo = [VENV / "bin" / "python", "-m", "odoo", "-d", database, "--stop-after-init"]
    try:
        house.clone(house.build_base(), database)
        say(f"Installing {modules} and {MODULE}...")
        run([*odoo, "-i", f"{modules},{MODULE}"], env=environment, cwd=ROOT)
        with Letterbox() as mail:
            steps = ("prepare", "night", "dispatch", "report")
            run([VENV / "bin" / "python", PROCESS, database, mail.port, *steps], env=environment, cwd=ROOT)
        print(f"Beside {modules}: {len(mail.received)} reminders of 12 left", flush=True)
        before = house.psql(LEDGER, database)
        say("Uninstalling...")
        script = f"env['ir.module.module'].search([('name', '=', '{MODULE}')]).button_immediate_uninstall()\n"
        run([VENV / "bin" / "python", "-m", "odoo", "shell", "-d", database], env=environment, cwd=ROOT, input=script)
        state = house.psql(f"SELECT state FROM ir_module_module WHERE name = '{MODULE}'", database).strip()
        same = house.psql(LEDGER, database) == before
    finally:
        house.drop(database)
    print(f"Uninstalled: {state}; the ledger is {'the same' if same else 'NOT the same'}", flush=True)
    return 0 if len(mail.received) == 12 and state == "uninstalled" and same else 1


def configured(environment):
    """Odoo's configuration with the modules of the community in its path."""
    community.fetch(THEIRS, SERIES, FOLDER)
    conf = CACHE / f"{PREFIX}_beside.conf"
    text = Path(environment["ODOO_RC"]).read_text()
    conf.write_text(
        text.replace(f"addons_path = {addons_path()}", f"addons_path = {addons_path()},{FOLDER / 'addons'}")
    )
    return conf


if __name__ == "__main__":
    try:
        sys.exit(main())
    except house.Missing as problem:
        sys.exit(f"error: {problem}")
