from odoo import models

from .recouvrement_retention import check_manager


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_recouvrement_anonymise(self):
        """Show what anonymising this person would change, what it would keep and why, before anything is done."""
        return self._recouvrement_privacy_dialog("recouvrement.anonymise", self.env._("Anonymise a person"))

    def action_recouvrement_export(self):
        """Everything that is held of this person, for them (RGPD art. 15 and 20)."""
        return self._recouvrement_privacy_dialog("recouvrement.person.request", self.env._("Data of a person"))

    def _recouvrement_privacy_dialog(self, model, title):
        self.ensure_one()
        check_manager(self.env)
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {**self.env.context, "default_partner_id": self.id},
        }
