from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...rules.history import moved
from ...tools.bulk import any_of


class RecouvrementReminderLine(models.Model):
    """What was sent for an instalment goes with it when its invoice is edited."""

    _inherit = "recouvrement.reminder.line"

    @api.model
    def _follow(self, moves):
        """Give the lines that were sent the due dates that the instalments of these invoices have now.

        The letters themselves keep the dates they said. Two statements, and one for each due date that moved.
        """
        self.env.flush_all()
        known = self.env.execute_query(
            SQL(
                "SELECT DISTINCT l.move_id, l.entry_line_id, l.date_due FROM recouvrement_reminder_line l"
                " WHERE l.move_id = %s AND l.cancelled IS NOT TRUE",
                any_of(moves.ids),
            )
        )
        if not known:
            return
        dues = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT l.move_id, CASE WHEN m.move_type = 'entry' THEN l.id ELSE 0 END,
                       COALESCE(l.date_maturity, l.date)
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN account_account a ON a.id = l.account_id
                 WHERE l.move_id = %s AND a.account_type = 'asset_receivable'
                """,
                any_of({row[0] for row in known}),
            )
        )
        present, remembered = defaultdict(set), defaultdict(set)
        for rows, found in ((dues, present), (known, remembered)):
            for move_id, entry_line_id, due in rows:
                found[move_id, entry_line_id].add(due)
        for (move_id, entry_line_id), days in remembered.items():
            for before, after in moved(days, present[move_id, entry_line_id]).items():
                self._move(move_id, entry_line_id, before, after)
        self.invalidate_model(["date_due"], flush=False)

    @api.model
    def _move(self, move_id, entry_line_id, before, after):
        """In SQL: evidence refuses to be written. A level already carried at the new date stays once."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE recouvrement_reminder_line s
                   SET date_due = %(after)s
                  FROM recouvrement_reminder r
                 WHERE r.id = s.reminder_id AND r.state = 'sent' AND s.cancelled IS NOT TRUE
                   AND s.move_id = %(move)s AND s.entry_line_id = %(entry)s AND s.date_due = %(before)s
                   AND NOT EXISTS (
                       SELECT 1 FROM recouvrement_reminder_line o
                        WHERE o.move_id = s.move_id AND o.entry_line_id = s.entry_line_id AND o.date_due = %(after)s
                          AND o.level_id = s.level_id AND o.cycle = s.cycle AND o.role = 'carried'
                          AND s.role = 'carried' AND o.cancelled IS NOT TRUE)
                """,
                after=after,
                before=before,
                move=move_id,
                entry=entry_line_id,
            )
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """An invoice that was edited in draft comes back with its history."""
        posted = super()._post(soft=soft)
        posted._due_dates_moved()
        return posted


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        """A due date changed on a posted invoice takes its history along."""
        result = super().write(vals)
        if "date_maturity" in vals:
            posted = self.move_id.filtered(lambda move: move.state == "posted")
            posted._due_dates_moved()
        return result
