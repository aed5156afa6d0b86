"""Pours a large ledger into a database with a few SQL statements.

No column is written from memory. One document of each shape is first made by the ORM in a savepoint (`Prototypes`) and
taken back; its rows, with every column Odoo and the installed add-ons filled, are then multiplied, and only what
differs from one document to the next (names, dates, partners, amounts, keys) is computed in SQL. `check` verifies it.
"""

import io
import json
from contextlib import closing, contextmanager
from datetime import date, timedelta
from random import Random
from time import perf_counter

from psycopg2.errors import InsufficientPrivilege

from ledger import french
from ledger.company import bank_journal, chart, ensure_products, ensure_terms, french_lang, sale_journal, setup_company

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
RATES = {"20": "tva_normale", "10": "tva_intermediaire", "5.5": "tva_reduite"}
# What becomes of an invoice; a refund is a credit note nobody allocated.
SHAPES = ("open", "paid", "part", "split", "refund")
# Each document keeps four numbers for its items: where an item stands among them.
LINE_PLACE = "CASE {}.role WHEN 'product' THEN 1 WHEN 'tax' THEN 2 WHEN 'term1' THEN 3 ELSE 4 END"
PROTOTYPE_PARTNER = {
    "name": "Prototype de client",
    "email": "prototype@prototype.example",
    "phone": "+33 4 65 71 99 99",
    "street": "1 rue du Prototype",
    "zip": "00000",
    "city": "Prototype-sur-Rhône",
}
PROTOTYPE_SIREN = "99999999" + french.luhn_key("99999999")


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
        pour = _Pour(env, open_invoices, seed, today)
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


class _Pour:
    """The steps of `bulk`, in order; each is a few statements over the whole ledger."""

    def __init__(self, env, open_invoices, seed, today):
        self.env, self.cr = env, env.cr
        self.open, self.seed, self.today = open_invoices, seed, today
        self.debtors = max(1, -(-open_invoices // 10))
        self.extra = max(1, round(open_invoices * 0.03))  # loose credit notes, and as many payments on account
        self.counts = {}

    def execute(self, statement, **values):
        self.cr.execute(statement, values)
        return self.cr.rowcount

    def reserve(self, table, count):
        """The number before the first of `count` ids kept for this ledger."""
        self.cr.execute(f"SELECT nextval('{table}_id_seq')")
        last = self.cr.fetchone()[0]
        self.cr.execute(f"SELECT setval('{table}_id_seq', %s)", [last + count])
        return last

    # --- prototypes ---------------------------------------------------------------------------------------------

    def make_prototypes(self):
        """Temporary tables `proto_*`: the rows the ORM makes for one document of each kind."""
        env = self.env(context=dict(self.env.context, tracking_disable=True, mail_create_nolog=True))
        with closing(env.cr.savepoint()):
            rows = Prototypes(env, self.today).rows()
        self.env.invalidate_all()
        # Posting counts invoices per partner after the commit, when the prototypes are no more.
        ranks = self.cr.postcommit.data.get("account.res.partner.increase_rank.customer_rank", {})
        for row in rows["partners"].values():
            ranks.pop(row["id"], None)
        self.proto_partners = rows.pop("partners")
        for name, table in (
            ("proto_move", "account_move"),
            ("proto_line", "account_move_line"),
            ("proto_payment", "account_payment"),
            ("proto_partial", "account_partial_reconcile"),
        ):
            self.execute(
                f"CREATE TEMP TABLE {name} ON COMMIT DROP AS"
                f" SELECT ''::text AS kind, ''::text AS role, ''::text AS own, ''::text AS other, t.* FROM {table} t"
                " WITH NO DATA"
            )
            for kind, role, own, other, row in rows[name]:
                self.execute(
                    f"INSERT INTO {name} SELECT %(kind)s, %(role)s, %(own)s, %(other)s, t.*"
                    f" FROM jsonb_populate_record(NULL::{table}, %(row)s::jsonb) t",
                    kind=kind,
                    role=role,
                    own=own,
                    other=other,
                    row=json.dumps(row),
                )
        self.execute("CREATE TEMP TABLE proto_tag (kind text, role text, target_id int) ON COMMIT DROP")
        self.execute("CREATE TEMP TABLE proto_tax (kind text, role text, target_id int) ON COMMIT DROP")
        for name in ("proto_tag", "proto_tax"):
            for row in rows[name]:
                self.cr.execute(f"INSERT INTO {name} VALUES (%s, %s, %s)", row)

    # --- partners -----------------------------------------------------------------------------------------------

    def insert_partners(self):
        """Debtors, made one by one in Python: their numbers have keys."""
        rng = Random(self.seed)
        self.partner_base = self.reserve("res_partner", self.debtors)
        country = self.env.ref("base.fr")
        columns = sorted(
            {key for row in self.proto_partners.values() for key, value in row.items() if value is not None}
        )
        buffer = io.StringIO()
        for number in range(1, self.debtors + 1):
            someone = french.anybody(rng, number)
            row = self._partner_row(someone, self.partner_base + number, country)
            buffer.write("\t".join(_copy_text(row[column]) for column in columns) + "\n")
        buffer.seek(0)
        names = ", ".join(f'"{column}"' for column in columns)
        self.cr.copy_expert(f"COPY res_partner ({names}) FROM STDIN", buffer)
        self.counts["partners"] = self.debtors

    def _partner_row(self, someone, partner_id, country):
        """The prototype's row with this one's values wherever the prototype's own appear."""
        proto = self.proto_partners["company" if someone.is_company else "person"]
        swap = {
            PROTOTYPE_PARTNER["name"]: someone.name,
            PROTOTYPE_PARTNER["email"]: someone.email,
            PROTOTYPE_PARTNER["phone"]: someone.phone,
            PROTOTYPE_PARTNER["street"]: someone.street,
            PROTOTYPE_PARTNER["zip"]: someone.zip,
            PROTOTYPE_PARTNER["city"]: someone.city,
            french.siret(PROTOTYPE_SIREN): someone.siret,
            french.vat(PROTOTYPE_SIREN): someone.vat,
            PROTOTYPE_SIREN: someone.siret[:9],
        }
        row = {key: swap.get(value, value) if isinstance(value, str) else value for key, value in proto.items()}
        if proto["phone_sanitized"] != PROTOTYPE_PARTNER["phone"]:  # phonenumbers is installed
            row["phone_sanitized"] = someone.phone.replace(" ", "")
        return row | {"id": partner_id, "commercial_partner_id": partner_id}

    # --- plans --------------------------------------------------------------------------------------------------

    def plan_documents(self):
        """`plan_doc`: one row per invoice or credit note, with all that distinguishes it."""
        total = 3 * self.open + self.extra
        self.move_base = self.reserve("account_move", total)
        self.line_base = self.reserve("account_move_line", 4 * total)
        self.execute(
            """
            CREATE FUNCTION pg_temp.draw(i bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
            $$ SELECT (hashint8extended(i, salt) & 4503599627370495)::float8 / 4503599627370496 $$
            """
        )
        self.execute(
            """
            CREATE TEMP TABLE plan_doc ON COMMIT DROP AS
            WITH shaped AS (
                SELECT i,
                       CASE WHEN i > %(invoices)s THEN 'refund'
                            WHEN i %% 3 <> 0 THEN 'paid'
                            WHEN pg_temp.draw(i, %(salt)s) < 0.03 THEN 'part'
                            WHEN pg_temp.draw(i, %(salt)s) < 0.06 THEN 'split'
                            ELSE 'open' END AS shape,
                       1 + floor(pg_temp.draw(i, %(salt)s + 1) * %(debtors)s)::int AS debtor,
                       CASE WHEN pg_temp.draw(i, %(salt)s + 2) < 0.8 THEN '20'
                            WHEN pg_temp.draw(i, %(salt)s + 2) < 0.92 THEN '10'
                            ELSE '5.5' END AS rate,
                       pg_temp.draw(i, %(salt)s + 3) < 0.27 AS month_end,
                       pg_temp.draw(i, %(salt)s + 4) < 0.8 AS late,
                       pg_temp.draw(i, %(salt)s + 5) AS age,
                       round((60 + 6000 * power(pg_temp.draw(i, %(salt)s + 6), 3))::numeric, 2) AS untaxed
                  FROM generate_series(1, %(total)s) i
            ), termed AS (
                SELECT *, month_end AND shape NOT IN ('split', 'refund') AS eom,
                       CASE WHEN shape = 'paid' THEN 40 + floor(age * 410)
                            WHEN shape = 'refund' THEN 5 + floor(age * 115)
                            WHEN shape IN ('part', 'split') THEN 77 + floor(age * age * 300)
                            WHEN month_end AND late THEN 77 + floor(age * age * 330)
                            WHEN late THEN 31 + floor(age * age * 380)
                            WHEN month_end THEN floor(age * 44)
                            ELSE floor(age * 30) END::int AS days,
                       round(untaxed * rate::numeric / 100, 2) AS tax
                  FROM shaped
            ), dated AS (
                SELECT *, %(today)s::date - days AS date, untaxed + tax AS total,
                       CASE shape WHEN 'refund' THEN -1 ELSE 1 END AS sign,
                       (row_number() OVER (ORDER BY %(today)s::date - days, i))::int AS position
                  FROM termed
            )
            SELECT i, shape, shape || ':' || rate AS kind, eom, date, untaxed, tax, total, sign,
                   %(partner_base)s + debtor AS partner_id,
                   %(move_base)s + position AS move_id,
                   %(line_base)s + 4 * (position - 1) AS line_base,
                   CASE shape WHEN 'split' THEN round(total * 0.3, 2) ELSE total END AS first_term,
                   CASE WHEN shape IN ('split', 'refund') THEN date
                        WHEN eom THEN (date_trunc('month', date + 45) + interval '1 month - 1 day')::date
                        ELSE date + 30 END AS first_due,
                   CASE shape WHEN 'split' THEN date + 60 END AS second_due,
                   CASE shape WHEN 'paid' THEN total WHEN 'part' THEN round(total * 0.4, 2) ELSE 0 END AS paid,
                   ''::text AS prefix, 0 AS number, ''::text AS name
              FROM dated
             ORDER BY position
            """,
            invoices=3 * self.open,
            total=total,
            debtors=self.debtors,
            salt=self.seed * 100,
            today=self.today,
            partner_base=self.partner_base,
            move_base=self.move_base,
            line_base=self.line_base,
        )
        self.counts["invoices"] = 3 * self.open
        self.counts["credit notes"] = self.extra
        self._give_names("plan_doc", "move_id")

    def plan_receipts(self):
        """`plan_receipt`: one row per payment received, of an invoice or on account."""
        self.cr.execute("SELECT count(*) FROM plan_doc WHERE paid <> 0")
        count = self.cr.fetchone()[0] + self.extra
        base = {
            name: self.reserve(table, size)
            for name, table, size in (
                ("moves", "account_move", count),
                ("lines", "account_move_line", 2 * count),
                ("payments", "account_payment", count),
                ("partials", "account_partial_reconcile", count),
                ("fulls", "account_full_reconcile", count),
            )
        }
        self.execute(
            """
            CREATE TEMP TABLE plan_receipt ON COMMIT DROP AS
            WITH received AS (
                SELECT 'receipt:' || shape AS kind, partner_id, paid AS amount, i, move_id AS invoice_id,
                       line_base + 3 AS invoice_line_id, name AS invoice_name, date AS invoice_date,
                       GREATEST(date, LEAST(%(today)s::date,
                                first_due - 5 + floor(pg_temp.draw(i, %(salt)s + 7) * 35)::int)) AS date
                  FROM plan_doc
                 WHERE paid <> 0
                 UNION ALL
                SELECT 'receipt:loose', %(partner_base)s + 1 + floor(pg_temp.draw(i, %(salt)s + 8) * %(debtors)s)::int,
                       round((40 + 1500 * pg_temp.draw(i, %(salt)s + 9))::numeric, 2), 1000000000 + i,
                       NULL, NULL, NULL, NULL,
                       %(today)s::date - 1 - floor(pg_temp.draw(i, %(salt)s + 10) * 100)::int
                  FROM generate_series(1, %(extra)s) i
            ), ordered AS (
                SELECT *, (row_number() OVER (ORDER BY date, i))::int AS position FROM received
            )
            SELECT *, %(moves)s + position AS move_id,
                   %(lines)s + 2 * (position - 1) AS line_base,
                   %(payments)s + position AS payment_id,
                   CASE WHEN invoice_id IS NOT NULL THEN %(partials)s + position END AS partial_id,
                   CASE kind WHEN 'receipt:paid' THEN %(fulls)s + position END AS full_id,
                   ''::text AS prefix, 0 AS number, ''::text AS name
              FROM ordered
             ORDER BY position
            """,
            today=self.today,
            salt=self.seed * 100,
            partner_base=self.partner_base,
            debtors=self.debtors,
            extra=self.extra,
            **base,
        )
        self.counts["payments"] = count
        self._give_names("plan_receipt", "move_id")
        self.execute("CREATE INDEX ON plan_receipt (invoice_id)")
        self.execute("ANALYZE plan_receipt")

    def _give_names(self, plan, order):
        """Number the documents of each journal and year in order, after those already there."""
        self.execute(
            f"""
            WITH prefixed AS (
                SELECT d.{order} AS key, p.journal_id,
                       replace(p.sequence_prefix, to_char(p.date, 'YYYY'), to_char(d.date, 'YYYY')) AS prefix
                  FROM {plan} d JOIN proto_move p USING (kind)
            ), taken AS (
                SELECT journal_id, sequence_prefix AS prefix, max(sequence_number) AS last
                  FROM account_move GROUP BY 1, 2
            ), numbered AS (
                SELECT key, prefix, COALESCE(last, 0)
                       + (row_number() OVER (PARTITION BY journal_id, prefix ORDER BY key))::int AS number
                  FROM prefixed LEFT JOIN taken USING (journal_id, prefix)
            )
            UPDATE {plan} d
               SET prefix = n.prefix, number = n.number,
                   name = n.prefix || CASE WHEN n.number < 100000 THEN lpad(n.number::text, 5, '0')
                                           ELSE n.number::text END
              FROM numbered n
             WHERE n.key = d.{order}
            """
        )
        self.execute(f"ANALYZE {plan}")

    # --- rows ---------------------------------------------------------------------------------------------------

    def insert(self, table, proto, source, overrides, texts=(), new="d.name", other="NULL::text"):
        """Multiply the prototype rows `p` over `source`: all columns are theirs, but for the overrides.

        In the columns `texts` the prototype's own name is replaced by `new`, its invoice's by `other`.
        """
        self.cr.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = '' ORDER BY attnum",
            [table],
        )
        columns = [name for (name,) in self.cr.fetchall()]
        renamed = {
            name: f"replace(replace(p.\"{name}\", p.own, {new}), p.other, COALESCE({other}, ''))" for name in texts
        }
        expressions = renamed | overrides
        values = ", ".join(str(expressions.get(name, f'p."{name}"')) for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        return self.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {source.format(proto=f'{proto} p')}",
            eom_term=self.eom_term,
        )

    @property
    def eom_term(self):
        return ensure_terms(self.env)["45_days_eom"].id

    def insert_moves(self):
        signed = {
            "amount_untaxed": "d.untaxed",
            "amount_tax": "d.tax",
            "amount_total": "d.total",
            "amount_residual": "d.total - d.paid",
            "amount_untaxed_signed": "d.sign * d.untaxed",
            "amount_untaxed_in_currency_signed": "d.sign * d.untaxed",
            "amount_tax_signed": "d.sign * d.tax",
            "amount_total_signed": "d.sign * d.total",
            "amount_total_in_currency_signed": "d.sign * d.total",
            "amount_residual_signed": "d.sign * (d.total - d.paid)",
        }
        common = {
            "id": "d.move_id",
            "name": "d.name",
            "date": "d.date",
            "sequence_number": "d.number",
            "sequence_prefix": "d.prefix",
            "partner_id": "d.partner_id",
            "commercial_partner_id": "d.partner_id",
            "invoice_partner_display_name": "partner.name",
        }
        self.insert(
            "account_move",
            "proto_move",
            "plan_doc d JOIN {proto} USING (kind) JOIN res_partner partner ON partner.id = d.partner_id",
            common
            | signed
            | {
                "invoice_date": "d.date",
                "invoice_date_due": "COALESCE(d.second_due, d.first_due)",
                "partner_shipping_id": "d.partner_id",
                "invoice_payment_term_id": "CASE WHEN d.eom THEN %(eom_term)s ELSE p.invoice_payment_term_id END",
            },
            texts=("ref", "payment_reference"),
        )
        self.insert(
            "account_move",
            "proto_move",
            "plan_receipt d JOIN {proto} USING (kind) JOIN res_partner partner ON partner.id = d.partner_id",
            common
            | {
                "invoice_date_due": "d.date",
                "origin_payment_id": "d.payment_id",
                "amount_total": "d.amount",
                "amount_total_signed": "d.amount",
                "amount_total_in_currency_signed": "d.amount",
            },
            texts=("ref",),
            other="d.invoice_name",
        )

    def insert_lines(self):
        common = {
            "move_id": "d.move_id",
            "move_name": "d.name",
            "date": "d.date",
            "partner_id": "d.partner_id",
            "debit": "GREATEST(v.balance, 0)",
            "credit": "GREATEST(-v.balance, 0)",
            "balance": "v.balance",
            "amount_currency": "v.balance",
        }
        is_term = "p.role IN ('term1', 'term2')"
        lines = self.insert(
            "account_move_line",
            "proto_line",
            """plan_doc d JOIN {proto} USING (kind) LEFT JOIN plan_receipt r ON r.invoice_id = d.move_id
            CROSS JOIN LATERAL (SELECT d.sign * CASE p.role
                WHEN 'product' THEN -d.untaxed WHEN 'tax' THEN -d.tax
                WHEN 'term1' THEN d.first_term ELSE d.total - d.first_term END AS balance) v""",
            common
            | {
                "id": f"d.line_base + {LINE_PLACE.format('p')}",
                "invoice_date": "d.date",
                "date_maturity": "CASE p.role WHEN 'term1' THEN d.first_due WHEN 'term2' THEN d.second_due END",
                "price_unit": "CASE p.role WHEN 'product' THEN d.untaxed ELSE p.price_unit END",
                "price_subtotal": "CASE p.role WHEN 'product' THEN d.untaxed ELSE p.price_subtotal END",
                "price_total": "CASE p.role WHEN 'product' THEN d.total ELSE p.price_total END",
                "tax_base_amount": "CASE p.role WHEN 'tax' THEN -d.sign * d.untaxed ELSE p.tax_base_amount END",
                "amount_residual": f"CASE WHEN {is_term} THEN v.balance - d.paid ELSE p.amount_residual END",
                "amount_residual_currency": f"CASE WHEN {is_term} THEN v.balance - d.paid"
                " ELSE p.amount_residual_currency END",
                "full_reconcile_id": f"CASE WHEN {is_term} THEN r.full_id END",
                "matching_number": f"CASE WHEN {is_term} THEN COALESCE(r.full_id::text, 'P' || r.partial_id) END",
            },
            texts=("name", "ref"),
        )
        lines += self.insert(
            "account_move_line",
            "proto_line",
            """plan_receipt d JOIN {proto} USING (kind)
            CROSS JOIN LATERAL (SELECT CASE p.role WHEN 'liquidity' THEN d.amount ELSE -d.amount END AS balance) v""",
            common
            | {
                "id": "d.line_base + CASE p.role WHEN 'liquidity' THEN 1 ELSE 2 END",
                "payment_id": "d.payment_id",
                "date_maturity": "d.date",
                "price_subtotal": "v.balance",
                "price_total": "v.balance",
                "amount_residual": "CASE WHEN p.role = 'liquidity' OR d.partial_id IS NULL THEN v.balance ELSE 0 END",
                "amount_residual_currency": "CASE WHEN p.role = 'liquidity' OR d.partial_id IS NULL THEN v.balance"
                " ELSE 0 END",
                "full_reconcile_id": "CASE p.role WHEN 'counterpart' THEN d.full_id END",
                "matching_number": "CASE p.role WHEN 'counterpart'"
                " THEN COALESCE(d.full_id::text, 'P' || d.partial_id) END",
            },
            texts=("name", "ref"),
            other="d.invoice_name",
        )
        self.counts["lines"] = lines
        for table, column, proto in (
            ("account_move_line_account_tax_rel", "account_tax_id", "proto_tax"),
            ("account_account_tag_account_move_line_rel", "account_account_tag_id", "proto_tag"),
        ):
            self.execute(
                f"INSERT INTO {table} (account_move_line_id, {column})"
                f" SELECT d.line_base + {LINE_PLACE.format('p')}, p.target_id"
                f" FROM plan_doc d JOIN {proto} p USING (kind)"
            )

    def insert_payments(self):
        self.insert(
            "account_payment",
            "proto_payment",
            "plan_receipt d JOIN {proto} USING (kind)",
            {
                "id": "d.payment_id",
                "name": "d.name",
                "move_id": "d.move_id",
                "partner_id": "d.partner_id",
                "date": "d.date",
                "amount": "d.amount",
                "amount_company_currency_signed": "d.amount",
            },
            texts=("memo", "payment_reference"),
            other="d.invoice_name",
        )
        self.execute(
            "INSERT INTO account_move__account_payment (invoice_id, payment_id)"
            " SELECT invoice_id, payment_id FROM plan_receipt WHERE invoice_id IS NOT NULL"
        )

    def insert_reconciliations(self):
        self.execute(
            "INSERT INTO account_full_reconcile (id, create_uid, write_uid, create_date, write_date)"
            " SELECT full_id, %(uid)s, %(uid)s, now() at time zone 'UTC', now() at time zone 'UTC'"
            " FROM plan_receipt WHERE full_id IS NOT NULL ORDER BY full_id",
            uid=self.env.uid,
        )
        self.counts["reconciliations"] = self.insert(
            "account_partial_reconcile",
            "proto_partial",
            "plan_receipt d JOIN {proto} USING (kind)",
            {
                "id": "d.partial_id",
                "debit_move_id": "d.invoice_line_id",
                "credit_move_id": "d.line_base + 2",
                "full_reconcile_id": "d.full_id",
                "max_date": "GREATEST(d.date, d.invoice_date)",
                "amount": "d.amount",
                "debit_amount_currency": "d.amount",
                "credit_amount_currency": "d.amount",
            },
        )

    def drop_plans(self):
        """The temporary tables, so that a second ledger may follow in the same transaction."""
        self.execute(
            "DROP TABLE plan_doc, plan_receipt, proto_move, proto_line, proto_payment, proto_partial, proto_tag,"
            " proto_tax"
        )
        self.execute("DROP FUNCTION pg_temp.draw")


def _copy_text(value):
    """A value as PostgreSQL's COPY text format wants it."""
    if value is None or value == "":
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dict | list):
        value = json.dumps(value)
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


class Prototypes:
    """One document of each kind, made by the ORM; `rows()` reads them back as the database has them."""

    UNTAXED = 1234.57

    def __init__(self, env, today):
        self.env = env
        self.on = today - timedelta(days=100)
        self.terms = ensure_terms(env)
        self.product = ensure_products(env)["table"]

    def rows(self):
        partners = {"company": self._partner(True), "person": self._partner(False)}
        self.partner = partners["company"]
        result = {name: [] for name in ("proto_move", "proto_line", "proto_payment", "proto_partial", "proto_tag",
                                        "proto_tax")}  # fmt: skip
        receipts = {"loose": (self._receipt(200.0), None)}
        for rate in RATES:
            for shape in SHAPES:
                move = self._invoice(shape, rate)
                if shape in ("paid", "part"):
                    receipts[shape] = (self._pay(move, shape), move)
                self._read_move(result, f"{shape}:{rate}", move, "", self._roles(move))
        for shape, (payment, invoice) in receipts.items():
            other = invoice.name if invoice else ""
            kind, move = f"receipt:{shape}", payment.move_id
            roles = {line.id: "liquidity" if line.balance > 0 else "counterpart" for line in move.line_ids}
            self._read_move(result, kind, move, other, roles)
            result["proto_payment"].append((kind, "", move.name, other, self._read("account_payment", payment)[0]))
            for row in self._read("account_partial_reconcile", move.line_ids.matched_debit_ids):
                result["proto_partial"].append((kind, "", move.name, other, row))
        result["partners"] = {key: self._read("res_partner", partner)[0] for key, partner in partners.items()}
        return result

    def _partner(self, is_company):
        numbers = {"vat": french.vat(PROTOTYPE_SIREN), "company_registry": french.siret(PROTOTYPE_SIREN)}
        values = PROTOTYPE_PARTNER | {
            "is_company": is_company,
            "country_id": self.env.ref("base.fr").id,
            "lang": french_lang(self.env),
            "customer_rank": 1,
            **(numbers if is_company else {}),
        }
        return self.env["res.partner"].create(values)

    def _invoice(self, shape, rate):
        term = {"split": self.terms["30_70"], "refund": self.terms["immediate"]}.get(shape, self.terms["30_days"])
        line = {
            "product_id": self.product.id,
            "price_unit": self.UNTAXED,
            "tax_ids": [(6, 0, chart(self.env, RATES[rate]).ids)],
        }
        move = self.env["account.move"].create(
            {
                "move_type": "out_refund" if shape == "refund" else "out_invoice",
                "journal_id": sale_journal(self.env).id,
                "partner_id": self.partner.id,
                "invoice_date": self.on,
                "invoice_payment_term_id": term.id,
                "invoice_line_ids": [(0, 0, line)],
            }
        )
        move.action_post()
        return move

    def _pay(self, invoice, shape):
        payment = self._receipt(invoice.amount_total if shape == "paid" else 500.0, invoice)
        lines = (invoice + payment.move_id).line_ids
        lines.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()
        return payment

    def _receipt(self, amount, invoice=None):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner.id,
                "journal_id": bank_journal(self.env).id,
                "date": self.on + timedelta(days=40),
                "amount": amount,
                "memo": f"Virement {invoice.name}" if invoice else "Virement sans référence",
                "invoice_ids": [(6, 0, invoice.ids)] if invoice else [],
            }
        )
        payment.action_post()
        return payment

    @staticmethod
    def _roles(move):
        roles = {line.id: line.display_type for line in move.line_ids}
        terms = move.line_ids.filtered(lambda line: line.display_type == "payment_term").sorted("date_maturity")
        return roles | {line.id: f"term{number}" for number, line in enumerate(terms, 1)}

    def _read_move(self, result, kind, move, other, roles):
        result["proto_move"].append((kind, "", move.name, other, self._read("account_move", move)[0]))
        for row in self._read("account_move_line", move.line_ids):
            result["proto_line"].append((kind, roles[row["id"]], move.name, other, row))
        for line in move.line_ids:
            result["proto_tag"] += [(kind, roles[line.id], tag) for tag in line.tax_tag_ids.ids]
            result["proto_tax"] += [(kind, roles[line.id], tax) for tax in line.tax_ids.ids]

    def _read(self, table, records):
        self.env.flush_all()
        self.env.cr.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE id = ANY(%s) ORDER BY id", [records.ids])
        return [row for (row,) in self.env.cr.fetchall()]
