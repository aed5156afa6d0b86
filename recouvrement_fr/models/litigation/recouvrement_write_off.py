from odoo import models
from odoo.exceptions import UserError


class RecouvrementWriteOff(models.Model):
    _inherit = "recouvrement.write.off"

    def _check_not_claimed(self):
        """What a court is asked to order is not given up meanwhile: the claim would be of what nobody books any more.

        One that an opening judgment stopped is no obstacle (C.com L622-21), nor the mandate of an agency.
        """
        super()._check_not_claimed()
        for record in self.sudo():  # a case may be confidential: its name alone is told, to who decides
            cases = record.env["recouvrement.case"].search(
                [("move_ids", "in", record.line_ids.move_id.ids), ("state", "!=", "closed")]
            )
            for run in cases.run_ids.filtered(lambda run: run.state == "running"):
                if not run.proceeding_id.stops or run.case_id._insolvency():
                    continue
                raise UserError(
                    record.env._(
                        "%(procedure)s is in progress in the case %(case)s for these invoices: end it there, or wait "
                        "for its outcome, before %(name)s is approved.",
                        procedure=run.proceeding_id.name,
                        case=run.case_id.name,
                        name=record.name,
                    )
                )
