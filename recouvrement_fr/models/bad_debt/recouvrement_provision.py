from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ...rules.bad_debt import impairment_rate
from ...tools import clock
from ...tools.formats import exact
from ..base.acts import check_manager


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
    has_openings = fields.Boolean(compute="_compute_has_openings", compute_sudo=True)
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
                    "computed_on": clock.stamp(),
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

    # --- report -------------------------------------------------------------------------------------------------------

    def action_open_lines(self):
        """The report of this date, to sort, group and pivot."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_provision_line_action")
        return {**action, "domain": [("provision_id", "=", self.id)], "context": {}}
