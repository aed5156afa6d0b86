from werkzeug.exceptions import Conflict

from odoo import models


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        """A file of evidence is shown with the bytes that were kept, or not at all: the page says why."""
        if record._name == "ir.attachment" and (altered := record._altered()):
            raise Conflict(record._altered_words(altered))
        return super()._record_to_stream(record, field_name)
