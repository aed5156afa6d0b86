"""Pours a large ledger into a database with a few SQL statements.

No column is written from memory. One document of each shape is first made by the ORM in a savepoint (`Prototypes`) and
taken back; its rows, with every column Odoo and the installed add-ons filled, are then multiplied, and only what
differs from one document to the next (names, dates, partners, amounts, keys) is computed in SQL. `check` verifies it.
"""

from contextlib import closing, contextmanager
from datetime import date
from time import perf_counter

from psycopg2.errors import InsufficientPrivilege

from ledger.company import setup_company
from ledger.pour import Pour

TABLES = (
    "res_partner",
    "account_move",
    "account_move_line",
    "account_payment",
    "account_partial_reconcile",
    "account_full_reconcile",
    "account_move_line_account_tax_rel",
    "account_account_tag_account_move_line_rel",
    "account_move__account_payment",
)


def bulk(env, open_invoices, seed=1, today=None, progress=None):
    """Fill the current company's ledger with `open_invoices` open invoices and twice as many paid ones.

    About ten open invoices per debtor; about four in five of the open instalments are overdue on `today`. 3 % of the
    open invoices are partly paid, 3 % have two instalments; besides there are 3 % as many loose credit notes and
    payments on account. The same arguments give the same ledger. Nothing is committed. Returns how many rows were made.
    `progress(message)` hears of each step.
    """
    today = today or date.today()
    if env.company.chart_template != "fr":
        setup_company(env)
    steps = _Steps(progress)
    env.flush_all()
    with _fast_inserts(env.cr, steps):
        pour = Pour(env, open_invoices, seed, today)
        for step in (
            pour.make_prototypes,
            pour.insert_partners,
            pour.plan_documents,
            pour.plan_receipts,
            pour.insert_moves,
            pour.insert_lines,
            pour.insert_payments,
            pour.insert_reconciliations,
            pour.drop_plans,
        ):
            step()
            steps.done(step.__name__.replace("_", " "))
    env.cr.execute("; ".join(f"ANALYZE {table}" for table in TABLES))
    env.invalidate_all()
    env.registry.clear_cache()
    steps.done("analyze")
    return pour.counts


def vacuum(dbname):
    """Bring the tables into the state of a ledger in use (hint bits, visibility map), outside any transaction."""
    from odoo.sql_db import db_connect

    with closing(db_connect(dbname).cursor()) as cr:
        cr.rollback()
        cr._cnx.autocommit = True
        try:
            for table in TABLES:
                cr.execute(f"VACUUM (ANALYZE) {table}")
        finally:
            cr._cnx.autocommit = False


class _Steps:
    def __init__(self, progress):
        self.progress, self.started = progress, perf_counter()

    def done(self, what):
        if self.progress:
            self.progress(f"{what}: {perf_counter() - self.started:.1f} s")
        self.started = perf_counter()


@contextmanager
def _fast_inserts(cr, steps):
    """Without secondary indexes, rebuilt afterwards, and without foreign key checks where the role may skip them."""
    _skip_foreign_keys(cr)
    cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
    cr.execute("SET LOCAL work_mem = '128MB'")
    cr.execute(
        """
        SELECT format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
          FROM pg_index i
         WHERE i.indrelid = ANY(%s::regclass[])
           AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
         ORDER BY i.indexrelid
        """,
        [list(TABLES)],
    )
    indexes = cr.fetchall()
    for drop, _create in indexes:
        cr.execute(drop)
    steps.done("drop indexes")
    yield
    for _drop, create in indexes:
        cr.execute(create)
    steps.done("create indexes")
    cr.execute("SET LOCAL session_replication_role = DEFAULT")


def _skip_foreign_keys(cr):
    with closing(cr.savepoint(flush=False)) as savepoint:
        try:
            cr.execute("SET LOCAL session_replication_role = replica")
        except InsufficientPrivilege:
            return
        savepoint.close(rollback=False)
