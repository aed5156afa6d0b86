"""The page of a debtor with thousands of invoices: ``make bench-door`` (5,000 invoices).

What the page takes, from a cold cache of records to its last byte, beside its floor in SQL: the same statements sent
again without Odoo. On a database of its own, and rolled back; ``--database`` names another.
"""

import argparse
import time
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from bench_ground import creditor, ground, owed, undone

TODAY = date(2026, 11, 20)
TRIES = 7


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=5000)
    parser.add_argument("--database", help="measure there, and change nothing")
    options = parser.parse_args()
    with ground("bench_door", options.database) as database, undone(database, TODAY, tracking_disable=True) as odoo:
        debtor = prepare(odoo, options.invoices)
        for name, figure in measure(odoo, debtor, TODAY).items():
            print(f"{name:<20} {figure}")


def prepare(env, count):
    """A debtor who owes that many invoices, the copies of one."""
    company = creditor(env)
    policy = env["recouvrement.policy"].search([("company_id", "=", company.id)], limit=1)
    policy = policy or env["recouvrement.policy"].search([], limit=1)
    policy.level_ids.attach_invoices = False
    policy.action_activate()
    policy.write({"door": True, "door_plan": True})
    partner = env["res.partner"].create({"name": "Client", "is_company": True, "company_registry": "732829320"})
    owed(env, partner, count, TODAY)
    return env["recouvrement.debtor"]._card(company, partner)


@contextmanager
def recorded(env):
    """Every statement sent meanwhile, as it was sent."""
    from odoo.tools import SQL

    sent, cursor = [], type(env.cr)
    execute = cursor.execute

    def kept(self, query, params=None, *args, **kwargs):
        sent.append((query.code, query.params) if isinstance(query, SQL) else (query, params))
        return execute(self, query, params, *args, **kwargs)

    with patch.object(cursor, "execute", kept):
        yield sent


def page(env, debtor, on, number=1):
    """The page as the route makes it: what it shows, then its HTML."""
    from odoo.addons.recouvrement_fr.models.door.recouvrement_door import DoorWay

    values = env["recouvrement.door"]._page(DoorWay(debtor.sudo(), "/rc/x"), on, number)
    values |= {"done": None, "error": None, "typed": {}, "opened": None, "key": "k", "logo": "", "csrf": "c"}
    return env["ir.qweb"]._render("recouvrement_fr.door_page", values | {"lang": "fr_FR"})


def best(*works):
    """The least seconds of each, in turn: what else the machine does bears on all alike."""
    found = []
    for _try in range(TRIES):
        for work in works:
            started = time.perf_counter()
            work()
            found.append(time.perf_counter() - started)
    return [min(found[number :: len(works)]) for number in range(len(works))]


def measure(env, debtor, on):
    """Milliseconds of the first and of the last page, of their floors, and their ratios."""

    def cold(number=1):
        env.invalidate_all()
        return page(env, debtor, on, number)

    def again(sent):
        for query, params in sent:
            env.cr._obj.execute(query, params)  # as they were sent, without Odoo
            if env.cr._obj.description:
                env.cr._obj.fetchall()

    html = cold()  # compiled
    figures = {"door_items": env["account.move"].search_count([("partner_id", "=", debtor.partner_id.id)])}
    for name, number in (("first", 1), ("last", 10**6)):
        with recorded(env) as sent:
            cold(number)
        taken, floor = best(lambda: cold(number), lambda: again(sent))  # noqa: B023
        figures |= {
            f"door_{name}_ms": round(taken * 1000, 1),
            f"door_{name}_floor_ms": round(floor * 1000, 1),
            f"door_{name}_ratio": round(taken / floor, 2),
            f"door_{name}_queries": len(sent),
        }
    return figures | {"door_kb": len(html) >> 10}


if __name__ == "__main__":
    main()
