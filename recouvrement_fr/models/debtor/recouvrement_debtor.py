from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate, format_date

from ...rules.escalation import FOR_A_PERSON, rank
from ...tools import clock
from ..base.acts import refuse_typed
from ..policy.recouvrement_policy import DEBTOR_TYPES

_lt = LazyTranslate(__name__)

# The words of rules.escalation.REASONS, but of those of `recouvrement.holding`.
REASONS = {
    "no_policy": _lt("No active policy"),
    "not_sending_day": _lt("Not a sending day"),
    "bank_stale": _lt("Bank entries too old"),
    "rate_missing": _lt("Rate of the half-year missing"),
    "gap": _lt("Nights missed, to be confirmed"),
    "halted": _lt("Halted: too many debtors at once"),
    "neutralized": _lt("Neutralized database"),
    "prescribed": _lt("Time-barred: a person decides"),
    "before_cutoff": _lt("Due before the cut-off date"),
    "payment_pending": _lt("Payment in progress"),
    "paused": _lt("Paused"),
    "reply": _lt("Reply to be read"),
    "failed": _lt("Reminder failed: mend and retry"),
    "approval": _lt("Reminder to approve"),
    "sending": _lt("Reminder on its way"),
    "below_minimum": _lt("Under the minimum amount"),
    "recent_contact": _lt("Last contact too recent"),
    "quiet_period": _lt("Quiet period of the company"),
    "delay": _lt("Delay of the next level not reached"),
    "notice_gate": _lt("Formal notice not yet allowed"),
    "capped": _lt("Over the cap of the night"),
    "archived": _lt("Debtor archived: a person decides"),
    "not_presented": _lt("Formal notice: note the day it was presented"),
    "levels_done": _lt("All levels done: a person decides"),
    "case_proposal": _lt("Litigation case proposed"),
    "due": _lt("Reminder due"),
    "covered": _lt("Covered by credits"),
    "not_due_yet": _lt("Nothing overdue"),
    "nothing_open": _lt("Nothing open"),
    "error": _lt("Error: see the message"),
}
PAUSING = {"paused_until", "pause_reason"}
PRIORITY = {"person": 3, "remind": 2, "wait": 1}
# Fields a person changes that can change the decision.
DECIDING = {"policy_id", "debtor_type", "type_confirmed", "dunning_contact_id", "paused_until", "reply_pending"}


class RecouvrementDebtor(models.Model):
    """What a company tree knows of one debtor: the unit of work, the queue, the lock, the collector's card.

    One row per root company and commercial partner, made by the night when it first meets open items.
    """

    _name = "recouvrement.debtor"
    _description = "Debtor"
    _inherit = ["recouvrement.acts", "mail.thread", "mail.activity.mixin"]
    _typed_later = ("last_contact_date", "next_date", "next_level_id")
    _order = "priority desc, overdue_amount desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Debtor", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", required=True, help="The root company: a branch's debts are collected with it."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one(
        "recouvrement.policy",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The policy of this debtor; empty: the first active policy that fits, else the company's default.",
    )
    collector_id = fields.Many2one("res.users", tracking=True, index="btree_not_null", help="Who follows this debtor.")
    debtor_type = fields.Selection(
        DEBTOR_TYPES,
        tracking=True,
        help="Sets the law that applies: penalties, indemnity, formal notice, limitation. Proposed from the SIREN, "
        "the VAT number and the name.",
    )
    type_confirmed = fields.Boolean(
        tracking=True, help="Sure enough to print penalties: a valid SIREN or VAT number, or a person's word."
    )
    is_commercant = fields.Boolean(
        "Trader", help="A trader in the sense of the commercial code: decides the court, and the commercial procedures."
    )
    dunning_contact_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="set null",
        help="Who receives the reminders, whatever the invoice says.",
    )
    lre_consent = fields.Boolean(
        "Accepts electronic registered letters",
        help="Consent given beforehand, which the law wants of non-professionals (CPCE-postes L100).",
    )
    paused_until = fields.Date(tracking=True, help="No reminder up to this day included.")
    pause_reason = fields.Char(tracking=True)
    pause_ids = fields.One2many("recouvrement.pause.period", "debtor_id")
    exclusion_ids = fields.One2many("recouvrement.exclusion", "debtor_id")
    recalled_on = fields.Date(readonly=True, copy=False)  # the last time something forgotten about him was recalled
    reply_pending = fields.Boolean(
        tracking=True, help="The debtor has answered: nothing leaves by itself until a person has looked."
    )
    last_contact_date = fields.Date(help="The day something last left for this debtor.")
    next_date = fields.Date(help="The next day the night looks at this debtor by itself.")
    next_level_id = fields.Many2one("recouvrement.level", ondelete="set null")
    reason = fields.Selection(
        "_selection_reason",
        "Reason",
        readonly=True,
        help="Why the debtor is reminded, or why not, and since when beside it: as the last night found it, what was "
        "promised, disputed or read since included at once, and what was paid within the hour.",
    )
    reason_detail = fields.Char(readonly=True)
    reason_since = fields.Date("Reason since", readonly=True, help="The first night that found this reason.")
    priority = fields.Integer(readonly=True, help="How urgent a person's work on this debtor is; 0: nothing to do.")
    overdue_amount = fields.Monetary(readonly=True, help="Net of credits, in company currency, within the hour.")
    open_amount = fields.Monetary(readonly=True, help="All open items net of credits, in company currency.")
    credit_amount = fields.Monetary(readonly=True, help="Credit notes and payments on account not yet allocated.")
    overdue_count = fields.Integer(readonly=True, help="Instalments overdue, within the hour.")
    oldest_due_date = fields.Date(readonly=True)
    error = fields.Text(readonly=True, help="Why the night could not treat this debtor.")
    error_run_id = fields.Many2one("recouvrement.run", readonly=True, index="btree_not_null", ondelete="set null")
    fingerprint = fields.Char(readonly=True, copy=False)  # of the open items last decided on
    changed_by_day = fields.Boolean(readonly=True, copy=False)  # its reason or level, since the last night
    late_at_night = fields.Boolean(readonly=True, copy=False)  # at the last night, where a day has written since
    active = fields.Boolean(default=True)

    decision_ids = fields.One2many("recouvrement.decision", "debtor_id")
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")
    _partner_unique = models.UniqueIndex("(company_id, partner_id)", "This partner already has its debtor card.")

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.model
    def _selection_reason(self):
        """The reasons in the order of `rules.escalation.REASONS`; what holds invoices brings its own words."""
        words = {**REASONS, **self.env["recouvrement.holding"]._labels()}
        return [(code, self.env._(words[code])) for code in sorted(words, key=rank)]

    @api.depends("overdue_amount")
    def _compute_is_late(self):
        for debtor in self:
            debtor.is_late = debtor.overdue_amount > 0

    def _search_is_late(self, operator, value):
        return [("overdue_amount", ">" if (operator in ("=", "in")) == bool(value) else "<=", 0)]

    @api.constrains("paused_until", "pause_reason")
    def _check_pause(self):
        for debtor in self:
            if debtor.paused_until and not debtor.pause_reason:
                raise ValidationError(
                    self.env._("Say why reminders are paused: a pause without a reason is forgotten.")
                )

    def write(self, vals):
        refuse_typed(self, vals, "company_id", "partner_id", "last_contact_date", "next_date", "next_level_id")
        before = {debtor: (debtor.paused_until, debtor.pause_reason) for debtor in self if PAUSING & vals.keys()}
        result = super().write(vals)
        self.env["recouvrement.pause.period"]._follow_cards(before, clock.today(self.env))
        if DECIDING & vals.keys():
            self._decide_again_now()
        return result

    @api.model
    def _fold(self, src_partners, dst_partner):  # pylint: disable=missing-return
        """Partners are merged: one card per company remains, with the evidence and the strictest of their holds."""
        every = self.with_context(active_test=False).search([("partner_id", "in", (src_partners | dst_partner).ids)])
        for cards in every.grouped("company_id").values():
            kept = cards.filtered(lambda card: card.partner_id == dst_partner) or cards[0]
            folded = cards - kept
            if folded:
                folded._move_evidence(kept)
                super(RecouvrementDebtor, kept).write(  # the periods of pause were folded too
                    {
                        "paused_until": max((card.paused_until for card in cards if card.paused_until), default=False),
                        "pause_reason": next((card.pause_reason for card in cards if card.pause_reason), False),
                        "reply_pending": any(cards.mapped("reply_pending")),
                        "last_contact_date": max(
                            (card.last_contact_date for card in cards if card.last_contact_date), default=False
                        ),
                        "fingerprint": False,
                    }
                )
                super(RecouvrementDebtor, folded).unlink()
            if kept.partner_id != dst_partner:
                kept.partner_id = dst_partner

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_resume(self):
        """End the pause: the next night decides again."""
        self.write({"paused_until": False, "pause_reason": False})

    def action_reply_seen(self):
        """A person has read the debtor's answer."""
        self.reply_pending = False

    def action_confirm_type(self):
        """A person vouches for the debtor's type: penalties may be printed."""
        for debtor in self:
            if not debtor.debtor_type:
                raise UserError(self.env._("Choose the type of %s first.", debtor.display_name))
        self.type_confirmed = True

    def action_open_items(self):
        """Every open item collected from the debtor: invoices, opening balances, credits. Their sum is on the card."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_open_item_action")
        action["domain"] = [
            ("partner_id.commercial_partner_id", "=", self.partner_id.id),
            ("account_id", "in", self.company_id._recouvrement_accounts()),
            ("company_id", "in", self.company_id._recouvrement_tree()),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual_currency", "!=", 0),
        ]
        return action

    def action_tick_items(self):
        """The same with those not due yet, to tick the ones that something is done about."""
        return {**self.action_open_items(), "context": {}}

    def _open_moves(self):
        """His open invoices, over the company tree, the oldest first."""
        return self.env["account.move"].search(
            [
                ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
                ("company_id", "in", [branch for debtor in self for branch in debtor.company_id._recouvrement_tree()]),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
                ("amount_residual", ">", 0),
            ],
            order="invoice_date_due, id",
        )

    def _overdue_moves(self):
        """Those with something left of an instalment whose due date has passed."""
        today, moves = clock.today(self.env), self._open_moves()
        dues = moves._first_open_dues()
        return moves.filtered(lambda move: (dues.get(move.id) or move.invoice_date_due or today) < today)

    def action_open_partner(self):
        self.ensure_one()
        return self.partner_id._get_records_action()

    # --- cards --------------------------------------------------------------------------------------------------------

    def _put_off(self, reason=None):
        """Something planned was cancelled: the next night decides again (from tomorrow when the cap put it off)."""
        today = clock.today(self.env)
        vals = {"next_date": today + timedelta(days=1) if reason == "capped" else today}
        if reason:
            vals |= {"reason": reason, "reason_detail": False, "reason_since": today}
        if reason in FOR_A_PERSON:
            vals["priority"] = PRIORITY["person"]
        self.sudo().write(vals)  # a collector may cancel a reminder, not write its debtor's decision
        if not reason:
            self._show_soon(today)

    def _tell_collector(self, summary, note, lasts="open", mark=False):
        """A warning in the agenda of whoever follows this debtor, else of a manager.

        :param lasts: how long it has a subject: see `mail.activity.recouvrement_while`
        :param mark: by which it is known again: see `mail.activity.recouvrement_mark`
        """
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            user_id=self._person_in_charge().id,
            summary=summary,
            note=note,
            recouvrement_while=lasts,
            recouvrement_mark=mark,
        )

    def _contacted(self, on):
        """Something left for these debtors that day."""
        self.sudo().write(  # bookkeeping of the night
            {
                "last_contact_date": on,
                "next_date": on + timedelta(days=1),
                "reason": "recent_contact",
                "reason_detail": False,
                "priority": 1,
            }
        )

    def _decide_again_now(self):  # pylint: disable=missing-return
        """Have the next night look at these debtors, since a person changed what decides; lists show it by then."""
        if self:
            today = clock.today(self.env)
            super().write({"next_date": today})
            self._close_tasks_over(today)
            self._show_soon(today)

    # --- scheduled ----------------------------------------------------------------------------------------------------

    @api.model
    def _remind_pauses(self, on):
        """A pause that ended puts its debtor back in the agenda, with a word in his history."""
        ended = self.search([("paused_until", "<", on)])
        for debtor in ended:
            debtor.message_post(body=self.env._("The pause ended on %s.", format_date(self.env, debtor.paused_until)))
        ended.write({"paused_until": False, "pause_reason": False})
