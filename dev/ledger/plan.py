"""What distinguishes each document of a large ledger from its prototype: one row each, in temporary tables."""

import io
import json
from contextlib import closing
from random import Random

from ledger import french
from ledger.prototypes import PROTOTYPE_PARTNER, PROTOTYPE_SIREN, Prototypes

PLAN_DOC = """
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
    """


class Plan:
    """The debtors, and the plans of their documents and receipts, each made by a few statements."""

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
            PLAN_DOC,
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
