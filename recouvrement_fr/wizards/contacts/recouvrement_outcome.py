from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.contacts.recouvrement_contact import CHANNELS, OUTCOMES
from ...models.contacts.recouvrement_contact_outcome import Terms
from ...models.sending.recouvrement_dispatch_task import PARIS, TYPES
from ...rules.deadlines import next_working_day
from ...tools import clock
from ..debtor.recouvrement_dialog import Chosen

SIGNED = ("promise", "plan")  # what the debtor may sign on the screen


class RecouvrementOutcome(models.TransientModel):
    """Note what came of a call, of a visit or of an answer; what it starts depends on the outcome chosen."""

    _name = "recouvrement.outcome"
    _description = "Outcome of a Contact"
    _inherit = "recouvrement.dialog.debts"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, readonly=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", related_sudo=False, string="Debtor's partner")
    dispatch_id = fields.Many2one("recouvrement.dispatch", readonly=True)
    reminder_id = fields.Many2one(related="dispatch_id.reminder_id", related_sudo=False)
    channel = fields.Selection(CHANNELS, required=True, default="call")
    outcome = fields.Selection(OUTCOMES, required=True, default="reached")
    script = fields.Text(compute="_compute_script")
    address = fields.Char("Number or place", compute="_compute_address", store=True, readonly=False)
    is_legal_person = fields.Boolean(related="debtor_id.is_legal_person", related_sudo=False)
    is_phone_wrong = fields.Boolean(related="debtor_id.is_phone_wrong", related_sudo=False)
    spoke_to = fields.Char("Spoke to", help="Name and quality: Mrs Martin, accounts.")
    duration = fields.Integer("Duration (min)")
    note = fields.Text()

    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', 'in', ('out_invoice', 'out_receipt')),"
        " ('state', '=', 'posted'), ('amount_residual', '>', 0)]",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    amount = fields.Monetary("Amount promised", compute="_compute_amount", store=True, readonly=False)
    promised_on = fields.Date(
        "Promised for",
        default=lambda self: next_working_day(clock.today(self.env) + timedelta(days=7)),
    )
    reason_id = fields.Many2one("recouvrement.dispute.reason")
    is_partial = fields.Boolean("A part only", help="The rest of the invoice goes on being reminded.")
    contested = fields.Monetary("Amount contested", help="All taxes included.")
    again_on = fields.Datetime("Again on", default=lambda self: self._default_again_on())
    new_phone = fields.Char("Right number", help="Written on the contact, and called today. Empty: to be found.")
    pause_days = fields.Integer("Leave alone (days)", default=7)
    attachment_ids = fields.Many2many("ir.attachment", string="Proof", help="The transfer order, a bank statement...")
    can_ask_proof = fields.Boolean(related="debtor_id.can_ask_proof", related_sudo=False)
    proof_asked_on = fields.Date(related="debtor_id.proof_asked_on", related_sudo=False)
    ask_proof = fields.Boolean(
        "Ask for the proof by e-mail",
        compute="_compute_ask_proof",
        store=True,
        readonly=False,
        help="An e-mail leaves at once, with the invoices that are overdue; once in thirty days.",
    )
    plan_id = fields.Many2one(
        "recouvrement.plan",
        domain="[('debtor_id', '=', debtor_id), ('state', 'in', ('draft', 'proposed'))]",
        help="A plan already prepared; empty: its dialog opens next.",
    )
    signed_name = fields.Char("Signed by")
    signed_quality = fields.Char("In quality of", help="Manager (gérant), accountant with authority to sign...")
    signature = fields.Image("Signature of the debtor")

    @api.model
    def _default_again_on(self):
        """Tomorrow, or the next working day, at ten in Paris."""
        day = next_working_day(clock.today(self.env) + timedelta(days=1))
        return datetime(day.year, day.month, day.day, 10, tzinfo=PARIS).astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        debtor = self.env["recouvrement.debtor"].browse(values.get("debtor_id"))
        if debtor:
            moves, items = debtor._overdue_moves(), debtor._overdue_entries()
            if not (moves or items):
                moves, items = debtor._open_moves(), debtor._open_entries()
            chosen = self._in_one_currency(Chosen(debtor, moves, items))
            values["move_ids"] = [Command.set(chosen.moves.ids)]
            values["item_ids"] = [Command.set(chosen.items.ids)]
            values["plan_id"] = debtor.plan_ids.filtered(lambda plan: plan.state in ("draft", "proposed"))[:1].id
        return values

    @api.depends("dispatch_id", "channel")
    def _compute_script(self):
        """What to say now: the amount is that of the card, whatever day the call was planned.

        Nothing where the debts are of before a judgment: their payment is forbidden (C.com L622-7). Where others are
        born since, they alone are asked for, and the former are told apart.
        """
        task, today = self.env["recouvrement.channel.call"], clock.today(self.env)
        for wizard in self:
            debtor = wizard.debtor_id
            asked = wizard.dispatch_id.state == "queued" and wizard.dispatch_id.channel == wizard.channel
            frozen, amount = 0.0, debtor.overdue_now
            if debtor._is_stopped():
                frozen, amount = debtor._overdue_apart(today)
            if debtor.reason_now == "insolvent" or frozen and not amount:
                wizard.script = False
            elif asked:
                wizard.script = task._script_now(wizard.dispatch_id, amount, debtor.currency_id)
            elif wizard.channel in TYPES:
                wizard.script = task._script_of(debtor, amount)
            else:
                wizard.script = False
            if wizard.script and frozen:
                wizard.script = f"{wizard.script}\n\n{debtor._frozen_words(frozen)}"

    @api.depends("dispatch_id", "channel")
    def _compute_address(self):
        for wizard in self:
            partner = wizard.partner_id
            if wizard.dispatch_id.channel == wizard.channel:
                wizard.address = wizard.dispatch_id.address
            elif wizard.channel == "visit":
                wizard.address = partner.contact_address_inline
            else:
                wizard.address = partner.phone if wizard.channel == "call" else partner.email

    @api.depends("debtor_id", "attachment_ids")
    def _compute_ask_proof(self):
        for wizard in self:
            wizard.ask_proof = wizard.can_ask_proof and not wizard.attachment_ids

    @api.depends("move_ids", "item_ids")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard.move_ids._currency_owed(wizard.item_ids) or wizard.debtor_id.currency_id

    @api.depends("move_ids", "item_ids", "debtor_id")
    def _compute_amount(self):
        today = clock.today(self.env)
        for wizard in self:
            wizard.amount = wizard.move_ids._amount_to_promise(wizard.debtor_id, today, wizard.item_ids)

    def action_record(self):
        """Note the contact; a plan opens its own dialog, what was started is one click away on the card."""
        self.ensure_one()
        self._check()
        contact = self.env["recouvrement.contact"]._log(
            self.debtor_id,
            self.channel,
            self.outcome,
            on=clock.today(self.env),
            dispatch=self.dispatch_id if self.dispatch_id.channel == self.channel else None,
            terms=self._terms(),
            note=self.note,
            spoke_to=self.spoke_to,
            address=self.address,
            duration=self.duration,
        )
        if self.attachment_ids and self.outcome == "already_paid":
            files = self.attachment_ids._copied_onto(self.debtor_id)
            self.debtor_id.message_post(body=self.env._("Proof given by the debtor"), attachment_ids=files.ids)
        if self.outcome == "plan" and not contact.res_id:
            return self._open_plan()
        return {"type": "ir.actions.act_window_close"}

    def action_record_next(self):
        """Note the contact and go to the next debtor of the work-list; a plan opens its own dialog first."""
        found = self.action_record()
        if found["type"] != "ir.actions.act_window_close":
            return found
        self.debtor_id.action_done_next()
        return {"type": "ir.actions.client", "tag": "recouvrement_next"}

    def _check(self):
        if self.duration < 0:
            raise UserError(self.env._("A duration is a number of minutes, zero or more."))
        if self.outcome == "already_paid" and self.pause_days < 1:
            raise UserError(
                self.env._("Leave the debtor alone for at least one day, the time to look for the payment.")
            )
        if self.outcome == "call_back" and not self.again_on:
            raise UserError(self.env._("Choose the moment to call again."))
        if self.outcome == "promise" and not self.promised_on:
            raise UserError(self.env._("Enter the day promised."))
        if self.outcome == "dispute" and not (self.move_ids or self.item_ids):
            raise UserError(self.env._("Choose the invoices that are contested."))
        if self.outcome == "dispute" and not self.reason_id:
            raise UserError(self.env._("Choose why they are contested."))
        if self.outcome == "dispute" and self.is_partial and self.contested <= 0:  # zero would say the whole
            raise UserError(self.env._("Enter the amount contested."))

    def _terms(self):
        signed = self.channel == "visit" and self.outcome in SIGNED and self.signature
        return Terms(
            moves=self.move_ids,
            items=self.item_ids,
            amount=self.amount if self.outcome == "promise" else self.contested if self.is_partial else 0,
            on=self.promised_on,
            moment=self.again_on,
            phone=(self.new_phone or "").strip(),
            reason=self.reason_id,
            pause_days=self.pause_days,
            plan=self.plan_id or None,
            signature=signed or None,
            ask_proof=self.outcome == "already_paid" and self.ask_proof and self.can_ask_proof,
            signed_by=", ".join(filter(None, (self.signed_name, self.signed_quality))),
        )

    def _open_plan(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_plan_wizard_action")
        return {
            **action,
            "context": {"active_model": "recouvrement.debtor", "active_ids": self.debtor_id.ids},
        }
