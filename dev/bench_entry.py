"""What accountants do all day, with the add-on and without: invoices posted, payments registered, items reconciled.

Two databases with the same ledger, one of which lacks the add-on; in the other it is active and has had a night.
Processes take turns; of each act the quickest is kept, in seconds of processor of both Odoo and PostgreSQL: what else
the machine does weighs less on them. ``python dev/env.py run -- python dev/bench_entry.py [--open 2000]``
"""

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import date

ROUNDS = 3  # of processes
TRIES = 4  # in each
DOCUMENTS = 20  # at once
MOST = 1.1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=2_000, help="open invoices, a third of the posted ones")
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 11, 20))
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(work(options.worker, options.today)))
        return 0
    figures = measure(options.open, options.today)
    for name, figure in figures.items():
        print(f"{name:>20} {figure}")
    missed = [name for name, figure in figures.items() if name.endswith("_ratio") and figure > MOST]
    if missed:
        print(f"over {MOST} times: {', '.join(missed)}")
    return 1 if missed else 0


def measure(size, on):
    """{act_ms, act_ratio}: milliseconds a document with the add-on, and what that is to the same without it."""
    import env

    databases = {"with": f"{env.PREFIX}_bench_entry", "without": f"{env.PREFIX}_bench_entry_core"}
    templates = {"with": env.build_template, "without": env.build_base}
    best = {name: {} for name in databases}
    try:
        for name, database in databases.items():
            env.clone(templates[name](), database)
            command = [sys.executable, "-m", "ledger", "--database", database, "--open", str(size)]
            subprocess.run([*command, "--today", on.isoformat()], check=True, cwd=env.ROOT, env=env.environment())
        for _round in range(ROUNDS):
            for name, database in databases.items():
                command = [sys.executable, __file__, "--worker", database, "--today", on.isoformat()]
                done = subprocess.run(
                    command, check=True, cwd=env.ROOT, env=env.environment(), stdout=subprocess.PIPE, text=True
                )
                for act, took in json.loads(done.stdout.strip().splitlines()[-1]).items():
                    best[name][act] = min(took, best[name].get(act, took))
    finally:
        for database in databases.values():
            env.drop(database)
    figures = {}
    for act, took in best["with"].items():
        figures[f"{act}_ms"] = round(took / DOCUMENTS * 1000, 2)
        figures[f"{act}_ratio"] = round(took / best["without"][act], 2)
    return figures


def work(database, on):
    """Seconds of each act, in a process of its own."""
    import ledger  # noqa: F401 - patches the namespace package of Odoo
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--log-level", "error"])
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if "recouvrement.run" in env and not env["recouvrement.run"].search_count([]):
            from bench import prepare

            prepare(env)
            env["recouvrement.run"]._cron_decide()
        env = env(user=env.ref("base.user_admin"))
        [(pid,)] = env.execute_query(_sql("SELECT pg_backend_pid()"))  # PostgreSQL's own, in SQL alone
        best = {}
        for _try in range(TRIES):
            with cr.savepoint(flush=False) as savepoint:
                for act, took in _day(env, on, pid).items():
                    best[act] = min(took, best.get(act, took))
                savepoint.rollback()
            env.invalidate_all()
        return best


def _day(env, on, pid):
    """One day's invoices, posted, half of them paid by the dialog, half set against what the bank brought in."""
    from odoo.fields import Command

    took = {}
    partners = env["account.move"].search([("move_type", "=", "out_invoice")], limit=4000, order="id desc").partner_id
    line = {"name": "Pose", "price_unit": 100.0, "tax_ids": False}
    invoices = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": on,
                "invoice_line_ids": [Command.create(line)],
            }
            for partner in partners[: 2 * DOCUMENTS]
        ]
    )
    kept = invoices[:DOCUMENTS]
    took["post"] = _timed(env, pid, kept.action_post)
    invoices[DOCUMENTS:].action_post()
    dialog = env["account.payment.register"].with_context(active_model="account.move", active_ids=kept.ids)
    took["pay"] = _timed(env, pid, lambda: dialog.create({"payment_date": on})._create_payments())
    pairs = _received(env, invoices[DOCUMENTS:], on)
    took["reconcile"] = _timed(env, pid, lambda: [pair.reconcile() for pair in pairs])
    return took


def _received(env, invoices, on):
    """Pairs of journal items: what is owed, and what came in for it."""
    from odoo.fields import Command

    owed = invoices.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
    journal = env["account.journal"].search([("type", "=", "general"), ("company_id", "=", env.company.id)], limit=1)
    bank = env["account.account"].search([("account_type", "=", "asset_cash")], limit=1)
    entries = env["account.move"].create(
        [
            {
                "journal_id": journal.id,
                "date": on,
                "line_ids": [
                    Command.create({"account_id": bank.id, "debit": item.debit}),
                    Command.create(
                        {"account_id": item.account_id.id, "partner_id": item.partner_id.id, "credit": item.debit}
                    ),
                ],
            }
            for item in owed
        ]
    )
    entries.action_post()
    return [item + entry.line_ids.filtered(lambda line: line.credit) for item, entry in zip(owed, entries, strict=True)]


def _timed(env, pid, act):
    """Seconds of processor, of this process and of its PostgreSQL, from everything written to everything written."""
    env.flush_all()
    env.invalidate_all()
    before = time.process_time() + _processor(pid)
    act()
    env.flush_all()
    return time.process_time() + _processor(pid) - before


def _processor(pid):
    with open(f"/proc/{pid}/schedstat") as file:
        return int(file.read().split()[0]) / 1e9


def _sql(text):
    from odoo.tools import SQL

    return SQL(text)


if __name__ == "__main__":
    sys.exit(main())
