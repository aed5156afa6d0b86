import hashlib
import io
import zipfile

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import email_normalize, split_every

from ...tools import harmless, letter_pdf
from ...tools.recipients import recipients

WATCHED_DAYS = 60  # after which a message that did not leave is of no use
PAGE = 100  # statements rendered and written together
STATES = {"outgoing": "queued", "sent": "sent", "received": "sent", "exception": "failed", "cancel": "failed"}


class RecouvrementStatement(models.Model):
    """A statement of account as it was given to a debtor: the file, frozen with its hash, and whom it went to."""

    _name = "recouvrement.statement"
    _description = "Statement of Account"
    _inherit = "recouvrement.followed"
    _follow_turn = 13
    _order = "id desc"
    _rec_name = "subject"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict", readonly=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner")
    date = fields.Date("As of", required=True, readonly=True)
    lang = fields.Char(readonly=True)
    channel = fields.Selection([("pdf", "Printed"), ("email", "E-mail")], required=True, readonly=True)
    subject = fields.Char(readonly=True)
    amount = fields.Monetary("Balance", readonly=True, help="Of the account on that day, in company currency.")
    figures = fields.Json(readonly=True)  # everything it shows, as it was given
    addresses = fields.Char("Sent to", readonly=True)
    mail_id = fields.Many2one("mail.mail", readonly=True, index="btree_not_null", ondelete="set null")
    state = fields.Selection(
        [("given", "Printed"), ("queued", "Queued"), ("sent", "E-mail sent"), ("failed", "Not sent")],
        compute="_compute_state",
        help="Sent once the mail server has taken the message.",
    )
    failure = fields.Char(compute="_compute_state")
    failure_told = fields.Boolean(readonly=True)  # to whoever follows the debtor
    attachment_id = fields.Many2one(
        "ir.attachment", "Document", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    sha256 = fields.Char("SHA-256", readonly=True)

    @api.depends("channel", "mail_id.state")
    def _compute_state(self):
        for statement in self:
            mail = statement.sudo().mail_id  # what became of it is shown to whoever reads the statement
            state = STATES.get(mail.state, "sent") if statement.channel == "email" else "given"
            statement.state, statement.failure = state, mail.failure_reason or False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A statement given to a debtor is evidence: it cannot be deleted."))

    def action_open(self):
        self.ensure_one()
        self.check_access("read")
        return self.env["recouvrement.document"]._download(self.attachment_id)

    # --- making -------------------------------------------------------------------------------------------------------

    @api.model
    def _make(self, debtors, on, channel="pdf", lang=None, posted=False):
        """Print and keep the statement of each of these debtors on a day; returns them, in the same order.

        :param posted: refuse those whose address is not whole, or does not fit the window of an envelope
        """
        debtors.check_access("read")
        self.env["recouvrement.exit"]._refuse(debtors.company_id, on)
        made = self.browse()
        for page in split_every(PAGE, debtors.ids, debtors.browse):
            payloads = self._payloads(page, on, lang)
            for payload in payloads if not posted else ():
                payload["addressee"]["missing"] = ""  # it may be handed over: no postal address is needed
            files = self.env["recouvrement.letter"].sudo()._render_pdf(payloads)
            made |= self._keep(page, on, channel, payloads, files)
        return made

    @api.model
    def _payloads(self, debtors, on, lang=None):
        data = debtors._statement_data(on)
        langs = self.env["recouvrement.reminder"]._langs(debtors.partner_id.ids)
        letters = self.env["recouvrement.letter"].sudo()  # a collector reads neither bank accounts nor every partner
        payloads = []
        for debtor in debtors:
            items, agreed = data[debtor]["items"], data[debtor]["agreed"]
            told = lang or langs[debtor.partner_id.id]
            payload = letters._statement_payload(debtor, items, on, lang=told, agreed=agreed)
            payloads.append(payload | {"company_total": sum(item["company_amount"] for item in items)})
        return payloads

    @api.model
    def _keep(self, debtors, on, channel, payloads, files):
        statements = self.sudo().create(  # evidence is written by methods alone
            [
                self._vals(debtor, on, channel, payload) | {"sha256": hashlib.sha256(content).hexdigest()}
                for debtor, payload, content in zip(debtors, payloads, files, strict=True)
            ]
        )
        attachments = (
            self.env["ir.attachment"]
            .sudo()  # evidence, as above
            .create(
                [
                    {
                        "name": statement._file_name("pdf"),
                        "raw": content,
                        "mimetype": "application/pdf",
                        "res_model": self._name,
                        "res_id": statement.id,
                        "company_id": statement.company_id.id,
                    }
                    for statement, content in zip(statements, files, strict=True)
                ]
            )
        )
        for statement, attachment in zip(statements, attachments, strict=True):
            statement.attachment_id = attachment
        return statements.with_env(self.env)

    @api.model
    def _vals(self, debtor, on, channel, payload):
        return {
            "debtor_id": debtor.id,
            "company_id": debtor.company_id.id,
            "date": on,
            "lang": payload["lang"],
            "channel": channel,
            "subject": payload["subject"],
            "amount": payload["company_total"],
            "figures": payload,
        }

    def _file_name(self, suffix):
        name = harmless.file_name(self.sudo().debtor_id.partner_id.name, 80)  # a collector may not read every partner
        return self.with_context(lang=self.lang).env._(
            "Statement %(debtor)s %(day)s.%(suffix)s", debtor=name, day=self.date, suffix=suffix
        )

    def _merged(self):
        """One PDF with all of these, in order."""
        self.sudo().attachment_id._check_evidence()  # read just below
        return letter_pdf.joined(statement.attachment_id.raw for statement in self.sudo())

    def _zipped(self):
        """A file for each of these, in an archive; two debtors of the same name have two files."""
        out, names = io.BytesIO(), set()
        self.sudo().attachment_id._check_evidence()  # read just below
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for statement in self.sudo():  # as above, by whoever made them
                name = statement.attachment_id.name
                if name in names:
                    name = f"{statement.debtor_id.id} {name}"
                names.add(name)
                archive.writestr(name, statement.attachment_id.raw)
        return out.getvalue()

    # --- sending ------------------------------------------------------------------------------------------------------

    @api.model
    def _recipients(self, debtor):
        """Whom a statement goes to."""
        return debtor._email_contact()

    @api.model
    def _stopped(self, debtor):
        """Why a debtor is not written to about his account: a judgment froze what it asks for; else None.

        It may still be printed, for the mandataire for example.
        """
        if debtor._is_stopped():
            return self.env._("insolvency proceedings are open: what is prior is declared to the mandataire")
        return None

    @api.model
    def _unposted(self, debtor):
        """Why its statement cannot be posted, or nothing."""
        debtor = debtor.sudo()  # a collector may not read every partner
        letters = debtor.env["recouvrement.letter"]
        return letters._address_problem(debtor._addressee(), debtor.partner_id, debtor.company_id)

    @api.model
    def _send(self, debtors, on, recipients, subject=None, body=None, sheet=False):
        """Make the statement of each of these debtors and give its e-mail to the mail queue.

        :param recipients: {debtor: partners} who all have an address
        :param subject, body: instead of the template's, for one debtor
        :param sheet: attach the spreadsheet too
        """
        for debtor in debtors:
            strangers = debtor.sudo()._strangers(recipients[debtor].sudo())  # a collector may not read every partner
            if strangers:
                raise UserError(
                    self.env._(
                        "%s is no contact of this debtor: his account is confidential.", strangers[0].display_name
                    )
                )
            if reason := self._stopped(debtor):
                raise UserError(self.env._("%(debtor)s: %(reason)s", debtor=debtor.display_name, reason=reason))
        statements = self._make(debtors, on, "email")
        texts = self._texts(statements)
        mails = (
            self.env["mail.mail"]
            .sudo()
            .create(  # a collector writes no e-mail but this one
                [
                    statement._mail_vals(recipients[statement.debtor_id], texts[statement.id], subject, body, sheet)
                    for statement in statements
                ]
            )
        )
        for statement, mail in zip(statements.sudo(), mails, strict=True):  # evidence is written by methods alone
            statement.write({"mail_id": mail.id, "addresses": mail.email_to})
            statement.debtor_id.message_post(
                body=self.env._("Statement of account sent to %s.", mail.email_to),
                author_id=self.env.user.partner_id.id,
            )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()  # users may not read crons
        return statements

    @api.model
    def _follow_up(self, on):
        """Tell whoever follows a debtor, once, of a statement that did not leave, or may not have."""
        watched = [("channel", "=", "email"), ("failure_told", "=", False)]
        since = [("date", ">=", fields.Date.subtract(on, days=WATCHED_DAYS))]
        waiting = self.search([*watched, *since, ("mail_id.state", "=", "outgoing")])  # sudo below: no queue ran
        waiting.sudo().mail_id._give_up_old(on)
        lost = self.search([*watched, *since, ("mail_id.state", "=", "exception")])
        for statement in lost:
            statement.debtor_id._tell_collector(
                self.env._("A statement of account did not leave: look before sending it again"), statement.failure
            )
        lost.failure_told = True

    @api.model
    def _rehearsed(self, debtor, on):
        """Subject and text of the e-mail of a debtor, before it is made; nothing is kept."""

        def make():
            [payload] = self._payloads(debtor, on)
            statement = self.sudo().create(self._vals(debtor, on, "email", payload))  # undone at once
            return self._texts(statement)[statement.id]

        return self.env["recouvrement.reminder"]._undone(make)

    @api.model
    def _texts(self, statements):
        """{statement id: subject and text}, from the template, in the language of each."""
        template = self.env.ref("recouvrement_fr.mail_template_statement", raise_if_not_found=False)
        if not template:
            raise UserError(self.env._("The e-mail template of statements was deleted: update the module."))
        # sudo: its words name what a collector may not read, partners among others
        return template.sudo()._generate_template(statements.ids, ("subject", "body_html", "email_from", "reply_to"))

    def _is_long(self):
        """Whether it has more lines than an e-mail shows: then it is given as a spreadsheet too."""
        most = self.company_id.root_id.sudo().recouvrement_email_lines  # a setting, which collectors do not read
        count = sum(len(block["lines"]) for block in (self.figures or {}).get("blocks", ()))
        return bool(most) and count > most

    def _mail_vals(self, partners, text, subject, body, sheet):
        self.ensure_one()
        company = self.company_id
        sender = next(
            (found for found in (text.get("email_from"), company.email_formatted) if email_normalize(found or "")), None
        )
        if not sender:
            raise UserError(
                self.env._("%s has no e-mail address to send from: enter one on the company.", company.name)
            )
        attachments = [Command.link(self.attachment_id.id)]
        if sheet or self._is_long():
            attachments.append(
                Command.create(
                    {
                        "name": self._file_name("xlsx"),
                        "raw": self.env["recouvrement.statement.sheet"]
                        .with_context(lang=self.lang)
                        ._workbook(self.debtor_id, self.date),
                        "res_model": self._name,
                        "res_id": self.id,
                    }
                )
            )
        text_body = body or text["body_html"]
        return {
            "subject": subject or text["subject"],
            "body_html": text_body,
            "body": text_body,
            "email_from": sender,
            "email_to": recipients(partners.sudo()),  # a collector may not read every partner
            "reply_to": text.get("reply_to") or sender,
            "model": "recouvrement.debtor",
            "res_id": self.debtor_id.id,
            "record_company_id": company.id,
            "message_type": "email_outgoing",
            "author_id": company.partner_id.id,
            "attachment_ids": attachments,
            "auto_delete": False,
            "state": "outgoing",
            "is_notification": False,
        }
