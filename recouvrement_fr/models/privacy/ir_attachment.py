from odoo import fields, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    anonymised_on = fields.Date(
        readonly=True, copy=False, help="The bytes are gone; the SHA-256 of what they were is kept."
    )

    def _altered(self):
        """Bytes that were erased on purpose did not change by accident."""
        return super()._altered().filtered(lambda file: not file.sudo().anonymised_on)  # asked about any file
