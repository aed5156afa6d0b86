from odoo import api, fields, models


class RecouvrementDisputeReason(models.Model):
    """Why debtors contest, in a catalogue: who solves it, in how many days, and the motives of electronic invoicing."""

    _name = "recouvrement.dispute.reason"
    _inherit = "recouvrement.shared"
    _description = "Reason of a Dispute"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    cause = fields.Selection(
        [("us", "Our error"), ("debtor", "The debtor's"), ("carrier", "Delivery"), ("unknown", "Not known yet")],
        default="unknown",
        required=True,
        help="For the report of causes.",
    )
    resolver_id = fields.Many2one("res.users", "Solved by", domain="[('share', '=', False)]")
    days = fields.Integer("Days to solve", default=15)
    e_statuses = fields.Char(
        "E-invoice statuses", help="Statuses of electronic invoicing that open such a dispute: 206, 207, 208, 210, 213."
    )
    e_motives = fields.Char("E-invoice motives", help="Their motive codes, separated by commas: QTE_ERR, PU_ERR...")
    active = fields.Boolean(default=True)

    _days_positive = models.Constraint("CHECK(days > 0)", "A dispute is given at least a day.")

    @api.model
    def _for_motive(self, status, motive):
        """The reason that fits a motive of electronic invoicing, one of its status first; else that of other motives.

        A motive that nobody has mapped is never given the words of another: a person reads it on the dispute.
        """
        reasons = self.search([])
        fitting = reasons.filtered(lambda reason: motive in reason._codes("e_motives"))
        same = reasons.filtered(lambda reason: status in reason._codes("e_statuses"))
        other = same.filtered(lambda reason: "AUTRE" in reason._codes("e_motives"))
        alone = same.filtered(lambda reason: not reason._codes("e_motives"))
        return (fitting & same)[:1] or alone[:1] or fitting[:1] or other[:1] or same[:1] or reasons[-1:]

    def _codes(self, name):
        return [code.strip() for code in (self[name] or "").split(",") if code.strip()]
