from odoo import models


class RecouvrementChannelTask(models.AbstractModel):
    _inherit = "recouvrement.channel.task"

    def _last_promises(self, debtors):
        found = self.env["recouvrement.promise"].search(
            [("debtor_id", "in", debtors.ids), ("state", "!=", "cancelled")], order="id"
        )
        return super()._last_promises(debtors) | {promise.debtor_id: promise for promise in found}
