from odoo.orm.table_objects import Index
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL
from odoo.tools.sql import make_index_name

from ...hooks import COLUMNS, INDEXES, UNIQUE, _missing
from ...tools.bulk import SoftMany2one

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

    # --- installing on a living database ------------------------------------------------------------------------------

    def of_core(self):
        """(model, [its stored fields that are ours]) of every model of core that has some."""
        for name, model in self.env.items():
            if name.startswith("recouvrement.") or not model._auto or model._abstract or model._transient:
                continue
            ours = [
                field
                for field in model._fields.values()
                if field.store and field.column_type and set(field._modules) == {"recouvrement_fr"}
            ]
            if ours:
                yield model, ours

    def test_installing_adds_each_column_to_a_table_of_core_beforehand(self):
        """One that the ORM adds keeps everybody from reading that table until the installation ends."""
        found = {model._table: {field.name for field in ours} for model, ours in self.of_core()}
        self.assertEqual(found, {table: set(columns) for table, columns in COLUMNS.items()})

    def test_each_of_these_columns_has_the_type_and_the_value_that_the_orm_would_give(self):
        for model, ours in self.of_core():
            for field in ours:
                default = field.default(model) if field.default else None
                said = COLUMNS[model._table][field.name]
                with self.subTest(field=str(field)):
                    kind = {"int4": "integer", "bool": "boolean"}.get(field.column_type[0], field.column_type[0])
                    self.assertEqual(said.split()[0], kind)
                    self.assertEqual("NOT NULL" in said, bool(field.required))
                    self.assertEqual("DEFAULT" in said, default is not None)
                    if default is not None:
                        [[value]] = self.env.execute_query(SQL("SELECT %s", SQL(said.split("DEFAULT ")[1])))
                        self.assertEqual(value, default)

    def test_installing_builds_each_index_of_a_table_of_core_as_the_orm_would(self):
        expected = {}
        for model, ours in self.of_core():
            for field in ours:
                if field.index:
                    expected[make_index_name(model._table, field.name)] = model
            for index in model._table_objects.values():
                if isinstance(index, Index) and "recouvrement_fr" in type(index).__module__ + index._module:
                    expected[index.full_name(model)] = model
        self.assertEqual(set(expected), set(INDEXES))
        for name, model in expected.items():
            with self.subTest(index=name):
                built = self.definition(name)
                self.assertTrue(built)
                table, definition = INDEXES[name]
                self.assertEqual(table, model._table)
                self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
                unique = SQL("UNIQUE " if name in UNIQUE else "")
                self.env.cr.execute(
                    SQL(
                        "CREATE %sINDEX %s ON %s %s",
                        unique,
                        SQL.identifier(name),
                        SQL.identifier(table),
                        SQL(definition),
                    )
                )
                self.assertEqual(self.definition(name), built)

    def test_an_index_left_half_built_is_built_again(self):
        """PostgreSQL keeps one whose building was cut short: nothing is found by it, and it costs each write."""
        name = "account_move__dunning_level_id_index"
        self.assertFalse(_missing(self.env.cr))
        [[may]] = self.env.execute_query(SQL("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
        if not may:
            self.skipTest("Only a superuser of PostgreSQL can pretend it.")
        self.env.cr.execute(SQL("UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = %s::regclass", name))
        self.assertEqual(_missing(self.env.cr), [name])

    def test_keys_that_are_all_there_lock_nothing(self):
        """Tables kept by a restore or by hand, the module installed again."""
        self.env["recouvrement.installation"]._lock([])

    def definition(self, name):
        rows = self.env.execute_query(SQL("SELECT indexdef FROM pg_indexes WHERE indexname = %s", name))
        return rows and rows[0][0]

    def test_each_foreign_key_is_there_and_looked_at(self):
        """Put off to the end of the installation, none is lost."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, c.convalidated
                  FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                 WHERE c.contype = 'f'
                """
            )
        )
        found = {(table, column): target for table, column, target, _checked in rows}
        self.assertFalse([row for row in rows if not row[3]])
        asked = 0
        for model in map(self.env.__getitem__, self.env):
            if not model._auto or model._abstract or not model._is_an_ordinary_table():
                continue
            for field in model._fields.values():
                own = set(field._modules) == {"recouvrement_fr"} or model._name.startswith("recouvrement.")
                if not own or not field.store or field.type != "many2one" or isinstance(field, SoftMany2one):
                    continue
                target = self.env[field.comodel_name]
                if target._auto and target._table != "ir_actions" and target._is_an_ordinary_table():
                    asked += 1
                    with self.subTest(field=str(field)):
                        self.assertEqual(found.get((model._table, field.name)), target._table)
        self.assertGreater(asked, 500)
