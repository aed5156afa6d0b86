"""Installation on a live database: nobody waits for its end, French at once.

A module is installed in one transaction, and a lock of the schema is kept until it ends: some twenty seconds in which
nobody could read their company, write an invoice or change a partner. So what needs such a lock is done before, in
transactions of its own (columns, indexes), or at the very end (foreign keys: `recouvrement.installation`).
"""

import contextlib
import logging

import psycopg2

from odoo.sql_db import db_connect
from odoo.tools.sql import column_exists

_logger = logging.getLogger(__name__)
# Every stored column of ours in a table of core, with what its rows hold from then on.
COLUMNS = {
    "account_move": {
        "dunning_date": "date",
        "dunning_level_id": "integer",
        "recouvrement_claim_choice_id": "integer",
        "recouvrement_doubtful_id": "integer",
        "recouvrement_policy_id": "integer",
        "recouvrement_provision_id": "integer",
        "recouvrement_received_on": "date",
        "recouvrement_recovery_id": "integer",
        "recouvrement_term_agreed": "boolean",
        "recouvrement_write_off_id": "integer",
    },
    "account_move_line": {"recouvrement_invoice_id": "integer"},
    "ir_attachment": {
        "anonymised_on": "date",
        "evidence_sha256": "varchar",
    },
    "mail_activity": {"recouvrement_mark": "varchar", "recouvrement_while": "varchar"},
    "payment_transaction": {
        "door_access_id": "integer",
        "door_debtor_id": "integer",
        "door_key": "varchar",
    },
    "account_journal": {"recouvrement_guard_days": "integer"},
    "res_company": {
        "recouvrement_activated_on": "date",
        "recouvrement_active": "boolean",
        "recouvrement_allowance_account_id": "integer",
        "recouvrement_anonymisation": "varchar NOT NULL DEFAULT 'propose'",
        "recouvrement_archived_notices": "boolean",
        "recouvrement_bad_debt_journal_id": "integer",
        "recouvrement_bad_debt_vat_account_id": "integer",
        "recouvrement_bank_guard_days": "integer",
        "recouvrement_bodacc_watch": "boolean",
        "recouvrement_carrier": "varchar NOT NULL DEFAULT 'manual'",
        "recouvrement_credit_mode": "varchar NOT NULL DEFAULT 'warn'",
        "recouvrement_credit_own_limit": "numeric",
        "recouvrement_credit_ceiling": "numeric",
        "recouvrement_creditor_id": "integer",
        "recouvrement_broken_fade_days": "integer DEFAULT 90",
        "recouvrement_contacts_seen_id": "integer",
        "recouvrement_cutoff_date": "date",
        "recouvrement_day_count": "varchar NOT NULL DEFAULT 'act365'",
        "recouvrement_documents_by_collector": "boolean",
        "recouvrement_doubtful_account_id": "integer",
        "recouvrement_einvoice_alias_id": "integer",
        "recouvrement_einvoice_senders": "varchar",
        "recouvrement_email_lines": "integer DEFAULT 200",
        "recouvrement_employees": "integer",
        "recouvrement_end_of_month": "varchar NOT NULL DEFAULT 'none'",
        "recouvrement_forgotten_days": "integer DEFAULT 30",
        "recouvrement_gap_days": "integer DEFAULT 3",
        "recouvrement_halt_count": "integer DEFAULT 50",
        "recouvrement_halt_percent": "integer DEFAULT 40",
        "recouvrement_holidays": "varchar",
        "recouvrement_impairment_account_id": "integer",
        "recouvrement_imputation": "varchar NOT NULL DEFAULT 'interest'",
        "recouvrement_indemnity_account_id": "integer",
        "recouvrement_interest_account_id": "integer",
        "recouvrement_is_ei": "boolean",
        "recouvrement_legal_cost_account_id": "integer",
        "recouvrement_legal_fee_account_id": "integer",
        "recouvrement_legal_form": "varchar",
        "recouvrement_loss_account_id": "integer",
        "recouvrement_loss_prior_account_id": "integer",
        "recouvrement_mentions_since": "date",
        "recouvrement_night_cap": "integer",
        "recouvrement_notice_by_collector": "boolean",
        "recouvrement_own_reminder": "boolean",
        "recouvrement_payments_seen_id": "integer",
        "recouvrement_penalty_followup": "boolean DEFAULT TRUE",
        "recouvrement_penalty_journal_id": "integer",
        "recouvrement_penalty_years": "integer DEFAULT 2",
        "recouvrement_policy_bad_id": "integer",
        "recouvrement_policy_good_id": "integer",
        "recouvrement_policy_id": "integer",
        "recouvrement_print_mentions": "boolean",
        "recouvrement_profile_agenda": "boolean",
        "recouvrement_profile_announces": "boolean",
        "recouvrement_profit": "numeric",
        "recouvrement_rcs_city": "varchar",
        "recouvrement_recovered_account_id": "integer",
        "recouvrement_release_account_id": "integer",
        "recouvrement_representative": "varchar",
        "recouvrement_sector": "varchar NOT NULL DEFAULT 'general'",
        "recouvrement_share_capital": "numeric",
        "recouvrement_signatory": "varchar",
        "recouvrement_small_balance": "numeric DEFAULT 5",
        "recouvrement_small_balance_days": "integer DEFAULT 90",
        "recouvrement_small_gain_account_id": "integer",
        "recouvrement_small_loss_account_id": "integer",
        "recouvrement_turnover": "numeric",
        "recouvrement_waive_limit": "numeric",
        "recouvrement_write_off_own_days": "integer DEFAULT 365",
        "recouvrement_write_off_own_limit": "numeric",
    },
    "res_users": {"recouvrement_monthly_figures": "boolean"},
}
# Every index of ours on a table of core: its table, and what the ORM would say.
INDEXES = {
    **{
        f"{table}__{column}_index": (table, f"({column}) WHERE {column} IS NOT NULL")
        for table, columns in {
            "account_move": (
                *("dunning_level_id", "recouvrement_claim_choice_id", "recouvrement_doubtful_id"),
                *("recouvrement_policy_id", "recouvrement_provision_id", "recouvrement_recovery_id"),
                "recouvrement_write_off_id",
            ),
            "account_move_line": ("recouvrement_invoice_id",),
            "mail_activity": ("recouvrement_mark", "recouvrement_while"),
            "payment_transaction": ("door_access_id", "door_debtor_id"),
        }.items()
        for column in columns
    },
    "account_move_recouvrement_long_performed": (
        "account_move",
        "(COALESCE(delivery_date, invoice_date, date))"
        " WHERE COALESCE(delivery_date, invoice_date, date) < invoice_date_due - 180",
    ),
    "payment_transaction_door_once": (
        "payment_transaction",
        "(door_key) WHERE door_key IS NOT NULL AND state = 'draft'",
    ),
}
UNIQUE = {"payment_transaction_door_once"}
PATIENCE = 60  # seconds an index waits for transactions that began before it, a backup say


def pre_init_hook(env):
    """Add the columns and the indexes of core's tables before the ORM would, which locks them until the end.

    At install no reminder exists, so empty is the right value of an invoice; filling a million rows would lock the
    table for minutes. Committed at once. If the installation fails later, columns stay that nothing reads and that
    nobody has to fill (what is required has its default in the database), and the next try finds them.
    """
    for table, columns in COLUMNS.items():
        for column, kind in columns.items():
            if not column_exists(env.cr, table, column):
                env.cr.execute(f'ALTER TABLE "{table}" ADD COLUMN "{column}" {kind}')
                if "DEFAULT" in kind and "NOT NULL" not in kind:  # for the rows that are there: then the ORM says it
                    env.cr.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" DROP DEFAULT')
        # A table at a time: no lock is kept while waiting for another.
        env.cr.commit()  # pylint: disable=invalid-commit
    with _outside_transactions(env.cr.dbname) as cr:
        for name in _missing(cr):
            _index(cr, name)


def _missing(cr):
    """The names of the indexes that are not there; one whose building was cut short is there, and of no use."""
    cr.execute(
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indisvalid AND c.relnamespace = current_schema::regnamespace AND c.relname = ANY(%s)",
        [list(INDEXES)],
    )
    built = {name for (name,) in cr.fetchall()}
    return [name for name in INDEXES if name not in built]


@contextlib.contextmanager
def _outside_transactions(dbname):
    """A cursor of its own whose statements are each a transaction: an index built beside writers asks for that."""
    with contextlib.closing(db_connect(dbname).cursor()) as cr:
        cr.connection.autocommit = True
        try:
            cr.execute(f"SET lock_timeout = '{PATIENCE}s'")
            yield cr
            cr.execute("RESET lock_timeout")
        finally:
            cr.connection.autocommit = False  # the connection goes back to the pool


def _index(cr, name):
    """Build an index while people write; when that cannot be, the ORM builds it as usual, later."""
    table, definition = INDEXES[name]
    unique = "UNIQUE" if name in UNIQUE else ""
    try:
        cr.execute(f'DROP INDEX IF EXISTS "{name}"')  # what an attempt cut short left
        cr.execute(f'CREATE {unique} INDEX CONCURRENTLY "{name}" ON "{table}" {definition}', log_exceptions=False)
    except psycopg2.Error:
        _logger.warning("Index %s is not built beside people at work: the installation builds it", name)
        cr.execute(f'DROP INDEX IF EXISTS "{name}"')  # what is left of it is not valid


def post_init_hook(env):
    """Activate French: letters are written in the debtor's language, which is French unless he lives abroad. Note what
    is still known of the invoices already sent. Last, the foreign keys."""
    lang = env["res.lang"]
    if not lang._activate_lang("fr_FR"):
        lang._create_lang("fr_FR")
    env["ir.module.module"].search([("name", "=", "recouvrement_fr")])._update_translations(["fr_FR"])
    env["recouvrement.invoice.sending"]._backfill()
    env["recouvrement.installation"]._add_foreign_keys()
