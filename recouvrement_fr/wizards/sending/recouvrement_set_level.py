from odoo import api, fields, models

from ...tools import clock


class RecouvrementSetLevel(models.TransientModel):
    """Consider that a debtor, or some of his invoices, has reached a level, with the reason."""

    _name = "recouvrement.set.level"
    _description = "Set a Level by Hand"
    _inherit = "recouvrement.dialog"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, readonly=True)
    company_id = fields.Many2one(related="debtor_id.company_id", related_sudo=False)
    partner_id = fields.Many2one(related="debtor_id.partner_id", related_sudo=False, string="Debtor's partner")
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        domain="[('commercial_partner_id', '=', partner_id), ('state', '=', 'posted'),"
        " ('move_type', '=', 'out_invoice'), ('payment_state', 'in', ('not_paid', 'partial')),"
        " ('company_id', 'child_of', company_id)]",
        help="Empty: everything overdue.",
    )
    level_id = fields.Many2one(
        "recouvrement.level",
        required=True,
        domain="[('kind', '=', 'reminder'), ('policy_id.state', '=', 'active'),"
        " ('policy_id.company_id', 'in', (False, company_id))]",
        help="A formal notice cannot be set: it must really be sent.",
    )
    reason = fields.Char(required=True, help="Kept with the level: why a person chose it.")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        model, ids = self._opened_on()
        if model == "recouvrement.debtor" and len(ids) == 1:
            values["debtor_id"] = ids[0]
        elif model == "account.move" and ids:
            moves = self.env["account.move"].browse(ids)
            values["debtor_id"] = moves[0].recouvrement_debtor_id.id
            values["move_ids"] = moves.ids
        return values

    def action_apply(self):
        self.ensure_one()
        self.env["recouvrement.reminder"]._set_level(
            self.debtor_id, self.level_id, self.reason, clock.today(self.env), self.move_ids
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
