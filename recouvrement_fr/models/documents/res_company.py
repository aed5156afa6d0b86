from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import archive_pdf
from ...tools.readers import SETTINGS_READERS


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_archived_notices = fields.Boolean(
        "Formal notices as PDF/A",
        help="For archives kept many years: formal notices are printed by a second engine (WeasyPrint), slower, as "
        "PDF/A-2b. Copies of invoices that one encloses are in the same file, when PDF/A can hold them as they were "
        "printed; else that file is an ordinary PDF, and the history of the reminder says why. Files of pieces are "
        "ordinary PDFs: what others wrote is not changed.",
        groups=SETTINGS_READERS,
    )

    @api.constrains("recouvrement_archived_notices")
    def _check_recouvrement_archived_notices(self):
        if any(self.mapped("recouvrement_archived_notices")) and not archive_pdf.is_available():
            raise ValidationError(
                self.env._(
                    "PDF/A is made by WeasyPrint, which this server lacks, or a library it needs (Pango). Ask for its "
                    "installation first: see the guide of the integrator."
                )
            )
