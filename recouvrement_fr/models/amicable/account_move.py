from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    recouvrement_promise_count = fields.Integer(
        "Promises",
        compute="_compute_recouvrement_promise_count",
        groups="recouvrement_fr.group_recouvrement_user",
        help="Promises to pay this invoice, whatever became of them.",
    )

    def _compute_recouvrement_promise_count(self):
        groups = self.env["recouvrement.promise"]._read_group([("move_ids", "in", self.ids)], ["move_ids"], ["__count"])
        counts = {move.id: count for move, count in groups}
        for move in self:
            move.recouvrement_promise_count = counts.get(move._origin.id, 0)

    def action_open_promises(self):
        """The promises to pay these invoices."""
        self._check_is_collector()
        promises = self.env["recouvrement.promise"].search([("move_ids", "in", self.ids)])
        return promises._get_records_action(name=self.env._("Promises to pay"), domain=[("move_ids", "in", self.ids)])

    def _doubtful_amounts(self):
        """{id: what of these invoices stands in doubtful receivables}, owed though Odoo calls them paid."""
        return {}
