from odoo import models
from odoo.exceptions import AccessError

OPEN = [("state", "=", "posted"), ("move_type", "in", ("out_invoice", "out_receipt"))]


class AccountMove(models.Model):
    _inherit = "account.move"

    def _check_is_collector(self):
        """A debtor reads his own invoices on the portal: what was done about them is for collectors."""
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):
            raise AccessError(self.env._("Only collectors can do this."))
        self.check_access("read")
