from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...ledger import cash
from ...rules.errors import RateMissing
from ...rules.mention_terms import indemnity_told
from ...rules.mentions import penalties_told
from ...rules.rates import half_year, half_year_label
from ...tools import bulk
from ..decision.invoice_evidence import DISCOUNT, INDEMNITY, PENALTY_RATE
from ..law.account_move_told import BOUND
from ..policy.recouvrement_policy import DEBTOR_TYPES


class RecouvrementInvoiceMention(models.Model):
    """What a posted invoice says of penalties, with the rates of its own half-year, as they were when it was posted.

    One row per invoice to a professional or a public body, written again when it is posted again.
    """

    _name = "recouvrement.invoice.mention"
    _description = "Payment Mentions of an Invoice"
    _order = "invoice_date desc, id desc"
    _rec_name = "move_id"

    # As the client shows it beside any link: who reads the row reads the name of its invoice, of another branch too.
    display_name = fields.Char(compute_sudo=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", required=True, ondelete="cascade", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index="btree_not_null", ondelete="restrict")
    invoice_date = fields.Date(readonly=True)
    half_year = fields.Char(readonly=True)
    ecb_rate = fields.Float("ECB rate (%)", digits=(6, 3), readonly=True, aggregator=None)
    legal_rate = fields.Float("Legal rate (%)", digits=(6, 3), readonly=True, aggregator=None)
    claimed = fields.Char("What is claimed", readonly=True)
    claimed_rate = fields.Float(
        "Rate claimed (%)", digits=(6, 3), readonly=True, aggregator=None, help="In the invoice's own half-year."
    )
    told = fields.Text("What the invoice says", readonly=True)
    electronic_told = fields.Text(
        "In its electronic form",
        readonly=True,
        help="The notes on penalties, indemnity and discount of the XML kept with it.",
    )
    files_read = fields.Integer(readonly=True, default=0, help="The last of its files that was read.")
    read_late = fields.Boolean(
        "Read afterwards", readonly=True, help="It was posted before the add-on was there: read since, as it is now."
    )
    active = fields.Boolean(
        default=True, readonly=True, help="Unticked: its debtor is a person, and is owed none of these mentions."
    )
    debtor_type = fields.Selection(DEBTOR_TYPES, "Type of debtor", readonly=True)
    version = fields.Char(readonly=True, help="Of what its words depend on: another one is read again.")
    lacks_rate = fields.Boolean("Lacks the rate", readonly=True)
    lacks_indemnity = fields.Boolean("Lacks the indemnity", readonly=True)
    lacks_discount = fields.Boolean("Lacks the discount", readonly=True)
    other_rate = fields.Boolean("Another rate", readonly=True)
    other_indemnity = fields.Boolean("Another indemnity", readonly=True)
    other_discount = fields.Boolean("Another discount", readonly=True)
    state = fields.Selection(
        [("right", "Right"), ("missing", "Something is missing"), ("contradicts", "Contradicts what is claimed")],
        required=True,
        readonly=True,
        index=True,
    )

    _once = models.UniqueIndex("(move_id)", "The mentions of this invoice are noted already.")

    @api.model
    def _note(self, moves):
        """Note what these posted invoices say, in place of what was noted before."""
        rows = self.sudo().with_context(active_test=False)  # whoever posts an invoice
        rows.search([("move_id", "in", moves.ids)]).unlink()
        rows.create([values for values in rows._values_of(moves) if values["active"]])

    @api.model
    def _values_of(self, moves):
        """[values] of what these posted invoices say; of one whose debtor is owed no mention, that it is not."""
        types, versions = moves._mention_debtor_types(), self._versions(moves.ids)
        bound = moves.filtered(lambda move: types.get(move.id) in BOUND)
        told = bound._mention_told(types)
        texts, contradictions = bound._mention_joined(told.parts), bound._mention_contradictions(told)
        table = self.env["recouvrement.rate"]._rate_table()
        found = []
        for move in moves:
            values = {
                "company_id": move.company_id.root_id.id,
                "move_id": move.id,
                "partner_id": move.commercial_partner_id.id,
                "invoice_date": move.invoice_date or move.date,
                "debtor_type": types.get(move.id),
                "version": versions.get(move.id),
                "active": move in bound,
                "state": "right",
            }
            if move in bound:
                kind = types[move.id]
                values |= self._seen(kind, texts[move.id], contradictions.get(move.id, ()))
                values |= self._rates(move, kind, told.clauses[move.id], table)
            found.append(values)
        return found

    @api.model
    def _rates(self, move, kind, clause, table):
        """The rates of the half-year of an invoice, and what is claimed of it."""
        on = move.invoice_date or move.date
        rate = clause.rate if kind == "professional" else None
        margin = move._law_figures().at(f"{kind}_margin", move.invoice_date_due or on).value
        try:
            period = table.at(on)
        except RateMissing:
            period = None
        return {
            "half_year": half_year_label(half_year(on)),
            "ecb_rate": period and float(period.ecb),
            "legal_rate": period and float(period.legal_other),
            "claimed": move._claimed_words(rate, margin),
            "claimed_rate": float(rate) if rate else period and float(period.ecb + margin),
        }

    @api.model
    def _seen(self, kind, text, contradictions):
        """What an invoice that says ``text`` lacks, or contradicts: a list of Contradiction."""
        told = penalties_told([text])
        lacks = {
            "lacks_rate": not PENALTY_RATE.search(text),
            "lacks_indemnity": not INDEMNITY.search(text) and not indemnity_told([text]),
            "lacks_discount": kind == "professional" and not DISCOUNT.search(text),
        }
        kinds = {one.kind for one in contradictions}
        sentences = dict.fromkeys(one.sentence for one in contradictions) or ([told.sentence] if told else ())
        return {
            **lacks,
            **{f"other_{one}": one in kinds for one in ("rate", "indemnity", "discount")},
            "told": "\n".join(sentences) or False,
            "state": "contradicts" if contradictions else "missing" if any(lacks.values()) else "right",
        }

    @api.model
    def _version(self):
        """What the words of an invoice ``m`` depend on, in SQL: its own, its payment term's, its clauses, who it is to;
        with the joins that it needs."""
        for model in ("account.move", "account.payment.term", "res.partner", "recouvrement.interest.clause"):
            self.env[model].flush_model()
        joins = SQL(
            """
         LEFT JOIN account_payment_term t ON t.id = m.invoice_payment_term_id
         LEFT JOIN res_partner p ON p.id = m.commercial_partner_id
         LEFT JOIN recouvrement_debtor d ON d.partner_id = m.commercial_partner_id AND d.company_id = root.id
         LEFT JOIN (SELECT company_id, max(write_date) AS at FROM recouvrement_interest_clause
                     WHERE debtor_id IS NULL AND move_id IS NULL GROUP BY 1) general ON general.company_id = root.id
         LEFT JOIN (SELECT debtor_id, max(write_date) AS at FROM recouvrement_interest_clause
                     WHERE move_id IS NULL GROUP BY 1) own ON own.debtor_id = d.id
         LEFT JOIN (SELECT move_id, max(write_date) AS at FROM recouvrement_interest_clause
                  GROUP BY 1) alone ON alone.move_id = m.id
            """
        )
        version = SQL(
            "md5(ROW(m.narration, m.invoice_date, m.invoice_date_due, m.commercial_partner_id, t.note,"
            " t.early_discount, t.discount_percentage, t.discount_days, p.is_company, p.company_registry, p.vat,"
            " general.at, own.at, alone.at)::text)"
        )
        return version, joins

    @api.model
    def _versions(self, move_ids):
        """{invoice id: the version of what it says}."""
        version, joins = self._version()
        query = SQL(
            "SELECT m.id, %s FROM account_move m JOIN res_company c ON c.id = m.company_id"
            " JOIN res_company root ON root.id = split_part(c.parent_path, '/', 1)::int %s WHERE m.id = %s",
            version,
            joins,
            bulk.any_of(move_ids),
        )
        return dict(self.env.execute_query(query))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if not self.env.su:
            raise UserError(self.env._("What an invoice said when it was posted is kept."))


class AccountMove(models.Model):
    _inherit = "account.move"

    mention_warning = fields.Char(
        compute="_compute_mention_warning", groups="account.group_account_readonly,account.group_account_invoice"
    )

    @api.depends("narration", "invoice_payment_term_id", "invoice_date", "commercial_partner_id")
    def _compute_mention_warning(self):
        words = self._origin._contradiction_words() if self._origin else {}
        for move in self:
            move.mention_warning = words.get(move._origin.id, False)

    def _cash_received(self):
        """{invoice id: what came in as money}: not written off, transferred to doubtful receivables, nor set off."""
        receipts = cash.receipts(self.env, self.ids)
        return {
            move.id: float(sum(receipt.amount for receipt in receipts[move.id] if receipt.kind == "payment"))
            for move in self
        }

    def _settled_without_cash(self):
        """Of a credit note, the balance of what it was set against that is neither an invoice nor money paid back: a
        write-off, a transfer, a set-off."""
        others = self._get_reconciled_amls().filtered(
            lambda line: (
                line.move_id.move_type != "out_invoice"
                and not line.move_id.origin_payment_id
                and not line.move_id.statement_line_id
                and "asset_cash" not in line.move_id.line_ids.account_id.mapped("account_type")
                and not line.move_id._is_at_till()
            )
        )
        return sum(others.mapped("balance"))

    def _post(self, soft=True):
        posted = super()._post(soft)
        invoices = posted.filtered(lambda move: move.move_type == "out_invoice")
        # sudo: a setting of the root, for who works in a branch alone
        active = invoices.company_id.root_id.sudo().filtered("recouvrement_active")
        sales = invoices.filtered(lambda move: move.company_id.root_id in active)
        if sales:  # what the invoice says that day
            self.env["recouvrement.invoice.mention"]._note(sales)
        return posted


class RecouvrementReminder(models.Model):
    _inherit = "recouvrement.reminder"

    mention_warning = fields.Text(compute="_compute_mention_warning")

    def _compute_mention_warning(self):
        """Before a figure is claimed that the invoices contradict; nothing is asked of what has left."""
        waiting = self.filtered(lambda reminder: reminder.state in ("planned", "to_approve"))
        moves = waiting.sudo().line_ids.move_id  # a collector reads reminders, not every invoice
        words = moves._contradiction_words()
        for reminder in self:
            mine = reminder.sudo().line_ids.move_id if reminder in waiting else moves.browse()  # as above
            told = [f"{move.name}: {words[move.id]}" for move in mine if move.id in words]
            reminder.mention_warning = "\n".join(told) or False
