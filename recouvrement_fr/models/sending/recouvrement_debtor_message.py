from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import email_normalize

from ...tools.recipients import recipients


class RecouvrementDebtor(models.Model):
    """An e-mail that a person writes to a debtor: one way for all of them, kept as it left."""

    _inherit = "recouvrement.debtor"

    def action_write_message(self):
        """The dialog that writes a free e-mail, from a template or not."""
        self.ensure_one()
        self.check_access("read")
        return self.env["recouvrement.reminder"]._show_dialog(
            "recouvrement.message", self.env._("Write an e-mail"), {"default_debtor_id": self.id}
        )

    def _check_people(self, partners):
        """:raises UserError: somebody who is no contact of the debtor, or no address that may be used"""
        debtor, people = self.sudo(), partners.sudo()  # a collector does not read every partner
        if strangers := debtor._strangers(people):
            raise UserError(
                self.env._("%s is no contact of this debtor: his account is confidential.", strangers[0].display_name)
            )
        if reason := debtor._email_refusal(people):
            raise UserError(self.env._("%(debtor)s: %(reason)s", debtor=debtor.display_name, reason=reason))

    def _queue_message(self, partners, subject, body, on, files=(), about=None):
        """Give the mail queue an e-mail to these people, and return it; it is of the record it is about.

        :raises UserError: the company may send nothing now, somebody who is no contact of the debtor, or no address
        """
        self.ensure_one()
        debtor, people = self.sudo(), partners.sudo()  # a collector writes no other e-mail, nor reads every partner
        company = debtor.company_id
        self.env["recouvrement.exit"]._refuse(company, on)
        self._check_people(partners)
        if not email_normalize(company.email_formatted or ""):
            raise UserError(
                self.env._("%s has no e-mail address to send from: enter one on the company.", company.name)
            )
        record = about or debtor
        answering = debtor.answering_user_id.email_formatted
        mail = debtor.env["mail.mail"].create(
            {
                "subject": subject,
                "body_html": body,
                "body": body,
                "email_from": company.email_formatted,
                "reply_to": answering or company.email_formatted,
                "email_to": recipients(people),
                "model": record._name,
                "res_id": record.id,
                "record_company_id": company.id,
                "message_type": "email_outgoing",
                "author_id": company.partner_id.id,
                "attachment_ids": [Command.link(file.id) for file in files],
                "auto_delete": False,
                "state": "outgoing",
                "is_notification": False,
            }
        )
        debtor.last_contact_date = on  # somebody wrote to him: the next reminder keeps its distance
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()  # users may not read crons
        return mail
