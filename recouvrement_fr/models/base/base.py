from odoo import models

UNGROUPED = {"sha256", "evidence_sha256", "proof_sha256", "zip_sha256", "token_hash", "message_id", "sms_uuid"}


class Base(models.AbstractModel):
    _inherit = "base"

    def fields_get(self, allfields=None, attributes=None):
        """Nobody groups what is different on each record: fingerprints are not offered."""
        found = super().fields_get(allfields, attributes)
        if self._name.startswith("recouvrement."):
            for name in UNGROUPED & found.keys():
                if "groupable" in found[name]:
                    found[name]["groupable"] = False
        return found

    def _get_records_action(self, **kwargs):
        """Nothing found of what is looked for is an empty list; core opens a form to make the first one, which what is
        evidence refuses."""
        action = super()._get_records_action(**kwargs)
        if not self and self._name.startswith("recouvrement.") and kwargs.get("domain") and "views" not in kwargs:
            action["views"] = [(False, "list"), (False, "form")]
        return action
