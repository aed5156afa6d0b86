"""What was decided before nights were missed leaves only once a manager has said that the books are up to date.

A restored backup, or a server that was off, holds decisions of an old day, and its hourly actions come before the night
that would be held for it. So what leaves is guarded too, by the nights themselves.
"""

from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...tools import clock


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
            if not company.recouvrement_active:  # it was switched off: its nights come no more
                continue
            if last < on - timedelta(days=company.recouvrement_gap_days + 1):
                late |= company
        return late.search([("id", "child_of", late.ids)]) if late else late

    def _confirm_gap(self):
        """What was written before the gap, and has not left, is given to a person: what it says may be true no more."""
        res = super()._confirm_gap()
        waiting = (
            self.env["mail.mail"]
            .sudo()
            .search(  # messages are read by whoever they are for
                [
                    ("state", "=", "outgoing"),
                    ("model", "=like", "recouvrement.%"),
                    ("is_notification", "=", False),
                    ("record_company_id", "child_of", self.company_id.ids),
                ]
            )
        )
        on = clock.today(self.env)
        old = waiting.filtered(lambda mail: clock.day_of(self.env, mail.date) < on)
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


class RecouvrementReminder(models.Model):
    _inherit = "recouvrement.reminder"

    def action_send_now(self):
        """Refuse to send at once what was decided before nights that were missed."""
        self.check_access("read")
        on = clock.today(self.env)
        late = self.env["recouvrement.run"]._gap_companies(on)
        old = self.sudo().filtered(  # the run of a reminder, whoever sends it
            lambda reminder: reminder.company_id in late and reminder.run_id.date != on
        )
        if old:
            raise UserError(self._missed_nights(old[0].display_name))
        return super().action_send_now()

    @api.model
    def _missed_nights(self, name):
        return self.env._(
            "Nights were missed since %s was decided: check that payments are up to date, then have a manager release "
            "the night.",
            name,
        )

    @api.model
    def _leaving_domain(self):
        on = clock.today(self.env)
        late = self.env["recouvrement.run"]._gap_companies(on)
        return [*super()._leaving_domain(), "|", ("company_id", "not in", late.ids), ("run_id.date", ">=", on)]


class RecouvrementThanks(models.Model):
    _inherit = "recouvrement.thanks"

    @api.model
    def _leaving(self):
        late = self.env["recouvrement.run"]._gap_companies(clock.today(self.env))
        planned = self.browse(super()._leaving())
        return planned.filtered(lambda thanks: thanks.company_id not in late).ids


class RecouvrementDispatch(models.Model):
    _inherit = "recouvrement.dispatch"

    def _check_no_gap(self):
        """Refuse to print or to post what was decided before nights that were missed."""
        on = clock.today(self.env)
        late = self.env["recouvrement.run"]._gap_companies(on)
        old = self.sudo().filtered(  # the run of a reminder, whoever prints it
            lambda letter: (
                letter.state == "queued" and letter.company_id in late and letter.reminder_id.run_id.date < on
            )
        )
        if old:
            raise UserError(self.env["recouvrement.reminder"]._missed_nights(old[0].display_name))

    def action_print(self):
        self._check_no_gap()
        return super().action_print()

    def action_mark_posted(self):
        self._check_no_gap()
        return super().action_mark_posted()
