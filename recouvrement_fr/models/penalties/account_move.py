from collections import defaultdict

from odoo import api, fields, models

from ...tools import clock
from ...tools.readers import COLLECTION_READERS
from ..law.account_move import INVOICES
from .recouvrement_accrual import Owed


class AccountMove(models.Model):
    """What the lateness of an invoice brought: interest, the indemnity, and what was asked of them."""

    _inherit = "account.move"

    interest_terms = fields.Char(
        "Interest", compute="_compute_interest_terms", groups="recouvrement_fr.group_recouvrement_user"
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
        help="Fixed, once per late invoice (C.com D441-5).",
        groups=COLLECTION_READERS,
    )
    recouvrement_penalty_ids = fields.One2many(  # so that whether a debit note of penalties is paid is asked once
        "recouvrement.accessory",
        "penalty_move_id",
        "Penalties that it asks for",
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

    def _compute_interest_terms(self):
        posted = self._origin.filtered(lambda move: move.state == "posted" and move.move_type in INVOICES)
        accrual = self.env["recouvrement.accrual"].sudo()  # what applies is shown to whoever sees the invoice
        terms = accrual._terms(posted.ids)
        notices = accrual._notices(posted.ids)
        served = {}
        for key, day in notices.items():
            served[key[0]] = min(day, served.get(key[0], day))
        for move in self:
            mine = terms.get(move._origin.id)
            typed = mine and mine.facts.debtor_type
            move.interest_terms = mine.in_words(self.env, served.get(move._origin.id)) if typed else False

    def _compute_accessories(self):
        rows = self.env["recouvrement.accessory"].search([("move_id", "in", self.ids)])
        by_move, on = rows.grouped("move_id"), clock.today(self.env)
        for move in self:
            mine = by_move.get(move, rows.browse())
            left = defaultdict(float)
            for row in mine:
                left[row.state] += row.company_amount
            move.accessory_accrued = left["accrued"]
            move.accessory_claimed = left["claimed"]
            move.accessory_invoiced = left["invoiced"] + left["paid"]
            move.accessory_waived = sum(row._in_company_currency(row.amount_waived, on) for row in mine)

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

    def _paid_on(self):
        paid = super()._paid_on()
        movements = self.env["recouvrement.accrual"].sudo()._movements(self.ids)  # the date is shown to all readers
        for key, found in movements.items():
            days = [movement.on for movement in found if movement.kind == "payment"]
            paid.setdefault(key[0], []).extend(days)
        return paid
