from odoo import api, fields, models

from ...tools import clock


class RecouvrementCaseStep(models.Model):
    """Where a step of a procedure stands in a case: worked out by `rules.proceeding` from the events, never typed."""

    _name = "recouvrement.case.step"
    _description = "Step of a Case"
    _order = "run_id, sequence, id"
    _rec_name = "step_id"

    run_id = fields.Many2one("recouvrement.case.proceeding", "Procedure", required=True, index=True, ondelete="cascade")
    case_id = fields.Many2one(related="run_id.case_id", store=True, index=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    step_id = fields.Many2one("recouvrement.proceeding.step", "Step", required=True, ondelete="restrict")
    sequence = fields.Integer(readonly=True)
    actor = fields.Selection(related="step_id.actor")
    state = fields.Selection(
        [
            ("done", "Carried out"),
            ("open", "To do"),
            ("possible", "May happen"),
            ("waiting", "Waiting"),
            ("missed", "Deadline missed"),
            ("closed", "Ruled out"),
        ],
        readonly=True,
        required=True,
        default="waiting",
    )
    done_on = fields.Date(readonly=True)
    last_day = fields.Date("Last day", readonly=True)
    nominal = fields.Date(readonly=True, help="Before the extension to the next working day (CPC 642): always safe.")
    opens_on = fields.Date("Possible from", readonly=True, help="The first day on which it may be done.")
    article = fields.Char(readonly=True)
    is_late = fields.Boolean("Done late", readonly=True)
    verified = fields.Boolean(readonly=True, help="Unticked: the text of the delay was not read, check it.")
    days_left = fields.Integer(compute="_compute_days_left")
    is_recordable = fields.Boolean(compute="_compute_is_recordable", store=True)

    @api.depends("last_day", "state")
    def _compute_days_left(self):
        today = clock.today(self.env)
        for step in self:
            waits = step.last_day and step.state in ("open", "possible", "missed")
            step.days_left = (step.last_day - today).days if waits else 0

    @api.depends("state", "last_day", "run_id.state", "step_id.is_repeatable")
    def _compute_is_recordable(self):
        for step in self:
            again = step.state == "done" and step.step_id.is_repeatable
            late = step.state == "closed" and step.last_day  # ruled out by time alone
            step.is_recordable = step.run_id._undone_by(step.step_id) or (
                step.run_id.state == "running" and bool(again or late or step.state in ("open", "possible", "missed"))
            )

    def action_record(self):
        """The dialog that records this step."""
        self.ensure_one()
        self.case_id.check_access("write")
        return self.case_id._record_dialog(self)
