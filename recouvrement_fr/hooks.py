"""Installation on a live database: no long lock, French at once."""

from odoo.tools.sql import column_exists

COLUMNS = {
    "account_move": {
        "dunning_level_id": "integer",
        "dunning_date": "date",
        "recouvrement_policy_id": "integer",
        "recouvrement_claim_choice_id": "integer",
        "recouvrement_received_on": "date",
        "recouvrement_term_agreed": "boolean",
        "recouvrement_write_off_id": "integer",
        "recouvrement_recovery_id": "integer",
        "recouvrement_doubtful_id": "integer",
        "recouvrement_provision_id": "integer",
    },
    "account_move_line": {"recouvrement_invoice_id": "integer"},
}


def pre_init_hook(env):
    """Add the stored columns of invoices and their lines empty, before the ORM would add and compute them.

    At install no reminder exists, so empty is the right value; filling a million rows would lock the table for minutes.
    Committed at once: else nobody could read an invoice until the whole installation ends. If it fails later, columns
    stay that nothing reads, and the next try finds them.
    """
    for table, columns in COLUMNS.items():
        for column, kind in columns.items():
            if not column_exists(env.cr, table, column):
                env.cr.execute(f'ALTER TABLE "{table}" ADD COLUMN "{column}" {kind}')
    env.cr.commit()  # pylint: disable=invalid-commit


def post_init_hook(env):
    """Activate French: letters are written in the debtor's language, which is French unless he lives abroad. Note what
    is still known of the invoices already sent."""
    lang = env["res.lang"]
    if not lang._activate_lang("fr_FR"):
        lang._create_lang("fr_FR")
    env["ir.module.module"].search([("name", "=", "recouvrement_fr")])._update_translations(["fr_FR"])
    env["recouvrement.invoice.sending"]._backfill()
