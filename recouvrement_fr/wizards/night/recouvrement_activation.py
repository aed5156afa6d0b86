from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...models.night.recouvrement_run import DECISION_COLUMNS
from ...tools import bulk, clock

CUTOFF_DAYS = 365  # proposed; whoever activates chooses
STEPS = [
    ("policies", "Policies"),
    ("openings", "Opening balances"),
    ("types", "Debtors"),
    ("levels", "Levels already reached"),
    ("simulation", "Simulation"),
]
COMPANY_FIELDS = {  # of the assistant -> of the company
    "policy_id": "recouvrement_policy_id",
    "cutoff_date": "recouvrement_cutoff_date",
    "legal_form": "recouvrement_legal_form",
    "share_capital": "recouvrement_share_capital",
    "rcs_city": "recouvrement_rcs_city",
    "is_ei": "recouvrement_is_ei",
    "signatory": "recouvrement_signatory",
}


class _Undo(Exception):
    """Leaves a savepoint once the simulation has been read."""


class RecouvrementActivation(models.TransientModel):
    """Take collection into service in one company, step by step; nothing leaves before the last button.

    The simulation is computed as if the choices were in force, then they are undone: leaving the assistant before its
    last button changes nothing.
    """

    _name = "recouvrement.activation"
    _description = "Activate Debt Collection"
    _inherit = "recouvrement.dialog"

    step = fields.Selection(STEPS, default="policies", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_active = fields.Boolean("Collection is active", compute="_compute_is_active")
    lacks_iban = fields.Boolean("The company has no bank account", compute="_compute_lacks_iban")

    policy_ids = fields.Many2many(
        "recouvrement.policy",
        string="Policies to activate",
        domain="[('company_id', 'in', (False, company_id))]",
        default=lambda self: self._default_policies(),
    )
    policy_id = fields.Many2one(
        "recouvrement.policy",
        "Default policy",
        domain="[('id', 'in', policy_ids)]",
        default=lambda self: self._company_value("policy_id") or self._default_policies()[:1],
        help="For the debtors whom no other policy fits.",
    )
    cutoff_date = fields.Date(
        "Cut-off date",
        default=lambda self: (
            self._company_value("cutoff_date") or fields.Date.context_today(self) - timedelta(days=CUTOFF_DAYS)
        ),
        help="Invoices due before this day are not reminded, unless the level they had reached is imported.",
    )
    legal_form = fields.Char(default=lambda self: self._company_value("legal_form"), help="SARL, SAS, SA, EURL...")
    share_capital = fields.Monetary(default=lambda self: self._company_value("share_capital"))
    rcs_city = fields.Char(
        "Trade register (RCS) of",
        default=lambda self: self._company_value("rcs_city"),
        help="The town of the register.",
    )
    is_ei = fields.Boolean("Sole trader (EI)", default=lambda self: self._company_value("is_ei"))
    signatory = fields.Char(
        default=lambda self: self._company_value("signatory"), help="Name and capacity printed under the letters."
    )

    opening_count = fields.Integer("Opening items left out", compute="_compute_openings")
    opening_amount = fields.Monetary("Amount left out", compute="_compute_openings")
    opening_line_ids = fields.Many2many("account.move.line", string="Items to include")

    debtor_ids = fields.Many2many("recouvrement.debtor", string="Types to confirm")

    old_levels = fields.Selection(
        [
            ("first", "Start at the first level: every debtor receives the first reminder again"),
            ("reached", "Consider the level that each debt's age has already reached"),
        ],
        default="first",
        required=True,
    )

    run_id = fields.Many2one("recouvrement.run", "Simulation", readonly=True)
    run_debtor_count = fields.Integer("Debtors examined", related="run_id.debtor_count", related_sudo=False)
    run_due_count = fields.Integer("Debtors to remind", related="run_id.due_count", related_sudo=False)
    run_error_count = fields.Integer("Errors", related="run_id.error_count", related_sudo=False)
    run_reason = fields.Selection(related="run_id.reason", related_sudo=False, string="Held because")
    run_decision_ids = fields.One2many(related="run_id.decision_ids", related_sudo=False)

    @api.model
    def _company_value(self, name):
        return self.env.company.root_id.sudo()[COMPANY_FIELDS[name]]  # a setting of the root

    @api.model
    def _default_policies(self):
        policies = self.env["recouvrement.policy"].search([("company_id", "in", (False, self.env.company.root_id.id))])
        return policies.filtered("level_ids")

    def _compute_lacks_iban(self):
        for wizard in self:
            # A setting of the company; whoever activates need not manage its bank accounts.
            wizard.lacks_iban = not wizard.company_id.sudo().partner_id.bank_ids.filtered("acc_number")

    def _compute_is_active(self):
        for wizard in self:
            wizard.is_active = wizard.company_id.sudo().recouvrement_active  # a setting of the root

    @api.depends("opening_line_ids")
    def _compute_openings(self):
        for wizard in self:
            domain = wizard._openings_domain() & Domain("id", "not in", wizard.opening_line_ids.ids)
            [(wizard.opening_count, wizard.opening_amount)] = self.env["account.move.line"]._read_group(
                domain, aggregates=["__count", "amount_residual:sum"]
            )

    def action_next(self):
        """Check what this step asked, then show the next one."""
        self.ensure_one()
        self._company()
        if self.step == "policies":
            self._check_policies()
        if self.step == "openings":
            self.env["recouvrement.debtor"].sudo()._prepare_cards(self.company_id)  # cards are the night's to make
            self.debtor_ids = self.env["recouvrement.debtor"].search(
                [("company_id", "=", self.company_id.id), ("type_confirmed", "=", False)]
            )
        if self.step == "levels":
            self._prepare(clock.today(self.env))
        return self._show(1)

    def action_back(self):
        self.ensure_one()
        return self._show(-1)

    def action_include_all(self):
        """Include every opening item."""
        self.ensure_one()
        self._company()
        self.opening_line_ids = self.env["account.move.line"].search(self._openings_domain())
        return self._show(0)

    def action_confirm_types(self):
        """Confirm the type shown on every line, as proposed or as corrected."""
        self.ensure_one()
        self._company()
        self.debtor_ids.filtered("debtor_type").action_confirm_type()
        return self._show(0)

    def action_activate(self):
        """Go: from the next night on, reminders leave."""
        self.ensure_one()
        if self.step != "simulation" or not self.run_id:
            raise UserError(self.env._("Look at the simulation first: it shows what will leave."))
        self._apply(clock.today(self.env))
        self._company()._recouvrement_activate(self._company_values())
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_deactivate(self):
        """Stop at once: nothing leaves any more, what was sent stays."""
        self.ensure_one()
        self._company()._recouvrement_deactivate()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _company(self):
        return self.env["recouvrement.simulation"]._company(self.company_id)

    def _company_values(self):
        values = self.read(COMPANY_FIELDS, load=False)[0]
        return {field: values[name] for name, field in COMPANY_FIELDS.items()}

    def _check_policies(self):
        if not self.policy_ids:
            raise UserError(self.env._("Choose at least one policy: without it nobody is ever reminded."))
        self.policy_ids._check_complete()
        if self.policy_id not in self.policy_ids:
            self.policy_id = False

    def _prepare(self, on):
        """Simulate the night that comes as the choices would have it; nothing of them is kept until the last button."""
        found, columns = [], DECISION_COLUMNS[3:]
        try:
            with self.env.cr.savepoint():
                self._apply(on)
                run = self.env["recouvrement.run"]._simulate(self._company(), self._coming_night(on))
                self.env.flush_all()
                found = run.decision_ids.read(columns, load=False)
                counts = {"debtor_count": run.debtor_count, "due_count": run.due_count}
                raise _Undo
        except _Undo:
            self.env.invalidate_all(flush=False)
        self.run_id = self._keep(found, counts, columns, self._coming_night(on))

    def _keep(self, found, counts, columns, on):
        """The simulation as a run of its own, once its hypotheses are undone."""
        company = self._company()
        run = self.env["recouvrement.run"].sudo()  # the night's own record
        run = run.create({"company_id": company.id, "date": on, "kind": "simulation", **counts})
        rows = [(run.id, company.id, on, *(values[name] or None for name in columns)) for values in found]
        bulk.insert(self.env["recouvrement.decision"], DECISION_COLUMNS, rows)
        run._end()
        return run.with_env(self.env)

    def _apply(self, on):
        """Put the choices in force: policies, settings, opening items, levels already reached."""
        company = self._company()
        policies = self._own_policies(company)
        policies.filtered(lambda policy: policy.state != "active").action_activate()
        company.write(self._company_values())
        self.opening_line_ids.check_access("read")
        self.opening_line_ids.sudo().no_followup = False  # the manager reads accounting and changes this flag only
        if self.old_levels == "reached":
            self.env["recouvrement.reminder"]._import_levels(company, on)

    def _coming_night(self, today):
        """The first day from today on that one of the policies sends: a Sunday's simulation would show nothing."""
        days = [today + timedelta(days=number) for number in range(10)]
        sends = lambda day: any(policy._sends_on(day, self.company_id) for policy in self.policy_ids)  # noqa: E731
        return next(filter(sends, days), today)

    def _own_policies(self, company):
        """The chosen policies; where several companies share one that is not active, this company gets its own copy.

        To activate it for all would remind the debtors of companies that chose otherwise.
        """
        shared = self.policy_ids.filtered(lambda policy: not policy.company_id and policy.state != "active")
        # sudo: companies that the manager does not see count too
        if self.env["res.company"].sudo().search_count([("parent_id", "=", False)]) < 2 or not shared:
            return self.policy_ids
        copies = {policy: policy.copy({"company_id": company.id, "name": policy.name}) for policy in shared}
        self.policy_id = copies.get(self.policy_id, self.policy_id)
        self.policy_ids = (self.policy_ids - shared).union(*copies.values())
        return self.policy_ids

    def _openings_domain(self):
        """Open receivable items of general journals, which Odoo leaves out of follow-up by default."""
        return Domain(
            [
                ("company_id", "child_of", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", "!=", 0),
                ("partner_id", "!=", False),
                ("journal_id.type", "=", "general"),
                ("no_followup", "=", True),
                ("account_id", "in", self.company_id._recouvrement_accounts()),
            ]
        )

    def _show(self, move):
        names = [name for name, _label in STEPS]
        self.step = names[min(max(names.index(self.step) + move, 0), len(names) - 1)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Activate debt collection"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
