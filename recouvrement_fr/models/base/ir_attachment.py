import hashlib
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# The fields of records that hold one file, and the SHA-256 kept beside it: model -> {file: hash}.
HASHED = {
    "recouvrement.document": {"attachment_id": "sha256"},
    "recouvrement.case.piece": {"attachment_id": "sha256"},
    "recouvrement.case.file": {"pdf_id": "sha256", "zip_id": "zip_sha256"},
    "recouvrement.dispatch": {"attachment_id": "sha256"},
    "recouvrement.dispatch.event": {"proof_id": "proof_sha256"},
    "recouvrement.einvoice.event": {"attachment_id": "sha256"},
    "recouvrement.statement": {"attachment_id": "sha256"},
}
# What makes a file the one that was kept: even what Odoo does by itself may not replace it.
BYTES = {"raw", "datas", "db_datas", "store_fname", "url", "type"}
PLACE = {"res_model", "res_id", "res_field"}
# What Odoo serves by the hundred and nobody keeps: style sheets and scripts, pictures of partners and products.
PICTURES = ("image_", "avatar_")


class IrAttachment(models.Model):
    """Whoever may write a record may write its files: not those that are evidence.

    Evidence is any file that a record of the add-on keeps, or that a message written on one carries, and every copy
    made by `_copied_onto`; wherever it hangs, nobody changes, moves or deletes it.
    """

    _inherit = "ir.attachment"

    evidence_sha256 = fields.Char("SHA-256 of the evidence", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [{name: vals[name] for name in vals if name != "evidence_sha256"} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self.check_access("write")  # said first to those who may write nothing of it
            self._refuse_evidence()
        elif BYTES & vals.keys():
            self._refuse_other_bytes(vals)
        if self.env.su and (place := PLACE & vals.keys()):
            kept = self.filtered("evidence_sha256")
            kept.filtered(lambda file: any(file[name] != vals[name] for name in place))._refuse_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        self._refuse_evidence()

    def _refuse_evidence(self):
        if self._evidence():
            raise UserError(self.env._("This file is evidence: it never changes."))

    def _refuse_other_bytes(self, vals):
        """Odoo itself may store the same bytes elsewhere; it may not replace them."""
        kept = self._evidence()
        new = vals.get("raw")
        same = isinstance(new, bytes) and not (BYTES & vals.keys()) - {"raw"}
        for file in kept:
            if not same or hashlib.sha256(new).digest() != hashlib.sha256(file._read_once()).digest():
                raise UserError(self.env._("This file is evidence: it never changes."))

    # --- what is evidence ---------------------------------------------------------------------------------------------

    def _evidence(self):
        """Those of these files that are evidence, whatever the company and whoever asks."""
        files = self.sudo()._keepable()  # the question is whether a file is evidence, not who may read it
        if not files:
            return self.browse()
        owned = files._with_owner()
        kept = {
            file.id
            for file in files
            if (file in owned and file.evidence_sha256) or (not self.env.su and file._of_field())
        }
        links = [*self._links_of_records(), *self._links_of_messages()]
        query = SQL(" UNION ALL ").join(link(files.ids) for link in links)
        return self.browse(kept | {row[0] for row in self.env.execute_query(query)})

    def _keepable(self):
        """Those of these files that somebody might keep: asked nothing of the database but the files themselves."""
        return self.filtered(
            lambda file: file.id and file.res_model != "ir.ui.view" and not (file.res_field or "").startswith(PICTURES)
        )

    def _with_owner(self):
        """Those whose record is still there: one that is deleted takes its files with it."""
        gone = self.browse()
        for name, files in self.filtered("res_id").grouped("res_model").items():
            owner = self.env.get(name) if name else None
            if owner is not None:
                there = set(owner.browse(set(files.mapped("res_id"))).exists().ids)
                gone |= files.filtered(lambda file, there=there: file.res_id not in there)
        return self - gone

    def _of_field(self):
        """A signature and the like: written through its record, which says who may."""
        return bool(self.res_field) and (self.res_model or "").startswith("recouvrement.")

    @api.model
    def _links_of_records(self):
        """How each stored field of a record of the add-on leads to its files.

        What waits to be written of those fields is written first; nothing else is.
        """
        for name, model in sorted(self.env.registry.items()):
            if not name.startswith("recouvrement.") or model._abstract or model._transient:
                continue
            for field in model._fields.values():
                if getattr(field, "comodel_name", "") != "ir.attachment" or not field.store:
                    continue
                if field.type == "many2one" and field.name != "message_main_attachment_id":
                    self.env[name].flush_model([field.name])
                    yield lambda ids, table=model._table, column=field.name: SQL(
                        "SELECT %(column)s FROM %(table)s WHERE %(column)s = ANY(%(ids)s)",
                        column=SQL.identifier(column),
                        table=SQL.identifier(table),
                        ids=list(ids),
                    )
                elif field.type == "many2many":
                    yield lambda ids, table=field.relation, column=field.column2: SQL(
                        "SELECT %(column)s FROM %(table)s WHERE %(column)s = ANY(%(ids)s)",
                        column=SQL.identifier(column),
                        table=SQL.identifier(table),
                        ids=list(ids),
                    )

    @api.model
    def _links_of_messages(self):
        """A message that never left takes with it, as superuser, the files that hang on the message itself."""
        self.env["mail.message"].flush_model(["model"])
        self.flush_model(["res_model"])
        yield lambda ids: SQL(
            """
            SELECT rel.attachment_id FROM message_attachment_rel rel
              JOIN mail_message m ON m.id = rel.message_id
              JOIN ir_attachment a ON a.id = rel.attachment_id
             WHERE rel.attachment_id = ANY(%s) AND m.model LIKE 'recouvrement.%%'
               AND (%s OR a.res_model IS DISTINCT FROM 'mail.message')
            """,
            list(ids),
            not self.env.su,
        )

    # --- copies and their bytes ---------------------------------------------------------------------------------------

    def _copied_onto(self, record):
        """These files as evidence of a record: copies of what belongs elsewhere, in the same order.

        :raises AccessError: whoever gives a file must be able to read it
        """
        found = self.browse()
        company = record.company_id if "company_id" in record._fields else self.env["res.company"]
        for file in self:
            kept = file.sudo()  # its place and its hash, asked about any file; its bytes only once it was read by right
            if kept.evidence_sha256 and (kept.res_model, kept.res_id) == (record._name, record.id):
                found |= kept
                continue
            file.check_access("read")
            found |= kept.copy(
                {
                    "name": kept.name,
                    "res_model": record._name,
                    "res_id": record.id,
                    "res_field": False,
                    "company_id": company.id,
                    "public": False,
                    "evidence_sha256": hashlib.sha256(kept.raw or b"").hexdigest(),
                }
            )
        return found.with_env(self.env)

    def _read_once(self):
        """The bytes of a file, not kept in memory: thousands are read one after the other."""
        self.ensure_one()
        content = self.raw or b""
        self.invalidate_recordset(["raw"], flush=False)
        return content

    def _altered(self):
        """Those whose bytes are not those of which the SHA-256 was kept: somebody changed the store or the database."""
        files = self.sudo()._keepable()  # compared, whoever may read them
        hashes = defaultdict(set)
        for file in files.filtered("evidence_sha256"):
            hashes[file.id].add(file.evidence_sha256)
        for file_id, kept in files._hashes_of_records():
            hashes[file_id].add(kept)
        return self.filtered(
            lambda file: file.id in hashes
            and hashlib.sha256(file.sudo()._read_once()).hexdigest() not in hashes[file.id]  # as above
        )

    def _hashes_of_records(self):
        """[(id of the file, SHA-256)] of those that records keep, whatever their company and secrecy; one statement."""
        if not self:
            return []
        selects = []
        for name, pairs in HASHED.items():
            model = self.env[name]
            for file, kept in pairs.items():
                model.flush_model([file, kept])
                selects.append(
                    SQL(
                        "SELECT %(file)s, %(kept)s FROM %(table)s WHERE %(file)s = ANY(%(ids)s) AND %(kept)s > ''",
                        file=SQL.identifier(file),
                        kept=SQL.identifier(kept),
                        table=SQL.identifier(model._table),
                        ids=list(self.ids),
                    )
                )
        return self.env.execute_query(SQL(" UNION ALL ").join(selects))

    def _check_evidence(self):
        """Before a file is shown or sent.

        :raises UserError: naming those whose bytes changed since they were kept
        """
        if altered := self._altered():
            raise UserError(self._altered_words(altered))

    def _altered_words(self, altered):
        return self.env._(
            "The file is not the one that was kept, its SHA-256 differs: %s. Restore it from a backup before you use "
            "it as evidence.",
            ", ".join(altered.sudo().mapped("name")),  # names of files that were asked for
        )
