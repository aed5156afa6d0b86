from odoo import fields, models


class RecouvrementDocumented(models.AbstractModel):
    """A record that documents are drafted about: how many, and the button that opens them."""

    _name = "recouvrement.documented"
    _description = "With Documents"

    document_count = fields.Integer(compute="_compute_document_count")

    def _compute_document_count(self):
        groups = self.env["recouvrement.document"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
        )
        counts = dict(groups)
        for record in self:
            record.document_count = counts.get(record.id, 0)

    def action_open_documents(self):
        self.ensure_one()
        self.check_access("read")
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        documents = self.env["recouvrement.document"].search(domain)
        return documents._get_records_action(name=self.env._("Documents"), domain=domain)
