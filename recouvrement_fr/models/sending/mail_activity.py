from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        """What is to do on a case that is confidential now is no more for whoever may not read it."""
        if not bypass_access and not self.env["recouvrement.secret"]._reads_secrets():
            domain = Domain(domain) & ~self.env["recouvrement.secret"]._secret_records(deep=True)
        return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        refused, error = super()._check_access(operation) or (self.browse(), None)
        refused += self.env["recouvrement.secret"]._hidden(self - refused)
        return (refused, error or (lambda: refused._make_access_error(operation))) if refused else None

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
