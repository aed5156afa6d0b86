from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.base.rule_words import said
from ...rules import instalments as rules
from ...rules.errors import RuleError
from ...tools import clock
from ...tools.formats import exact, rounded


class RecouvrementPlanWizard(models.TransientModel):
    """Propose an instalment plan: the schedule is shown before anything is made, and may be corrected line by line."""

    _name = "recouvrement.plan.wizard"
    _description = "Make an Instalment Plan"
    _inherit = "recouvrement.dialog.debts"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", related_sudo=False, string="Debtor's partner")
    company_id = fields.Many2one(related="debtor_id.company_id", related_sudo=False)
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id, help="One plan per currency."
    )
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', 'in', ('out_invoice', 'out_receipt')),"
        " ('state', '=', 'posted'), ('amount_residual', '>', 0), ('currency_id', '=', currency_id)]",
        help="What the plan pays: all overdue invoices unless you take some out.",
    )
    principal = fields.Monetary(compute="_compute_total", help="What is left of the invoices, less the credits.")
    credited = fields.Monetary(
        "Credits deducted",
        compute="_compute_total",
        help="Credit notes and payments on account that nobody has set against these invoices yet.",
    )
    interest_mode = fields.Selection(
        lambda self: self.env["recouvrement.plan"]._fields["interest_mode"]._description_selection(self.env),
        default="waived",
        required=True,
        string="Penalties during the plan",
    )
    interest = fields.Monetary(compute="_compute_total", help="Penalties and indemnities to this day.")
    total = fields.Monetary("To be paid", compute="_compute_total")
    method = fields.Selection(
        [
            ("equal", "Equal instalments"),
            ("fixed", "Instalments of an amount"),
            ("percentage", "Percentages"),
            ("custom", "By hand, below"),
        ],
        default="equal",
        required=True,
    )
    count = fields.Integer("Instalments", default=3)
    amount = fields.Monetary("Amount of each", default=500)
    shares = fields.Char("Percentages", default="40, 30, 30", help="Separated by commas; they add up to 100.")
    first_date = fields.Date(
        "First instalment",
        required=True,
        default=lambda self: clock.today(self.env) + timedelta(days=15),
    )
    frequency = fields.Selection(
        [
            ("weekly", "Each week"),
            ("fortnightly", "Every two weeks"),
            ("monthly", "Each month"),
            ("quarterly", "Each quarter"),
        ],
        default="monthly",
        required=True,
    )
    deposit = fields.Monetary("Deposit", help="Paid at once, before the instalments; 0: none.")
    deposit_date = fields.Date(default=lambda self: clock.today(self.env) + timedelta(days=5))
    has_acceleration = fields.Boolean("Acceleration clause", default=True)
    tolerance_days = fields.Integer("Tolerance (days)", default=3)
    line_ids = fields.One2many("recouvrement.plan.wizard.line", "wizard_id", string="Schedule")
    problem = fields.Char(compute="_compute_problem")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        chosen = self._in_one_currency(self._or_overdue(self._chosen()))
        if chosen.debtor:
            currency = chosen.moves._currency_owed(chosen.items) or chosen.debtor.currency_id
            values |= {**self._values_of(chosen), "currency_id": currency.id}
        return values

    @api.depends("move_ids", "item_ids", "debtor_id", "interest_mode")
    def _compute_total(self):
        today = clock.today(self.env)
        for wizard in self:
            left = sum(wizard.move_ids.mapped("amount_residual"))
            left += sum(wizard.item_ids.mapped("amount_residual_currency"))
            wizard.principal = wizard.move_ids._net_left(wizard.debtor_id, today, wizard.item_ids)
            wizard.credited = wizard.currency_id.round(left - wizard.principal) if wizard.currency_id else 0.0
            frozen = wizard.interest_mode == "frozen"
            wizard.interest = wizard._penalties(today) if frozen else 0
            wizard.total = wizard.principal + wizard.interest

    def _penalties(self, on):
        """Interest is in the invoices' currency; the indemnity of the law is in euros, the company's currency."""
        company = self.company_id or self.env.company
        indemnity = company.currency_id._convert(
            sum(self.move_ids.mapped("recovery_indemnity")),
            self.currency_id,
            company,
            on,
        )
        return sum(self.move_ids.mapped("late_interest")) + indemnity

    @api.depends("line_ids.amount", "line_ids.date", "total")
    def _compute_problem(self):
        for wizard in self:
            try:
                rules.check_schedule(wizard._total(), wizard._schedule_given())
                wizard.problem = False
            except RuleError as error:
                wizard.problem = wizard._said(error)

    @api.onchange(
        "move_ids",
        "item_ids",
        "interest_mode",
        "method",
        "count",
        "amount",
        "shares",
        "first_date",
        "frequency",
        "deposit",
        "deposit_date",
    )
    def _onchange_schedule(self):
        """Show the schedule these choices make; by hand, the lines stay as they are."""
        if self.method == "custom" and self.line_ids or not self.total:
            return None
        try:
            proposed = self._proposed()
        except RuleError as error:
            return {"warning": {"title": self.env._("No schedule"), "message": self._said(error)}}
        self.line_ids = [
            Command.clear(),
            *(Command.create({"date": one.due, "amount": float(one.amount)}) for one in proposed),
        ]
        return None

    def _proposed(self):
        digits = self.currency_id.decimal_places
        deposit = rounded(self.deposit, self.currency_id)
        head = (rules.Instalment(self.deposit_date, deposit),) if deposit else ()
        rest = self._total() - deposit
        if self.method == "fixed":
            amount = exact(self.amount)
            return head + rules.fixed_instalments(rest, amount, self.first_date, self.frequency, self._place())
        shares = self._shares() if self.method == "percentage" else ()
        dates = rules.due_dates(self.first_date, len(shares) or max(self.count, 0), self.frequency, self._place())
        if shares:
            return head + rules.percentage_instalments(rest, shares, dates, digits)
        return head + rules.equal_instalments(rest, dates, digits)

    def _place(self):
        """Whose public holidays no instalment falls on."""
        return self.company_id.root_id.sudo().recouvrement_holidays or None  # a setting

    def _shares(self):
        try:
            return [
                Decimal(share.strip().rstrip("%").strip()) for share in (self.shares or "").split(",") if share.strip()
            ]
        except ArithmeticError as error:
            raise UserError(self.env._("Write the percentages as numbers separated by commas: 40, 30, 30.")) from error

    def _total(self):
        return rounded(self.total, self.currency_id)

    def _schedule_given(self):
        return [
            rules.Instalment(line.date, rounded(line.amount, self.currency_id))
            for line in self.line_ids.sorted(lambda line: line.date or self.first_date)
        ]

    def _said(self, error):
        return said(self.env, error)

    def action_make(self):
        """Make the plan, as a draft to be proposed."""
        self.ensure_one()
        self.env["recouvrement.plan"]._check_days_to_come(self.line_ids.mapped("date"), clock.today(self.env))
        plan = self.env["recouvrement.plan"]._make(
            self.debtor_id,
            self.move_ids,
            self._schedule_given(),
            items=self.item_ids,
            interest_mode=self.interest_mode,
            interest=self.interest,
            credited=self.credited,
            has_acceleration=self.has_acceleration,
            tolerance_days=self.tolerance_days,
        )
        return plan._get_records_action()


class RecouvrementPlanWizardLine(models.TransientModel):
    """An instalment as it is proposed."""

    _name = "recouvrement.plan.wizard.line"
    _description = "Instalment Proposed"
    _inherit = "recouvrement.dialog"
    _order = "date, id"

    wizard_id = fields.Many2one("recouvrement.plan.wizard", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="wizard_id.currency_id", related_sudo=False)
    date = fields.Date("Due on", required=True)
    amount = fields.Monetary(required=True)
