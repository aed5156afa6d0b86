from odoo import api, models


class RecouvrementLabelled(models.AbstractModel):
    """A record named after one of its choices, whose name is the label that people read, never the code."""

    _name = "recouvrement.labelled"
    _description = "Named After a Choice"

    @api.depends(lambda self: (self._rec_name,) if self._rec_name else ())
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields[self._rec_name]._description_selection(self.env))
        for record in self:
            record.display_name = labels.get(record[self._rec_name], "")
