import hashlib

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import clock, kept_together, letter_pdf, printable
from ...tools.formats import Formats

LANG = "fr_FR"  # what a French court or a French notary reads is written in French, whoever the debtor is
EDITABLE = {"title", "body", "date", "copies"}


class RecouvrementDocument(models.Model):
    """A written act about a debtor: drafted from a template, corrected by a person, then frozen with its hash.

    Protocols, acknowledgements of debt, statements of claim, requests to a court: what was frozen never changes, a
    correction is a new version. Letters of dunning levels are not here: they are kept by their dispatches.
    """

    _name = "recouvrement.document"
    _description = "Legal Document"
    _inherit = ["mail.thread", "recouvrement.about"]
    _mail_post_access = "read"
    _order = "id desc"

    name = fields.Char("Number", readonly=True, copy=False, default=lambda self: self._next_number())
    title = fields.Char(required=True, help="Printed at the head of the document.")
    template = fields.Char(readonly=True, required=True)  # the QWeb view its text was drafted from
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict", readonly=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    res_model = fields.Char("Model of what it is about", readonly=True)
    res_id = fields.Many2oneReference("What it is about", model_field="res_model", readonly=True, index=True)
    addressee_id = fields.Many2one(
        "res.partner", readonly=True, index="btree_not_null", help="Printed in the window, for a letter."
    )
    date = fields.Date(required=True, help="The date it bears.")
    body = fields.Html(
        sanitize_attributes=True, help="Correct the text before freezing it: afterwards it never changes."
    )
    copies = fields.Integer("Originals", default=1, help="How many originals are signed (C.civ 1375).")
    state = fields.Selection(
        [("draft", "Draft"), ("frozen", "Frozen"), ("cancelled", "Called off")],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
    )
    attachment_id = fields.Many2one(
        "ir.attachment", "File", readonly=True, index="btree_not_null", ondelete="restrict", copy=False
    )
    sha256 = fields.Char("SHA-256", readonly=True, copy=False)
    frozen_on = fields.Datetime(readonly=True, copy=False)
    frozen_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    window = fields.Text("Address printed", readonly=True, copy=False)  # on the frozen file of a letter
    version = fields.Integer(default=1, readonly=True)
    supersedes_id = fields.Many2one("recouvrement.document", readonly=True, index="btree_not_null", ondelete="restrict")

    @api.model
    def _next_number(self):
        # The sequence is configuration: whoever drafts takes a number of it.
        return self.env["ir.sequence"].sudo().next_by_code("recouvrement.document")

    @api.depends("name", "title")
    def _compute_display_name(self):
        for document in self:
            document.display_name = f"{document.name} – {document.title}"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._quiet(vals) for vals in vals_list])

    def write(self, vals):
        """A person corrects the text of a draft; all the rest is written by methods."""
        if not self.env.su and (vals.keys() - EDITABLE or self.filtered(lambda document: document.state != "draft")):
            raise UserError(self.env._("A document is evidence: correct it by a new version."))
        if not self.env.su:
            self._check_duties()
        return super().write(self._quiet(vals))

    @api.model
    def _quiet(self, vals):
        """The same values, a text without what a printer or a screen would fetch."""
        return {**vals, "body": printable.stripped_fragment(str(vals["body"]))} if vals.get("body") else vals

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A document is evidence: cancel it, it cannot be deleted."))

    # --- drafting -----------------------------------------------------------------------------------------------------

    @api.model
    def _draft(self, template, title, debtor, record=None, values=None, *, date, **fields_values):
        """A draft of that day, whose text comes from a QWeb template; returns it.

        The template is given ``doc`` (``values``, figures ready to print), ``company`` and ``debtor`` (see
        ``_identities``), and ``f``, which writes money, dates and words in French. ``fields_values``: ``copies``,
        ``addressee_id``, ``name`` where its number is printed in it.
        """
        body = self._text(template, debtor, date, values or {})
        return (
            self.sudo()
            .create(  # a collector drafts from what he reads; only the text is his to change
                {
                    "template": template,
                    "title": title,
                    "debtor_id": debtor.id,
                    "company_id": debtor.company_id.id,
                    "res_model": record._name if record else False,
                    "res_id": record.id if record else False,
                    "date": date,
                    "body": body,
                    **fields_values,
                }
            )
            .with_env(self.env)
        )

    @api.model
    def _text(self, template, debtor, on, values):
        formats = Formats(LANG)
        context = {"doc": values, "f": formats, "on": on, **self._identities(debtor, on, formats)}
        return self.env["ir.qweb"].with_context(lang=LANG)._render(template, context, minimal_qcontext=True)

    @api.model
    def _identities(self, debtor, on, formats, addressee=None):
        """``company``: the creditor as the law wants it named, with ``signatory`` and ``city``; ``debtor``: ``name``,
        ``lines`` (address), ``siren``, ``siret``, ``vat``, ``form``; ``head``: all a letter begins with; ``account``:
        where the creditor is paid (``iban``, ``bic``), or None."""
        debtor = debtor.sudo().with_context(lang=LANG)  # a collector reads neither bank accounts nor every partner
        company = debtor.company_id
        letter = debtor.env["recouvrement.letter"]
        identity = letter._identity(company, formats)
        head = letter._head(addressee or debtor.partner_id, debtor, company, identity, "", on, formats)
        bank = letter._bank(company)
        return {
            "account": letter._account(bank) if bank else None,
            "company": {**identity, "signatory": company.recouvrement_signatory or "", "city": company.city or ""},
            "debtor": {**head["debtor"], "lines": letter._address(debtor.partner_id, debtor.partner_id, company)},
            "head": head,
        }

    # --- printing and freezing ----------------------------------------------------------------------------------------

    def _pdf(self, final=False):
        """The bytes of each document as it is now, printed together; a draft says so on each page, unless `final`."""
        return self._printed([document._sheet(number, final) for number, document in enumerate(self)])

    def _sheet(self, position, final=False):
        """The pages of a document, at that place of a batch."""
        formats, is_draft = Formats(LANG), self.state == "draft" and not final
        identities = self._identities(self.debtor_id, self.date, formats, self.addressee_id)
        body = Markup(kept_together.kept(self.body or ""))  # sanitized by its field
        return self._laid_out(position, identities, body, self.date, bool(self.addressee_id), is_draft)

    def _laid_out(self, position, identities, body, on, is_letter, is_draft=False):
        """Pages with the letterhead of the creditor, for a window when it is a letter."""
        html = (
            self.env["ir.qweb"]
            .with_context(lang=LANG)
            ._render(
                "recouvrement_fr.document_skeleton",
                {
                    **identities,
                    "title": self.title,
                    "number": self.name,
                    "is_draft": is_draft,
                    "mark": f"{letter_pdf.MARK}{position}",
                    "is_letter": is_letter,
                    "body": body,
                    "logo": self.env["recouvrement.letter"].sudo()._logo(self.company_id.id),  # its letterhead
                },
                minimal_qcontext=True,
            )
        )
        name = f"PROJET – {self.name}" if is_draft else self.name
        return letter_pdf.Sheet(
            html=f"<!DOCTYPE html>\n{html}",
            foot="\n".join((*identities["company"]["mentions"], f"{name} – page [sitepage] sur [sitepages]")),
            title=f"{self.title} – {self.name}",
            author=identities["company"]["name"],
            date=on.isoformat(),
        )

    @api.model
    def _printed(self, sheets):
        """The file of each, or why there is none in the words of who prints."""
        try:
            return letter_pdf.print_sheets(sheets)
        except letter_pdf.RendererMissing as error:
            raise UserError(
                self.env._("Documents are printed with wkhtmltopdf, which this server lacks: ask for its installation.")
            ) from error
        except letter_pdf.PrintError as error:
            raise UserError(self.env._("wkhtmltopdf could not print the document: %s", error)) from error

    def action_freeze(self):
        """Print these drafts for good: the file and its hash are kept, the text never changes any more."""
        self.check_access("read")
        self._check_duties()
        drafts = self.sudo()  # evidence is written by methods alone
        gate, on = self.env["recouvrement.exit"], clock.today(self.env)
        for document in drafts.filtered(lambda document: document.state == "draft"):  # what is frozen is handed over
            gate._refuse(document.company_id, on)
            self.env["recouvrement.holding"]._refuse_frozen(*document._claimed())
            document._check_addressee()
        for document in drafts:
            if document.state != "draft":
                raise UserError(self.env._("%s is no draft any more.", document.display_name))
        for document, content in zip(drafts, drafts._pdf(final=True), strict=True):
            document.attachment_id = document._kept_file(content, document.title)
            document.write(
                {
                    "state": "frozen",
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "frozen_on": clock.stamp(),
                    "frozen_by_id": self.env.uid,
                    "window": document._window() if document.addressee_id else False,
                }
            )
            document._tell_record()
        return self.action_open() if len(self) == 1 else None

    def _kept_file(self, content, title):
        """A file kept on the document, as evidence."""
        return (
            self.env["ir.attachment"]
            .sudo()  # evidence, written by methods alone
            .create(
                {
                    "name": f"{self.name.replace('/', '-')} {title}.pdf",
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                    "company_id": self.company_id.id,
                }
            )
        )

    def _window(self, addressee=None):
        """The address that its letter bears, or would bear today."""
        head = self._identities(self.debtor_id, self.date, Formats(LANG), addressee or self.addressee_id)["head"]
        return "\n".join(head["addressee"]["lines"])

    def _claimed(self):
        """The invoices, and the items of opening entries, that it asks the debtor himself to pay, or agrees about with
        him; for rooms to extend."""
        return self.env["account.move"], self.env["account.move.line"]

    def _check_addressee(self):
        """:raises UserError: a letter to an archived debtor, or to somebody who left him since it was drafted"""
        addressee = self.addressee_id
        if addressee and not addressee.active:
            raise UserError(self.env._("%s was archived: draft the letter again.", addressee.display_name))

    def _tell_record(self):
        """A word, with the file, in the history of what the document is about."""
        about = self.env[self.res_model].browse(self.res_id) if self.res_model else self.debtor_id
        if self.confidential or not hasattr(about, "message_post"):
            return
        about.message_post(
            body=self.env._("%(title)s %(number)s was written.", title=self.title, number=self.name),
            attachment_ids=self.attachment_id._copied_onto(about).ids,
        )

    def _check_duties(self):
        """Refuse what another person has to do; who separates duties says so."""

    def action_open(self):
        """The file kept, or a draft's file as it would be now, which nothing keeps."""
        self.ensure_one()
        if self.attachment_id:
            return self._download(self.attachment_id)
        [content] = self._pdf()
        preview = self.env["ir.attachment"].create(
            {
                "name": self.env._("Draft %s.pdf", self.name.replace("/", "-")),
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return self._download(preview)

    @api.model
    def _download(self, attachment):
        attachment._check_evidence()
        return {"type": "ir.actions.act_url", "url": f"/web/content/{attachment.id}?download=false", "target": "new"}

    def action_cancel(self):
        """Give a draft up; a frozen document that was not used is cancelled too, and stays readable."""
        self.check_access("write")
        self._check_duties()
        self.sudo().filtered(lambda document: document.state != "cancelled").state = "cancelled"  # by this button alone

    def action_restore(self):
        """Undo a cancellation: a draft again, or the frozen document that it was."""
        self.check_access("write")
        self._check_duties()
        for document in self.sudo():  # as above
            if document.state != "cancelled":
                raise UserError(self.env._("%s is not cancelled.", document.display_name))
            document.state = "frozen" if document.sha256 else "draft"

    def action_new_version(self):
        """A draft with the same text, to correct a frozen document."""
        self.ensure_one()
        self.check_access("write")
        self._check_duties()
        if self.state == "draft":
            raise UserError(self.env._("Correct the draft itself: it is not frozen yet."))
        version = self.sudo().copy(  # drafts are made by methods alone
            {"supersedes_id": self.id, "version": self.version + 1, "state": "draft", "name": self._next_number()}
        )
        return version.with_env(self.env)._get_records_action()
