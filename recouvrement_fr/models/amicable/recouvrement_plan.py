from datetime import date, timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, LazyTranslate, format_amount, format_date, split_every

from ...ledger.cash import receipts
from ...rules import instalments as rules
from ...rules import promises
from ...rules.deadlines import day_deadline
from ...rules.errors import RuleError
from ...rules.escalation import Hold
from ...rules.on_account import Pledge
from ...rules.regime import COMMERCIAL, PUBLIC, regime_of
from ...tools import clock
from ...tools.bulk import any_of, keep_page
from ...tools.formats import Formats, exact, rounded
from ..base.acts import refuse_typed
from ..base.rule_words import said
from ..decision.recouvrement_pledge import shares

_lt = LazyTranslate(__name__)

PAGE = 200  # plans judged from one reading of the ledger
WATCHED_DAYS = 400  # a payment that comes back later than this reopens no plan
RECEIPT_DAYS = 10  # after which somebody is asked when the notice of default reached the debtor
LIVE = ("proposed", "active")  # what holds its invoices
STATES = [
    ("draft", "Draft"),
    ("proposed", "Proposed"),
    ("active", "Active"),
    ("kept", "Kept"),
    ("defaulted", "Defaulted"),
    ("cancelled", "Cancelled"),
]


class RecouvrementPlan(models.Model):
    """An instalment plan (échéancier, protocole d'accord): a layer above the ledger, judged from the cash.

    The due dates of the invoices stay, no entry is made. While it is proposed or active it holds the dunning of its
    invoices; every instalment is judged from the payments reconciled with them, and judged again when one comes back.
    """

    _name = "recouvrement.plan"
    _description = "Instalment Plan"
    _inherit = [
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
    principal = fields.Monetary(readonly=True, help="What was left of the invoices when the plan was made.")
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
    document_count = fields.Integer(compute="_compute_document_count")

    _hold_index = models.Index("(company_id, state)")

    @api.model
    def _next_number(self):
        # The sequence is configuration: whoever makes a plan takes a number of it.
        return self.env["ir.sequence"].sudo().next_by_code("recouvrement.plan")

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.depends("instalment_ids.amount", "instalment_ids.paid", "instalment_ids.state", "instalment_ids.date")
    def _compute_amounts(self):
        for plan in self:
            plan.amount_total = sum(plan.instalment_ids.mapped("amount"))
            plan.amount_paid = sum(plan.instalment_ids.mapped("paid"))
            plan.amount_left = plan.amount_total - plan.amount_paid
            waiting = plan.instalment_ids.filtered(lambda one: one.state not in ("paid", "paid_late"))
            plan.next_due = min(waiting.mapped("date"), default=False)

    def _compute_document_count(self):
        groups = self.env["recouvrement.document"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
        )
        counts = dict(groups)
        for plan in self:
            plan.document_count = counts.get(plan.id, 0)

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
    def _make(self, debtor, moves, instalments, **values):
        """A draft plan of these invoices; the debtor's portal makes its proposals through here too.

        :param instalments: rules.instalments.Instalment values, which have to add up to what the plan pays
        :raises UserError: no invoice, two currencies, another debtor's invoice, one already in a plan, or a schedule
            that does not add up
        """
        debtor.check_access("read")
        moves = moves.sudo().filtered(lambda move: move.amount_residual > 0)  # his own invoices, checked just below
        self._check_moves(debtor, moves)
        principal = sum(moves.mapped("amount_residual"))
        total = rounded(principal + values.get("interest", 0), moves.currency_id)
        try:
            rules.check_schedule(
                total, [one._replace(amount=rounded(one.amount, moves.currency_id)) for one in instalments]
            )
        except RuleError as error:
            raise UserError(said(self.env, error)) from error
        return (
            self.sudo()
            .create(  # a collector makes plans through this method alone, which checks
                {
                    "company_id": debtor.company_id.id,
                    "debtor_id": debtor.id,
                    "currency_id": moves.currency_id.id,
                    "move_ids": [fields.Command.set(moves.ids)],
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
    def _check_days_to_come(self, days):
        """:raises UserError: all these days have passed: a plan gives time, and there is none left to give"""
        if days and max(days) < clock.today(self.env):
            raise UserError(self.env._("Every instalment of this plan is in the past: choose days to come."))

    @api.model
    def _check_moves(self, debtor, moves):
        if not moves:
            raise UserError(debtor._no_invoice_to_choose())
        if "entry" in moves.mapped("move_type"):
            raise UserError(debtor._entries_refused())
        if len(moves.currency_id) > 1:
            raise UserError(self.env._("Make one plan per currency: %s.", ", ".join(moves.currency_id.mapped("name"))))
        tree = debtor.company_id._recouvrement_tree()
        strangers = moves.filtered(
            lambda move: move.commercial_partner_id != debtor.partner_id
            or move.company_id.id not in tree
            or not move.is_sale_document()
            or move.state != "posted"
        )
        if strangers:
            raise UserError(
                self.env._("Not posted invoices of this debtor: %s.", ", ".join(strangers.mapped("display_name")))
            )
        known = self.sudo().search([("move_ids", "in", moves.ids), ("state", "in", LIVE)])
        if known:
            raise UserError(
                self.env._("Some of these invoices are already in the plan %s: end it first.", known[0].name)
            )
        self.env["recouvrement.holding"]._refuse_frozen(moves)

    def action_propose(self):
        """Propose the plan to the debtor: its invoices are left alone until the proposal ends, and payments count."""
        on = clock.today(self.env)
        for plan in self._checked("draft"):
            plan._check_moves(plan.debtor_id, plan.move_ids)
            plan._check_days_to_come(plan.instalment_ids.mapped("date"))
            plan.write(
                {
                    "state": "proposed",
                    "started_on": on,
                    "valid_until": plan.valid_until or on + timedelta(days=15),
                    "known": self.env["recouvrement.promise"]._known(plan._paid_moves()),
                    "known_account": self._known_account(plan.debtor_id),
                }
            )
            plan._replace_promises()
            plan._cancel_waiting()

    def _replace_promises(self):
        """What the debtor had promised on these invoices gives way to the plan: it is not broken by it."""
        promised = self.env["recouvrement.promise"].search(
            [("move_ids", "in", self.move_ids.ids), ("state", "=", "open")]
        )
        if promised:
            promised._cancel(self.env._("In the instalment plan %s.", self.name))

    def _accept(self, on, accepted_by, signature=None, signed_file=None):
        """The debtor agrees: from a signed copy uploaded, a signature on the screen, or later his portal.

        :param signature: a PNG in base64; :param signed_file: (name, bytes)
        """
        for plan in self._checked("draft", "proposed"):
            if not (signature or signed_file):
                raise UserError(self.env._("Upload the signed copy, or have the debtor sign on the screen."))
            self.env["recouvrement.holding"]._refuse_frozen(plan.move_ids)
            plan._check_days_to_come(plan.instalment_ids.mapped("date"))
            if plan.state == "draft":
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
                plan._tell(self.env._("Invoice the penalties of %s: the plan pays their debit note", plan.name))
        self._judge(clock.today(self.env))

    def _keep_signed(self, name, content):
        return self.env["ir.attachment"].create(
            {"name": name, "raw": content, "res_model": self._name, "res_id": self.id, "company_id": self.company_id.id}
        )

    def _note_limitation(self, on):
        """A signed plan may acknowledge the debt (C.civ 2240): noted as a possible interruption, never as sure."""
        self.env["recouvrement.limitation.event"]._note(self.debtor_id, self.move_ids, "signed_plan", on, self)

    def _checked(self, *states):
        """These plans as superuser, once the rights and the state are checked: collectors act through buttons alone."""
        self.check_access("read")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for plan in self:
            if plan.state not in states:
                raise UserError(
                    self.env._(
                        "%(plan)s is %(state)s: this cannot be done any more.", plan=plan.name, state=labels[plan.state]
                    )
                )
        return self.sudo()

    def _cancel_waiting(self):
        """What was about to leave for these invoices is taken back; the next night decides again."""
        why = self.env._("In the instalment plan %s.", ", ".join(self.mapped("name")))
        self.env["recouvrement.reminder"]._withdraw(self.move_ids, why, "in_plan")
        self.debtor_id._decide_again_now()

    def action_cancel(self):
        """Give the plan up: dunning takes its course again from the next night."""
        for plan in self._checked("draft", "proposed", "active"):
            plan.write({"state": "cancelled", "close_reason": self.env._("Cancelled by %s.", self.env.user.name)})
            plan.debtor_id._decide_again_now()

    def action_reopen(self):
        """Undo a cancellation or a default: the plan is judged again from the cash."""
        for plan in self._checked("cancelled", "defaulted"):
            plan._check_moves(plan.debtor_id, plan.move_ids)
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

    # --- judging ------------------------------------------------------------------------------------------------------

    @api.model
    def _holds(self, company, moves, on):
        """{move id: Hold} of the invoices in a plan proposed or active (of all when given None), in one statement."""
        wanted = SQL("TRUE") if moves is None else SQL("rel.move_id = %s", any_of(moves))
        self.flush_model(["state", "move_ids"])
        rows = self.env.execute_query(
            SQL(
                "SELECT rel.move_id FROM recouvrement_plan_move_rel rel JOIN recouvrement_plan p ON p.id = rel.plan_id"
                " WHERE p.company_id = %s AND p.state IN %s AND %s",
                company.id,
                LIVE,
                wanted,
            )
        )
        return {move_id: Hold("in_plan") for (move_id,) in rows}

    @api.model
    def _next_steps(self, debtors):
        """A plan proposed waits for its signature; one that is active, for its next instalment."""
        found = self.search([("debtor_id", "in", debtors.ids), ("state", "in", LIVE)], order="id desc")
        return {plan.debtor_id: plan._next_step() for plan in found}

    def _next_step(self):
        if self.state == "proposed":
            return self.env._("Plan proposed: wait for the signature")
        row = self.instalment_ids.filtered(lambda found: found.date == self.next_due)[:1]
        if not row:
            return self.env._("Plan %s followed", self.name)
        return self.env._(
            "Plan: instalment of %(amount)s on %(day)s",
            amount=format_amount(self.env, row.amount - row.paid, self.currency_id),
            day=format_date(self.env, row.date),
        )

    @api.model
    def _follow_up(self, on):
        """Judge what is live, and what was closed while a payment may still come back; remind of what falls due.

        Bounded by the plans in progress or kept of late, never by the ledger; their cash is read page by page.
        """
        since = on - timedelta(days=WATCHED_DAYS)
        ids = self.search(
            ["|", ("state", "in", LIVE), "&", ("state", "=", "kept"), ("kept_on", ">=", since)], order="id"
        ).ids
        for page in split_every(PAGE, ids):
            self.browse(page)._judge(on)
            keep_page(self.env)
        self._remind(on)

    def _judge(self, on):
        """Write what became of each instalment, and draw what follows; rows whose cash did not move are not touched."""
        mine = self.sudo().filtered(lambda plan: plan.state in (*LIVE, "kept"))
        # read and written by the night, and by whoever acts on the plan
        new = mine._new_movements(on)
        pledged, shared = mine._pledged(new), {}
        for company, members in mine.grouped("company_id").items():
            more = [(plan.partner_id.id, pledged[plan]) for plan in members]
            for found in shares(self.env, company, members.partner_id.ids, on, more).values():
                for share in found:
                    shared.setdefault(share.name, []).append(rules.Payment(share.on, share.amount))
        for plan in mine:
            plan._judge_instalments(new[plan], shared.get(pledged[plan].name, []), on)
            if plan.state == "proposed" and plan.valid_until and plan.valid_until < on:
                plan._expire()
            elif plan.state == "active" and not plan._left():
                plan._keep(on) if plan._is_paid(new[plan]) else plan._end_credited()
            elif plan.state == "kept" and plan._left():
                plan._reopen_returned()
            elif plan.state == "active":
                plan._follow_default(on)
        self.sudo()._stop_frozen()  # a payment that comes back after the judgment revives no plan

    def _paid_moves(self):
        """The invoices the plan pays, with the debit notes of the penalties it pays too (frozen mode)."""
        frozen = self.filtered(lambda plan: plan.interest_mode == "frozen").move_ids
        rows = self.env["recouvrement.accessory"].sudo().search([("move_id", "in", frozen.ids)]) if frozen else None
        return self.sudo().move_ids | rows.penalty_move_id if rows else self.sudo().move_ids  # the debtor's own

    def _new_movements(self, on):
        """{plan: the movements of what it pays since it was proposed}, in one statement."""
        promise, cash = self.env["recouvrement.promise"], receipts(self.env, self._paid_moves().ids, on)
        return {
            plan: promises.news(promise._movements(plan._paid_moves(), cash), promise._read_known(plan.known))
            if plan.started_on
            else []
            for plan in self
        }

    def _pledged(self, new):
        """{plan: Pledge}: what its instalments still await once what was allocated is deducted."""
        return {
            plan: Pledge(
                ("plan", plan.id),
                frozenset(plan._paid_moves().ids),
                plan.currency_id.id,
                max(
                    exact(plan.amount_total) - sum((movement.amount for movement in new[plan]), Decimal(0)),
                    Decimal(0),
                )
                if plan.started_on
                else Decimal(0),
                plan.next_due or plan.started_on or date.max,
                plan._account(plan.started_on or date.max),
            )
            for plan in self
        }

    @api.model
    def _pledges(self, company, partner_ids, on):
        """[(commercial partner id, Pledge)] of the plans that wait for money, or that money on account keeps."""
        plans = self.search(
            [
                ("company_id", "=", company.id),
                ("debtor_id.partner_id", "in", list(partner_ids)),
                "|",
                ("state", "in", LIVE),
                "&",
                ("unallocated", ">", 0),
                ("state", "=", "kept"),
            ]
        )
        return [(plan.partner_id.id, pledge) for plan, pledge in plans._pledged(plans._new_movements(on)).items()]

    def _person(self):
        return self.debtor_id._person_in_charge()

    def _judge_instalments(self, new, on_account, on):
        """Write what became of each instalment.

        :param on_account: Payments that nobody has allocated yet: he has paid
        """
        payments = sorted([*(rules.Payment(one.on, one.amount) for one in new), *on_account])
        unallocated = float(sum((payment.amount for payment in on_account), Decimal(0)))
        if self.currency_id.compare_amounts(self.unallocated, unallocated):
            self.unallocated = unallocated
        self._ask_to_allocate(
            self.env._("Money on account counts for the plan %s: allocate it to the invoices", self.name)
        )
        rows = self.instalment_ids.sorted("date")
        due = [rules.Instalment(row.date, exact(row.amount)) for row in rows]
        for row, found in zip(rows, rules.judge(due, payments, on, self.tolerance_days), strict=True):
            paid = float(found.paid)
            if (row.state, row.paid_on or None) != (found.state, found.paid_on) or row.paid != paid:
                row.write({"state": found.state, "paid": paid, "paid_on": found.paid_on})

    def _is_paid(self, new):
        """Whether any money paid it: a debtor who was credited of the whole has neither paid nor failed."""
        return bool(self.unallocated) or any(not movement.is_credit for movement in new)

    def _end_credited(self):
        self.write({"state": "cancelled", "close_reason": self.env._("Credited: nothing was left to pay.")})
        self.activity_ids.unlink()  # they ask to claim instalments
        self.debtor_id._decide_again_now()

    def _keep(self, on):
        """Every instalment was paid: the penalties that the parties gave up are waived, and the plan is over."""
        self.write({"state": "kept", "kept_on": on, "close_reason": self.env._("Every instalment was paid.")})
        if self.interest_mode != "running":
            accessories = self.env["recouvrement.accessory"].sudo()  # the plan itself says what is given up
            accessories._collect(self.company_id, on, self.debtor_id)
            rows = accessories.search([("move_id", "in", self.move_ids.ids), ("state", "in", ("accrued", "claimed"))])
            rows = rows.filtered(lambda row: row.amount_left > 0)
            rows._waive({row: row.amount_left for row in rows}, self._waiver())
        self.debtor_id._decide_again_now()

    def _waiver(self):
        return self.env._("Plan %s kept", self.name)

    def _left(self):
        return self.instalment_ids.filtered(lambda row: row.state not in ("paid", "paid_late"))

    def _expire(self):
        last_day = format_date(self.env, self.valid_until)
        self.write({"state": "cancelled", "close_reason": self.env._("Not accepted by %s.", last_day)})
        self._tell(self.env._("The proposal %s was not accepted in time", self.name))
        self.debtor_id._decide_again_now()

    def _reopen_returned(self):
        """A payment came back: the plan is in force again, and what it had given up is owed again."""
        self.write({"state": "active", "kept_on": False, "close_reason": False})
        rows = (
            self.env["recouvrement.accessory"]
            .sudo()  # as it was given up
            .search([("move_id", "in", self.move_ids.ids), ("waive_reason", "=", self._waiver())])
        )
        rows._cancel_waiver(self.env._("A payment of the plan %s came back", self.name))
        self._cancel_waiting()
        self._tell(self.env._("A payment of the plan %s came back", self.name))
        self.debtor_id._decide_again_now()

    def _follow_default(self, on):
        """A missed instalment calls the collector, who sends the notice; its term over, the whole becomes due."""
        missed = self.instalment_ids.filtered(lambda row: row.state == "missed")
        if not missed:
            asked = self._ask_notice(), self._ask_served()
            self.activity_ids.filtered(lambda activity: activity.summary in asked).unlink()
            if self.notice_on:  # made good: a later default asks for another notice
                self.write({"notice_on": False, "notice_served_on": False})
        elif not self.notice_on:
            self._tell(self._ask_notice())
        elif not self.notice_served_on:
            if on > self.notice_on + timedelta(days=RECEIPT_DAYS):
                self._tell(self._ask_served())
        elif self.has_acceleration and on > self._notice_until():
            self._default(on)

    def _notice_until(self):
        """The last day of the term its notice of default leaves: counted from its receipt, up to a working day."""
        place = self.company_id.root_id.sudo().recouvrement_holidays or None  # a setting
        return day_deadline(self.notice_served_on, self.notice_days, place)

    def _ask_notice(self):
        return self.env._("An instalment of the plan %s is missed: send the notice of default", self.name)

    def _ask_served(self):
        return self.env._("When did the notice of default of the plan %s reach the debtor?", self.name)

    def _default(self, on):
        self.write(
            {
                "state": "defaulted",
                "defaulted_on": on,
                "close_reason": self.env._("The notice of default was not answered."),
            }
        )
        self._tell(self.env._("The plan %s is defaulted: the whole is due", self.name))
        self.debtor_id._decide_again_now()

    def _tell(self, summary):
        """Ask the collector, once for each summary."""
        known = self.activity_ids.filtered(lambda activity: activity.summary == summary)
        if not known:
            person = self.debtor_id._person_in_charge()
            self.activity_schedule("mail.mail_activity_data_warning", user_id=person.id, summary=summary)

    @api.model
    def _remind(self, on):
        """An e-mail before each instalment, once; whoever follows the debtor is told of one that did not leave."""
        if self.env["recouvrement.exit"]._is_neutralized():
            return
        rows = (
            self.env["recouvrement.plan.instalment"]
            .search(
                [
                    ("plan_id.state", "=", "active"),
                    ("state", "=", "upcoming"),
                    ("reminded_on", "=", False),
                    ("mail_id", "=", False),
                    ("date", "<=", on + timedelta(days=60)),
                ]
            )
            ._outside_gaps(on)
        )
        template = self.env.ref("recouvrement_fr.mail_template_plan_instalment", raise_if_not_found=False)
        frozen = self.env["recouvrement.holding"]._frozen_moves(rows.plan_id.move_ids)
        if template:
            rows.filtered(lambda row: row._is_to_remind(on) and not row.plan_id.move_ids & frozen)._forewarn(template)
        rows._tell_unsent()

    # --- notice of default, documents ---------------------------------------------------------------------------------

    def action_notice(self):
        """Draft the notice of default: a person posts it, then notes the day it was received: its term runs from it."""
        self.ensure_one()
        on = clock.today(self.env)
        plan = self._checked("active")
        self.env["recouvrement.holding"]._refuse_frozen(plan.move_ids)
        if not plan.instalment_ids.filtered(lambda row: row.state == "missed"):
            raise UserError(self.env._("No instalment of this plan is missed."))
        document = plan.env["recouvrement.document"]._draft(
            "recouvrement_fr.document_plan_notice",
            "Mise en demeure – échéancier non respecté",
            plan.debtor_id,
            plan,
            plan._document_values(on),
            date=on,
            addressee_id=plan.debtor_id._addressee().id,
        )
        plan.notice_on = on
        return document.with_env(self.env)._get_records_action()

    def _notice_served(self, on):
        """The notice of default was presented to the debtor that day: its term runs from there (C.civ 1344, 1305-4)."""
        for plan in self._checked("active"):
            if not plan.notice_on or on < plan.notice_on or on > clock.today(self.env):
                raise UserError(self.env._("The notice is received after it was written, and not in advance."))
            plan.notice_served_on = on
            plan.message_post(body=self.env._("Notice of default received on %s.", format_date(self.env, on)))

    def action_protocol(self):
        """Draft the protocol of agreement (protocole d'accord), to be signed in as many originals as parties."""
        return self._draft_document("recouvrement_fr.document_protocol", "Protocole d'accord de règlement", copies=2)

    def action_acknowledgement(self):
        """Draft the acknowledgement of debt: the debtor writes the amount in words and in figures (C.civ 1376)."""
        return self._draft_document("recouvrement_fr.document_acknowledgement", "Reconnaissance de dette")

    def _draft_document(self, template, title, copies=1):
        self.ensure_one()
        self.env["recouvrement.holding"]._refuse_frozen(self.move_ids)
        on = clock.today(self.env)
        document = self.env["recouvrement.document"]._draft(
            template, title, self.debtor_id, self, self.sudo()._document_values(on), date=on, copies=copies
        )
        return document._get_records_action()

    def action_open_documents(self):
        self.ensure_one()
        self.check_access("read")
        documents = self.env["recouvrement.document"].search([("res_model", "=", self._name), ("res_id", "=", self.id)])
        return documents._get_records_action(
            name=self.env._("Documents"), domain=[("res_model", "=", self._name), ("res_id", "=", self.id)]
        )

    def _interest_words(self):
        """How the law of this debtor names what its delay costs: no fixed indemnity but from professionals and public
        buyers (C.com L441-10 II; CCP D2192-35)."""
        law = regime_of(self.debtor_id.debtor_type)
        names = {COMMERCIAL: "intérêts et pénalités de retard", PUBLIC: "intérêts moratoires"}
        name = names.get(law.letter, "intérêts au taux légal")
        indemnity = " et indemnités forfaitaires de recouvrement" if law.indemnity else ""
        return {"interest_name": name, "accessories": f"{name}{indemnity}"}

    def _document_values(self, on):
        """What the documents print, ready to be shown, in French."""
        formats, currency = Formats("fr_FR"), self.currency_id
        money = lambda amount: formats.money(amount, currency)  # noqa: E731
        missed = self.instalment_ids.filtered(lambda row: row.state == "missed")
        missed_amount = sum(row.amount - row.paid for row in missed)
        return {
            "reference": self.name,
            "total": money(self.amount_total),
            "words": formats.words(self.amount_total, currency),
            "principal": money(self.principal),
            "interest": money(self.interest) if self.interest else "",
            "interest_mode": self.interest_mode,
            **self._interest_words(),
            "representative": self.company_id.recouvrement_representative or "",
            "is_person": regime_of(self.debtor_id.debtor_type).is_person and not self.partner_id.is_company,
            "has_acceleration": self.has_acceleration,
            "notice_days": self.notice_days,
            "tolerance_days": self.tolerance_days,
            "started_on": formats.long(self.started_on or on),
            "invoices": [
                {
                    "number": move.name,
                    "date": formats.short(move.invoice_date),
                    "due": formats.short(move.invoice_date_due),
                    "total": money(move.amount_total),
                    "left": money(move.amount_residual),
                }
                for move in self.move_ids.sorted(lambda move: (move.invoice_date_due, move.id))
            ],
            "instalments": [
                {
                    "number": number,
                    "date": formats.long(row.date),
                    "amount": money(row.amount),
                    "left": money(row.amount - row.paid),
                    "is_missed": row.state == "missed",
                }
                for number, row in enumerate(self.instalment_ids.sorted("date"), start=1)
            ],
            "missed": money(missed_amount),
            "missed_words": formats.words(missed_amount, currency),
            "left": money(self.amount_left),
        }

    # --- stopped by a judgment ----------------------------------------------------------------------------------------

    @api.model
    def _in_force(self):
        return LIVE

    def _stop_for(self, reason):
        self.write({"state": "cancelled", "close_reason": reason})
        self.activity_ids.unlink()  # they ask to claim instalments
        self.message_post(body=reason)

    def _go_on(self):
        self.action_reopen()
