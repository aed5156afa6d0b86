from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules import proceeding as rules
from ...tools.formats import exact


class RecouvrementProceeding(models.Model):
    """A kind of procedure, as data: an ordered list of steps with their delays, edited by managers without code.

    Its figures are dated and say whether they were read in the text of the law. Cases run it: `rules.proceeding` tells
    where each stands.
    """

    _name = "recouvrement.proceeding"
    _inherit = "recouvrement.shared"
    _description = "Procedure"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    family = fields.Selection(
        [
            ("amicable", "Amicable"),
            ("judicial", "Before a judge"),
            ("conservatory", "Conservatory measure"),
            ("enforcement", "Enforcement"),
        ],
        required=True,
        default="judicial",
    )
    article = fields.Char(help="Where the procedure is in the law.")
    description = fields.Text(translate=True, help="When it is of use, and what it asks for.")
    needs_approval = fields.Boolean(
        "Approved by the creditor first", default=True, help="A manager approves it, on figures that are kept."
    )
    court_procedure = fields.Selection(
        [("injonction", "Order for payment"), ("merits", "On the merits"), ("refere", "Summary (référé)")],
        help="Which rule proposes the court; empty: none does.",
    )
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: of every company.")
    active = fields.Boolean(default=True)

    # --- when it may be used ---
    in_force = fields.Boolean(default=True, help="Unticked: it waits for its decree, and cannot be started.")
    audience = fields.Selection(
        [("any", "Anybody"), ("traders", "Between traders only"), ("not_traders", "Not between traders")],
        default="any",
        required=True,
    )
    limit = fields.Float("Largest claim (EUR)", digits=(16, 2), help="Principal and interest; zero: no limit.")
    needs_title = fields.Boolean("Needs an enforceable title")
    in_france = fields.Boolean("Debtor in France only")
    stops = fields.Boolean("Stopped by an insolvency", default=True, help="C.com L622-21")
    public_bodies = fields.Selection(
        [("never", "Never"), ("also", "Also against them"), ("only", "Against them only")],
        "Public bodies",
        default="never",
        required=True,
        help="Their property cannot be seized, and they answer to the administrative courts (CG3P L2311-1; "
        "loi 80-539: to be verified).",
    )

    step_ids = fields.One2many("recouvrement.proceeding.step", "proceeding_id", "Steps", copy=True)
    next_ids = fields.Many2many(
        "recouvrement.proceeding", "recouvrement_proceeding_next_rel", "proceeding_id", "next_id", "What comes next"
    )
    unverified_count = fields.Integer("Figures to be verified", compute="_compute_unverified_count")

    _code_once = models.UniqueIndex("(code)", "Another procedure has this code.")

    @api.depends("step_ids.is_verified")
    def _compute_unverified_count(self):
        for proceeding in self:
            proceeding.unverified_count = len(proceeding.step_ids.filtered(lambda step: not step.is_verified))

    def copy_data(self, default=None):
        return [
            {**values, "code": f"{proceeding.code}_copy", "name": self.env._("%s (copy)", proceeding.name)}
            for proceeding, values in zip(self, super().copy_data(default), strict=True)
        ]

    def copy(self, default=None):
        """A copy to edit: its steps follow one another, not those they were copied from."""
        copies = super().copy(default)
        for original, made in zip(self, copies, strict=True):
            steps = {step.code: step for step in made.step_ids}
            for step in original.step_ids:
                steps[step.code].write(
                    {
                        "after_ids": [steps[code].id for code in step.after_ids.mapped("code")],
                        "exclude_ids": [steps[code].id for code in step.exclude_ids.mapped("code")],
                        "since_id": step.since_id and steps[step.since_id.code].id,
                        "rules_on_id": step.rules_on_id and steps[step.rules_on_id.code].id,
                        "delay_code": step.delay_code,
                    }
                )
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: the cases of every company count, whoever deletes
        if self.env["recouvrement.case.proceeding"].sudo().search_count([("proceeding_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Cases use this procedure: archive it, it cannot be deleted."))

    def _conditions(self):
        """When it may be used, for the rule."""
        self.ensure_one()
        return rules.Conditions(
            self.in_force,
            self.audience,
            exact(self.limit) if self.limit else None,
            self.needs_title,
            self.in_france,
            self.stops,
            self.public_bodies == "also",
            self.public_bodies == "only",
        )

    def _steps(self):
        """Its steps, for the rule; archived ones left out."""
        self.ensure_one()
        return tuple(step._rule() for step in self.step_ids)
