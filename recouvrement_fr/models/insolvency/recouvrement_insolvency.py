from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate, format_date

from ...rules import insolvency as rules
from ...rules.debtor_type import country_by_numbers
from ...rules.territories import FRENCH, METROPOLE, territory
from ...tools import clock
from ..base.acts import refuse_typed

_lt = LazyTranslate(__name__)

STOPPING = tuple(kind.code for kind in rules.PROCEEDINGS.values() if kind.stops)
CONFIDENTIAL = tuple(kind.code for kind in rules.PROCEEDINGS.values() if kind.confidential)
# What moves the creditor's deadlines
DATING = {
    *("bodacc_on", "judgment_on", "kind", "court", "is_abroad", "has_reserve", "contested_on", "terminated_on"),
}


class RecouvrementInsolvency(models.Model):
    """Insolvency proceedings of a debtor: one dialog stops everything for the debts born before the judgment.

    Nothing more leaves for them, their interest stops on the eve, they are split from what was born afterwards, and the
    creditor's deadlines are followed. Amicable proceedings (mandat ad hoc, conciliation) are confidential, stop
    nothing, and are seen by legal officers alone (C.com L611-15).
    """

    _name = "recouvrement.insolvency"
    _description = "Insolvency Proceedings"
    _inherit = [
        *("recouvrement.documented", "recouvrement.holding", "recouvrement.followed"),
        *("recouvrement.acts", "recouvrement.evidence", "recouvrement.secret"),
        *("mail.thread", "mail.activity.mixin"),
    ]
    _follow_turn = 9
    _hold_reason = "insolvent"
    _hold_label = _lt("Insolvency proceedings")
    _hold_hint = _lt("No payment may be asked for debts born before the judgment: declare the claim.")
    _hold_state = "insolvency"
    _secret_when = [("is_confidential", "=", True)]
    _evidence_files = ("proof_ids",)
    _typed_later = ("admission", "amount_admitted", "outcome")
    _order = "judgment_on desc, id desc"

    name = fields.Char(compute="_compute_name")
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("sauvegarde", "Sauvegarde"),
            ("redressement", "Redressement judiciaire"),
            ("liquidation", "Liquidation judiciaire"),
            ("mandat_ad_hoc", "Mandat ad hoc (confidential)"),
            ("conciliation", "Conciliation (confidential)"),
        ],
        required=True,
        default="redressement",
        tracking=True,
    )
    is_confidential = fields.Boolean(compute="_compute_is_confidential", store=True)
    judgment_on = fields.Date(
        "Opening judgment", required=True, tracking=True, help="Takes effect at midnight of its own day (C.com R621-4)."
    )
    bodacc_on = fields.Date(
        "Published in the BODACC", tracking=True, help="The delays to declare run from this day, not from the judgment."
    )
    court = fields.Char(help="The court that opened the proceedings, for example: Tribunal de commerce de Lyon.")
    case_number = fields.Char("Number at the court", help="Printed on the statement of claim when it is known.")
    mandataire_id = fields.Many2one(
        "res.partner", "Mandataire or liquidator", help="To whom the claim is declared (C.com L622-24)."
    )
    administrator_id = fields.Many2one("res.partner", "Administrator", help="Answers first to a claim of goods.")
    is_abroad = fields.Boolean(
        "Creditor outside the territory",
        compute="_compute_is_abroad",
        store=True,
        readonly=False,
        help="The creditor does not live where the proceedings are opened (metropolitan France, or the same overseas "
        "territory): two more months to declare (C.com R622-24).",
    )
    terminated_on = fields.Date(
        "Contract terminated on",
        tracking=True,
        help="The day a contract in progress ended by law, or its termination was notified: one month to declare what "
        "it leaves due (C.com R622-21 al. 2).",
    )
    has_reserve = fields.Boolean(
        "Goods under reserve of title", help="Goods sold under a réserve de propriété are claimed within three months."
    )
    contested_on = fields.Date(
        "Claim contested on",
        tracking=True,
        help="Day of the mandataire's letter: thirty days to answer (C.com L622-27).",
    )
    state = fields.Selection(
        [("open", "In progress"), ("closed", "Concluded"), ("cancelled", "Entered by mistake")],
        default="open",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    closed_on = fields.Date(readonly=True)
    outcome = fields.Char(help="How it ended: plan, closure for want of assets...")
    claim_ids = fields.One2many("recouvrement.insolvency.claim", "insolvency_id", readonly=True)
    declared_on = fields.Date(readonly=True, tracking=True, help="The day of posting counts, and the proof of it.")
    proof_ids = fields.Many2many("ir.attachment", string="Proofs", help="Deposit and content of the declaration.")
    amount_principal = fields.Monetary(compute="_compute_amounts", store=True)
    amount_interest = fields.Monetary(compute="_compute_amounts", store=True)
    amount_indemnity = fields.Monetary(compute="_compute_amounts", store=True)
    amount_credits = fields.Monetary(
        "Credits not allocated",
        readonly=True,
        help="Credit notes and payments on account at the judgment, not reconciled with any invoice.",
    )
    deducts_credits = fields.Boolean(
        "Deduct them from the claim",
        tracking=True,
        help="Set-off of connected debts only, those of one contract or account (C.com L622-7 I). Otherwise they are "
        "mentioned in the statement of claim, and the mandataire may ask for them.",
    )
    amount_total = fields.Monetary("Claim to declare", compute="_compute_amounts", store=True)
    amount_admitted = fields.Monetary(tracking=True, help="As the mandataire or the judge admitted it.")
    admission = fields.Selection(
        [
            ("to_declare", "To declare"),
            ("declared", "Declared"),
            ("contested", "Contested"),
            ("admitted", "Admitted"),
            ("rejected", "Rejected"),
            ("foreclosed", "Too late: relief to ask for"),
        ],
        default="to_declare",
        required=True,
        tracking=True,
    )
    later_amount = fields.Monetary("Born since the judgment", compute="_compute_later_amount")
    deadline_ids = fields.One2many(
        "recouvrement.deadline", "res_id", domain=[("res_model", "=", "recouvrement.insolvency")], readonly=True
    )
    payment_mark = fields.Integer(readonly=True)  # the last reconciliation of a prior debt that was told

    _one_open = models.UniqueIndex(
        "(debtor_id, is_confidential) WHERE state = 'open'", "This debtor already has proceedings in progress."
    )

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.depends("kind", "judgment_on", "debtor_id")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            day = format_date(self.env, record.judgment_on) if record.judgment_on else ""
            record.name = f"{record.debtor_id.display_name} – {kinds.get(record.kind, '')} {day}".strip()

    @api.depends("kind")
    def _compute_is_confidential(self):
        for record in self:
            record.is_confidential = record.kind in CONFIDENTIAL

    @api.depends("debtor_id", "court")
    def _compute_is_abroad(self):
        for record in self:
            creditor = record.debtor_id.company_id.partner_id
            court = record._court_territory()
            record.is_abroad = bool(court) and court != territory(creditor.country_id.code, creditor.zip)

    def _court_place(self):
        """The postal code or the department of its court, if known; who keeps the directory of courts says."""
        return None

    def _court_territory(self):
        """Where the proceedings are opened: at the court, if the directory knows it by its name, else where the debtor
        has his seat (C.com R600-1); in metropolitan France where he has it abroad. None where nothing says where that
        is: on the safe side no time is added then."""
        place = self._court_place()
        if place:
            return territory(None, place)
        debtor = self.debtor_id.partner_id
        country = debtor.country_id.code or (country_by_numbers(debtor.vat, debtor.company_registry) or (None,))[0]
        if not country:
            return None
        seat = territory(country, debtor.zip)
        return seat if seat in FRENCH else METROPOLE

    @api.depends(
        "claim_ids.principal", "claim_ids.interest", "claim_ids.indemnity", "amount_credits", "deducts_credits"
    )
    def _compute_amounts(self):
        for record in self:
            record.amount_principal = sum(record.claim_ids.mapped("principal"))
            record.amount_interest = sum(record.claim_ids.mapped("interest"))
            record.amount_indemnity = sum(record.claim_ids.mapped("indemnity"))
            whole = record.amount_principal + record.amount_interest + record.amount_indemnity
            record.amount_total = max(whole - (record.amount_credits if record.deducts_credits else 0), 0)

    def _compute_later_amount(self):
        for record in self:
            moves = record.debtor_id._open_moves()
            later = moves - record._prior(moves)
            record.later_amount = sum(later.mapped("amount_residual_signed"))

    @api.constrains("judgment_on", "bodacc_on", "terminated_on")
    def _check_dates(self):
        today = clock.today(self.env)
        for record in self:
            if record.judgment_on > today:
                raise ValidationError(self.env._("A judgment to come stops nothing: enter it once it is pronounced."))
            if record.bodacc_on and record.bodacc_on < record.judgment_on:
                raise ValidationError(self.env._("The publication in the BODACC cannot precede the judgment."))
            if record.terminated_on and record.terminated_on < record.judgment_on:
                raise ValidationError(self.env._("A contract that the proceedings ended cannot end before them."))

    @api.model_create_multi
    def create(self, vals_list):
        """Everything stops in the same transaction, at the minute it is known."""
        records = super().create(vals_list)
        for record in records:
            record._stop()
        return records

    def write(self, vals):
        refuse_typed(self, vals, "company_id", "debtor_id")
        if "deducts_credits" in vals and any(record.declared_on for record in self):
            raise UserError(self.env._("The claim was declared: it does not change."))
        result = super().write(vals)
        if DATING & vals.keys():
            self._set_deadlines()
        if {"judgment_on", "kind"} & vals.keys():
            for record in self:
                record._stop()
        if "contested_on" in vals:
            self.filtered("contested_on").admission = "contested"
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(
            self.env._("Proceedings are evidence: if they were entered by mistake, say so with the button.")
        )

    # --- what stops ---------------------------------------------------------------------------------------------------

    def _stop(self):
        """Stop what was about to leave, freeze interest, take the claim down and set the deadlines."""
        self.ensure_one()
        self._set_deadlines()
        if self.kind not in STOPPING:
            return
        reminders = self.env["recouvrement.reminder"].search(
            [
                ("debtor_id", "=", self.debtor_id.id),
                ("state", "in", ("planned", "to_approve", "failed", "sending")),
            ]
        )
        reminders._cancel(
            self.env._("Insolvency proceedings opened on %s.", format_date(self.env, self.judgment_on)),
            reason="insolvent",
        )
        self._stop_commitments()
        if self.declared_on:  # what was declared is history
            self.message_post(
                body=self.env._(
                    "The claim stays as it was declared on %s: a new figure is declared in proceedings of its own.",
                    format_date(self.env, self.declared_on),
                )
            )
        else:
            self._take_down()
        self.debtor_id._decide_again_now()
        self.debtor_id.message_post(
            body=self.env._(
                "%(name)s: reminders, penalties and court steps stop for debts born before the judgment "
                "(C.com L622-7, L622-21, L622-28).",
                name=self.name,
            )
        )

    # --- deadlines ----------------------------------------------------------------------------------------------------

    def action_close(self):
        """The proceedings ended: what is left may be collected again, unless they were closed for want of assets."""
        self.check_access("write")
        for record in self.filtered(lambda record: record.state == "open"):
            if not record.outcome:
                raise UserError(self.env._("Say how the proceedings ended (plan, closure for want of assets...)."))
            on = clock.today(self.env)
            record.sudo().write({"state": "closed", "closed_on": on})  # a button, as above
            record._set_deadlines()
            self.env["recouvrement.limitation.event"]._end(record, on)
            record.debtor_id._decide_again_now()

    def action_mistake(self):
        """Undo: the proceedings were entered by mistake, dunning takes its course again."""
        self.check_access("write")
        for record in self.filtered(lambda record: record.state == "open"):
            if record.declared_on:
                raise UserError(self.env._("The claim was declared: close the proceedings instead."))
            record.sudo().state = "cancelled"  # a button, as above
            record._set_deadlines()
            record._resume_commitments()
            record.debtor_id._decide_again_now()

    def action_reopen(self):
        self.check_access("write")
        for record in self.filtered(lambda record: record.state != "open"):
            record.sudo().write({"state": "open", "closed_on": False})  # a button, as above
            record._set_deadlines()
            if record.kind in STOPPING:
                record._stop_commitments()
            record.debtor_id._decide_again_now()
