from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import LazyTranslate, format_date

from ...rules.escalation import Decision
from ...tools import bulk, clock
from ..decision.decider import Decider
from ..sending.recouvrement_dispatch_task import TYPES

_lt = LazyTranslate(__name__)

STEPS = {  # what a person does or awaits, for a reason; what holds an invoice brings its own words
    "rate_missing": _lt("Enter the rate of the half-year"),
    "prescribed": _lt("Have a legal officer look"),
    "before_cutoff": _lt("Treat the old invoices by hand"),
    "insolvent": _lt("Declare the claim"),
    "write_off": _lt("Post the write-off"),
    "payment_pending": _lt("Wait for the payment in progress"),
    "no_followup": _lt("See the invoices left out"),
    "reply": _lt("Read the answer"),
    "failed": _lt("Mend the reminder that failed"),
    "approval": _lt("Read the letter again"),
    "sending": _lt("Wait: the reminder is leaving"),
    "below_minimum": _lt("Wait: under the minimum amount"),
    "notice_gate": _lt("Mend what bars the formal notice"),
    "archived": _lt("Restore the contact, or write the debt off"),
    "not_presented": _lt("Note the day the formal notice was presented"),
    "levels_done": _lt("Choose: a call, a plan or a case"),
    "case_proposal": _lt("Decide on a litigation case"),
    "covered": _lt("Have the credits reconciled"),
    "not_due_yet": _lt("Wait: nothing is overdue"),
    "nothing_open": _lt("Nothing: all is paid"),
    "no_policy": _lt("Choose a policy"),
}
HINTS = {  # what follows from a reason, for whoever reads the card
    "due": _lt("It leaves at the next sending, unless a payment comes first."),
    "reply": _lt("Read the answer, note what it brings, then press Reply looked at."),
    "approval": _lt("Open the reminder: approve it, reword it or put it off."),
    "sending": _lt("Its document is written; it leaves within the sending hours."),
    "failed": _lt("Open the reminder: it says what to mend, then retry."),
    "recent_contact": _lt("Nothing leaves before the days between two contacts are over."),
    "delay": _lt("The next level leaves once its delay is reached."),
    "archived": _lt("The debtor was archived: restore his contact, or write the debt off."),
    "not_presented": _lt("Note on its letter the day the formal notice was presented: its term runs from there."),
    "levels_done": _lt("Every level has left: call, agree on a plan, or prepare a case."),
    "case_proposal": _lt("Decide whether to open a litigation case."),
    "notice_gate": _lt("Mend what is missing, or have a manager allow the formal notice in writing."),
    "rate_missing": _lt("Enter the rate of the half-year before a formal notice leaves."),
    "prescribed": _lt("Have a legal officer look before anything is sent."),
    "before_cutoff": _lt("Older than the cut-off date: treat these invoices by hand, or set their level."),
    "covered": _lt("The credits cover what is overdue: have them reconciled."),
    "payment_pending": _lt("A payment is in progress: wait for it to arrive."),
}
TASK_STEPS = {"call": _lt("Make the call"), "visit": _lt("Visit the debtor")}
TASK_HINTS = {
    "call": _lt("Say what the script says, then note what came of it with Log a call."),
    "visit": _lt("Take the visit sheet along, then note what came of it with Log a visit."),
}
WAITING = ("planned", "to_approve", "sending", "failed")  # reminders that have not left


class Next(NamedTuple):
    """What comes next for a debtor: its reason, what to do in words of action, what follows from it."""

    reason: str
    step: str
    hint: str


class RecouvrementDebtor(models.Model):
    """What comes next for a debtor, worked out when its card is opened by the rule of the night, which writes nothing:
    what a promise, a payment or an answer has changed since the night is seen at once."""

    _inherit = "recouvrement.debtor"

    next_step = fields.Char("To do", compute="_compute_next_step", help="What to do now, or what is awaited.")
    reason_text = fields.Char(compute="_compute_next_step", help="The figures behind the reason, and what to do.")
    reason_now = fields.Char(compute="_compute_next_step", help="The code of the reason, as of now.")
    next_on = fields.Date("Looked at again on", compute="_compute_next_step", help="By itself, if nothing happens.")
    overdue_now = fields.Monetary(
        "Overdue, net", compute="_compute_next_step", help="What is overdue now, less the credits and payments."
    )
    open_now = fields.Monetary(
        "Open amount, now", compute="_compute_next_step", help="All open items net of credits, in company currency."
    )
    credit_now = fields.Monetary(
        "Credits, now", compute="_compute_next_step", help="Credit notes and payments on account not yet allocated."
    )
    oldest_due_now = fields.Date("Oldest due date, now", compute="_compute_next_step")
    overdue_count_now = fields.Integer("Instalments overdue, now", compute="_compute_next_step")

    @api.depends_context("lang", "uid")
    @api.depends("reason", "paused_until", "reply_pending")
    def _compute_next_step(self):
        on = clock.today(self.env)
        for company, debtors in self.grouped("company_id").items():
            verdicts = debtors._decided_now(company, on)
            # sudo: the names of its invoices, whatever the salesperson's rules
            details = self.sudo()._gate_details([verdict for verdict in verdicts.values() if verdict.facts.debtor_id])
            waiting = debtors._waiting_reminders()
            for debtor in debtors:
                verdict = verdicts.get(debtor.partner_id.id)
                if verdict is None:
                    debtor.update(dict.fromkeys(("next_step", "reason_text", "reason_now", "next_on"), False))
                    debtor.overdue_now = debtor.open_now = debtor.credit_now = debtor.overdue_count_now = 0
                    debtor.oldest_due_now = False
                    continue
                decision = verdict.main[2]
                found = debtor._what_next(decision, waiting.get(debtor._origin), on)
                figures = details.get(debtor.partner_id.id) or debtor._overdue_words(verdict.totals, on)
                texts = [text.rstrip(".") for text in (figures, found.hint) if text]
                debtor.next_step, debtor.reason_now = found.step, found.reason
                debtor.reason_text = ". ".join(texts) + "." if texts else False
                debtor.next_on = decision.next_date
                debtor.overdue_now = verdict.totals["overdue_amount"]
                debtor.open_now = verdict.totals["open_amount"]
                debtor.credit_now = verdict.totals["credit_amount"]
                debtor.oldest_due_now = verdict.totals["oldest_due_date"]
                debtor.overdue_count_now = verdict.totals["overdue_count"]

    def _decided_now(self, company, on):
        """{partner id: what the night would decide}, whatever the days on which a policy sends. Writes nothing."""
        rows = [(debtor._origin.id or None, debtor.partner_id.id, None) for debtor in self if debtor.partner_id]
        if not company or not rows:
            return {}
        # The rule reads settings and accounts that a collector does not; he is told what it says of his own debtor.
        decider = Decider(self.sudo().env, company.sudo(), on, any_day=True)
        items = self._open_now(company)
        return {case.partner_id: case for case in decider.cases(rows, items)}

    def _waiting_reminders(self):
        """{debtor: the reminders that have not left}."""
        return self._origin._reminders_in(*WAITING).grouped("debtor_id")

    @api.model
    def get_empty_list_help(self, help_message=""):
        """An empty list of a company that does not collect says what to do, not that all is done."""
        self.check_access("read")
        if self.env.company.root_id.sudo().recouvrement_active:  # a setting
            return super().get_empty_list_help(help_message)
        words = self.env._("Collection is not activated for %s", self.env.company.root_id.name)
        what = self.env._("Nobody is reminded until a manager activates it: Collection > Configuration.")
        return Markup("<p class='o_view_nocontent_smiling_face'>%s</p><p>%s</p>") % (words, what)

    # --- in words of action -------------------------------------------------------------------------------------------

    def _what_next(self, decision: Decision, reminders, on):
        """What the card says to do."""
        reason = decision.reason
        if not self.company_id.sudo().recouvrement_active:  # a setting, told to whoever waits for a letter
            return Next(
                reason,
                self.env._("Activate collection")
                if self.env.user.has_group("recouvrement_fr.group_recouvrement_manager")
                else self.env._("Have a manager activate collection"),
                self.env._(
                    "Collection is not activated for this company: nothing leaves. It is done in Configuration; until "
                    "then, calls and promises are noted by hand."
                ),
            )
        if reason in ("due", "sending"):
            return self._what_leaves(decision, reminders)
        words = self.env["recouvrement.holding"]._steps_because(reason, self._origin)
        step = words.get(self._origin) or self._step_words(decision, on)
        hints = {**HINTS, **self.env["recouvrement.holding"]._hints()}
        return Next(reason, step, self.env._(hints[reason]) if reason in hints else "")

    def _step_words(self, decision, on):
        """What a reason asks for, with its day."""
        reason, day = decision.reason, decision.next_date
        if reason == "paused":
            until = self.paused_until if self.paused_until and self.paused_until >= on else None
            return self.env._("Paused until %s", format_date(self.env, until)) if until else self.env._("Paused")
        if reason == "delay" and day:
            level = self.env["recouvrement.level"].browse(decision.level.id).sudo()  # its name
            return self.env._("%(level)s on %(day)s", level=level.name, day=format_date(self.env, day))
        if reason in ("recent_contact", "quiet_period") and day:
            return self.env._("Wait until %s", format_date(self.env, day))
        if reason in STEPS:
            return self.env._(STEPS[reason])
        return dict(self._selection_reason()).get(reason, "")

    def _what_leaves(self, decision, reminders):
        """A call or a visit is for a person; a letter, for whoever posts it; the rest leaves by itself."""
        reminders = reminders or self.env["recouvrement.reminder"]
        queued = reminders.dispatch_ids.filtered(lambda found: found.state == "queued")
        for channel in TYPES:
            if channel in queued.mapped("channel"):
                return Next(decision.reason, self.env._(TASK_STEPS[channel]), self.env._(TASK_HINTS[channel]))
        if queued.filtered(lambda found: found.channel in ("letter", "registered")):
            return Next(
                decision.reason,
                self.env._("Post the letter"),
                self.env._("Print it from the letters to post, then note that it was posted."),
            )
        level = reminders[:1].level_id.sudo()  # its channels are settings
        if decision.level:
            level = level.browse(decision.level.id)
        steps = bulk.listed(level, "channel_ids").filtered(lambda step: not step.fallback)
        tasks = [step.channel for step in steps if step.channel in TYPES]
        if tasks and len(tasks) == len(steps):
            hint = self.env._("It enters the agenda in the morning, unless a payment comes first.")
            return Next(decision.reason, self.env._(TASK_STEPS[tasks[0]]), hint)
        ways = ", ".join(dict.fromkeys(steps.mapped("display_name")))
        leaving = STEPS["sending"]
        step = f"{level.name or ''} ({ways})" if ways else level.name or self.env._(leaving)
        leaves = decision.reason == "due" or "sending" not in reminders.mapped("state")
        hint = HINTS["due"] if leaves else HINTS["sending"]
        return Next(decision.reason, step, self.env._(hint))
