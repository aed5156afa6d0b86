from odoo import api, models
from odoo.exceptions import UserError


class RecouvrementLevel(models.Model):
    """A level that has sent something is part of the evidence."""

    _inherit = "recouvrement.level"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: the reminders of every company count, whoever deletes
        if self.env["recouvrement.reminder"].sudo().search_count([("level_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("A level that has sent reminders stays: it is part of the evidence."))
