import logging
from datetime import date, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, LazyTranslate, format_date, split_every

from ...ledger import open_items
from ...rules.debtor_type import classify
from ...rules.escalation import FOR_A_PERSON, Hold, rank
from ...tools import bulk, clock
from ..base.acts import refuse_typed
from ..policy.recouvrement_policy import DEBTOR_TYPES

_logger = logging.getLogger(__name__)
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


class Facts(NamedTuple):
    """What the decision must know of a debtor besides his account."""

    partner_id: int
    debtor_id: int | None  # his card, when there is one
    debtor_type: str
    type_confirmed: bool
    policy_id: int | None
    contact_id: int | None
    last_contact: date | None
    paused_until: date | None
    reply_pending: bool
    public_buyer: str
    reason: str | None  # shown on the card until now, with its level
    next_level_id: int | None

    @property
    def policy_type(self):
        """The type that policies are matched on: non-professionals are treated as consumers."""
        return "consumer" if self.debtor_type == "non_professional" else self.debtor_type

    def hold(self, on):
        """Why the whole debtor is left alone that day; else None."""
        if self.paused_until and self.paused_until >= on:
            return Hold("paused", self.paused_until)
        return Hold("reply") if self.reply_pending else None


class Contacts(NamedTuple):
    """Active contacts of a page of debtors."""

    owners: dict[int, int]  # contact -> its commercial partner: a contact may have changed employer since the invoice
    invoice: dict[int, int]  # commercial partner -> invoice address


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
        "res.company", required=True, index=True, help="The root company: a branch's debts are collected with it."
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
    next_date = fields.Date(index="btree_not_null", help="The next day the night looks at this debtor by itself.")
    next_level_id = fields.Many2one("recouvrement.level", index="btree_not_null", ondelete="set null")
    reason = fields.Selection(
        "_selection_reason",
        "Reason (last night)",
        readonly=True,
        help="Why the debtor was reminded, or why not, as the last night found it, and since when beside it. Lists "
        "sort and group by it; what is true now is worked out from the ledger of each debtor: open the card, or show "
        "the column “To do”.",
    )
    reason_detail = fields.Char(readonly=True)
    reason_since = fields.Date("Reason since", readonly=True, help="The first night that found this reason.")
    priority = fields.Integer(readonly=True, help="How urgent a person's work on this debtor is; 0: nothing to do.")
    overdue_amount = fields.Monetary(readonly=True, help="Net of credits, in company currency, at the last night.")
    open_amount = fields.Monetary(readonly=True, help="All open items net of credits, in company currency.")
    credit_amount = fields.Monetary(readonly=True, help="Credit notes and payments on account not yet allocated.")
    overdue_count = fields.Integer(readonly=True, help="Instalments overdue at the last night.")
    oldest_due_date = fields.Date(readonly=True)
    error = fields.Text(readonly=True, help="Why the night could not treat this debtor.")
    error_run_id = fields.Many2one("recouvrement.run", readonly=True, index="btree_not_null", ondelete="set null")
    fingerprint = fields.Char(readonly=True, copy=False)  # of the open items last decided on
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

    # --- penalties and indemnities ------------------------------------------------------------------------------------

    # --- cards --------------------------------------------------------------------------------------------------------

    @api.model
    def _card(self, company, partner):
        """The card of a partner in a company tree, made when missing."""
        return self._cards(company, [partner.commercial_partner_id.id]).with_env(self.env)

    @api.model
    def _cards(self, company, partner_ids):
        """The cards of these commercial partners, made when missing; two workers at once make one."""
        self._lock_cards(company, partner_ids)
        return (
            self.sudo()  # a collector may open the card of a customer the night has not met
            .with_context(active_test=False)
            .search([("company_id", "=", company.id), ("partner_id", "in", list(partner_ids))], order="partner_id")
        )

    @api.model
    def _lock_cards(self, company, partner_ids):
        """{commercial partner id: card id} of the cards that are ours until the next commit, made when missing.

        Those another worker holds are left out; two workers at once make one card.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO recouvrement_debtor (company_id, partner_id, active, create_uid, write_uid, create_date,
                                                 write_date)
                SELECT %(company)s, p.id, TRUE, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM res_partner p
                 WHERE p.id = %(partners)s
                   AND NOT EXISTS (
                       SELECT 1 FROM recouvrement_debtor d WHERE d.company_id = %(company)s AND d.partner_id = p.id)
              ORDER BY p.id
                    ON CONFLICT DO NOTHING
                """,
                company=company.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                partners=bulk.any_of(partner_ids),
            )
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, id FROM recouvrement_debtor WHERE company_id = %s AND partner_id = %s"
                " ORDER BY partner_id FOR NO KEY UPDATE SKIP LOCKED",
                company.id,
                bulk.any_of(partner_ids),
            )
        )
        return dict(rows)

    @api.model
    def _prepare_cards(self, company):
        """Make the cards of every debtor with something open, with the type proposed: for the assistant to confirm."""
        company = company.root_id
        for page in split_every(200, self._every_row(company), list):
            partner_ids = [row[1] for row in page]
            self._lock_cards(company, partner_ids)
            facts = self._facts(company, partner_ids).values()
            rows = [(fact.debtor_id, fact.debtor_type, fact.type_confirmed) for fact in facts]
            bulk.update(self, ("debtor_type", "type_confirmed"), rows)

    @api.model
    def _facts(self, company, partner_ids):
        """What is known of a page of debtors: {partner id: Facts}; the type of a new one is proposed."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, d.id, d.debtor_type, d.type_confirmed IS TRUE, d.policy_id,
                       (SELECT c.id FROM res_partner c WHERE c.id = d.dunning_contact_id AND c.active
                           AND c.commercial_partner_id = p.id),
                       d.last_contact_date, d.paused_until, d.reply_pending IS TRUE, d.reason, d.next_level_id,
                       COALESCE(d.public_buyer, 'public'), p.name, p.is_company, p.vat, p.company_registry
                  FROM res_partner p
             LEFT JOIN recouvrement_debtor d ON d.partner_id = p.id AND d.company_id = %s
                 WHERE p.id = %s
                """,
                company.id,
                bulk.any_of(partner_ids),
            )
        )
        return {row[0]: self._fact(row) for row in rows}

    def _fact(self, row):
        partner_id, debtor_id, kind, confirmed, policy_id, contact_id = row[:6]
        contacted, paused, reply, reason, level, buyer = row[6:12]
        if not confirmed:  # the SIREN may have been entered since
            found = classify(*row[12:])
            if found.confirmed or not kind:
                kind, confirmed = found
        return Facts(
            partner_id=partner_id,
            debtor_id=debtor_id,
            debtor_type=kind,
            type_confirmed=confirmed,
            policy_id=policy_id,
            contact_id=contact_id,
            last_contact=contacted,
            paused_until=paused,
            reply_pending=reply,
            public_buyer=buyer,
            reason=reason,
            next_level_id=level,
        )

    @api.model
    def _addressees(self, partner_ids):
        """The contacts that reminders of these commercial partners may go to."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id, commercial_partner_id, type FROM res_partner"
                " WHERE commercial_partner_id = %s AND active ORDER BY id DESC",
                bulk.any_of(partner_ids),
            )
        )
        invoice = {commercial: contact for contact, commercial, kind in rows if kind == "invoice"}
        return Contacts({row[0]: row[1] for row in rows}, invoice)

    def _put_off(self, reason=None):
        """Something planned was cancelled: the next night decides again (from tomorrow when the cap put it off)."""
        today = clock.today(self.env)
        vals = {"next_date": today + timedelta(days=1) if reason == "capped" else today}
        if reason:
            vals |= {"reason": reason, "reason_detail": False, "reason_since": today}
        if reason in FOR_A_PERSON:
            vals["priority"] = PRIORITY["person"]
        self.sudo().write(vals)  # a collector may cancel a reminder, not write its debtor's decision

    def _tell_collector(self, summary, note, lasts="open"):
        """A warning in the agenda of whoever follows this debtor, else of a manager.

        :param lasts: how long it has a subject: see `mail.activity.recouvrement_while`
        """
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            user_id=self._person_in_charge().id,
            summary=summary,
            note=note,
            recouvrement_while=lasts,
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

    @api.model
    def _every_row(self, company):
        """[(card id or None, partner id, fingerprint)] of every debtor with something open, whatever the day."""
        return [row for row in open_items.scan(self.env, company) if row[2]]

    @api.model
    def _rows(self, company, partner_ids):
        """The same for partners who have their card."""
        cards = self.search([("company_id", "=", company.id), ("partner_id", "in", partner_ids)])
        return [(card.id, card.partner_id.id, None) for card in cards]

    def _decide_again_now(self):  # pylint: disable=missing-return
        """Have the next night look at these debtors, since a person changed what decides."""
        if self:
            today = clock.today(self.env)
            super().write({"next_date": today})
            self._close_tasks_over(today)

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

    def _move_evidence(self, kept):
        """Everything that points to these cards points to the kept one; nothing is rewritten in the evidence itself.

        In SQL: evidence refuses to be written, and a model added later is not forgotten.
        """
        self.env["recouvrement.pause.period"]._fold(self, kept)
        for field in (
            self.env["ir.model.fields"]
            .sudo()
            .search(  # the registry is configuration
                [("relation", "=", self._name), ("ttype", "=", "many2one"), ("store", "=", True)]
            )
        ):
            model = self.env[field.model]
            if model._auto and not model._transient:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %(table)s SET %(column)s = %(kept)s WHERE %(column)s IN %(cards)s",
                        table=SQL.identifier(model._table),
                        column=SQL.identifier(field.name),
                        kept=kept.id,
                        cards=tuple(self.ids),
                    )
                )
        self.env.invalidate_all()
        for card in self:
            card.message_change_thread(kept)

    # --- scheduled ----------------------------------------------------------------------------------------------------

    @api.model
    def _remind_pauses(self, on):
        """A pause that ended puts its debtor back in the agenda, with a word in his history."""
        ended = self.search([("paused_until", "<", on)])
        for debtor in ended:
            debtor.message_post(body=self.env._("The pause ended on %s.", format_date(self.env, debtor.paused_until)))
        ended.write({"paused_until": False, "pause_reason": False})
