from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL, format_date


class RecouvrementForgotten(models.AbstractModel):
    """What holds reminders and that nobody has touched for long comes back in the agenda.

    A pause, an invoice left out, an open dispute or promise stops the letters for as long as nobody looks: after some
    days of the company's settings without a word from a person nor anything planned, its collector is told.
    """

    _name = "recouvrement.forgotten"
    _description = "Held and Forgotten"
    _inherit = "recouvrement.followed"
    _follow_turn = 16

    @api.model
    def _follow_up(self, on):
        for company in self.env["res.company"].search([("parent_id", "=", False), ("recouvrement_active", "=", True)]):
            days = company.recouvrement_forgotten_days
            if days:
                self._recall(company, on, days)

    @api.model
    def _recall(self, company, on, days):
        """One activity for each debtor, of all that is forgotten about him; it counts as a look until it is old too."""
        found = defaultdict(list)
        for debtor_id, kind, since, label in self._rows(company, on, on - timedelta(days=days)):
            found[debtor_id].append((kind, since, label))
        words = self._words()
        debtors = self.env["recouvrement.debtor"].browse(found)
        for debtor in debtors:
            lines = [
                words[kind] % {"label": label or "", "day": format_date(self.env, since)}
                for kind, since, label in found[debtor.id]
            ]
            debtor._tell_collector(
                self.env._("Nothing has moved for %s days: is it still to be held?", days),
                Markup("<br/>").join(lines),
            )
        debtors.recalled_on = on

    @api.model
    def _words(self):
        return {
            "pause": self.env._("Paused since %(day)s: %(label)s"),
            "exclusion": self.env._("%(label)s left out since %(day)s"),
            "dispute": self.env._("Dispute %(label)s open since %(day)s"),
            "promise": self.env._("Promise %(label)s made on %(day)s"),
        }

    @api.model
    def _rows(self, company, on, limit):
        """[(debtor id, kind, since, label)] of what has held since that day or before, without a sign of life.

        One statement, over what is in force alone. Signs of life: something a person wrote on the debtor or on the
        record, an activity planned for later than that day, a former recall.
        """
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                WITH holding AS (
                    SELECT 'pause' AS kind, p.debtor_id, p.id, 'recouvrement.pause.period' AS model,
                           p.started_on AS since, p.reason AS label
                      FROM recouvrement_pause_period p
                     WHERE p.company_id = %(company)s AND p.ended_on IS NULL AND p.until >= %(on)s
                     UNION ALL
                    SELECT 'exclusion', e.debtor_id, e.id, 'recouvrement.exclusion', e.create_date::date,
                           COALESCE(NULLIF(i.name, ''), CASE WHEN i.id > 0 THEN NULLIF(m.ref, '') END, m.name)
                      FROM recouvrement_exclusion e
                      JOIN account_move m ON m.id = e.move_id
                 LEFT JOIN account_move_line i ON i.id = e.item_id
                     WHERE e.company_id = %(company)s AND e.lifted_on IS NULL
                       AND m.payment_state IN ('not_paid', 'partial')
                       AND NOT EXISTS (SELECT 1 FROM account_move_line l WHERE l.id = e.item_id AND l.reconciled)
                     UNION ALL
                    SELECT 'dispute', d.debtor_id, d.id, 'recouvrement.dispute', d.opened_on, d.name
                      FROM recouvrement_dispute d
                     WHERE d.company_id = %(company)s AND d.state IN ('open', 'escalated')
                     UNION ALL
                    SELECT 'promise', r.debtor_id, r.id, 'recouvrement.promise', r.made_on, r.name
                      FROM recouvrement_promise r
                     WHERE r.company_id = %(company)s AND r.state = 'open'
                )
                SELECT h.debtor_id, h.kind, h.since, h.label
                  FROM holding h
                  JOIN recouvrement_debtor c ON c.id = h.debtor_id
                 WHERE h.since <= %(limit)s AND (c.recalled_on IS NULL OR c.recalled_on <= %(limit)s)
                   AND NOT EXISTS (
                       SELECT 1 FROM mail_message m
                        WHERE m.model = 'recouvrement.debtor' AND m.res_id = c.id AND m.date > %(limit)s
                          AND m.create_uid != %(root)s)
                   AND NOT EXISTS (
                       SELECT 1 FROM mail_message m
                        WHERE m.model = h.model AND m.res_id = h.id AND m.date > %(limit)s AND m.create_uid != %(root)s)
                   AND NOT EXISTS (
                       SELECT 1 FROM mail_activity a
                        WHERE a.res_model = 'recouvrement.debtor' AND a.res_id = c.id AND a.active
                          AND a.date_deadline > %(limit)s)
                   AND NOT EXISTS (
                       SELECT 1 FROM mail_activity a
                        WHERE a.res_model = h.model AND a.res_id = h.id AND a.active AND a.date_deadline > %(limit)s)
              ORDER BY h.debtor_id, h.since, h.kind, h.id
                """,
                company=company.id,
                on=on,
                limit=limit,
                root=SUPERUSER_ID,
            )
        )
