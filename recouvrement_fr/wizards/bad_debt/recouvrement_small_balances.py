from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL

from ...tools import clock
from ...tools.bulk import any_of

AT_MOST = 2000  # balances listed together: more would be one entry that nobody checks


class RecouvrementSmallBalances(models.TransientModel):
    """Old balances too small to be worth a letter, debts and credits, given up together under one approval."""

    _name = "recouvrement.small.balances"
    _description = "Small Balances"
    _inherit = "recouvrement.dialog"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    limit = fields.Monetary(
        "Balance up to",
        required=True,
        default=lambda self: self.env.company.root_id.recouvrement_small_balance,
        help="In company currency, taxes included.",
    )
    days = fields.Integer(
        "Older than (days)",
        required=True,
        default=lambda self: self.env.company.root_id.recouvrement_small_balance_days,
        help="Since the due date.",
    )
    with_credits = fields.Boolean("Credits too", default=True, help="Overpayments and credit notes left on account.")
    entry_date = fields.Date("Accounting date", required=True, default=lambda self: clock.today(self.env))
    line_ids = fields.One2many(
        "recouvrement.small.balances.line", "wizard_id", compute="_compute_line_ids", store=True, readonly=False
    )
    is_cut = fields.Boolean(compute="_compute_line_ids", store=True)
    chosen_count = fields.Integer(compute="_compute_chosen")
    debt_amount = fields.Monetary("Debts given up", compute="_compute_chosen")
    credit_amount = fields.Monetary("Credits kept", compute="_compute_chosen")

    @api.depends("limit", "days", "with_credits", "company_id")
    def _compute_line_ids(self):
        for wizard in self:
            rows = wizard._rows(clock.today(self.env))
            wizard.is_cut = len(rows) > AT_MOST
            wizard.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "move_id": move_id,
                        "partner_id": partner_id,
                        "currency_id": currency_id,
                        "date_due": due,
                        "amount": amount,
                        "company_amount": company_amount,
                    }
                )
                for move_id, partner_id, currency_id, due, amount, company_amount in rows[:AT_MOST]
            ]

    @api.depends("line_ids.chosen")
    def _compute_chosen(self):
        for wizard in self:
            amounts = wizard.line_ids.filtered("chosen").mapped("company_amount")
            wizard.chosen_count = len(amounts)
            wizard.debt_amount = sum(amount for amount in amounts if amount > 0)
            wizard.credit_amount = -sum(amount for amount in amounts if amount < 0)

    @api.constrains("limit", "days")
    def _check_limits(self):
        for wizard in self:
            ceiling = wizard.company_id.sudo().recouvrement_small_balance  # a setting, read by whoever proposes
            if wizard.days < 0 or wizard.currency_id.compare_amounts(wizard.limit, ceiling) > 0 or wizard.limit <= 0:
                raise ValidationError(
                    self.env._("The balance is more than zero, and at most the limit set in Collection > Bad debts.")
                )

    def _rows(self, on):
        """What is open, old, small, and held by nothing: [(move, partner, currency, due, amount, company amount)]."""
        root = self.env["recouvrement.simulation"]._company(self.company_id).with_env(self.env)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.move_id, p.commercial_partner_id, l.currency_id, MAX(COALESCE(l.date_maturity, l.date)),
                       SUM(l.amount_residual_currency), SUM(l.amount_residual)
                  FROM account_move_line l
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE l.account_id = %(accounts)s AND l.company_id = %(tree)s AND l.parent_state = 'posted'
                   AND l.reconciled IS NOT TRUE
              GROUP BY 1, 2, 3
                HAVING ABS(SUM(l.amount_residual)) BETWEEN 0.001 AND %(limit)s
                   AND MAX(COALESCE(l.date_maturity, l.date)) < %(before)s
              ORDER BY 4, 1
                """,
                accounts=any_of(root._recouvrement_accounts()),
                tree=any_of(root._recouvrement_tree()),
                limit=self.limit,
                before=fields.Date.subtract(on, days=self.days),
            )
        )
        rows = [row for row in rows if row[4] and (self.with_credits or row[4] > 0)]
        moves = [row[0] for row in rows]
        holding = self.env["recouvrement.holding"].sudo()  # what holds is respected, whoever may see it
        held = holding._all_holds(root, moves, on) | holding._all_parts(root, moves)
        busy = self.env["recouvrement.write.off"]._in_progress(root).line_ids.move_id.ids
        return [(*row[:4], float(row[4]), float(row[5])) for row in rows if row[0] not in held and row[0] not in busy]

    def action_propose(self):
        self.ensure_one()
        lines = self.line_ids.filtered("chosen")
        if not lines:
            raise UserError(self.env._("Choose at least one balance."))
        if any(abs(line.company_amount) > self.limit for line in lines):
            raise UserError(self.env._("One of these balances is above the limit."))
        record = self.env["recouvrement.write.off"]._propose(
            self.company_id,
            {(line.move_id, line.partner_id): None for line in lines},
            "small",
            entry_date=self.entry_date,
            note=self.env._(
                "Balances of at most %(limit)s, older than %(days)s days.", limit=self.limit, days=self.days
            ),
        )
        return record._get_records_action()


class RecouvrementSmallBalancesLine(models.TransientModel):
    """A balance in the dialog."""

    _name = "recouvrement.small.balances.line"
    _description = "Small Balance"
    _inherit = "recouvrement.dialog"
    _order = "date_due, id"

    wizard_id = fields.Many2one("recouvrement.small.balances", required=True, ondelete="cascade")
    chosen = fields.Boolean("Give up", default=True)
    move_id = fields.Many2one("account.move", "Entry", required=True)
    partner_id = fields.Many2one("res.partner", "Debtor", required=True)
    date_due = fields.Date("Due date")
    currency_id = fields.Many2one("res.currency", required=True)
    company_currency_id = fields.Many2one(
        related="wizard_id.currency_id", related_sudo=False, string="Company currency"
    )
    amount = fields.Monetary("Balance")
    company_amount = fields.Monetary("In company currency", currency_field="company_currency_id")
