from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ..insolvency.recouvrement_insolvency import STOPPING


class RecouvrementCase(models.Model):
    """What the screen says of the procedures of a case: what is next, what was missed, what stops it."""

    _inherit = "recouvrement.case"

    run_ids = fields.One2many("recouvrement.case.proceeding", "case_id", "Procedures", readonly=True)
    step_ids = fields.One2many("recouvrement.case.step", "case_id", "Steps", readonly=True)
    approval_ids = fields.One2many("recouvrement.case.approval", "case_id", "Approvals", readonly=True)
    deadline_ids = fields.One2many(
        "recouvrement.deadline", "res_id", "Deadlines", domain=[("res_model", "=", "recouvrement.case")], readonly=True
    )
    awaits_approval = fields.Boolean(compute="_compute_awaits_approval", search="_search_awaits_approval")
    next_deadline = fields.Date("Next deadline", readonly=True, index="btree_not_null")
    next_step = fields.Char("To do next", readonly=True)
    has_missed = fields.Boolean("Deadline missed", readonly=True)
    missed_text = fields.Html(compute="_compute_missed_text", sanitize=False)  # escaped piece by piece below
    title_on = fields.Date("Enforceable title", compute="_compute_title_on", help="The day one was obtained.")
    insolvency_id = fields.Many2one("recouvrement.insolvency", compute="_compute_insolvency_id")
    insolvency_text = fields.Char(compute="_compute_insolvency_id")

    can_record = fields.Boolean(compute="_compute_can_record")

    @api.depends("run_ids.state")
    def _compute_awaits_approval(self):
        for case in self:
            case.awaits_approval = "to_approve" in case.run_ids.mapped("state")

    def _search_awaits_approval(self, operator, value):
        waiting = self.env["recouvrement.case.proceeding"].search([("state", "=", "to_approve")]).case_id
        return [("id", "in" if (operator in ("=", "in")) == bool(value) else "not in", waiting.ids)]

    @api.depends("step_ids.is_recordable", "state")
    def _compute_can_record(self):
        for case in self:
            case.can_record = case.state != "closed" and any(case.step_ids.mapped("is_recordable"))

    @api.depends("step_ids.state")
    def _compute_missed_text(self):
        for case in self:
            missed = case._live_lines().filtered(lambda line: line.state == "missed")
            lines = [case._missed_line(line) for line in missed]
            case.missed_text = Markup("<ul class='mb-0'>%s</ul>") % Markup().join(lines) if lines else False

    def _live_lines(self):
        """The steps of the procedures in progress, those that an insolvency stops left out."""
        self.ensure_one()
        if self.state == "closed":
            return self.step_ids.browse()
        stopped = bool(self._insolvency())
        return self.step_ids.filtered(
            lambda line: line.run_id.state == "running" and not (stopped and line.run_id.proceeding_id.stops)
        )

    def _missed_line(self, line):
        """What was missed, by which article, what follows, and what can still be done."""
        step = line.step_id.sudo()  # words of the procedure
        head = self.env._(
            "%(step)s: the last day was %(day)s (%(article)s).",
            step=step.name,
            day=format_date(self.env, line.last_day),
            article=line.article or "",
        )
        parts = [Markup("<strong>%s</strong>") % head]
        if not line.verified:
            parts.append(Markup("%s") % self.env._("This delay was not verified in the text: check it."))
        if step.consequence:
            parts.append(Markup("%s") % step.consequence)
        if step.remedy:
            parts.append(Markup("<em>%s</em> %s") % (self.env._("What can still be done:"), step.remedy))
        return Markup("<li>%s</li>") % Markup("<br/>").join(parts)

    @api.depends("event_ids")
    def _compute_title_on(self):
        for case in self:
            titles = []
            for run in case.sudo().run_ids:  # a day, said to whoever reads the case
                done = run._done()
                codes = run.proceeding_id.step_ids.filtered("gives_title").mapped("code")
                titles += [done[code] for code in codes if code in done]
            case.title_on = max(titles, default=False)

    @api.depends("debtor_id")
    def _compute_insolvency_id(self):
        for case in self:
            insolvency = case._insolvency()
            case.insolvency_id = insolvency
            case.insolvency_text = case._insolvency_words(insolvency) if insolvency else False

    def _insolvency_words(self, insolvency):
        return self.env._(
            "Insolvency of the debtor: individual proceedings are stopped since %s for debts born before it "
            "(C.com L622-21). Declare the claim instead.",
            format_date(self.env, insolvency.judgment_on),
        )

    def _insolvency(self):
        """The proceedings in progress that stop this case: one of its claims at least was born before the judgment."""
        self.ensure_one()
        found = (
            self.env["recouvrement.insolvency"]
            .sudo()
            .search(  # that it is stopped is shown to whoever acts
                [("debtor_id", "=", self.debtor_id.id), ("state", "=", "open"), ("kind", "in", STOPPING)], limit=1
            )
        )
        return found if found and found._prior(self.sudo().move_ids) else found.browse()  # its invoices, as above
