from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    recouvrement_case_count = fields.Integer(
        "Litigation cases",
        compute="_compute_recouvrement_case_count",
        groups="recouvrement_fr.group_recouvrement_user",
        help="Those against it, and those it takes part in: commissaire de justice, lawyer, agency, mandataire.",
    )

    @api.depends("commercial_partner_id")
    def _compute_recouvrement_case_count(self):
        for partner in self:
            partner.recouvrement_case_count = self.env["recouvrement.case"].search_count(partner._case_domain())

    def _case_domain(self):
        parties = ("partner_id", "bailiff_id", "lawyer_id", "agency_id", "mandataire_id")
        clauses = ((party, "in", (self | self.commercial_partner_id).ids) for party in parties)
        return [*("|",) * (len(parties) - 1), *clauses]

    def action_open_recouvrement_cases(self):
        self.ensure_one()
        self.env["recouvrement.case"].check_access("read")
        cases = self.env["recouvrement.case"].search(self._case_domain())
        return cases._get_records_action(name=self.env._("Litigation cases"), domain=self._case_domain())
