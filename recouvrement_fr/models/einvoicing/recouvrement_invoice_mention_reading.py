import logging

from odoo import api, models
from odoo.tools import SQL

from ...tools import bulk, invoice_notes
from ...tools.pages import ATTEMPTS, DISTURBED, insist
from ..decision.invoice_evidence import DISCOUNT, INDEMNITY, PENALTY_RATE
from ..law.account_move_told import BOUND

_logger = logging.getLogger(__name__)

PAGE = 100
XML = ("application/xml", "text/xml")
PDF = "application/pdf"
CODES = ("PMT", "PMD", "AAB")


class RecouvrementInvoiceMention(models.Model):
    """What open invoices say that were posted before the add-on was there, and what the files kept with them say.

    A scheduled action reads them page by page: each page is committed, and each invoice once per version of what it
    says, so that it may be interrupted and run again. An XML that is attached later is read when it comes.
    """

    _inherit = "recouvrement.invoice.mention"

    @api.model
    def _cron_read(self):
        """Read the open invoices that were not read yet, and the files that came since."""
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=self._waiting_count())
        last = 0
        while ids := self._waiting_ids(last):
            moves = self.env["account.move"].browse(ids)
            if not insist(self.env, lambda moves=moves: self._read_page(moves)):
                _logger.warning("A page of %s invoices was disturbed %s times: read the next day", len(ids), ATTEMPTS)
            last = ids[-1]
            if not progress(len(ids)):
                return

    @api.model
    def _waiting(self):
        """A query of (move_id): open invoices of active companies whose words were not read in this version though the
        debtor is bound to be told, or that have a file that was not read."""
        self.flush_model()
        self.env["ir.attachment"].flush_model(["res_model", "res_id", "mimetype"])
        self.env["res.company"].flush_model(["recouvrement_active", "parent_path"])
        self.env["recouvrement.debtor"].flush_model(["partner_id", "company_id", "debtor_type", "type_confirmed"])
        version, joins = self._version()
        return SQL(
            """
            SELECT m.id
              FROM account_move m
              JOIN res_company c ON c.id = m.company_id
              JOIN res_company root ON root.id = split_part(c.parent_path, '/', 1)::int AND root.recouvrement_active
         LEFT JOIN recouvrement_invoice_mention n ON n.move_id = m.id
              %(joins)s
             WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
               AND m.payment_state IN ('not_paid', 'partial', 'in_payment')
               AND (n.id IS NULL AND (d.debtor_type = ANY(%(bound)s) OR d.type_confirmed IS NOT TRUE)
                    OR n.id IS NOT NULL AND (
                       n.version IS DISTINCT FROM %(version)s
                       OR d.type_confirmed AND d.debtor_type IS DISTINCT FROM n.debtor_type
                       OR n.active AND EXISTS (
                          SELECT FROM ir_attachment a
                           WHERE a.res_model = 'account.move' AND a.res_id = m.id AND a.id > n.files_read
                             AND a.mimetype = ANY(%(kinds)s))))
            """,
            joins=joins,
            bound=list(BOUND),
            version=version,
            kinds=[*XML, PDF],
        )

    @api.model
    def _waiting_count(self):
        return self.env.execute_query(SQL("SELECT count(*) FROM (%s) w", self._waiting()))[0][0]

    @api.model
    def _waiting_ids(self, after):
        query = SQL("%s AND m.id > %s ORDER BY m.id LIMIT %s", self._waiting(), after, PAGE)
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _read_page(self, moves):
        """Read a page of invoices; what fails is told in the log, and the others are read. Another transaction in the
        way is for the caller, who tries again."""
        try:
            with self.env.cr.savepoint():
                self._read(moves)
        except DISTURBED:
            raise
        except Exception:
            _logger.exception("The mentions of %s could not be read.", ", ".join(moves.mapped("display_name")))
            if len(moves) > 1:
                for move in moves:
                    self._read_page(move)

    @api.model
    def _read(self, moves):
        rows = self.with_context(active_test=False)
        known = {row.move_id.id: row for row in rows.search([("move_id", "in", moves.ids)])}
        again = moves.filtered(lambda move: move.id in known)
        for values in rows._values_of(again):
            known[values["move_id"]].write(values)
        fresh = moves - again
        self._note(fresh)
        made = rows.search([("move_id", "in", fresh.ids)])
        made |= rows.create(rows._values_of(fresh - made.move_id))  # owed no mention: noted, so that it is read once
        made.read_late = True
        made.union(*known.values()).filtered("active")._read_files()

    def _read_files(self):
        """Read the electronic form among the files of these invoices that came since: the last XML, else what their
        PDF encloses."""
        last = self._last_files()
        due = self.filtered(lambda row: last.get(row.move_id.id, 0) > row.files_read)
        if not due:
            return
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "in", due.move_id.ids),
                ("mimetype", "in", [*XML, PDF]),
                ("res_field", "in", [False, *self._fields_with_files()]),
            ],
            order="id desc",
        )
        mine = files.grouped("res_id")
        for row in due:
            found = mine.get(row.move_id.id, files.browse())
            by_kind = found.sorted(lambda file: file.mimetype == PDF)
            notes = next(filter(None, (file._invoice_notes() for file in by_kind)), [])
            told = "\n".join(
                f"{code}: {words}" if code else words for code, words in notes if row._is_about(code, words)
            )
            # Every file counts as read, whichever it is: none is opened twice.
            row.write({"electronic_told": told or False, "files_read": last[row.move_id.id]})
        due._see_again()

    def _last_files(self):
        """{invoice id: the last of its files, whatever its kind}."""
        self.env["ir.attachment"].flush_model(["res_model", "res_id"])
        query = "SELECT res_id, max(id) FROM ir_attachment WHERE res_model = 'account.move' AND res_id = %s GROUP BY 1"
        return dict(self.env.execute_query(SQL(query, bulk.any_of(self.move_id.ids))))

    @api.model
    def _fields_with_files(self):
        """The fields of invoices that hold a file, a neighbour's too."""
        return [name for name, field in self.env["account.move"]._fields.items() if field.type == "binary"]

    @api.model
    def _is_about(self, code, words):
        return code in CODES or any(pattern.search(words) for pattern in (PENALTY_RATE, INDEMNITY, DISCOUNT))

    def _see_again(self):
        """What is lacking or contradicted, now that the electronic form was read."""
        moves = self.move_id
        told = moves._mention_told()
        types, texts = told.types, moves._mention_joined(told.parts)
        contradictions = moves._mention_contradictions(told)
        for row in self:
            move = row.move_id
            row.write(row._seen(types.get(move.id), texts[move.id], contradictions.get(move.id, ())))
        moves.invalidate_recordset(["mention_warning"])


class AccountMove(models.Model):
    _inherit = "account.move"

    def _electronic_texts(self):
        # Whoever reads an invoice: what it says in its electronic form is the same for all.
        rows = self.env["recouvrement.invoice.mention"].sudo()
        found = rows.search_fetch([("move_id", "in", self.ids), ("electronic_told", "!=", False)], ["electronic_told"])
        return {row.move_id.id: row.electronic_told for row in found}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        attached = files.filtered(
            lambda file: file.res_model == "account.move" and file.mimetype in XML and file.res_id
        )
        if attached:
            # Whoever sends the invoice: what it says is noted for those who will claim.
            rows = self.env["recouvrement.invoice.mention"].sudo()
            rows.search([("move_id", "in", attached.mapped("res_id"))])._read_files()
        return files

    def _invoice_notes(self):
        """The notes of the electronic invoice that this file is, or encloses."""
        self.ensure_one()
        return invoice_notes.read(self._read_once(), is_pdf=self.mimetype == PDF)
