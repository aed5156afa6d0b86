from collections import defaultdict

from odoo import fields, models

from ...ledger.cash import on_account
from ...rules.promises import Movement
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

    def _amount_to_promise(self, debtor, on, items=()):
        """What a promise proposes to pay, in the currency of these invoices, or of these items of opening entries: of
        each what is late, else all that is left."""
        owed = self._net_owed(debtor, on, items)
        return self._currency_owed(items).round(sum(late or left for late, left in owed)) if owed else 0.0

    def _net_left(self, debtor, on, items=()):
        """What is left of all these invoices and items, in their currency, net of the credits of the debtor."""
        owed = self._net_owed(debtor, on, items)
        return self._currency_owed(items).round(sum(left for _late, left in owed)) if owed else 0.0

    def _net_owed(self, debtor, on, items=()):
        """[(late, left)] of each of these invoices, then of these items, in its currency, once the credits of the
        debtor are deducted as its card deducts them; what is not collected (a holdback) is owed too."""
        late, left, debtor = defaultdict(float), defaultdict(float), debtor._origin
        if not (self or items) or not debtor:
            return []
        debts = self._net_debts(debtor, on, items)
        for debt in debts:
            key = debt.item.move_id, debt.item.entry_line_id
            left[key] += debt.amount + debt.disputed
            if debt.instalment.due < on:
                late[key] += debt.amount + debt.disputed
        for item in self._not_collected(debtor, {debt.item.move_id for debt in debts}):
            left[item.move_id.id, 0] += item.amount_residual_currency
            if (item.date_maturity or item.date) < on:
                late[item.move_id.id, 0] += item.amount_residual_currency
        keys = [(move._origin.id, 0) for move in self]
        keys += [(item.move_id._origin.id, item._origin.id) for item in items]
        return [(late[key], left[key]) for key in keys]

    def _net_debts(self, debtor, on, items=()):
        """The Debts of these invoices and items that are collected, as the card of the debtor knows them."""
        # sudo: settings that a collector does not read; he is told the figures of his own debtor
        decider = Decider(self.sudo().env, debtor.company_id.sudo(), on, any_day=True)
        cases, mine = decider.cases([(debtor.id, debtor.partner_id.id, None)]), set(self._origin.ids)
        entries = {item._origin.id for item in items}
        return [
            debt
            for case in cases
            for debt in case.debts.values()
            if debt.item.move_id in mine or debt.item.entry_line_id in entries
        ]

    def _not_collected(self, debtor, move_ids):
        """The open receivable items of these invoices on accounts that are not collected, or that are no debt of the
        debtor's card: all but what is collected of `move_ids`."""
        # sudo: its own invoices, and a setting
        items, accounts = self.env["account.move.line"].sudo(), debtor.company_id.sudo()._recouvrement_accounts()
        return items.search(
            [
                *(("move_id", "in", self.ids), ("account_type", "=", "asset_receivable")),
                *(("parent_state", "=", "posted"), ("reconciled", "=", False)),
                *("|", ("account_id", "not in", accounts), ("move_id", "not in", list(move_ids))),
            ]
        )

    def _credits_deducted(self, debtor, on, items=()):
        """The Movements of the credits that are deducted from these invoices: nobody has set them against these yet."""
        # sudo: a setting
        money = on_account(self.env, debtor.company_id.sudo(), debtor.partner_id.ids)[debtor.partner_id.id]
        paid = {one.line_id: one.on for one in money}
        found = []
        for debt in self._net_debts(debtor, on, items):
            for (move_id, _due, line_id), movement in debt.credits:
                credit = self.env["account.move"].sudo().browse(move_id)  # the debtor's own
                if line_id in paid:
                    found.append(Movement(paid[line_id], movement.amount))
                elif credit.move_type == "out_refund":
                    found.append(Movement(credit.date, movement.amount, is_credit=True))
        return found

    def _doubtful_amounts(self):
        """{id: what of these invoices stands in doubtful receivables}, owed though Odoo calls them paid."""
        return {}
