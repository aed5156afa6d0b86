from odoo import api, models
from odoo.fields import Command


class RecouvrementEvidence(models.AbstractModel):
    """A record whose files are evidence: its own copies, with their SHA-256, readable by whoever reads the record.

    Name the many2many fields of files in `_evidence_files`. Whatever is given to them, on a form or by a dialog, is
    copied: a file that belongs to another record stays there, and is never moved.
    """

    _name = "recouvrement.evidence"
    _description = "Evidence"

    _evidence_files = ()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._own_files({name for name in self._evidence_files if any(vals.get(name) for vals in vals_list)})
        return records

    def write(self, vals):
        result = super().write(vals)
        self._own_files(vals.keys() & set(self._evidence_files))
        return result

    def _own_files(self, names):
        """Replace the files of others by copies of them.

        :raises AccessError: whoever gives a file must be able to read it
        """
        for name in names:
            for record in self:
                given = record.sudo()[name]  # links to files that the reader of the record may not read yet
                own = given.sudo(self.env.su and self.env.uid == api.SUPERUSER_ID)._copied_onto(record)
                if own != given:
                    # sudo: the link to the copy is no new act; and past the model's own refusal to be written
                    super(RecouvrementEvidence, record.sudo()).write({name: [Command.set(own.ids)]})
