from datetime import date, timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import LazyTranslate, format_amount, format_date

from ...ledger.cash import item_receipts, receipts
from ...rules import promises as rules
from ...rules.regime import regime_of

_lt = LazyTranslate(__name__)

JUDGED = ("kept", "partly_kept", "broken")
FAILED = ("partly_kept", "broken")
WRITTEN = ("email", "portal")  # origins that leave a writing
UNPROMISABLE = ("insolvent", "in_plan")  # what holds an invoice that nobody may promise to pay
STATES = [
    ("open", "Awaited"),
    ("kept", "Honoured"),
    ("partly_kept", "Partly kept"),
    ("broken", "Broken"),
    ("cancelled", "Cancelled"),
]
ORIGINS = [
    ("call", "Call"),
    ("visit", "Visit"),
    ("email", "E-mail"),
    ("portal", "Portal"),
    ("other", "Other"),
]


class RecouvrementPromise(models.Model):
    """A promise to pay (promesse de règlement): who said what, when; what became of it is read from the ledger.

    While it is open its invoices are left alone, up to its day and the tolerance. Kept, partly kept or broken is judged
    from what was reconciled with them since, again each time that changes: nobody types it.
    """

    _name = "recouvrement.promise"
    _description = "Promise to Pay"
    _inherit = [
        "recouvrement.dossier",
        "recouvrement.holding",
        "recouvrement.followed",
        "recouvrement.forewarning",
        "recouvrement.pledge",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _follow_turn = 4
    _hold_reason = "promised"
    _hold_label = _lt("Promise not yet due")
    _hold_hint = _lt("Judged by itself on the day, from the money that came in.")
    _hold_state = "promised"
    _mail_post_access = "read"  # nobody writes a promise, yet people discuss it
    _order = "date desc, id desc"

    name = fields.Char("Reference", readonly=True, copy=False, default=lambda self: self._next_number())
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company currency")
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict", readonly=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner")
    collector_id = fields.Many2one(related="debtor_id.collector_id", store=True)
    move_ids = fields.Many2many(
        "account.move", "recouvrement_promise_move_rel", "promise_id", "move_id", string="Invoices", readonly=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary("Amount promised", required=True, readonly=True)
    owed = fields.Monetary("Owed then", readonly=True, help="What was left of these invoices when it was made.")
    received = fields.Monetary(readonly=True, help="What came in for these invoices since, up to the last day.")
    amount_left = fields.Monetary("Still awaited", compute="_compute_amount_left")
    company_amount = fields.Monetary(
        "Promised, in company currency", readonly=True, currency_field="company_currency_id"
    )
    company_received = fields.Monetary(
        "Received, in company currency", readonly=True, currency_field="company_currency_id"
    )
    made_on = fields.Date("Made on", required=True, readonly=True)
    date = fields.Date("Promised for", required=True, readonly=True, index=True)
    tolerance_days = fields.Integer(
        "Tolerance (working days)", readonly=True, help="For the transfer to reach us: banks work on working days."
    )
    last_day = fields.Date(
        "Last day",
        compute="_compute_last_day",
        store=True,
        help="Reminders wait up to this day included; then it is judged.",
    )
    origin = fields.Selection(ORIGINS, required=True, default="call", readonly=True)
    author_id = fields.Many2one("res.users", "Noted by", readonly=True)
    note = fields.Text(readonly=True)
    state = fields.Selection(STATES, default="open", required=True, readonly=True, index=True, tracking=True)
    kept_on = fields.Date("Kept on", readonly=True)
    judged_on = fields.Date("Broken on", readonly=True, help="The day it was found broken, or kept in part.")
    effect = fields.Selection(
        [("task", "A task for the collector"), ("next_level", "The next level at once, and a task")],
        "If broken",
        default="task",
        required=True,
        readonly=True,
        help="As the policy said when it was made.",
    )
    remind_on = fields.Date(readonly=True, help="The day of the e-mail before it, where the policy wants one.")
    close_reason = fields.Char("Why cancelled", readonly=True)
    previous_id = fields.Many2one("recouvrement.promise", "Postponed from", readonly=True, index="btree_not_null")
    next_ids = fields.One2many("recouvrement.promise", "previous_id", "Postponed to")
    postponements = fields.Integer(readonly=True, help="How many times this promise was put off before.")
    known = fields.Json(readonly=True)  # what had come in when it was made: [[day, is credit, amount]]
    mark = fields.Char(readonly=True)  # of the reconciliations it was last judged from
    account_mark = fields.Char(readonly=True)  # of the money on account it was last judged from

    _hold_index = models.Index("(company_id, state, last_day)")
    _amount_positive = models.Constraint("CHECK(amount > 0)", "A promise is of more than zero.")

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.depends("name", "partner_id", "amount")
    def _compute_display_name(self):
        for promise in self:
            amount = format_amount(self.env, promise.amount, promise.currency_id) if promise.currency_id else ""
            promise.display_name = f"{promise.partner_id.name} – {amount} ({promise.name})"

    @api.depends("date", "tolerance_days")
    def _compute_last_day(self):
        for promise in self:
            place = promise.company_id.sudo().recouvrement_holidays or None  # a setting
            promise.last_day = promise.date and rules.last_day(promise.date, promise.tolerance_days, place)

    @api.depends("amount", "received", "state")
    def _compute_amount_left(self):
        for promise in self:
            promise.amount_left = 0 if promise.state in ("kept", "cancelled") else promise.amount - promise.received

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A promise is evidence: cancel it, it cannot be deleted."))

    # --- making -------------------------------------------------------------------------------------------------------

    @api.model
    def _make(
        self, debtor, moves, amount, on_date, *, on, origin="call", note=None, tolerance_days=None, items=None, **values
    ):
        """Note that a debtor promises to pay an amount by a day; his portal notes his own through here too.

        :param moves: the invoices he means, all in one currency; empty: all that is overdue
        :param on: the day it is made
        :param tolerance_days: those of the policy by default
        :param items: of his opening entries, those he means
        :raises UserError: no invoice, another debtor's, two currencies, an amount or a day that makes no sense,
            invoices promised already, in a plan, or frozen by insolvency proceedings
        """
        debtor.check_access("read")
        # sudo: its invoices, whatever the salesperson's rules; they are checked to be its own just below
        items = (self.env["account.move.line"] if items is None else items).sudo()
        moves = moves or (self.env["account.move"] if items else debtor._overdue_moves())
        moves = moves.sudo().filtered(lambda move: move.amount_residual > 0)  # as above
        self._check_moves(debtor, moves, on, items)
        owed = sum(moves.mapped("amount_residual")) + sum(items.mapped("amount_residual_currency"))
        currency = moves._currency_owed(items)
        self._check_terms(currency, amount, owed, on_date, on, tolerance_days)
        policy = self._policy(debtor, moves)
        # Of what is left once what was on account is deducted: that is not what it will pay.
        is_net = currency.compare_amounts(amount, moves._net_left(debtor, on, items)) <= 0
        there = [one for one in moves._credits_deducted(debtor, on, items) if not one.is_credit] if is_net else []
        company = debtor.company_id
        promise = self.sudo().create(  # a collector notes promises through this method alone, which checks
            {
                "company_id": company.id,
                "debtor_id": debtor.id,
                "move_ids": [Command.set(moves.ids)],
                "item_ids": [Command.set(items.ids)],
                "currency_id": currency.id,
                "amount": amount,
                "owed": owed,
                "company_amount": currency._convert(amount, company.currency_id, company, on),
                "made_on": on,
                "date": on_date,
                "tolerance_days": policy.promise_tolerance_days if tolerance_days is None else tolerance_days,
                "origin": origin,
                "author_id": self.env.uid,
                "note": note,
                "effect": policy.promise_effect or "task",
                "remind_on": policy.promise_reminder and on_date - timedelta(days=1),
                "known": self._known(moves, there, items),
                "known_account": self._known_account(debtor, on),
                **values,
            }
        )
        promise._take_back()
        promise._tell_made()
        promise._note_limitation()
        return promise.with_env(self.env)

    @api.model
    def _policy(self, debtor, moves):
        """The policy whose tolerance and effect apply: the one these invoices have of their own, when all have the
        same, else the debtor's, else the first that fits, else none."""
        usable = self.env["recouvrement.policy"].sudo()._usable(debtor.company_id)  # the portal's users read none
        kind = regime_of(debtor.debtor_type).policies
        fitting = usable.filtered(lambda policy: not policy.by_hand and policy.debtor_type in (False, kind))
        policies = {move.recouvrement_policy_id for move in moves.sudo()}  # the portal's users read no policy
        own = policies.pop() & usable if len(policies) == 1 else usable.browse()
        debtor = debtor.sudo()  # the portal's users read no card
        return own or debtor.policy_id & usable or fitting[:1] or debtor.company_id.recouvrement_policy_id

    @api.model
    def _check_moves(self, debtor, moves, on, items):
        self._check_own(debtor, moves, items)
        currencies = moves.currency_id | items.currency_id
        if len(currencies) > 1:
            names = ", ".join(currencies.mapped("name"))
            raise UserError(self.env._("Note one promise per currency: %s.", names))
        about = Domain("move_ids", "in", moves.ids) | Domain("item_ids", "in", items.ids)
        # sudo: a promise counts, whoever asks
        known = self.sudo().search(about & Domain("state", "=", "open"), limit=1)
        if known:
            raise UserError(
                self.env._("Some of these invoices are already promised: postpone or cancel %s first.", known.name)
            )
        # sudo: what holds an invoice counts, secret or not; only the reason is said
        holding, company = self.env["recouvrement.holding"].sudo(), debtor.company_id
        for records, holds in (
            (moves, holding._all_holds(company, moves.ids, on)),
            (items, holding._all_held_items(company, items.move_id.ids, on)),
        ):
            held = records.filtered(lambda one, holds=holds: one.id in holds and holds[one.id].reason in UNPROMISABLE)
            if held:
                words = dict(debtor._selection_reason())
                raise UserError(
                    self.env._(
                        "%(invoice)s cannot be promised: %(reason)s.",
                        invoice=held[0].display_name,
                        reason=words[holds[held[0].id].reason],
                    )
                )

    @api.model
    def _check_terms(self, currency, amount, owed, on_date, on, tolerance_days):
        if currency.compare_amounts(amount, 0) <= 0 or currency.compare_amounts(amount, owed) > 0:
            raise UserError(
                self.env._(
                    "The amount promised is more than zero, and at most what is left to pay: %s.",
                    format_amount(self.env, owed, currency),
                )
            )
        if on_date < on:
            raise UserError(self.env._("A promise is for today or a day to come."))
        if tolerance_days is not None and tolerance_days < 0:
            raise UserError(self.env._("The tolerance is a number of days, zero or more."))

    @api.model
    def _known(self, moves, more=(), items=()):
        """What had come in for these invoices when the promise was made, to be told from what comes later.

        :param more: Movements that were deducted from these invoices, and set against none yet
        :param items: of opening entries
        """
        came = self._movements(moves, receipts(self.env, moves.ids))
        came += self._movements(items, item_receipts(self.env, [item.id for item in items]))
        totals = rules.by_day([*came, *more])
        return [[str(on), is_credit, str(amount)] for (on, is_credit), amount in totals.items()]

    @api.model
    def _read_known(self, known):
        return {(date.fromisoformat(day), is_credit): Decimal(amount) for day, is_credit, amount in known or ()}

    @api.model
    def _movements(self, debts, cash):
        """Of invoices, or of items of opening entries, with the receipts of these."""
        return [
            rules.Movement(receipt.on, receipt.amount, receipt.kind == "credit")
            for debt in debts
            for receipt in cash.get(debt.id, ())
        ]

    def _taken_back_words(self):
        return self.env._("Promised: %s.", ", ".join(self.mapped("name")))

    def _note_limitation(self):
        """A promise in writing may acknowledge the debt (C.civ 2240): noted as possible; spoken words prove nothing."""
        if self.origin in WRITTEN:
            self.env["recouvrement.limitation.event"]._note(
                *(self.debtor_id, self.move_ids, "acknowledgement", self.made_on, self),
                certain=False,
                items=self.item_ids,
            )

    def _tell_made(self):
        """A word in the debtor's history, and in those of the invoices meant."""
        body = self.env._(
            "%(name)s: %(amount)s promised for %(day)s. %(note)s",
            name=self.name,
            amount=format_amount(self.env, self.amount, self.currency_id),
            day=format_date(self.env, self.date),
            note=self.note or "",
        ).strip()
        self.debtor_id.message_post(body=body)
        for move in self.move_ids:
            move.message_post(body=body)

    # --- ending -------------------------------------------------------------------------------------------------------

    def _cancel(self, reason):
        """Withdraw an open promise, saying why: dunning takes its course again from the next night."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the promise is cancelled."))
        for promise in self._checked("open"):
            promise.write({"state": "cancelled", "close_reason": reason})
            promise.debtor_id.message_post(
                body=self.env._("%(name)s cancelled: %(reason)s", name=promise.name, reason=reason)
            )
            promise.debtor_id._decide_again_now()

    def _postpone(self, on_date, *, on, amount=None, note=None, origin="call", tolerance_days=None):
        """The debtor asks for more time: a new promise linked to this one, which keeps what became of it."""
        self.ensure_one()
        old = self._checked("open", *FAILED)
        left = amount or max(self.amount - self.received, 0)
        moves = self.move_ids
        items = old.item_ids.filtered(lambda item: item.amount_residual_currency > 0)
        if old.state == "open":
            day = format_date(self.env, on_date)
            old.write({"state": "cancelled", "close_reason": self.env._("Put off to %s.", day)})
        return self._make(
            self.debtor_id,
            moves,
            # sudo: his own debts
            min(left, sum(moves.sudo().mapped("amount_residual")) + sum(items.mapped("amount_residual_currency"))),
            on_date,
            on=on,
            items=items,
            origin=origin,
            note=note,
            tolerance_days=tolerance_days,
            previous_id=self.id,
            postponements=self.postponements + 1,
        )

    # --- reliability --------------------------------------------------------------------------------------------------

    def action_postpone(self):
        """The dialog of a new promise, linked to this one."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_promise_wizard_action")
        return {**action, "context": {"default_previous_id": self.id}}
