import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools import clock

MOST = 1000  # statements made at once: a request has two minutes


class RecouvrementStatementWizard(models.TransientModel):
    """Give one or many debtors their statement of account: printed, by e-mail, or for ourselves in a spreadsheet."""

    _name = "recouvrement.statement.wizard"
    _description = "Give Statements of Account"
    _inherit = "recouvrement.dialog"

    debtor_ids = fields.Many2many("recouvrement.debtor", string="Debtors", required=True, readonly=True)
    debtor_id = fields.Many2one("recouvrement.debtor", compute="_compute_debtor", help="When there is one alone.")
    debtor_count = fields.Integer(compute="_compute_debtor")
    date = fields.Date("As of", compute="_compute_debtor")
    how = fields.Selection(
        [
            ("email", "By e-mail"),
            ("letter", "Letters to post (one PDF)"),
            ("pdf", "One PDF to print"),
            ("zip", "A PDF for each, in an archive"),
            ("xlsx", "Spreadsheet (XLSX)"),
        ],
        "Give it",
        default="email",
        required=True,
    )
    commercial_partner_id = fields.Many2one(
        related="debtor_id.partner_id", related_sudo=False, string="Debtor's partner"
    )
    partner_ids = fields.Many2many(
        "res.partner", string="Recipients", compute="_compute_partner_ids", store=True, readonly=False
    )
    refused = fields.Text(compute="_compute_refused", help="Those who cannot receive it that way, and why.")
    sheet = fields.Boolean("Attach the spreadsheet too")
    subject = fields.Char()
    body = fields.Html()
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    @api.model
    def default_get(self, names):
        """With the template's words for one debtor, to be changed before it leaves; each has its own otherwise.

        Where nobody can receive an e-mail, none is proposed: the only debtor's statement is to be printed.
        """
        values = super().default_get(names)
        debtors = self.env["recouvrement.debtor"].browse(self.env.context.get("default_debtor_ids") or [])
        model, ids = self._opened_on()
        if not debtors and model == "account.move.line":
            debtors = self._debtor_of_items(self.env[model].browse(ids))
            values["debtor_ids"] = [Command.set(debtors.ids)]
        debtors.check_access("read")
        if len(debtors) == 1:
            text = self.env["recouvrement.statement"]._rehearsed(debtors, clock.today(self.env))
            values |= {"subject": text["subject"], "body": text["body_html"]}
            if "default_how" not in self.env.context and self._refusal_of(debtors):
                values["how"] = "pdf"
        return values

    @api.depends("debtor_ids")
    def _compute_debtor(self):
        for wizard in self:
            wizard.debtor_count = len(wizard.debtor_ids)
            wizard.debtor_id = wizard.debtor_ids if len(wizard.debtor_ids) == 1 else False
            wizard.date = clock.today(self.env)

    @api.depends("debtor_ids")
    def _compute_partner_ids(self):
        statement = self.env["recouvrement.statement"]
        for wizard in self:
            wizard.partner_ids = statement._recipients(wizard.debtor_id._origin) if wizard.debtor_id else False

    @api.depends("debtor_ids", "partner_ids", "how")
    def _compute_refused(self):
        for wizard in self:
            found = wizard._refusals() if wizard.how in ("email", "letter") else {}
            wizard.refused = "\n".join(
                self.env._("%(debtor)s: %(reason)s", debtor=debtor.display_name, reason=reason)
                for debtor, reason in found.items()
            )

    def _refusals(self):
        found = {}
        for debtor in self.debtor_ids._origin:
            if self.how == "letter":
                statement = self.env["recouvrement.statement"]
                reason = statement._stopped(debtor) or statement._unposted(debtor)
            else:
                reason = self._refusal_of(debtor, self._recipients_of(debtor))
            if reason:
                found[debtor] = reason
        return found

    def _refusal_of(self, debtor, recipients=None):
        """Why it cannot be sent to this debtor, or nothing.

        :param recipients: whom it would be sent to; nothing: those that are proposed
        """
        statement = self.env["recouvrement.statement"]
        if recipients is None:
            recipients = statement._recipients(debtor)
        return statement._stopped(debtor) or debtor._email_refusal(recipients)

    def _recipients_of(self, debtor):
        if self.debtor_id:
            return self.partner_ids._origin
        return self.env["recouvrement.statement"]._recipients(debtor)

    def action_give(self):
        self.ensure_one()
        debtors = self.debtor_ids
        debtors.check_access("read")
        if not debtors:
            raise UserError(self.env._("Choose at least one debtor."))
        if len(debtors) > MOST:
            raise UserError(self.env._("Choose at most %s debtors at once.", MOST))
        ways = {"email": self._send, "letter": self._post, "pdf": self._print, "zip": self._archive}
        return {**ways, "xlsx": self._spreadsheet}[self.how]()

    def _send(self):
        refused = self._refusals()
        debtors = self.debtor_ids.filtered(lambda debtor: debtor not in refused)
        if not debtors:
            raise UserError(self.env._("Nobody can receive it: %s", self.refused))
        self.env["recouvrement.statement"]._send(
            debtors,
            self.date,
            {debtor: self._recipients_of(debtor) for debtor in debtors},
            subject=self.debtor_id and self.subject,
            body=self.debtor_id and self.body,
            sheet=self.sheet,
        )
        message = self.env._("%s statements given to the mail queue.", len(debtors))
        if refused:
            message += " " + self.env._("%s could not be sent.", len(refused))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if refused else "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _post(self):
        """The letters of those who can be written to by post; the others were named in the dialog."""
        refused = self._refusals()
        debtors = self.debtor_ids.filtered(lambda debtor: debtor not in refused)
        if not debtors:
            raise UserError(self.env._("No statement can be posted: %s", self.refused))
        return self._print(debtors, posted=True)

    def _print(self, debtors=None, posted=False):
        statements = self.env["recouvrement.statement"]._make(debtors or self.debtor_ids, self.date, posted=posted)
        if len(statements) == 1:
            return statements.action_open()
        return self._download(self.env._("Statements %s.pdf", self.date), statements._merged())

    def _archive(self):
        statements = self.env["recouvrement.statement"]._make(self.debtor_ids, self.date)
        return self._download(self.env._("Statements %s.zip", self.date), statements._zipped())

    def _spreadsheet(self):
        content = self.env["recouvrement.statement.sheet"]._workbook(self.debtor_ids, self.date)
        return self._download(self.env._("Statements %s.xlsx", self.date), content)

    def _download(self, name, content):
        self.write({"file_name": name, "file": base64.b64encode(content)})
        url = f"/web/content/{self._name}/{self.id}/file/{name}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}
