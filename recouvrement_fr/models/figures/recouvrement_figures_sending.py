import logging
from datetime import timedelta

from odoo import Command, api, fields, models

from ...rules.trend import first_of_month
from ...tools import clock
from ...tools.pages import ATTEMPTS, DISTURBED

_logger = logging.getLogger(__name__)


class RecouvrementFiguresSending(models.Model):
    """The figures of a month that were sent to somebody who asked for them: once per person, company and month."""

    _name = "recouvrement.figures.sending"
    _description = "Figures of a Month Sent"
    _order = "month desc, id desc"
    _rec_name = "month"

    user_id = fields.Many2one("res.users", "Person", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    month = fields.Date(
        required=True,
        help="The first day of the month in which they leave: they are those of the end of the one before.",
    )

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
        failed = {}
        for user, company in waiting:
            if error := self._attempt(user, company, today):
                failed[user, company] = error
            if not progress(1):
                break
        self._tell_failed(failed, today)

    def _attempt(self, user, company, on):
        """Send the figures to one person; returns why not, which keeps nobody else waiting: tried again tomorrow."""
        for attempt in range(ATTEMPTS):
            try:
                with self.env.cr.savepoint():
                    self._send(user, company, on)
                    return ""
            except DISTURBED as error:
                if attempt + 1 == ATTEMPTS:
                    return self._logged(user, company, error)
                self.env.cr.rollback()  # what another transaction has written is seen only by a new one
            except Exception as error:  # noqa: BLE001 - a page that breaks for one person, in whichever way
                return self._logged(user, company, error)
        return ""

    @staticmethod
    def _logged(user, company, error):
        _logger.warning("The figures of %s were not sent to %s.", company.name, user.login, exc_info=error)
        return str(error) or type(error).__name__

    def _tell_failed(self, failed, on):
        """The managers of each company have one task about those whose figures did not leave; once a month."""
        for company in {company for _user, company in failed}:
            mine = {user: error for (user, owner), error in failed.items() if owner == company}
            for manager in company._recouvrement_managers():
                there = self.with_context(lang=manager.lang)
                known = self.env["mail.activity"].search_count(
                    [
                        ("res_model", "=", "res.partner"),
                        ("res_id", "=", company.partner_id.id),
                        ("user_id", "=", manager.id),
                        ("recouvrement_mark", "=", "figures"),
                        ("date_deadline", ">=", first_of_month(on)),
                    ]
                )
                if not known:
                    company.partner_id.activity_schedule(
                        "mail.mail_activity_data_warning",
                        user_id=manager.id,
                        summary=there.env._("Figures of collection not sent"),
                        recouvrement_mark="figures",
                        note=there.env._(
                            "They are tried again every day; what the others asked for has left. %s",
                            "; ".join(f"{user.name}: {error}" for user, error in mine.items()),
                        ),
                    )

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
        """Note that they leave, and give the page to the mail queue: one transaction. They are those of the end of the
        month before, whatever the day they leave on.

        :raises UserError: the page could not be printed, or there is nothing on it yet
        """
        self.create({"user_id": user.id, "company_id": company.id, "month": first_of_month(on)})
        # of the tree, the companies this person works in: perhaps a branch alone
        own = user.company_ids.filtered(lambda one: one.root_id == company)
        board = self.env["recouvrement.dashboard"].with_user(user)
        board = board.with_context(lang=user.lang, allowed_company_ids=(own & company | own).ids)
        end = first_of_month(on) - timedelta(days=1)
        name, content = board._printed(board._asked({"company_id": company.id}, end)._replace(is_past=True))
        file = self.env["ir.attachment"].create({"name": name, "raw": content, "mimetype": "application/pdf"})
        self.env["mail.mail"].create(
            {
                "subject": board.env._(
                    "Collection: the figures of %(company)s on %(day)s",
                    company=company.name,
                    day=board._formats().long(end),
                ),
                "body_html": board.env["ir.qweb"]._render(
                    "recouvrement_fr.dashboard_email", {"user": user, "company": company}, minimal_qcontext=True
                ),
                "email_from": company.email_formatted or user.email_formatted,
                "email_to": user.email_formatted,
                "attachment_ids": [Command.link(file.id)],
                "auto_delete": True,
            }
        )
