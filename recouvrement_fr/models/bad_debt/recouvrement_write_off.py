from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, LazyTranslate, formatLang

from ...rules.bad_debt import vat_recovery_until
from ...rules.escalation import Hold
from ...tools import clock
from ...tools.bulk import any_of
from ...tools.formats import Formats
from ..base.acts import check_manager

_lt = LazyTranslate(__name__)

REASONS = [
    ("liquidation", "Liquidation or other collective proceedings"),
    ("settlement", "Settlement: a part was given up"),
    ("prescribed", "Time-barred"),
    ("uneconomic", "Costs more than it would bring"),
    ("small", "Small balance"),
]
DEFINITIVE = ("liquidation", "settlement")  # the debt itself is lost, not only the wish to collect it
EDITABLE = {"note", "recover_vat", "event_on", "entry_date"}


class RecouvrementWriteOff(models.Model):
    """A debt given up (passage en perte): proposed, approved by a manager, then drafted for an accountant to post.

    What was approved is a decision about figures, and does not change; whether the debt is really gone is judged from
    the entry. Reversed, the debt is back and the nights remind it again. It is neither a payment nor a remission: it
    keeps no promise and thanks nobody.
    """

    _name = "recouvrement.write.off"
    _description = "Write-off"
    _inherit = [
        "recouvrement.holding",
        "recouvrement.evidence",
        "recouvrement.entry",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _hold_reason = "write_off"
    _hold_label = _lt("Write-off to be posted")
    _evidence_files = ("evidence_ids",)
    _order = "id desc"
    _mail_post_access = "read"

    name = fields.Char("Reference", readonly=True, copy=False, default=lambda self: self._next_number())
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one(
        "recouvrement.debtor",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        help="Empty: small balances of several debtors.",
    )
    case_id = fields.Many2one(
        "recouvrement.case",
        "Litigation case",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        groups="recouvrement_fr.group_recouvrement_legal",
    )
    reason = fields.Selection(REASONS, required=True, readonly=True, tracking=True)
    note = fields.Text("Explanation", help="What was tried, and why it is lost: read by auditors and the tax office.")
    event_on = fields.Date(
        "Lost on",
        help="The judgment, the certificate, the agreement...: from that day the VAT can be recovered.",
    )
    recover_vat = fields.Boolean(
        "Recover the VAT",
        tracking=True,
        help="Only of a debt definitively lost (CGI 272, 1): a liquidation, a certificate, a part given up in "
        "collective proceedings. Mere non-payment is never enough. VAT due on payment was never paid to the State: it "
        "is not recovered, its transition account is cleared.",
    )
    evidence_ids = fields.Many2many(
        "ir.attachment", string="Evidence", help="Certificat d’irrécouvrabilité, judgment, failed enforcement..."
    )
    line_ids = fields.One2many("recouvrement.write.off.line", "write_off_id", readonly=True)
    decision = fields.Selection(
        [("proposed", "Proposed"), ("approved", "Approved"), ("refused", "Refused"), ("cancelled", "Cancelled")],
        default="proposed",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("draft", "Draft entry"),
            ("posted", "Written off"),
            ("reversed", "Reversed"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    proposed_by_id = fields.Many2one("res.users", "Proposed by", readonly=True, default=lambda self: self.env.user)
    proposed_on = fields.Date("Proposed on", readonly=True, default=lambda self: clock.today(self.env))
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, tracking=True)
    decided_on = fields.Date("Decided on", readonly=True)
    decided_amount = fields.Monetary("Approved amount", readonly=True, help="The figure the manager decided on.")
    amount = fields.Monetary("Total given up", compute="_compute_amounts", store=True, help="Taxes included.")
    amount_net = fields.Monetary("Loss", compute="_compute_amounts", store=True, help="What the result bears.")
    amount_vat = fields.Monetary(
        "VAT to recover", compute="_compute_amounts", store=True, help="Already paid to the State, and deductible."
    )
    amount_not_due = fields.Monetary(
        "VAT never due", compute="_compute_amounts", store=True, help="Of services taxed on payment: cleared."
    )
    entry_ids = fields.One2many("account.move", "recouvrement_write_off_id", "Draft entries", readonly=True)
    recovery_ids = fields.One2many("account.move", "recouvrement_recovery_id", "Recovered", readonly=True)
    credit_amount = fields.Monetary(related="debtor_id.credit_amount", string="Credits not allocated")
    amount_recovered = fields.Monetary("Recovered since", compute="_compute_amount_recovered")
    document_ids = fields.One2many(
        "recouvrement.document", "res_id", domain=[("res_model", "=", "recouvrement.write.off")], readonly=True
    )
    document_count = fields.Integer(compute="_compute_document_count")
    needs_duplicate = fields.Boolean(compute="_compute_document_count")
    deadline_ids = fields.One2many(
        "recouvrement.deadline", "res_id", domain=[("res_model", "=", "recouvrement.write.off")], readonly=True
    )
    is_own = fields.Boolean(compute="_compute_is_own")

    _hold_index = models.Index("(company_id, state)")

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.depends("decision", "entry_state")
    def _compute_state(self):
        for record in self:
            judged = record.decision == "approved" and record.entry_state not in (False, "none")
            record.state = record.entry_state if judged else record.decision

    @api.depends("line_ids.company_amount", "line_ids.vat", "line_ids.vat_not_due", "recover_vat")
    def _compute_amounts(self):
        for record in self:
            record.amount = sum(record.line_ids.mapped("company_amount"))
            record.amount_vat = sum(record.line_ids.mapped("vat")) if record.recover_vat else 0
            record.amount_not_due = 0 if record.reason == "small" else sum(record.line_ids.mapped("vat_not_due"))
            record.amount_net = record.amount - record.amount_vat - record.amount_not_due

    @api.depends("recovery_ids.state")
    def _compute_amount_recovered(self):
        for record in self:
            gained = record.recovery_ids.filtered(lambda entry: entry.state == "posted").line_ids
            record.amount_recovered = sum(gained.filtered("recouvrement_invoice_id").mapped("debit"))

    @api.depends("document_ids.state", "recover_vat", "state")
    def _compute_document_count(self):
        for record in self:
            record.document_count = len(record.document_ids)
            record.needs_duplicate = (
                record.recover_vat
                and record.state in ("draft", "posted")
                and "frozen" not in record.document_ids.mapped("state")
            )

    @api.depends_context("uid")
    def _compute_is_own(self):
        for record in self:
            record.is_own = record.proposed_by_id == self.env.user

    @api.constrains("line_ids", "reason", "debtor_id")
    def _check_lines(self):
        for record in self:
            if not record.line_ids:
                raise ValidationError(self.env._("Choose the invoices that are given up."))
            if record.reason != "small" and not record.debtor_id:
                raise ValidationError(self.env._("A write-off is about one debtor; small balances alone go together."))
            if record.reason != "small" and min(record.line_ids.mapped("amount")) < 0:
                raise ValidationError(self.env._("A credit is no debt: it is given up as a small balance only."))

    @api.constrains("event_on")
    def _check_event_on(self):
        today = clock.today(self.env)
        for record in self.filtered("event_on"):
            if record.event_on > today:
                raise ValidationError(self.env._("A debt is not lost by an event to come."))

    def write(self, vals):
        """A manager corrects a proposal; all the rest is written by methods."""
        if not self.env.su and (vals.keys() - EDITABLE or self.filtered(lambda record: record.decision != "proposed")):
            raise UserError(self.env._("What was decided of a write-off is evidence: use its buttons."))
        return super().write(vals)

    # --- proposing ----------------------------------------------------------------------------------------------------

    @api.model
    def _propose(self, company, amounts, reason, debtor=None, **values):
        """Propose to give up these invoices: {(move, partner): amount in its currency, or None for all}."""
        (debtor or self.env["recouvrement.debtor"]).check_access("read")
        if not self.env.su and not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):
            raise AccessError(self.env._("Collectors propose write-offs."))
        self.env["account.move"].union(*(move for move, _partner in amounts)).with_env(self.env).check_access("read")
        commands = self._line_commands(company.root_id, amounts)
        record = self.sudo().create(  # a collector proposes through this method, which checks what he reads
            {
                "company_id": company.root_id.id,
                "debtor_id": debtor.id if debtor else False,
                "reason": reason,
                "line_ids": commands,
                "recover_vat": reason in DEFINITIVE,
                "proposed_by_id": self.env.uid,
                **values,
            }
        )
        record._ask_managers()
        return record.with_env(self.env)

    def _line_commands(self, root, amounts):
        moves = self.env["account.move"].sudo().union(*(move for move, _partner in amounts))  # figures of the ledger
        if set(moves.company_id.root_id) - {root}:
            raise UserError(self.env._("Choose invoices of one company."))
        busy = moves & self._in_progress(root).line_ids.move_id
        if busy:
            raise UserError(
                self.env._("Already in a write-off in progress: %s.", ", ".join(busy.mapped("display_name")))
            )
        commands = []
        for (move, partner), amount in amounts.items():
            for currency, items in self._open_of(move, partner).grouped("currency_id").items():
                left = sum(items.mapped("amount_residual_currency"))
                asked = left if amount is None else amount
                if currency.is_zero(asked) or asked * left < 0 or currency.compare_amounts(abs(asked), abs(left)) > 0:
                    raise UserError(
                        self.env._(
                            "Of %(invoice)s, choose an amount between zero and what is left, %(left)s.",
                            invoice=move.display_name,
                            left=formatLang(self.env, left, currency_obj=currency),
                        )
                    )
                commands.append(Command.create(self._line_values(move, partner, items, asked)))
        if not commands:
            raise UserError(self.env._("Nothing is left to give up: what you chose is paid, or is no customer's debt."))
        return commands

    def _open_of(self, move, partner):
        items = self._open_items(move.company_id, move)[move]
        return items.filtered(lambda item: item.partner_id.commercial_partner_id == partner.commercial_partner_id)

    def _line_values(self, move, partner, items, amount):
        loss = self._loss(move, items, amount)
        return {
            "move_id": move.id,
            "partner_id": partner.commercial_partner_id.id,
            "currency_id": items[:1].currency_id.id,
            "amount": amount,
            "company_amount": loss.balance,
            "vat": sum(part.balance for part in loss.due),
            "vat_not_due": sum(part.balance for part in loss.not_due),
            "is_doubtful": any(part.account.account_type != "asset_receivable" for part in loss.parts),
        }

    @api.model
    def _in_progress(self, root):
        return self.sudo().search([("company_id", "=", root.id), ("state", "in", ("proposed", "approved", "draft"))])

    def _ask_managers(self):
        for user in self.company_id._recouvrement_managers() - self.env.user:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._(
                    "Decide on the write-off %(name)s of %(amount)s",
                    name=self.name,
                    amount=formatLang(self.env, self.amount, currency_obj=self.currency_id),
                ),
            )

    # --- deciding -----------------------------------------------------------------------------------------------------

    def _check_decides(self):
        check_manager(self.env)
        self.check_access("read")
        if len(self.try_lock_for_update(allow_referencing=True)) < len(self):
            raise UserError(self.env._("Somebody is deciding on it: try again in a moment."))
        for record in self:
            if record.decision != "proposed":
                raise UserError(self.env._("%s is decided already.", record.name))

    def action_approve(self):
        """A manager decides on these figures, and the draft entries are made for an accountant."""
        self._check_decides()
        self._check_not_claimed()
        for record in self:
            for company in record.sudo().line_ids.move_id.company_id:
                record._check_period(company)
            record._check_own_limit()
            mine = record.sudo()  # decisions are written by methods alone
            mine._decide("approved", decided_amount=record.amount)
            mine._draft_entries()
            mine._follow_vat()
            mine._take_back()

    def _check_not_claimed(self):
        """Refuse what is claimed before a court at the same time; who goes to court says so."""

    def _take_back(self):
        """What was about to leave for these invoices is taken back: nobody reminds what is being given up."""
        why = self.env._("Being written off: %s.", self.name)
        self.env["recouvrement.reminder"]._withdraw(self.line_ids.move_id, why, "write_off")
        self._debtors()._decide_again_now()

    def action_refuse(self):
        self._check_decides()
        for record in self.sudo():  # as above
            record._decide("refused")

    def _decide(self, decision, **values):
        self.write(
            {
                "decision": decision,
                "decided_by_id": self.env.uid,
                "decided_on": clock.today(self.env),
                **values,
            }
        )
        self.activity_ids.action_feedback()

    def action_cancel(self):
        """Give the proposal up, by its author or a manager; or an approval whose entry was not posted, by a manager."""
        for record in self:
            if record.state not in ("proposed", "approved", "draft"):
                raise UserError(self.env._("%s is no longer in progress: reverse its entry instead.", record.name))
            if record.decision != "proposed" or not record.is_own:
                check_manager(self.env)
            record.check_access("read")
            mine = record.sudo()  # as above
            mine.entry_ids.filtered(lambda entry: entry.state == "draft").button_cancel()
            mine._decide("cancelled")
            mine._debtors()._decide_again_now()

    def action_draft_again(self):
        """Draft the entries again: the accountant cancelled them, or a payment changed what is left."""
        check_manager(self.env)
        self.check_access("read")
        for record in self.sudo():  # as above
            if record.state not in ("approved", "draft"):
                raise UserError(self.env._("%s has no entry to draft again.", record.name))
            record.entry_ids.filtered(lambda entry: entry.state == "draft").button_cancel()
            record._draft_entries()

    def _debtors(self):
        return self.debtor_id or self.env["recouvrement.debtor"].sudo().search(
            [("company_id", "=", self.company_id.id), ("partner_id", "in", self.line_ids.partner_id.ids)]
        )

    # --- entries ------------------------------------------------------------------------------------------------------

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
            for (move, account), items in _about(entry.line_ids).items():
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

    def _entry_posted(self, entries):
        """The debts are settled by the entry, without making cash-basis VAT due, and their dunning ends."""
        _settle(entries & self.entry_ids)
        for entry in entries & self.recovery_ids:
            self._set_against_payments(entry)
        if entries & self.entry_ids and self.state == "posted":
            self._end_followups()

    def _end_followups(self):
        """Once everything is posted: disputes close, and penalties not invoiced are given up with the principal.

        A penalty of a debt that is no longer pursued would otherwise be claimed on the next letter. The waiver is
        traced, and taken back when the entry is reversed.
        """
        moves = self.line_ids.filtered(lambda line: not line._is_left()).move_id
        reason = self.env._("Written off: %s", self.name)
        disputes = self.env["recouvrement.dispute"].search(
            [("state", "in", ("open", "escalated")), ("move_ids", "in", moves.ids)]
        )
        disputes.filtered(lambda dispute: not dispute.move_ids - moves)._end("written_off")
        accessories = self.env["recouvrement.accessory"].search(
            [("move_id", "in", moves.ids), ("state", "in", ("accrued", "claimed"))]
        )
        open_ones = accessories.filtered(lambda row: row.amount_left > 0)
        open_ones._waive({row: row.amount_left for row in open_ones}, reason)
        for debtor in self._debtors():
            debtor.message_post(body=reason)
        if self.case_id:
            self.case_id._note("note", clock.today(self.env), reason, amount=self.amount)

    def _entry_undone(self, entries):
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
            self.case_id._note("note", clock.today(self.env), undone)
        self._debtors()._decide_again_now()

    @api.model
    def _holds(self, company, moves, on):
        """{move id: Hold} of the invoices whose write-off is approved and not yet posted: nobody reminds them."""
        self.flush_model(["state"])
        rows = self.env.execute_query(
            SQL(
                "SELECT l.move_id FROM recouvrement_write_off_line l JOIN recouvrement_write_off w"
                " ON w.id = l.write_off_id WHERE w.company_id = %s AND w.state IN ('approved', 'draft') AND %s",
                company.id,
                SQL("TRUE") if moves is None else SQL("l.move_id = %s", any_of(moves)),
            )
        )
        return {move_id: Hold("write_off") for (move_id,) in rows}

    # --- VAT ----------------------------------------------------------------------------------------------------------

    def _follow_vat(self):
        """The delay to recover the VAT is followed with the other legal deadlines."""
        if not self.recover_vat or not self.amount_vat or not self.debtor_id:
            return
        figures = self.env["recouvrement.legal.figure"]._figures()
        found = vat_recovery_until(self.event_on or self.decided_on, figures)
        names = {"vat_recovery": self.env._("Recover the VAT of the write-off %s", self.name)}
        self.env["recouvrement.deadline"]._set(self, self.debtor_id, {"vat_recovery": found}, names)

    def action_duplicate(self):
        """Draft the letter to the debtor with the list of invoices left unpaid, which the recovery of VAT needs."""
        self.ensure_one()
        if not self.debtor_id:
            raise UserError(self.env._("No VAT is recovered of small balances."))
        if not self.recover_vat or self.state not in ("approved", "draft", "posted"):
            raise UserError(self.env._("Once it is approved, with VAT to recover, the debtor receives a duplicate."))
        document = self.env["recouvrement.document"]._draft(
            "recouvrement_fr.document_vat_duplicate",
            "Duplicata de factures demeurées impayées",
            self.debtor_id,
            self,
            self._duplicate_values(),
            addressee_id=self._addressee().id,
        )
        return document._get_records_action()

    def _addressee(self):
        """The liquidator stands for a debtor in liquidation; else the debtor."""
        insolvency = self.debtor_id.sudo().insolvency_ids.filtered(lambda found: found.state == "open")[:1]
        if insolvency.kind == "liquidation" and insolvency.mandataire_id:
            return insolvency.mandataire_id
        return self.debtor_id._addressee()

    def _duplicate_values(self):
        formats, currency = Formats("fr_FR"), self.currency_id
        on = clock.today(self.env)
        mention = self.env["recouvrement.mention"]._in_force("vat_duplicate", on)
        lines = self.line_ids.sudo().filtered("vat").sorted(lambda line: (line.move_id.invoice_date, line.id))
        if not lines:
            raise UserError(self.env._("No VAT already due is left on these invoices: there is nothing to recover."))

        def money(amount):
            return formats.money(amount, currency)

        rows = [
            {
                "number": line.move_id.name,
                "date": formats.short(line.move_id.invoice_date),
                "total": formats.money(line.move_id.amount_total, line.move_id.currency_id),
                "net": money(line.company_amount - line.vat - line.vat_not_due),
                "vat": money(line.vat),
                "left": money(line.company_amount - line.vat_not_due),
                "mention": mention._fill(
                    net=money(line.company_amount - line.vat - line.vat_not_due), vat=money(line.vat)
                ),
            }
            for line in lines
        ]
        return {
            "rows": rows,
            "net": money(sum(line.company_amount - line.vat - line.vat_not_due for line in lines)),
            "vat": money(sum(lines.mapped("vat"))),
            "total": money(sum(line.company_amount - line.vat_not_due for line in lines)),
            "article": mention.article,
        }

    def action_open_documents(self):
        self.ensure_one()
        return self.document_ids._get_records_action(
            name=self.env._("Documents"), domain=[("res_model", "=", self._name), ("res_id", "=", self.id)]
        )

    def action_adjust_provision(self):
        """What was provided for these debts is taken back, now that they are lost."""
        self.ensure_one()
        return self.env["recouvrement.provision"]._start(self.company_id, self._debtors())._get_records_action()

    # --- recovered afterwards -----------------------------------------------------------------------------------------

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
        debited = _receivable(entry.line_ids)
        payments = self._open_credits(entry.company_id, entry.currency_id, debited.partner_id)
        for account, items in (debited | payments).grouped("account_id").items():
            if items & debited and account.reconcile:
                items.reconcile()

    def _vat_account(self, move):
        """Where the VAT of an invoice is due: the account of its tax, never the transition account."""
        tax_line = move.line_ids.filtered("tax_line_id")[:1]
        return tax_line.tax_repartition_line_id.account_id or tax_line.account_id


def _receivable(items):
    return items.filtered(lambda item: item.account_id.account_type == "asset_receivable")


def _about(items):
    """{(invoice, account): items} of the items that are about an invoice."""
    found = defaultdict(items.browse)
    for item in items.filtered("recouvrement_invoice_id"):
        found[item.recouvrement_invoice_id, item.account_id] |= item
    return found


def _settle(entries):
    """Reconcile the items of posted entries with what they are about, on each account.

    Without cash-basis VAT: neither a loss nor a transfer is a payment, and VAT on payment is not due.
    """
    lines = entries.env["account.move.line"].sudo()  # the accountant posted; his rights end there
    for (move, account), items in _about(entries.line_ids).items():
        if not account.reconcile:
            continue
        others = lines.search(
            [
                "|",
                ("move_id", "=", move.id),
                ("recouvrement_invoice_id", "=", move.id),
                ("account_id", "=", account.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("currency_id", "in", items.currency_id.ids),
                ("partner_id", "child_of", items.partner_id.commercial_partner_id.ids),
            ]
        )
        (items | others).filtered(lambda item: not item.reconciled).with_context(no_cash_basis=True).reconcile()
