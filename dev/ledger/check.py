"""Asks the ORM whether it would have stored what the database holds."""

import sys
from contextlib import closing
from random import Random

# Computed, but typed by a person or given by the document's maker: computing them again proposes a default, on
# documents made by the ORM as well.
INPUTS = {
    ("account.move", "invoice_payment_term_id"),
    ("account.move", "partner_bank_id"),
    ("account.move.line", "balance"),
    ("account.move.line", "price_unit"),
    ("account.move.line", "tax_ids"),
    ("account.payment", "currency_id"),
    ("account.payment", "outstanding_account_id"),
}


def check(env, sample=50, seed=1, out=sys.stdout):
    """Recompute the stored computed fields of a random sample, print what differs; returns how many values do.

    The sample holds `sample` invoices and credit notes and as many payments, with their entries, items,
    reconciliations and partners. The database is left as it was.
    """
    samples = _sample(env, sample, Random(seed))
    differences = 0
    for records in samples:
        for field in _computed(records):
            found = _compare(records, field)
            differences += len(found)
            for record, stored, computed in found[:2]:
                print(f"{record} {field.name}: stored {stored!r}, computed {computed!r} ({len(found)} such)", file=out)
    checked = ", ".join(f"{len(records)} {records._name}" for records in samples)
    unbalanced = _unbalanced(env)
    print(f"Checked {checked}: {differences} differences, {unbalanced} unbalanced entries.", file=out)
    return differences + unbalanced


def _sample(env, size, rng):
    documents = env["account.move"]
    for move_type in ("out_invoice", "out_refund"):
        ids = env["account.move"].search([("move_type", "=", move_type), ("state", "=", "posted")]).ids
        documents += documents.browse(rng.sample(ids, min(size, len(ids))))
    ids = env["account.payment"].search([("state", "!=", "canceled")]).ids
    payments = env["account.payment"].browse(rng.sample(ids, min(size, len(ids)))) | documents.matched_payment_ids
    moves = documents | payments.move_id
    lines = moves.line_ids
    partials = lines.matched_debit_ids | lines.matched_credit_ids
    return [moves, lines, payments, partials, moves.partner_id]


def _computed(records):
    for name, field in sorted(records._fields.items()):
        if field.store and field.compute and (records._name, name) not in INPUTS and records:
            yield field


def _compare(records, field):
    """(record, stored, computed) where they differ; each field is recomputed alone and taken back."""
    env = records.env
    env.flush_all()
    env.invalidate_all()
    stored = {record.id: _plain(record, field) for record in records}
    found = []
    with closing(env.cr.savepoint()):
        env.add_to_compute(field, records)
        records._recompute_recordset([field.name])
        for record in records:
            computed = _plain(record, field)
            if computed != stored[record.id]:
                found.append((record, stored[record.id], computed))
        env.transaction.clear()  # forget the recomputed values instead of writing them
    return found


def _plain(record, field):
    value = record[field.name]
    if field.relational:
        return tuple(sorted(value.ids))
    if field.type in ("float", "monetary"):
        return round(value, 6)
    return value


def _unbalanced(env):
    env.cr.execute("SELECT count(*) FROM (SELECT move_id FROM account_move_line GROUP BY 1 HAVING sum(balance) <> 0) u")
    return env.cr.fetchone()[0]
