from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, split_every

from ...tools import clock
from ...tools.pages import QUIET
from ..base.acts import check_manager
from ..debtor.people import in_their_language
from .recouvrement_decision import MOST_LETTERS

PAGE = 500  # debtors decided, written and committed together: half a second, a few megabytes
DECISION_COLUMNS = (
    *("run_id", "company_id", "date", "partner_id", "debtor_id", "outcome", "reason", "detail", "level_id"),
    *("reminder_id", "amount", "amount_claimed", "channels", "next_date"),
)


class RecouvrementRun(models.Model):
    """One passage over the ledger: nightly, by hand, or a simulation that changes nothing."""

    _name = "recouvrement.run"
    _description = "Dunning Run"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"  # nobody writes a run, yet people discuss it
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, help="The day the run reasons about.")
    kind = fields.Selection(
        [("night", "Nightly"), ("manual", "By hand"), ("simulation", "Simulation")], required=True, default="night"
    )
    state = fields.Selection(
        [("deciding", "Deciding"), ("held", "Held"), ("released", "Released"), ("done", "Done")],
        default="deciding",
        required=True,
        index=True,
        tracking=True,
        help="Only the reminders of a released run leave.",
    )
    reason = fields.Selection("_selection_reason", readonly=True, help="Why the whole run was held or did nothing.")
    reason_detail = fields.Char(readonly=True)
    debtor_count = fields.Integer("Debtors examined", readonly=True)
    due_count = fields.Integer("Debtors to remind", readonly=True)
    error_count = fields.Integer("Errors", readonly=True)
    failure = fields.Text(readonly=True, help="Parts of the daily follow-up that stopped, and why.")
    started_on = fields.Datetime(default=fields.Datetime.now, readonly=True)
    ended_on = fields.Datetime(readonly=True)
    confirmed_by_id = fields.Many2one("res.users", readonly=True)
    decision_ids = fields.One2many("recouvrement.decision", "run_id")
    reminder_ids = fields.One2many("recouvrement.reminder", "run_id")
    reminder_count = fields.Integer(compute="_compute_amounts")
    sent_count = fields.Integer(compute="_compute_amounts")
    amount = fields.Monetary("Amount reminded", compute="_compute_amounts")

    _one_night = models.UniqueIndex("(company_id, date) WHERE kind = 'night'", "This night has already been run.")

    @api.model
    def _selection_reason(self):
        return self.env["recouvrement.debtor"]._selection_reason()

    @api.depends("date", "kind")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            day = format_date(self.env, run.date) if run.date else ""
            run.name = f"{kinds.get(run.kind, '')} {day}".strip()

    @api.depends("reminder_ids.state")
    def _compute_amounts(self):
        groups = self.env["recouvrement.reminder"]._read_group(
            [("run_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["run_id", "state"],
            ["__count", "amount_due:sum"],
        )
        figures = defaultdict(lambda: [0, 0, 0.0])
        for run, state, count, amount in groups:
            figure = figures[run]
            figure[0] += count
            figure[1] += count if state == "sent" else 0
            figure[2] += amount
        for run in self:
            run.reminder_count, run.sent_count, run.amount = figures[run]

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_release(self):
        """A manager has looked: let a held run go on."""
        self._check_manager()
        for run in self.sudo():  # runs are written by their methods alone
            if run.state != "held":
                raise UserError(self.env._("Only a held run can be released."))
            run.confirmed_by_id = self.env.user
            run.activity_ids._marked("held").action_feedback()
            if run.reason == "gap":
                run._confirm_gap(clock.today(self.env))
            else:
                run._release()

    def _confirm_gap(self, on):
        """The books are up to date: every night held for the gap is confirmed, and today's is decided."""
        held = self.search([("company_id", "=", self.company_id.id), ("state", "=", "held"), ("reason", "=", "gap")])
        held.confirmed_by_id = self.env.user
        held.activity_ids._marked("held").action_feedback()
        tonight = held.filtered(lambda run: run.date == on and run.kind == "night")
        for run in held - tonight:
            run._end()
        tonight.decision_ids.unlink()  # of the simulation shown until now
        tonight.write({"state": "deciding", "reason": False, "reason_detail": False})
        self.env.ref("recouvrement_fr.ir_cron_recouvrement_run").sudo()._trigger()  # users may not read crons

    def action_discard(self):
        """Cancel everything a held run has planned; its debtors are decided again the next night."""
        self._check_manager()
        for run in self.sudo():  # runs are written by their methods alone
            if run.state != "held":
                raise UserError(self.env._("Only a held run can be discarded."))
            run.reminder_ids.filtered(lambda reminder: reminder.state in ("planned", "to_approve"))._cancel(
                self.env._("The run was discarded.")
            )
            run.activity_ids._marked("held").action_feedback()
            run._end()

    def _check_manager(self):
        check_manager(self.env)
        self.check_access("read")  # of his own companies

    def action_open_decisions(self):
        self.ensure_one()
        self.check_access("read")
        return self.decision_ids._get_records_action(name=self.env._("Decisions"), domain=[("run_id", "=", self.id)])

    def action_open_reminders(self):
        self.ensure_one()
        self.check_access("read")
        return self.reminder_ids._get_records_action(name=self.env._("Reminders"), domain=[("run_id", "=", self.id)])

    def action_letters(self):
        """The letters that a simulation would send, the largest amounts first, as many as can be looked at."""
        self.ensure_one()
        self.check_access("read")
        leaving = self.decision_ids.filtered(lambda decision: decision.outcome == "remind")
        return leaving.sorted("amount", reverse=True)[:MOST_LETTERS].action_letters()

    # --- the night ----------------------------------------------------------------------------------------------------

    @api.model
    def _for_people(self):
        return in_their_language(self)

    @api.model
    def _run_now(self, company, on, debtors=None):
        """Decide the reminders of that day by hand, for a whole company or for some debtors, and let them leave.

        :param debtors: recouvrement.debtor records, treated whatever their next date; None for all whose turn it is
        """
        company = company.root_id
        self._check_may_run(company, on, debtors)
        # sudo: evidence is written by methods alone, which have just checked
        run = self.sudo().create({"company_id": company.id, "date": on, "kind": "manual"})
        run.with_context(**QUIET)._decide_all(debtors=debtors, progress=lambda *a, **k: 1)
        return run.with_env(self.env)

    def _check_may_run(self, company, on, debtors):
        """Refuse, saying why, a run by hand that the night itself would refuse; a person may choose single debtors,
        but not while the books may lack the payments of nights that were missed."""
        if self.env["recouvrement.exit"]._is_neutralized():
            raise UserError(self.env._("This is a neutralized copy of a database: nothing leaves from it."))
        company = company.sudo()  # settings of the root, for who works in a branch alone
        if not company.recouvrement_active:
            raise UserError(
                self.env._("Collection is not activated for %s: see Collection > Configuration.", company.name)
            )
        reason, detail = self.sudo()._company_reason(company, on)  # its nights, whoever asks
        if reason and (debtors is None or reason == "gap"):
            label = dict(self._selection_reason())[reason]
            raise UserError(self.env._("%(reason)s. %(detail)s", reason=label, detail=detail or ""))

    @api.model
    def _simulate(self, company, on):
        """What the night of that day would decide if nothing moved until then; changes nothing but this report."""
        company = company.root_id
        # sudo: a report is written by methods alone
        run = self.sudo().create({"company_id": company.id, "date": on, "kind": "simulation"})
        rows = self.env["recouvrement.debtor"]._every_row(company)
        for page in split_every(PAGE, rows, list):
            run._note_all(run._decider().cases(page))
        run._end()
        return run.with_env(self.env)
