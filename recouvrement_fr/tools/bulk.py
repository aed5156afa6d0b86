"""Write thousands of rows in one statement, and link them without a foreign key where another one already guards.

The night plans tens of thousands of lines: the ORM's per-record work, and the foreign keys' per-row checks (which lock
the invoices they point to), are most of the cost.
"""

from odoo import fields
from odoo.tools import SQL

NEW, KNOWN = SQL(), SQL("ON CONFLICT DO NOTHING")  # what is done of a row that is there already: refuse, or leave it


class SoftMany2one(fields.Many2one):
    """A many2one without a foreign key: the docstring or comment beside says what guards the target."""

    def update_db_foreign_key(self, model, column):
        """None: see above."""


def insert(model, columns, rows, known=NEW, expected=False):
    """Insert rows (tuples in the order of `columns`) and return their ids in the same order.

    Computed stored fields are not computed: give them, or have none.

    :param known: ``KNOWN`` where a row that is there already, or that somebody else is making, is left as it is: the
        ids returned are those of the new ones
    :param expected: a refusal of the database is no error for the log: the caller knows what it means
    """
    if not rows:
        return []
    env = model.env
    log = _log(model)
    query = SQL(
        "INSERT INTO %s (%s%s) SELECT v.*%s FROM %s v %s RETURNING id",
        SQL.identifier(model._table),
        SQL(", ").join(SQL.identifier(column) for column in columns),
        SQL("").join(SQL(", %s", SQL.identifier(column)) for column in log),
        SQL("").join(SQL(", %s", value) for value in log.values()),
        _unnest(model, columns, rows),
        known,
    )
    env.cr.execute(query, log_exceptions=not expected)
    inserted = env.cr.fetchall()
    model.invalidate_model(flush=False)
    return [row[0] for row in inserted]


def insert_from(model, columns, query):
    """Insert what a query gives, in the order of `columns`: nothing of it leaves the database."""
    env = model.env
    log = _log(model)
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT q.*%s FROM (%s) q",
            SQL.identifier(model._table),
            SQL(", ").join(SQL.identifier(column) for column in (*columns, *log)),
            SQL("").join(SQL(", %s", value) for value in log.values()),
            query,
        )
    )
    model.invalidate_model(flush=False)


def update(model, columns, rows, **computed):
    """Write rows (tuples of the id, then the values of `columns`) in one statement.

    :param computed: more columns set from SQL expressions on `t` (before) and `v` (given)
    """
    if not rows:
        return
    assignments = [SQL("%s = v.%s", SQL.identifier(column), SQL.identifier(column)) for column in columns]
    assignments += [SQL("%s = %s", SQL.identifier(column), expression) for column, expression in computed.items()]
    model.env.cr.execute(
        SQL(
            "UPDATE %s t SET %s FROM %s v(%s) WHERE t.id = v.id",
            SQL.identifier(model._table),
            SQL(", ").join(assignments),
            _unnest(model, ("id", *columns), rows),
            SQL(", ").join(SQL.identifier(column) for column in ("id", *columns)),
        )
    )
    model.invalidate_model(flush=False)


def any_of(ids):
    """The right side of `column = ...` for many ids: one literal, which is parsed ten times faster than a long IN."""
    return SQL("ANY(%s::int[])", _array("int4", list(ids)))


def columns(model):
    """The columns that reading one of them brings along: given to ``search_fetch``, what finds records reads them."""
    return [
        field.name
        for field in model._fields.values()
        if field.store and field.column_type and field.prefetch is True and model._has_field_access(field, "read")
    ]


def listed(records, name, themselves=False):
    """A one2many of records, read with the columns of what it lists: one statement instead of two.

    :param themselves: whether these records, of the model that is listed, are read along
    """
    field, env = records._fields[name], records.env
    known = field._get_cache(env)
    near = dict.fromkeys((*records.ids, *filter(None, records._prefetch_ids)))  # as the ORM does: those read together
    missing = records.browse([record_id for record_id in near if record_id not in known])
    if missing:
        lines = env[field.comodel_name].with_context(active_test=False)
        domain = field.get_comodel_domain(missing) & fields.Domain(field.inverse_name, "in", missing.ids)
        if themselves:
            found = lines.search_fetch(domain | fields.Domain("id", "in", missing.ids), columns(lines))
            found = found.filtered_domain(domain).grouped(field.inverse_name)
        else:
            found = lines.search_fetch(domain, columns(lines)).grouped(field.inverse_name)
        field._insert_cache(missing, [found.get(record, lines)._ids for record in missing])
    return records[name]


def present(env, models):
    """The names of those of these models that have any row, in one statement.

    What there is none of (no plan, no dispute, no case) is not asked for, page after page. Asked again with each page,
    in its own snapshot: what somebody has just made counts.
    """
    asked = present_sql(env, models)
    [found] = env.execute_query(SQL("SELECT %s", SQL(", ").join(asked.values())))
    return {model for model, is_there in zip(asked, found, strict=True) if is_there}


def present_sql(env, models):
    """{name: whether that model has any row, in SQL}; a model without a table of ours is asked always."""
    return {
        model: SQL("EXISTS (SELECT 1 FROM %s)", SQL.identifier(env[model]._table)) if env[model]._auto else SQL("TRUE")
        for model in models
    }


def _log(model):
    """Who makes rows, and when, for a model that says so."""
    if not model._log_access:
        return {}
    env = model.env
    return {"create_uid": env.uid, "write_uid": env.uid, "create_date": env.cr.now(), "write_date": env.cr.now()}


def _unnest(model, columns, rows):
    """The rows as a set, each column with the type of its field.

    Each column is one array literal: PostgreSQL reads it ten times faster than an array of a thousand constants.
    """
    types = [model._fields[column].column_type[1] if column != "id" else "int4" for column in columns]
    arrays = [
        SQL("%s::%s[]", _array(kind, values), SQL(kind))
        for kind, values in zip(types, zip(*rows, strict=True), strict=True)
    ]
    return SQL("unnest(%s)", SQL(", ").join(arrays))


def _array(kind, values):
    """An array literal of numbers, dates, booleans or texts."""
    if kind.lower() in ("text", "varchar", "jsonb"):
        quoted = {text: _quoted(text) for text in set(values)}  # many rows say the same
        return "{" + ",".join(quoted[text] for text in values) + "}"
    return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"


def _quoted(text):
    if text is None:
        return "NULL"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def keep_page(env):
    """Commit a page of the daily follow-up, so that what disturbs the next one undoes nothing of it.

    In somebody's request, or in a test, nothing is committed before its end.
    """
    if env.context.get("recouvrement_keeps_pages"):
        env["ir.cron"]._commit_progress()
