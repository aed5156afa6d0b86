from odoo import models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    """What is to do on a case that is confidential now is no more for whoever may not read it."""

    _name = "mail.activity"
    _inherit = ["mail.activity", "recouvrement.hanging"]

    def _action_done(self, feedback=False, attachment_ids=None):
        """A call or a visit of a reminder ends by its outcome, which decides what comes next."""
        waiting = (
            self.env["recouvrement.dispatch"]
            .sudo()  # whoever the activity belongs to is told, even without access to collection
            .search([("activity_id", "in", self.ids), ("state", "=", "queued")], limit=1)
        )
        if waiting:
            raise UserError(
                self.env._("Note the outcome instead: open %s and press “Log a call”.", waiting.debtor_id.display_name)
            )
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
