from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger.open_items import LEVELS
from ...tools import clock
from ...tools.readers import COLLECTION_READERS
from ..penalties.recouvrement_accrual import Owed

OPEN = [("state", "=", "posted"), ("move_type", "in", ("out_invoice", "out_receipt"))]
STATES = [
    ("none", "Not reminded"),
    ("reminded", "Reminded"),
    ("formal_notice", "Formal notice"),
    ("disputed", "Disputed"),
    ("promised", "Promised"),
    ("plan", "Instalment plan"),
    ("litigation", "Litigation"),
    ("insolvency", "Insolvency"),
    ("paused", "Paused"),
]

STATE_OF_HOLD = {
    "insolvent": "insolvency",
    "in_case": "litigation",
    "in_plan": "plan",
    "promised": "promised",
    "disputed": "disputed",
    "paused": "paused",
}


class AccountMove(models.Model):
    _inherit = "account.move"

    # The levels are facts read from what was sent: computed from reminder lines when they leave, never written.
    dunning_level_id = fields.Many2one(
        "recouvrement.level",
        "Dunning level",
        compute="_compute_dunning",
        store=True,
        index="btree_not_null",
        copy=False,
        help="The highest level this invoice has carried on a reminder that was handed over.",
        groups=COLLECTION_READERS,
    )
    dunning_date = fields.Date(
        "Dunning date", compute="_compute_dunning", store=True, copy=False, groups=COLLECTION_READERS
    )
    dunning_state = fields.Selection(
        STATES,
        "Dunning state",
        compute="_compute_dunning_state",
        search="_search_dunning_state",
        groups=COLLECTION_READERS,
    )
    dunning_next_level_id = fields.Many2one(
        "recouvrement.level",
        "Debtor's next level",
        compute="_compute_dunning_next",
        search="_search_dunning_next_level_id",
        help="Of the next reminder to its debtor, which the worst of his invoices carries: this one or another.",
        groups=COLLECTION_READERS,
    )
    dunning_next_date = fields.Date(
        "Debtor's next action",
        compute="_compute_dunning_next",
        search="_search_dunning_next_date",
        help="The next day on which the night looks at this debtor by itself.",
        groups=COLLECTION_READERS,
    )
    days_overdue = fields.Integer(
        "Days overdue", compute="_compute_days_overdue", search="_search_days_overdue", groups=COLLECTION_READERS
    )
    late_interest = fields.Monetary(
        "Late-payment interest",
        compute="_compute_late_interest",
        help="To this day, at the rate of each half-year (C.com L441-10), or the legal rate from the formal notice for "
        "consumers (C.civ 1231-6).",
        groups=COLLECTION_READERS,
    )
    recovery_indemnity = fields.Monetary(
        "Recovery indemnity",
        compute="_compute_late_interest",
        currency_field="company_currency_id",
        help="40 euros per late invoice (C.com D441-5).",
        groups=COLLECTION_READERS,
    )
    recouvrement_policy_id = fields.Many2one(
        "recouvrement.policy",
        "Dunning policy",
        inverse="_inverse_recouvrement_policy_id",
        copy=False,
        index="btree_not_null",
        help="For this invoice alone, instead of its debtor's policy.",
        groups=COLLECTION_READERS,
    )
    recouvrement_debtor_id = fields.Many2one(
        "recouvrement.debtor",
        "Debtor card",
        compute="_compute_recouvrement_debtor_id",
        groups="recouvrement_fr.group_recouvrement_user",
    )
    recouvrement_line_ids = fields.One2many(
        "recouvrement.reminder.line", "move_id", groups="recouvrement_fr.group_recouvrement_user"
    )
    recouvrement_reminder_count = fields.Integer(
        "Reminders",
        compute="_compute_recouvrement_reminder_count",
        groups="recouvrement_fr.group_recouvrement_user",
    )

    # --- penalties and indemnities, net of waivers, in company currency ---
    accessory_accrued = fields.Monetary(
        "Penalties accrued",
        compute="_compute_accessories",
        currency_field="company_currency_id",
        groups="recouvrement_fr.group_recouvrement_user",
        help="Computed, not yet claimed from the debtor.",
    )
    accessory_claimed = fields.Monetary(
        "Penalties claimed",
        compute="_compute_accessories",
        currency_field="company_currency_id",
        groups="recouvrement_fr.group_recouvrement_user",
        help="Asked in a letter, not on a debit note.",
    )
    accessory_invoiced = fields.Monetary(
        "Penalties invoiced",
        compute="_compute_accessories",
        currency_field="company_currency_id",
        groups="recouvrement_fr.group_recouvrement_user",
        help="On a debit note, paid or not.",
    )
    accessory_waived = fields.Monetary(
        "Penalties waived",
        compute="_compute_accessories",
        currency_field="company_currency_id",
        groups="recouvrement_fr.group_recouvrement_user",
    )

    def _compute_accessories(self):
        rows = self.env["recouvrement.accessory"].search([("move_id", "in", self.ids)])
        by_move = rows.grouped("move_id")
        for move in self:
            mine = by_move.get(move, rows.browse())
            left = defaultdict(float)
            for row in mine:
                left[row.state] += row.company_amount
            move.accessory_accrued = left["accrued"]
            move.accessory_claimed = left["claimed"]
            move.accessory_invoiced = left["invoiced"] + left["paid"]
            move.accessory_waived = sum(row._in_company_currency(row.amount_waived) for row in mine)

    def _check_is_collector(self):
        """A debtor reads his own invoices on the portal: what was done about them is for collectors."""
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):
            raise AccessError(self.env._("Only collectors can do this."))
        self.check_access("read")

    def action_book_accessories(self):
        """A draft debit note of what the lateness of these invoices brought."""
        self._check_is_collector()
        return (
            self.env["recouvrement.accessory"]
            .search([("move_id", "in", self.ids), ("state", "in", ("accrued", "claimed"))])
            .action_book()
        )

    def action_open_accessories(self):
        """What the lateness of these invoices brought."""
        self._check_is_collector()
        rows = self.env["recouvrement.accessory"].search([("move_id", "in", self.ids)])
        return rows._get_records_action(
            name=self.env._("Penalties and indemnities"), domain=[("move_id", "in", self.ids)]
        )

    def _compute_dunning(self):
        """From the lines of reminders that were handed over; dispatch asks for it."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (l.move_id) l.move_id, l.level_id, r.sent_date
                  FROM recouvrement_reminder_line l
                  JOIN recouvrement_reminder r ON r.id = l.reminder_id
                  JOIN %s v ON v.id = l.level_id
                 WHERE l.move_id IN %s AND l.role = 'carried' AND l.cancelled IS NOT TRUE AND r.state = 'sent'
              ORDER BY l.move_id, l.cycle DESC, v.stage DESC, v.rank DESC, r.sent_date DESC
                """,
                LEVELS,
                tuple(self._origin.ids) or (0,),
            )
        )
        reached = {move_id: (level_id, sent) for move_id, level_id, sent in rows}
        for move in self:
            move.dunning_level_id, move.dunning_date = reached.get(move._origin.id, (False, False))

    def _inverse_recouvrement_policy_id(self):
        """Have the next night look at the debtors again: this policy decides for their invoice."""
        for card in self._debtor_cards().values():
            card._decide_again_now()

    def _refresh_dunning(self):
        """Recompute the level of these invoices: reminders that carry them have just left."""
        for name in ("dunning_level_id", "dunning_date"):
            self.env.add_to_compute(self._fields[name], self)

    @api.depends("dunning_level_id.kind", "partner_id")
    def _compute_dunning_state(self):
        today = clock.today(self.env)
        paused = self._paused_debtors(today)
        held = self._held_states(today)
        for move in self:
            if move._origin.id in held:
                move.dunning_state = held[move._origin.id]
            elif (move.company_id.root_id.id, move.commercial_partner_id.id) in paused and move.state == "posted":
                move.dunning_state = "paused"
            elif move.dunning_level_id:
                formal = move.dunning_level_id.sudo().kind == "formal_notice"  # shown to whoever sees the invoice
                move.dunning_state = "formal_notice" if formal else "reminded"
            else:
                move.dunning_state = "none"

    def _held_states(self, today):
        """{move id: the state that what holds it gives}, in a constant number of statements per company."""
        run = self.env["recouvrement.run"].sudo()  # that it is held is shown to whoever sees the invoice; why is not
        states = {}
        for company, moves in (
            self._origin.filtered(lambda move: move.state == "posted")
            .grouped(lambda move: move.company_id.root_id)
            .items()
        ):
            for move_id, hold in run._holds(company, moves.ids, today).items():
                if hold.reason in STATE_OF_HOLD:
                    states[move_id] = STATE_OF_HOLD[hold.reason]
        return states

    def _paused_debtors(self, today):
        cards = (
            self.env["recouvrement.debtor"]
            .sudo()  # that a debtor is paused is shown to whoever sees the invoice; why is not
            .search([("paused_until", ">=", today), ("partner_id", "in", self.commercial_partner_id.ids)])
        )
        return {(card.company_id.id, card.partner_id.id) for card in cards}

    @api.model
    def _search_dunning_state(self, operator, value):
        self._check_field_access(self._fields["dunning_state"], "read")  # the ORM asks it of columns alone
        if operator not in ("in", "not in"):
            return NotImplemented
        today = clock.today(self.env)
        paused = Domain(
            "commercial_partner_id",
            "in",
            self.env["recouvrement.debtor"].sudo().search([("paused_until", ">=", today)]).partner_id.ids,
        ) & Domain("state", "=", "posted")
        held = self.env["recouvrement.run"].sudo()._held_moves(today)  # as the state itself shows it
        first = {}
        for move_id, reason in held.items():
            first.setdefault(STATE_OF_HOLD.get(reason), []).append(move_id)
        free = Domain("id", "not in", [move_id for state, ids in first.items() if state for move_id in ids])
        known = {
            "paused": paused,
            "formal_notice": ~paused & Domain("dunning_level_id.kind", "=", "formal_notice"),
            "reminded": ~paused & Domain("dunning_level_id.kind", "in", ("pre_due", "reminder", "case_proposal")),
            "none": ~paused & Domain("dunning_level_id", "=", False),
        }
        domain = Domain.OR(
            (known.get(state, Domain.FALSE) & free) | Domain("id", "in", first.get(state, [])) for state in value
        )
        return ~domain if operator == "not in" else domain

    @api.depends_context("company")
    @api.depends("commercial_partner_id", "company_id")
    def _compute_recouvrement_debtor_id(self):
        cards = self._debtor_cards()
        for move in self:
            move.recouvrement_debtor_id = cards.get((move.company_id.root_id, move.commercial_partner_id))

    def _debtor_cards(self):
        cards = (
            self.env["recouvrement.debtor"]
            .sudo()  # the invoice's own fields guard who reads them
            .search(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "in", self.company_id.root_id.ids),
                ]
            )
        )
        return {(card.company_id, card.partner_id): card for card in cards}

    @api.depends("payment_state", "commercial_partner_id")
    def _compute_dunning_next(self):
        cards = self._debtor_cards()
        for move in self:
            owed = move.state == "posted" and move.is_sale_document() and move.payment_state in ("not_paid", "partial")
            card = owed and cards.get((move.company_id.root_id, move.commercial_partner_id))
            move.dunning_next_level_id = card.next_level_id if card else False
            move.dunning_next_date = card.next_date if card else False

    @api.model
    def _search_dunning_next_date(self, operator, value):
        self._check_field_access(self._fields["dunning_next_date"], "read")  # the ORM asks it of columns alone
        return self._search_cards("next_date", operator, value)

    @api.model
    def _search_dunning_next_level_id(self, operator, value):
        self._check_field_access(self._fields["dunning_next_level_id"], "read")  # the ORM asks it of columns alone
        return self._search_cards("next_level_id", operator, value)

    @api.model
    def _search_cards(self, field, operator, value):
        """Open invoices of the debtors whose card answers."""
        cards = self.env["recouvrement.debtor"].sudo()._search([(field, operator, value)])  # as shown on the invoice
        return (
            Domain(OPEN)
            & Domain("amount_residual", ">", 0)
            & Domain("commercial_partner_id.recouvrement_debtor_ids", "in", cards)
        )

    @api.depends("invoice_date_due", "payment_state", "state")
    def _compute_days_overdue(self):
        today = clock.today(self.env)
        for move in self:
            late = move.state == "posted" and move.is_sale_document() and move.payment_state in ("not_paid", "partial")
            due = late and move._first_open_due()
            move.days_overdue = max((today - due).days, 0) if due else 0

    def _first_open_due(self):
        """The due date of the oldest open instalment."""
        items = self.line_ids.filtered(lambda item: item.account_type == "asset_receivable" and not item.reconciled)
        return min((item.date_maturity or item.date for item in items), default=self.invoice_date_due)

    @api.model
    def _search_days_overdue(self, operator, value):
        self._check_field_access(self._fields["days_overdue"], "read")  # the ORM asks it of columns alone
        if operator not in ("<", "<=", ">", ">=", "=") or not isinstance(value, int):
            return NotImplemented
        day = fields.Date.subtract(clock.today(self.env), days=value)
        turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}[operator]
        return (
            Domain(OPEN)
            & Domain("payment_state", "in", ("not_paid", "partial"))
            & Domain("invoice_date_due", turned, day)
        )

    @api.depends("payment_state", "amount_residual", "invoice_date_due")
    def _compute_late_interest(self):
        today = clock.today(self.env)
        late = self.filtered(lambda move: move.state == "posted" and move.move_type in ("out_invoice", "out_receipt"))
        cards = late._debtor_cards()
        owed = []
        for move in late:
            card = cards.get((move.company_id.root_id, move.commercial_partner_id))
            for due, items in move._instalments().items():
                if card and due < today:
                    total = sum(items.mapped("amount_currency"))
                    owed.append(Owed((move.id, due, 0), due, total, None, card.debtor_type, card.type_confirmed))
        accrued = self.env["recouvrement.accrual"].sudo()._accrue(owed, today)  # public rates, its own payments
        by_move = defaultdict(list)
        for key, found in accrued.items():
            by_move[key[0]].append(found)
        for move in self:
            mine = by_move[move.id]
            move.late_interest = sum(found.interest for found in mine)
            late_at_all = move.amount_residual > 0 or move.late_interest
            move.recovery_indemnity = sum(found.indemnity for found in mine) if late_at_all else 0

    def _instalments(self):
        """{due date: receivable items}."""
        items = self.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
        return items.grouped(lambda item: item.date_maturity or item.date)

    @api.depends("recouvrement_line_ids")
    def _compute_recouvrement_reminder_count(self):
        for move in self:
            move.recouvrement_reminder_count = len(
                move.recouvrement_line_ids.filtered(lambda line: not line.cancelled).reminder_id
            )

    def action_open_recouvrement(self):
        """The reminders this invoice was on."""
        self.ensure_one()
        reminders = self.recouvrement_line_ids.reminder_id
        return reminders._get_records_action(name=self.env._("Reminders"), domain=[("id", "in", reminders.ids)])
