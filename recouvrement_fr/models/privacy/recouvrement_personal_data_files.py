from odoo import api, models
from odoo.tools import SQL

from ..base.ir_attachment import HASHED


class RecouvrementPersonalData(models.AbstractModel):
    """Files: the bytes go, and the SHA-256 of what was kept as evidence stays."""

    _inherit = "recouvrement.personal.data"

    @api.model
    def _files(self, places, message_ids):
        """Ids of the files of these records: those that hang on them, that they name, and of their messages."""
        queries = [SQL("SELECT id FROM (%s) hanging", self._hanging("ir_attachment", "res_model", places))]
        queries.append(
            SQL("SELECT attachment_id FROM message_attachment_rel WHERE message_id = ANY(%s)", list(message_ids))
        )
        queries.append(
            SQL("SELECT id FROM ir_attachment WHERE res_model = 'mail.message' AND res_id = ANY(%s)", list(message_ids))
        )
        for model, ids in places.items():
            for field in self.env[model]._fields.values():
                if getattr(field, "comodel_name", "") == "ir.attachment" and field.store and ids:
                    queries.append(self._named_files(model, field, ids))
        rows = self.env.execute_query(SQL(" UNION ").join(query for query in queries if query))
        return {id_ for (id_,) in rows if id_}

    @api.model
    def _named_files(self, model, field, ids):
        if field.type == "many2many":
            return SQL(
                "SELECT %s FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(field.column2),
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                ids,
            )
        if field.type == "many2one":
            return SQL(
                "SELECT %s FROM %s WHERE id = ANY(%s)",
                SQL.identifier(field.name),
                SQL.identifier(self.env[model]._table),
                ids,
            )
        return None

    @api.model
    def _erase_files(self, ids, on):
        """Replace these files by one that says they were erased; a field's own file (a signature) goes altogether."""
        if not ids:
            return
        files = self.env["ir.attachment"].sudo()  # whatever their record, their field and their company
        rows = self.env.execute_query(
            SQL("SELECT id, store_fname, res_field IS NOT NULL FROM ir_attachment WHERE id = ANY(%s)", list(ids))
        )
        stub = files._get_datas_related_values(str(self.env._("Personal data erased.")).encode(), "text/plain")
        self._keep_hashes(ids)
        # SQL: past the guard of evidence, for this act alone
        self.env.cr.execute(
            SQL(
                """
                UPDATE ir_attachment SET name = 'efface-' || id || '.txt', description = NULL, index_content = NULL,
                       url = NULL, access_token = NULL, type = 'binary', mimetype = 'text/plain',
                       anonymised_on = %(on)s,
                       store_fname = %(name)s, db_datas = %(bytes)s, checksum = %(sum)s, file_size = %(size)s
                 WHERE id = ANY(%(ids)s) AND res_field IS NULL
                """,
                on=on,
                name=stub.get("store_fname") or None,
                bytes=stub.get("db_datas") or None,
                sum=stub["checksum"],
                size=stub["file_size"],
                ids=list(ids),
            )
        )
        self.env.cr.execute(  # as above
            SQL("DELETE FROM ir_attachment WHERE id = ANY(%s) AND res_field IS NOT NULL", list(ids))
        )
        for name in {name for _id, name, _field in rows if name}:
            files._file_delete(name)  # marked; Odoo deletes what nothing names any more

    @api.model
    def _keep_hashes(self, ids):
        """Write on each file the hash that its record kept, so that it is known even once the record's link is gone."""
        for model, pairs in HASHED.items():
            for name, kept in pairs.items():
                self.env.cr.execute(  # SQL: as above
                    SQL(
                        """
                        UPDATE ir_attachment file SET evidence_sha256 = owner.%(kept)s FROM %(table)s owner
                         WHERE owner.%(name)s = file.id AND file.id = ANY(%(ids)s) AND file.evidence_sha256 IS NULL
                        """,
                        kept=SQL.identifier(kept),
                        table=SQL.identifier(self.env[model]._table),
                        name=SQL.identifier(name),
                        ids=list(ids),
                    )
                )
