from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# What each reader does with a message, without touching what it says.
OF_READERS = {"starred_partner_ids", "pinned_at", "notification_ids", "reaction_ids", "is_read"}


def _is_evidence(model):
    return (model or "").startswith("recouvrement.")


class MailMessage(models.Model):
    """What a debtor or a colleague wrote on a record of the add-on is evidence: nobody edits, redates or deletes it."""

    _inherit = "mail.message"

    def write(self, vals):
        if not self.env.su and vals.keys() - OF_READERS:
            self._refuse_evidence(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if not self.env.su:  # a record that may be deleted takes its messages with it, as superuser
            self._refuse_evidence()

    def _refuse_evidence(self, vals=None):
        models_told = self.sudo().mapped("model")  # whether it is evidence, not who may read it
        if any(map(_is_evidence, models_told)) or _is_evidence((vals or {}).get("model")):
            raise UserError(
                self.env._("What was written here is evidence: it never changes. Write another message to correct it.")
            )


class MailMessageSecret(models.Model):
    """Neither who wrote it nor who was told of it reads on what was said of a case that is confidential now."""

    _inherit = "mail.message"

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if not bypass_access and not self.env["recouvrement.secret"]._reads_secrets():
            domain = Domain(domain) & ~self.env["recouvrement.secret"]._secret_records("model", deep=True)
        return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        refused, error = super()._check_access(operation) or (self.browse(), None)
        refused += self.env["recouvrement.secret"]._hidden(self - refused, "model")
        return (refused, error or (lambda: refused._make_access_error(operation))) if refused else None
