from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ...tools import clock


class RecouvrementCaseRecord(models.TransientModel):
    """Record a step of a procedure: its day, its documents, its amount; the rest follows by itself."""

    _name = "recouvrement.case.record"
    _inherit = ["recouvrement.case.granted", "recouvrement.dialog"]
    _description = "Record a Step"

    case_id = fields.Many2one("recouvrement.case", required=True)
    line_id = fields.Many2one("recouvrement.case.step", "Step", required=True)
    step_id = fields.Many2one(related="line_id.step_id", related_sudo=False, string="Step of the procedure")
    run_id = fields.Many2one(related="line_id.run_id", related_sudo=False)
    on = fields.Date("Day", required=True, default=lambda self: clock.today(self.env))
    asks_date = fields.Char(related="step_id.asks_date", related_sudo=False)
    date_set = fields.Date("Day set")
    asks_amount = fields.Boolean(related="step_id.asks_amount", related_sudo=False)
    amount = fields.Monetary()
    currency_id = fields.Many2one(related="case_id.currency_id", related_sudo=False)
    details = fields.Text("Outcome")
    attachment_ids = fields.Many2many("ir.attachment", string="Documents")
    needed = fields.Text(related="step_id.needed", related_sudo=False)
    produced = fields.Text(related="step_id.produced", related_sudo=False)
    last_day = fields.Date(related="line_id.last_day", related_sudo=False)
    article = fields.Char(related="line_id.article", related_sudo=False)
    delay_verified = fields.Boolean(related="line_id.verified", related_sudo=False)
    freezes_claims = fields.Boolean(related="step_id.freezes_claims", related_sudo=False)
    gives_title = fields.Boolean(related="step_id.gives_title", related_sudo=False)
    warning = fields.Text(compute="_compute_warning")

    # --- what it costs and may bring ---
    company_currency_id = fields.Many2one(related="case_id.company_currency_id", related_sudo=False)
    claimed = fields.Monetary("Still due", compute="_compute_expected", currency_field="company_currency_id")
    spent = fields.Monetary("Spent so far", compute="_compute_expected", currency_field="company_currency_id")
    expected_cost = fields.Monetary(
        "Cost of this step", compute="_compute_expected", currency_field="company_currency_id"
    )
    expected_net = fields.Monetary("Expected net", compute="_compute_expected", currency_field="company_currency_id")
    cost_ids = fields.One2many("recouvrement.case.record.cost", "record_id", "Costs of this step")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        if not {"case_id", "line_id"} & set(names):  # both are given when the dialog of a row is saved
            return values
        case = self.env["recouvrement.case"].browse(values.get("case_id")) or self._given("recouvrement.case")[:1]
        lines = case.step_ids.filtered("is_recordable")
        if not lines:
            raise UserError(
                self.env._("No step can be recorded now: start a procedure, or have it approved by a manager.")
            )
        to_do = lines.filtered(lambda line: line.state in ("missed", "open"))
        due = to_do.filtered("last_day").sorted("last_day")
        possible = lines.filtered(lambda line: line.state == "possible")  # before what may happen again
        line = lines.browse(values.get("line_id")) or (due or to_do or possible or lines)[:1]
        return values | {"case_id": case.id, "line_id": line.id}

    @api.onchange("line_id", "on")
    def _onchange_line_id(self):
        """Propose the costs that the procedure tells of."""
        court = self.case_id._court_asked()
        costs = self.step_id.sudo()._costs(self.on or fields.Date.today(), court)  # settings, shown to whoever records
        self.cost_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "name": cost.name,
                        "kind": cost.kind,
                        "amount": cost.amount,
                        "is_recoverable": cost.is_recoverable,
                        "verified": cost.verified,
                    }
                )
                for cost in costs
            ),
        ]

    @api.onchange("line_id", "on")
    def _onchange_granted(self):
        """Propose that the title grants all that is claimed on its day: to be corrected from what it says."""
        if self.gives_title and self.on:
            self.update(self.case_id._grant_proposed(self.step_id, self.on))

    @api.depends("line_id", "on")
    def _compute_warning(self):
        for wizard in self:
            line, wizard.warning = wizard.line_id, False
            if line.last_day and wizard.on and wizard.on > line.last_day:
                wizard.warning = self.env._(
                    "Late: the last day was %(day)s (%(article)s). %(consequence)s",
                    day=format_date(self.env, line.last_day),
                    article=line.article or "",
                    consequence=line.step_id.consequence or "",
                )

    @api.depends("line_id", "cost_ids.amount")
    def _compute_expected(self):
        on = clock.today(self.env)
        for wizard in self:
            cost = sum(wizard.cost_ids.mapped("amount"))
            figures = wizard.case_id._expected(wizard.run_id.proceeding_id, on, cost=cost)
            _statement, wizard.claimed, wizard.spent, wizard.expected_cost, wizard.expected_net = figures

    def action_record(self):
        """Record it: the event, its documents, and its costs."""
        self.ensure_one()
        values = {"details": self.details, "amount": self.amount, "date_set": self.date_set, **self._granted()}
        self.case_id._record(self.run_id, self.step_id, self.on, self.attachment_ids, **values)
        self.env["recouvrement.case.cost"].create(
            [cost._values(self.case_id, self.on) for cost in self.cost_ids if cost.amount]
        )
        self.case_id._refresh_balance(clock.today(self.env))


class RecouvrementCaseRecordCost(models.TransientModel):
    """A cost of the step being recorded, proposed by the procedure and corrected by whoever records."""

    _name = "recouvrement.case.record.cost"
    _description = "Cost of a Step Being Recorded"
    _inherit = "recouvrement.dialog"

    record_id = fields.Many2one("recouvrement.case.record", required=True, ondelete="cascade")
    name = fields.Char("What for", required=True)
    kind = fields.Char(required=True, default="other")
    amount = fields.Float(digits=(16, 2), required=True)
    is_recoverable = fields.Boolean("Owed by the debtor")
    verified = fields.Boolean(default=True)

    def _values(self, case, on):
        kinds = dict(self.env["recouvrement.case.cost"]._fields["kind"].selection)
        return {
            "case_id": case.id,
            "name": self.name,
            "kind": self.kind if self.kind in kinds else "other",
            "date": on,
            "amount": self.amount,
            "is_recoverable": self.is_recoverable,
            "verified": self.verified,
        }
