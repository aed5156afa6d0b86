"""Where a bench stands: a database of its own, and open invoices there by the thousand."""

from contextlib import contextmanager
from datetime import timedelta

from bench import Opened

# In SQL: posting thousands of invoices would take longer than everything that is measured.
COPIES = """
    INSERT INTO {table} SELECT made.* FROM {table} one, {others}
      LATERAL jsonb_populate_record(one, jsonb_build_object({values})) made WHERE {chosen}
"""


@contextmanager
def ground(name, given=None):
    """The database given, or one of that name, which goes afterwards."""
    import env

    database = given or f"{env.PREFIX}_{name}"
    if not given:
        env.clone(env.build_template(), database)
    try:
        yield database
    finally:
        if not given:
            env.drop(database)


@contextmanager
def undone(database, on, **context):
    """Odoo on that database at that day, in French; nothing of what is done there stays."""
    with Opened(database, on) as odoo:
        yield odoo(context={"lang": "fr_FR", **context})
        odoo.cr.rollback()


def creditor(env):
    """The company, with what a reminder needs: French accounts, a bank account to be paid on."""
    company = env.company
    if company.chart_template != "fr":
        env["account.chart.template"].try_loading("fr", company)
    env["res.partner.bank"].create({"acc_number": "FR7630006000011234567890189", "partner_id": company.partner_id.id})
    return company


def owed(env, partners, count, on):
    """That many late and open invoices of each of these partners, the copies of one; returns those copied."""
    from odoo import Command

    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": on - timedelta(days=60),
                "invoice_date_due": on - timedelta(days=30),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create({"name": "Pose", "price_unit": 100, "tax_ids": False})],
            }
            for partner in partners
        ]
    )
    moves.action_post()
    env.flush_all()
    copied = "'id', nextval('{0}_id_seq'), {1}"
    name = "'COPY/' || one.id || '/' || number"
    env.cr.execute(
        COPIES.format(
            table="account_move",
            others="generate_series(2, %s) number,",
            values=copied.format("account_move", f"'name', {name}, 'sequence_number', one.id * 1000 + number"),
            chosen="one.id = ANY(%s)",
        ),
        [count, moves.ids],
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
    env.cr.execute("ANALYZE account_move; ANALYZE account_move_line")  # as a database that has lived
    env.invalidate_all()
    return moves
