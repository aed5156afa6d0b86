from odoo import api, fields, models

from ...models.policy.recouvrement_policy import DEBTOR_TYPES


class RecouvrementIdentity(models.TransientModel):
    """Correct what says which law a debtor is under: its SIREN and its type, which is then vouched for."""

    _name = "recouvrement.identity"
    _description = "Correct the Identity of a Debtor"
    _inherit = "recouvrement.dialog"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, readonly=True)
    number = fields.Char("SIREN or SIRET", help="Empty: it has none, or it is not known.")
    debtor_type = fields.Selection(DEBTOR_TYPES, "Type", required=True)

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        debtor = self.env["recouvrement.debtor"].browse(values.get("debtor_id"))
        if debtor:
            debtor.check_access("read")
            known = debtor.partner_id.sudo().company_registry  # its own number, printed on its letters
            values = {"number": known, "debtor_type": debtor.debtor_type} | values
        return values

    def action_correct(self):
        """Write them, and vouch for the type."""
        self.ensure_one()
        self.debtor_id._correct_identity((self.number or "").strip(), self.debtor_type)
        return {"type": "ir.actions.act_window_close"}
