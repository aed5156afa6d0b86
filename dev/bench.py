"""Figures on large ledgers: ``make bench SIZES="10000 100000 330000"`` (open invoices, a third of the posted ones).

For each size a database is filled with SQL, then measured in one run: the floor (the one statement that merely finds
the overdue instalments), the first night with everything due, by one worker and by two, an idle night and a usual one
(2 % of the debtors changed), the making of e-mails and letters, what people wait for, the figures a creditor steers by,
and a debtor of 5,000 items.
Prints a table and writes ``dev/bench/latest.json``.
"""

import argparse
import gc
import json
import math
import os
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "dev" / "bench" / "latest.json"
COLUMNS = (
    "size",
    "open",
    "instalments",
    "debtors",
    "floor_s",
    "decide_s",
    "decide_ratio",
    "decide_peak_mb",
    "decide_queries_per_page",
    "two_workers_ratio",
    "two_workers_floor_ratio",
    "idle_s",
    "idle_ratio",
    "usual_s",
    "usual_ratio",
    "email_ms",
    "email_ratio",
    "email_queries",
    "letter_ms",
    "follow_up_s",
    *("card_items", "card_ms", "card_floor_ms", "card_queries", "statement_ms", "statement_floor_ms"),
    "print_1000_s",
    "print_mb",
    *("list_ms", "list_floor_ms", "list_ratio", "list_queries"),
    "agenda_s",
    "agenda_floor_s",
    "post_ratio",
    "pay_ratio",
    "reconcile_ratio",
    "dashboard_s",
    "dashboard_floor_s",
    "dashboard_ratio",
    "dashboard_trend_s",
    "dashboard_forecast_s",
    "aged_s",
    "aged_floor_s",
    "aged_ratio",
    "profiles_all_s",
    "profiles_none_s",
    "profiles_0.1%_s",
    "profiles_1%_s",
    "profiles_10%_s",
    *("bills", "bills_s", "bills_trend_s", "months_s", "months_trend_s", "elsewhere_s", "elsewhere_trend_s"),
    "mentions_s",
    "large_items",
    "large_floor_s",
    "large_send_s",
    "large_send_cpu_s",
    "large_decompte_s",
    "large_decompte_cpu_s",
    "large_case_s",
    "large_case_cpu_s",
    "large_statement_s",
    "large_statement_cpu_s",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000])
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 11, 20), help="a sending day")
    parser.add_argument("--keep", action="store_true", help="keep the databases, and reuse those kept")
    parser.add_argument("--worker", help=argparse.SUPPRESS)  # one of two, on this database
    parser.add_argument("--phase", help=argparse.SUPPRESS)  # one phase in a process of its own, so memory is its own
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.today)
        return
    if options.phase:
        print(json.dumps(PHASES[options.phase](database_of(options.sizes[0]), options.today)))
        return
    rows = []
    for size in options.sizes:
        row = measure(size, options)
        rows.append(row)
        show(rows)
    if len(rows) > 1:
        show_slope(rows)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n")


def database_of(size):
    import env

    return f"{env.PREFIX}_bench_{size}"


def measure(size, options):
    import env

    database = database_of(size)
    if not (options.keep and env.exists(database)):
        env.clone(env.build_template(), database)
        command = [sys.executable, "-m", "ledger", "--database", database, "--open", str(size)]
        subprocess.run([*command, "--today", options.today.isoformat()], check=True, cwd=ROOT)
    row = {"size": size}
    for name in PHASES:
        say(f"{database}: {name}...")
        command = [sys.executable, __file__, "--sizes", str(size), "--phase", name]
        command += ["--today", options.today.isoformat()]
        done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        row |= json.loads(done.stdout.strip().splitlines()[-1])
    row["decide_ratio"] = round(row["decide_s"] / row["floor_s"], 1)
    row["idle_ratio"] = round(row["idle_s"] / row["floor_s"], 2)
    row["usual_ratio"] = round(row["usual_s"] / row["floor_s"], 2)
    if not options.keep:
        env.drop(database)
    return row


# --- phases, each in a process of its own -----------------------------------------------------------------------------


class Opened:
    """An environment on a database, at that day, in the morning."""

    def __init__(self, database, on):
        import ledger  # noqa: F401 - patches the namespace package of Odoo
        from odoo.modules.registry import Registry
        from odoo.tools import config

        config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database])
        self.registry = Registry(database)
        self.on = on

    def __enter__(self):
        from odoo import SUPERUSER_ID, api

        from odoo.addons.recouvrement_fr.tools import clock

        self.cursor = self.registry.cursor()
        env = api.Environment(self.cursor, SUPERUSER_ID, {})
        # The one place where the day is read: a frozen clock would slow down what is measured.
        self.patched = patch.object(clock, "today", lambda _env: self.on)
        self.patched.start()
        return env

    def __exit__(self, *error):
        self.patched.stop()
        self.cursor.close()


def prepare(env):
    """Activate the policies; no halt, no cap, no holiday: everything due leaves."""
    policies = env["recouvrement.policy"].search([])
    policies.write({"sending_weekdays": "all"})
    policies.level_ids.write({"attach_invoices": False})  # core's own PDF of invoices is not ours to measure
    policies.action_activate()
    env.company.write({"recouvrement_halt_percent": 0, "recouvrement_gap_days": 999})
    env.company._recouvrement_activate({})
    env.cr.commit()


def floor(database, on):
    """The single statement that finds and fetches the overdue instalments, best of three."""
    with Opened(database, on) as env:
        prepare(env)
        accounts = ",".join(map(str, env.company._recouvrement_accounts()))
        env.cr.execute("SET max_parallel_workers_per_gather = 0; SET jit = off")
        best = math.inf
        for _try in range(3):
            started = time.perf_counter()
            env.cr.execute(  # in SQL: it is the floor
                f"""
                SELECT l.company_id, p.commercial_partner_id, l.id, l.amount_residual, l.amount_residual_currency,
                       COALESCE(l.date_maturity, l.date)
                  FROM account_move_line l JOIN res_partner p ON p.id = l.partner_id
                 WHERE l.account_id IN ({accounts}) AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'
                   AND COALESCE(l.date_maturity, l.date) < %s AND l.amount_residual > 0
              ORDER BY l.company_id, p.commercial_partner_id, 6
                """,
                [on],
            )
            rows = env.cr.fetchall()
            best = min(best, time.perf_counter() - started)
        env.cr.execute(
            f"SELECT COUNT(*) FROM account_move_line l WHERE l.account_id IN ({accounts})"
            " AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'"
        )
        [scanned] = env.cr.fetchone()
        return {
            "floor_s": round(best, 3),
            "open": scanned,
            "instalments": len(rows),
            "debtors": len({row[1] for row in rows}),
        }


def decide(database, on):
    """The first night, everything due: decided, reminders and lines planned, committed."""
    with Opened(database, on) as env:
        warm(env)
        before = peak_mb()
        statements, started = env.cr.sql_log_count, time.perf_counter()
        env["recouvrement.run"]._cron_decide()
        seconds = time.perf_counter() - started
        from odoo.addons.recouvrement_fr.models.night.recouvrement_run import PAGE

        pages = math.ceil(env["recouvrement.debtor"].search_count([]) / PAGE)
        [(lines,)] = env.execute_query(_sql("SELECT COUNT(*) FROM recouvrement_reminder_line"))
        return {
            "decide_s": round(seconds, 2),
            "decide_peak_mb": round(peak_mb()),
            "decide_start_mb": round(before),
            "decide_queries_per_page": round((env.cr.sql_log_count - statements) / pages, 1),
            "due": env["recouvrement.reminder"].search_count([]),
            "lines": lines,
        }


def warm(env):
    """A worker has worked before: it has read its translations, looked once through the million objects that loading
    Odoo leaves, and knows what a change of each field brings about."""
    from odoo.tools.translate import code_translations

    gc.collect()
    env.registry.is_modifying_relations(env["recouvrement.run"]._fields["state"])
    code_translations.get_python_translations("recouvrement_fr", env["recouvrement.run"]._for_people().env.lang)


def two_workers(database, on):
    """The same night by one process and by two, and what two can reach here at most."""
    import bench_workers

    return bench_workers.measure(database, on)


def work(database, on):
    """One of these processes."""
    with Opened(database, on) as env:
        warm(env)
        env.cr.commit()
        print("ready", flush=True)
        sys.stdin.readline()
        started = time.perf_counter()
        env["recouvrement.run"]._cron_decide()
        print(time.perf_counter() - started)


def usual(database, on):
    """A night on which one debtor in fifty has changed; best of three, as the floor."""
    from datetime import timedelta

    best = math.inf
    for night in range(4, 7):
        with Opened(database, on + timedelta(days=night)) as env:
            warm(env)
            env["recouvrement.run"]._cron_decide()  # what this very day brings
            env["recouvrement.run"].search([("date", "=", on + timedelta(days=night))]).write({"kind": "manual"})
            # In SQL: the mark of what changed, without what the ORM would recompute
            env.cr.execute("UPDATE recouvrement_debtor SET fingerprint = NULL WHERE id %% 50 = %s", [night])
            env.cr.commit()
            started = time.perf_counter()
            env["recouvrement.run"]._cron_decide()
            best = min(best, time.perf_counter() - started)
    return {"usual_s": round(best, 3)}


def large(database, on):
    """One debtor of thousands of items: a letter that claims interest, the décompte, a case, a statement."""
    import bench_large

    with Opened(database, on) as env:
        warm(env)
        return bench_large.measure(env, on)


def entry(_database, on):
    """Posting, registering a payment and reconciling, to the same without the add-on: on ledgers of their own."""
    import bench_entry

    return bench_entry.measure(2_000, on)


def idle(database, on):
    """A second night with nothing due; best of three, as the floor."""
    from datetime import timedelta

    best = math.inf
    for night in range(1, 4):
        with Opened(database, on + timedelta(days=night)) as env:
            env["recouvrement.run"]._cron_decide() if night == 1 else None  # what this very day brings
            env["recouvrement.run"].search([("date", "=", on + timedelta(days=night))]).write({"kind": "manual"})
            env.cr.commit()
            started = time.perf_counter()
            env["recouvrement.run"]._cron_decide()
            best = min(best, time.perf_counter() - started)
    return {"idle_s": round(best, 3), "idle_peak_mb": round(peak_mb())}


def dispatch(database, on):
    """E-mails and letters, 200 of each."""
    from bench_dispatch import measure as measure_dispatch

    with Opened(database, on) as env:
        return measure_dispatch(env)


def desk(database, on):
    """The daily follow-up, the card of a large debtor, letters printed."""
    import bench_desk

    with Opened(database, on) as env:
        figures = bench_desk.card(env, on) | bench_desk.print_letters(env, on)
    with Opened(database, on) as env:
        return figures | bench_desk.invoice_list(env) | bench_desk.agenda(env) | bench_desk.follow_up(env, on)


def figures(database, on):
    """The dashboard, the aged balance of a past day, the profiles of payers."""
    import bench_figures

    with Opened(database, on) as env:
        warm(env)
        if not env["recouvrement.run"].search_count([]):  # alone, on a ledger of which no night has decided anything
            prepare(env)
            env["recouvrement.run"]._cron_decide()
        return bench_figures.measure(env, on)


PHASES = {
    "floor": floor,
    "large": large,
    "two_workers": two_workers,
    "decide": decide,
    "figures": figures,
    "idle": idle,
    "usual": usual,
    "dispatch": dispatch,
    "desk": desk,
    "entry": entry,
}


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _sql(text):
    from odoo.tools import SQL

    return SQL(text)


# --- showing ----------------------------------------------------------------------------------------------------------


def show(rows):
    print("\n" + "  ".join(f"{name:>10}" for name in COLUMNS))
    for row in rows:
        print("  ".join(f"{row.get(name, ''):>{max(10, len(name))}}" for name in COLUMNS))


def show_slope(rows):
    first, last = rows[0], rows[-1]
    slope = math.log(last["decide_s"] / first["decide_s"]) / math.log(last["size"] / first["size"])
    print(f"log-log slope of the decision pass from {first['size']} to {last['size']} open invoices: {slope:.2f}")


def say(message):
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
