from odoo import models


class RecouvrementInsolvency(models.Model):
    _inherit = "recouvrement.insolvency"

    def _court_place(self):
        courts = self.env["recouvrement.court"].sudo()  # whoever enters a judgment
        court = courts.search([("name", "=ilike", self.court.strip())], limit=1) if self.court else courts
        if court.zip or court.department:
            return court.zip or court.department.split(",")[0].strip()
        return super()._court_place()

    def _court_seized(self):
        cases = (
            self.env["recouvrement.case"]
            .sudo()
            .search(  # whoever follows the case
                [("state", "in", ("filed", "decision")), ("move_ids", "in", self.claim_ids.move_id.ids)], limit=1
            )
        )
        return ", n° ".join(filter(None, (cases.court_id.name, cases.court_number)))
