from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ...hooks import COLUMNS

LARGE = ("account_move", "account_move_line", "ir_attachment", "recouvrement_reminder", "recouvrement_dispatch")


@tagged("post_install", "-at_install")
class TestIndexes(TransactionCase):
    def test_deleting_from_a_large_table_reads_none_of_ours_from_end_to_end(self):
        """Each foreign key to a large table begins an index: PostgreSQL looks at it for every row that is deleted."""
        tables = [
            model._table
            for model in map(self.env.__getitem__, self.env)
            if model._name.startswith("recouvrement.") and model._auto and not (model._transient or model._abstract)
        ]
        self.assertGreater(len(tables), 40)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.conrelid::regclass::text || '.' || a.attname
                  FROM pg_constraint c
                  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                 WHERE c.contype = 'f' AND c.confrelid::regclass::text IN %(large)s
                   AND (c.conrelid::regclass::text IN %(ours)s
                        OR c.conrelid::regclass::text IN %(large)s AND a.attname ~ '^(recouvrement|dunning)_')
                   AND NOT EXISTS (
                       SELECT 1 FROM pg_index i
                        WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1]
                          AND (i.indpred IS NULL
                               OR pg_get_expr(i.indpred, i.indrelid) = '(' || a.attname || ' IS NOT NULL)'))
                """,
                large=LARGE,
                ours=tuple(tables),
            )
        )
        self.assertFalse([name for (name,) in rows])

    def test_installing_adds_no_column_to_invoices_but_empty_and_at_once(self):
        """A column that the ORM adds keeps everybody from reading invoices until the installation ends."""
        for model in ("account.move", "account.move.line"):
            ours = {
                field.name
                for field in self.env[model]._fields.values()
                if field.store and field.column_type and set(field._modules) == {"recouvrement_fr"}
            }
            self.assertEqual(ours, set(COLUMNS[self.env[model]._table]))
