from odoo import models


class RecouvrementCase(models.Model):
    """The record of what the debtor did on its page is a piece of its case, once frozen."""

    _inherit = "recouvrement.case"

    def _found_documents(self):
        found = super()._found_documents()
        records = self.env["recouvrement.document"].search(
            [
                ("debtor_id", "=", self.debtor_id.id),
                ("template", "=", "recouvrement_fr.document_door_record"),
                ("state", "=", "frozen"),
            ],
            order="id desc",
            limit=1,
        )
        for document in records:  # the last one holds what the others do
            title = f"{document.title} n° {document.name}"
            found.append(self._of_file(document.attachment_id, "correspondence", title, document.date, (document.id,)))
        return found
