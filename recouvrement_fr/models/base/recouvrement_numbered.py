from odoo import api, models


class RecouvrementNumbered(models.AbstractModel):
    """A record that takes its number from the sequence named after its model."""

    _name = "recouvrement.numbered"
    _description = "Numbered"

    @api.model
    def _next_number(self):
        # The sequence is configuration: whoever opens such a record takes a number of it.
        return self.env["ir.sequence"].sudo().next_by_code(self._name)
