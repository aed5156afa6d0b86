"""From 19.0.1.0.0: what an installation does for a database that has lived is done for one that is upgraded."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["recouvrement.invoice.sending"]._backfill()
    _begin_pauses(env)


def _begin_pauses(env):
    """The pauses in force had no history: it begins with what the card says, by whoever wrote the card last."""
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO recouvrement_pause_period (company_id, debtor_id, reason, author_id, started_on, until)
        SELECT d.company_id, d.id, d.pause_reason, d.write_uid, LEAST(d.write_date::date, d.paused_until),
               d.paused_until
          FROM recouvrement_debtor d
         WHERE d.paused_until IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM recouvrement_pause_period p WHERE p.debtor_id = d.id)
        """
    )
    env["recouvrement.pause.period"].invalidate_model(flush=False)
