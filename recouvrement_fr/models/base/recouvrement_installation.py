import logging
from functools import partial

import psycopg2

from odoo import api, models
from odoo.sql_db import db_connect
from odoo.tools import SQL
from odoo.tools.sql import make_identifier

from ...hooks import COLUMNS

_logger = logging.getLogger(__name__)
TRIES = 5
WAIT = "2s"  # for whoever writes a table; he waits as long for us


def first_installation(model):
    """Whether it is this module that is being installed: an upgrade has its keys, another module's are not ours."""
    return model.env.context.get("module") == "recouvrement_fr" and getattr(model.pool, "_is_install", False)


class RecouvrementInstallation(models.AbstractModel):
    """Foreign keys of a first installation, put off to its end.

    Each locks the table it leads to against writers until the transaction ends: invoices, partners, users. The ORM adds
    them all before it loads the data of the module, which takes most of the time. Put off, they keep people waiting
    for about a second. It rests on two attributes of the registry; where they are not, the keys are added as usual.
    """

    _name = "recouvrement.installation"
    _description = "Installation beside People at Work"

    @api.model
    def init(self):
        if first_installation(self):
            self.pool.post_init(self._put_off_foreign_keys)

    @api.model
    def _put_off_foreign_keys(self):
        """Take the keys that the ORM would add; said by fields in the same queue, so after all of them."""
        if self.pool._post_init_queue:
            self.pool.post_init(self._put_off_foreign_keys)
        elif hasattr(self.pool, "_foreign_keys"):
            self.pool._recouvrement_foreign_keys, self.pool._foreign_keys = self.pool._foreign_keys, {}

    @api.model
    def _add_foreign_keys(self):
        """Add what was put off, the locks as late and as short as can be.

        On the rows of core, whose columns are empty, a key is looked at only once committed: nobody waits for that.
        """
        keys = self.pool.__dict__.pop("_recouvrement_foreign_keys", None)
        if not keys:
            return
        missing, clauses, later = self._missing(keys), {}, []
        for (table, column), (target, target_column, ondelete, model, module) in missing.items():
            name = make_identifier(f"{table}_{column}_fkey")
            self.env["ir.model.constraint"]._reflect_constraint(model, name, "f", None, module)
            filled = column in COLUMNS.get(table, ())
            if filled:
                later.append((table, name))
            clauses.setdefault(table, []).append(
                SQL(
                    "ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s(%s) ON DELETE %s%s",
                    *map(SQL.identifier, (name, column, target, target_column)),
                    SQL(ondelete),
                    SQL(" NOT VALID") if filled else SQL(),
                )
            )
        self.env.flush_all()
        self._lock(self._of_core(missing))
        for table, added in clauses.items():
            self.env.cr.execute(SQL("ALTER TABLE %s %s", SQL.identifier(table), SQL(", ").join(added)))
        self.pool._foreign_keys = keys  # core's own, looked at again
        try:
            self.pool.check_foreign_keys(self.env.cr)
        finally:
            del self.pool._foreign_keys
        self.env.cr.postcommit.add(partial(_validate, self.env.cr.dbname, later))

    @api.model
    def _missing(self, keys):
        """Those of these keys whose column has none: core's own were looked at again, and are there."""
        existing = self.env.execute_query(
            SQL(
                """
                SELECT t.relname, a.attname
                  FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
                  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                 WHERE c.contype = 'f' AND c.connamespace = current_schema::regnamespace
                """
            )
        )
        existing = set(existing)
        return {key: value for key, value in keys.items() if key not in existing}

    @api.model
    def _of_core(self, keys):
        """The tables of core that these keys leave or lead to, in one order."""
        led_to = {key[0] for key in keys.values() if not key[0].startswith("recouvrement_")}
        return sorted(led_to | {table for table, _column in keys if table in COLUMNS})

    @api.model
    def _lock(self, tables):
        """Take the tables together, or none: who writes several of them in another order is not stopped by us.

        Where they are never free, the keys wait for each, as the ORM does.
        """
        for left in reversed(range(TRIES if tables else 0)):  # none, where the keys are all there already
            try:
                with self.env.cr.savepoint(flush=False):
                    self.env.cr.execute(SQL("SET LOCAL lock_timeout = %s", WAIT))
                    self.env.cr.execute(
                        SQL("LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", SQL(", ").join(map(SQL.identifier, tables)))
                    )
            except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected):
                _logger.info("The tables are written to; tried again %s times", left)
            else:
                break
        self.env.cr.execute("SET LOCAL lock_timeout TO DEFAULT")


def _validate(dbname, constraints):
    """Have the database look at the rows that were there: nobody waits for that."""
    for table, name in constraints:
        with db_connect(dbname).cursor() as cr:
            cr.execute(SQL("ALTER TABLE %s VALIDATE CONSTRAINT %s", SQL.identifier(table), SQL.identifier(name)))
