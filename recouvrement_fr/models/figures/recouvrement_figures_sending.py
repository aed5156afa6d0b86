import logging

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...rules.trend import first_of_month
from ...tools import clock

_logger = logging.getLogger(__name__)


class RecouvrementFiguresSending(models.Model):
    """The figures of a month that were sent to somebody who asked for them: once per person, company and month."""

    _name = "recouvrement.figures.sending"
    _description = "Figures of a Month Sent"
    _order = "month desc, id desc"
    _rec_name = "month"

    user_id = fields.Many2one("res.users", "Person", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    month = fields.Date(required=True, help="Its first day.")

    _once_per_month = models.UniqueIndex(
        "(user_id, company_id, month)", "The figures of this month were sent to this person already."
    )

    @api.model
    def _cron_send(self):
        """Send the month's figures to those who ask; may be interrupted, and may run every day."""
        if self.env["recouvrement.exit"]._is_neutralized():
            return
        today = clock.today(self.env)
        waiting = self._waiting(first_of_month(today))
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(waiting))
        for user, company in waiting:
            try:
                with self.env.cr.savepoint():
                    self._send(user, company, today)
            except (UserError, AccessError) as error:  # the others have theirs; tried again tomorrow
                _logger.warning("The figures of %s were not sent to %s: %s", company.name, user.login, error)
            if not progress(1):
                return

    def _waiting(self, month):
        """[(user, company)] of those who ask, still may read them, and have not had them this month."""
        group = self.env.ref("recouvrement_fr.group_recouvrement_user")
        asking = group.all_user_ids.filtered(lambda user: user.active and user.recouvrement_monthly_figures)
        sent = {(each.user_id, each.company_id) for each in self.search([("month", "=", month)])}
        pairs = [(user, company) for user in asking for company in user.company_ids.root_id]
        return [
            (user, company)
            for user, company in pairs
            if company.recouvrement_active and user.email and (user, company) not in sent
        ]

    def _send(self, user, company, on):
        """Note that they leave, and give the page to the mail queue: one transaction.

        :raises UserError: the page could not be printed, or there is nothing on it yet
        """
        self.create({"user_id": user.id, "company_id": company.id, "month": first_of_month(on)})
        board = self.env["recouvrement.dashboard"].with_user(user).with_company(company)
        board = board.with_context(lang=user.lang, allowed_company_ids=company.ids)
        name, content = board._printed(board._asked({"company_id": company.id}, on))
        file = self.env["ir.attachment"].create({"name": name, "raw": content, "mimetype": "application/pdf"})
        self.env["mail.mail"].create(
            {
                "subject": board.env._("Collection: the figures of %s", company.name),
                "body_html": board.env["ir.qweb"]._render(
                    "recouvrement_fr.dashboard_email", {"user": user, "company": company}, minimal_qcontext=True
                ),
                "email_from": company.email_formatted or user.email_formatted,
                "email_to": user.email_formatted,
                "attachment_ids": [Command.link(file.id)],
                "auto_delete": True,
            }
        )
