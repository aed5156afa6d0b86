from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, LazyTranslate

from ...rules.escalation import Hold
from ...tools import clock
from ...tools.bulk import any_of

_lt = LazyTranslate(__name__)

OPEN = ("open", "escalated")


class RecouvrementDispute(models.Model):
    """What the debtor contests (litige commercial), whole invoices or a part of one: that amount alone is left alone.

    Somebody has to solve it by a day; it ends with a credit note, a refusal by letter, or payment, and dunning goes on
    by itself with what is left.
    """

    _name = "recouvrement.dispute"
    _description = "Commercial Dispute"
    _inherit = [
        "recouvrement.dossier",
        "recouvrement.documented",
        "recouvrement.holding",
        "recouvrement.followed",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _follow_turn = 5
    _hold_reason = "disputed"
    _hold_label = _lt("Disputed")
    _hold_hint = _lt("Have the dispute solved; what is not contested goes on.")
    _hold_state = "disputed"
    _order = "id desc"

    name = fields.Char("Reference", readonly=True, copy=False, default=lambda self: self._next_number())
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict", readonly=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner")
    move_ids = fields.Many2many(
        "account.move",
        "recouvrement_dispute_move_rel",
        "dispute_id",
        "move_id",
        string="Invoices",
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', 'in', ('out_invoice', 'out_receipt')),"
        " ('state', '=', 'posted')]",
        help="What is contested: whole invoices, or a part of one.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", store=True)
    is_partial = fields.Boolean("A part only", help="The rest of the invoice goes on being reminded.")
    amount = fields.Monetary(
        "Amount contested",
        compute="_compute_amount",
        store=True,
        readonly=False,
        tracking=True,
        help="All taxes included.",
    )
    amount_contested = fields.Monetary(
        "Still contested",
        compute="_compute_amount_contested",
        help="Less the credit notes made for it; at most what is left of the invoice.",
    )
    reason_id = fields.Many2one("recouvrement.dispute.reason", required=True, tracking=True)
    description = fields.Text(help="What the debtor says, in his words.")
    opened_on = fields.Date(required=True, readonly=True, default=lambda self: clock.today(self.env))
    resolver_id = fields.Many2one(
        "res.users",
        "To be solved by",
        tracking=True,
        compute="_compute_resolver_id",
        store=True,
        readonly=False,
        domain="[('share', '=', False)]",
        help="Sales, logistics, quality...: who can answer.",
    )
    deadline = fields.Date(
        compute="_compute_deadline", store=True, readonly=False, tracking=True, help="The managers are told afterwards."
    )
    state = fields.Selection(
        [
            ("open", "Unsolved"),
            ("escalated", "Escalated"),
            ("accepted", "Accepted"),
            ("partial", "Partly accepted"),
            ("rejected", "Rejected"),
            ("paid", "Paid meanwhile"),
            ("written_off", "Written off"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    resolution = fields.Text(help="What was decided, and why.")
    closed_on = fields.Date(readonly=True)
    days_open = fields.Integer("Days to solve", compute="_compute_days_open", store=True, aggregator="avg")
    credit_note_ids = fields.Many2many(
        "account.move", "recouvrement_dispute_refund_rel", "dispute_id", "move_id", string="Credit notes", readonly=True
    )

    _hold_index = models.Index("(company_id, state)")

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.depends("move_ids", "item_ids")
    def _compute_currency_id(self):
        for dispute in self:
            currency = dispute.move_ids[:1].currency_id or dispute.item_ids[:1].currency_id
            dispute.currency_id = currency or dispute.company_id.currency_id

    @api.depends("move_ids", "item_ids", "is_partial")
    def _compute_amount(self):
        for dispute in self:
            if not dispute.is_partial:
                dispute.amount = dispute._left()

    def _left(self):
        """What is left of the invoices and of the opening entries contested."""
        return self.sudo()._left_of_debts()  # for whoever notes what the debtor says

    @api.depends("reason_id")
    def _compute_resolver_id(self):
        for dispute in self:
            dispute.resolver_id = dispute.resolver_id or dispute.reason_id.resolver_id

    @api.depends("reason_id", "opened_on")
    def _compute_deadline(self):
        for dispute in self:
            if dispute.opened_on and not dispute.deadline:
                dispute.deadline = dispute.opened_on + timedelta(days=dispute.reason_id.days or 15)

    @api.depends("opened_on", "closed_on")
    def _compute_days_open(self):
        for dispute in self:
            dispute.days_open = (dispute.closed_on - dispute.opened_on).days if dispute.closed_on else 0

    @api.constrains("move_ids", "item_ids", "is_partial", "amount")
    def _check_amount(self):
        for dispute in self:
            items = dispute.item_ids.sudo()  # as below
            if not dispute.move_ids and not items:
                raise ValidationError(self.env._("Choose the invoices that are contested."))
            if len(dispute.move_ids.currency_id | items.currency_id) > 1:
                raise ValidationError(self.env._("Open one dispute per currency."))
            if set(dispute.move_ids.commercial_partner_id | items.partner_id.commercial_partner_id) - {
                dispute.partner_id
            }:
                raise ValidationError(self.env._("Choose invoices of this debtor alone."))
            if not dispute.is_partial:
                continue
            if items:
                # What is contested in part is taken from the first instalments of its invoice: an entry has none, and
                # holds many customers.
                raise ValidationError(self.env._("A part is contested of an invoice: contest an opening entry whole."))
            if len(dispute.move_ids) > 1:
                raise ValidationError(
                    self.env._("A part is contested of one invoice: open one dispute per invoice contested in part.")
                )
            invoice = dispute.move_ids.sudo()  # what is left of it, for whoever notes what the debtor says
            most = invoice.amount_residual if dispute.state in OPEN else invoice.amount_total
            if dispute.amount <= 0 or dispute.currency_id.compare_amounts(dispute.amount, most) > 0:
                raise ValidationError(
                    self.env._("The amount contested is more than zero, and at most what is left to pay.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        disputes._take_back_each()
        for dispute in disputes:
            dispute._ask_resolver()
        return disputes

    def write(self, vals):
        """What is said of a dispute is written by people; how it ends, by its buttons."""
        if not self.env.su and {"state", "closed_on", "opened_on", "company_id", "debtor_id", "name"} & vals.keys():
            raise UserError(self.env._("Use the buttons: how a dispute ends is evidence."))
        result = super().write(vals)
        if {"move_ids", "item_ids", "is_partial", "amount", "state"} & vals.keys():
            self.debtor_id._decide_again_now()
        if "resolver_id" in vals:
            for dispute in self:
                dispute._ask_resolver()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A dispute is evidence: cancel it, it cannot be deleted."))

    # --- opening ------------------------------------------------------------------------------------------------------

    @api.model
    def _open(self, debtor, moves, reason, amount=None, items=None, **values):
        """A dispute on these invoices, or on a part of one; the debtor's portal opens his through here too.

        :param items: of his opening entries, those he contests
        """
        debtor.check_access("read")
        if items:
            self._check_items_open(debtor, items)
        values = self._opened_values(debtor, moves, reason, amount, items, **values)
        # A collector opens disputes through this method, which checks what he reads.
        return self.sudo().create(values).with_env(self.env)

    @api.model
    def _opened_values(self, debtor, moves, reason, amount=None, items=None, **values):
        items = (self.env["account.move.line"] if items is None else items).sudo()  # his own, checked above
        return {
            "company_id": debtor.company_id.id,
            "debtor_id": debtor.id,
            "move_ids": [Command.set(moves.ids)],
            "item_ids": [Command.set(items.ids)],
            "reason_id": reason.id,
            "is_partial": bool(amount),
            # sudo: what it is on this day
            "amount": amount
            or sum(moves.sudo().mapped("amount_residual")) + sum(items.mapped("amount_residual_currency")),
            **values,
        }

    def _take_back_each(self):
        """``_take_back`` of many, in few statements where nothing is about to leave."""
        reminders = self.env["recouvrement.reminder"].sudo()  # evidence is written by methods
        waiting = reminders._about_to_leave(self.move_ids, self.item_ids)
        for dispute in self:
            mine = waiting.filtered(
                lambda one, dispute=dispute: one.line_ids.move_id & dispute.move_ids
                or (dispute.item_ids and one.line_ids._about(dispute.move_ids, dispute.item_ids))
            )
            mine._cancel(dispute._taken_back_words(), reason=self._hold_reason)
        self.debtor_id._decide_again_now()

    def _taken_back_words(self):
        return self.env._("Contested: dispute %s.", ", ".join(self.mapped("name")))

    def _ask_resolver(self):
        if self.resolver_id and self.state in OPEN:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=self.resolver_id.id,
                date_deadline=self.deadline,
                summary=self.env._(
                    "Solve the dispute %(name)s: %(reason)s", name=self.name, reason=self.reason_id.name
                ),
            )

    # --- what it holds ------------------------------------------------------------------------------------------------

    @api.model
    def _rows(self, company, moves, partial):
        """(dispute id, invoice id, amount contested, what is left of the invoice), the oldest dispute first."""
        self.flush_model(["state", "move_ids", "is_partial", "amount", "opened_on"])
        self.env["account.move"].flush_model(["amount_residual"])
        wanted = SQL("TRUE") if moves is None else SQL("rel.move_id = %s", any_of(moves))
        return self.env.execute_query(
            SQL(
                "SELECT d.id, rel.move_id, d.amount, m.amount_residual"
                "  FROM recouvrement_dispute_move_rel rel"
                " JOIN recouvrement_dispute d ON d.id = rel.dispute_id"
                " JOIN account_move m ON m.id = rel.move_id"
                " WHERE d.company_id = %s AND d.state IN %s AND (d.is_partial IS TRUE) = %s AND %s"
                " ORDER BY d.opened_on, d.id",
                company.id,
                OPEN,
                partial,
                wanted,
            )
        )

    @api.model
    def _holds(self, company, moves, on):
        """{move id: Hold} of the invoices contested as a whole."""
        return {row[1]: Hold("disputed") for row in self._rows(company, moves, partial=False)}

    @api.model
    def _held_items(self, company, moves, on):
        self.flush_model(["state"])
        return {row[0]: Hold("disputed") for row in self._item_rows(company, moves, SQL("d.state IN %s", OPEN))}

    @api.model
    def _next_steps(self, debtors):
        """The oldest dispute that is not solved."""
        found = self.search([("debtor_id", "in", debtors.ids), ("state", "in", ("open", "escalated"))], order="id desc")
        return {
            dispute.debtor_id: self.env._("Answer the dispute: %s", dispute.reason_id.display_name) for dispute in found
        }

    # --- ending -------------------------------------------------------------------------------------------------------

    def _end(self, state, on):
        self.check_access("read")
        for dispute in self.sudo():  # buttons alone end a dispute
            if dispute.state not in OPEN:
                raise UserError(self.env._("%s is already closed.", dispute.name))
            if state in ("accepted", "partial", "rejected") and not dispute.resolution:
                raise UserError(self.env._("Say what was decided, and why, in Resolution."))
            dispute.write({"state": state, "closed_on": on})
            dispute.activity_ids.filtered(lambda activity: activity.summary).action_feedback(
                feedback=dispute.resolution or ""
            )

    def action_accept(self):
        """The debtor is right: a credit note follows; dunning goes on with what it leaves."""
        self._end("accepted", clock.today(self.env))

    def action_accept_part(self):
        self._end("partial", clock.today(self.env))

    def action_reject(self):
        """The debtor is wrong: he is told so by letter, and dunning goes on."""
        self._end("rejected", clock.today(self.env))
        return self.action_letter()

    def action_cancel(self):
        self._end("cancelled", clock.today(self.env))

    def action_reopen(self):
        self.check_access("read")
        for dispute in self.sudo():  # as above
            if dispute.state in OPEN:
                raise UserError(self.env._("%s is still open.", dispute.name))
            dispute.write({"state": "open", "closed_on": False})
            dispute._take_back()
            dispute._ask_resolver()
