import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date, formatLang, split_every

from ...tools import bulk, clock
from ...tools.formats import exact
from ..base.acts import check_manager
from .recouvrement_accrual import Owed

PAGE = 200  # debtors computed together
OPEN = ("accrued", "claimed")  # neither booked, paid nor wholly waived: may still change
COLLECTED = ("professional", "public")  # who owes penalties without any notice (C.com L441-10, CCP L2192-13)
DAY = timedelta(days=1)
INSERTED = (
    *("company_id", "debtor_id", "partner_id", "kind", "move_id", "date_due", "entry_line_id", "currency_id"),
    *("amount", "date_from", "date_to", "tranches", "claimed_on", "reminder_id"),
)
UPDATED = ("amount", "date_to", "tranches", "claimed_on", "reminder_id")


class Figure(NamedTuple):
    """What an instalment owes besides its principal, net of what is settled already."""

    company_id: int
    debtor_id: int
    partner_id: int
    kind: str
    move_id: int
    date_due: date
    entry_line_id: int
    currency_id: int
    amount: Decimal
    tranches: list  # of interest, those not settled
    reminder_id: int | None = None

    @property
    def key(self):
        return _key(self.kind, self.move_id, self.date_due, self.entry_line_id)

    @property
    def period(self):
        """The first and the last day of interest; none for an indemnity."""
        if self.kind != "interest":
            return None, None
        return date.fromisoformat(self.tranches[0]["from"]), date.fromisoformat(self.tranches[-1]["to"])


class Known(NamedTuple):
    """A row as the deduction needs it."""

    id: int
    state: str
    amount: Decimal
    waived: Decimal
    date_to: date | None
    claimed_on: date | None
    reminder_id: int | None

    @property
    def is_open(self):
        return self.state in (*OPEN, "void")  # no longer owed: owed again when a payment comes back

    @property
    def settled(self):
        """What must not be asked again."""
        return self.waived if self.is_open else self.amount


class RecouvrementAccessory(models.Model):
    """A late-payment penalty or an indemnity of one invoice; it outlives the payment of the principal.

    Interest is kept by instalment and by period: the last period runs, and is restated to the larger cumulative total;
    once booked, paid or waived a period is closed and the next one starts the day after. What is closed is deducted
    from every later letter.
    """

    _name = "recouvrement.accessory"
    _description = "Penalty or Indemnity"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_due desc, id desc"
    _mail_post_access = "read"  # nobody writes these rows by hand, yet people discuss them

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict", readonly=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Partner", store=True, index=True)
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
        help="The invoice paid late.",
    )
    date_due = fields.Date("Due date", required=True, readonly=True)
    entry_line_id = fields.Integer(
        required=True,
        default=0,
        readonly=True,
        help="The journal item, for an entry that is not an invoice; else 0.",
    )
    kind = fields.Selection(
        [
            ("interest", "Late-payment interest"),
            ("indemnity", "Fixed indemnity"),
            ("complementary", "Complementary indemnity"),
        ],
        required=True,
        readonly=True,
        help="Interest and fixed indemnity are due by law (C.com L441-10 II, D441-5). More than the fixed indemnity is "
        "due on justification of the costs.",
    )
    state = fields.Selection(
        [
            ("accrued", "Accrued"),
            ("claimed", "Claimed from the debtor"),
            ("invoiced", "Invoiced"),
            ("paid", "Paid"),
            ("waived", "Waived"),
            ("void", "No longer owed"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
        help="Accrued: due by law, not asked yet. Claimed: asked in a reminder that left. Invoiced: on a debit note. "
        "Paid: that debit note is paid. Waived: given up in whole. No longer owed: the ledger shows that nothing was "
        "late after all.",
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company currency")
    amount = fields.Monetary(readonly=True, tracking=True, help="As accrued or claimed, before any waiver.")
    amount_waived = fields.Monetary("Waived", readonly=True, tracking=True)
    amount_left = fields.Monetary("Net", compute="_compute_amount_left", help="Less what was waived.")
    company_amount = fields.Monetary(
        "Net in company currency",
        compute="_compute_company_amount",
        store=True,
        currency_field="company_currency_id",
        help="Less what was waived, at the rate of the last day covered.",
    )
    date_from = fields.Date("From", readonly=True, help="First day of interest, included.")
    date_to = fields.Date("To", readonly=True, help="Last day of interest, included.")
    tranches = fields.Json(readonly=True, help="The days, bases and rates of the interest.")
    tranche_text = fields.Text("Statement of interest", compute="_compute_tranche_text")
    claimed_on = fields.Date("Claimed on", readonly=True, help="The day a letter that asks for it was handed over.")
    reminder_id = fields.Many2one(
        "recouvrement.reminder", "Last claimed in", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    claim_line_ids = fields.Many2many(
        "recouvrement.reminder.line", compute="_compute_claim_line_ids", string="Letters that told of it"
    )
    penalty_move_id = fields.Many2one(
        "account.move", "Debit note", readonly=True, index="btree_not_null", ondelete="set null", tracking=True
    )
    waive_reason = fields.Char("Reason of the waiver", readonly=True, tracking=True)
    waived_by_id = fields.Many2one("res.users", "Waived by", readonly=True)
    waived_on = fields.Date("Waived on", readonly=True)
    waiver_proposed = fields.Monetary("Waiver proposed", readonly=True, help="By a collector: a manager decides.")
    justification = fields.Text(readonly=True, help="The recovery costs really borne, beyond the fixed indemnity.")
    proof_id = fields.Many2one(
        "ir.attachment",
        "Proof",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="What proves these costs.",
    )

    _one_indemnity = models.UniqueIndex(
        "(move_id, entry_line_id) WHERE kind = 'indemnity'", "The fixed indemnity is due once per invoice."
    )
    _one_claim_of_a_day = models.Constraint(
        "EXCLUDE USING gist (int4range(move_id, move_id, '[]') WITH &&, daterange(date_due, date_due, '[]') WITH &&,"
        " int4range(entry_line_id, entry_line_id, '[]') WITH &&, daterange(date_from, date_to, '[]') WITH &&)"
        " WHERE (kind = 'interest')",
        "The interest of a day of an instalment exists already: it is never claimed nor invoiced twice.",
    )
    _period_of_interest = models.Constraint(
        "CHECK (kind != 'interest' OR (date_from IS NOT NULL AND date_to >= date_from))",
        "Interest covers a period.",
    )
    _waived_within_amount = models.Constraint(
        "CHECK (amount >= 0 AND COALESCE(amount_waived, 0) BETWEEN 0 AND amount)",
        "No more can be waived than what is owed.",
    )
    _proven = models.Constraint(
        "CHECK (kind != 'complementary' OR proof_id IS NOT NULL)",
        "A complementary indemnity is due on justification only: attach the proof (C.com L441-10 II).",
    )

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.depends("amount", "amount_waived", "claimed_on", "penalty_move_id.state", "penalty_move_id.payment_state")
    def _compute_state(self):
        """Judged from what exists: the debit note and its payment, the waiver, the letter."""
        for accessory in self:
            note = accessory.penalty_move_id
            if note and note.state != "cancel" and note.payment_state != "reversed":
                accessory.state = "paid" if note.payment_state in ("paid", "in_payment") else "invoiced"
            elif accessory.currency_id.is_zero(accessory.amount):
                accessory.state = "void"
            elif accessory.currency_id.compare_amounts(accessory.amount_waived, accessory.amount) >= 0:
                accessory.state = "waived"
            else:
                accessory.state = "claimed" if accessory.claimed_on else "accrued"

    @api.depends("amount", "amount_waived")
    def _compute_amount_left(self):
        for accessory in self:
            accessory.amount_left = accessory.amount - accessory.amount_waived

    @api.depends("amount", "amount_waived", "currency_id", "date_to")
    def _compute_company_amount(self):
        today = clock.today(self.env)
        for accessory in self:
            company = accessory.company_id
            accessory.company_amount = accessory.currency_id._convert(
                accessory.amount - accessory.amount_waived, company.currency_id, company, accessory.date_to or today
            )

    @api.depends("tranches")
    def _compute_tranche_text(self):
        for accessory in self:
            accessory.tranche_text = "\n".join(
                self.env._(
                    "%(start)s to %(end)s: %(days)s days on %(base)s at %(rate)s %% = %(interest)s",
                    start=format_date(self.env, part["from"]),
                    end=format_date(self.env, part["to"]),
                    days=part["days"],
                    base=formatLang(self.env, float(part["base"]), currency_obj=accessory.currency_id),
                    rate=part["rate"],
                    interest=formatLang(self.env, float(part["interest"]), currency_obj=accessory.currency_id),
                )
                for part in accessory.tranches or ()
            )

    @api.depends("move_id", "date_due", "entry_line_id", "claimed_on")
    def _compute_claim_line_ids(self):
        lines = self.env["recouvrement.reminder.line"].search(
            [
                ("move_id", "in", self.move_id.ids),
                ("cancelled", "!=", True),
                ("reminder_id.state", "=", "sent"),
                "|",
                ("interest", ">", 0),
                ("indemnity", ">", 0),
            ]
        )
        by_instalment = lines.grouped(lambda line: (line.move_id, line.date_due, line.entry_line_id))
        nothing = lines.browse()
        for accessory in self:
            key = accessory.move_id, accessory.date_due, accessory.entry_line_id
            accessory.claim_line_ids = by_instalment.get(key, nothing)

    @api.depends("kind", "move_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for accessory in self:
            accessory.display_name = f"{kinds.get(accessory.kind, '')} – {accessory.move_id.name or ''}"

    @api.constrains("kind", "debtor_id")
    def _check_complementary(self):
        for accessory in self.filtered(lambda found: found.kind == "complementary"):
            if accessory.debtor_id.debtor_type != "professional":
                raise ValidationError(
                    self.env._("Only a professional owes a complementary indemnity (C.com L441-10 II).")
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A penalty is not deleted: waive it, with a reason."))

    # --- buttons ------------------------------------------------------------------------------------------------------

    @api.model
    def action_compute_all(self):
        """Make or refresh what every late debtor of the current company owes."""
        check_manager(self.env)
        self._collect(self.env.company, clock.today(self.env))
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_book(self):
        """Put these amounts on draft debit notes, one per debtor and currency, and show them."""
        check_manager(self.env)
        self.check_access("read")  # of his own companies
        # A manager reads accounting: the one entry he may make is this draft, that an accountant checks and posts.
        return self.sudo()._book(clock.today(self.env))._get_records_action(name=self.env._("Penalty invoices"))

    def action_open_penalty_move(self):
        self.ensure_one()
        self.check_access("read")
        return self.penalty_move_id._get_records_action()

    # --- what is known ------------------------------------------------------------------------------------------------

    @api.model
    def _known(self, move_ids):
        """The interest and indemnities kept for these invoices: {key: [Known]}, oldest period first; one statement."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT kind, move_id, date_due, entry_line_id, id, state, amount, COALESCE(amount_waived, 0), date_to,
                       claimed_on, reminder_id
                  FROM recouvrement_accessory
                 WHERE move_id = %s AND kind IN ('interest', 'indemnity')
              ORDER BY date_to, id
                """,
                bulk.any_of(move_ids),
            )
        )
        known = defaultdict(list)
        for kind, move_id, due, entry_line_id, row_id, state, amount, waived, *rest in rows:
            row = Known(row_id, state, exact(amount), exact(waived), *rest)
            known[_key(kind, move_id, due, entry_line_id)].append(row)
        return known

    @api.model
    def _deduct(self, accrued, keys):
        """What a letter may still ask: {id: Accrued} less what was invoiced, paid or waived; one statement.

        :param keys: {id: (move, due date, journal item or 0)}
        """
        if not accrued:
            return accrued
        known = self._known({key[0] for key in keys.values()})
        return {found_id: self._net(found, keys[found_id], known) for found_id, found in accrued.items()}

    def _net(self, found, key, known):
        periods, fixed = known.get(_key("interest", *key), ()), known.get(_key("indemnity", *key), ())
        closed = [row.date_to for row in periods if not row.is_open]
        return found._replace(
            interest=max(found.interest - sum(row.settled for row in periods), Decimal(0)),
            indemnity=max(found.indemnity - sum(row.settled for row in fixed), Decimal(0)),
            tranches=_after(found.tranches, max(closed)) if closed else found.tranches,
        )

    @api.model
    def _penalty_moves(self, move_ids):
        """Which of these moves are debit notes of penalties: they bear neither penalties nor the indemnity."""
        self.flush_model(["penalty_move_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT penalty_move_id FROM recouvrement_accessory WHERE penalty_move_id = %s",
                bulk.any_of(move_ids),
            )
        )
        return {row[0] for row in rows}

    @api.model
    def _barred(self, move_ids):
        """The invoices whose fixed indemnity the law forbids: due on or after the opening of an insolvency procedure
        (C.com L441-10 II, last sentence)."""
        return self.env["recouvrement.holding"]._all_barred(move_ids)

    # --- claimed ------------------------------------------------------------------------------------------------------

    @api.model
    def _claim(self, reminders, on):
        """These letters were handed over that day: what they asked for is claimed, in a constant number of statements.

        A later letter restates the cumulative total: the larger one stays, nothing is added.
        """
        figures = []
        for reminder in reminders:
            content = reminder.figures or {}
            if content.get("accessories") != "claimed":
                continue
            accrued = content.get("accrued") or {}  # unknown to a letter older than 19.0.2.0.0 nobody explained
            for line in reminder.line_ids.filtered(lambda line: not line.cancelled):
                figures += self._line_figures(reminder, line, accrued.get(str(line.id), []))
        self._record(figures, on)

    @api.model
    def _explain_old_letters(self):
        """Write how the interest of letters that wait was counted where their version did not: their days and rates.

        The amounts they ask for stay as printed. For an upgrade from 19.0.1.0.0; does nothing the second time.
        """
        waiting = self.env["recouvrement.reminder"].search([("state", "in", ("sending", "failed"))])
        old = waiting.filtered(
            lambda reminder: (reminder.figures or {}).get("accessories") == "claimed"
            and "accrued" not in reminder.figures
        )
        for on, reminders in old.grouped(lambda reminder: reminder.figures["on"]).items():
            lines = reminders.line_ids.filtered(lambda line: not line.cancelled)
            owed = {line: self._owed_by(line) for line in lines}
            accrued = self.env["recouvrement.accrual"]._accrue(list(owed.values()), date.fromisoformat(on))
            for reminder in reminders:
                known = {str(line.id): accrued.get(owed[line].key) for line in lines & reminder.line_ids}
                parts = {key: found.tranches for key, found in known.items() if found}
                reminder.figures = {**reminder.figures, "accrued": parts}

    def _owed_by(self, line):
        debtor = line.reminder_id.debtor_id
        key = line.move_id.id, line.date_due, line.entry_line_id
        return Owed(key, line.date_due, line.amount_total, (), debtor.debtor_type, debtor.type_confirmed)

    def _line_figures(self, reminder, line, tranches):
        debtor = reminder.debtor_id
        about = reminder.company_id.id, debtor.id, debtor.partner_id.id
        key = line.move_id.id, line.date_due, line.entry_line_id
        if line.interest > 0 and tranches:
            amount = exact(line.interest)
            yield Figure(*about, "interest", *key, line.currency_id.id, amount, tranches, reminder.id)
        if line.indemnity > 0:
            currency = line.company_currency_id.id
            yield Figure(*about, "indemnity", *key, currency, exact(line.indemnity), [], reminder.id)

    @api.model
    def _record(self, figures, claimed_on=None):
        """Keep these Figures, in the running period of each; returns the ids of their rows.

        The cards are locked: two letters to a debtor at once wait for each other, and the database refuses a day twice.
        """
        if not figures:
            return []
        self.env.execute_query(
            SQL(
                "SELECT id FROM recouvrement_debtor WHERE id = %s ORDER BY id FOR NO KEY UPDATE",
                bulk.any_of({figure.debtor_id for figure in figures}),
            )
        )
        known = self._known({figure.move_id for figure in figures})
        made, changed = [], []
        for figure in figures:
            rows = known.get(figure.key, [])
            if rows and rows[-1].is_open:
                changed.append(self._restated(figure, rows, claimed_on))
            elif figure.kind == "interest" or not rows:
                made += self._made(figure, rows, claimed_on)
        bulk.update(self, UPDATED, changed)
        ids = [row[0] for row in changed] + bulk.insert(self, INSERTED, made)
        for name in ("state", "company_amount"):
            self.env.add_to_compute(self._fields[name], self.browse(ids))
        self.env.flush_all()
        return ids

    def _restated(self, figure, rows, claimed_on):
        """The running row with its new total; what was claimed never shrinks."""
        running = rows[-1]
        amount = self._running_amount(figure, rows[:-1]) + running.waived
        if running.state == "claimed" and running.amount >= amount:
            amount = running.amount
        return (
            running.id,
            float(max(amount, running.waived)),
            max(figure.period[1], running.date_to) if figure.kind == "interest" else None,
            json.dumps(figure.tranches),
            claimed_on or running.claimed_on,
            figure.reminder_id or running.reminder_id,
        )

    def _made(self, figure, rows, claimed_on):
        """A new row, when it brings anything: the first, or the period after the last closed one."""
        start, end = figure.period
        amount = self._running_amount(figure, rows)
        if rows:
            start = max(start, rows[-1].date_to + DAY)
        if amount <= 0 or (start and start > end):
            return []
        tranches = json.dumps(figure.tranches)
        return [(*figure[:8], float(amount), start, end, tranches, claimed_on, figure.reminder_id)]

    def _running_amount(self, figure, others):
        """The figure's total less earlier periods that are open again: they keep their own share."""
        return figure.amount - sum((row.amount - row.waived for row in others if row.is_open), Decimal(0))

    # --- accrued, claimed by no letter --------------------------------------------------------------------------------

    @api.model
    def _collect(self, company, on, debtors=None):
        """Make or refresh what late professional and public debtors owe by law, paid since or not.

        Invoices due from the start of the fiscal years looked back on (a setting); rows never claimed that are no
        longer owed, for example after a credit note, go. Constant number of statements per page of debtors.
        """
        company = company.root_id
        since = company._recouvrement_penalty_since(on)
        if debtors is None:
            debtors = self.env["recouvrement.debtor"].sudo().search([("company_id", "=", company.id)])
        confirmed = debtors.filtered(lambda card: card.type_confirmed and card.debtor_type in COLLECTED)
        for page in split_every(PAGE, confirmed.ids, list):
            self.sudo()._collect_page(company, self.env["recouvrement.debtor"].sudo().browse(page), since, on)

    def _collect_page(self, company, debtors, since, on):
        late = self._late_instalments(company, debtors, since, on)
        cards = {debtor.partner_id.id: debtor for debtor in debtors}
        owed = [Owed(row[1:4], row[2], row[5], None, cards[row[0]].debtor_type, True, row[4]) for row in late]
        accrued = {
            key: found._replace(interest=Decimal(0), tranches=[]) if found.note == "unverified" else found
            for key, found in self.env["recouvrement.accrual"]._accrue(owed, on).items()
        }
        net = self._deduct(accrued, {key: key for key in accrued})
        figures = []
        for partner_id, *key, currency_id, _total in late:
            found = net.get(tuple(key))
            about = company.id, cards[partner_id].id, partner_id
            if found and found.interest > 0 and found.tranches:
                figures.append(Figure(*about, "interest", *key, currency_id, found.interest, found.tranches))
            if found and found.indemnity > 0:
                figures.append(Figure(*about, "indemnity", *key, company.currency_id.id, found.indemnity, []))
        self._forget(debtors, since, self._record(figures))

    def _late_instalments(self, company, debtors, since, on):
        """Instalments open after their due date, or paid after it: [(partner, move, due, 0, currency, amount)]."""
        self.env.flush_all()  # what the same transaction has just written counts too
        return self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, l.move_id, COALESCE(l.date_maturity, l.date), 0, l.currency_id,
                       SUM(l.amount_currency)
                  FROM res_partner p
                  JOIN account_move_line l ON l.partner_id = p.id
                  JOIN account_move m ON m.id = l.move_id
                 WHERE p.commercial_partner_id = %(partners)s AND l.account_id = %(accounts)s
                   AND l.company_id = %(tree)s AND l.parent_state = 'posted' AND l.no_followup IS NOT TRUE
                   AND m.move_type = 'out_invoice'
                   AND (m.payment_state IS DISTINCT FROM 'reversed' OR m.amount_total > COALESCE((
                       SELECT SUM(n.amount_total) FROM account_move n
                        WHERE n.reversed_entry_id = m.id AND n.state = 'posted'), 0))
                   AND COALESCE(l.date_maturity, l.date) >= %(since)s AND COALESCE(l.date_maturity, l.date) < %(on)s
                   AND NOT EXISTS (
                       SELECT 1 FROM account_partial_reconcile r
                         JOIN account_move_line c ON c.id = r.credit_move_id
                         JOIN account_move cm ON cm.id = c.move_id
                        WHERE r.debit_move_id = l.id AND l.reconciled AND cm.recouvrement_write_off_id IS NOT NULL)
                   AND (l.reconciled IS NOT TRUE OR EXISTS (
                       SELECT 1
                         FROM account_partial_reconcile r
                         JOIN account_move_line c ON c.id = r.credit_move_id
                         JOIN account_move cm ON cm.id = c.move_id
                        WHERE r.debit_move_id = l.id AND c.date > COALESCE(l.date_maturity, l.date)
                          AND (cm.move_type != 'out_refund' OR cm.reversed_entry_id IS DISTINCT FROM l.move_id)
                          AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x WHERE x.exchange_move_id = cm.id)))
              GROUP BY 1, 2, 3, 5
              ORDER BY 3, 2
                """,
                partners=bulk.any_of(debtors.partner_id.ids),
                accounts=bulk.any_of(company._recouvrement_accounts()),
                tree=bulk.any_of(company._recouvrement_tree()),
                since=since,
                on=on,
            )
        )

    def _forget(self, debtors, since, kept_ids):
        """Drop what was computed, never claimed nor touched by anybody, and is no longer owed."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM recouvrement_accessory
                 WHERE debtor_id = %s AND date_due >= %s AND state IN ('accrued', 'void') AND claimed_on IS NULL
                   AND kind IN ('interest', 'indemnity')
                   AND COALESCE(amount_waived, 0) = 0 AND COALESCE(waiver_proposed, 0) = 0
                   AND penalty_move_id IS NULL AND NOT id = %s
                """,
                bulk.any_of(debtors.ids),
                since,
                bulk.any_of(kept_ids),
            )
        )
        self.env.invalidate_all(flush=False)

    @api.model
    def _add_complementary(self, debtor, move, amount, justification, proof):
        """The row of recovery costs beyond the fixed indemnity, with its proof: (file name, base64 content)."""
        attachment = self.env["ir.attachment"].create(
            {"name": proof[0] or self.env._("Proof"), "datas": proof[1], "res_model": self._name}
        )
        row = self.create(
            {
                "company_id": debtor.company_id.id,
                "debtor_id": debtor.id,
                "move_id": move.id,
                "date_due": move.invoice_date_due,
                "kind": "complementary",
                "currency_id": debtor.company_id.currency_id.id,
                "amount": amount,
                "justification": justification,
                "proof_id": attachment.id,
            }
        )
        attachment.res_id = row.id
        row._trace(self.env._("Claim of %(amount)s added: %(what)s: %(reason)s"), amount, justification)
        return row

    # --- booked -------------------------------------------------------------------------------------------------------

    def _book(self, on):
        """Draft debit notes for what is open of these rows, one per debtor, company and currency; returns them."""
        self._rejudge()  # what was claimed may be owed no more
        rows = self.filtered(lambda row: row.state in OPEN and row.amount_left > 0 and row.move_id.state == "posted")
        if not rows:
            raise UserError(
                self.env._(
                    "Nothing to invoice: what you chose is invoiced, paid, waived or no longer owed, or its invoice is "
                    "not posted."
                )
            )
        if len(rows.try_lock_for_update(allow_referencing=True)) < len(rows):
            raise UserError(self.env._("Somebody is working on these penalties: try again in a moment."))
        notes = self.env["account.move"]
        by_note = rows.grouped(lambda row: (row.move_id.company_id, row.debtor_id, row.currency_id))
        for (company, debtor, currency), members in by_note.items():
            note = self.env["account.move"].with_company(company).create(members._note_vals(company, currency, on))
            note.no_followup = not company.root_id.recouvrement_penalty_followup
            members.penalty_move_id = note
            debtor.message_post(body=self.env._("Penalties put on a draft debit note: %s", note._get_html_link()))
            notes |= note
        return notes

    def _note_vals(self, company, currency, on):
        """The debit note: outside the scope of VAT, due at once, a line per invoice and kind."""
        partner = self.partner_id
        journal = company.root_id.recouvrement_penalty_journal_id or self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "parent_of", company.ids)], limit=1
        )
        names = sorted(set(self.move_id.mapped("name")))
        return {
            "move_type": "out_invoice",
            "company_id": company.id,
            "journal_id": journal.id,
            "partner_id": (self.move_id.partner_id if len(self.move_id.partner_id) == 1 else partner).id,
            "currency_id": currency.id,
            "invoice_date": on,
            "invoice_date_due": on,
            "invoice_payment_term_id": False,
            "ref": self.env._("Penalties: %s", ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")),
            "narration": self._narration(),
            "invoice_line_ids": [
                Command.create(row._note_line(company)) for row in self.sorted(lambda row: (row.date_due, row.id))
            ],
        }

    def _note_line(self, company):
        labels = {
            "interest": self.env._(
                "Late-payment interest on invoice %(invoice)s due %(due)s, from %(start)s to %(end)s",
                invoice=self.move_id.name,
                due=format_date(self.env, self.date_due),
                start=format_date(self.env, self.date_from) if self.date_from else "",
                end=format_date(self.env, self.date_to) if self.date_to else "",
            ),
            "indemnity": self.env._(
                "Fixed recovery indemnity on invoice %(invoice)s due %(due)s",
                invoice=self.move_id.name,
                due=format_date(self.env, self.date_due),
            ),
            "complementary": self.env._(
                "Complementary recovery indemnity, on justification, on invoice %(invoice)s", invoice=self.move_id.name
            ),
        }
        return {
            "name": labels[self.kind],
            "quantity": 1,
            "price_unit": self.amount_left,
            "account_id": company._recouvrement_penalty_account(self.kind).id,
            "tax_ids": [Command.clear()],
        }

    def _narration(self):
        texts = []
        if "interest" in self.mapped("kind"):
            texts.append(
                self.env._(
                    "Late-payment penalties are due from the day after the due date, without a reminder "
                    "(C.com L441-10 II; public buyers: CCP L2192-13). They are outside the scope of VAT."
                )
            )
        if {"indemnity", "complementary"} & set(self.mapped("kind")):
            texts.append(
                self.env._(
                    "The fixed recovery indemnity is due once per invoice paid late (C.com L441-10 II and D441-5); "
                    "costs beyond it are due on justification. It compensates and is outside the scope of VAT."
                )
            )
        return Markup("").join(Markup("<p>%s</p>") % text for text in texts)

    # --- waived -------------------------------------------------------------------------------------------------------

    def _check_waivable(self):
        self.check_access("read")
        for row in self:
            if row.state not in OPEN:
                raise UserError(
                    self.env._(
                        "%s is invoiced, paid or waived already: give up a debit note with a credit note.",
                        row.display_name,
                    )
                )

    def _may_waive(self, amounts):
        """Whether the user decides alone of these amounts, {row: amount}: a manager does, a collector within the
        company's limit, waivers of the same invoice counted together."""
        if self.env.su or self.env.user.has_group("recouvrement_fr.group_recouvrement_manager"):
            return True
        for (company, _move), rows in self.grouped(lambda row: (row.company_id, row.move_id)).items():
            same = self.sudo().search([("company_id", "=", company.id), ("move_id", "in", rows.move_id.ids)])
            waived = sum(row._in_company_currency(row.amount_waived) for row in same)
            asked = sum(row._in_company_currency(amounts[row]) for row in rows)
            if company.currency_id.compare_amounts(waived + asked, company.sudo().recouvrement_waive_limit) > 0:
                return False
        return True

    def _in_company_currency(self, amount):
        company = self.company_id
        return self.currency_id._convert(amount, company.currency_id, company, self.date_to or clock.today(self.env))

    def _waive(self, amounts, reason):
        """Give up these amounts, {row: amount}, added to what was given up before; traced on rows and debtors."""
        self._check_waivable()
        if not self._may_waive(amounts):
            raise AccessError(self.env._("This is over your limit: propose the waiver, a manager decides."))
        today = clock.today(self.env)
        for row in self.sudo():  # evidence is written by methods alone
            amount = amounts[row.with_env(self.env)]
            if amount <= 0 or row.currency_id.compare_amounts(amount, row.amount_left) > 0:
                raise UserError(self.env._("Choose an amount between zero and what is left of %s.", row.display_name))
            row.write(
                {
                    "amount_waived": row.amount_waived + amount,
                    "waive_reason": reason,
                    "waived_by_id": self.env.uid,
                    "waived_on": today,
                    "waiver_proposed": 0,
                }
            )
            row._trace(self.env._("Waived %(amount)s of %(what)s: %(reason)s"), amount, reason)

    def _propose_waiver(self, amounts, reason):
        """A collector asks a manager to give up these amounts."""
        self._check_waivable()
        for row in self.sudo():  # evidence is written by methods alone
            amount = amounts[row.with_env(self.env)]
            row.waiver_proposed = min(amount, row.amount_left)
            row._trace(self.env._("Waiver of %(amount)s proposed for %(what)s: %(reason)s"), amount, reason)

    def _cancel_waiver(self, reason):
        """Take a waiver back: the amount is owed again; the trace of the waiver stays."""
        check_manager(self.env)
        self.check_access("read")
        for row in self.sudo():  # evidence is written by methods alone
            if not row.amount_waived or row.state not in (*OPEN, "waived"):
                raise UserError(self.env._("Nothing of %s is waived that can be taken back.", row.display_name))
            amount = row.amount_waived
            row.write({"amount_waived": 0, "waive_reason": False, "waived_by_id": False, "waived_on": False})
            row._trace(self.env._("Waiver of %(amount)s taken back for %(what)s: %(reason)s"), amount, reason)

    def _trace(self, text, amount, reason):
        shown = formatLang(self.env, amount, currency_obj=self.currency_id)
        body = text % {"amount": shown, "what": self.display_name, "reason": reason}
        author = self.env.user.partner_id.id
        self.message_post(body=body, author_id=author)
        self.debtor_id.message_post(body=body, author_id=author)


def _key(kind, move_id, due, entry_line_id):
    """What is claimed once: interest by instalment, the indemnity by invoice."""
    return kind, move_id, due if kind == "interest" else None, entry_line_id


def _after(tranches, day):
    """The tranches after a day that is settled; the one it falls in keeps its share of days."""
    kept = []
    for part in tranches:
        start, end = date.fromisoformat(part["from"]), date.fromisoformat(part["to"])
        if end <= day:
            continue
        if start <= day:
            days = (end - day).days
            whole = Decimal(part["interest"])  # with the decimals of its currency
            share = whole * days / part["days"]
            part = {
                **part,
                "from": (day + DAY).isoformat(),
                "days": days,
                "interest": str(share.quantize(whole, ROUND_HALF_UP)),
            }
        kept.append(part)
    return kept
