import hashlib
import tempfile

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import bulk, bundle, clock
from ...tools.bundle_sheets import Cover
from ...tools.formats import Formats
from . import case_problems
from .recouvrement_case_piece import LANG, RANK, SECTIONS, STEP

MADE_AT_ONCE = 50  # invoices without a stored PDF that gathering prints itself; more are printed by a button


class RecouvrementCaseFile(models.Model):
    """A file of pieces as it was made: one PDF and one ZIP, with their hashes; a changed piece makes a new version."""

    _name = "recouvrement.case.file"
    _description = "File of Pieces"
    _order = "version desc, id desc"
    _rec_name = "version"

    case_id = fields.Many2one("recouvrement.case", required=True, index=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    version = fields.Integer(required=True, readonly=True)
    made_at = fields.Datetime("Made at", required=True, readonly=True)
    made_by_id = fields.Many2one("res.users", "Made by", required=True, readonly=True)
    piece_ids = fields.Many2many(
        "recouvrement.case.piece", "recouvrement_case_file_piece_rel", "file_id", "piece_id", "Pieces", readonly=True
    )
    piece_count = fields.Integer("Number of pieces", readonly=True)
    page_count = fields.Integer("Pages", readonly=True)
    pdf_id = fields.Many2one("ir.attachment", "PDF", required=True, readonly=True, index=True, ondelete="restrict")
    zip_id = fields.Many2one("ir.attachment", "ZIP", required=True, readonly=True, index=True, ondelete="restrict")
    sha256 = fields.Char("SHA-256 of the PDF", required=True, readonly=True)
    zip_sha256 = fields.Char("SHA-256 of the ZIP", required=True, readonly=True)
    problems = fields.Text("To look at", readonly=True, help="Pieces whose pages could not be taken; see the ZIP.")

    _version_once = models.Constraint("UNIQUE(case_id, version)", "This version exists already.")

    def write(self, vals):
        raise UserError(self.env._("A file that was made is evidence: make a new version."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A file that was made is evidence: it cannot be deleted."))

    def action_open_pdf(self):
        self.ensure_one()
        return self.env["recouvrement.document"]._download(self.pdf_id)

    def action_open_zip(self):
        self.ensure_one()
        self.zip_id._check_evidence()
        return {"type": "ir.actions.act_url", "url": f"/web/content/{self.zip_id.id}?download=true", "target": "self"}


class RecouvrementCase(models.Model):
    """The file of a case: its pieces gathered, sorted, numbered and delivered."""

    _inherit = "recouvrement.case"

    piece_ids = fields.One2many(
        "recouvrement.case.piece",
        "case_id",
        "Pieces",
        domain=[("state", "=", "kept")],
        groups="recouvrement_fr.group_recouvrement_legal",
    )
    piece_count = fields.Integer(
        "Number of pieces", compute="_compute_piece_count", groups="recouvrement_fr.group_recouvrement_legal"
    )
    file_ids = fields.One2many(
        "recouvrement.case.file", "case_id", "Files made", groups="recouvrement_fr.group_recouvrement_legal"
    )

    def _compute_piece_count(self):
        groups = self.env["recouvrement.case.piece"]._read_group(
            [("case_id", "in", self.ids), ("state", "=", "kept")], ["case_id"], ["__count"]
        )
        counts = {case.id: count for case, count in groups}
        for case in self:
            case.piece_count = counts.get(case.id, 0)

    # --- gathering and sorting ----------------------------------------------------------------------------------------

    def action_gather(self):
        """Take in all that Odoo knows of the case; again, it takes only what is new or has changed."""
        self.ensure_one()
        case = self._to_write_pieces()
        missing = case._without_pdf()
        if len(missing) <= MADE_AT_ONCE:
            case._print(missing)
            missing = case._without_pdf()
        before = len(case.piece_ids)
        on = clock.today(self.env)
        found = case._pieces_found()
        taken = case.env["recouvrement.case.piece"]._take(case, found, on)
        not_read = case.env["recouvrement.case.piece"]._not_read(case, found)
        if before == 0:
            case._propose_order()
        case._number_pieces()
        message = self.env._("%(taken)s pieces taken, %(total)s in the file.", taken=len(taken), total=case.piece_count)
        if missing:
            message += " " + self.env._(
                "%s invoices have no PDF yet: press “Print missing invoices”, then gather again.", len(missing)
            )
        if not_read:
            message += " " + self.env._(
                "Could not be printed or read: %s. Print them from their own form, then gather again.",
                ", ".join(not_read),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Pieces gathered"),
                "message": message,
                "type": "warning" if missing or not_read else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_print_missing(self):
        """Have core make the PDF of the invoices that have none, then gather."""
        self.ensure_one()
        case = self._to_write_pieces()
        case._print(case._without_pdf())
        return self.action_gather()

    def action_propose_order(self):
        """Sort the pieces as a judge reads them and number them again, those of a file made too."""
        self.ensure_one()
        case = self._to_write_pieces()
        case.piece_ids.with_context(numbering=True).write({"is_served": False})
        case._propose_order()
        case._number_pieces()

    def action_open_pieces(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_case_piece_action")
        return {**action, "domain": [("case_id", "=", self.id)], "context": {"search_default_kept": 1}}

    def _to_write_pieces(self):
        """This case as superuser, once the rights and the state are checked: legal officers act through buttons."""
        self.check_access("write")
        self.env["recouvrement.case.piece"].check_access("write")
        if self.state == "closed":
            raise UserError(self.env._("This case is closed: reopen it first."))
        return self.sudo()  # checked just above: pieces are evidence, written by methods alone

    def _without_pdf(self):
        """The invoices whose PDF nobody made yet."""
        stored = self.env["ir.attachment"]._read_group(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "in", self.move_ids.ids),
                ("res_field", "=", "invoice_pdf_report_file"),
            ],
            ["res_id"],
        )
        return self.move_ids.browse(sorted(set(self.move_ids.ids) - {res_id for (res_id,) in stored}))

    def _print(self, moves):
        if moves:
            self.env["recouvrement.reminder"]._make_documents(moves.ids)
            moves.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])

    def _propose_order(self):
        """By kind in a judge's order, then by date."""
        pieces = self.piece_ids.sorted(
            lambda piece: (RANK[piece.kind], piece.date or fields.Date.to_date("1900-01-01"), piece.sequence, piece.id)
        )
        self._set_pieces("sequence", {piece: place * STEP for place, piece in enumerate(pieces, start=1)})

    def _number_pieces(self):
        """Number the pieces in their order, after those whose number was told in a file made."""
        for case in self.sudo():  # numbers are bookkeeping, after whoever sorted them
            pieces = case.env["recouvrement.case.piece"].search([("case_id", "=", case.id), ("state", "=", "kept")])
            told = pieces.filtered("is_served")
            last = max(told.mapped("number"), default=0)
            free = (pieces - told).sorted(lambda piece: (piece.sequence, piece.id))
            case._set_pieces("number", {piece: last + place for place, piece in enumerate(free, start=1)})

    def _set_pieces(self, name, values):
        """Write a number on many pieces, those that change alone, without a statement for each value."""
        pieces = self.env["recouvrement.case.piece"]
        rows = [(piece.id, value) for piece, value in values.items() if piece[name] != value]
        pieces.flush_model()
        bulk.update(pieces, (name,), rows)

    # --- delivering ---------------------------------------------------------------------------------------------------

    def action_make_file(self):
        """Make the PDF and the ZIP of the pieces; the same pieces make the same bytes, and no new version."""
        self.ensure_one()
        case = self._to_write_pieces()
        pieces = case.piece_ids.sorted("number")
        if not pieces:
            raise UserError(self.env._("There is no piece yet: gather them, or add one."))
        made, pdf, archive = case._bundle(pieces)
        sha256 = hashlib.sha256(pdf).hexdigest()
        last = case.file_ids[:1]
        if last.sha256 == sha256 and last.zip_sha256 == hashlib.sha256(archive).hexdigest():
            return last.with_env(self.env)._get_records_action()
        file = case._keep_file(pieces, made, pdf, archive, sha256, clock.today(self.env))
        return file.with_env(self.env)._get_records_action()

    def _bundle(self, pieces):
        """(what was Made, PDF, ZIP) of these pieces."""
        day = max(pieces.mapped("taken_on"))  # not today: the same pieces always make the same file
        with tempfile.TemporaryFile() as pdf, tempfile.TemporaryFile() as archive:
            made = bundle.make(self._for_bundle(pieces), self._cover(day), day.isoformat(), pdf, archive)
            pdf.seek(0)
            archive.seek(0)
            return made, pdf.read(), archive.read()

    def _for_bundle(self, pieces):
        for piece in pieces:
            yield bundle.Piece(
                str(piece.number),
                piece.title,
                piece._printed_date(),
                piece.attachment_id.name or "",
                piece.mimetype or "",
                lambda piece=piece: piece.attachment_id._read_once(),
                SECTIONS[piece.kind],
                piece.sha256 or "",
            )

    def _cover(self, day):
        """The head of the bordereau: who claims from whom, before whom."""
        formats = Formats(LANG)
        company = self.company_id
        lines = [f"{company.name} c/ {self.partner_id.name}", f"Dossier n° {self.name}"]
        if self.court_id:
            number = f", n° {self.court_number}" if self.court_number else ""
            lines.append(f"{self._court_name()}{number}")
        foot = [f"Fait à {company.city or '…'}, le {formats.long(day)}"]
        if company.recouvrement_signatory:
            foot.append(company.recouvrement_signatory)
        return Cover("Bordereau de pièces", tuple(lines), tuple(foot))

    def _keep_file(self, pieces, made, pdf, archive, sha256, on):
        company, version = self.company_id, (self.file_ids[:1].version or 0) + 1
        stem = f"{self.name.replace('/', '-')} Dossier de pièces v{version}"
        files = self.env["ir.attachment"].create(
            [
                {"name": f"{stem}.{kind}", "raw": content, "mimetype": f"application/{kind}", "company_id": company.id}
                for kind, content in (("pdf", pdf), ("zip", archive))
            ]
        )
        file = self.env["recouvrement.case.file"].create(
            {
                "case_id": self.id,
                "company_id": company.id,
                "version": version,
                "made_at": clock.stamp(),
                "made_by_id": self.env.uid,
                "piece_ids": [fields.Command.set(pieces.ids)],
                "piece_count": len(pieces),
                "page_count": made.pages,
                "pdf_id": files[0].id,
                "zip_id": files[1].id,
                "sha256": sha256,
                "zip_sha256": hashlib.sha256(archive).hexdigest(),
                "problems": "\n".join(case_problems.told(self.env, made)) or False,
            }
        )
        files.write({"res_model": file._name, "res_id": file.id})
        pieces.with_context(numbering=True).write({"is_served": True})
        self._note(
            "document",
            on,
            self.env._(
                "File of pieces, version %(version)s: %(pieces)s pieces, %(pages)s pages.",
                version=version,
                pieces=len(pieces),
                pages=made.pages,
            ),
            details=f"SHA-256 {sha256}",
        )
        return file
