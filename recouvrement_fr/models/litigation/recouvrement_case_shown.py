from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ...tools import clock
from .recouvrement_proceeding_step import ACTORS

NEAR, SOON = 5, 15  # days left: a deadline is alarming, then close; as the alerts of a deadline
LIMITATION_LOOKED_AT = 20  # invoices whose limitation is read: the oldest ones come first
TONES = {"done": "success", "open": "info", "missed": "danger", "possible": "warning"}
ICONS = {"done": "fa-check", "open": "fa-arrow-right", "missed": "fa-exclamation", "possible": "fa-question"}
RUN_TONES = {"running": "info", "to_approve": "warning", "lapsed": "danger", "refused": "danger", "done": "success"}


class RecouvrementCase(models.Model):
    """What the form of a case shows first: the next act and whose it is, by when, what is due today, the way so far.

    ``due_facts`` and ``deadline_facts`` are rows ready to show, as on a debtor's card: ``label``, ``value``, and where
    useful ``tone`` (a Bootstrap colour) or ``help``. ``way`` holds the procedures, the newest first, with their steps.
    """

    _inherit = "recouvrement.case"

    next_actor = fields.Selection(
        [*ACTORS, ("manager", "Manager")], "Awaited from", readonly=True, index="btree_not_null"
    )
    now_text = fields.Char("To do now", compute="_compute_now")
    now_who = fields.Char("Who acts", compute="_compute_now", help="Whose answer or act is awaited.")
    now_by = fields.Char("By when", compute="_compute_now")
    now_late = fields.Boolean(compute="_compute_now")
    due_facts = fields.Json(compute="_compute_due_facts")
    deadline_facts = fields.Json(compute="_compute_deadline_facts")
    way = fields.Json(compute="_compute_way")

    # --- the next act -------------------------------------------------------------------------------------------------

    def _next_line(self):
        """The step to do now: the one with the nearest last day, else the first that may be done; empty when none."""
        # sudo: settings of the company.
        lines = self._live_lines().filtered(
            lambda line: line.state in ("open", "missed") and not line.step_id.sudo().is_optional
        )
        dated = lines.filtered("last_day").sorted(lambda line: (line.last_day, line.id))
        return (dated or lines.filtered(lambda line: line.state == "open"))[:1]

    def _next_actor(self):
        """Who is awaited, among the actors of a step; a manager, where a procedure waits for its approval."""
        line = self._next_line()
        if line:
            return line.step_id.sudo().actor  # settings of the company
        return "manager" if self.awaits_approval else False

    @api.depends("step_ids.state", "step_ids.last_day", "run_ids.state", "state")
    @api.depends_context("lang")
    def _compute_now(self):
        on = clock.today(self.env)
        for case in self:
            case.update(dict.fromkeys(("now_text", "now_who", "now_by", "now_late"), False))
            if case.state == "closed":
                continue
            line = case._next_line()
            case.now_text, actor = case._now_words(line)
            case.now_who = case._actor_words(actor)
            if line.last_day:
                case.now_by, case.now_late = case._day_words(line.last_day, on), line.last_day < on

    def _now_words(self, line):
        """(what to do, as an act; who does it)."""
        if line:
            return line.step_id.sudo()._act_words(line.state), line.step_id.sudo().actor  # settings of the company
        if self.awaits_approval:
            return self.env._("Have the procedure approved"), "manager"
        awaited = self._live_lines().filtered(lambda found: found.state == "possible" and found.last_day)
        if awaited:
            first = awaited.sorted("last_day")[0]
            step = first.step_id.sudo()  # settings of the company
            words = self.env._(
                "Wait until %(day)s: %(step)s may happen",
                day=format_date(self.env, first.last_day),
                step=step.name,
            )
            return words, step.actor
        if "running" in self.run_ids.mapped("state"):
            return self.env._("Nothing for now: wait for what follows"), False
        return self.env._("Start a procedure, or agree with the debtor"), "creditor"

    @api.model
    def _actor_words(self, actor):
        return dict(self._fields["next_actor"]._description_selection(self.env)).get(actor, False)

    def _day_words(self, day, on):
        """A day and how far it is: « 12/12/2026 (15 days left) »."""
        shown, left = format_date(self.env, day), (day - on).days
        days = formatLang(self.env, abs(left), digits=0)
        if left < 0:
            return self.env._("%(day)s (%(days)s days ago)", day=shown, days=days)
        return self.env._("%(day)s (%(days)s days left)", day=shown, days=days)

    # --- what is due, and until when ----------------------------------------------------------------------------------

    @api.depends("amount_balance")
    @api.depends_context("lang")
    def _compute_due_facts(self):
        names = ("principal", "interest", "indemnity", "costs", "article_700")
        for case in self:
            rows = [
                {"label": case._fields[f"amount_{name}"]._description_string(self.env), "value": case._amount(amount)}
                for name in names
                if (amount := case[f"amount_{name}"])
            ]
            for name in ("amount_paid", "amount_told"):
                if case[name]:
                    label = case._fields[name]._description_string(self.env)
                    rows.append({"label": label, "value": case._amount(case[name]), "tone": "success"})
            case.due_facts = rows

    def _amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    @api.depends("deadline_ids.state", "deadline_ids.date", "move_ids")
    @api.depends_context("lang")
    def _compute_deadline_facts(self):
        on = clock.today(self.env)
        for case in self:
            waiting = case.deadline_ids.filtered(lambda one: one.state in ("open", "missed")).sorted("date")
            rows = [case._deadline_fact(one.name, one.date, on, one.article, one.verified) for one in waiting]
            case.deadline_facts = [] if case.state == "closed" else [*rows, *case._limitation_facts(on)]

    def _deadline_fact(self, name, day, on, article, verified=True):
        left = (day - on).days
        doubt = "" if verified else self.env._("This delay was not verified in the text: check it.")
        return {
            "label": name,
            "value": self._day_words(day, on),
            "tone": "danger" if left <= NEAR else "warning" if left <= SOON else "",
            "help": " · ".join(filter(None, (article, doubt))),
        }

    def _limitation_facts(self, on):
        """When the oldest claim is prescribed, until a title replaces it."""
        if self.title_on:
            return []
        moves = self.sudo().move_ids.sorted("invoice_date_due")[:LIMITATION_LOOKED_AT]  # days, shown to who reads it
        day = min((move.limitation_date for move in moves if move.limitation_date), default=None)
        return [self._deadline_fact(self.env._("Limitation of the oldest claim"), day, on, "")] if day else []

    # --- the way ------------------------------------------------------------------------------------------------------

    @api.depends("step_ids.state", "step_ids.done_on", "run_ids.state", "approval_ids")
    @api.depends_context("lang", "uid")
    def _compute_way(self):
        on, may = clock.today(self.env), self.env.user.has_group("recouvrement_fr.group_recouvrement_legal")
        for case in self:
            case.way = [case._run_way(run, on, may) for run in case.run_ids.sorted("id", reverse=True)]

    def _run_way(self, run, on, may):
        states = dict(run._fields["state"]._description_selection(self.env))
        words = [self.env._("asked by %s", run.asked_by_id.sudo().name)]  # a name, not the user's record
        words += [self._approval_words(found) for found in run.approval_ids.sorted("id")]
        if run.ended_on:
            words.append(self.env._("ended on %s", format_date(self.env, run.ended_on)))
        return {
            "id": run.id,
            "name": run.proceeding_id.sudo().name,  # a setting of the company
            "state": run.state,
            "state_label": states[run.state],
            "tone": RUN_TONES.get(run.state, "secondary"),
            "words": f"{format_date(self.env, run.started_on)} · {', '.join(words)}",
            "steps": [self._step_way(line, on, may) for line in run.step_ids],
        }

    def _approval_words(self, found):
        name, day = found.user_id.sudo().name, format_date(self.env, found.decided_at)  # a name, as above
        if found.is_granted:
            return self.env._("approved by %(name)s on %(day)s", name=name, day=day)
        return self.env._("refused by %(name)s on %(day)s", name=name, day=day)

    def _step_way(self, line, on, may):
        step = line.step_id.sudo()  # words of the procedure
        states = dict(line._fields["state"]._description_selection(self.env))
        return {
            "id": line.id,
            "name": step.name,
            "who": dict(step._fields["actor"]._description_selection(self.env)).get(step.actor, ""),
            "state": line.state,
            "state_label": states[line.state],
            "tone": TONES.get(line.state, ""),
            "icon": ICONS.get(line.state, "fa-circle-o"),
            "when": self._step_when(line, on),
            "article": line.article or "",
            "doubt": "" if line.verified else self.env._("Delay not verified"),
            "recordable": may and line.is_recordable and self.state != "closed",
            "later": line.state in ("waiting", "closed") and not line.is_recordable,
        }

    def _step_when(self, line, on):
        if line.done_on:
            day = format_date(self.env, line.done_on)
            return self.env._("%s, late", day) if line.is_late else day
        if line.opens_on:
            return self.env._("from %s", format_date(self.env, line.opens_on))
        if line.last_day and line.state != "closed":
            return self.env._("by %s", self._day_words(line.last_day, on))
        return ""
