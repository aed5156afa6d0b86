import html
import json

from odoo import api, models
from odoo.tools import SQL

from ...rules.regime import types_that
from ...rules.retention import scrub, telling
from ...tools import bulk

# Codes, hashes and numbers of ours: they tell nothing about a person, and evidence is found again by them.
KEPT = {
    *("sha256", "zip_sha256", "proof_sha256", "evidence_sha256", "origin_checksum", "fingerprint", "mark"),
    *("account_mark", "sms_uuid", "message_key", "number", "template", "res_model", "mimetype", "lang", "code"),
    *("article", "codes", "status_code", "reason_codes", "action_code", "amount_kind", "sender_role", "e_status"),
    "e_motive",
}
NUMBERED = {  # their name is a number of ours
    *("recouvrement.case", "recouvrement.promise", "recouvrement.plan", "recouvrement.dispute"),
    *("recouvrement.document", "recouvrement.doubtful", "recouvrement.write.off", "recouvrement.provision"),
}
# Of a partner: what says nothing of who it is, and its name, which gives way to a number.
KEPT_OF_PARTNER = {"name", "complete_name", "lang", "tz", "type", "autopost_bills", "peppol_eas"}
# Entries of several debtors: their words are looked through, the rest is of others.
SHARED = ("recouvrement.run", "recouvrement.write.off", "recouvrement.provision")
WORDS, FROZEN = ("char", "text", "html"), ("json", "properties")
GONE = "—"  # where the database asks for something


class RecouvrementPersonalData(models.AbstractModel):
    """Words: those of a person's own records go; in those of others, only what names the person."""

    _inherit = "recouvrement.personal.data"

    @api.model
    def _written(self, model):
        """The stored fields of a model in which something about a person may be written."""
        kept = KEPT_OF_PARTNER if model == "res.partner" else KEPT
        for name, field in self.env[model]._fields.items():
            if not field.store or not field.column_type or name in kept:
                continue
            if model in NUMBERED and name == "name":
                continue
            if field.type in (*WORDS, *FROZEN) or (field.type == "binary" and not field.attachment):
                yield field

    @api.model
    def _erase_records(self, model, ids):
        """Empty every text, figure and image column of these records in one statement, and one for frozen figures."""
        written = list(self._written(model))
        frozen = [field for field in written if field.type in FROZEN]
        assignments = [
            SQL("%s = %s", SQL.identifier(field.name), self._nothing(field)) for field in written if field not in frozen
        ]
        if assignments:
            # SQL: past the refusals to change evidence, for this act alone
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id = ANY(%s)",
                    SQL.identifier(self.env[model]._table),
                    SQL(", ").join(assignments),
                    list(ids),
                )
            )
        for field in frozen:
            self._scrub(model, field.name, ids)

    @api.model
    def _nothing(self, field):
        if not field.required:
            return SQL("NULL")
        return SQL("%s::jsonb", json.dumps({"en_US": GONE})) if field.translate else SQL("%s", GONE)

    @api.model
    def _scrub(self, model, column, ids):
        """Frozen figures keep their figures and days, and lose their words."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %(column)s FROM %(table)s WHERE id = ANY(%(ids)s) AND %(column)s IS NOT NULL",
                column=SQL.identifier(column),
                table=SQL.identifier(self.env[model]._table),
                ids=list(ids),
            )
        )
        bulk.update(self.env[model], (column,), [(id_, json.dumps(scrub(held))) for id_, held in rows])

    # --- what names a person, in what is about others -----------------------------------------------------------------

    @api.model
    def _naming(self, partner_ids, but=()):
        """What names these partners without doubt, as a pattern of PostgreSQL; None when nothing does.

        :param but: partners who stay: a contact has the address of its company, which is no word about the contact
        """
        words = self._words_of(partner_ids) - self._words_of(but)
        return telling({*words, *(html.escape(word) for word in words)})

    @api.model
    def _words_of(self, partner_ids):
        rows = self.env.execute_query(  # SQL: whatever the company
            SQL("SELECT name, email, phone, street FROM res_partner WHERE id = ANY(%s)", list(partner_ids))
        )
        return {word for row in rows for word in row if word}

    @api.model
    def _shared(self, held):
        """{model: ids} of what these records stand in beside those of other debtors."""
        found = {}
        for model in held:
            for field in self.env[model]._fields.values():
                if field.type == "many2one" and field.store and field.comodel_name in SHARED and model not in SHARED:
                    query = SQL(
                        "SELECT DISTINCT %(column)s FROM %(table)s WHERE id = ANY(%(ids)s) AND %(column)s IS NOT NULL",
                        column=SQL.identifier(field.name),
                        table=SQL.identifier(self.env[model]._table),
                        ids=list(held[model]),
                    )
                    found.setdefault(field.comodel_name, set()).update(
                        id_ for (id_,) in self.env.execute_query(query) if id_ not in held.get(field.comodel_name, ())
                    )
        return {model: list(ids) for model, ids in found.items() if ids}

    @api.model
    def _shared_that_are_over(self, company, moves):
        """{model: ids} of the documents of several debtors, these invoices among theirs, that name nobody any more.

        Their files are of all of them: they go with the last person. A company is none, and its accounting is as old.
        """
        found = {}
        for model in SHARED:
            lines = self.env[model]._fields.get("line_ids")
            if not lines:
                continue
            query = SQL(
                """
                SELECT DISTINCT own.%(shared)s
                  FROM %(lines)s own
                 WHERE own.move_id = ANY(%(moves)s)
                   AND NOT EXISTS (
                       SELECT 1 FROM %(lines)s line
                         JOIN account_move move ON move.id = line.move_id
                         JOIN recouvrement_debtor debtor ON debtor.partner_id = move.commercial_partner_id
                                                        AND debtor.company_id = %(company)s
                         JOIN res_partner partner ON partner.id = debtor.partner_id
                        WHERE line.%(shared)s = own.%(shared)s AND line.move_id <> ALL(%(moves)s)
                          AND (partner.is_company IS NOT TRUE OR debtor.debtor_type = ANY(%(persons)s))
                          AND (debtor.anonymised_on IS NULL
                               OR EXISTS (SELECT 1 FROM recouvrement_retention_identity kept
                                           WHERE kept.partner_id = debtor.partner_id
                                             AND kept.company_id = %(company)s)))
                """,
                shared=SQL.identifier(lines.inverse_name),
                lines=SQL.identifier(self.env[lines.comodel_name]._table),
                moves=list(moves),
                company=company.root_id.id,
                persons=list(types_that(lambda law: law.is_person)),
            )
            found[model] = [id_ for (id_,) in self.env.execute_query(query)]
        documents = self._hanging("recouvrement_document", "res_model", found)
        found["recouvrement.document"] = [id_ for id_, _model, _res_id in self.env.execute_query(documents)]
        return found

    @api.model
    def _unname(self, table, columns, where, pattern):
        """Take what names a person out of texts: in words, and inside frozen figures."""
        for column, kind in columns:
            name = SQL.identifier(column)
            text = name if kind in WORDS else SQL("%s::text", name)
            back = SQL("") if kind in WORDS else SQL("::jsonb")
            # SQL: as above, evidence changes for this act alone
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = regexp_replace(%s, %s, %s, 'gi')%s WHERE %s AND %s ~* %s",
                    SQL.identifier(table),
                    name,
                    text,
                    pattern,
                    GONE,
                    back,
                    where,
                    text,
                    pattern,
                )
            )

    @api.model
    def _unname_places(self, places, pattern):
        """Records, and what was written on them, that are not the person's own."""
        places = {model: ids for model, ids in places.items() if ids}
        if not pattern or not places:
            return
        for model, ids in places.items():
            if model.startswith("recouvrement."):
                columns = [
                    (field.name, field.type)
                    for field in self._written(model)
                    if field.type in (*WORDS, *FROZEN) and not field.translate
                ]
                self._unname(self.env[model]._table, columns, SQL("id = ANY(%s)", ids), pattern)
        messages = list(self._messages(places))
        message_words = [("body", "html"), ("subject", "char"), ("email_from", "char"), ("reply_to", "char")]
        message_words += [("outgoing_email_to", "char"), ("incoming_email_to", "text"), ("incoming_email_cc", "char")]
        self._unname("mail_message", message_words, SQL("id = ANY(%s)", messages), pattern)
        mail_words = [("body_html", "text"), ("email_to", "text"), ("email_cc", "char"), ("headers", "text")]
        self._unname("mail_mail", mail_words, SQL("mail_message_id = ANY(%s)", messages), pattern)
        tracked = [(f"{age}_value_{kind}", "text") for age in ("old", "new") for kind in ("char", "text")]
        self._unname("mail_tracking_value", tracked, SQL("mail_message_id = ANY(%s)", messages), pattern)
        activity_words = [("summary", "char"), ("note", "html"), ("feedback", "text"), ("res_name", "char")]
        hanging = self._hanging("mail_activity", "res_model", places)
        self._unname("mail_activity", activity_words, SQL("id IN (SELECT id FROM (%s) h)", hanging), pattern)
