from odoo import models
from odoo.exceptions import UserError

# Files kept as evidence on records that people may write: model -> the field that holds the file.
KEPT = {
    "recouvrement.document": "attachment_id",
    "recouvrement.plan": "signed_attachment_id",
    "recouvrement.case.piece": "attachment_id",
}
BYTES = {"raw", "datas", "db_datas", "store_fname", "res_model", "res_id", "url", "type", "public"}


class IrAttachment(models.Model):
    """Whoever may write a record may write its files: not those that were frozen with their hash, or signed."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if not self.env.su and BYTES & vals.keys():
            for model, field in KEPT.items():
                ids = [attachment.id for attachment in self.sudo() if attachment.res_model == model]
                # whatever the company: the question is whether the file is evidence
                if ids and self.env[model].sudo().search_count([(field, "in", ids)], limit=1):
                    raise UserError(self.env._("This file is evidence: it never changes."))
        return super().write(vals)
