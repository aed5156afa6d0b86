from datetime import timedelta

from odoo import api, fields, models

from ...models.amicable.recouvrement_promise import ORIGINS
from ...rules.deadlines import next_working_day
from ...tools import clock
from ..debtor.recouvrement_dialog import Chosen


class RecouvrementPromiseWizard(models.TransientModel):
    """Note a promise to pay: from a debtor's card, an invoice, a reminder, a call, or an older promise put off."""

    _name = "recouvrement.promise.wizard"
    _description = "Note a Promise"
    _inherit = "recouvrement.dialog.debts"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", related_sudo=False, string="Debtor's partner")
    previous_id = fields.Many2one("recouvrement.promise", "Postponed from")
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', 'in', ('out_invoice', 'out_receipt')),"
        " ('state', '=', 'posted'), ('amount_residual', '>', 0)]",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    amount = fields.Monetary(
        "Amount promised",
        required=True,
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="What is late of these invoices, else all that is left; or another amount, at most what is left.",
    )
    date = fields.Date("Promised for", required=True, default=lambda self: self._default_date())
    tolerance_days = fields.Integer(
        "Tolerance (working days)",
        compute="_compute_tolerance_days",
        store=True,
        readonly=False,
        help="Days for the transfer to reach us; reminders wait up to then.",
    )
    origin = fields.Selection(ORIGINS, required=True, default="call")
    note = fields.Text(help="Who promised, in what words.")

    @api.model
    def _default_date(self):
        return next_working_day(clock.today(self.env) + timedelta(days=7))

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        return values | self._values_of(self._in_one_currency(self._or_overdue(self._meant(values))))

    @api.model
    def _meant(self, values):
        """The Chosen that whoever opens the dialog is looking at."""
        context = self.env.context
        model, ids = self._opened_on()
        moves, items = self.env["account.move"], self.env["account.move.line"]
        if values.get("previous_id"):
            previous = self.env["recouvrement.promise"].browse(values["previous_id"])
            return self._still_owed(previous.debtor_id, previous.move_ids, previous.item_ids)
        if values.get("debtor_id"):
            debtor = self.env["recouvrement.debtor"].browse(values["debtor_id"])
            return Chosen(debtor, moves.browse(context.get("default_move_ids") or []), items)
        if model == "recouvrement.reminder":
            reminder = self.env[model].browse(ids[:1])
            return self._still_owed(
                reminder.debtor_id, *reminder.line_ids.filtered(lambda line: not line.cancelled)._debts()
            )
        return self._chosen()

    @api.model
    def _still_owed(self, debtor, moves, items):
        return Chosen(
            debtor,
            moves.filtered(lambda move: move.amount_residual > 0),
            items.filtered(lambda item: item.amount_residual_currency > 0),
        )

    @api.depends("move_ids", "item_ids")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard.move_ids._currency_owed(wizard.item_ids) or wizard.debtor_id.currency_id

    @api.depends("move_ids", "item_ids", "debtor_id", "previous_id")
    def _compute_amount(self):
        today = clock.today(self.env)
        for wizard in self:
            moves, debtor, previous, items = wizard.move_ids, wizard.debtor_id, wizard.previous_id, wizard.item_ids
            if previous:
                wizard.amount = min(moves._net_left(debtor, today, items), previous.amount_left)
            else:
                wizard.amount = moves._amount_to_promise(debtor, today, items)

    @api.depends("debtor_id", "move_ids")
    def _compute_tolerance_days(self):
        for wizard in self:
            policy = self.env["recouvrement.promise"]._policy(wizard.debtor_id, wizard.move_ids)
            wizard.tolerance_days = policy.promise_tolerance_days

    def action_note(self):
        self.ensure_one()
        terms = {
            "on": clock.today(self.env),
            "origin": self.origin,
            "note": self.note,
            "tolerance_days": self.tolerance_days,
        }
        if self.previous_id:
            promise = self.previous_id._postpone(self.date, amount=self.amount, **terms)
        else:
            promise = self.env["recouvrement.promise"]._make(
                self.debtor_id, self.move_ids, self.amount, self.date, items=self.item_ids, **terms
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s noted: reminders of these invoices wait.", promise.name),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
