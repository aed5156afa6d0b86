from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from ...tools import clock


class RecouvrementMessage(models.TransientModel):
    """Write to a debtor: a free e-mail from a template, or a document by e-mail or by letter."""

    _name = "recouvrement.message"
    _description = "Write to a Debtor"
    _inherit = "recouvrement.dialog"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, readonly=True)
    document_id = fields.Many2one("recouvrement.document", readonly=True)
    is_draft = fields.Boolean(compute="_compute_is_draft")
    how = fields.Selection([("email", "By e-mail"), ("letter", "By letter")], default="email", required=True)
    commercial_partner_id = fields.Many2one(
        related="debtor_id.partner_id", related_sudo=False, string="Debtor's partner"
    )
    partner_ids = fields.Many2many(
        "res.partner", string="Recipients", compute="_compute_partner_ids", store=True, readonly=False
    )
    template_id = fields.Many2one(
        "mail.template", domain="[('model', '=', 'recouvrement.debtor')]", help="Its words are yours to change below."
    )
    subject = fields.Char(compute="_compute_words", store=True, readonly=False)
    body = fields.Html(compute="_compute_words", store=True, readonly=False)

    @api.depends("document_id")
    def _compute_is_draft(self):
        for message in self:
            message.is_draft = message.document_id.state == "draft"

    @api.depends("debtor_id")
    def _compute_partner_ids(self):
        for message in self:
            message.partner_ids = message.debtor_id._origin._email_contact()

    @api.depends("template_id", "document_id", "debtor_id")
    def _compute_words(self):
        """The template's words in the debtor's language; of a document, those that were shipped for it."""
        for message in self:
            record = message.document_id._origin or message.debtor_id._origin
            template = message._template()
            if not template or not record:
                message.subject, message.body = message.subject or False, message.body or False
                continue
            # The template reads the company and the collector, whom a collector does not: of a debtor he reads.
            text = template.sudo()._generate_template(record.ids, ("subject", "body_html"))[record.id]
            message.subject, message.body = text["subject"], text["body_html"]

    def _template(self):
        if self.document_id:
            return self.env.ref("recouvrement_fr.mail_template_document", raise_if_not_found=False)
        return self.template_id._origin

    def action_send(self):
        """Send it by e-mail, or print the letter."""
        self.ensure_one()
        self.debtor_id.check_access("read")
        on = clock.today(self.env)
        if self.how == "letter":
            if not self.document_id:
                raise UserError(self.env._("A free message leaves by e-mail: choose a document to post."))
            return self.document_id._print_for_posting(on)
        if not self.partner_ids or not self.subject or is_html_empty(self.body):
            raise UserError(self.env._("Say whom you write to, the subject and the text."))
        people = self.partner_ids._origin
        if self.document_id:
            self.document_id._send_by_mail(people, self.subject, self.body, on)
        else:
            self.debtor_id._queue_message(people, self.subject, self.body, on)
        return {"type": "ir.actions.act_window_close"}
