"""Installation on a live database: no long lock, French at once."""

from odoo.tools.sql import column_exists

MOVE_COLUMNS = {
    "dunning_level_id": "integer",
    "dunning_date": "date",
    "recouvrement_policy_id": "integer",
    "recouvrement_claim_choice_id": "integer",
    "recouvrement_received_on": "date",
}


def pre_init_hook(env):
    """Add the stored columns of invoices empty, before the ORM would compute them for every move.

    At install no reminder exists, so empty is the right value; filling a million rows would lock the table for minutes.
    """
    for column, kind in MOVE_COLUMNS.items():
        if not column_exists(env.cr, "account_move", column):
            env.cr.execute(f'ALTER TABLE account_move ADD COLUMN "{column}" {kind}')


def post_init_hook(env):
    """Activate French: letters are written in the debtor's language, which is French unless he lives abroad. Note what
    is still known of the invoices already sent."""
    lang = env["res.lang"]
    if not lang._activate_lang("fr_FR"):
        lang._create_lang("fr_FR")
    env["ir.module.module"].search([("name", "=", "recouvrement_fr")])._update_translations(["fr_FR"])
    env["recouvrement.invoice.sending"]._backfill()
