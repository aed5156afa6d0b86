from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ...rules import instalments as rules
from ...rules.errors import RuleError
from ...tools import clock
from ...tools.formats import rounded
from ..base.acts import refuse_typed
from ..base.rule_words import said

_lt = LazyTranslate(__name__)

LIVE = ("proposed", "active")  # what holds its invoices
STATES = [
    ("draft", "Draft"),
    ("proposed", "Proposed"),
    ("active", "Active"),
    ("kept", "Kept"),
    ("defaulted", "Defaulted"),
    ("cancelled", "Called off"),
]


class RecouvrementPlan(models.Model):
    """An instalment plan (échéancier, protocole d'accord): a layer above the ledger, judged from the cash.

    The due dates of the invoices stay, no entry is made. While it is proposed or active it holds the dunning of its
    invoices; every instalment is judged from the payments reconciled with them, and judged again when one comes back.
    """

    _name = "recouvrement.plan"
    _description = "Instalment Plan"
    _inherit = [
        "recouvrement.dossier",
        "recouvrement.documented",
        "recouvrement.holding",
        "recouvrement.followed",
        "recouvrement.pledge",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _follow_turn = 3
    _hold_reason = "in_plan"
    _hold_label = _lt("In an instalment plan")
    _hold_hint = _lt("The plan is followed by itself; a missed instalment comes back here.")
    _hold_state = "plan"
    _mail_post_access = "read"  # nobody writes a plan, yet people discuss it
    _order = "id desc"

    name = fields.Char("Reference", readonly=True, copy=False, default=lambda self: self._next_number())
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict", readonly=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    move_ids = fields.Many2many(
        "account.move",
        "recouvrement_plan_move_rel",
        "plan_id",
        "move_id",
        string="Invoices",
        readonly=True,
        help="The invoices the plan pays, all in its currency; their own due dates do not change.",
    )
    state = fields.Selection(STATES, default="draft", required=True, readonly=True, index=True, tracking=True)
    principal = fields.Monetary(
        readonly=True, help="What was left of the invoices when the plan was made, once the credits were deducted."
    )
    credited = fields.Monetary(
        "Credits deducted",
        readonly=True,
        help="Credit notes and payments on account that nobody had set against these invoices yet.",
    )
    interest_mode = fields.Selection(
        [
            ("waived", "Waived if the plan is kept"),
            ("frozen", "Frozen at the day of the plan, and paid by it"),
            ("running", "Running, settled after the last instalment"),
        ],
        default="waived",
        required=True,
        help="An amicable plan does not stop penalties by itself: the parties say so (C.com L441-10).",
    )
    interest = fields.Monetary(
        readonly=True, help="Penalties and indemnities that the instalments pay, with the frozen mode."
    )
    amount_total = fields.Monetary("Total of the plan", compute="_compute_amounts", store=True)
    amount_paid = fields.Monetary("Paid", compute="_compute_amounts", store=True)
    amount_left = fields.Monetary("Left", compute="_compute_amounts", store=True)
    missed = fields.Boolean("An instalment is missed", compute="_compute_missed")
    instalment_ids = fields.One2many("recouvrement.plan.instalment", "plan_id")
    next_due = fields.Date("Next instalment", compute="_compute_amounts", store=True)
    started_on = fields.Date(readonly=True, help="Payments count from this day: the day the plan was proposed.")
    valid_until = fields.Date(help="A proposal nobody has accepted by this day gives dunning back its course.")
    accepted_on = fields.Date(readonly=True, tracking=True)
    accepted_by = fields.Char(readonly=True, help="Who accepted for the debtor, and in what quality.")
    signed_attachment_id = fields.Many2one(
        "ir.attachment", "Signed copy", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    signature = fields.Binary(readonly=True, attachment=True)
    has_acceleration = fields.Boolean(
        "Acceleration clause",
        default=True,
        help="One instalment missed and not paid after a formal notice makes the whole due at once. It has to be "
        "written (C.civ 1305-4).",
    )
    notice_days = fields.Integer(
        "Notice before acceleration (days)",
        default=8,
        help="Days the notice of default leaves before the whole is due.",
    )
    tolerance_days = fields.Integer(
        "Tolerance (days)", default=3, help="Days a payment may be late before it is missed."
    )
    reminder_days = fields.Integer("Reminder (days before)", default=3, help="0: no e-mail before each instalment.")
    notice_on = fields.Date("Notice of default", readonly=True, help="The day its letter was drafted.")
    notice_served_on = fields.Date(
        "Notice received on",
        readonly=True,
        help="The day the post presented it to the debtor: the term before acceleration runs from there.",
    )
    defaulted_on = fields.Date(readonly=True)
    kept_on = fields.Date(readonly=True, index="btree_not_null")
    close_reason = fields.Char(readonly=True)
    known = fields.Json(readonly=True)  # what had come in when it was proposed: [[day, is credit, amount]]

    _hold_index = models.Index("(company_id, state)")

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.depends("instalment_ids.amount", "instalment_ids.paid", "instalment_ids.state", "instalment_ids.date")
    def _compute_amounts(self):
        for plan in self:
            plan.amount_total = sum(plan.instalment_ids.mapped("amount"))
            plan.amount_paid = sum(plan.instalment_ids.mapped("paid"))
            plan.amount_left = plan.amount_total - plan.amount_paid
            waiting = plan.instalment_ids.filtered(lambda one: one.state not in ("paid", "paid_late"))
            plan.next_due = min(waiting.mapped("date"), default=False)

    @api.depends("instalment_ids.state")
    def _compute_missed(self):
        for plan in self:
            plan.missed = "missed" in plan.instalment_ids.mapped("state")

    @api.constrains("tolerance_days", "notice_days", "reminder_days")
    def _check_days(self):
        for plan in self:
            if min(plan.tolerance_days, plan.notice_days, plan.reminder_days) < 0:
                raise ValidationError(self.env._("The delays of a plan are numbers of days, zero or more."))

    def write(self, vals):
        refuse_typed(self, vals, "instalment_ids")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proposed(self):
        if self.filtered(lambda plan: plan.state != "draft"):
            raise UserError(self.env._("A plan that was proposed is evidence: cancel it, it cannot be deleted."))

    # --- making -------------------------------------------------------------------------------------------------------

    @api.model
    def _make(self, debtor, moves, instalments, items=None, **values):
        """A draft plan of these invoices; the debtor's portal makes its proposals through here too.

        :param instalments: rules.instalments.Instalment values, which have to add up to what the plan pays
        :param items: of his opening entries, those it pays
        :param values: fields; ``credited``: what the debtor's credits pay of these invoices, which the plan does not
        :raises UserError: no invoice, two currencies, another debtor's invoice, one already in a plan, or a schedule
            that does not add up
        """
        debtor.check_access("read")
        moves = moves.sudo().filtered(lambda move: move.amount_residual > 0)  # his own invoices, checked just below
        items = (self.env["account.move.line"] if items is None else items).sudo()  # as above
        self._check_moves(debtor, moves, items)
        currency = moves._currency_owed(items)
        owed = sum(moves.mapped("amount_residual")) + sum(items.mapped("amount_residual_currency"))
        principal = owed - values.get("credited", 0)
        total = rounded(principal + values.get("interest", 0), currency)
        try:
            rules.check_schedule(total, [one._replace(amount=rounded(one.amount, currency)) for one in instalments])
        except RuleError as error:
            raise UserError(said(self.env, error)) from error
        return (
            self.sudo()
            .create(  # a collector makes plans through this method alone, which checks
                {
                    "company_id": debtor.company_id.id,
                    "debtor_id": debtor.id,
                    "currency_id": currency.id,
                    "move_ids": [fields.Command.set(moves.ids)],
                    "item_ids": [fields.Command.set(items.ids)],
                    "principal": principal,
                    "instalment_ids": [
                        fields.Command.create({"date": one.due, "amount": float(one.amount)}) for one in instalments
                    ],
                    **values,
                }
            )
            .with_env(self.env)
        )

    @api.model
    def _check_days_to_come(self, days, on):
        """:raises UserError: all these days have passed: a plan gives time, and there is none left to give"""
        if days and max(days) < on:
            raise UserError(self.env._("Every instalment of this plan is in the past: choose days to come."))

    @api.model
    def _check_moves(self, debtor, moves, items=None):
        items = self.env["account.move.line"] if items is None else items
        self._check_own(debtor, moves, items)
        currencies = moves.currency_id | items.currency_id
        if len(currencies) > 1:
            raise UserError(self.env._("Make one plan per currency: %s.", ", ".join(currencies.mapped("name"))))
        about = Domain("move_ids", "in", moves.ids) | Domain("item_ids", "in", items.ids)
        # sudo: a plan counts, whoever asks
        known = self.sudo().search(about & Domain("state", "in", LIVE))
        if known:
            raise UserError(
                self.env._("Some of these invoices are already in the plan %s: end it first.", known[0].name)
            )
        self.env["recouvrement.holding"]._refuse_frozen(moves, items)

    def action_propose(self):
        """Propose the plan to the debtor: its invoices are left alone until the proposal ends, and payments count."""
        on = clock.today(self.env)
        for plan in self._checked("draft"):
            plan._check_moves(plan.debtor_id, plan.move_ids, plan._items_left())
            plan._bring_up_to_date(on)
            plan._check_days_to_come(plan.instalment_ids.mapped("date"), on)
            plan.write(
                {
                    "state": "proposed",
                    "started_on": on,
                    "valid_until": plan.valid_until or on + timedelta(days=15),
                    "known": plan._known_money(on),
                    "known_account": self._known_account(plan.debtor_id, on),
                }
            )
            plan._replace_promises()
            plan._take_back()

    def _items_left(self):
        """Its opening entries of which something is left: one that was paid since is not refused."""
        return self.item_ids.filtered(lambda item: item.amount_residual_currency > 0)

    def _replace_promises(self):
        """What the debtor had promised on these invoices gives way to the plan: it is not broken by it."""
        about = Domain("move_ids", "in", self.move_ids.ids) | Domain("item_ids", "in", self.item_ids.ids)
        promised = self.env["recouvrement.promise"].search(about & Domain("state", "=", "open"))
        if promised:
            promised._cancel(self.env._("In the instalment plan %s.", self.name))

    def _accept(self, on, accepted_by, signature=None, signed_file=None):
        """The debtor agrees: from a signed copy uploaded, a signature on the screen, or later his portal.

        :param signature: a PNG in base64; :param signed_file: (name, bytes)
        """
        today = clock.today(self.env)
        for plan in self._checked("draft", "proposed"):
            if not (signature or signed_file):
                raise UserError(self.env._("Upload the signed copy, or have the debtor sign on the screen."))
            self.env["recouvrement.holding"]._refuse_frozen(plan.move_ids, plan.item_ids)
            plan._check_days_to_come(plan.instalment_ids.mapped("date"), today)
            if plan.state == "draft":
                plan._refuse_stale(today)
                plan.action_propose()
            attachment = plan._keep_signed(*signed_file) if signed_file else plan.env["ir.attachment"]
            plan.write(
                {
                    "state": "active",
                    "accepted_on": on,
                    "accepted_by": accepted_by,
                    "signature": signature,
                    "signed_attachment_id": attachment.id,
                }
            )
            plan.message_post(body=self.env._("Accepted by %s.", accepted_by), attachment_ids=attachment.ids)
            plan._note_limitation(on)
            if plan.interest_mode == "frozen" and plan.interest:
                words = self.env._("Invoice the penalties of %s: the plan pays their debit note", plan.name)
                plan._tell(words, "penalties")
        self._judge(today)

    def _keep_signed(self, name, content):
        return self.env["ir.attachment"].create(
            {"name": name, "raw": content, "res_model": self._name, "res_id": self.id, "company_id": self.company_id.id}
        )

    def _note_limitation(self, on):
        """A signed plan may acknowledge the debt (C.civ 2240): noted as a possible interruption, never as sure."""
        self.env["recouvrement.limitation.event"]._note(
            self.debtor_id, self.move_ids, "signed_plan", on, self, items=self.item_ids
        )

    def _taken_back_words(self):
        return self.env._("In the instalment plan %s.", ", ".join(self.mapped("name")))

    def action_cancel(self):
        """Give the plan up: dunning takes its course again from the next night."""
        for plan in self._checked("draft", "proposed", "active"):
            plan.write({"state": "cancelled", "close_reason": self.env._("Cancelled by %s.", self.env.user.name)})
            plan.debtor_id._decide_again_now()

    def action_reopen(self):
        """Undo a cancellation or a default: the plan is judged again from the cash."""
        for plan in self._checked("cancelled", "defaulted"):
            plan._check_moves(plan.debtor_id, plan.move_ids, plan._items_left())
            state = "active" if plan.accepted_on else "proposed" if plan.started_on else "draft"
            plan.write(
                {
                    "state": state,
                    "notice_on": False,
                    "notice_served_on": False,
                    "defaulted_on": False,
                    "close_reason": False,
                }
            )
            plan.debtor_id._decide_again_now()
        self._judge(clock.today(self.env))
