from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...rules.bad_debt import vat_recovery_until
from .settling import by_invoice, settle


class RecouvrementWriteOff(models.Model):
    """The entries that give a debt up: drafted, checked, posted, undone."""

    _inherit = "recouvrement.write.off"

    def _debtors(self):
        # sudo: the accountant who posts may read no card
        return self.debtor_id or self.env["recouvrement.debtor"].sudo().search(
            [("company_id", "=", self.company_id.id), ("partner_id", "in", self.line_ids.partner_id.ids)]
        )

    def _draft_entries(self):
        """One draft entry per company and currency: the loss and the VAT, against what is owed."""
        groups = self.line_ids.grouped(lambda line: (line.move_id.company_id, line.currency_id))
        label = dict(self._fields["reason"]._description_selection(self.env))[self.reason]
        for (company, currency), lines in groups.items():
            items = [item for line in lines for item in self._line_items(company, currency, line)]
            if self.reason == "small":
                items = self._small_items(company, currency, items)
            self._draft_entry(company, currency, "recouvrement_write_off_id", label, items)
        self.message_post(
            body=self.env._("Draft entries for an accountant to post: %s", len(self.entry_ids)),
        )

    def _line_items(self, company, currency, line):
        """The journal items of one line: its accounts credited, its VAT and its loss debited; cents to the loss."""
        move, partner = line.move_id, line.partner_id
        open_items = self._open_of(move, partner).filtered(lambda item: item.currency_id == currency)
        if currency.compare_amounts(abs(sum(open_items.mapped("amount_residual_currency"))), abs(line.amount)) < 0:
            raise UserError(
                self.env._(
                    "Less is left of %(invoice)s than the write-off gives up: something came in. Cancel it and "
                    "propose again what is left.",
                    invoice=move.display_name,
                )
            )
        loss = self._loss(move, open_items, line.amount)
        name = move.name or self.name
        about = {"currency": currency, "partner": partner, "invoice": move}
        items = [self._item(part.account, -part.amount, -part.balance, name, **about) for part in loss.parts]
        if self.reason == "small":
            return items
        lost, lost_balance = sum(part.amount for part in loss.parts), loss.balance
        if self.recover_vat:
            root = company.root_id
            tags = [Command.set(root.recouvrement_bad_debt_vat_tag_ids.ids)]
            for part in loss.due:
                account = root.recouvrement_bad_debt_vat_account_id or part.account
                label = self.env._("VAT to recover, %s", name)
                items.append(self._item(account, part.amount, part.balance, label, currency, partner, tax_tag_ids=tags))
                lost, lost_balance = lost - part.amount, lost_balance - part.balance
        for part in loss.not_due:
            label = self.env._("VAT never due, %s", name)
            items.append(self._item(part.account, part.amount, part.balance, label, **about))
            lost, lost_balance = lost - part.amount, lost_balance - part.balance
        account = company._recouvrement_bad_debt_account(self._loss_purpose(company, move))
        lost_balance = company.currency_id.round(lost_balance)
        return [*items, self._item(account, lost, lost_balance, name, currency, partner)]

    def _loss_purpose(self, company, move):
        start = company.compute_fiscalyear_dates(self.entry_date)["date_from"]
        return "loss" if (move.invoice_date or move.date) >= start else "loss_prior"

    def _small_items(self, company, currency, items):
        """Losses together and gains together, against the balances."""
        for purpose, sign in (("small_loss", -1), ("small_gain", 1)):
            side = [item for item in items if item["balance"] * sign > 0 and item["recouvrement_invoice_id"]]
            if side:
                account = company._recouvrement_bad_debt_account(purpose)
                amount, balance = (-sum(item[key] for item in side) for key in ("amount_currency", "balance"))
                items.append(
                    self._item(
                        account, amount, company.currency_id.round(balance), self.env._("Small balances"), currency
                    )
                )
        return items

    def _check_entry(self, entries):
        """Nothing is posted that gives up more than what is left: a payment may have come in since the draft."""
        if self.decision != "approved":
            raise UserError(self.env._("The write-off %s is not approved: cancel this entry.", self.name))
        for entry in entries & self.entry_ids:
            for (move, account), items in by_invoice(entry.line_ids).items():
                if account.account_type != "asset_receivable" and account.id not in (
                    self.company_id._recouvrement_doubtful_accounts()
                ):
                    continue
                left = self._open_items(entry.company_id, move)[move].filtered(
                    lambda item, account=account: item.account_id == account
                )
                total = sum(left.mapped("amount_residual_currency")) + sum(items.mapped("amount_currency"))
                sign = -1 if sum(items.mapped("amount_currency")) > 0 else 1
                if items.currency_id[:1].compare_amounts(total * sign, 0) < 0:
                    raise UserError(
                        self.env._(
                            "Less is left of %(invoice)s than this entry gives up: something came in since %(name)s "
                            "was approved. Cancel the entry; a manager drafts or proposes it again.",
                            invoice=move.display_name,
                            name=self.name,
                        )
                    )

    def _entry_posted(self, entries, on):
        """The debts are settled by the entry, without making cash-basis VAT due, and their dunning ends."""
        settle(entries & self.entry_ids)
        for entry in entries & self.recovery_ids:
            self._set_against_payments(entry)
        if entries & self.entry_ids and self.state == "posted":
            self._end_followups(on)

    def _end_followups(self, on):
        """Once everything is posted: disputes close, and penalties not invoiced are given up with the principal.

        A penalty of a debt that is no longer pursued would otherwise be claimed on the next letter. The waiver is
        traced, and taken back when the entry is reversed.
        """
        moves = self.line_ids.filtered(lambda line: not line._is_left()).move_id
        reason = self.env._("Written off: %s", self.name)
        disputes = self.env["recouvrement.dispute"].search(
            [("state", "in", ("open", "escalated")), ("move_ids", "in", moves.ids)]
        )
        disputes.filtered(lambda dispute: not dispute.item_ids and not dispute.move_ids - moves)._end("written_off", on)
        accessories = self.env["recouvrement.accessory"].search(
            [("move_id", "in", moves.ids), ("state", "in", ("accrued", "claimed"))]
        )
        open_ones = accessories.filtered(lambda row: row.amount_left > 0)
        open_ones._waive({row: row.amount_left for row in open_ones}, reason, on)
        for debtor in self._debtors():
            debtor.message_post(body=reason)
        if self.case_id:
            self.case_id._note("note", on, reason, amount=self.amount)

    def _entry_undone(self, entries, on):
        """The debt is owed again: penalties waived with it come back, and the next night decides."""
        if not entries & self.entry_ids:
            return
        reason = self.env._("Written off: %s", self.name)
        waived = self.env["recouvrement.accessory"].search(
            [("move_id", "in", self.line_ids.move_id.ids), ("waive_reason", "=", reason)]
        )
        undone = self.env._("The write-off %s was undone: the debt is owed again.", self.name)
        waived._cancel_waiver(undone)
        self.message_post(body=undone)
        for debtor in self._debtors():
            debtor.message_post(body=undone)
        if self.case_id:
            self.case_id._note("note", on, undone)
        self._debtors()._decide_again_now()

    def _follow_vat(self):
        """The delay to recover the VAT is followed with the other legal deadlines."""
        if not self.recover_vat or not self.amount_vat or not self.debtor_id:
            return
        figures = self.env["recouvrement.legal.figure"]._figures()
        found = vat_recovery_until(self.event_on or self.decided_on, figures)
        names = {"vat_recovery": self.env._("Recover the VAT of the write-off %s", self.name)}
        self.env["recouvrement.deadline"]._set(self, self.debtor_id, {"vat_recovery": found}, names)
