from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from ...tools import cdar, clock, upload
from ...tools.readers import SETTINGS_READERS
from ...tools.refusal import Refused

HISTORY = {"activity_ids", "message_ids", "message_follower_ids"}  # what is said about a mail is not the mail


class RecouvrementEinvoiceMail(models.Model):
    """An e-mail that brought messages about electronic invoices: the mail, its files, and what became of each.

    Every mail to the address is kept, whatever is in it, and nothing is ever answered: no platform's robot can start a
    loop. Only what a known sender sends is taken in by itself; anything else waits for a person, since who forges a
    message could stop the collection of an invoice.
    """

    _name = "recouvrement.einvoice.mail"
    _description = "E-mail from a Platform"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "subject"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    subject = fields.Char(readonly=True)
    email_from = fields.Char("Sender", readonly=True)
    received_at = fields.Datetime("Received on", required=True, readonly=True)
    state = fields.Selection(
        [("waiting", "To look at"), ("done", "Taken in"), ("dismissed", "Dismissed")],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    new_count = fields.Integer("Messages taken in", readonly=True)
    known_count = fields.Integer("Known already", readonly=True)
    outcome = fields.Text("What was done", readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("An e-mail from a platform is kept: dismiss it instead."))

    def write(self, vals):
        if not self.env.su and not set(vals) <= HISTORY:
            raise UserError(self.env._("An e-mail from a platform is evidence: it never changes."))
        return super().write(vals)

    @api.private  # a client that called it would forge a sender
    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """The mail gateway brings a mail sent to the company's address."""
        companies = self.env["res.company"].sudo()  # whoever the gateway runs as
        company = companies.browse((custom_values or {}).get("company_id")).exists() or companies.browse(
            self.env.company.id
        )
        mails = self.sudo().with_context(mail_create_nosubscribe=True, mail_create_nolog=True)  # as above
        mail = mails.create(
            {
                "company_id": company.root_id.id,
                "subject": msg_dict.get("subject") or self.env._("(without subject)"),
                "email_from": msg_dict.get("email_from"),
                "received_at": msg_dict["date"],  # the gateway gives the hour it is where the mail has none
            }
        )
        files = [(one[0], one[1]) for one in msg_dict.get("attachments") or ()]
        if mail._is_known_sender():
            mail._take_in(files)
        else:
            mail.outcome = mail.env._("The sender is not one of those known: look at it before it is taken in.")
        if mail.state == "waiting":
            mail._call_manager()
        return mail

    @api.private
    def message_update(self, msg_dict, update_vals=None):
        """An answer to what nobody sent: kept in the history, and nothing more."""
        return True

    def _is_known_sender(self):
        """Whether the company lists this address, or its domain."""
        address = email_normalize(self.email_from) or ""
        known = (
            (self.company_id.recouvrement_einvoice_senders or "").replace(",", " ").replace(";", " ").lower().split()
        )
        domain = address.rpartition("@")[2]
        return bool(address) and any(one.lstrip("@") in (address, domain) for one in known)

    def _take_in(self, files):
        """Take in each file that is a message; the others are named with their reason.

        :param files: [(name, content)]
        """
        told, refused = [], []
        for name, data in self._opened(files, refused):
            try:
                told += [(data, status) for status in cdar.read(data)]
            except Refused as refusal:
                refused.append((name, refusal.said(self.env)))
        new, known = self.env["recouvrement.einvoice.event"]._take_in(told, self.company_id)
        lines = [self.env._("%(file)s: %(reason)s", file=name, reason=reason) for name, reason in refused]
        if not told and not refused:
            lines.append(self.env._("No file with a message about an electronic invoice."))
        self.write(
            {
                "state": "done" if told and not refused else "waiting",
                "new_count": len(new),
                "known_count": len(known),
                "outcome": "\n".join(lines) or self.env._("All its messages were taken in."),
            }
        )

    @api.model
    def _opened(self, files, refused):
        """The (name, bytes) of the files that may be messages: XML, or a ZIP of them; pictures of a signature no."""
        for name, content in files:
            data = content.encode() if isinstance(content, str) else content
            if name.lower().endswith(".zip") and data.startswith(b"PK"):
                try:
                    members = list(upload.members(data))
                except Refused as refusal:
                    refused.append((name, refusal.said(self.env)))
                    continue
                for member in members:
                    if member.refusal:
                        refused.append((member.name, member.refusal.said(self.env)))
                    else:
                        yield member.name, member.data
            elif name.lower().endswith(".xml") or data.lstrip()[:5] == b"<?xml":
                yield name, data

    def _call_manager(self):
        for manager in self.company_id._recouvrement_managers()[:1]:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=manager.id,
                date_deadline=clock.day_of(self.env, self.received_at),
                summary=self.env._("Look at an e-mail from a platform"),
            )

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_manager"):
            raise AccessError(self.env._("E-mails from platforms are looked at by managers of collection."))

    def action_take_in(self):
        """A person has looked: the files of the mail are taken in."""
        self.ensure_one()
        self._check_manager()
        mine = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        files = self.env["ir.attachment"].sudo().search(mine, order="id")  # of the mail that he may read
        self.sudo()._take_in([(file.name, file.raw or b"") for file in files])  # evidence, written by the add-on alone

    def action_dismiss(self):
        """A person has looked: there is nothing to take in."""
        self._check_manager()
        self.sudo().filtered(lambda mail: mail.state == "waiting").state = "dismissed"  # as above


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_einvoice_alias_id = fields.Many2one(
        "mail.alias", "Address for messages of platforms", ondelete="set null", copy=False, groups=SETTINGS_READERS
    )
    recouvrement_einvoice_senders = fields.Char(
        "Senders known",
        help="Addresses or domains of your platform, separated by commas. What others send waits for a person.",
        groups=SETTINGS_READERS,
    )

    def _set_einvoice_alias(self, name):
        """Give the company's address this name; without a name it receives nothing any more."""
        for company in self:
            # A manager of collection changes no address of Odoo but this one.
            alias = company.sudo().recouvrement_einvoice_alias_id
            if not name:
                alias.unlink()
            elif alias:
                alias.alias_name = name
            else:
                company.sudo().recouvrement_einvoice_alias_id = (  # as above
                    self.env["mail.alias"]
                    .sudo()  # as above
                    .create(
                        {
                            "alias_name": name,
                            "alias_model_id": self.env["ir.model"]._get_id("recouvrement.einvoice.mail"),
                            "alias_contact": "everyone",
                            "alias_defaults": {"company_id": company.id},
                            "alias_domain_id": company.alias_domain_id.id,
                        }
                    )
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recouvrement_einvoice_alias_name = fields.Char(
        "Address for messages of platforms",
        compute="_compute_recouvrement_einvoice_alias_name",
        inverse="_inverse_recouvrement_einvoice_alias_name",
    )
    recouvrement_einvoice_alias_domain = fields.Char(related="company_id.root_id.alias_domain_id.name")
    recouvrement_einvoice_senders = fields.Char(
        related="company_id.root_id.recouvrement_einvoice_senders", readonly=False
    )

    @api.depends("company_id")
    def _compute_recouvrement_einvoice_alias_name(self):
        for settings in self:
            # A setting of the root.
            alias = settings.company_id.root_id.sudo().recouvrement_einvoice_alias_id
            settings.recouvrement_einvoice_alias_name = alias.alias_name

    def _inverse_recouvrement_einvoice_alias_name(self):
        for settings in self:
            settings.company_id.root_id._set_einvoice_alias(settings.recouvrement_einvoice_alias_name)
