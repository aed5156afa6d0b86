"""The rows of a large ledger: prototypes multiplied by the plans."""

from ledger.company import ensure_terms
from ledger.plan import Plan

# Each document keeps four numbers for its items: where an item stands among them.
LINE_PLACE = "CASE {}.role WHEN 'product' THEN 1 WHEN 'tax' THEN 2 WHEN 'term1' THEN 3 ELSE 4 END"
# What an item has of its document.
LINE = {
    "move_id": "d.move_id",
    "move_name": "d.name",
    "date": "d.date",
    "partner_id": "d.partner_id",
    "debit": "GREATEST(v.balance, 0)",
    "credit": "GREATEST(-v.balance, 0)",
    "balance": "v.balance",
    "amount_currency": "v.balance",
}


class Pour(Plan):
    """The rows of each table, in the order of `bulk`."""

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
        is_term = "p.role IN ('term1', 'term2')"
        lines = self.insert(
            "account_move_line",
            "proto_line",
            """plan_doc d JOIN {proto} USING (kind) LEFT JOIN plan_receipt r ON r.invoice_id = d.move_id
            CROSS JOIN LATERAL (SELECT d.sign * CASE p.role
                WHEN 'product' THEN -d.untaxed WHEN 'tax' THEN -d.tax
                WHEN 'term1' THEN d.first_term ELSE d.total - d.first_term END AS balance) v""",
            LINE
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
        lines += self._insert_receipt_lines()
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

    def _insert_receipt_lines(self):
        return self.insert(
            "account_move_line",
            "proto_line",
            """plan_receipt d JOIN {proto} USING (kind)
            CROSS JOIN LATERAL (SELECT CASE p.role WHEN 'liquidity' THEN d.amount ELSE -d.amount END AS balance) v""",
            LINE
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
