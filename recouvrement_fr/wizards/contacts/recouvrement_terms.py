from odoo import api, fields, models

from ...tools import clock


class RecouvrementTerms(models.TransientModel):
    """Correct the payment terms that the next invoices of a debtor take."""

    _name = "recouvrement.terms"
    _description = "Correct the Payment Terms of a Debtor"
    _inherit = "recouvrement.dialog"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, readonly=True)
    company_id = fields.Many2one(related="debtor_id.company_id", related_sudo=False)
    payment_term_id = fields.Many2one(
        "account.payment.term",
        "Payment terms",
        required=True,
        domain="['|', ('company_id', '=', False), ('company_id', 'parent_of', company_id)]",
    )
    warning = fields.Char(compute="_compute_warning")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        debtor = self.env["recouvrement.debtor"].browse(values.get("debtor_id"))
        if debtor:
            debtor.check_access("read")
            values = {"payment_term_id": debtor._own_terms().id} | values
        return values

    @api.depends("payment_term_id", "debtor_id")
    def _compute_warning(self):
        for wizard in self:
            debtor = wizard.debtor_id
            checked = debtor and debtor._terms_checked(wizard.payment_term_id._origin, clock.today(self.env))
            wizard.warning = checked and checked[1]

    def action_correct(self):
        """Write them."""
        self.ensure_one()
        self.debtor_id._correct_terms(self.payment_term_id, clock.today(self.env))
        return {"type": "ir.actions.act_window_close"}
