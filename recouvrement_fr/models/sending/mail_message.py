from odoo import api, models
from odoo.exceptions import UserError

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

    _name = "mail.message"
    _inherit = ["mail.message", "recouvrement.hanging"]
    _hangs_on = "model"
