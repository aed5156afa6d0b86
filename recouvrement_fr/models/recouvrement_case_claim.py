from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementCaseClaim(models.Model):
    """What a case claims for one due date of one invoice: it follows the ledger, until it is frozen when filed."""

    _name = "recouvrement.case.claim"
    _description = "Claim of a Case"
    _order = "date_due, move_id, id"

    case_id = fields.Many2one("recouvrement.case", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="case_id.currency_id")
    move_id = fields.Many2one("account.move", "Invoice", required=True, index=True, ondelete="restrict")
    date_due = fields.Date("Due date", required=True)
    is_open = fields.Boolean(compute="_compute_is_open", store=True)

    _one_case = models.UniqueIndex(
        "(move_id, date_due) WHERE is_open IS TRUE", "This invoice is already in a litigation case."
    )

    @api.depends("case_id.state")
    def _compute_is_open(self):
        for claim in self:
            claim.is_open = claim.case_id.state != "closed"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("What a case claims is evidence: it cannot be deleted."))
