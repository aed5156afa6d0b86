from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, formatLang

from ...tools.bulk import any_of
from .settling import by_invoice, settle


class RecouvrementDoubtful(models.Model):
    """Invoices moved to doubtful receivables (411 to 416, taxes included), or brought back from there.

    Nothing is lost nor paid by it: the debt leaves the nights, which remind what stands in trade receivables, and stays
    owed, shown on its debtor and its invoice. VAT due on payment stays not due. A payment that comes in is allocated
    after what it pays was brought back.
    """

    _name = "recouvrement.doubtful"
    _description = "Doubtful Receivable"
    _inherit = ["recouvrement.followed", "recouvrement.entry", "mail.thread"]
    _follow_turn = 15
    _order = "id desc"
    _mail_post_access = "read"

    name = fields.Char("Reference", readonly=True, copy=False, default=lambda self: self._next_number())
    kind = fields.Selection(
        [("transfer", "To doubtful (411 to 416)"), ("return", "Back to trade (416 to 411)")],
        required=True,
        default="transfer",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict", readonly=True)
    case_id = fields.Many2one(
        "recouvrement.case",
        "Litigation case",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        groups="recouvrement_fr.group_recouvrement_legal",
    )
    move_ids = fields.Many2many(
        "account.move",
        "recouvrement_doubtful_move_rel",
        "doubtful_id",
        "move_id",
        string="Invoices",
        required=True,
        readonly=True,
    )
    reason = fields.Text(readonly=True, help="Why it is doubtful: read by auditors.")
    amount = fields.Monetary("Amount", readonly=True, help="Taxes included, in company currency, as drafted.")
    amount_left = fields.Monetary("Still doubtful", compute="_compute_amount_left")
    entry_ids = fields.One2many("account.move", "recouvrement_doubtful_id", "Draft entries", readonly=True)
    cancelled = fields.Boolean(readonly=True)
    state = fields.Selection(
        [
            ("none", "No entry"),
            ("draft", "Draft entry"),
            ("posted", "In the books"),
            ("reversed", "Reversed"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    payment_item_ids = fields.Many2many(
        "account.move.line",
        "recouvrement_doubtful_payment_rel",
        "doubtful_id",
        "line_id",
        string="Payments to allocate",
        readonly=True,
        help="Once the return is posted, they are set against the invoices brought back.",
    )

    @api.depends("entry_state", "cancelled")
    def _compute_state(self):
        for record in self:
            alive = record.entry_state or "none"
            record.state = "cancelled" if record.cancelled and alive == "none" else alive

    def _compute_amount_left(self):
        for record in self:
            items = record._standing(record.move_ids).values()
            record.amount_left = sum(item.amount_residual for found in items for item in found)

    @api.constrains("move_ids", "debtor_id")
    def _check_moves(self):
        for record in self:
            if not record.move_ids:
                raise ValidationError(self.env._("Choose the invoices that are doubtful."))

    def write(self, vals):
        if not self.env.su:
            raise UserError(self.env._("A transfer is evidence: use its buttons."))
        return super().write(vals)

    @api.model
    def _standing(self, moves):
        """{invoice: its open items in doubtful receivables}."""
        found = {}
        for root, mine in moves.sudo().grouped(lambda move: move.company_id.root_id).items():  # figures of the ledger
            accounts = root._recouvrement_doubtful_accounts()
            for move, items in self._open_items(root, mine).items():
                if standing := items.filtered(lambda item, accounts=accounts: item.account_id.id in accounts):
                    found[move] = standing
        return found

    # --- drafting -----------------------------------------------------------------------------------------------------

    def _check_drafts(self, debtor):
        debtor.check_access("read")
        if not self.env.su and not self.env.user.has_group("recouvrement_fr.group_recouvrement_legal"):
            raise UserError(self.env._("Legal officers and managers move debts to doubtful receivables."))

    @api.model
    def _transfer(self, debtor, moves, reason, **values):
        """A draft that moves what is left of these invoices of a debtor to doubtful receivables; returns it."""
        self._check_drafts(debtor)
        moves = moves.sudo()  # figures of the ledger
        if set(moves.commercial_partner_id) - {debtor.partner_id}:
            raise UserError(self.env._("Choose invoices of this debtor alone."))
        # sudo: a draft of these invoices counts, whoever asks
        busy = self.sudo().search([("state", "=", "draft"), ("move_ids", "in", moves.ids)])
        if busy:
            raise UserError(self.env._("A draft transfer of these invoices exists already: %s.", busy[0].name))
        open_items = self._open_items(debtor.company_id, moves, doubtful=False)
        owed = {
            move: items for move in moves if (items := open_items[move]) and sum(items.mapped("amount_residual")) > 0
        }
        if not owed:
            raise UserError(self.env._("Nothing is left to move: what you chose is paid or doubtful already."))
        record = self._make(debtor, "transfer", moves.browse([move.id for move in owed]), reason, **values)
        for (company, currency), group in _by_entry(owed).items():
            account = company._recouvrement_bad_debt_account("doubtful")
            items = []
            for move, lines in group.items():
                for part in self._loss(move, lines).parts:
                    about = {"name": move.name, "currency": currency, "partner": debtor.partner_id, "invoice": move}
                    items.append(self._item(account, part.amount, part.balance, **about))
                    items.append(self._item(part.account, -part.amount, -part.balance, **about))
            self._draft(record, company, currency, items)
        return record.with_env(self.env)

    @api.model
    def _return(self, debtor, amounts, reason, payments=None, **values):
        """A draft that brings back what stands in doubtful receivables: {invoice: amount in its currency, or None}.

        :param payments: the journal items to allocate to these invoices once it is posted
        """
        self._check_drafts(debtor)
        moves = self.env["account.move"].sudo().union(*amounts)  # figures of the ledger
        busy = self.sudo().search([("state", "=", "draft"), ("move_ids", "in", moves.ids)])
        if busy:
            raise UserError(self.env._("A draft about these invoices exists already: %s.", busy[0].name))
        standing = self._standing(moves)
        back = {move: standing[move] for move in moves if move in standing}
        if not back:
            raise UserError(self.env._("Nothing of these invoices stands in doubtful receivables."))
        record = self._make(debtor, "return", moves.browse([move.id for move in back]), reason, **values)
        if payments:
            record.payment_item_ids = [Command.set(payments.ids)]
        for (company, currency), group in _by_entry(back).items():
            items = []
            for move, lines in group.items():
                about = {"name": move.name, "currency": currency, "partner": debtor.partner_id, "invoice": move}
                account = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")[:1].account_id
                for part in self._loss(move, lines, amounts[move]).parts:
                    items.append(self._item(account, part.amount, part.balance, **about))
                    items.append(self._item(part.account, -part.amount, -part.balance, **about))
            self._draft(record, company, currency, items)
        return record.with_env(self.env)

    def _make(self, debtor, kind, moves, reason, **values):
        return self.sudo().create(  # drafted through methods, which check who may
            {
                "kind": kind,
                "company_id": debtor.company_id.id,
                "debtor_id": debtor.id,
                "move_ids": [Command.set(moves.ids)],
                "reason": reason,
                **values,
            }
        )

    def _draft(self, record, company, currency, items):
        label = dict(self._fields["kind"]._description_selection(self.env))[record.kind]
        record._draft_entry(company, currency, "recouvrement_doubtful_id", label, items)
        record.amount += sum(item["balance"] for item in items if item["balance"] > 0)

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_cancel(self):
        """Give a draft up before an accountant posts it."""
        for record in self:
            record._check_drafts(record.debtor_id)
            if record.state not in ("draft", "none"):
                raise UserError(self.env._("%s is posted: its entry is reversed instead.", record.name))
            mine = record.sudo()  # evidence is written by methods alone
            mine.entry_ids.filtered(lambda entry: entry.state == "draft").button_cancel()
            mine.cancelled = True

    def action_return(self):
        """Draft the return of what was paid since, else of all that is left of this transfer."""
        self.ensure_one()
        # sudo: figures of the ledger; who may draft is checked with the draft
        return self._propose_return(self.debtor_id, self.sudo().move_ids)._get_records_action()

    @api.model
    def _propose_return(self, debtor, moves):
        """The return that the debtor's open payments call for, oldest invoice first; without any, of everything."""
        standing = self._standing(moves)
        amounts, used = {}, self.env["account.move.line"].sudo()  # figures of the ledger
        for (company, currency), group in _by_entry(standing).items():
            payments = self.env["recouvrement.write.off"]._open_credits(company, currency, debtor.partner_id)
            rest = -sum(payments.mapped("amount_residual_currency"))
            for move in sorted(group, key=lambda move: (move.invoice_date_due or move.date, move.id)):
                part = min(rest, sum(group[move].mapped("amount_residual_currency")))
                if part > 0:
                    amounts[move] = part
                    rest = currency.round(rest - part)
                    used |= payments
        if amounts:
            reason = self.env._("Paid since it was moved to doubtful receivables.")
        else:
            amounts, reason = dict.fromkeys(standing), self.env._("No longer doubtful.")
        if not amounts:
            raise UserError(self.env._("Nothing of these invoices stands in doubtful receivables."))
        return self._return(debtor, amounts, reason, payments=used)

    # --- posted -------------------------------------------------------------------------------------------------------

    def _check_entry(self, entries):
        """Nothing is moved that is no longer owed: a payment may have come in since the draft."""
        if self.payment_item_ids:
            self._check_payments()
        for entry in entries:
            for (move, account), items in by_invoice(entry.line_ids).items():
                moved = -sum(items.mapped("amount_currency"))
                if moved <= 0:  # the side that receives
                    continue
                left = self._open_items(entry.company_id, move)[move].filtered(
                    lambda item, account=account: item.account_id == account
                )
                if items.currency_id[:1].compare_amounts(sum(left.mapped("amount_residual_currency")), moved) < 0:
                    raise UserError(
                        self.env._(
                            "Less is left of %(invoice)s than this entry moves: something came in since the draft. "
                            "Cancel it, and draft it again.",
                            invoice=move.display_name,
                        )
                    )

    def _check_payments(self):
        """A return in part goes with its payments: alone, the invoice would look paid by the next one."""
        left = -sum(self.payment_item_ids.mapped("amount_residual"))
        if self.currency_id.compare_amounts(left, self.amount) < 0:
            raise UserError(
                self.env._(
                    "The payments that %s allocates were allocated elsewhere since: cancel it, and draft it again.",
                    self.name,
                )
            )

    def _entry_posted(self, entries, on):
        if self.kind == "return":
            self._open_again(entries)
            self._allocate(entries)
        settle(self._transfers() if self.kind == "return" else entries)
        settle(entries)
        if self.kind == "transfer":
            body = self.env._(
                "Moved to doubtful receivables: %(amount)s (%(name)s).",
                amount=formatLang(self.env, self.amount, currency_obj=self.currency_id),
                name=self.name,
            )
        else:
            body = self.env._(
                "Back from doubtful receivables: %(amount)s (%(name)s).",
                amount=formatLang(self.env, self.amount, currency_obj=self.currency_id),
                name=self.name,
            )
        if self.kind == "transfer":
            reminders = self.env["recouvrement.reminder"].search(
                [
                    ("state", "in", ("planned", "to_approve", "failed", "sending")),
                    ("line_ids.move_id", "in", self.move_ids.ids),
                ]
            )
            reminders._cancel(body)
        self.debtor_id.message_post(body=body)
        if self.case_id:
            self.case_id._note("note", on, body, amount=self.amount)
        self.debtor_id._decide_again_now()

    def _open_again(self, entries):
        """Undo what set the invoices against their transfers, and take back what returns of it.

        What stays doubtful is set against the transfer again, once the payments are allocated: core makes all the VAT
        on payment due when an invoice looks paid in full.
        """
        for (move, account), back in by_invoice(entries.line_ids).items():
            mine = move.line_ids.filtered(lambda item, account=account: item.account_id == account)
            partials = mine.matched_credit_ids.filtered(
                lambda partial: partial.credit_move_id.move_id.recouvrement_doubtful_id
            )
            transferred = partials.credit_move_id
            partials.unlink()
            (back | transferred).with_context(no_cash_basis=True).reconcile()

    def _allocate(self, entries):
        """The payments that called for the return pay the invoices it brought back: now VAT on payment is due."""
        for move in entries.line_ids.recouvrement_invoice_id.sorted(
            lambda move: (move.invoice_date_due or move.date, move.id)
        ):
            owed = move.line_ids.filtered(
                lambda item: item.account_id.account_type == "asset_receivable" and not item.reconciled
            )
            payments = self.payment_item_ids.filtered(
                lambda item, owed=owed: not item.reconciled and item.account_id in owed.account_id
            )
            if owed and payments:
                (owed | payments).reconcile()

    def _transfers(self):
        """The posted entries that moved these invoices to doubtful receivables."""
        return self.env["account.move"].search(
            [
                ("line_ids.recouvrement_invoice_id", "in", self.move_ids.ids),
                ("recouvrement_doubtful_id.kind", "=", "transfer"),
                ("state", "=", "posted"),
            ]
        )

    def _entry_undone(self, entries, on):
        """Core opens again what a transfer had settled; what a return had brought back is doubtful again."""
        if self.kind == "return":
            settle(self._transfers())
        self.debtor_id.message_post(body=self.env._("The entry of %s was undone.", self.name))
        self.debtor_id._decide_again_now()

    # --- scheduled ----------------------------------------------------------------------------------------------------

    @api.model
    def _follow_up(self, on):
        """Tell who follows a debtor, once a payment, that money came in while something of his is doubtful."""
        for debtor, names in self._paid_doubtful().items():
            summary = self.env._("Payment received on a doubtful debt: %s. Bring back what it pays.", names)
            known = debtor.activity_ids.mapped("summary") + debtor.message_ids.mapped("body")
            if not any(names in (text or "") for text in known):
                debtor._tell_collector(summary, "", lasts=False)

    def _paid_doubtful(self):
        """{debtor: names of the payments} of those with an open payment and something doubtful, in one statement."""
        self.env.flush_all()
        found = {}
        for root in self.env["res.company"].search([("parent_id", "=", False)]):
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT d.id, string_agg(DISTINCT cm.name, ', ')
                      FROM account_move_line q
                      JOIN res_partner p ON p.id = q.partner_id
                      JOIN recouvrement_debtor d
                        ON d.partner_id = p.commercial_partner_id AND d.company_id = %(company)s
                      JOIN res_partner cp ON cp.commercial_partner_id = p.commercial_partner_id
                      JOIN account_move_line c ON c.partner_id = cp.id
                      JOIN account_move cm ON cm.id = c.move_id
                     WHERE q.recouvrement_invoice_id IS NOT NULL AND q.account_id = %(doubtful)s
                       AND q.company_id = %(tree)s AND q.parent_state = 'posted' AND q.reconciled IS NOT TRUE
                       AND c.account_id = %(accounts)s AND c.company_id = %(tree)s AND c.parent_state = 'posted'
                       AND c.reconciled IS NOT TRUE AND c.amount_residual < 0 AND cm.move_type = 'entry'
                  GROUP BY d.id
                    """,
                    company=root.id,
                    doubtful=any_of(root._recouvrement_doubtful_accounts()),
                    accounts=any_of(root._recouvrement_accounts()),
                    tree=any_of(root._recouvrement_tree()),
                )
            )
            for debtor_id, names in rows:
                found[self.env["recouvrement.debtor"].browse(debtor_id)] = names
        return found


def _by_entry(owed):
    """The invoices of each entry to draft: {(company, currency): {invoice: items}}."""
    groups = {}
    for move, items in owed.items():
        for currency, mine in items.grouped("currency_id").items():
            groups.setdefault((move.company_id, currency), {})[move] = mine
    return groups
