from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ...rules.bad_debt import split
from ...tools import clock
from ...tools.formats import exact


class Part(NamedTuple):
    """What is taken from an account for an invoice: in its currency and in company currency."""

    account: models.Model
    amount: float
    balance: float


class Loss(NamedTuple):
    """What is left of an invoice, or a part of it, and how it divides between price and VAT (signed, positive: owed).

    ``due``: VAT already due to the State, on the account it was booked on; ``not_due``: VAT of cash-basis taxes, on the
    transition account, which nobody paid to the State; ``net``: the price without either.
    """

    parts: list
    due: list
    not_due: list
    net: Part

    @property
    def balance(self):
        return sum(part.balance for part in self.parts)

    @property
    def vat(self):
        return sum(part.balance for part in (*self.due, *self.not_due))


class RecouvrementEntry(models.AbstractModel):
    """What makes draft journal entries about bad debts: an accountant checks and posts them, never this module.

    Its state is judged from these entries: reset to draft, cancelled or reversed by the accountant, they undo what they
    had done, and the debt comes back by itself. Concrete models have ``entry_ids`` (see ``ENTRIES`` of account.move).
    """

    _name = "recouvrement.entry"
    _description = "Draft Entries of Bad Debts"
    _inherit = "recouvrement.numbered"

    entry_date = fields.Date(
        "Accounting date",
        required=True,
        default=lambda self: clock.today(self.env),
        help="Of the draft entry; in an open period.",
    )
    entry_state = fields.Selection(
        [
            ("none", "No entry"),
            ("draft", "Draft entry"),
            ("posted", "In the books"),
            ("reversed", "Reversed"),
        ],
        "Entry",
        compute="_compute_entry_state",
        store=True,
        index=True,
    )
    entry_count = fields.Integer("Entries", compute="_compute_entry_count")

    @api.depends("entry_ids.state", "entry_ids.reversal_move_ids.state")
    def _compute_entry_state(self):
        """Posted once every entry is; reversed once one of them was: the debt came back."""
        for record in self:
            alive = record.entry_ids.filtered(lambda entry: entry.state != "cancel")
            if not alive:
                record.entry_state = "none"
            elif any(reversal.state == "posted" for reversal in alive.reversal_move_ids):
                record.entry_state = "reversed"
            elif all(entry.state == "posted" for entry in alive):
                record.entry_state = "posted"
            else:
                record.entry_state = "draft"

    @api.depends("entry_ids")
    def _compute_entry_count(self):
        for record in self:
            record.entry_count = len(record.entry_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("What was decided of a bad debt is evidence: cancel it, it cannot be deleted."))

    def action_open_entries(self):
        """The journal entries, for whoever reads accounting."""
        self.ensure_one()
        entries = self.entry_ids | self.entry_ids.reversal_move_ids
        return entries._get_records_action(name=self.env._("Entries"), domain=[("id", "in", entries.ids)])

    # --- hooks --------------------------------------------------------------------------------------------------------

    def _entry_posted(self, entries, on):
        """An accountant posted these entries of this record that day; extend it to act on it."""

    def _entry_undone(self, entries, on):
        """These entries of this record were reset to draft, cancelled or reversed: what it had done no longer holds."""

    def _check_entry(self, entries):
        """Raise when these entries must not be posted any more: something came in since they were drafted."""

    # --- drafting -----------------------------------------------------------------------------------------------------

    def _check_period(self, company):
        locks = company._get_violated_lock_dates(self.entry_date, False, self.env["account.journal"])
        if locks:
            raise UserError(
                self.env._(
                    "The accounts of %(company)s are closed until %(day)s: choose a later accounting date than "
                    "%(chosen)s.",
                    company=company.name,
                    day=format_date(self.env, locks[-1][0]),
                    chosen=format_date(self.env, self.entry_date),
                )
            )

    def _draft_entry(self, company, currency, link, label, lines):
        """A draft entry of this record; ``link`` is the field of the entry that points back here."""
        self._check_period(company)
        return (
            self.env["account.move"]
            .sudo()  # a manager reads accounting: the one entry he makes is this draft, that an accountant posts
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "company_id": company.id,
                    "journal_id": company._recouvrement_bad_debt_journal().id,
                    "date": self.entry_date,
                    "currency_id": currency.id,
                    "ref": f"{self.name} – {label}",
                    link: self.id,
                    "line_ids": [Command.create(line) for line in lines if line["balance"] or line["amount_currency"]],
                }
            )
        )

    @api.model
    def _item(self, account, amount, balance, name, currency, partner=None, invoice=None, **values):
        return {
            "account_id": account.id,
            "amount_currency": currency.round(amount),
            "balance": balance,
            "currency_id": currency.id,
            "name": name,
            "partner_id": partner.id if partner else False,
            "recouvrement_invoice_id": invoice.id if invoice else False,
            **values,
        }

    # --- what is owed -------------------------------------------------------------------------------------------------

    @api.model
    def _open_items(self, company, moves, doubtful=True):
        """The open receivable items of these moves, and those of doubtful receivables about them: {move: items}."""
        root = company.root_id
        receivable = root._recouvrement_accounts()
        lines = self.env["account.move.line"].sudo()  # figures of the ledger, whoever asks
        common = [("parent_state", "=", "posted"), ("reconciled", "=", False)]
        own = lines.search([("move_id", "in", moves.ids), ("account_id", "in", receivable), *common])
        found = defaultdict(lines.browse)
        for move, items in own.grouped("move_id").items():
            found[move] |= items
        if doubtful:
            about = [("recouvrement_invoice_id", "in", moves.ids)]
            accounts = [("account_id", "in", root._recouvrement_doubtful_accounts())]
            for move, items in lines.search([*about, *accounts, *common]).grouped("recouvrement_invoice_id").items():
                found[move] |= items
        return found

    @api.model
    def _loss(self, move, items, amount=None):
        """How what is left of an invoice (``amount`` of it, else all) divides: a ``Loss``.

        Company amounts are those of the ledger, so that reconciling makes no exchange difference.
        """
        currency, company_currency = items[:1].currency_id, move.company_id.currency_id
        left = sum(items.mapped("amount_residual_currency"))
        whole = amount is None or not currency.compare_amounts(amount, left)
        parts = _take(items, left if whole else amount)
        taken, balance = sum(part.amount for part in parts), sum(part.balance for part in parts)
        owed = move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        total, total_balance = sum(owed.mapped("amount_currency")), sum(owed.mapped("balance"))
        tax_lines = move.line_ids.filtered("tax_line_id") if move.is_invoice(include_receipts=True) else owed.browse()
        groups = list(tax_lines.grouped(lambda line: (line.tax_line_id, line.account_id)).items())
        shares = split(
            exact(taken),
            exact(total),
            [-exact(sum(lines.mapped("amount_currency"))) for _key, lines in groups],
            exact(currency.rounding),
        )
        company_shares = split(
            exact(balance),
            exact(total_balance),
            [-exact(sum(lines.mapped("balance"))) for _key, lines in groups],
            exact(company_currency.rounding),
        )
        due, not_due = [], []
        for ((_tax, account), lines), share, company_share in zip(
            groups, shares.taxes, company_shares.taxes, strict=True
        ):
            waits = _is_not_due(lines[0])
            part = Part(account, float(share), float(company_share))
            if waits and whole and account.reconcile:  # what payments left on the transition account, to the cent
                part = Part(
                    account, -sum(lines.mapped("amount_residual_currency")), -sum(lines.mapped("amount_residual"))
                )
            (not_due if waits else due).append(part)
        taxes = [*due, *not_due]
        net = Part(
            None,
            currency.round(taken - sum(part.amount for part in taxes)),
            company_currency.round(balance - sum(part.balance for part in taxes)),
        )
        return Loss(parts, due, not_due, net)


def _take(items, amount):
    """The part of each open item that makes up this amount, oldest first, by account: [Part]."""
    parts, rest = defaultdict(lambda: [0.0, 0.0]), amount
    currency = items[:1].currency_id
    for item in items.sorted(lambda line: (line.date_maturity or line.date, line.id)):
        residual = item.amount_residual_currency
        taken = residual if abs(rest) >= abs(residual) or residual * rest < 0 else rest
        if currency.is_zero(taken):
            continue
        balance = item.amount_residual if taken == residual else item.amount_residual * taken / residual
        parts[item.account_id][0] += taken
        parts[item.account_id][1] += item.company_currency_id.round(balance)
        rest = currency.round(rest - taken)
    return [Part(account, *amounts) for account, amounts in parts.items()]


def _is_not_due(tax_line):
    """Whether the VAT of this line is due on payment and stands on the transition account."""
    tax = tax_line.tax_line_id
    return tax.tax_exigibility == "on_payment" and tax_line.account_id == tax.cash_basis_transition_account_id
