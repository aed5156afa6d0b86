from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, LazyTranslate

from ...rules.escalation import Hold
from ...tools import clock
from ...tools.bulk import any_of
from ...tools.formats import Formats

_lt = LazyTranslate(__name__)

OPEN = ("open", "escalated")
WATCHED_DAYS = 400  # a payment that comes back later than this reopens no dispute


class RecouvrementDispute(models.Model):
    """What the debtor contests (litige commercial), whole invoices or a part of one: that amount alone is left alone.

    Somebody has to solve it by a day; it ends with a credit note, a refusal by letter, or payment, and dunning goes on
    by itself with what is left.
    """

    _name = "recouvrement.dispute"
    _description = "Commercial Dispute"
    _inherit = ["recouvrement.holding", "recouvrement.followed", "mail.thread", "mail.activity.mixin"]
    _follow_turn = 5
    _hold_reason = "disputed"
    _hold_label = _lt("Disputed")
    _hold_hint = _lt("Have the dispute solved; what is not contested goes on.")
    _hold_state = "disputed"
    _order = "id desc"

    name = fields.Char("Reference", readonly=True, copy=False, default=lambda self: self._next_number())
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict", readonly=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner")
    move_ids = fields.Many2many(
        "account.move",
        "recouvrement_dispute_move_rel",
        "dispute_id",
        "move_id",
        string="Invoices",
        required=True,
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', 'in', ('out_invoice', 'out_receipt')),"
        " ('state', '=', 'posted')]",
        help="What is contested: whole invoices, or a part of one.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", store=True)
    is_partial = fields.Boolean("A part only", help="The rest of the invoice goes on being reminded.")
    amount = fields.Monetary(
        "Amount contested",
        compute="_compute_amount",
        store=True,
        readonly=False,
        tracking=True,
        help="All taxes included.",
    )
    amount_contested = fields.Monetary(
        "Still contested",
        compute="_compute_amount_contested",
        help="Less the credit notes made for it; at most what is left of the invoice.",
    )
    reason_id = fields.Many2one("recouvrement.dispute.reason", required=True, tracking=True)
    description = fields.Text(help="What the debtor says, in his words.")
    opened_on = fields.Date(required=True, readonly=True, default=lambda self: clock.today(self.env))
    resolver_id = fields.Many2one(
        "res.users",
        "To be solved by",
        tracking=True,
        compute="_compute_resolver_id",
        store=True,
        readonly=False,
        domain="[('share', '=', False)]",
        help="Sales, logistics, quality...: who can answer.",
    )
    deadline = fields.Date(
        compute="_compute_deadline", store=True, readonly=False, tracking=True, help="The managers are told afterwards."
    )
    state = fields.Selection(
        [
            ("open", "Unsolved"),
            ("escalated", "Escalated"),
            ("accepted", "Accepted"),
            ("partial", "Partly accepted"),
            ("rejected", "Rejected"),
            ("paid", "Paid meanwhile"),
            ("written_off", "Written off"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    resolution = fields.Text(help="What was decided, and why.")
    closed_on = fields.Date(readonly=True)
    days_open = fields.Integer("Days to solve", compute="_compute_days_open", store=True, aggregator="avg")
    credit_note_ids = fields.Many2many(
        "account.move", "recouvrement_dispute_refund_rel", "dispute_id", "move_id", string="Credit notes", readonly=True
    )
    document_count = fields.Integer(compute="_compute_document_count")

    _hold_index = models.Index("(company_id, state)")

    @api.model
    def _next_number(self):
        # The sequence is configuration: whoever opens a dispute takes a number of it.
        return self.env["ir.sequence"].sudo().next_by_code("recouvrement.dispute")

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.depends("move_ids")
    def _compute_currency_id(self):
        for dispute in self:
            dispute.currency_id = dispute.move_ids[:1].currency_id or dispute.company_id.currency_id

    @api.depends("move_ids", "is_partial")
    def _compute_amount(self):
        for dispute in self:
            if not dispute.is_partial:
                dispute.amount = sum(dispute.move_ids.mapped("amount_residual"))

    @api.depends("reason_id")
    def _compute_resolver_id(self):
        for dispute in self:
            dispute.resolver_id = dispute.resolver_id or dispute.reason_id.resolver_id

    @api.depends("reason_id", "opened_on")
    def _compute_deadline(self):
        for dispute in self:
            if dispute.opened_on and not dispute.deadline:
                dispute.deadline = dispute.opened_on + timedelta(days=dispute.reason_id.days or 15)

    @api.depends("opened_on", "closed_on")
    def _compute_days_open(self):
        for dispute in self:
            dispute.days_open = (dispute.closed_on - dispute.opened_on).days if dispute.closed_on else 0

    def _compute_document_count(self):
        groups = self.env["recouvrement.document"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
        )
        counts = dict(groups)
        for dispute in self:
            dispute.document_count = counts.get(dispute.id, 0)

    @api.constrains("move_ids", "is_partial", "amount")
    def _check_amount(self):
        for dispute in self:
            if not dispute.move_ids:
                raise ValidationError(self.env._("Choose the invoices that are contested."))
            if len(dispute.move_ids.currency_id) > 1:
                raise ValidationError(self.env._("Open one dispute per currency."))
            if set(dispute.move_ids.commercial_partner_id) - {dispute.partner_id}:
                raise ValidationError(self.env._("Choose invoices of this debtor alone."))
            if not dispute.is_partial:
                continue
            if len(dispute.move_ids) > 1:
                raise ValidationError(
                    self.env._("A part is contested of one invoice: open one dispute per invoice contested in part.")
                )
            if not 0 < dispute.amount <= dispute.move_ids.amount_total:
                raise ValidationError(
                    self.env._("The amount contested is more than zero, and at most the invoice's total.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        for dispute in disputes:
            dispute._take_back()
            dispute._ask_resolver()
        return disputes

    def write(self, vals):
        """What is said of a dispute is written by people; how it ends, by its buttons."""
        if not self.env.su and {"state", "closed_on", "opened_on", "company_id", "debtor_id", "name"} & vals.keys():
            raise UserError(self.env._("Use the buttons: how a dispute ends is evidence."))
        result = super().write(vals)
        if {"move_ids", "is_partial", "amount", "state"} & vals.keys():
            self.debtor_id._decide_again_now()
        if "resolver_id" in vals:
            for dispute in self:
                dispute._ask_resolver()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A dispute is evidence: cancel it, it cannot be deleted."))

    # --- opening ------------------------------------------------------------------------------------------------------

    @api.model
    def _open(self, debtor, moves, reason, amount=None, **values):
        """A dispute on these invoices, or on a part of one; the debtor's portal opens his through here too."""
        debtor.check_access("read")
        return (
            self.sudo()
            .create(  # a collector opens disputes through this method, which checks what he reads
                {
                    "company_id": debtor.company_id.id,
                    "debtor_id": debtor.id,
                    "move_ids": [Command.set(moves.ids)],
                    "reason_id": reason.id,
                    "is_partial": bool(amount),
                    "amount": amount or sum(moves.sudo().mapped("amount_residual")),  # what it is on this day
                    **values,
                }
            )
            .with_env(self.env)
        )

    def _take_back(self):
        """What was about to leave for these invoices is taken back; the next night decides with what is left."""
        why = self.env._("Contested: dispute %s.", ", ".join(self.mapped("name")))
        self.env["recouvrement.reminder"]._withdraw(self.move_ids, why, "disputed")
        self.debtor_id._decide_again_now()

    def _ask_resolver(self):
        if self.resolver_id and self.state in OPEN:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=self.resolver_id.id,
                date_deadline=self.deadline,
                summary=self.env._(
                    "Solve the dispute %(name)s: %(reason)s", name=self.name, reason=self.reason_id.name
                ),
            )

    # --- what it holds ------------------------------------------------------------------------------------------------

    @api.model
    def _rows(self, company, moves, partial):
        """(dispute id, invoice id, amount contested, what is left of the invoice), the oldest dispute first."""
        self.flush_model(["state", "move_ids", "is_partial", "amount", "opened_on"])
        self.env["account.move"].flush_model(["amount_residual"])
        wanted = SQL("TRUE") if moves is None else SQL("rel.move_id = %s", any_of(moves))
        return self.env.execute_query(
            SQL(
                "SELECT d.id, rel.move_id, d.amount, m.amount_residual"
                "  FROM recouvrement_dispute_move_rel rel"
                " JOIN recouvrement_dispute d ON d.id = rel.dispute_id"
                " JOIN account_move m ON m.id = rel.move_id"
                " WHERE d.company_id = %s AND d.state IN %s AND (d.is_partial IS TRUE) = %s AND %s"
                " ORDER BY d.opened_on, d.id",
                company.id,
                OPEN,
                partial,
                wanted,
            )
        )

    @api.model
    def _holds(self, company, moves, on):
        """{move id: Hold} of the invoices contested as a whole."""
        return {row[1]: Hold("disputed") for row in self._rows(company, moves, partial=False)}

    @api.model
    def _next_steps(self, debtors):
        """The oldest dispute that is not solved."""
        found = self.search([("debtor_id", "in", debtors.ids), ("state", "in", ("open", "escalated"))], order="id desc")
        return {
            dispute.debtor_id: self.env._("Answer the dispute: %s", dispute.reason_id.display_name) for dispute in found
        }

    @api.model
    def _parts(self, company, moves):
        """{move id: amount contested} of the invoices contested in part, in their currency: less the credit notes made
        since for it, which give what was contested, and at most what is left of the invoice."""
        rows = self._rows(company, moves, partial=True)
        if not rows:
            return defaultdict(float)
        given = self.browse({row[0] for row in rows}).sudo()._credited()  # credit notes count, whoever looks
        parts = defaultdict(float)
        for dispute_id, move_id, amount, residual in rows:
            rest = max(float(amount) - given[self.browse(dispute_id)], 0.0)
            contested = min(rest, max(float(residual) - parts[move_id], 0.0))
            if contested:
                parts[move_id] += contested
        return parts

    def _credited(self):
        """{dispute: what posted credit notes gave of what it contests}."""
        return {dispute: sum(gifts.values()) for dispute, gifts in self._gifts().items()}

    def _gifts(self):
        """{dispute: {credit note: what it gives of what is contested}}: each note once, to the disputes it was made for
        first, then to the oldest one of its invoice open when it was made."""
        if not self:
            return {}
        moves = self.move_ids
        rivals = self.search([("move_ids", "in", moves.ids), ("state", "in", (*OPEN, "accepted", "partial"))]) | self
        rivals = rivals.sorted(lambda dispute: (dispute.opened_on, dispute.id))
        linked = rivals.credit_note_ids
        notes = linked | self.env["account.move"].search(
            [
                ("move_type", "=", "out_refund"),
                ("state", "=", "posted"),
                ("reversed_entry_id", "in", rivals.move_ids.ids),
            ]
        )
        gifts = {dispute: {} for dispute in rivals}
        for note in notes.filtered(lambda note: note.state == "posted").sorted(lambda one: (one.invoice_date, one.id)):
            left = note.amount_total
            mine = rivals.filtered(lambda dispute, note=note: dispute._is_given(note))
            made_for = mine.filtered(lambda dispute, note=note: note in dispute.credit_note_ids)
            for dispute in made_for | mine:
                share = min(left, max(dispute.amount - sum(gifts[dispute].values()), 0.0))
                if share:
                    gifts[dispute][note] = share
                    left -= share
        return {dispute: gifts[dispute] for dispute in self}

    def _is_given(self, note):
        """Whether a credit note may give what this contests: made for it, or of its invoice while it was open."""
        return note in self.credit_note_ids or (
            note.reversed_entry_id in self.move_ids
            and note.invoice_date >= self.opened_on
            and (not self.closed_on or note.invoice_date <= self.closed_on)
        )

    def _compute_amount_contested(self):
        given = self.filtered("is_partial").sudo()._credited()  # who reads it may not read credit notes
        for dispute in self:
            left = sum(dispute.sudo().move_ids.mapped("amount_residual"))
            rest = max(dispute.amount - given.get(dispute, 0.0), 0.0) if dispute.is_partial else left
            dispute.amount_contested = min(rest, left) if dispute.state in OPEN else 0.0

    # --- ending -------------------------------------------------------------------------------------------------------

    def _end(self, state):
        self.check_access("read")
        for dispute in self.sudo():  # buttons alone end a dispute
            if dispute.state not in OPEN:
                raise UserError(self.env._("%s is already closed.", dispute.name))
            if state in ("accepted", "partial", "rejected") and not dispute.resolution:
                raise UserError(self.env._("Say what was decided, and why, in Resolution."))
            dispute.write({"state": state, "closed_on": clock.today(self.env)})
            dispute.activity_ids.filtered(lambda activity: activity.summary).action_feedback(
                feedback=dispute.resolution or ""
            )

    def action_accept(self):
        """The debtor is right: a credit note follows; dunning goes on with what it leaves."""
        self._end("accepted")

    def action_accept_part(self):
        self._end("partial")

    def action_reject(self):
        """The debtor is wrong: he is told so by letter, and dunning goes on."""
        self._end("rejected")
        return self.action_letter()

    def action_cancel(self):
        self._end("cancelled")

    def action_reopen(self):
        self.check_access("read")
        for dispute in self.sudo():  # as above
            if dispute.state in OPEN:
                raise UserError(self.env._("%s is still open.", dispute.name))
            dispute.write({"state": "open", "closed_on": False})
            dispute._take_back()
            dispute._ask_resolver()

    def action_credit_note(self):
        """A draft credit note of the amount contested, for an accountant to check and post; one, however often asked.

        :raises UserError: the dispute was refused or cancelled, or its credit note is there already
        """
        self.ensure_one()
        self.env["account.move"].check_access("create")
        self.check_access("read")
        self.sudo().lock_for_update()  # a second click at the same moment is refused; nobody writes by hand
        if self.state in ("rejected", "cancelled"):
            raise UserError(self.env._("%s grants nothing: reopen it before making a credit note.", self.name))
        made = self.credit_note_ids.filtered(lambda note: note.state != "cancel")
        if made:
            raise UserError(self.env._("The credit note is already there: %s.", ", ".join(made.mapped("display_name"))))
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.move_ids.ids)
            .create({"journal_id": self.move_ids[:1].journal_id.id, "reason": f"{self.name} – {self.reason_id.name}"})
        )
        action = reversal.refund_moves()
        notes = reversal.new_move_ids
        if self.is_partial:
            ratio = self.amount / self.move_ids.amount_total
            for line in notes.invoice_line_ids.filtered(lambda line: line.display_type == "product"):
                line.price_unit *= ratio
        self.sudo().credit_note_ids |= notes  # noted on the dispute; the credit note itself was made with one's rights
        return action

    def action_letter(self):
        """Draft the letter that answers the debtor."""
        self.ensure_one()
        self.env["recouvrement.holding"]._refuse_frozen(self.move_ids)
        document = self.env["recouvrement.document"]._draft(
            "recouvrement_fr.document_dispute_answer",
            "Réponse à votre contestation",
            self.debtor_id,
            self,
            self._document_values(),
            addressee_id=self.debtor_id._addressee().id,
        )
        return document._get_records_action()

    def _document_values(self):
        formats = Formats("fr_FR")
        left = sum(self.move_ids.mapped("amount_residual"))
        return {
            "reference": self.name,
            "numbers": ", ".join(self.move_ids.mapped("name")),
            "opened": formats.long(self.opened_on),
            "reason": self.with_context(lang="fr_FR").reason_id.name,
            "description": self.description or "",
            "resolution": self.resolution or "",
            "state": self.state,
            "amount": formats.money(self.amount, self.currency_id),
            "left": formats.money(left, self.currency_id),
        }

    def action_open_documents(self):
        self.ensure_one()
        self.check_access("read")
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        documents = self.env["recouvrement.document"].search(domain)
        return documents._get_records_action(name=self.env._("Documents"), domain=domain)

    # --- by itself ----------------------------------------------------------------------------------------------------

    @api.model
    def _follow_up(self, on):
        """Close what was paid or credited meanwhile, once; reopen what a returned payment leaves open again; tell the
        managers of what nobody solved in time.

        Each search is bounded by the disputes in progress, or closed by a payment of late: never by the ledger.
        """
        returned = self.search(
            [("state", "=", "paid"), ("closed_on", ">=", on - timedelta(days=WATCHED_DAYS))]
        ).filtered(lambda dispute: any(dispute.move_ids.mapped("amount_residual")))
        returned._reopen_returned()
        waiting = self.search([("state", "in", OPEN)])
        given = waiting._link_credit_notes()
        doubtful = waiting.move_ids._doubtful_amounts()  # owed still, though Odoo calls these invoices paid
        settled = waiting.filtered(
            lambda dispute: dispute._is_credited(given)
            or not any(move.amount_residual or move.id in doubtful for move in dispute.move_ids)
        )
        settled._close_settled(given)
        late = (waiting - settled).filtered(lambda dispute: dispute.state == "open" and dispute.deadline < on)
        late._escalate()

    def _is_credited(self, given):
        """Whether credit notes gave the whole part that was contested, whatever is left of the invoice."""
        return self.is_partial and self.currency_id.compare_amounts(given[self], self.amount) >= 0

    def _link_credit_notes(self):
        """Posted credit notes of these invoices made elsewhere belong to the disputes they give something of. Returns
        {dispute: what it was given}."""
        gifts = self._gifts()
        for dispute, mine in gifts.items():
            for note in mine:
                if note not in dispute.credit_note_ids:
                    dispute.credit_note_ids |= note
        return {dispute: sum(mine.values()) for dispute, mine in gifts.items()}

    def _close_settled(self, given):
        """Nothing is left to pay, or to contest: accepted when a credit note gave what was contested, else paid
        meanwhile."""
        for dispute in self:
            notes = dispute.credit_note_ids.filtered(lambda note: note.state == "posted")
            credited = given[dispute]
            if not credited:
                dispute._end("paid")
                continue
            whole = dispute.currency_id.compare_amounts(credited, dispute.amount) >= 0
            dispute.resolution = dispute.resolution or self.env._("Credited: %s.", ", ".join(notes.mapped("name")))
            dispute._end("accepted" if whole else "partial")

    def _reopen_returned(self):
        for dispute in self:
            dispute.write({"state": "open", "closed_on": False})
            dispute.message_post(body=self.env._("A payment came back: the dispute is open again."))
            dispute._take_back()
            dispute._ask_resolver()

    def _escalate(self):
        self.write({"state": "escalated"})
        for dispute in self:
            for user in dispute.company_id._recouvrement_managers():
                dispute.activity_schedule(
                    "mail.mail_activity_data_warning",
                    user_id=user.id,
                    summary=self.env._("Nobody has solved the dispute %s in time", dispute.name),
                )
