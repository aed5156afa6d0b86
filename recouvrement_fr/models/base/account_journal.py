from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date


class AccountJournal(models.Model):
    _inherit = "account.journal"

    recouvrement_guard_days = fields.Integer(
        "Collection waits after (days)",
        help="The night of reminders waits while the last entry of this bank is older; 0: not checked.",
    )

    @api.constrains("recouvrement_guard_days")
    def _check_recouvrement_guard_days(self):
        for journal in self:
            if journal.recouvrement_guard_days < 0:
                raise ValidationError(self.env._("The days after which collection waits are zero or more."))

    @api.model
    def _recouvrement_stale(self, company, on):
        """Which bank of a root company is too old for reminders to leave that day, in words; False when none is."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT j.id, MAX(m.date)
                  FROM account_journal j
             LEFT JOIN account_bank_statement_line s ON s.journal_id = j.id
             LEFT JOIN account_move m ON m.id = s.move_id
                 WHERE j.company_id IN %s AND j.active AND j.type = 'bank' AND j.recouvrement_guard_days > 0
              GROUP BY j.id
                HAVING MAX(m.date) IS NULL OR MAX(m.date) < %s - j.recouvrement_guard_days
              ORDER BY 2 NULLS FIRST, 1
                 LIMIT 1
                """,
                tuple(company._recouvrement_tree()),
                on,
            )
        )
        for journal_id, last in rows:
            return self.env._(
                "Last entry of %(bank)s: %(day)s",
                bank=self.browse(journal_id).sudo().name,  # whoever starts a run may not read every journal
                day=format_date(self.env, last) if last else self.env._("none"),
            )
        return False
