from odoo import api, fields, models
from odoo.exceptions import UserError

from ...ledger import cash
from ...rules.errors import RateMissing
from ...rules.mentions import penalties_told
from ...rules.rates import half_year, half_year_label
from ..decision.invoice_evidence import DISCOUNT, INDEMNITY, PENALTY_RATE
from ..law.account_move_told import BOUND


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
    lacks_rate = fields.Boolean("Lacks the rate", readonly=True)
    lacks_indemnity = fields.Boolean("Lacks the indemnity", readonly=True)
    lacks_discount = fields.Boolean("Lacks the discount", readonly=True)
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
        types = moves._mention_debtor_types()
        moves = moves.filtered(lambda move: types.get(move.id) in BOUND)
        if not moves:
            return
        rows = self.sudo()  # whoever posts an invoice
        rows.search([("move_id", "in", moves.ids)]).unlink()
        texts, contradictions = moves._mention_texts(), moves._mention_contradictions()
        clauses = self.env["recouvrement.interest.clause"].sudo()._of(moves.ids)  # as above
        table = self.env["recouvrement.rate"]._rate_table()
        rows.create(
            [
                self._values(move, types[move.id], texts[move.id], contradictions.get(move.id), clauses[move.id], table)
                for move in moves
            ]
        )

    @api.model
    def _values(self, move, kind, text, contradiction, clause, table):
        on = move.invoice_date or move.date
        rate = clause.rate if kind == "professional" else None
        margin = move._law_figures().at(f"{kind}_margin", move.invoice_date_due or on).value
        try:
            period = table.at(on)
        except RateMissing:
            period = None
        return {
            **self._seen(kind, text, contradiction),
            "company_id": move.company_id.root_id.id,
            "move_id": move.id,
            "partner_id": move.commercial_partner_id.id,
            "invoice_date": on,
            "half_year": half_year_label(half_year(on)),
            "ecb_rate": period and float(period.ecb),
            "legal_rate": period and float(period.legal_other),
            "claimed": move._claimed_words(rate, margin),
            "claimed_rate": float(rate) if rate else period and float(period.ecb + margin),
        }

    @api.model
    def _seen(self, kind, text, contradiction):
        """What an invoice that says ``text`` lacks, or contradicts."""
        told = contradiction[0] if contradiction else penalties_told([text])
        lacks = {
            "lacks_rate": not PENALTY_RATE.search(text),
            "lacks_indemnity": not INDEMNITY.search(text),
            "lacks_discount": kind == "professional" and not DISCOUNT.search(text),
        }
        return {
            **lacks,
            "told": told.sentence if told else False,
            "state": "contradicts" if contradiction else "missing" if any(lacks.values()) else "right",
        }

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

    def _post(self, soft=True):
        posted = super()._post(soft)
        sales = posted.filtered(
            # sudo: a setting of the root, for who works in a branch alone
            lambda move: move.move_type == "out_invoice" and move.company_id.root_id.sudo().recouvrement_active
        )
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
