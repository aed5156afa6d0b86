from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, LazyTranslate, formatLang

from ...rules.escalation import Hold
from ...tools import clock
from ...tools.bulk import any_of
from ..base.acts import check_manager

_lt = LazyTranslate(__name__)

REASONS = [
    ("liquidation", "Liquidation or other collective proceedings"),
    ("settlement", "Settlement: a part was given up"),
    ("prescribed", "Time-barred"),
    ("uneconomic", "Costs more than it would bring"),
    ("small", "Small balance"),
]
DEFINITIVE = ("liquidation", "settlement")  # the debt itself is lost, not only the wish to collect it
EDITABLE = {"note", "recover_vat", "event_on", "entry_date"}


class RecouvrementWriteOff(models.Model):
    """A debt given up (passage en perte): proposed, approved by a manager, then drafted for an accountant to post.

    What was approved is a decision about figures, and does not change; whether the debt is really gone is judged from
    the entry. Reversed, the debt is back and the nights remind it again. It is neither a payment nor a remission: it
    keeps no promise and thanks nobody.
    """

    _name = "recouvrement.write.off"
    _description = "Write-off"
    _inherit = [
        "recouvrement.holding",
        "recouvrement.evidence",
        "recouvrement.entry",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _hold_reason = "write_off"
    _hold_label = _lt("Write-off to be posted")
    _evidence_files = ("evidence_ids",)
    _order = "id desc"
    _mail_post_access = "read"

    name = fields.Char("Reference", readonly=True, copy=False, default=lambda self: self._next_number())
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one(
        "recouvrement.debtor",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        help="Empty: small balances of several debtors.",
    )
    case_id = fields.Many2one(
        "recouvrement.case",
        "Litigation case",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        groups="recouvrement_fr.group_recouvrement_legal",
    )
    reason = fields.Selection(REASONS, required=True, readonly=True, tracking=True)
    note = fields.Text("Explanation", help="What was tried, and why it is lost: read by auditors and the tax office.")
    event_on = fields.Date(
        "Lost on",
        help="The judgment, the certificate, the agreement...: from that day the VAT can be recovered.",
    )
    recover_vat = fields.Boolean(
        "Recover the VAT",
        tracking=True,
        help="Only of a debt definitively lost (CGI 272, 1): a liquidation, a certificate, a part given up in "
        "collective proceedings. Mere non-payment is never enough. VAT due on payment was never paid to the State: it "
        "is not recovered, its transition account is cleared.",
    )
    evidence_ids = fields.Many2many(
        "ir.attachment", string="Evidence", help="Certificat d’irrécouvrabilité, judgment, failed enforcement..."
    )
    line_ids = fields.One2many("recouvrement.write.off.line", "write_off_id", readonly=True)
    decision = fields.Selection(
        [("proposed", "Proposed"), ("approved", "Authorised"), ("refused", "Turned down"), ("cancelled", "Called off")],
        default="proposed",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("approved", "Authorised"),
            ("draft", "Draft entry"),
            ("posted", "Written off"),
            ("reversed", "Entry reversed"),
            ("refused", "Turned down"),
            ("cancelled", "Called off"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    proposed_by_id = fields.Many2one("res.users", "Proposed by", readonly=True, default=lambda self: self.env.user)
    proposed_on = fields.Date("Proposed on", readonly=True, default=lambda self: clock.today(self.env))
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, tracking=True)
    decided_on = fields.Date("Decided on", readonly=True)
    decided_amount = fields.Monetary("Approved amount", readonly=True, help="The figure the manager decided on.")
    amount = fields.Monetary("Total given up", compute="_compute_amounts", store=True, help="Taxes included.")
    amount_net = fields.Monetary("Loss", compute="_compute_amounts", store=True, help="What the result bears.")
    amount_vat = fields.Monetary(
        "VAT to recover", compute="_compute_amounts", store=True, help="Already paid to the State, and deductible."
    )
    amount_not_due = fields.Monetary(
        "VAT never due", compute="_compute_amounts", store=True, help="Of services taxed on payment: cleared."
    )
    entry_ids = fields.One2many("account.move", "recouvrement_write_off_id", "Draft entries", readonly=True)
    recovery_ids = fields.One2many("account.move", "recouvrement_recovery_id", "Recovered", readonly=True)
    credit_amount = fields.Monetary(related="debtor_id.credit_amount", string="Credits not allocated")
    amount_recovered = fields.Monetary("Recovered since", compute="_compute_amount_recovered")
    document_ids = fields.One2many(
        "recouvrement.document", "res_id", domain=[("res_model", "=", "recouvrement.write.off")], readonly=True
    )
    document_count = fields.Integer(compute="_compute_document_count")
    needs_duplicate = fields.Boolean(compute="_compute_document_count")
    deadline_ids = fields.One2many(
        "recouvrement.deadline", "res_id", domain=[("res_model", "=", "recouvrement.write.off")], readonly=True
    )
    is_own = fields.Boolean(compute="_compute_is_own")

    _hold_index = models.Index("(company_id, state)")

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.depends("decision", "entry_state")
    def _compute_state(self):
        for record in self:
            judged = record.decision == "approved" and record.entry_state not in (False, "none")
            record.state = record.entry_state if judged else record.decision

    @api.depends("line_ids.company_amount", "line_ids.vat", "line_ids.vat_not_due", "recover_vat")
    def _compute_amounts(self):
        for record in self:
            record.amount = sum(record.line_ids.mapped("company_amount"))
            record.amount_vat = sum(record.line_ids.mapped("vat")) if record.recover_vat else 0
            record.amount_not_due = 0 if record.reason == "small" else sum(record.line_ids.mapped("vat_not_due"))
            record.amount_net = record.amount - record.amount_vat - record.amount_not_due

    @api.depends("recovery_ids.state")
    def _compute_amount_recovered(self):
        for record in self:
            gained = record.recovery_ids.filtered(lambda entry: entry.state == "posted").line_ids
            record.amount_recovered = sum(gained.filtered("recouvrement_invoice_id").mapped("debit"))

    @api.depends_context("uid")
    def _compute_is_own(self):
        for record in self:
            record.is_own = record.proposed_by_id == self.env.user

    @api.constrains("line_ids", "reason", "debtor_id")
    def _check_lines(self):
        for record in self:
            if not record.line_ids:
                raise ValidationError(self.env._("Choose the invoices that are given up."))
            if record.reason != "small" and not record.debtor_id:
                raise ValidationError(self.env._("A write-off is about one debtor; small balances alone go together."))
            if record.reason != "small" and min(record.line_ids.mapped("amount")) < 0:
                raise ValidationError(self.env._("A credit is no debt: it is given up as a small balance only."))

    @api.constrains("event_on")
    def _check_event_on(self):
        today = clock.today(self.env)
        for record in self.filtered("event_on"):
            if record.event_on > today:
                raise ValidationError(self.env._("A debt is not lost by an event to come."))

    def write(self, vals):
        """A manager corrects a proposal; all the rest is written by methods."""
        if not self.env.su and (vals.keys() - EDITABLE or self.filtered(lambda record: record.decision != "proposed")):
            raise UserError(self.env._("What was decided of a write-off is evidence: use its buttons."))
        return super().write(vals)

    # --- proposing ----------------------------------------------------------------------------------------------------

    @api.model
    def _propose(self, company, amounts, reason, debtor=None, **values):
        """Propose to give up these invoices: {(move, partner): amount in its currency, or None for all}."""
        (debtor or self.env["recouvrement.debtor"]).check_access("read")
        if not self.env.su and not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):
            raise AccessError(self.env._("Collectors propose write-offs."))
        self.env["account.move"].union(*(move for move, _partner in amounts)).with_env(self.env).check_access("read")
        commands = self._line_commands(company.root_id, amounts)
        record = self.sudo().create(  # a collector proposes through this method, which checks what he reads
            {
                "company_id": company.root_id.id,
                "debtor_id": debtor.id if debtor else False,
                "reason": reason,
                "line_ids": commands,
                "recover_vat": reason in DEFINITIVE,
                "proposed_by_id": self.env.uid,
                **values,
            }
        )
        record._ask_managers()
        return record.with_env(self.env)

    def _line_commands(self, root, amounts):
        moves = self.env["account.move"].sudo().union(*(move for move, _partner in amounts))  # figures of the ledger
        if set(moves.company_id.root_id) - {root}:
            raise UserError(self.env._("Choose invoices of one company."))
        busy = moves & self._in_progress(root).line_ids.move_id
        if busy:
            raise UserError(
                self.env._("Already in a write-off in progress: %s.", ", ".join(busy.mapped("display_name")))
            )
        commands = []
        for (move, partner), amount in amounts.items():
            for currency, items in self._open_of(move, partner).grouped("currency_id").items():
                left = sum(items.mapped("amount_residual_currency"))
                asked = left if amount is None else amount
                if currency.is_zero(asked) or asked * left < 0 or currency.compare_amounts(abs(asked), abs(left)) > 0:
                    raise UserError(
                        self.env._(
                            "Of %(invoice)s, choose an amount between zero and what is left, %(left)s.",
                            invoice=move.display_name,
                            left=formatLang(self.env, left, currency_obj=currency),
                        )
                    )
                commands.append(Command.create(self._line_values(move, partner, items, asked)))
        if not commands:
            raise UserError(self.env._("Nothing is left to give up: what you chose is paid, or is no customer's debt."))
        return commands

    def _open_of(self, move, partner):
        items = self._open_items(move.company_id, move)[move]
        return items.filtered(lambda item: item.partner_id.commercial_partner_id == partner.commercial_partner_id)

    def _line_values(self, move, partner, items, amount):
        loss = self._loss(move, items, amount)
        return {
            "move_id": move.id,
            "partner_id": partner.commercial_partner_id.id,
            "currency_id": items[:1].currency_id.id,
            "amount": amount,
            "company_amount": loss.balance,
            "vat": sum(part.balance for part in loss.due),
            "vat_not_due": sum(part.balance for part in loss.not_due),
            "is_doubtful": any(part.account.account_type != "asset_receivable" for part in loss.parts),
        }

    @api.model
    def _in_progress(self, root):
        # sudo: a write-off in progress counts, whoever asks
        return self.sudo().search([("company_id", "=", root.id), ("state", "in", ("proposed", "approved", "draft"))])

    def _ask_managers(self):
        for user in self.company_id._recouvrement_managers() - self.env.user:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._(
                    "Decide on the write-off %(name)s of %(amount)s",
                    name=self.name,
                    amount=formatLang(self.env, self.amount, currency_obj=self.currency_id),
                ),
            )

    # --- deciding -----------------------------------------------------------------------------------------------------

    def _check_decides(self):
        check_manager(self.env)
        self.check_access("read")
        if len(self.try_lock_for_update(allow_referencing=True)) < len(self):
            raise UserError(self.env._("Somebody is deciding on it: try again in a moment."))
        for record in self:
            if record.decision != "proposed":
                raise UserError(self.env._("%s is decided already.", record.name))

    def action_approve(self):
        """A manager decides on these figures, and the draft entries are made for an accountant."""
        self._check_decides()
        self._check_not_claimed()
        on = clock.today(self.env)
        for record in self:
            mine = record.sudo()  # decisions are written by methods alone
            for company in mine.line_ids.move_id.company_id:
                record._check_period(company)
            record._check_own_limit(on)
            mine._decide("approved", on, decided_amount=record.amount)
            mine._draft_entries()
            mine._follow_vat()
            mine._take_back()

    def _check_not_claimed(self):
        """Refuse what is claimed before a court at the same time; who goes to court says so."""

    def _take_back(self):
        """What was about to leave for these invoices is taken back: nobody reminds what is being given up."""
        why = self.env._("Being written off: %s.", self.name)
        self.env["recouvrement.reminder"]._withdraw(self.line_ids.move_id, why, "write_off")
        self._debtors()._decide_again_now()

    def action_refuse(self):
        self._check_decides()
        for record in self.sudo():  # as above
            record._decide("refused", clock.today(self.env))

    def _decide(self, decision, on, **values):
        self.write(
            {
                "decision": decision,
                "decided_by_id": self.env.uid,
                "decided_on": on,
                **values,
            }
        )
        self.activity_ids.action_feedback()

    def action_cancel(self):
        """Give the proposal up, by its author or a manager; or an approval whose entry was not posted, by a manager."""
        for record in self:
            if record.state not in ("proposed", "approved", "draft"):
                raise UserError(self.env._("%s is no longer in progress: reverse its entry instead.", record.name))
            if record.decision != "proposed" or not record.is_own:
                check_manager(self.env)
            record.check_access("read")
            mine = record.sudo()  # as above
            mine.entry_ids.filtered(lambda entry: entry.state == "draft").button_cancel()
            mine._decide("cancelled", clock.today(self.env))
            mine._debtors()._decide_again_now()

    def action_draft_again(self):
        """Draft the entries again: the accountant cancelled them, or a payment changed what is left."""
        check_manager(self.env)
        self.check_access("read")
        for record in self.sudo():  # as above
            if record.state not in ("approved", "draft"):
                raise UserError(self.env._("%s has no entry to draft again.", record.name))
            record.entry_ids.filtered(lambda entry: entry.state == "draft").button_cancel()
            record._draft_entries()

    # --- entries ------------------------------------------------------------------------------------------------------

    @api.model
    def _holds(self, company, moves, on):
        """{move id: Hold} of the invoices whose write-off is approved and not yet posted: nobody reminds them."""
        self.flush_model(["state"])
        rows = self.env.execute_query(
            SQL(
                "SELECT l.move_id FROM recouvrement_write_off_line l JOIN recouvrement_write_off w"
                " ON w.id = l.write_off_id WHERE w.company_id = %s AND w.state IN ('approved', 'draft') AND %s",
                company.id,
                SQL("TRUE") if moves is None else SQL("l.move_id = %s", any_of(moves)),
            )
        )
        return {move_id: Hold("write_off") for (move_id,) in rows}

    # --- VAT ----------------------------------------------------------------------------------------------------------

    def action_adjust_provision(self):
        """What was provided for these debts is taken back, now that they are lost."""
        self.ensure_one()
        return self.env["recouvrement.provision"]._start(self.company_id, self._debtors())._get_records_action()
