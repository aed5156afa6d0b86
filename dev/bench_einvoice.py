"""Messages of platforms taken in at once: ``make bench-einvoice`` (1,000 then 10,000, of statuses that act, mixed).

Each message is about an invoice of its own, late and open, and acts: approved, contested, completed, cancelled,
rejected, another account to pay. Prints, for each size, the seconds and the statements a page of 200 messages takes.
On a database of its own, and rolled back; ``--database`` names another.
"""

import argparse
import time
from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta

from bench import Opened
from bench_door import COPIES

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
    import env

    database = options.database or f"{env.PREFIX}_bench_einvoice"
    if not options.database:
        env.clone(env.build_template(), database)
    try:
        for size in options.sizes:
            with Opened(database, TODAY) as odoo:
                odoo = odoo(context={"lang": "fr_FR"})
                names = prepare(odoo, size)
                seconds, pages, most = measure(odoo, names, options)
                print(f"{size:>6} messages: {seconds:.1f} s, {pages:.0f} statements a page of 200")
                for count, statement in most:
                    print(f"       {count:>7} {statement}")
                odoo.cr.rollback()
    finally:
        if not options.database:
            env.drop(database)


def prepare(env, count):
    """That many late invoices, the copies of one for each debtor; returns their numbers."""
    from odoo import Command

    company = env.company
    if company.chart_template != "fr":
        env["account.chart.template"].try_loading("fr", company)
    company.recouvrement_active = True
    env["res.partner.bank"].create({"acc_number": "FR7630006000011234567890189", "partner_id": company.partner_id.id})
    partners = env["res.partner"].create(
        [{"name": f"Client {number}", "is_company": True} for number in range(DEBTORS)]
    )
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": TODAY - timedelta(days=60),
                "invoice_date_due": TODAY - timedelta(days=30),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create({"name": "Pose", "price_unit": 100, "tax_ids": False})],
            }
            for partner in partners
        ]
    )
    moves.action_post()
    env.flush_all()
    # In SQL: posting thousands of invoices would take longer than everything that is measured.
    copied = "'id', nextval('{0}_id_seq'), {1}"
    number = "'COPY/' || one.id || '/' || number"
    env.cr.execute(
        COPIES.format(
            table="account_move",
            others="generate_series(2, %s) number,",
            values=copied.format("account_move", f"'name', {number}, 'sequence_number', one.id * 1000 + number"),
            chosen="one.id = ANY(%s)",
        ),
        [-(-count // DEBTORS), moves.ids],
    )
    env.cr.execute(
        COPIES.format(
            table="account_move_line",
            others="account_move copy,",
            values=copied.format("account_move_line", "'move_id', copy.id, 'move_name', copy.name"),
            chosen="one.move_id = ANY(%s) AND copy.name LIKE 'COPY/' || one.move_id || '/%%'",
        ),
        [moves.ids],
    )
    env.invalidate_all()
    env.cr.execute(
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
