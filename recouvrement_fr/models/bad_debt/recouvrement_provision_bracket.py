from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.bad_debt import Bracket
from ...tools.formats import exact


class RecouvrementProvisionBracket(models.Model):
    """A rate of impairment, by situation and days late: the matrix of a company, else that of everybody.

    The rates given are examples: a company justifies its own by its experience (PCG 214-25; CGI 39, 1-5°).
    """

    _name = "recouvrement.provision.bracket"
    _inherit = "recouvrement.shared"
    _description = "Rate of Impairment"
    _order = "company_id, situation, days"

    company_id = fields.Many2one("res.company", index=True, help="Empty: for companies without rates of their own.")
    situation = fields.Selection(
        [
            ("overdue", "Overdue"),
            ("doubtful", "Doubtful (416)"),
            ("safeguard", "Sauvegarde or redressement"),
            ("liquidation", "Liquidation"),
        ],
        required=True,
        default="overdue",
    )
    days = fields.Integer("Days late, from", help="From so many days after the due date.")
    rate = fields.Float("Rate (%)", digits=(5, 2), required=True)
    confirmed = fields.Boolean(help="The company's accountant agrees with this rate.")

    _once = models.UniqueIndex("(COALESCE(company_id, 0), situation, days)", "This bracket exists already.")

    @api.constrains("rate", "days")
    def _check_rate(self):
        for bracket in self:
            if not 0 <= bracket.rate <= 100 or bracket.days < 0:
                raise ValidationError(self.env._("A rate is between 0 and 100 %, from zero days or more."))

    @api.model
    def _matrix(self, company):
        """(the brackets of the rules, whether all of them are confirmed) for a root company."""
        records = self.sudo().search([("company_id", "=", company.id)])  # a setting, read by whoever computes
        records = records or self.sudo().search([("company_id", "=", False)])
        brackets = [Bracket(record.situation, record.days, exact(record.rate)) for record in records]
        return brackets, all(records.mapped("confirmed"))
