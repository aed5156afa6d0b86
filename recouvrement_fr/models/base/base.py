from odoo import models


class Base(models.AbstractModel):
    _inherit = "base"

    def _get_records_action(self, **kwargs):
        """Nothing found of what is looked for is an empty list; core opens a form to make the first one, which what is
        evidence refuses."""
        action = super()._get_records_action(**kwargs)
        if not self and self._name.startswith("recouvrement.") and kwargs.get("domain") and "views" not in kwargs:
            action["views"] = [(False, "list"), (False, "form")]
        return action
