from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules.deadlines import is_sending_day
from ...rules.escalation import LevelRule, PolicyRule
from ...tools import bulk

WEEKDAYS = {"weekdays": (0, 1, 2, 3, 4), "saturday": (0, 1, 2, 3, 4, 5)}  # Monday is 0

DEBTOR_TYPES = [
    ("professional", "Professional"),
    ("non_professional", "Non-professional (association, co-owners)"),
    ("consumer", "Consumer"),
    ("public", "Public body"),
]
DECIDING = {"state", "active", "debtor_type", "by_hand", "group_by", "minimum_amount", "minimum_days_between"}


class RecouvrementPolicy(models.Model):
    """A dunning scenario: whom it reminds, when, by which channels.

    Only an active policy reminds anybody, and only in companies where collection was activated.
    """

    _name = "recouvrement.policy"
    _inherit = "recouvrement.shared"
    _description = "Dunning Policy"
    _check_company_auto = True
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first policy that fits a debtor is taken.")
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active")],
        default="draft",
        required=True,
        copy=False,
        help="Only an active policy sends anything.",
    )
    company_id = fields.Many2one(
        "res.company", help="Empty: usable by every company. A branch uses its parent's policies.", index=True
    )
    level_ids = fields.One2many("recouvrement.level", "policy_id", copy=True)
    level_count = fields.Integer(compute="_compute_level_count")
    debtor_type = fields.Selection(DEBTOR_TYPES, help="The policy applies to debtors of this type; empty: to all.")
    by_hand = fields.Boolean(
        "Chosen by hand only", help="Applies to the debtors and invoices on which it is chosen, and to no other."
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    minimum_amount = fields.Monetary(
        default=15,
        help="No reminder while the net overdue balance is lower, in company currency.",
    )
    minimum_days_between = fields.Integer(
        "Minimum days between contacts",
        default=7,
        required=True,
        help="Days between two reminders to the same debtor, whatever the level.",
    )
    collector_id = fields.Many2one(
        "res.users",
        "Default collector",
        check_company=True,
        domain=[("share", "=", False)],
        ondelete="set null",
        index="btree_not_null",
        help="Receives the tasks of this policy's debtors that nobody follows; empty, archived or without access to "
        "the debtor's company: a manager does.",
    )
    task_days = fields.Integer(
        "Days to do a task (working days)",
        default=10,
        required=True,
        help="A call or a visit that nobody has made after so many working days, counted from the day it was for, "
        "gives its place to the next channel of its level (else a letter), and a manager is told; of a reminder to "
        "approve, one that failed to leave or an answer to read, a manager is told. Ten, two weeks of work, outlast an "
        "absence without letting a debt age by a month. 0: it waits for ever.",
    )
    promise_tolerance_days = fields.Integer(
        "Tolerance on promises (working days)",
        default=2,
        required=True,
        help="Working days after the day promised before a promise is broken: a transfer takes one, and the bank file "
        "another.",
    )
    promise_effect = fields.Selection(
        [("task", "A task for the collector"), ("next_level", "The next level at once, and a task")],
        "A broken promise brings",
        default="task",
        required=True,
        help="A task: dunning takes its ordinary course, and the collector is asked to call. The next level at once: "
        "it does not wait for its delay; the minimum days between contacts, approvals and the conditions of a formal "
        "notice stay.",
    )
    promise_reminder = fields.Boolean(
        "E-mail the day before a promise", help="A courteous word to the debtor on the eve of the day he promised."
    )
    sending_weekdays = fields.Selection(
        [("weekdays", "Monday to Friday"), ("saturday", "Monday to Saturday"), ("all", "Every day")],
        default="weekdays",
        required=True,
        help="French public holidays are left out, except with every day.",
    )
    group_by = fields.Selection(
        [("debtor", "One reminder per debtor"), ("address", "One reminder per invoice address")],
        default="debtor",
        required=True,
    )
    note = fields.Text(translate=True, help="What this policy is for, for your colleagues.")

    @api.depends("level_ids")
    def _compute_level_count(self):
        for policy in self:
            policy.level_count = len(policy.level_ids)

    @api.depends("company_id")
    def _compute_currency_id(self):
        for policy in self:
            # sudo: of the root, for who works in a branch alone
            policy.currency_id = (policy.sudo().company_id or self.env.company).currency_id

    @api.constrains("minimum_days_between", "minimum_amount", "promise_tolerance_days", "task_days")
    def _check_minimums(self):
        for policy in self:
            days = (policy.minimum_days_between, policy.promise_tolerance_days, policy.task_days)
            if min(policy.minimum_amount, *days) < 0:
                raise ValidationError(self.env._("The minimum amount and days of a policy cannot be negative."))

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        policies.filtered(lambda policy: policy.state == "active")._check_complete()
        return policies

    def write(self, vals):
        # Levels written together are looked at together: an order is changed one level at a time.
        result = super(RecouvrementPolicy, self.with_context(recouvrement_levels_together=True)).write(vals)
        if "level_ids" in vals:
            self._check_levels_added(self.level_ids)
        if vals.get("state") == "active":
            self._check_complete()
        if DECIDING & vals.keys():
            self.env["res.company"]._recouvrement_decide_again()
        return result

    def _check_levels_added(self, levels):
        """Refuse at once, in a policy that sends, a level that could reach nobody."""
        for level in levels.filtered(lambda found: found.policy_id.state == "active"):
            if level.kind != "case_proposal" and not level.channel_ids:
                raise UserError(
                    self.env._(
                        "The level %(level)s of the policy %(policy)s has no channel: add an e-mail or a letter.",
                        level=level.name,
                        policy=level.policy_id.name,
                    )
                )
            level._check_templates()
            level._check_words()
            level.policy_id._check_last_level()

    def _check_last_level(self):
        """Nothing is climbed after the proposal of a litigation case: a level there would never leave."""
        climbed = self.level_ids.filtered(lambda level: level.kind != "pre_due").sorted("sequence")
        proposal = climbed.filtered(lambda level: level.kind == "case_proposal")[:1]
        after = climbed.filtered(lambda level: level.sequence > proposal.sequence) if proposal else proposal
        if after:
            raise UserError(
                self.env._(
                    "The level %(level)s of the policy %(policy)s comes after the proposal of a litigation case: "
                    "nothing is sent after it. Drag it before.",
                    level=after[0].name,
                    policy=self.name,
                )
            )

    def action_activate(self):
        """Let the policy send, once it is complete."""
        self.state = "active"

    def action_deactivate(self):
        self.state = "draft"

    def _check_complete(self):
        """Refuse a policy that could not remind anybody, saying what is missing and where."""
        for policy in self:
            if not policy.level_ids:
                raise UserError(self.env._("The policy %s has no level: add one before activating it.", policy.name))
            climbed = policy.level_ids.filtered(lambda level: level.kind != "pre_due")
            if len(set(climbed.mapped("sequence"))) < len(climbed):
                raise UserError(
                    self.env._(
                        "Two levels of %s have the same place: drag them into the order they follow.", policy.name
                    )
                )
            policy._check_last_level()
            for level in policy.level_ids:
                level._check_templates()
                level._check_words()
                if level.kind != "case_proposal" and not level.channel_ids:
                    raise UserError(
                        self.env._(
                            "The level %(level)s of the policy %(policy)s has no channel: add an e-mail or a letter.",
                            level=level.name,
                            policy=policy.name,
                        )
                    )

    def _sends_on(self, on, company=None):
        """Whether this policy sends on that day: its weekdays, without the public holidays of where the company is."""
        self.ensure_one()
        if self.sending_weekdays == "all":
            return True
        # sudo: a setting of the root, for who works in a branch alone
        place = (company or self.company_id or self.env.company).root_id.sudo().recouvrement_holidays
        return is_sending_day(on, WEEKDAYS[self.sending_weekdays], place or None)

    def _rule(self, company=None):
        """The policy as the rules read it, for a company: what it writes off is not asked for."""
        self.ensure_one()
        currency = (company or self.company_id or self.env.company).currency_id  # of what it is compared with
        unit = 10**currency.decimal_places
        return PolicyRule(
            id=self.id,
            levels=tuple(
                LevelRule(
                    level.id,
                    level.sequence,
                    level.kind,
                    level.anchor,
                    level.delay_days,
                    level.requires_approval,
                    round(level.minimum_amount * unit) if level.kind == "pre_due" else 0,
                )
                for level in bulk.listed(self, "level_ids").sorted("sequence")
            ),
            minimum_amount=round(self.minimum_amount * unit),
            minimum_days_between=self.minimum_days_between,
            # sudo: as above
            small_balance=round(company.root_id.sudo().recouvrement_small_balance * unit) if company else 0,
        )

    @api.model
    def _usable(self, company):
        """Active policies of a company (the root of a tree), most specific first."""
        usable = [("state", "=", "active"), ("company_id", "in", (False, company.id))]
        return self.search_fetch(usable, bulk.columns(self)).sorted(
            lambda policy: (not policy.company_id, policy.sequence, policy.id)
        )
