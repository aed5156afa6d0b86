"""What was decided before nights were missed leaves only once a manager has said that the books are up to date.

A restored backup, or a server that was off, holds decisions of an old day, and its hourly actions come before the night
that would be held for it. So what leaves is guarded too, by the nights themselves.
"""

from datetime import timedelta

from odoo import api, models
from odoo.tools import plaintext2html

from ...tools import clock


class RecouvrementExit(models.AbstractModel):
    _inherit = "recouvrement.exit"

    @api.model
    def _late_companies(self, on):
        """Those whose last night is too old: nights are those of root companies, and hold for their branches."""
        last_nights = (
            self.env["recouvrement.run"]
            .sudo()  # whoever sends, or the queue: nights are not theirs to read
            ._read_group(
                [
                    *(("kind", "=", "night"), ("date", "<=", on), ("company_id.parent_id", "=", False)),
                    *("|", ("reason", "!=", "gap"), ("confirmed_by_id", "!=", False)),
                ],
                ["company_id"],
                ["date:max"],
            )
        )
        late = [
            company.id
            for company, last in last_nights  # one that was switched off has no nights any more
            if company.recouvrement_active and last < on - timedelta(days=company.recouvrement_gap_days + 1)
        ]
        companies = super()._late_companies(on).sudo()  # a branch may be unknown to its user
        return companies | companies.search([("id", "child_of", late)]) if late else companies


class RecouvrementRun(models.Model):
    _inherit = "recouvrement.run"

    def _confirm_gap(self, on):
        """What was written before the gap, and has not left, is given to a person: what it says may be true no more."""
        res = super()._confirm_gap(on)
        waiting = (
            self.env["mail.mail"]
            .sudo()  # messages are read by whoever they are for
            .search(
                [
                    *(("state", "=", "outgoing"), ("model", "=like", "recouvrement.%")),
                    *(("is_notification", "=", False), ("record_company_id", "child_of", self.company_id.ids)),
                ]
            )
        )
        old = waiting.filtered(lambda mail: clock.day_of(self.env, mail.date or mail.create_date) < on)
        if not old:
            return res
        why = self.env._("Written before nights were missed: send it again if it is still true, else cancel it.")
        old.write({"state": "exception", "failure_reason": why})
        told = "\n".join(
            f"{mail.email_to or ', '.join(mail.recipient_ids.mapped('email'))}: {mail.subject}" for mail in old
        )
        summary = self.env._("%s e-mails written before nights were missed did not leave", len(old))
        self._call_managers(summary, note=plaintext2html(f"{why}\n{told}"))
        return res
