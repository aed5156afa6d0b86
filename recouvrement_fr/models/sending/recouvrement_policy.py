from odoo import api, models
from odoo.exceptions import UserError


class RecouvrementPolicy(models.Model):
    """A policy that has sent something stays."""

    _inherit = "recouvrement.policy"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: the reminders of every company count, whoever deletes
        if self.env["recouvrement.reminder"].sudo().search_count([("policy_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("This policy has sent reminders: archive it instead of deleting it."))
