from odoo import models
from odoo.exceptions import UserError

from ..base.acts import check_manager
from .settling import receivable


class RecouvrementWriteOff(models.Model):
    """A payment that comes in for what was written off: income, and VAT due again."""

    _inherit = "recouvrement.write.off"

    def action_recovered(self):
        """Draft the income of a payment that came in for debts already written off, and the VAT due on it.

        The payment stands open on the debtor's account: at most what was given up is taken from it, oldest first.
        """
        self.ensure_one()
        check_manager(self.env)
        self.check_access("read")
        record = self.sudo()  # a manager reads accounting: an accountant posts this draft
        if record.state != "posted":
            raise UserError(self.env._("Only a posted write-off is followed by a recovery."))
        if record.recovery_ids.filtered(lambda entry: entry.state == "draft"):
            raise UserError(self.env._("A draft of what was recovered waits for an accountant already."))
        entries = self.env["account.move"]
        for (company, currency), lines in record.line_ids.grouped(
            lambda line: (line.move_id.company_id, line.currency_id)
        ).items():
            entries |= record._draft_recovery(company, currency, lines)
        if not entries:
            raise UserError(self.env._("No payment stands open on the account of this debtor."))
        return entries.with_env(self.env)._get_records_action(name=self.env._("Recovered"))

    def _draft_recovery(self, company, currency, lines):
        payments = self._open_credits(company, currency, lines.partner_id)
        left = sum(lines.mapped("amount")) - self._recovered(company, currency)
        taken = min(-sum(payments.mapped("amount_residual_currency")), left)
        if currency.compare_amounts(taken, 0) <= 0:
            return self.env["account.move"]
        items, rest = [], taken
        for line in lines.sorted(lambda line: (line.move_id.invoice_date_due or line.move_id.date, line.id)):
            part = min(rest, line.amount)
            if part > 0:
                items += self._recovery_items(company, currency, line, part, payments)
                rest = currency.round(rest - part)
        return self._draft_entry(
            company, currency, "recouvrement_recovery_id", self.env._("recovered after the write-off"), items
        )

    def _open_credits(self, company, currency, partners):
        return (
            self.env["account.move.line"]
            .sudo()  # as above
            .search(
                [
                    ("partner_id", "child_of", partners.ids),
                    ("account_id", "in", company.root_id._recouvrement_accounts()),
                    ("company_id", "=", company.id),
                    ("currency_id", "=", currency.id),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("amount_residual_currency", "<", 0),
                ],
                order="date, id",
            )
        )

    def _recovered(self, company, currency):
        done = self.recovery_ids.filtered(lambda entry: entry.state == "posted" and entry.company_id == company)
        items = done.line_ids.filtered(lambda item: item.recouvrement_invoice_id and item.currency_id == currency)
        return sum(item.amount_currency for item in items if item.amount_currency > 0)

    def _recovery_items(self, company, currency, line, part, payments):
        """The receivable debited against the payment; the income credited, and the VAT due again on it."""
        move, ratio = line.move_id, part / line.amount
        total = company.currency_id.round(line.company_amount * ratio)
        vat = line.vat_not_due + (line.vat if self.recover_vat else 0)
        vat_balance = company.currency_id.round(vat * ratio)
        vat_amount = currency.round(part * vat_balance / total) if total else 0
        items = [
            self._item(payments[:1].account_id, part, total, move.name, currency, line.partner_id, move),
            self._item(
                company._recouvrement_bad_debt_account("recovered"),
                -(part - vat_amount),
                -company.currency_id.round(total - vat_balance),
                move.name,
                currency,
                line.partner_id,
            ),
        ]
        if vat_balance:
            account = self._vat_account(move)
            items.append(
                self._item(account, -vat_amount, -vat_balance, self.env._("VAT due on %s", move.name), currency)
            )
        return items

    def _set_against_payments(self, entry):
        """The payment that came in for what was written off is settled by the income."""
        debited = receivable(entry.line_ids)
        payments = self._open_credits(entry.company_id, entry.currency_id, debited.partner_id)
        for account, items in (debited | payments).grouped("account_id").items():
            if items & debited and account.reconcile:
                items.reconcile()

    def _vat_account(self, move):
        """Where the VAT of an invoice is due: the account of its tax, never the transition account."""
        tax_line = move.line_ids.filtered("tax_line_id")[:1]
        return tax_line.tax_repartition_line_id.account_id or tax_line.account_id
