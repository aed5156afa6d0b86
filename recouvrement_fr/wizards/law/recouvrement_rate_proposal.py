from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementRateProposal(models.TransientModel):
    """What the European Central Bank says of a half-year, beside what is entered; a manager accepts it or not."""

    _name = "recouvrement.rate.proposal"
    _description = "Rate Proposed by the European Central Bank"
    _inherit = "recouvrement.dialog"

    rate_id = fields.Many2one("recouvrement.rate", "Rates entered", readonly=True)
    date_from = fields.Date(required=True, readonly=True)
    date_to = fields.Date(required=True, readonly=True)
    entered_rate = fields.Float("Rate entered", related="rate_id.ecb_rate", related_sudo=False)
    proposed_rate = fields.Float("Rate of the ECB", digits=(6, 3), readonly=True)
    observed_on = fields.Date("In force on", readonly=True, help="The day of the observation the ECB answered.")
    source = fields.Char(readonly=True)
    is_same = fields.Boolean(compute="_compute_is_same")
    legal_rate_other = fields.Float(
        "Legal rate, other cases",
        digits=(6, 3),
        help="Of creditors who are companies; from the order of the half-year, published in the Journal officiel.",
    )
    legal_rate_individual = fields.Float("Legal rate, individuals", digits=(6, 3), help="From the same order.")
    legal_source = fields.Char("Order", help="The order (arrêté) the legal rates were read in, and its date.")

    @api.depends("entered_rate", "proposed_rate", "rate_id")
    def _compute_is_same(self):
        for proposal in self:
            proposal.is_same = proposal.rate_id and round(proposal.entered_rate - proposal.proposed_rate, 3) == 0

    def action_accept(self):
        """Write the rate; the half-year has then to be confirmed again, since its figure is new."""
        self.ensure_one()
        if self.is_same:
            return {"type": "ir.actions.act_window_close"}
        if self.rate_id:
            self.rate_id.write(
                {
                    "ecb_rate": self.proposed_rate,
                    "source": " ; ".join(filter(None, (self.rate_id.source, self.source))),
                    "verified": False,
                }
            )
        else:
            if not (self.legal_rate_other and self.legal_source):
                raise UserError(
                    self.env._(
                        "This half-year is not entered yet: give its legal rates and the order they were read in. The "
                        "European Central Bank does not know them."
                    )
                )
            self.env["recouvrement.rate"].create(
                {
                    "date_from": self.date_from,
                    "date_to": self.date_to,
                    "ecb_rate": self.proposed_rate,
                    "legal_rate_other": self.legal_rate_other,
                    "legal_rate_individual": self.legal_rate_individual,
                    "source": f"{self.legal_source} ; {self.source}",
                }
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
