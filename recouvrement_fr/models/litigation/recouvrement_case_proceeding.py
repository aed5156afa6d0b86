from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...rules import proceeding as rules
from ...rules import territories
from ...rules.debtor_type import country_by_numbers
from ...rules.errors import RuleError, StepUnordered
from ..base.rule_words import said
from .recouvrement_proceeding_step import SET_DATE


class RecouvrementCaseProceeding(models.Model):
    """A procedure run by a case: approved, then step after step; a case may run several, in turn or side by side."""

    _name = "recouvrement.case.proceeding"
    _inherit = "recouvrement.secret"
    _secret_when = [("case_id.is_confidential", "=", True)]
    _description = "Procedure of a Case"
    _order = "id"
    _rec_name = "proceeding_id"

    case_id = fields.Many2one("recouvrement.case", required=True, index=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    proceeding_id = fields.Many2one("recouvrement.proceeding", required=True, readonly=True, ondelete="restrict")
    family = fields.Selection(related="proceeding_id.family")
    state = fields.Selection(
        [
            ("to_approve", "To be approved"),
            ("running", "In progress"),
            ("done", "Ended"),
            ("lapsed", "Lapsed"),
            ("given_up", "Discontinued"),
            ("refused", "Not approved"),
        ],
        required=True,
        readonly=True,
    )
    asked_by_id = fields.Many2one("res.users", "Asked by", required=True, readonly=True)
    started_on = fields.Date(readonly=True, required=True)
    ended_on = fields.Date(readonly=True)
    ended_by_closing = fields.Boolean(readonly=True)  # it had not come to its end: reopening the case resumes it
    step_ids = fields.One2many("recouvrement.case.step", "run_id", "Steps", readonly=True)
    event_ids = fields.One2many("recouvrement.case.event", "run_id", "Events", readonly=True)
    approval_ids = fields.One2many("recouvrement.case.approval", "run_id", "Approvals", readonly=True)

    def write(self, vals):
        """Written by the acts of the case alone."""
        if not self.env.su:
            raise UserError(self.env._("Use the buttons of the case: what happens in it is evidence."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A procedure of a case is evidence: end it, it cannot be deleted."))

    def _resume(self, closed_on):
        """The case is open again: what its closing alone had ended runs again, its deadlines and interruptions too."""
        self.write({"state": "running", "ended_on": False, "ended_by_closing": False})
        self.env["recouvrement.limitation.event"]._resume(self, closed_on)

    # --- where it stands ----------------------------------------------------------------------------------------------

    def _done(self):
        """{step code: the day it was done}, and the day it set under the code followed by SET_DATE.

        A step that may happen again counts on its last day. One that a later step excludes counts no more: an order
        held to be enforceable, then opposed (CPC 1416).
        """
        self.ensure_one()
        done = {}
        for event in self.event_ids._steps():
            for excluded in event.step_id.exclude_ids:
                done.pop(excluded.code, None)
            done[event.step_id.code] = event.on
            if event.date_set:
                done[f"{event.step_id.code}{SET_DATE}"] = event.date_set
        return done

    def _undone_by(self, step):
        """Whether this step undoes the title that ended the procedure: a debtor who was not met opposes an order that
        was held to be enforceable, until a month after the first act served on him (CPC 1416)."""
        self.ensure_one()
        step = step.sudo()  # settings of the company
        held = step.exclude_ids.filtered(lambda found: found.ends and found.gives_title)
        return self.state == "done" and not step.ends and bool(held & self.event_ids._steps().step_id)

    def _standings(self, on, delays=None):
        """What became of each step on that day, by the rule.

        :raises UserError: a step dated before the one it follows, in the reader's words
        """
        self.ensure_one()
        steps = self.proceeding_id.sudo()  # settings of the company
        delays = delays or self.env["recouvrement.proceeding.delay"].sudo()._delays()
        court = self.case_id.court_id
        try:
            place, distance = self._subdivision(court), self._distance(court)
            return rules.standing(steps._steps(), self._done(), on, place, delays, distance)
        except StepUnordered as error:
            names = {step.code: step.name for step in steps.step_ids}
            raise UserError(
                self.env._(
                    "“%(step)s” cannot be dated %(day)s, before “%(before)s” of %(before_day)s.",
                    step=names[error.params["step"]],
                    day=format_date(self.env, error.params["on"]),
                    before=names[error.params["before"]],
                    before_day=format_date(self.env, error.params["day"]),
                )
            ) from error
        except RuleError as error:
            raise UserError(said(self.env, error)) from error

    @api.model
    def _subdivision(self, court):
        """The public holidays of the court's department, where it has its own; else the national ones."""
        place = (court.department or court.zip or "").split(",")[0].strip()
        return "alsace-moselle" if place[:2] in ("57", "67", "68") else None

    def _distance(self, court):
        """The months more that the debtor has to oppose or appeal, from where he lives and where the court sits; as the
        law stood when the procedure began."""
        debtor = self.case_id.partner_id
        proven = country_by_numbers(debtor.vat, debtor.company_registry) or (None,)
        home = territories.territory(debtor.country_id.code or proven[0], debtor.zip)
        served = (court.department or "").split(",")[0].strip()
        figures = self.env["recouvrement.legal.figure"]._figures()
        return territories.months_of_distance(
            home, territories.territory(None, court.zip or served), self.started_on, figures
        )

    def _refresh_steps(self, on, delays=None):
        """Write where each step stands on that day; returns {step id: rules.Standing}."""
        self.ensure_one()
        run = self.sudo()  # worked out, never typed
        standings = {found.code: found for found in run._standings(on, delays)}
        known = {line.step_id: line for line in run.step_ids}
        answer = {}
        for step in run.proceeding_id.step_ids:
            found = standings[step.code]
            answer[step.id] = found
            values = run._line_values(step, found)
            line = known.get(step)
            if not line:
                run.step_ids = [fields.Command.create({"step_id": step.id, **values})]
            else:
                changed = {name: value for name, value in values.items() if line[name] != value}
                if changed:
                    line.write(changed)
        return answer

    def _line_values(self, step, found):
        deadline = found.deadline
        opens_on = deadline.opens_on if deadline else None
        state = "possible" if found.state == "open" and found.optional else found.state
        return {
            "sequence": step.sequence,
            "state": state,
            "done_on": found.done_on or False,
            "last_day": deadline.last_day if deadline and not opens_on else False,
            "nominal": deadline.nominal if deadline and not opens_on else False,
            "opens_on": opens_on or False,
            "article": (deadline.article if deadline else step.article) or False,
            "is_late": bool(deadline and not opens_on and found.done_on and found.done_on > deadline.last_day),
            "verified": deadline.verified if deadline else True,
        }

    def _deadlines(self, standings):
        """({code: rules.Deadline}, {code: words}) of what must be done by a day, to be followed with alerts."""
        found, names = {}, {}
        for step in self.proceeding_id.step_ids:
            standing = standings[step.id]
            if not standing.deadline or standing.deadline.opens_on or standing.optional:
                continue  # nothing the creditor has to do by a day
            if standing.state in ("open", "missed", "done"):
                code = self._deadline_code(step)
                found[code], names[code] = standing.deadline, step.name
        return found, names

    def _deadline_code(self, step):
        return f"{self.id}.{step.code}"
