import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ...tools import bulk
from ...tools.formats import Formats

LANG = "fr_FR"  # what a court reads is French at the source
PAGE = 100  # pieces whose bytes are in memory at once
# In the order in which a judge reads them: why it is owed, that it was done, what is owed, that it was asked for.
KINDS = [
    ("terms", "Contract and terms"),
    ("order", "Orders"),
    ("delivery", "Deliveries"),
    ("invoice", "Invoices"),
    ("reminder", "Reminders"),
    ("notice", "Formal notice"),
    ("promise", "Promises"),
    ("plan", "Instalment plans"),
    ("correspondence", "Correspondence"),
    ("guarantee", "Guarantees"),
    ("statement", "Statement of the claim"),
    ("other", "Other pieces"),
]
SECTIONS = {
    "terms": "Contrat et conditions",
    "order": "Commandes",
    "delivery": "Livraisons",
    "invoice": "Factures",
    "reminder": "Relances",
    "notice": "Mise en demeure",
    "promise": "Promesses de règlement",
    "plan": "Échéanciers et protocoles",
    "correspondence": "Correspondance",
    "guarantee": "Garanties",
    "statement": "Décompte",
    "other": "Autres pièces",
}
RANK = {kind: rank for rank, (kind, _label) in enumerate(KINDS)}
STEP = 10  # between two pieces in order: room to move one by hand
WRITTEN_BY_PEOPLE = {"title", "date", "kind", "sequence", "note"}


class RecouvrementCasePiece(models.Model):
    """A piece (pièce) of a case: bytes copied and hashed the day it was taken, with its number on the bordereau.

    A source that changed since makes a new version, which takes the number of the one it replaces; that one stays.
    """

    _name = "recouvrement.case.piece"
    _description = "Piece of a Case"
    _order = "sequence, id"
    _rec_name = "title"

    case_id = fields.Many2one("recouvrement.case", required=True, index=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    sequence = fields.Integer(default=0)
    number = fields.Integer("N°", readonly=True, help="On the bordereau; once a file was made, it does not change.")
    kind = fields.Selection(KINDS, required=True, default="other")
    title = fields.Char(required=True, help="As the bordereau names it.")
    date = fields.Date(help="Of the piece itself.")
    note = fields.Char(help="For colleagues: not printed.")
    origin = fields.Char("Source", readonly=True, index="btree_not_null")  # its key in Odoo; none for an upload
    origin_checksum = fields.Char("Checksum of the source", readonly=True)  # of the source when it was taken
    attachment_id = fields.Many2one("ir.attachment", "File", readonly=True, index="btree_not_null", ondelete="restrict")
    mimetype = fields.Char("Type", readonly=True)
    file_size = fields.Integer("Size", readonly=True)
    sha256 = fields.Char("SHA-256", readonly=True)
    taken_on = fields.Date("Taken on", readonly=True)
    taken_by_id = fields.Many2one("res.users", "Taken by", readonly=True)
    version = fields.Integer(default=1, readonly=True)
    supersedes_id = fields.Many2one(
        "recouvrement.case.piece", "Replaces", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    state = fields.Selection(
        [("kept", "In the file"), ("left_out", "Left out"), ("replaced", "Replaced")],
        default="kept",
        required=True,
        readonly=True,
    )
    is_served = fields.Boolean("Number told", readonly=True, help="It was in a file made: its number does not change.")

    _once = models.UniqueIndex(
        "(case_id, origin) WHERE origin IS NOT NULL AND state != 'replaced'", "This piece is already in the case."
    )
    _in_file = models.Index("(case_id, sequence) WHERE state = 'kept'")

    def write(self, vals):
        """People name, date, sort and note; the bytes and their hash are evidence."""
        if not self.env.su and vals.keys() - WRITTEN_BY_PEOPLE:
            raise UserError(self.env._("A piece is evidence: leave it out, or add another one."))
        result = super().write(vals)
        if "sequence" in vals and not self.env.context.get("numbering"):
            self.case_id._number_pieces()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A piece is evidence: leave it out of the file, it cannot be deleted."))

    # --- taking -------------------------------------------------------------------------------------------------------

    @api.model
    def _take(self, case, found, on):
        """Take these pieces into a case, a new version of those whose source changed; returns them.

        One that cannot be read now replaces nothing: it has an empty file when it is new, and is read again next time.

        :param found: bundle sources (see `recouvrement.case._pieces_found`), in the proposed order
        """
        known = self._known(case)
        sequence = max(known.values(), key=lambda piece: piece.sequence).sequence if known else 0
        taken = self.browse()
        fresh = [one for one in found if one.key not in known or known[one.key].origin_checksum != one.checksum]
        for page in split_every(PAGE, fresh, list):
            read = [(one, one.read()) for one in page]
            read = [(one, content) for one, content in read if content or one.key not in known]
            files = self.env["ir.attachment"].create(
                [
                    {"name": one.name, "raw": content, "mimetype": one.mimetype, "company_id": case.company_id.id}
                    for one, content in read
                ]
            )
            values = []
            for (one, content), file in zip(read, files, strict=True):
                sequence += STEP
                old = known.get(one.key, self.browse())
                values.append(self._values(case, one, content, file, old, sequence, on))
            old = self.browse([vals["supersedes_id"] for vals in values if vals["supersedes_id"]])
            old.write({"state": "replaced"})
            old.flush_recordset()  # before the index sees the new versions
            pieces = self.create(values)
            self._own(files, pieces)
            taken |= pieces
        return taken

    @api.model
    def _not_read(self, case, found):
        """The titles of what should be in a case as it is now and could not be read when it was taken."""
        known = self._known(case)
        return [
            piece.title
            for one in found
            if (piece := known.get(one.key)) and piece.state == "kept" and (piece.origin_checksum or "") != one.checksum
        ]

    @api.model
    def _known(self, case):
        """{source: its last piece} of a case, those left out too."""
        pieces = self.search([("case_id", "=", case.id), ("state", "!=", "replaced"), ("origin", "!=", False)])
        return {piece.origin: piece for piece in pieces}

    @api.model
    def _values(self, case, one, content, file, old, sequence, on):
        return {
            "case_id": case.id,
            "company_id": case.company_id.id,
            "sequence": old.sequence or sequence,
            "number": old.number,
            "kind": old.kind or one.kind,
            "title": old.title or one.title,
            "date": one.date,
            "origin": one.key or False,
            "origin_checksum": one.checksum if content else False,
            "attachment_id": file.id,
            "mimetype": file.mimetype,
            "file_size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "taken_on": on,
            "taken_by_id": self.env.uid,
            "version": old.version + 1,
            "supersedes_id": old.id,
            "state": old.state or "kept",
            "is_served": old.is_served,
        }

    @api.model
    def _own(self, files, pieces):
        """The copies belong to their pieces: whoever reads a piece reads its file."""
        rows = [(file.id, self._name, piece.id) for file, piece in zip(files, pieces, strict=True)]
        self.env.flush_all()
        bulk.update(files, ("res_model", "res_id"), rows)

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_open(self):
        self.ensure_one()
        return self.env["recouvrement.document"]._download(self.attachment_id)

    def action_leave_out(self):
        """Leave these out of the file: gathering again does not bring them back."""
        self._move_to("left_out", "kept")

    def action_take_back(self):
        self._move_to("kept", "left_out")

    def _move_to(self, state, before):
        self.check_access("write")
        self.sudo().filtered(lambda piece: piece.state == before).state = state  # a button, not a field to type
        self.case_id._number_pieces()

    def _printed_date(self):
        return Formats(LANG).short(self.date) if self.date else ""
