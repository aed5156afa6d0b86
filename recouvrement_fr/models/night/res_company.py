from odoo import models
from odoo.exceptions import UserError

from ...tools import clock


class ResCompany(models.Model):
    """The nights of a company begin, and end."""

    _inherit = "res.company"

    def _recouvrement_activate(self, values=None):
        """Let the night work for this company from now on.

        :param dict values: settings the assistant collected (cut-off date, default policy...)
        """
        self.ensure_one()
        root = self.root_id
        if not self.env["recouvrement.policy"]._usable(root):
            raise UserError(self.env._("No policy is active: activate one first (Configuration > Policies)."))
        today = clock.today(self.env)
        root.write({**(values or {}), "recouvrement_active": True, "recouvrement_activated_on": today})
        root._recouvrement_decide_again()
        for job in ("run", "dispatch", "follow_up"):
            self.env.ref(f"recouvrement_fr.ir_cron_recouvrement_{job}").sudo().active = True  # users may not read crons

    def _recouvrement_deactivate(self):
        """Stop at once: what is planned is cancelled, nothing more is decided nor sent."""
        for root in self.root_id:
            root.recouvrement_active = False
            pending = self.env["recouvrement.reminder"].search(
                [("company_id", "=", root.id), ("state", "in", ("planned", "to_approve", "failed", "sending"))]
            )
            pending._cancel(self.env._("Collection was deactivated."))
