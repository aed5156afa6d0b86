"""A debtor of 5,000 open items: what a person, and the night, wait for. Everything is rolled back.

Beside the seconds that pass, those of processor (the printer's counted, those of PostgreSQL not): what other work on
the machine does not change much.
"""

import os
import time

from bench_desk import _largest
from bench_dispatch import _check, _undone
from bench_dispatch import _timed as _passed

ITEMS = 5000


def measure(env, on):
    """Seconds for each act; the floor is the one statement that reads the account of that debtor."""
    with _undone(env):
        debtor, items = _debtor(env)
        moves = debtor._open_moves()
        with _undone(env):
            statement = _timed(env, lambda: env["recouvrement.statement"]._make(debtor, on))
        with _undone(env):
            case = _timed(env, lambda: env["recouvrement.case"]._open(debtor, moves))
        acts = {
            "send": _send(env, debtor, on),
            "decompte": _timed(env, lambda: _decompte(env, debtor, moves, on)),
            "case": case,
            "statement": statement,
        }
        return {
            "large_items": items,
            "large_floor_s": _floor(env, debtor),
            **{f"large_{act}_s": round(passed, 2) for act, (passed, _cpu) in acts.items()},
            **{f"large_{act}_cpu_s": round(processor, 2) for act, (_wall, processor) in acts.items()},
        }


def _timed(env, work):
    """(seconds that pass, seconds of processor)."""
    before = sum(os.times()[:4])
    passed, _statements = _passed(env, work)
    return passed, sum(os.times()[:4]) - before


def _debtor(env):
    """The debtor, his type confirmed, with an address, at rates that are verified: interest is claimed."""
    env["recouvrement.rate"].search([]).write({"verified": True})
    debtor, items = _largest(env, ITEMS)
    if not debtor:
        [partner_id] = env["account.move.line"].search([], order="id desc", limit=1).partner_id.ids
        raise SystemExit(f"error: no card of the large debtor (partner {partner_id})")
    debtor.write({"debtor_type": "professional", "type_confirmed": True, "policy_id": False})
    return debtor, items


def _floor(env, debtor):
    from odoo.addons.recouvrement_fr.ledger import open_items

    scope, best = open_items.scope(debtor.company_id), 9e9
    for _try in range(3):
        started = time.perf_counter()
        open_items.read(env, scope, debtor.partner_id.ids)
        best = min(best, time.perf_counter() - started)
    return round(best, 3)


def _send(env, debtor, on):
    """A letter that claims penalties, made, looked at again, and noted as sent."""
    from odoo.fields import Command

    with _undone(env):
        run = env["recouvrement.run"].create({"company_id": debtor.company_id.id, "date": on, "kind": "manual"})
        run.with_context(tracking_disable=True)._decide_all(lambda *_args, **_named: 1, debtors=debtor)
        reminder = run.reminder_ids.sorted("amount_due", reverse=True)[:1]
        if not reminder:
            raise SystemExit(f"error: nothing is due from the large debtor: {debtor.reason}")
        level = reminder.level_id
        level.accessories = "claimed"
        level.channel_ids = [Command.clear(), Command.create({"channel": "letter"})]

        def send():
            reminder._prepare(on)
            _check(reminder, "letter")
            reminder.dispatch_ids._review(on)
            reminder._mark_sent(on)

        return _timed(env, send)


def _decompte(env, debtor, moves, on):
    decompte = env["recouvrement.decompte"]
    blocks = decompte._of_moves(moves, on)
    return decompte._pdf(decompte._values(blocks, debtor.company_id, on, "D", debtor.partner_id))
