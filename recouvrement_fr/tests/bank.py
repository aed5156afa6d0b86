from odoo import Command


class BankEntries:
    """Lines of the bank's own statement, set against invoices without a payment, as reconciling the bank does."""

    def banked(self, debts, on, rest=()):
        """A line of the bank that sets so much of each invoice, with other lines in the same entry.

        :param debts: {invoice: amount}
        :param rest: (account, balance) of the other lines; the bank has what is left
        """
        amount = sum(debts.values()) - sum(balance for _account, balance in rest)
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": on,
                "payment_ref": "VIR",
                "partner_id": next(iter(debts)).commercial_partner_id.id,
                "amount": amount,
            }
        )
        _liquidity, suspense, _others = line._seek_for_lines()
        owed = {debt: debt.line_ids.filtered(lambda one: one.account_type == "asset_receivable") for debt in debts}
        account = next(iter(owed.values())).account_id
        lines = [
            {"account_id": account.id, "balance": -amount, "partner_id": debt.commercial_partner_id.id}
            for debt, amount in debts.items()
        ]
        lines += [{"account_id": other.id, "balance": balance} for other, balance in rest]
        line.with_context(force_delete=True, skip_readonly_check=True).write(
            {"line_ids": [Command.delete(suspense.id), *map(Command.create, lines)]}
        )
        for debt, amount in debts.items():
            mine = line.move_id.line_ids.filtered(
                lambda one, amount=amount: one.account_id == account and one.balance == -amount and not one.reconciled
            )[:1]
            (mine + owed[debt]).reconcile()
        return line.move_id

    def at_the_till(self, debt, amount, on):
        """What a point of sale books of an invoice that is paid there, before its session is closed."""
        till = self.company.account_default_pos_receivable_account_id
        owed = debt.line_ids.filtered(lambda one: one.account_type == "asset_receivable")
        lines = (
            {"account_id": owed.account_id.id, "partner_id": debt.commercial_partner_id.id, "balance": -amount},
            {"account_id": till.id, "balance": amount},
        )
        journal = self.company_data["default_journal_misc"]
        entry = self.env["account.move"].create(
            {"date": on, "journal_id": journal.id, "line_ids": [*map(Command.create, lines)]}
        )
        entry.action_post()
        (owed + entry.line_ids.filtered(lambda one: one.account_id == owed.account_id)).reconcile()
        return entry
