from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...rules.quiet import QuietPeriod


class RecouvrementQuietPeriod(models.Model):
    """Days on which a company writes to none of its debtors: August, the end of the year.

    What comes due then waits for the first sending day after it; nothing is lost, and delays go on running.
    """

    _name = "recouvrement.quiet.period"
    _inherit = "recouvrement.shared"
    _description = "Quiet Period"
    _order = "date_from, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, help="An archived period is not observed.")
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: all the companies.")
    date_from = fields.Date("From", required=True, help="The first quiet day.")
    date_to = fields.Date("To", required=True, help="The last quiet day.")
    is_yearly = fields.Boolean(
        "Every year", default=True, help="The same days come back each year; they may cross the new year."
    )
    scope = fields.Selection(
        [("all", "Everything"), ("but_notices", "Everything but formal notices")],
        "What is kept back",
        default="all",
        required=True,
        help="A formal notice starts interest and delays: you may prefer not to put it off.",
    )

    _dates_ordered = models.Constraint("CHECK(date_from <= date_to)", "A quiet period ends on or after its first day.")

    @api.constrains("date_from", "date_to", "is_yearly")
    def _check_length(self):
        for period in self:
            if period.is_yearly and (period.date_to - period.date_from).days > 300:
                raise ValidationError(
                    self.env._(
                        "%s would silence nearly every day of every year: deactivate collection instead.", period.name
                    )
                )

    @api.depends("name", "date_from", "date_to")
    def _compute_display_name(self):
        for period in self:
            first, last = (format_date(self.env, day) if day else "" for day in (period.date_from, period.date_to))
            period.display_name = f"{period.name or ''} ({first} – {last})"

    @api.model_create_multi
    def create(self, vals_list):
        periods = super().create(vals_list)
        self.env["res.company"]._recouvrement_decide_again()
        return periods

    def write(self, vals):
        result = super().write(vals)
        self.env["res.company"]._recouvrement_decide_again()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["res.company"]._recouvrement_decide_again()
        return result

    @api.model
    def _rules(self, company):
        """The quiet periods of a root company, as the rule reads them."""
        periods = self.sudo().search(  # whoever starts the night or sends by hand
            Domain("company_id", "=", False) | Domain("company_id", "=", company.root_id.id)
        )
        return [
            QuietPeriod(period.date_from, period.date_to, period.is_yearly, period.scope == "but_notices")
            for period in periods
        ]
