from odoo import api, fields, models


class RecouvrementClaimKindChoice(models.TransientModel):
    """Give invoices another kind of claim than the one proposed, with a reason."""

    _name = "recouvrement.claim.kind.choice"
    _description = "Choose a Kind of Claim"
    _inherit = "recouvrement.dialog"

    move_ids = fields.Many2many("account.move", string="Invoices", required=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    kind_id = fields.Many2one(
        "recouvrement.claim.kind",
        "Kind of claim",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="Empty: as proposed from its account, its journal or its debtor.",
    )
    reason = fields.Char(required=True)

    @api.depends("move_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.move_ids.company_id.root_id[:1]

    def action_apply(self):
        self.ensure_one()
        self.move_ids.check_access("read")
        self.move_ids.sudo()._set_claim_kind(self.kind_id, self.reason)  # a collector reads invoices; only this is his
        return {"type": "ir.actions.client", "tag": "soft_reload"}
