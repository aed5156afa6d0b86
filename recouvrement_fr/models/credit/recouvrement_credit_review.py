from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...rules.credit import is_beyond, may_approve
from ...rules.dates import add_months
from ...tools import clock
from ...tools.formats import exact
from ..amicable.recouvrement_guarantee import KINDS
from ..base.acts import check_manager, refuse_typed

WRITTEN = (  # what was decided, and on what grounds: not changed once it was asked for
    *("class_id", "limit_amount", "payment_term_id", "upfront_percent", "guarantee_kind", "policy_id", "reasons"),
    *("study_source", "study_date", "study_result", "review_date", "attachment_ids", "debtor_id"),
)
APPROVAL = "recouvrement_fr.mail_activity_type_credit"  # tasks that a decision closes


class RecouvrementCreditReview(models.Model):
    """A credit decision: how much, on which terms, why, on what study, until when it is looked at again; who asked for
    it, who approved it. One is in force per debtor: the next one replaces it. Approved, it is written in core's fields
    of the customer."""

    _name = "recouvrement.credit.review"
    _description = "Credit Decision"
    _inherit = ["recouvrement.acts", "mail.thread", "mail.activity.mixin"]
    _check_company_auto = True
    _order = "asked_on desc, id desc"
    _rec_name = "debtor_id"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    class_id = fields.Many2one("recouvrement.credit.class", check_company=True, ondelete="restrict")
    limit_amount = fields.Monetary(
        "Credit limit",
        compute="_compute_from_class",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Zero: no credit. Odoo reads a limit of zero on the customer as none at all: a cent is written there.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        compute="_compute_from_class",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        tracking=True,
        ondelete="restrict",
    )
    upfront_percent = fields.Float(
        "Paid up front (%)", compute="_compute_from_class", store=True, readonly=False, precompute=True
    )
    guarantee_kind = fields.Selection(
        KINDS,
        "Guarantee asked",
        compute="_compute_from_class",
        store=True,
        readonly=False,
        precompute=True,
    )
    policy_id = fields.Many2one(
        "recouvrement.policy",
        "Dunning policy",
        compute="_compute_from_class",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    review_date = fields.Date(
        "Looked at again on",
        compute="_compute_from_class",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="A task is made on that day.",
    )
    reasons = fields.Text(help="Why this much, on these terms.")
    study_source = fields.Char("Solvency study by", help="Who made it: an agency, the bank, ourselves from accounts.")
    study_date = fields.Date("Study of")
    study_result = fields.Text("What it says")
    attachment_ids = fields.Many2many(
        "ir.attachment", "recouvrement_credit_review_attachment_rel", "review_id", "attachment_id", "Documents"
    )
    asked_by_id = fields.Many2one("res.users", "Asked by", readonly=True, default=lambda self: self.env.user)
    asked_on = fields.Date(readonly=True, default=lambda self: clock.today(self.env))
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, copy=False)
    decided_on = fields.Date(readonly=True, copy=False)
    decided_exposure = fields.Monetary("Exposure when decided", readonly=True, copy=False)
    refusal = fields.Text("Why it was refused", copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("asked", "To approve"),
            ("approved", "In force"),
            ("refused", "Refused"),
            ("replaced", "Replaced"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    exposure = fields.Monetary(related="debtor_id.credit_exposure")
    guarantee_missing = fields.Boolean("Guarantee not in force", compute="_compute_guarantee_missing")

    _one_in_force = models.UniqueIndex("(debtor_id) WHERE state = 'approved'", "A credit decision is already in force.")

    @api.depends("class_id")
    def _compute_from_class(self):
        """What the class proposes; without one, what was typed stays."""
        for review in self:
            chosen = review.class_id
            if chosen:
                review.limit_amount, review.payment_term_id = chosen.limit_amount, chosen.payment_term_id
                review.upfront_percent, review.guarantee_kind = chosen.upfront_percent, chosen.guarantee_kind
                review.policy_id = chosen.policy_id
                review.review_date = review._reviewed_from(review.asked_on or clock.today(self.env))

    def _reviewed_from(self, on):
        """The day that its class proposes from a day on; none without one."""
        return bool(self.class_id) and add_months(on, self.class_id.review_months)

    @api.constrains("limit_amount", "upfront_percent")
    def _check_figures(self):
        for review in self:
            if review.limit_amount < 0 or not 0 <= review.upfront_percent <= 100:
                raise ValidationError(self.env._("A limit is zero or more, a percentage between 0 and 100."))

    def write(self, vals):
        refuse_typed(self, vals)
        if not self.env.su and set(WRITTEN) & vals.keys() and set(self.mapped("state")) - {"draft"}:
            raise UserError(self.env._("What was asked for or decided is not changed: make a new decision."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drafts(self):
        if set(self.mapped("state")) - {"draft"}:
            raise UserError(self.env._("A credit decision is kept: it says who gave the credit, and why."))

    # --- acts ---------------------------------------------------------------------------------------------------------

    def action_ask(self):
        """Have it approved: it must say why, and when it is looked at again."""
        self.check_access("write")
        on = clock.today(self.env)
        for review in self:
            if review.state != "draft":
                raise UserError(self.env._("Only a draft is asked for."))
            if not (review.reasons or "").strip() or not review.review_date:
                raise UserError(self.env._("Say why, and on which day this decision is looked at again."))
            if review.review_date <= on:
                raise UserError(self.env._("It is looked at again on a day to come: give a later day."))
            if review.study_source and not review.study_date:
                raise UserError(self.env._("Say of which day the solvency study is."))
            if review.study_date and review.study_date > on:
                raise UserError(self.env._("The solvency study cannot be of a day to come."))
            # by this button alone
            review.sudo().write({"state": "asked", "asked_by_id": self.env.user.id, "asked_on": on})
            review.sudo()._call_approvers()  # asked in another's agenda
        return True

    def action_withdraw(self):
        """Who asked for it, or a manager, takes it back before it is decided: it is a draft again.

        :raises AccessError: it was asked for by somebody else
        """
        self.check_access("write")
        for review in self:
            if review.state != "asked":
                raise UserError(self.env._("Only what was asked for and is not decided yet is taken back."))
            if self.env.user not in (review.asked_by_id, review.create_uid):
                check_manager(self.env)
            back = review.sudo()  # by this button alone; the tasks are those of others
            back.state = "draft"
            back.activity_unlink([APPROVAL])
        return True

    def action_renew(self):
        """A new draft that begins as this decision: what was asked for or decided is not changed."""
        self.ensure_one()
        self.check_access("read")
        again = self.copy({"refusal": False})
        again.review_date = again._reviewed_from(clock.today(self.env))
        return again._get_records_action(name=self.env._("New credit decision"))

    def _call_approvers(self):
        """A task for each who may approve it: those named beyond the ceiling, else the managers; who asked for it only
        where he may approve it himself, or is alone."""
        company, amount = self.company_id, exact(self.limit_amount)
        people = company._recouvrement_managers()
        if is_beyond(amount, exact(company.recouvrement_credit_ceiling)):
            people = (people & company.recouvrement_credit_approver_ids) or people
        asks = self.asked_by_id | self.create_uid
        if not may_approve(amount, exact(company.recouvrement_credit_own_limit), True):
            people = (people - asks) or people
        words = self.env._("Approve, or refuse: credit of %s", self.debtor_id.display_name)
        for user in people:
            self.activity_schedule(APPROVAL, user_id=user.id, summary=words)

    def action_approve(self):
        """A manager decides; one who asked for it himself, only up to the amount the company allows, and above its
        ceiling only who was named for it.

        :raises AccessError: somebody else has to approve it
        """
        check_manager(self.env)
        self.check_access("write")
        on = clock.today(self.env)
        for review in self:
            if review.state != "asked":
                raise UserError(self.env._("Only what was asked for is approved."))
            own_limit = exact(review.company_id.sudo().recouvrement_credit_own_limit)  # a setting
            is_own = self.env.user in (review.asked_by_id, review.create_uid)
            if not may_approve(exact(review.limit_amount), own_limit, is_own):
                raise AccessError(
                    self.env._("Who asks for this much credit does not approve it: another manager does.")
                )
            review.company_id._check_credit_ceiling(self.env.user, review.limit_amount)
            review.sudo()._enter_into_force(self.env.user, on)  # writes core's fields of the customer too
        return True

    def _enter_into_force(self, user, on):
        self.search([("debtor_id", "=", self.debtor_id.id), ("state", "=", "approved")]).state = "replaced"
        self.flush_model(["state"])
        exposure = self.debtor_id._credit_exposures(on)[self.debtor_id].exposure
        decided = {"decided_by_id": user.id, "decided_on": on, "decided_exposure": exposure}
        self.write({"state": "approved", **decided})
        self.activity_unlink([APPROVAL])
        self.debtor_id._write_customer(self._decided_values())
        if self.policy_id:
            self.debtor_id.policy_id = self.policy_id

    def _decided_values(self):
        """What this decision writes in core's fields of its customer."""
        self.ensure_one()
        values = {"credit_limit": self.limit_amount or self.currency_id.rounding}  # core: zero is without limit
        return values | ({"property_payment_term_id": self.payment_term_id.id} if self.payment_term_id else {})

    def action_refuse(self):
        """A manager refuses it, and has said why."""
        check_manager(self.env)
        self.check_access("write")
        for review in self:
            if review.state != "asked":
                raise UserError(self.env._("Only what was asked for is refused."))
            if not (review.refusal or "").strip():
                raise UserError(self.env._("Say why it is refused, in “%s”, then refuse it.", self._label("refusal")))
            refused = review.sudo()  # by this button alone; the tasks are those of others
            refused.write({"state": "refused", "decided_by_id": self.env.user.id, "decided_on": clock.today(self.env)})
            refused.activity_unlink([APPROVAL])
            if review.asked_by_id != self.env.user:
                refused.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=review.asked_by_id.id,
                    summary=self.env._("Credit refused: %s", review.refusal.strip().splitlines()[0]),
                )
        return True

    def _label(self, name):
        return self._fields[name]._description_string(self.env)

    # --- the guarantee asked ------------------------------------------------------------------------------------------

    @api.depends("guarantee_kind", "debtor_id", "state")
    def _compute_guarantee_missing(self):
        on = clock.today(self.env)
        asking = self.filtered(lambda review: review.state in ("draft", "asked", "approved"))
        missing = asking._without_guarantee(on)
        for review in self:
            review.guarantee_missing = review in missing

    def _without_guarantee(self, on):
        """Those of these decisions that ask for a guarantee of a kind that is not in force that day."""
        asking = self.filtered("guarantee_kind")
        found = self.env["recouvrement.guarantee"]._read_group(
            [
                *(("debtor_id", "in", asking.debtor_id.ids), ("state", "=", "active")),
                *("|", ("starts_on", "=", False), ("starts_on", "<=", on)),
                *("|", ("expires_on", "=", False), ("expires_on", ">=", on)),
            ],
            ["debtor_id", "kind"],
        )
        given = {(debtor.id, kind) for debtor, kind in found}
        return asking.filtered(lambda review: (review.debtor_id._origin.id, review.guarantee_kind) not in given)
