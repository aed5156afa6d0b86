from odoo import models

from ..bad_debt.recouvrement_provision_exposures import debt_key


class RecouvrementProvision(models.Model):
    _inherit = "recouvrement.provision"

    def _case_estimates(self):
        """{debt key: (rate, note)} of the invoices in open cases whose impairment a legal officer estimated."""
        cases = (
            self.env["recouvrement.case"]
            .sudo()  # a rate and its reason, that a manager sees anyway
            .search([("company_id", "=", self.company_id.id), ("state", "!=", "closed"), ("is_estimated", "=", True)])
        )
        return super()._case_estimates() | {
            debt_key(move.id, move.move_type == "entry", case.partner_id.id): (
                case.provision_rate,
                # Read by accountants: neither which case, nor a word of one that is confidential.
                self.env._("Estimated in a litigation case.") if case.is_confidential else case.provision_note,
            )
            for case in cases
            for move in case.move_ids
        }
