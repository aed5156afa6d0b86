"""What was decided before nights were missed leaves only once a manager has said that the books are up to date.

A restored backup, or a server that was off, holds decisions of an old day, and its hourly actions come before the night
that would be held for it. So what leaves is guarded too, by the nights themselves.
"""

from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError


class RecouvrementRun(models.Model):
    _inherit = "recouvrement.run"

    @api.model
    def _gap_companies(self, on):
        """The companies, branches included, whose last night is too old, and that nobody has confirmed since."""
        last_nights = self.sudo()._read_group(  # whoever sends, or the queue: nights are not theirs to read
            [
                *(("kind", "=", "night"), ("date", "<=", on)),
                *("|", ("reason", "!=", "gap"), ("confirmed_by_id", "!=", False)),
            ],
            ["company_id"],
            ["date:max"],
        )
        late = self.env["res.company"].sudo()
        for company, last in last_nights:
            if last < on - timedelta(days=company.recouvrement_gap_days + 1):
                late |= company
        return late.search([("id", "child_of", late.ids)]) if late else late


class RecouvrementReminder(models.Model):
    _inherit = "recouvrement.reminder"

    @api.model
    def _leaving_domain(self):
        on = self.env["recouvrement.run"]._today()
        late = self.env["recouvrement.run"]._gap_companies(on)
        return [*super()._leaving_domain(), "|", ("company_id", "not in", late.ids), ("run_id.date", ">=", on)]


class RecouvrementThanks(models.Model):
    _inherit = "recouvrement.thanks"

    @api.model
    def _leaving(self):
        late = self.env["recouvrement.run"]._gap_companies(self.env["recouvrement.run"]._today())
        planned = self.browse(super()._leaving())
        return planned.filtered(lambda thanks: thanks.company_id not in late).ids


class RecouvrementDispatch(models.Model):
    _inherit = "recouvrement.dispatch"

    def _check_no_gap(self):
        """Refuse to print or to post what was decided before nights that were missed."""
        on = self.env["recouvrement.run"]._today()
        late = self.env["recouvrement.run"]._gap_companies(on)
        old = self.sudo().filtered(  # the run of a reminder, whoever prints it
            lambda letter: (
                letter.state == "queued" and letter.company_id in late and letter.reminder_id.run_id.date < on
            )
        )
        if old:
            raise UserError(
                self.env._(
                    "Nights were missed since %s was decided: check that payments are up to date, then have a manager "
                    "release the night.",
                    old[0].display_name,
                )
            )

    def action_print(self):
        self._check_no_gap()
        return super().action_print()

    def action_mark_posted(self):
        self._check_no_gap()
        return super().action_mark_posted()
