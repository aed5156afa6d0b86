from odoo import fields, models


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    anonymised_on = fields.Date(readonly=True, copy=False, help="Nothing tells any more who this debtor was.")
    retention_checked_on = fields.Date(readonly=True, copy=False)  # where the job that proposes stands

    def action_anonymise(self):
        """Show what anonymising this person would change, and what it would keep."""
        self.check_access("read")
        return self.partner_id.with_context(default_company_id=self.company_id.id).action_recouvrement_anonymise()

    def action_export_person(self):
        """Everything that is held of this person, for them."""
        self.check_access("read")
        return self.partner_id.with_context(default_company_id=self.company_id.id).action_recouvrement_export()
