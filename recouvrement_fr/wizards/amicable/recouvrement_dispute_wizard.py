from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementDisputeWizard(models.TransientModel):
    """Open a dispute from a debtor's card, from his answer, or from invoices."""

    _name = "recouvrement.dispute.wizard"
    _description = "Open a Dispute"
    _inherit = "recouvrement.dialog.debts"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", related_sudo=False, string="Debtor's partner")
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', 'in', ('out_invoice', 'out_receipt')),"
        " ('state', '=', 'posted'), ('amount_residual', '>', 0)]",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    is_partial = fields.Boolean("A part only", help="The rest of the invoice goes on being reminded.")
    amount = fields.Monetary("Amount contested", help="All taxes included.")
    reason_id = fields.Many2one("recouvrement.dispute.reason", required=True)
    description = fields.Text("What the debtor says")
    attachment_ids = fields.Many2many("ir.attachment", string="Documents", help="The debtor's letter, photographs...")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        chosen = self._chosen()
        if not chosen.debtor:
            return values
        if not (chosen.moves or chosen.items):
            overdue = self._or_overdue(chosen)
            chosen = overdue._replace(
                moves=overdue.moves[:1], items=overdue.items[:0] if overdue.moves else overdue.items[:1]
            )
        return values | self._values_of(self._in_one_currency(chosen))

    @api.depends("move_ids", "item_ids")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard.move_ids._currency_owed(wizard.item_ids) or wizard.debtor_id.currency_id

    def action_open(self):
        self.ensure_one()
        if self.is_partial and self.amount <= 0:  # zero would say the whole
            raise UserError(self.env._("Enter the amount contested."))
        dispute = self.env["recouvrement.dispute"]._open(
            self.debtor_id,
            self.move_ids,
            self.reason_id,
            amount=self.amount if self.is_partial else None,
            items=self.item_ids,
            description=self.description,
        )
        if files := self.attachment_ids._copied_onto(dispute):
            dispute.message_post(body=self.env._("Documents of the debtor"), attachment_ids=files.ids)
        return dispute._get_records_action()
