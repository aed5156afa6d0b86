from collections import defaultdict

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

    def _amount_to_promise(self, on):
        """What a promise proposes to pay, in the currency of these invoices: of each what is late, else all that is
        left."""
        late = defaultdict(float)
        groups = self.env["account.move.line"]._read_group(
            [
                ("move_id", "in", self._origin.ids),
                ("account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
                ("date_maturity", "<", on),
            ],
            ["move_id"],
            ["amount_residual_currency:sum"],
        )
        late.update({move.id: amount for move, amount in groups if amount > 0})
        return sum(late[move._origin.id] or move.amount_residual for move in self)

    def _doubtful_amounts(self):
        """{id: what of these invoices stands in doubtful receivables}, owed though Odoo calls them paid."""
        return {}
