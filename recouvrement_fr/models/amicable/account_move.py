from collections import defaultdict

from odoo import fields, models

from ..decision.decider import Decider


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

    def _amount_to_promise(self, debtor, on):
        """What a promise proposes to pay, in the currency of these invoices: of each what is late, else all that is
        left."""
        owed = self._net_owed(debtor, on)
        return self[:1].currency_id.round(sum(late or left for late, left in owed)) if self else 0.0

    def _net_left(self, debtor, on):
        """What is left of all these invoices, in their currency, net of the credits of the debtor."""
        owed = self._net_owed(debtor, on)
        return self[:1].currency_id.round(sum(left for _late, left in owed)) if self else 0.0

    def _net_owed(self, debtor, on):
        """[(late, left)] of each of these invoices, in its currency, once the credits of the debtor are deducted as
        its card deducts them."""
        late, left, debtor = defaultdict(float), defaultdict(float), debtor._origin
        if not self or not debtor:
            return []
        # sudo: settings that a collector does not read; he is told the figures of his own debtor
        decider = Decider(self.sudo().env, debtor.company_id.sudo(), on, any_day=True)
        for verdict in decider.cases([(debtor.id, debtor.partner_id.id, None)]):
            for debt in verdict.debts.values():
                left[debt.item.move_id] += debt.amount + debt.disputed
                if debt.instalment.due < on:
                    late[debt.item.move_id] += debt.amount + debt.disputed
        return [(late[move._origin.id], left[move._origin.id]) for move in self]

    def _doubtful_amounts(self):
        """{id: what of these invoices stands in doubtful receivables}, owed though Odoo calls them paid."""
        return {}
