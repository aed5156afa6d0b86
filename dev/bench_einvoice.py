"""Messages of platforms taken in at once: ``make bench-einvoice`` (1,000 then 10,000, of statuses that act, mixed).

Each message is about an invoice of its own, late and open, and acts: approved, contested, completed, cancelled,
rejected, another account to pay. Prints, for each size, the seconds and the statements a page of 200 messages takes.
On a database of its own, and rolled back; ``--database`` names another.
"""

import argparse
import time
from collections import Counter
from contextlib import contextmanager
from datetime import date

from bench_ground import creditor, ground, owed, undone

TODAY = date(2026, 11, 20)
CODES = ("207", "205", "209", "213", "220", "227")
DEBTORS = 200


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[1_000, 10_000])
    parser.add_argument("--codes", nargs="+", default=CODES)
    parser.add_argument("--database", help="measure there, and change nothing")
    parser.add_argument("--hot", action="store_true", help="say which statements are sent most")
    options = parser.parse_args()
    with ground("bench_einvoice", options.database) as database:
        for size in options.sizes:
            with undone(database, TODAY) as odoo:
                names = prepare(odoo, size)
                seconds, pages, most = measure(odoo, names, options)
                print(f"{size:>6} messages: {seconds:.1f} s, {pages:.0f} statements a page of 200")
                for count, statement in most:
                    print(f"       {count:>7} {statement}")


def prepare(env, count):
    """That many late invoices, the copies of one for each debtor; returns their numbers."""
    creditor(env).recouvrement_active = True
    partners = env["res.partner"].create(
        [{"name": f"Client {number}", "is_company": True} for number in range(DEBTORS)]
    )
    moves = owed(env, partners, -(-count // DEBTORS), TODAY)
    env.cr.execute(  # a search would read them all in the cache, which is to be cold
        "SELECT name FROM account_move WHERE id = ANY(%s) OR name LIKE 'COPY/%%' ORDER BY id LIMIT %s",
        [moves.ids, count],
    )
    return [name for (name,) in env.cr.fetchall()]


def measure(env, names, options):
    from datetime import datetime

    from odoo.addons.recouvrement_fr.tools import cdar

    told = []
    for place, name in enumerate(names):
        code = options.codes[place % len(options.codes)]
        status = cdar.Status(
            key=f"B{place}|{name}|{code}",
            code=code,
            words="",
            number=name,
            issued_at=datetime(2026, 11, 20, 9, 0),
            grounds=(cdar.Ground("AUTRE", "", "NIN", "", "Mesure"),) if code in ("207", "213") else (),
        )
        told.append((cdar.write(status), status))
    env.flush_all()
    env.invalidate_all()
    sent = Counter()
    before, start = env.cr.sql_log_count, time.monotonic()
    with counted(env.cr, sent) if options.hot else contextmanager(lambda: iter([None]))():
        new, _known = env["recouvrement.einvoice.event"]._take_in(told, env.company)
        env.flush_all()
    seconds = time.monotonic() - start
    states = Counter(new.mapped("state"))
    if set(states) != {"done"}:
        print(f"       states: {dict(states)}; {new.filtered(lambda one: one.state == 'failed')[:1].outcome or ''}")
    pages = (env.cr.sql_log_count - before) / max(len(names) / 200, 1)
    return seconds, pages, [(count, statement) for statement, count in sent.most_common(40)]


@contextmanager
def counted(cursor, sent):
    original = type(cursor).execute

    def execute(self, query, *args, **kwargs):
        text = getattr(query, "code", query)
        sent[" ".join(str(text).split())[:170]] += 1
        return original(self, query, *args, **kwargs)

    type(cursor).execute = execute
    try:
        yield
    finally:
        type(cursor).execute = original


if __name__ == "__main__":
    main()
