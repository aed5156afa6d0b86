"""Segregation of duties: who proposes, drafts or writes is not always who decides. Strict unless a company says so."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import formatLang

from ...tools.readers import SETTINGS_READERS

OWN_DAYS = 365  # proposed to a company, which chooses
OFFICERS = ("recouvrement_fr.group_recouvrement_legal", "recouvrement_fr.group_recouvrement_manager")
# What only legal officers prepare for a court or for the mandataire.
OF_OFFICERS = ("recouvrement.case", "recouvrement.insolvency")


def _is_officer(user):
    return any(user.has_group(group) for group in OFFICERS)


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_notice_by_collector = fields.Boolean(
        "Collectors approve formal notices",
        help="Otherwise a legal officer or a manager approves them.",
        groups=SETTINGS_READERS,
    )
    recouvrement_own_reminder = fields.Boolean(
        "Collectors approve their own reminders",
        help="Those they made by hand. Otherwise another person approves them.",
        groups=SETTINGS_READERS,
    )
    recouvrement_documents_by_collector = fields.Boolean(
        "Collectors change documents of legal officers",
        help="Drafts for a court, what an officer drafted, and protocols once signed. Otherwise officers and managers "
        "alone rewrite, freeze or cancel them.",
        groups=SETTINGS_READERS,
    )
    recouvrement_write_off_own_days = fields.Integer(
        "Own proposals added up over (days)",
        default=OWN_DAYS,
        help="What a manager approved of his own proposals for the same debtor in these days counts in his limit: it "
        "is not passed in parts.",
        groups=SETTINGS_READERS,
    )

    @api.constrains("recouvrement_write_off_own_days")
    def _check_recouvrement_write_off_own_days(self):
        for company in self:
            if company.recouvrement_write_off_own_days < 0:
                raise ValidationError(self.env._("A number of days is zero or more."))


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recouvrement_notice_by_collector = fields.Boolean(
        related="company_id.root_id.recouvrement_notice_by_collector", readonly=False
    )
    recouvrement_own_reminder = fields.Boolean(related="company_id.root_id.recouvrement_own_reminder", readonly=False)
    recouvrement_documents_by_collector = fields.Boolean(
        related="company_id.root_id.recouvrement_documents_by_collector", readonly=False
    )
    recouvrement_write_off_own_days = fields.Integer(
        related="company_id.root_id.recouvrement_write_off_own_days", readonly=False
    )


class RecouvrementReminder(models.Model):
    _inherit = "recouvrement.reminder"

    def _check_may_approve(self):
        """A collector approves neither a formal notice, nor a reminder he made himself.

        :raises AccessError: naming the first that another person has to approve
        """
        super()._check_may_approve()
        self.check_access("read")
        if self.env.su or _is_officer(self.env.user):
            return
        for reminder in self.sudo():  # settings of the company, and who made it, which collectors do not read
            company = reminder.company_id.root_id
            if reminder.level_id.kind == "formal_notice" and not company.recouvrement_notice_by_collector:
                raise AccessError(
                    self.env._(
                        "%s is a formal notice: a legal officer or a manager approves it.", reminder.display_name
                    )
                )
            if reminder.create_uid == self.env.user and not company.recouvrement_own_reminder:
                name = reminder.display_name
                raise AccessError(self.env._("You made %s yourself: another person approves it.", name))


class RecouvrementDocument(models.Model):
    _inherit = "recouvrement.document"

    def _check_duties(self):
        """A collector leaves to officers what they wrote for a court, and what was signed.

        :raises AccessError: naming the first that is not his to change
        """
        super()._check_duties()
        if self.env.su or _is_officer(self.env.user):
            return
        for document in self.sudo():  # settings, authors and plans, whoever may read them
            if document._is_of_officers() and not document.company_id.root_id.recouvrement_documents_by_collector:
                raise AccessError(
                    self.env._("%s is an officer's document: he or a manager changes it.", document.display_name)
                )

    def _is_of_officers(self):
        if self.res_model in OF_OFFICERS:
            return True
        if self.res_model == "recouvrement.plan" and self.env[self.res_model].browse(self.res_id).accepted_on:
            return True
        author = self.create_uid
        return author.id != api.SUPERUSER_ID and _is_officer(author)


class RecouvrementWriteOff(models.Model):
    _inherit = "recouvrement.write.off"

    def _check_own_limit(self, on):
        """A manager decides on his own proposals up to a limit, which counts what he approved for the same debtor.

        :raises AccessError: another manager decides
        """
        self.ensure_one()
        company = self.company_id
        total = abs(self.amount) + self._approved_alone(on)
        limit = company.recouvrement_write_off_own_limit
        if self.is_own and self.currency_id.compare_amounts(total, limit) > 0:
            raise AccessError(
                self.env._(
                    "You proposed %(name)s yourself, and it is over your limit (%(limit)s), with what you approved "
                    "alone for the same debtor: another manager decides.",
                    name=self.name,
                    limit=formatLang(self.env, limit, currency_obj=self.currency_id),
                )
            )

    def _approved_alone(self, on):
        """What the user approved of his own proposals for the same debtors, within the days of the company."""
        since = on - timedelta(days=self.company_id.recouvrement_write_off_own_days)
        partners = self.line_ids.partner_id
        earlier = self.sudo().search(  # a sum of decisions of the company, the secret of a case apart
            [
                ("id", "not in", self.ids),
                ("company_id", "=", self.company_id.id),
                ("decision", "=", "approved"),
                ("state", "not in", ("reversed", "cancelled")),
                ("proposed_by_id", "=", self.env.uid),
                ("decided_by_id", "=", self.env.uid),
                ("decided_on", ">=", since),
                ("line_ids.partner_id", "in", partners.ids),
            ]
        )
        same = earlier.line_ids.filtered(lambda line: line.partner_id in partners)
        return sum(abs(line.company_amount) for line in same)
