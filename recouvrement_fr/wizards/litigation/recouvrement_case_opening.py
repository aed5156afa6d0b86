from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class RecouvrementCaseOpening(models.TransientModel):
    """Open a litigation case, from a debtor's card or from invoices."""

    _name = "recouvrement.case.opening"
    _description = "Open a Litigation Case"
    _inherit = "recouvrement.dialog"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", related_sudo=False, string="Debtor's partner")
    company_id = fields.Many2one(related="debtor_id.company_id", related_sudo=False)
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        required=True,
        domain="[('commercial_partner_id', '=', partner_id), ('company_id', 'child_of', company_id),"
        " ('move_type', 'in', ('out_invoice', 'out_receipt')), ('state', '=', 'posted'), ('amount_residual', '>', 0)]",
    )
    user_id = fields.Many2one(
        "res.users", "Legal officer", default=lambda self: self.env.user, domain="[('share', '=', False)]"
    )
    is_confidential = fields.Boolean("Confidential", help="Seen by legal officers and managers only.")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        model, ids = self._opened_on()
        if model != "account.move" or not ids or values.get("debtor_id"):
            return values
        moves = self.env[model].browse(ids)
        debtor = moves[:1].recouvrement_debtor_id
        if not debtor or len(moves.commercial_partner_id) > 1:
            raise UserError(self.env._("Choose invoices of one debtor who has a card: the night makes it."))
        return values | {"debtor_id": debtor.id, "move_ids": [Command.set(moves.ids)]}

    def action_open(self):
        self.ensure_one()
        case = self.env["recouvrement.case"]._open(
            self.debtor_id, self.move_ids, user_id=self.user_id.id, is_confidential=self.is_confidential
        )
        return case._get_records_action()
