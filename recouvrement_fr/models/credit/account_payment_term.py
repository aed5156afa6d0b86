from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import formatLang

from ...rules.early_payment import offer
from ...tools import clock
from ...tools.formats import exact


class AccountPaymentTerm(models.Model):
    """What the discount of a payment term costs its creditor over a year."""

    _inherit = "account.payment.term"

    recouvrement_discount_cost = fields.Char("Cost of the discount", compute="_compute_recouvrement_discount_cost")

    @api.depends("early_discount", "discount_percentage", "discount_days", "line_ids.nb_days", "line_ids.delay_type")
    @api.depends_context("lang")
    def _compute_recouvrement_discount_cost(self):
        day = clock.today(self.env)
        for term in self:
            term.recouvrement_discount_cost = False
            line = term.line_ids[:1]
            if not (term.early_discount and line and 0 < term.discount_percentage < 100):
                continue
            found = offer(
                exact(100),
                exact(term.discount_percentage),
                day + timedelta(days=term.discount_days),
                line._get_due_date(day),
            )
            if found.yearly_rate is not None:
                term.recouvrement_discount_cost = self.env._(
                    "Paying %(days)s days earlier for %(percent)s %% less earns the customer %(rate)s %% a year: it is "
                    "what this money costs you. Compare it with your bank.",
                    days=found.days,
                    percent=formatLang(self.env, term.discount_percentage, digits=2),
                    rate=formatLang(self.env, float(found.yearly_rate), digits=1),
                )
