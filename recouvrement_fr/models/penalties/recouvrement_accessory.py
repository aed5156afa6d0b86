from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang

from ...rules.regime import regime_of
from ...tools import clock
from ...tools.formats import Formats, exact
from ..base.acts import check_manager


class RecouvrementAccessory(models.Model):
    """A late-payment penalty or an indemnity of one invoice; it outlives the payment of the principal.

    Interest is kept by instalment and by period: the last period runs, and is restated to the larger cumulative total;
    once booked, paid or waived a period is closed and the next one starts the day after. What is closed is deducted
    from every later letter. How they are claimed, collected, booked, waived and judged again stands in files of their
    own.
    """

    _name = "recouvrement.accessory"
    _description = "Penalty or Indemnity"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_due desc, id desc"
    _mail_post_access = "read"  # nobody writes these rows by hand, yet people discuss them

    # As the client shows it beside any link: who reads the row reads the name of its invoice, of another branch too.
    display_name = fields.Char(compute_sudo=True)
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
            ("paid", "Paid up"),
            ("waived", "Forgone"),
            ("void", "No longer owed"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
        help="Accrued: due by law, not asked yet. Claimed: asked in a reminder that left. Invoiced: on a debit note. "
        "Paid up: that debit note is paid. Forgone: given up in whole. No longer owed: the ledger shows that nothing "
        "was late after all.",
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
        formats = Formats(self.env.lang or "fr_FR")
        for accessory in self:
            accessory.tranche_text = "\n".join(
                self._tranche_words(part["days"])
                % {
                    "start": format_date(self.env, part["from"]),
                    "end": format_date(self.env, part["to"]),
                    "days": part["days"],
                    "base": formatLang(self.env, float(part["base"]), currency_obj=accessory.currency_id),
                    "rate": formats.number(exact(part["rate"])),
                    "interest": formatLang(self.env, float(part["interest"]), currency_obj=accessory.currency_id),
                }
                for part in accessory.tranches or ()
            )

    def _tranche_words(self, days):
        if days == 1:
            return self.env._("%(start)s to %(end)s: 1 day on %(base)s at %(rate)s %% = %(interest)s")
        return self.env._("%(start)s to %(end)s: %(days)s days on %(base)s at %(rate)s %% = %(interest)s")

    @api.depends("kind", "move_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for accessory in self:
            accessory.display_name = f"{kinds.get(accessory.kind, '')} – {accessory.move_id.name or ''}"

    @api.constrains("kind", "debtor_id")
    def _check_complementary(self):
        for accessory in self.filtered(lambda found: found.kind == "complementary"):
            if not regime_of(accessory.debtor_id.debtor_type).complementary:
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

    # --- added by hand ------------------------------------------------------------------------------------------------

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

    def _trace(self, text, amount, reason):
        shown = formatLang(self.env, amount, currency_obj=self.currency_id)
        body = text % {"amount": shown, "what": self.display_name, "reason": reason}
        author = self.env.user.partner_id.id
        self.message_post(body=body, author_id=author)
        self.debtor_id.message_post(body=body, author_id=author)
