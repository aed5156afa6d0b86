"""What a creditor steers by on a large ledger, each beside its floor: the first screen, the aged balance of a past day,
the profiles of payers made again; bills, entries of other journals and the mentions of invoices, of which there are
some in these books for the time of the measure.

A floor is what the same answer costs in SQL alone: of the first screen its own statements, of the aged balance one
grouped statement, of the profiles the payments of those debtors.
"""

import contextlib
import random
import time
from datetime import timedelta
from unittest.mock import patch

PAST = timedelta(days=90)
SHARES = (0.001, 0.01, 0.1)  # of the debtors, something of whom changed
OTHER_BOOKS = (  # in SQL: through the ORM they would take hours
    """
    UPDATE account_move_line SET account_id = %(bill)s
     WHERE partner_id %% 20 = 1 AND account_id = ANY(%(receivables)s) AND balance > 0
    """,
    """
    CREATE TEMP TABLE other_books ON COMMIT DROP AS
    SELECT id, move_type FROM account_move
     WHERE id %% 100 = 7 AND move_type IN ('entry', 'out_invoice') AND state = 'posted'
    """,
    """
    UPDATE account_move m
       SET journal_id = CASE WHEN o.move_type = 'entry' THEN %(sale)s ELSE %(general)s END, move_type = 'entry'
      FROM other_books o WHERE o.id = m.id
    """,
    """
    UPDATE account_move_line l
       SET journal_id = m.journal_id,
           account_id = CASE WHEN o.move_type = 'entry' AND l.balance > 0 THEN %(till)s ELSE l.account_id END
      FROM other_books o JOIN account_move m ON m.id = o.id WHERE l.move_id = o.id
    """,
    """
    UPDATE account_move
       SET narration = 'Facture ' || id %% 100 || '. Pas d’escompte.' || REPEAT(' Conditions de vente.', 20)
     WHERE move_type = 'out_invoice' AND state = 'posted' AND payment_state IN ('not_paid', 'partial')
    """,
    "ANALYZE account_move_line",
    "ANALYZE account_move",
)


def measure(env, on):
    took = profiles(env, on)
    env["recouvrement.payer.profile"]._refresh(env.company.root_id, on)  # as the first night makes them
    env.cr.commit()  # kept: each measure that follows is rolled back
    return dashboard(env, on) | aged(env, on) | took | books(env, on)


def dashboard(env, on):
    """Seconds of the first screen and of each panel that follows, best of three; the floor of the first is what its own
    statements take when they are sent again, as they were, by themselves."""
    board = env["recouvrement.dashboard"]
    took, calls = {}, {"dashboard_s": lambda: board.get_dashboard({})}
    for name in board.get_dashboard({})["panels"]:
        calls[f"dashboard_{name}_s"] = lambda name=name: board.get_panel(name, {})
    for name, call in calls.items():
        took[name] = _best(env, call)
    statements = _statements(env, calls["dashboard_s"])
    took["dashboard_queries"] = len(statements)
    took["dashboard_floor_s"] = _best(env, lambda: _send(env, statements))
    took["dashboard_ratio"] = round(took["dashboard_s"] / took["dashboard_floor_s"], 1)
    return took


def aged(env, on):
    """Seconds to take down the aged balance of a past day, and of one statement that groups the same items."""
    from odoo.tools import SQL

    past, company = on - PAST, env.company.root_id
    floor = SQL(
        """
        SELECT p.commercial_partner_id, SUM(l.amount_residual + COALESCE(back.amount, 0))
          FROM account_move_line l
          JOIN res_partner p ON p.id = l.partner_id
     LEFT JOIN (SELECT id, SUM(amount) AS amount
                  FROM (SELECT debit_move_id AS id, amount FROM account_partial_reconcile WHERE max_date > %(on)s
                         UNION ALL
                        SELECT credit_move_id, -amount FROM account_partial_reconcile WHERE max_date > %(on)s) u
              GROUP BY id) back ON back.id = l.id
         WHERE l.account_id = ANY(%(accounts)s) AND l.parent_state = 'posted' AND l.date <= %(on)s
           AND (l.reconciled IS NOT TRUE OR back.id IS NOT NULL)
      GROUP BY 1
        """,
        on=past,
        accounts=company._recouvrement_accounts(),
    )
    wizard = env["recouvrement.aged"].create({"date": past, "company_id": company.id})
    found = {
        "aged_s": _best(env, wizard._take_down),
        "aged_floor_s": _best(env, lambda: env.execute_query(floor)),
        "aged_debtors": len(wizard._rows()),
    }
    wizard.unlink()
    return found | {"aged_ratio": round(found["aged_s"] / found["aged_floor_s"], 1)}


def profiles(env, on):
    """Seconds to make all profiles, to find that nothing changed, and to make again those that something changed."""
    from odoo.addons.recouvrement_fr.tools import bulk

    company, model = env.company.root_id, env["recouvrement.payer.profile"]
    with patch.object(bulk, "keep_page", lambda _env: None), _undone(env):  # nothing of it stays
        env.cr.execute("DELETE FROM recouvrement_payer_profile")  # in SQL: those of a database that was kept
        env.invalidate_all()
        started = time.perf_counter()
        count = model._refresh(company, on)
        took = {"profiles": count, "profiles_all_s": round(time.perf_counter() - started, 2)}
        env.cr.execute("ANALYZE recouvrement_payer_profile")  # as a database that has lived
        took["profiles_none_s"] = _best(env, lambda: model._refresh(company, on))
        ids = env["recouvrement.payer.profile"].search([]).debtor_id.ids
        chosen = random.Random(1)
        for share in SHARES:
            some = chosen.sample(ids, max(round(len(ids) * share), 1))
            # In SQL, here and below: the mark of what changed, without what a write of the ORM would recompute.
            env.cr.execute("UPDATE recouvrement_debtor SET fingerprint = 'changed' WHERE id = ANY(%s)", [some])
            env.invalidate_all()
            started = time.perf_counter()
            made = model._refresh(company, on)
            name = f"profiles_{share * 100:g}%"
            took |= {f"{name}_made": made, f"{name}_s": round(time.perf_counter() - started, 3)}
            env.cr.execute("UPDATE recouvrement_debtor SET fingerprint = NULL WHERE fingerprint = 'changed'")
            env.cr.execute("UPDATE recouvrement_payer_profile SET fingerprint = NULL WHERE fingerprint = 'changed'")
    return took


def books(env, on):
    """Seconds of the statements that other books than plain invoices and payments cost: of a debtor in twenty all
    invoices are bills (413), a payment in a hundred was taken at a till that writes in the sales journal, an invoice in
    a hundred is an entry by hand, a sale on account; and of the mentions of quality, where open invoices have a
    hundred different texts."""
    from odoo.addons.recouvrement_fr.ledger import bills, by_hand, turnover
    from odoo.addons.recouvrement_fr.ledger.scope import Scope
    from odoo.addons.recouvrement_fr.rules import trend

    company = env.company.root_id
    with _undone(env):
        _other_books(env, company)
        scope, ends = Scope(company), trend.ends(on, 13)
        since = trend.first_of_month(on, 2)
        quality = env["recouvrement.quality"]
        calls = {
            "bills_s": lambda: bills.at(env, scope, [since, on]),
            "bills_trend_s": lambda: bills.at(env, scope, [trend.first_of_month(on, 15), *ends]),
            "months_s": lambda: turnover.months(env, scope, since, on),
            "months_trend_s": lambda: turnover.months(env, scope, trend.first_of_month(on, 37), on),
            "elsewhere_s": lambda: by_hand.elsewhere(env, scope, since, on),
            "elsewhere_trend_s": lambda: by_hand.elsewhere(env, scope, trend.first_of_month(on, 16), on),
            "mentions_s": lambda: list(quality._mention_rows(company)),
        }
        took = {name: _best(env, call) for name, call in calls.items()}
        counts = "SELECT COUNT(*), COUNT(*) FILTER (WHERE reconciled) FROM account_move_line WHERE account_id = ANY(%s)"
        env.cr.execute(counts, [company._recouvrement_bills()])  # of the rows that the statements have just written
        took["bills"], took["bills_paid"] = env.cr.fetchone()
    env.registry.clear_cache()  # of accounts that are no longer there
    return took


def _other_books(env, company):
    """Such books."""
    journals = env["account.journal"].search([("company_id", "=", company.id), ("type", "in", ("sale", "general"))])
    sale = journals.filtered(lambda journal: journal.type == "sale")[0]
    general = journals.filtered(lambda journal: journal.type == "general")[0]
    kept = {"account_type": "asset_receivable", "reconcile": True}
    accounts = env["account.account"].create(
        [{"code": "413900", "name": "Bills", **kept}, {"code": "411999", "name": "Till", **kept}]
    )
    bill, till = accounts
    company.account_default_pos_receivable_account_id = till
    receivables = [each for each in company._recouvrement_accounts() if each not in accounts.ids]
    given = {"receivables": receivables, "bill": bill.id, "till": till.id, "sale": sale.id, "general": general.id}
    for statement in OTHER_BOOKS:
        env.cr.execute(statement, given)  # in SQL, as said above it: a million rows
    env.registry.clear_cache()
    env.invalidate_all()


def _best(env, call, tries=3):
    best = None
    for _try in range(tries):
        env.invalidate_all()
        started = time.perf_counter()
        call()
        took = time.perf_counter() - started
        best = took if best is None else min(best, took)
    return round(best, 3)


def _statements(env, call):
    """What it sends to the database."""
    sent, execute = [], type(env.cr).execute

    def kept(cursor, query, params=None, log_exceptions=True):
        from odoo.tools import SQL

        sent.append((query.code, query.params) if isinstance(query, SQL) else (query, params))
        return execute(cursor, query, params, log_exceptions)

    env.invalidate_all()
    with patch.object(type(env.cr), "execute", kept):
        call()
    return sent


def _send(env, statements):
    for query, params in statements:
        env.cr.execute(query, params)  # as they were sent, without Odoo
        if env.cr.description:
            env.cr.fetchall()


@contextlib.contextmanager
def _undone(env):
    with env.cr.savepoint(flush=False) as savepoint:
        yield
        savepoint.rollback()
    env.invalidate_all()
