from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger.histories import LEVELS
from ...tools import clock
from ...tools.bulk import any_of
from ...tools.readers import COLLECTION_READERS

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


class AccountMove(models.Model):
    """The level an invoice has reached, from what was sent, and its state in collection."""

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
    recouvrement_line_ids = fields.One2many(
        "recouvrement.reminder.line", "move_id", groups="recouvrement_fr.group_recouvrement_user"
    )
    recouvrement_reminder_count = fields.Integer(
        "Reminders",
        compute="_compute_recouvrement_reminder_count",
        groups="recouvrement_fr.group_recouvrement_user",
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

    def _refresh_dunning(self):
        """Recompute the level of these invoices: reminders that carry them have just left."""
        for name in ("dunning_level_id", "dunning_date"):
            self.env.add_to_compute(self._fields[name], self)

    @api.model
    def _shown_columns(self):
        return super()._shown_columns() | {"dunning_state"}

    @api.depends("dunning_level_id.kind", "partner_id")
    def _compute_dunning_state(self):
        today = clock.today(self.env)
        page = self._page_known(self)
        paused = self._paused_debtors(today) if page is None else self._paused_of(page, today)
        held = self._held_states(today)
        found = defaultdict(list)
        levels = self.dunning_level_id.sudo()  # shown to whoever sees the invoice
        formal = {level.id for level in levels if level.kind == "formal_notice"}
        for move in self:
            found[move._dunning_state_of(held, paused, formal)].append(move.id)
        for state, ids in found.items():
            self.browse(ids).dunning_state = state

    def _dunning_state_of(self, held, paused, formal):
        if held and self._origin.id in held:
            return held[self._origin.id]
        if paused and self.state == "posted" and self._debtor_key() in paused:
            return "paused"
        level_id = self.dunning_level_id.id
        if not level_id:
            return "none"
        return "formal_notice" if level_id in formal else "reminded"

    def _held_states(self, today):
        """{move id: the state that what holds it gives}."""
        holds = self._holds_now(today)
        shown = self.env["recouvrement.holding"]._states() if holds else {}
        return {move_id: shown[hold.reason] for move_id, hold in holds.items() if hold.reason in shown}

    def _debtor_key(self):
        return self.company_id.root_id.id, self.commercial_partner_id.id

    def _paused_of(self, page, today):
        """The same as `_paused_debtors`, of a ledger.shown.Page of these invoices."""
        until = {move_id: told.paused_until for move_id, told in page.shown.items()}
        paused = {move_id for move_id, day in until.items() if day and day >= today}
        return {move._debtor_key() for move in self if (move.id or move._origin.id) in paused} if paused else set()

    def _paused_debtors(self, today):
        """{(root company id, partner id)} of the debtors of these invoices who are paused; a card is known by anybody
        who sees an invoice: why it is paused is not."""
        card = self.env["recouvrement.debtor"].sudo()._card_read()  # as above
        if card and self.commercial_partner_id == card.partner_id and self.company_id.root_id == card.company_id:
            is_paused = card.active and card.paused_until and card.paused_until >= today
            return {(card.company_id.id, card.partner_id.id)} if is_paused else set()
        self.env["recouvrement.debtor"].flush_model(["paused_until", "partner_id", "company_id", "active"])
        return set(
            self.env.execute_query(
                SQL(
                    "SELECT company_id, partner_id FROM recouvrement_debtor"
                    " WHERE paused_until >= %s AND active AND partner_id = %s",
                    today,
                    any_of(self.commercial_partner_id.ids),
                )
            )
        )

    @api.model
    def _search_dunning_state(self, operator, value):
        self._check_field_access(self._fields["dunning_state"], "read")  # the ORM asks it of columns alone
        if operator not in ("in", "not in"):
            return NotImplemented
        today = clock.today(self.env)
        cards = self.env["recouvrement.debtor"].sudo().search([("paused_until", ">=", today)])  # as the state shows it
        paused = Domain("state", "=", "posted") & Domain.OR(
            Domain("company_id", "in", root._recouvrement_tree())
            & Domain("commercial_partner_id", "in", mine.partner_id.ids)
            for root, mine in cards.grouped("company_id").items()
        )
        holding = self.env["recouvrement.holding"].sudo()  # as the state itself shows it
        shown, first = holding._states(), {}
        for move_id, reason in holding._held_reasons(today).items():
            first.setdefault(shown.get(reason), []).append(move_id)
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

    def _due_dates_moved(self):
        """These posted invoices may have other due dates than before: what is noted of an instalment goes with it. Of
        an invoice that was just written nothing is, which one statement says."""
        if not self:
            return
        noted = SQL(" OR ").join(
            SQL("EXISTS (SELECT 1 FROM %s WHERE move_id = %s)", SQL.identifier(name), any_of(self.ids))
            for name in self._instalment_tables()
        )
        [(is_noted,)] = self.env.execute_query(SQL("SELECT %s", noted))
        if is_noted:
            self._follow_due_dates()

    def _instalment_tables(self):
        """The tables that note something of instalments: `move_id`, and the day on which it was due. Extend it, and
        :meth:`_follow_due_dates`; what waits to be written of them is written first."""
        self.env["recouvrement.reminder.line"].flush_model(["move_id"])
        return ["recouvrement_reminder_line"]

    def _follow_due_dates(self):
        """What was sent for the instalments of these invoices goes with their due dates."""
        self.env["recouvrement.reminder.line"].sudo()._follow(self.sudo())  # an accountant may have no right of ours
