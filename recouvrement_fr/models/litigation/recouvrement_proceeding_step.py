from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules.prescription import EVENT_KINDS
from ...rules.proceeding import Step

SET_DATE = "@"  # a step's code followed by it: the day that the step sets, such as a hearing

ACTORS = [
    ("creditor", "Creditor"),
    ("debtor", "Debtor"),
    ("bailiff", "Commissaire de justice"),
    ("lawyer", "Lawyer"),
    ("judge", "Judge"),
    ("greffe", "Court office (greffe)"),
    ("agency", "Collection agency"),
]


class RecouvrementProceedingStep(models.Model):
    """A step of a procedure: who acts, after which other, by when and by which article, with which documents."""

    _name = "recouvrement.proceeding.step"
    _inherit = "recouvrement.shared"
    _description = "Step of a Procedure"
    _order = "proceeding_id, sequence, id"

    proceeding_id = fields.Many2one("recouvrement.proceeding", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="proceeding_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True, help="A short word of its own, such as: served.")
    name = fields.Char(required=True, translate=True)
    actor = fields.Selection(ACTORS, required=True, default="creditor")
    after_ids = fields.Many2many(
        "recouvrement.proceeding.step",
        "recouvrement_proceeding_step_after_rel",
        "step_id",
        "after_id",
        "Comes after",
        copy=False,  # wired to the copies by `recouvrement.proceeding.copy`, as what follows
        domain="[('proceeding_id', '=', proceeding_id)]",
        help="One of them has to be done before; none: the procedure may start there.",
    )
    exclude_ids = fields.Many2many(
        "recouvrement.proceeding.step",
        "recouvrement_proceeding_step_exclude_rel",
        "step_id",
        "exclude_id",
        "Rules out",
        copy=False,
        domain="[('proceeding_id', '=', proceeding_id)]",
        help="Steps that cannot happen any more once this one is done.",
    )
    is_optional = fields.Boolean("May never happen")
    is_repeatable = fields.Boolean("May happen again", help="Hearings put off, reports of an agency...")
    ends = fields.Boolean("Ends the procedure")
    asks_date = fields.Char("Sets a day", translate=True, help="For example: Day of the hearing. Asked when recorded.")
    asks_amount = fields.Boolean("Asks for an amount")
    gives_title = fields.Boolean("Gives an enforceable title", help="What it grants is asked for when it is recorded.")
    makes_enforceable = fields.Boolean(
        "Makes it enforceable", help="Some months later the legal rate rises (CMF L313-3): see Figures of the law."
    )
    freezes_claims = fields.Boolean("Freezes the claims", help="The request or the summons states what is claimed.")
    case_state = fields.Selection(
        [("filed", "Before the court"), ("decision", "Decision"), ("enforcement", "Enforcement")],
        "The case becomes",
    )
    limitation_kind = fields.Selection(
        "_selection_limitation_kind",
        "Effect on limitation",
        help="Only what the law says interrupts or suspends it: never the filing of a request for an order.",
    )

    voids_limitation = fields.Boolean(
        "What was interrupted is void", help="The claim was rejected: what it interrupted counts no more (C.civ 2243)."
    )

    # --- delay ---
    delay_code = fields.Char("Delay", copy=False, help="The code of a delay of the list of delays; empty: none.")
    since_id = fields.Many2one(
        "recouvrement.proceeding.step",
        "Counted from",
        copy=False,
        domain="[('proceeding_id', '=', proceeding_id)]",
        ondelete="restrict",
        help="Its day, or the day it sets.",
    )
    rules_on_id = fields.Many2one(
        "recouvrement.proceeding.step",
        "Rule in force on the day of",
        copy=False,
        domain="[('proceeding_id', '=', proceeding_id)]",
        ondelete="restrict",
        help="For an order for payment: the order, whatever the day it is served.",
    )
    delay_text = fields.Char("By when", compute="_compute_delay_text")
    article = fields.Char(help="Of the step itself; that of its delay is in the list of delays.")
    consequence = fields.Char("If it is missed", translate=True)
    remedy = fields.Char("What can still be done", translate=True)

    # --- documents and costs ---
    needed = fields.Text("Documents needed", translate=True)
    produced = fields.Text("Documents produced", translate=True)
    cost_ids = fields.One2many("recouvrement.proceeding.cost", "step_id", "Costs", copy=True)
    is_verified = fields.Boolean("Verified", compute="_compute_is_verified")

    _code_once = models.UniqueIndex("(proceeding_id, code)", "Another step of this procedure has this code.")

    @api.model
    def _selection_limitation_kind(self):
        words = {
            "court_claim": self.env._("Interrupts: claim before a court (C.civ 2241)"),
            "injonction_served": self.env._("Interrupts: order for payment served (C.civ 2241)"),
            "conservatory_measure": self.env._("Interrupts: conservatory measure (C.civ 2244)"),
            "enforcement": self.env._("Interrupts: act of enforcement (C.civ 2244)"),
            "title": self.env._("Ten years: title of a judge (CPCE L111-4)"),
            "small_claim_agreement": self.env._("Suspends: agreement of the debtor (CPCE L125-1)"),
        }
        return [(code, words[code]) for code in EVENT_KINDS if code in words]

    @api.depends("delay_code", "since_id")
    def _compute_delay_text(self):
        delays = self.env["recouvrement.proceeding.delay"].search([("code", "in", self.mapped("delay_code"))])
        by_code = delays.grouped("code")
        for step in self:
            versions = by_code.get(step.delay_code, delays.browse()) if step.delay_code else delays.browse()
            step.delay_text = " · ".join(version.display_name for version in versions)

    @api.depends("delay_code", "cost_ids.verified")
    def _compute_is_verified(self):
        delays = self.env["recouvrement.proceeding.delay"].search(
            [("code", "in", self.mapped("delay_code")), ("verified", "=", False)]
        )
        doubtful = set(delays.mapped("code"))
        for step in self:
            step.is_verified = step.delay_code not in doubtful and all(step.cost_ids.mapped("verified"))

    @api.constrains("delay_code", "since_id")
    def _check_delay(self):
        known = set(self.env["recouvrement.proceeding.delay"].search([]).mapped("code"))
        for step in self.filtered("delay_code"):
            if step.delay_code not in known:
                raise ValidationError(
                    self.env._("The delay “%(code)s” is not in the list of delays: add it there.", code=step.delay_code)
                )
            if not step.since_id:
                raise ValidationError(self.env._("Say from which step the delay of “%s” is counted.", step.name))

    @api.constrains("after_ids", "exclude_ids", "since_id", "rules_on_id", "proceeding_id")
    def _check_same_proceeding(self):
        for step in self:
            named = step.after_ids | step.exclude_ids | step.since_id | step.rules_on_id
            if named.proceeding_id - step.proceeding_id:
                raise ValidationError(self.env._("“%s” refers to steps of another procedure.", step.name))

    @api.constrains("code")
    def _check_code(self):
        for step in self:
            if SET_DATE in step.code:
                raise ValidationError(self.env._("The code of a step holds no “%s”.", SET_DATE))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        # sudo: the cases of every company count, whoever deletes
        if self.env["recouvrement.case.event"].sudo().search_count([("step_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Cases have recorded this step: it cannot be deleted."))

    def _rule(self):
        """This step, for `rules.proceeding`."""
        self.ensure_one()
        since = self.since_id.code or ""
        return Step(
            self.code,
            tuple(self.after_ids.mapped("code")),
            self.delay_code or "",
            f"{since}{SET_DATE}" if self.since_id.asks_date else since,
            self.rules_on_id.code or "",
            self.is_optional,
            self.ends,
            tuple(self.exclude_ids.mapped("code")),
        )

    def _costs(self, on, court=None):
        """The costs to expect of these steps on a day: the newest version of each.

        :param court: the kind of the court asked; its greffe takes a fee before the commercial courts alone
        """
        found = {}
        for cost in self.cost_ids.sorted("date_from"):
            if cost.date_from <= on and (cost.kind != "court" or court in (None, "commercial")):
                found[cost.step_id, cost.name] = cost
        return self.env["recouvrement.proceeding.cost"].union(*found.values())
