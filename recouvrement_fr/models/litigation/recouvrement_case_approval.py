from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementCaseApproval(models.Model):
    """The creditor's word on a procedure: who, when, on what figures. Never changed; another one may follow."""

    _name = "recouvrement.case.approval"
    _description = "Approval of a Procedure"
    _order = "id desc"
    _rec_name = "run_id"

    case_id = fields.Many2one("recouvrement.case", required=True, index=True, readonly=True, ondelete="restrict")
    run_id = fields.Many2one(
        "recouvrement.case.proceeding", "Procedure", required=True, index=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    is_granted = fields.Boolean("Approval given", readonly=True)
    user_id = fields.Many2one("res.users", "Decided by", required=True, readonly=True)
    decided_at = fields.Datetime(required=True, readonly=True)
    principal = fields.Monetary(readonly=True)
    interest = fields.Monetary(readonly=True)
    indemnity = fields.Monetary("Indemnities", readonly=True)
    balance = fields.Monetary("Claimed in all", readonly=True)
    spent = fields.Monetary("Spent so far", readonly=True)
    expected_cost = fields.Monetary("Expected costs", readonly=True)
    recovery_percent = fields.Float("Expected recovery (%)", readonly=True)
    expected_net = fields.Monetary("Expected net", readonly=True, help="What one expects to recover, less the costs.")
    comment = fields.Text(readonly=True)

    def write(self, vals):
        raise UserError(self.env._("What the creditor decided is never changed: decide again."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("What the creditor decided is never deleted."))
