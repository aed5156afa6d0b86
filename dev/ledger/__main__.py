"""Fill a database with a large ledger: ``python dev/env.py run -- python -m ledger --database DB --open 10000``."""

import argparse
import os
import sys
from datetime import date
from time import perf_counter


def main():
    parser = argparse.ArgumentParser(prog="ledger", description=__doc__)
    parser.add_argument("--database", required=True, help="a database with the add-on's dependencies; it is changed")
    parser.add_argument("--open", type=int, default=10_000, help="open invoices; three times as many are posted")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--today", type=date.fromisoformat, default=date.today(), help="the day overdue is judged on")
    parser.add_argument("--check", type=int, metavar="SAMPLE", help="have the ORM recompute that many documents")
    options = parser.parse_args()

    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", options.database])

    from ledger.bulk import bulk, vacuum
    from ledger.check import check

    started = perf_counter()
    with Registry(options.database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        counts = bulk(env, options.open, seed=options.seed, today=options.today, progress=say)
        cr.commit()
        vacuum(options.database)
        say(f"{', '.join(f'{count} {what}' for what, count in counts.items())} in {perf_counter() - started:.0f} s")
        if options.check and check(env, options.check, options.seed):
            return 1
    return 0


def say(message):
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
