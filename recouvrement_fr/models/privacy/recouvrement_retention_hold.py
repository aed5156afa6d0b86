from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import clock
from .recouvrement_retention import check_manager


class RecouvrementRetentionHold(models.Model):
    """A legal hold: the data of a person are kept, whatever their age, until a manager lifts it (RGPD art. 17.3 e)."""

    _name = "recouvrement.retention.hold"
    _description = "Legal Hold"
    _inherit = "recouvrement.acts"
    _order = "id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id, readonly=True
    )
    partner_id = fields.Many2one("res.partner", "Person", required=True, index=True, ondelete="restrict")
    reason = fields.Char(required=True, help="Why the data are needed: a claim, an audit, a request of a judge.")
    placed_by_id = fields.Many2one("res.users", "Placed by", readonly=True, default=lambda self: self.env.user)
    placed_on = fields.Date("Placed on", readonly=True, default=lambda self: clock.today(self.env))
    lifted_by_id = fields.Many2one("res.users", "Lifted by", readonly=True)
    lifted_on = fields.Date("Lifted on", readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        raise UserError(self.env._("A legal hold is lifted, not deleted: who asked for it stays known."))

    def write(self, vals):
        if not self.env.su:
            raise UserError(self.env._("A legal hold does not change: lift it, and place another one."))
        return super().write(vals)

    def action_lift(self):
        """The data may go again, when their time comes."""
        self.check_access("read")
        check_manager(self.env)
        standing = self.filtered(lambda hold: not hold.lifted_on)
        # sudo: a hold is written by nobody else
        standing.sudo().write({"lifted_by_id": self.env.uid, "lifted_on": clock.today(self.env)})
