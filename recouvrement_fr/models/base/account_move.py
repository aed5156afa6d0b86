from odoo import models
from odoo.exceptions import AccessError

OPEN = [("state", "=", "posted"), ("move_type", "in", ("out_invoice", "out_receipt"))]


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        if self.line_ids:
            self.line_ids._ask_once()  # whose lines keep something of its state, before it changes
        return super()._post(soft=soft)

    def _check_is_collector(self):
        """A debtor reads his own invoices on the portal: what was done about them is for collectors."""
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):
            raise AccessError(self.env._("Only collectors can do this."))
        self.check_access("read")

    def _is_at_till(self):
        """Money that a point of sale took, or gave back, and that its session has not banked yet."""
        self.ensure_one()
        tills = self.env["account.account"]._recouvrement_every_till()
        return self.move_type == "entry" and any(line.account_id.id in tills for line in self.line_ids)
