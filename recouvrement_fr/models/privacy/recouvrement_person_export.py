import hashlib
import io
import json
import logging
import zipfile
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext
from odoo.tools.misc import format_date, format_datetime

from ...tools import letter_pdf
from ...tools.formats import Formats
from ..debtor.mail_activity import NAMING_OTHERS

_logger = logging.getLogger(__name__)

# Of a record of core, what is the person's: the rest is of the company, or of others.
OF_CORE = {
    "res.partner": (
        *("name", "function", "street", "street2", "zip", "city", "country_id", "email", "phone", "website", "lang"),
        *("vat", "company_registry", "ref", "comment", "create_date"),
    ),
    "res.partner.bank": ("acc_number", "acc_holder_name"),
    "account.move": (
        *("name", "move_type", "ref", "invoice_date", "invoice_date_due", "amount_total", "amount_residual"),
        *("currency_id", "payment_state", "invoice_partner_display_name", "narration"),
    ),
    "account.payment": ("name", "date", "amount", "currency_id", "memo", "payment_type", "state"),
    "mail.message": ("date", "subject", "body", "message_type", "email_from"),
    "mail.activity": ("date_deadline", "summary", "note", "feedback"),
}
# Links that may be told by their name: they lead to no other person.
TOLD = ("recouvrement.", "account.move", "res.currency", "res.country")
SCALARS = ("char", "text", "html", "date", "datetime", "boolean", "integer", "float", "monetary", "selection", "json")
SMALLER = tuple(f"image_{size}" for size in (1024, 512, 256, 128))
TECHNICAL = {"id", "create_uid", "write_uid", "write_date", "fingerprint", "message_main_attachment_id", "access_token"}


class RecouvrementPersonExport(models.Model):
    """That somebody was given what is held of them: when, by whom, the SHA-256 of the file, which is not kept."""

    _name = "recouvrement.person.export"
    _description = "Data Given to a Person"
    _order = "id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Person", required=True, index=True, readonly=True)
    given_by_id = fields.Many2one("res.users", "By", required=True, readonly=True, default=lambda self: self.env.user)
    given_on = fields.Datetime("On", required=True, readonly=True, default=fields.Datetime.now)
    record_count = fields.Integer("Records", readonly=True)
    file_count = fields.Integer("Files", readonly=True)
    sha256 = fields.Char("SHA-256", readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_log(self):
        raise UserError(self.env._("What was given to a person is a log: it is not deleted."))

    # --- the file -----------------------------------------------------------------------------------------------------

    @api.model
    def _give(self, company, partner, on):
        """(name, bytes) of one ZIP of all that a company holds of a person, and the log of it.

        Inside: the data as JSON, a summary to read as a page and as a PDF, the files. Nobody else is named: links to
        colleagues and to third parties are left out.
        """
        self = self.with_context(lang="fr_FR")  # the person reads French, whoever prepares it
        data = self.env["recouvrement.personal.data"]
        contact = data._is_contact(partner)
        family = data._family(company, partner.commercial_partner_id if contact else partner)
        held = data._held(family)
        if contact:
            held = data._addressed_to(partner, held)
        members = [partner.id] if contact else list(family.members)
        sections = self._sections(held, members)
        files = self._files_of(held, members, contact)
        told = self._told(company, partner, on, sections, files)
        content = self._zipped(told, sections, files, on)
        self.sudo().create(  # the log is written by nobody else
            {
                "company_id": company.root_id.id,
                "partner_id": partner.id,
                "given_by_id": self.env.uid,
                "record_count": sum(len(rows) for rows in sections.values()),
                "file_count": len(files),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
        return f"donnees-personnelles-{partner.id}-{on}.zip", content

    @api.model
    def _sections(self, held, members):
        """{model: [record as a dictionary]} in a stable order."""
        data = self.env["recouvrement.personal.data"]
        banks = self.env["res.partner.bank"].sudo().with_context(active_test=False)  # of whatever company
        found = {
            "res.partner": dict.fromkeys(members),
            "res.partner.bank": dict.fromkeys(banks.search([("partner_id", "in", members)]).ids),
            **{model: ids for model, ids in held.items() if not self.env[model]._transient},
        }
        places = data._places(held, members)
        found["mail.message"] = dict.fromkeys(self._own_messages(data._messages(places)))
        activities = self.env.execute_query(data._hanging("mail_activity", "res_model", places))
        found["mail.activity"] = dict.fromkeys(self._own_tasks(id_ for id_, _model, _res_id in activities))
        sections = {model: self._rows_of(model, sorted(ids)) for model, ids in found.items() if ids}
        for row in sections.get("mail.message", ()):
            message = self.env["mail.message"].sudo().browse(row["id"])  # as the records it is about
            if message.author_id.id not in members:
                row["email_from"] = None  # a colleague's, or a third party's
        for row in sections.get("account.move", ()):
            if row["move_type"] == "entry":
                row["payment_state"] = None  # core says "not paid" of the entry of a payment
        return sections

    @api.model
    def _own_messages(self, ids):
        """Those of these messages that are not what Odoo writes to colleagues about their tasks and mentions, nor of a
        task that was done, which is told itself: they name who was to do it."""
        domain = [
            ("id", "in", list(ids)),
            ("message_type", "!=", "user_notification"),
            ("mail_activity_type_id", "=", False),
        ]
        return self.env["mail.message"].sudo().search(domain).ids  # as the records they are about

    @api.model
    def _own_tasks(self, ids):
        """Those of these tasks that are about this person alone."""
        tasks = self.env["mail.activity"].sudo().browse(ids)  # as above
        return (tasks - tasks._marked(*NAMING_OTHERS)).ids

    @api.model
    def _rows_of(self, model, ids):
        # sudo: the person has a right to all of it, a confidential case included
        records = self.env[model].sudo().with_context(active_test=False).browse(ids)
        names = OF_CORE.get(model) or [
            name
            for name, field in records._fields.items()
            if field.store and name not in TECHNICAL and (field.type in SCALARS or self._may_be_told(field))
        ]
        return [{"id": record.id, **{name: self._value(record, name) for name in names}} for record in records]

    @api.model
    def _may_be_told(self, field):
        return field.type in ("many2one", "many2many") and (field.comodel_name or "").startswith(TOLD)

    @api.model
    def _value(self, record, name):
        field, value = record._fields[name], record[name]
        if field.relational:
            names = value.mapped("display_name")
            return names if field.type == "many2many" else (names[0] if names else None)
        if field.type in ("date", "datetime"):
            return value.isoformat() if value else None
        if field.type == "html":
            return html2plaintext(value) if value else None
        if field.type == "boolean":
            return value
        return None if value is False else value

    @api.model
    def _files_of(self, held, members, contact):
        """[attachment] that hang on these records, once each."""
        data = self.env["recouvrement.personal.data"]
        places = data._places({model: ids for model, ids in held.items() if model != "account.payment"}, members)
        if contact:
            places.pop("account.move", None)  # of the company
        messages = [id_ for id_, (model, _res_id) in data._messages(places).items() if model != "account.move"]
        files = self.env["ir.attachment"].sudo().browse(sorted(data._files(places, messages)))  # as the records
        # Of what a field holds, what the person gave (a signature, a photograph), not its smaller copies.
        return files.exists().filtered(lambda file: file.type == "binary" and file.res_field not in SMALLER)

    # --- to be read ---------------------------------------------------------------------------------------------------

    @api.model
    def _told(self, company, partner, on, sections, files):
        """What the summary shows: its figures and words arrive ready."""
        rules = self.env["recouvrement.retention"].sudo()  # the same for every manager
        kept = rules.search([("company_id", "in", (False, company.root_id.id)), ("date_from", "<=", on)])
        return {
            "company": company.root_id.sudo(),  # the letterhead, for a manager of a branch too
            "partner": partner,
            "on": format_date(self.env, on),
            "sections": [self._section_told(model, rows) for model, rows in sections.items()],
            "files": [
                {"name": self._name_inside(file), "sha256": hashlib.sha256(file._read_once()).hexdigest()}
                for file in files
            ],
            "is_measured": "recouvrement.payer.profile" in sections,
            "rules": [
                {"kind": rule.display_name, "basis": rule.legal_basis, "verified": rule.verified} for rule in kept
            ],
        }

    @api.model
    def _section_told(self, model, rows):
        model_fields = self.env[model]._fields
        labels = {name: model_fields[name]._description_string(self.env) for name in rows[0]}
        return {
            "title": self.env["ir.model"]._get(model).name,
            "count": len(rows),
            "rows": [
                [
                    (labels[name], self._words(model_fields.get(name), held))
                    for name, held in row.items()
                    if held and name != "id"
                ]
                for row in rows
            ],
        }

    @api.model
    def _words(self, field, held):
        if field and field.type == "selection":
            return dict(field._description_selection(self.env)).get(held, held)
        if held is True:
            return self.env._("Yes")
        if field and field.type == "date":
            return format_date(self.env, held)
        if field and field.type == "datetime":
            moment = datetime.fromisoformat(held)
            return format_datetime(self.env, moment, tz="Europe/Paris", dt_format="dd/MM/yyyy HH:mm")
        if field and field.type in ("monetary", "float"):
            return Formats(self.env.lang or "fr_FR").figure(held)  # a dinar has three decimals, a rate may have four
        return json.dumps(held, ensure_ascii=False) if isinstance(held, dict | list) else str(held)

    @api.model
    def _name_inside(self, file):
        clean = "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in file.name or "")[-100:]
        return f"fichiers/{file.id}-{clean.strip('. ') or 'fichier'}"

    @api.model
    def _zipped(self, told, sections, files, on):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("donnees.json", json.dumps(sections, ensure_ascii=False, indent=1, default=str))
            archive.writestr("synthese.html", self._summary(told))
            if paper := self._printed(told, on):
                archive.writestr("synthese.pdf", paper)
            for file in files:
                archive.writestr(self._name_inside(file), file._read_once())
        return packed.getvalue()

    @api.model
    def _summary(self, told, paper=False):
        page = self.env["ir.qweb"]._render("recouvrement_fr.person_export_page", {**told, "paper": paper})
        return f"<!DOCTYPE html>\n{page}"

    @api.model
    def _printed(self, told, on):
        """The summary as a PDF; nothing when the renderer fails: the page says the same, and the person has a right."""
        sheet = letter_pdf.Sheet(
            html=self._summary(told, paper=True),
            foot=self.env._("page %(page)s of %(pages)s", page="[sitepage]", pages="[sitepages]"),
            title=self.env._("Your personal data"),
            author=told["company"].name,
            date=on.isoformat(),
        )
        try:
            return letter_pdf.print_sheets([sheet])[0]
        except letter_pdf.PrintError:
            _logger.exception("The summary of what is held of a person could not be printed: the page leaves alone")
            return b""
