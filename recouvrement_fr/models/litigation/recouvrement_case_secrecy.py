from odoo import models
from odoo.fields import Domain


class RecouvrementCase(models.Model):
    """The secrecy of a case is that of its documents and deadlines, whenever it is decided."""

    _inherit = "recouvrement.case"

    def write(self, vals):
        result = super().write(vals)
        if "is_confidential" in vals:
            self._spread_secrecy()
        return result

    def _spread_secrecy(self):
        """Give documents and deadlines, of the case and of its procedures, the secrecy that the case has now.

        Their files, messages and activities follow: they are read by whoever reads the record they hang on.
        """
        for secret, cases in self.grouped("is_confidential").items():
            about = Domain("res_model", "=", "recouvrement.case") & Domain("res_id", "in", cases.ids)
            runs = cases.run_ids
            about |= Domain("res_model", "=", runs._name) & Domain("res_id", "in", runs.ids)
            for model in ("recouvrement.document", "recouvrement.deadline"):
                # As superuser: nobody writes them, and all of them follow, those the user does not see as well.
                records = self.env[model].sudo().search(about & Domain("confidential", "!=", secret))
                records.confidential = secret
