from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules.bad_debt import impairment
from ...tools.formats import exact, unit
from .recouvrement_provision_exposures import debt_key


class RecouvrementProvisionLine(models.Model):
    """One invoice in a computation of impairment: what is owed, without VAT, its rate, and the movement to book."""

    _name = "recouvrement.provision.line"
    _description = "Impairment of an Invoice"
    _order = "partner_id, date_due, id"
    _rec_name = "move_id"

    # As the client shows it beside any link: who reads the row reads the name of its invoice, of another branch too.
    display_name = fields.Char(compute_sudo=True)
    provision_id = fields.Many2one("recouvrement.provision", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="provision_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="provision_id.currency_id")
    date = fields.Date(related="provision_id.date", string="At", store=True, index=True)
    state = fields.Selection(related="provision_id.state", store=True)
    entry_company_id = fields.Many2one("res.company", "Company of the entry", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Debtor", required=True, index=True, readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", required=True, index=True, readonly=True, ondelete="restrict")
    date_due = fields.Date("Due date", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator=None)
    situation = fields.Selection(
        [
            ("none", "Estimate"),
            ("overdue", "Overdue"),
            ("doubtful", "Doubtful (416)"),
            ("safeguard", "Sauvegarde or redressement"),
            ("liquidation", "Liquidation"),
            ("settled", "No longer owed"),
        ],
        readonly=True,
    )
    amount = fields.Monetary("Owed", readonly=True, help="Taxes included, net of credits, at the date.")
    amount_net = fields.Monetary("Without VAT", readonly=True)
    matrix_rate = fields.Float("Rate of the matrix", digits=(5, 2), readonly=True, aggregator=None)
    rate = fields.Float(
        "Rate (%)", digits=(5, 2), aggregator=None, help="Of the matrix, or estimated for this debt: then say why."
    )
    is_manual = fields.Boolean("Estimated", compute="_compute_is_manual", store=True)
    note = fields.Char("Estimate", help="Why this debt is estimated otherwise than by the matrix.")
    provision = fields.Monetary("Impairment", compute="_compute_provision", store=True)
    previous = fields.Monetary("Booked before", readonly=True)
    movement = fields.Monetary(
        compute="_compute_provision", store=True, help="Positive: an allowance; negative: a release."
    )

    @api.depends("rate", "matrix_rate")
    def _compute_is_manual(self):
        for line in self:
            line.is_manual = abs(line.rate - line.matrix_rate) > 0.001

    @api.depends("amount_net", "rate", "previous")
    def _compute_provision(self):
        for line in self:
            smallest = unit(line.currency_id or line.env.company.currency_id)
            line.provision = float(impairment(exact(line.amount_net), exact(line.rate), smallest))
            line.movement = line.currency_id.round(line.provision - line.previous)

    @api.constrains("rate", "note")
    def _check_rate(self):
        for line in self:
            if not 0 <= line.rate <= 100:
                raise ValidationError(self.env._("A rate is between 0 and 100 %."))
            if line.is_manual and not (line.note or "").strip():
                raise ValidationError(
                    self.env._("Say why %s is estimated otherwise than by the matrix.", line.move_id.display_name)
                )

    def _key(self):
        """Of the debt, as `debt_key` makes it."""
        self.ensure_one()
        return debt_key(self.move_id.id, self.move_id.move_type == "entry", self.partner_id.id)

    def write(self, vals):
        if not self.env.su and (vals.keys() - {"rate", "note"} or set(self.mapped("state")) - {"computed"}):
            raise UserError(self.env._("Only the rate and its reason change, before the entry is drafted."))
        return super().write(vals)
