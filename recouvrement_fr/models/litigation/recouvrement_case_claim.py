from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import clock


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

    # --- what is claimed: live, then as filed ---
    total = fields.Monetary("Amount invoiced", compute="_compute_figures", help="Of this due date, all taxes included.")
    principal = fields.Monetary("Principal claimed", compute="_compute_figures")
    interest = fields.Monetary("Interest claimed", compute="_compute_figures")
    indemnity = fields.Monetary("Indemnity claimed", compute="_compute_figures")
    tranches = fields.Json(compute="_compute_figures")  # of the interest claimed
    paid = fields.Monetary("Received", compute="_compute_figures")
    balance = fields.Monetary("Due today", compute="_compute_figures", help="Principal, interest and indemnity.")

    filed_principal = fields.Monetary(readonly=True)
    filed_interest = fields.Monetary(readonly=True)
    filed_indemnity = fields.Monetary(readonly=True)
    filed_tranches = fields.Json(readonly=True)

    _one_case = models.UniqueIndex(
        "(move_id, date_due) WHERE is_open IS TRUE", "This invoice is already in a litigation case."
    )

    @api.depends("case_id.state")
    def _compute_is_open(self):
        for claim in self:
            claim.is_open = claim.case_id.state != "closed"

    @api.depends("case_id.frozen_on", "case_id.imputation")
    def _compute_figures(self):
        on = clock.today(self.env)
        rows = {row.claim_id: row for case in self.case_id for row in case._statement(on).rows}
        for claim in self:
            row, filed = rows[claim._origin.id or claim.id], bool(claim.case_id.frozen_on)
            claim.total, claim.paid, claim.balance = row.total, row.paid, row.due_now
            claim.principal = claim.filed_principal if filed else row.principal
            claim.interest = claim.filed_interest if filed else row.interest_due
            claim.indemnity = claim.filed_indemnity if filed else row.indemnity
            claim.tranches = claim.filed_tranches if filed else _readable(row.tranches)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("What a case claims is evidence: it cannot be deleted."))

    def _freeze(self, row):
        """Keep what the filing of that day claims."""
        self.write(
            {
                "filed_principal": row.principal,
                "filed_interest": row.interest_due,
                "filed_indemnity": row.indemnity,
                "filed_tranches": _readable(row.tranches),
            }
        )


def _readable(tranches):
    """Tranches as the accessories of an invoice keep them."""
    return [
        {
            "from": tranche.date_from.isoformat(),
            "to": tranche.date_to.isoformat(),
            "days": tranche.days,
            "base": str(tranche.base),
            "rate": str(tranche.rate),
            "interest": str(tranche.interest),
            "article": tranche.article,
        }
        for tranche in tranches
    ]
