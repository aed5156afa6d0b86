from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...rules.proceeding import alert
from ...tools import clock


class RecouvrementDeadline(models.Model):
    """A day by which something must be done, or a right is lost: of an insolvency, a case, a guarantee.

    It is computed from its event by the rules, shown with its article, and alerts 30, 15 and 5 days before, then once
    it has passed. What was missed stays missed: it is evidence of what happened.
    """

    _name = "recouvrement.deadline"
    _description = "Legal Deadline"
    _inherit = ["recouvrement.about", "recouvrement.followed"]
    _follow_turn = 7
    _order = "date, id"

    name = fields.Char("What must be done", required=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    article = fields.Char(readonly=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference("About", model_field="res_model", required=True, readonly=True, index=True)
    start = fields.Date("Counted from", readonly=True)
    nominal = fields.Date(readonly=True, help="Before the extension to the next working day (CPC 642): always safe.")
    date = fields.Date("Last day", required=True, readonly=True, index=True)
    verified = fields.Boolean(readonly=True, help="Unticked: the text of the delay was not read, check it.")
    state = fields.Selection(
        [("open", "To do"), ("done", "Done"), ("missed", "Missed"), ("cancelled", "No longer needed")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    done_on = fields.Date(readonly=True)
    done_by_id = fields.Many2one("res.users", readonly=True)
    days_left = fields.Integer(compute="_compute_days_left")
    alerted = fields.Integer(readonly=True, default=-1)  # the last threshold people were told of; -1: none yet
    user_id = fields.Many2one("res.users", "Responsible", help="Who is alerted; empty: the debtor's collector.")

    _once = models.Constraint("UNIQUE(res_model, res_id, code)", "This deadline is already followed.")
    _waiting = models.Index("(date) WHERE state = 'open'")

    @api.depends("date", "state")
    def _compute_days_left(self):
        today = clock.today(self.env)
        for deadline in self:
            deadline.days_left = (deadline.date - today).days if deadline.date and deadline.state == "open" else 0

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A deadline is evidence: it is done, missed, or no longer needed."))

    @api.model
    def _set(self, record, debtor, found, names):
        """Follow these deadlines of a record: moved when their event moves, given up when it is gone.

        :param found: {code: rules.deadlines.Deadline}; :param names: {code: what must be done, in words}
        """
        deadlines = self.sudo()  # written by the acts of the record, which check who may do them
        known = deadlines.search([("res_model", "=", record._name), ("res_id", "=", record.id)])
        by_code = {deadline.code: deadline for deadline in known}
        for code, deadline in found.items():
            values = {
                "name": names[code],
                "article": deadline.article,
                "start": deadline.start,
                "nominal": deadline.nominal,
                "date": deadline.last_day,
                "verified": deadline.verified,
            }
            if code not in by_code:
                deadlines.create(
                    {
                        **values,
                        "code": code,
                        "debtor_id": debtor.id,
                        "company_id": debtor.company_id.id,
                        "res_model": record._name,
                        "res_id": record.id,
                    }
                )
            elif by_code[code].state == "cancelled" or (  # its reason is back: a payment bounced
                by_code[code].date != deadline.last_day and by_code[code].state != "done"
            ):
                by_code[code]._alerts().unlink()  # they say another day
                by_code[code].write({**values, "state": "open", "alerted": -1})
        gone = known.filtered(lambda deadline: deadline.code not in found and deadline.state == "open")
        gone.state = "cancelled"

    @api.model
    def _close(self, record, code, on):
        """What the deadline asked for was done that day."""
        deadline = self.sudo().search(  # as above
            [("res_model", "=", record._name), ("res_id", "=", record.id), ("code", "=", code)]
        )
        deadline.write({"state": "done", "done_on": on, "done_by_id": self.env.uid})

    def write(self, vals):
        over = vals.get("state") in ("done", "cancelled") and self.filtered(lambda one: one.state != vals["state"])
        result = super().write(vals)
        if over:
            over._close_alerts()
        return result

    def action_done(self):
        """A legal officer says that it was done today."""
        if not self.env.su and not self.env.user.has_group("recouvrement_fr.group_recouvrement_legal"):
            raise AccessError(self.env._("Legal officers and managers say that a legal deadline was met."))
        self.check_access("read")
        for deadline in self.sudo():  # evidence: written by methods alone
            if deadline.state not in ("open", "missed"):
                raise UserError(self.env._("%s is already closed.", deadline.name))
            deadline.write({"state": "done", "done_on": clock.today(self.env), "done_by_id": self.env.uid})

    def action_open_record(self):
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)._get_records_action()

    @api.model
    def _follow_up(self, on):
        """Alert of what has entered a threshold since the last time, once for each; what has passed is missed."""
        horizon = fields.Date.add(on, days=31)
        for deadline in self.search([("state", "=", "open"), ("date", "<=", horizon)]):
            threshold = alert((deadline.date - on).days)
            if threshold is not None and threshold != deadline.alerted:
                deadline._alert(threshold)
            if deadline.date < on:
                deadline.state = "missed"

    def _alert(self, threshold):
        self.alerted = threshold
        about = self.env[self.res_model].browse(self.res_id)
        target = about if hasattr(about, "activity_schedule") else self.debtor_id
        values = {"name": self.name, "day": format_date(self.env, self.date), "article": self.article or ""}
        if threshold and not self.article:  # a delay of a contract
            summary = self.env._("%(name)s: last day %(day)s", **values)
        elif not self.article:
            summary = self.env._("MISSED – %(name)s: the last day was %(day)s", **values)
        elif threshold:
            summary = self.env._("%(name)s: last day %(day)s (%(article)s)", **values)
        else:
            summary = self.env._("MISSED – %(name)s: the last day was %(day)s (%(article)s)", **values)
        for user in self._people(threshold):
            target.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=summary,
                date_deadline=self.date,
                recouvrement_mark=f"deadline {self.id}",
            )

    def _alerts(self):
        """The tasks that tell of these deadlines."""
        marks = [f"deadline {deadline.id}" for deadline in self]
        return self.env["mail.activity"].sudo().search([("recouvrement_mark", "in", marks)])  # of all who were told

    def _close_alerts(self):
        """What was done, or given up, is in nobody's agenda any more."""
        states = dict(self._fields["state"]._description_selection(self.env))
        for deadline in self:
            deadline._alerts().action_feedback(feedback=states[deadline.state])

    def _people(self, threshold):
        """Who is told: the responsible; from 5 days before, managers too; no collector of what is confidential."""
        managers = self.company_id._recouvrement_managers()
        person = self.user_id or (self.env["res.users"] if self.confidential else self.debtor_id._collector())
        return person | managers if threshold <= 5 or not person else person
