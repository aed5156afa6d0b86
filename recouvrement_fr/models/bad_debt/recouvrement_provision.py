import io
from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from xlsxwriter.utility import xl_col_to_name

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_date

from ...rules.bad_debt import impairment_rate
from ...tools import clock, harmless
from ...tools.bulk import any_of
from ...tools.formats import exact, sheet_figures
from ...tools.workbook import sheet_name, workbook
from ..base.acts import check_manager

IN_PROCEEDINGS = {"sauvegarde": "safeguard", "redressement": "safeguard", "liquidation": "liquidation"}


class Exposure(NamedTuple):
    """What an invoice still owes at a date, in company currency."""

    move_id: int
    partner_id: int  # commercial partner
    company_id: int
    due: object
    amount: float  # taxes included, before credits not allocated
    is_doubtful: bool
    net_share: Decimal  # of the price without VAT in the whole
    is_entry: bool

    @property
    def key(self):
        return debt_key(self.move_id, self.is_entry, self.partner_id)


def debt_key(move_id, is_entry, partner_id):
    """What a debt is known by from one closing to the next: an opening entry holds those of many customers."""
    return move_id, partner_id if is_entry else 0


class RecouvrementProvision(models.Model):
    """Impairment of receivables at a date (dépréciations): what each doubtful debt is worth, and one draft entry.

    Computed on the price without VAT, from the ledger as it was that day, by the rates of the company or an estimate
    typed by a person. The entry books the difference with what is booked already: more is an allowance (68174), less a
    release (78174).
    """

    _name = "recouvrement.provision"
    _description = "Impairment of Receivables"
    _inherit = ["recouvrement.entry", "mail.thread"]
    _order = "date desc, id desc"
    _mail_post_access = "read"

    name = fields.Char("Reference", readonly=True, copy=False, default=lambda self: self._next_number())
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        help="The root company: its branches are provided for with it.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("At", required=True, default=lambda self: clock.today(self.env), help="The closing day.")
    entry_date = fields.Date(compute="_compute_entry_date", store=True, readonly=False)
    debtor_ids = fields.Many2many(
        "recouvrement.debtor",
        string="Debtors",
        help="Empty: every debtor of the company.",
        domain="[('company_id', '=', company_id)]",
    )
    line_ids = fields.One2many("recouvrement.provision.line", "provision_id", "Debts")
    rates_confirmed = fields.Boolean(readonly=True)
    has_openings = fields.Boolean(compute="_compute_has_openings")
    computed_on = fields.Datetime(readonly=True)
    cancelled = fields.Boolean(readonly=True)
    state = fields.Selection(
        [
            ("computed", "To check"),
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
    amount_total = fields.Monetary("Owed", compute="_compute_amounts", store=True, help="Taxes included.")
    amount_net = fields.Monetary("Owed without VAT", compute="_compute_amounts", store=True)
    amount_provision = fields.Monetary("Impairment", compute="_compute_amounts", store=True)
    amount_previous = fields.Monetary("Booked before", compute="_compute_amounts", store=True)
    amount_allowance = fields.Monetary("Allowance", compute="_compute_amounts", store=True, help="Debited to 68174.")
    amount_release = fields.Monetary("Reversal", compute="_compute_amounts", store=True, help="Credited to 78174.")
    entry_ids = fields.One2many("account.move", "recouvrement_provision_id", "Draft entries", readonly=True)

    @api.depends("date")
    def _compute_entry_date(self):
        for provision in self:
            provision.entry_date = provision.date

    @api.depends("entry_state", "cancelled")
    def _compute_state(self):
        for provision in self:
            alive = provision.entry_state not in (False, "none")
            provision.state = provision.entry_state if alive else "cancelled" if provision.cancelled else "computed"

    @api.depends("line_ids.move_id")
    def _compute_has_openings(self):
        for provision in self:
            provision.has_openings = "entry" in provision.line_ids.move_id.mapped("move_type")

    @api.depends("line_ids.movement", "line_ids.provision", "line_ids.amount", "line_ids.amount_net")
    def _compute_amounts(self):
        for provision in self:
            lines = provision.line_ids
            provision.amount_total = sum(lines.mapped("amount"))
            provision.amount_net = sum(lines.mapped("amount_net"))
            provision.amount_provision = sum(lines.mapped("provision"))
            provision.amount_previous = sum(lines.mapped("previous"))
            provision.amount_allowance = sum(line.movement for line in lines if line.movement > 0)
            provision.amount_release = -sum(line.movement for line in lines if line.movement < 0)

    def write(self, vals):
        if not self.env.su and self.filtered(lambda provision: provision.state != "computed"):
            raise UserError(self.env._("What is drafted does not change: cancel it and compute another."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if self.filtered("entry_ids"):
            super()._unlink_except_evidence()

    # --- computing ----------------------------------------------------------------------------------------------------

    @api.model
    def _start(self, company, debtors=None, on=None):
        """A computation for these debtors, or for all, ready to be checked."""
        check_manager(self.env)
        provision = self.create(
            {
                "company_id": company.root_id.id,
                "debtor_ids": [Command.set(debtors.ids if debtors else [])],
                **({"date": on} if on else {}),
            }
        )
        provision.action_compute()
        return provision

    def action_compute(self):
        """Take every debt down again as of the date; what a person estimated by hand is kept."""
        check_manager(self.env)
        for provision in self:
            provision.check_access("write")
            if provision.state != "computed":
                raise UserError(self.env._("%s is drafted: cancel it to compute again.", provision.name))
            provision._check_later()
            kept = {line._key(): (line.rate, line.note) for line in provision.line_ids if line.is_manual}
            brackets, confirmed = self.env["recouvrement.provision.bracket"]._matrix(provision.company_id)
            provision.sudo().line_ids.unlink()  # made and taken back by this act alone
            provision.sudo().write(  # figures of the ledger
                {
                    "line_ids": [Command.create(values) for values in provision._lines(brackets, kept)],
                    "rates_confirmed": confirmed,
                    "computed_on": fields.Datetime.now(),
                }
            )

    def _check_later(self):
        """The previous figure must be final, and no later one may exist: movements are made in order of dates."""
        others = self.search([("company_id", "=", self.company_id.id), ("id", "!=", self.id)])
        pending = others.filtered(lambda other: other.state == "draft")
        if pending:
            raise UserError(
                self.env._(
                    "Have the draft of %s posted or cancelled first: this one books the difference.", pending[0].name
                )
            )
        later = others.filtered(lambda other: other.state == "posted" and other.date > self.date)
        if later:
            raise UserError(
                self.env._(
                    "%(name)s was posted at %(day)s already: choose a date on or after it.",
                    name=later[0].name,
                    day=format_date(self.env, later[0].date),
                )
            )

    def _lines(self, brackets, kept):
        """The debts to show: impaired now or before."""
        exposures = sorted(self._exposures(), key=lambda found: (found.due, found.key))
        previous, estimates = self._previous()
        kept = {**estimates, **self._case_estimates(), **kept}
        credits_left = self._credits()
        proceedings = self._proceedings()
        for found in exposures:
            before = previous.pop(found.key, 0)
            yield from self._line(found, brackets, kept, before, credits_left, proceedings)
        for (move_id, partner_id), amount in previous.items():  # no longer owed: what was booked is released
            move = self.env["account.move"].sudo().browse(move_id)  # figures of the ledger
            partner_id = partner_id or move.commercial_partner_id.id
            if amount and self._concerns(partner_id):
                yield {
                    "move_id": move_id,
                    "partner_id": partner_id,
                    "entry_company_id": move.company_id.id,
                    "date_due": move.invoice_date_due or move.date,
                    "previous": amount,
                    "situation": "settled",
                }

    def _concerns(self, partner_id):
        return not self.debtor_ids or partner_id in self.debtor_ids.partner_id.ids

    def _line(self, found, brackets, kept, previous, credits_left, proceedings):
        """The line of one invoice, if it is impaired: credits on the account cover the oldest debts first."""
        key = found.partner_id, found.company_id
        covered = min(credits_left[key], found.amount)
        credits_left[key] -= covered
        amount = self.currency_id.round(found.amount - covered)
        late = (self.date - found.due).days
        situations = [name for name, applies in (("overdue", late > 0), ("doubtful", found.is_doubtful)) if applies]
        situations += proceedings.get(found.partner_id, [])
        bracket = impairment_rate(brackets, situations, max(late, 0))
        rate, note = kept.get(found.key, (None, False))
        if not bracket and rate is None and not previous:
            return
        yield {
            "move_id": found.move_id,
            "partner_id": found.partner_id,
            "entry_company_id": found.company_id,
            "date_due": found.due,
            "days_late": max(late, 0),
            "situation": bracket.situation if bracket else "none",
            "amount": amount,
            "amount_net": self.currency_id.round(float(exact(amount) * found.net_share)),
            "matrix_rate": float(bracket.rate) if bracket else 0,
            "rate": float(bracket.rate) if bracket and rate is None else rate or 0,
            "note": note,
            "previous": previous,
        }

    def _exposures(self):
        """What each invoice owed at the end of the date, over the company tree, in one statement: [Exposure].

        Payments, credit notes and losses of later days are not deducted yet; what moved to doubtful receivables by then
        counts there.
        """
        self.env.flush_all()
        root = self.company_id
        rows = self.env.execute_query(
            SQL(
                """
                WITH later AS (
                    SELECT debit_move_id AS id, amount FROM account_partial_reconcile WHERE max_date > %(on)s
                     UNION ALL
                    SELECT credit_move_id, -amount FROM account_partial_reconcile WHERE max_date > %(on)s
                ), back AS (SELECT id, SUM(amount) AS amount FROM later GROUP BY id)
                SELECT m.id, p.commercial_partner_id, m.company_id, MIN(COALESCE(l.date_maturity, l.date)),
                       SUM(l.amount_residual + COALESCE(back.amount, 0)), BOOL_OR(l.account_id = %(doubtful)s),
                       m.move_type, m.amount_untaxed_signed, m.amount_total_signed, m.invoice_date_due
                  FROM account_move_line l
             LEFT JOIN back ON back.id = l.id
                  JOIN res_partner p ON p.id = l.partner_id
                  JOIN account_move m ON m.id = COALESCE(l.recouvrement_invoice_id, l.move_id)
                 WHERE l.company_id = %(tree)s AND l.parent_state = 'posted' AND l.date <= %(on)s
                   AND (l.reconciled IS NOT TRUE OR back.id IS NOT NULL)
                   AND (l.account_id = %(accounts)s
                        OR (l.account_id = %(doubtful)s AND l.recouvrement_invoice_id IS NOT NULL))
                   AND (%(every)s OR p.commercial_partner_id = %(partners)s)
              GROUP BY m.id, p.commercial_partner_id
                HAVING SUM(l.amount_residual + COALESCE(back.amount, 0)) > 0.004
                """,
                on=self.date,
                tree=any_of(root._recouvrement_tree()),
                accounts=any_of(root._recouvrement_accounts()),
                doubtful=any_of(root._recouvrement_doubtful_accounts()),
                every=not self.debtor_ids,
                partners=any_of(self.debtor_ids.partner_id.ids),
            )
        )
        return [
            Exposure(
                row[0],
                row[1],
                row[2],
                row[3] if row[6] == "entry" else row[9] or row[3],  # an opening entry has no due date of its own
                float(row[4]),
                row[5],
                _net_share(row[6], row[7], row[8]),
                row[6] == "entry",
            )
            for row in rows
        ]

    def _credits(self):
        """{(partner, company): what stands open in their favour} at the date."""
        found = defaultdict(float)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, l.company_id, -SUM(l.amount_residual)
                  FROM account_move_line l
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE l.company_id = %s AND l.parent_state = 'posted' AND l.date <= %s AND l.reconciled IS NOT TRUE
                   AND l.account_id = %s AND l.amount_residual < 0
              GROUP BY 1, 2
                """,
                any_of(self.company_id._recouvrement_tree()),
                self.date,
                any_of(self.company_id._recouvrement_accounts()),
            )
        )
        for partner_id, company_id, amount in rows:
            found[partner_id, company_id] = float(amount)
        return found

    def _proceedings(self):
        """{partner: [situation]} of the debtors in insolvency proceedings opened by the date."""
        opened = (
            self.env["recouvrement.insolvency"]
            .sudo()  # the rate shows it to managers, who see the proceedings anyway
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("state", "!=", "cancelled"),
                    ("kind", "in", list(IN_PROCEEDINGS)),
                    ("judgment_on", "<=", self.date),
                    "|",
                    ("closed_on", "=", False),
                    ("closed_on", ">", self.date),
                ]
            )
        )
        found = defaultdict(list)
        for record in opened:
            found[record.partner_id.id].append(IN_PROCEEDINGS[record.kind])
        return found

    def _case_estimates(self):
        """{debt key: (rate, note)} of the invoices in open cases whose impairment a legal officer estimated."""
        cases = (
            self.env["recouvrement.case"]
            .sudo()  # a rate and its reason, that a manager sees anyway
            .search([("company_id", "=", self.company_id.id), ("state", "!=", "closed"), ("is_estimated", "=", True)])
        )
        return {
            debt_key(move.id, move.move_type == "entry", case.partner_id.id): (
                case.provision_rate,
                # Read by accountants: neither which case, nor a word of one that is confidential.
                self.env._("Estimated in a litigation case.") if case.is_confidential else case.provision_note,
            )
            for case in cases
            for move in case.move_ids
        }

    def _previous(self):
        """({debt key: booked by posted provisions up to the date}, {debt key: (rate, note) estimated by hand})."""
        lines = (
            self.env["recouvrement.provision.line"]
            .sudo()  # figures of the ledger
            .search(
                [
                    ("provision_id.company_id", "=", self.company_id.id),
                    ("provision_id.state", "=", "posted"),
                    ("provision_id.date", "<=", self.date),
                    ("provision_id", "!=", self.id),
                ],
                order="date, id",
            )
        )
        booked, estimates = defaultdict(float), {}
        for line in lines:
            key = line._key()
            booked[key] = self.currency_id.round(booked[key] + line.movement)
            estimates.pop(key, None)
            if line.is_manual:
                estimates[key] = (line.rate, line.note)
        return booked, estimates

    # --- entry --------------------------------------------------------------------------------------------------------

    def action_draft_entry(self):
        """One draft entry per company: 68174 to 491 for what is impaired more, 491 to 78174 for what is less."""
        check_manager(self.env)
        for provision in self:
            provision.check_access("write")
            if provision.state != "computed":
                raise UserError(self.env._("%s is drafted already.", provision.name))
            provision._check_later()
            moved = provision.line_ids.filtered("movement")
            if not moved:
                raise UserError(self.env._("Nothing changes since the last provision: there is nothing to book."))
            for company, lines in moved.grouped("entry_company_id").items():
                provision.sudo()._draft_entry(  # a manager drafts, an accountant posts
                    company,
                    provision.currency_id,
                    "recouvrement_provision_id",
                    self.env._("impairment at %s", format_date(self.env, provision.date)),
                    provision._entry_items(company, lines),
                )

    def _entry_items(self, company, lines):
        """An item of 491 per debtor, against the allowances together and the releases together."""
        currency = self.currency_id
        impaired = company._recouvrement_bad_debt_account("impairment")
        items = []
        for purpose, sign in (("allowance", 1), ("release", -1)):
            side = lines.filtered(lambda line, sign=sign: line.movement * sign > 0)
            if not side:
                continue
            account = company._recouvrement_bad_debt_account(purpose)
            total = currency.round(sum(side.mapped("movement")))
            label = {"allowance": self.env._("Allowances"), "release": self.env._("Releases")}[purpose]
            items.append(self._item(account, total, total, label, currency))
            for partner, mine in side.grouped("partner_id").items():
                amount = currency.round(sum(mine.mapped("movement")))
                names = ", ".join(mine[:5].move_id.mapped("name")) + (", …" if len(mine) > 5 else "")
                items.append(self._item(impaired, -amount, -amount, names, currency, partner))
        return items

    def action_cancel(self):
        check_manager(self.env)
        for provision in self:
            provision.check_access("read")
            if provision.state not in ("computed", "draft"):
                raise UserError(self.env._("%s is posted: its entry is reversed instead.", provision.name))
            mine = provision.sudo()  # as above
            mine.entry_ids.filtered(lambda entry: entry.state == "draft").button_cancel()
            mine.cancelled = True

    def _check_entry(self, entries):
        if self.cancelled:
            raise UserError(self.env._("The provision %s was cancelled: cancel this entry.", self.name))

    def _entry_posted(self, entries):
        """Debtors keep a word of what was provided for them."""
        for debtor in self.env["recouvrement.debtor"].search(
            [("company_id", "=", self.company_id.id), ("partner_id", "in", self.line_ids.partner_id.ids)]
        ):
            debtor.message_post(
                body=self.env._(
                    "Impairment posted at %(day)s: %(name)s.", day=format_date(self.env, self.date), name=self.name
                )
            )

    # --- report -------------------------------------------------------------------------------------------------------

    def action_open_lines(self):
        """The report of this date, to sort, group and pivot."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_provision_line_action")
        return {**action, "domain": [("provision_id", "=", self.id)], "context": {}}

    def action_xlsx(self):
        """The report of this date as a spreadsheet, for the auditors."""
        self.ensure_one()
        self.check_access("read")
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{harmless.file_name(self.name)}.xlsx",
                "raw": self._xlsx(),
                "res_model": self._name,
                "res_id": self.id,
                "mimetype": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            }
        )
        return {"type": "ir.actions.act_url", "url": f"/web/content/{attachment.id}?download=true", "target": "new"}

    def _xlsx(self):
        content = io.BytesIO()
        book = workbook(content)
        sheet = book.add_worksheet(sheet_name(self.name))
        bold = book.add_format({"bold": True})
        head = book.add_format({"bold": True, "bg_color": "#F0F2F5", "bottom": 1, "text_wrap": True, "valign": "top"})
        figures = sheet_figures(self.currency_id)
        money, rate = book.add_format({"num_format": figures}), book.add_format({"num_format": "0.00"})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        total = book.add_format({"num_format": figures, "bold": True, "top": 1})
        sheet.write(0, 0, self.company_id.name, bold)
        sheet.write(1, 0, self.env._("Impairment of receivables at %s", format_date(self.env, self.date)), bold)
        columns = self._columns()
        for number, (title, width, _value, _style) in enumerate(columns):
            sheet.set_column(number, number, width)
            sheet.write(3, number, title, head)
        styles = {"money": money, "rate": rate, "day": day}
        for row, line in enumerate(self.line_ids, start=4):
            for number, (_title, _width, value, style) in enumerate(columns):
                found = value(line)
                if style == "day":
                    if found:
                        sheet.write_datetime(row, number, fields.Datetime.to_datetime(found), day)
                else:
                    sheet.write(row, number, found, styles.get(style))
        last = 4 + len(self.line_ids)
        sheet.write(last, 0, self.env._("Total"), bold)
        for number, (_title, _width, value, style) in enumerate(columns):
            if style == "money":
                cells = f"{_column(number)}5:{_column(number)}{last}"
                sheet.write_formula(last, number, f"=SUM({cells})", total, sum(map(value, self.line_ids)))
        sheet.freeze_panes(4, 2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        book.close()
        return content.getvalue()

    def _columns(self):
        """[(title, width, value of a line, style)] of the spreadsheet."""
        situations = dict(self.line_ids._fields["situation"]._description_selection(self.env))
        return [
            (self.env._("Debtor"), 32, lambda line: line.partner_id.display_name, None),
            (self.env._("Invoice"), 18, lambda line: line.move_id.name, None),
            (self.env._("Due date"), 12, lambda line: line.date_due, "day"),
            (self.env._("Days late"), 10, lambda line: line.days_late, None),
            (self.env._("Situation"), 22, lambda line: situations.get(line.situation, ""), None),
            (self.env._("Owed, taxes included"), 16, lambda line: line.amount, "money"),
            (self.env._("Owed without VAT"), 16, lambda line: line.amount_net, "money"),
            (self.env._("Rate (%)"), 10, lambda line: line.rate, "rate"),
            (self.env._("Impairment"), 16, lambda line: line.provision, "money"),
            (self.env._("Booked before"), 16, lambda line: line.previous, "money"),
            (self.env._("Movement"), 16, lambda line: line.movement, "money"),
            (self.env._("Estimate"), 40, lambda line: line.note or "", None),
        ]


def _net_share(move_type, untaxed, total):
    """The share of the price without VAT in an invoice; an entry that is no invoice has no VAT to set apart."""
    if move_type == "entry" or not total:
        return Decimal(1)
    return exact(untaxed) / exact(total)


def _column(number):
    return xl_col_to_name(number)
