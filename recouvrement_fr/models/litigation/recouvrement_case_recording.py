from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools import clock


class RecouvrementCase(models.Model):
    """Steps are recorded as events, corrected by others; a procedure comes to its end."""

    _inherit = "recouvrement.case"

    def _record(self, run, step, on, attachments=None, **values):
        """Record that a step was done that day: its event, its deadlines, its effect on limitation and on the claims.

        :param values: ``amount``, ``date_set``, ``details``
        :raises UserError: not approved yet, stopped by an insolvency, done already, or out of order
        """
        self.ensure_one()
        self.check_access("write")
        self._check_recordable(run, step, on, values)
        if run._undone_by(step):
            run.sudo().write({"state": "running", "ended_on": False})  # evidence is written by methods alone
        if step.freezes_claims:
            values["figures"] = self._freeze_claims(on)
        elif step.asks_amount or step.ends or step.gives_title:
            values["figures"] = self._statement(on).figures()
        event = self._note("step", on, step.name, attachments, run_id=run.id, step_id=step.id, **values)
        today = clock.day_of(self.env, event.noted_at)
        self._interrupt(run, step, on)
        if step.voids_limitation:
            self._void_limitation(run, None, None, step.name, today)
        if step.ends:
            run.sudo().write({"state": "done", "ended_on": on})  # evidence, as above
            self.env["recouvrement.limitation.event"]._end(run, on)
        self._sync(today)
        return event

    def _check_recordable(self, run, step, on, values):
        if run.case_id != self or step.proceeding_id != run.proceeding_id:
            raise UserError(self.env._("This step is not of this procedure."))
        if run.state == "to_approve":
            raise UserError(self.env._("The creditor has not approved %s yet.", run.proceeding_id.name))
        undoes = run._undone_by(step)
        if (run.state != "running" and not undoes) or self.state == "closed":
            raise UserError(self.env._("%s is over: nothing more is recorded in it.", run.proceeding_id.name))
        self._check_not_stopped(run, on)
        if undoes:
            return
        line = run.step_ids.filtered(lambda line: line.step_id == step)
        if line.state == "done" and not step.is_repeatable:
            raise UserError(self.env._("“%s” is recorded already: correct its event.", step.name))
        if line.state == "closed" and not line.last_day:  # time alone rules nothing out: a late opposition is a fact
            raise UserError(self.env._("“%s” is ruled out by what was recorded.", step.name))
        if line.opens_on and on < line.opens_on:
            raise UserError(
                self.env._(
                    "“%(step)s” may be done from %(day)s only (%(article)s).",
                    step=step.name,
                    day=format_date(self.env, line.opens_on),
                    article=line.article or "",
                )
            )
        if line.state == "waiting" and not line.opens_on:
            before = " / ".join(step.after_ids.mapped("name"))
            raise UserError(self.env._("“%(step)s” comes after: %(before)s.", step=step.name, before=before))
        if step.freezes_claims:
            self._check_claimed_on(run, on)
        if step.asks_date and not values.get("date_set"):
            raise UserError(self.env._("Enter: %s.", step.asks_date))

    def _check_claimed_on(self, run, on):
        """What goes before a judge comes after what it claims, the case and its approval."""
        case = self.sudo()  # invoices and approvals, whoever records
        approval = case.approval_ids.filtered(lambda found: found.run_id == run and found.is_granted)[:1]
        days = {
            self.env._("its last invoice"): max(filter(None, case.move_ids.mapped("invoice_date")), default=None),
            self.env._("the case"): case.opened_on,
            self.env._("its approval"): approval and clock.day_of(self.env, approval.decided_at),
        }
        for what, day in days.items():
            if day and on < day:
                raise UserError(
                    self.env._(
                        "A request is not dated before %(what)s, of %(day)s.", what=what, day=format_date(self.env, day)
                    )
                )

    def _interrupt(self, run, step, on):
        """Note what the law attaches to this step for the limitation of the invoices.

        An act done after its last day interrupts nothing: the order was void (CPC 1411) or had lapsed (CPCE R511-6).
        """
        kind = step.limitation_kind
        if not kind:
            return
        last_day = run.step_ids.filtered(lambda line: line.step_id == step).last_day
        if last_day and on > last_day:
            self._note(
                "note",
                on,
                self.env._(
                    "%(step)s too late, the last day was %(day)s: it does not interrupt the limitation period.",
                    step=step.name,
                    day=format_date(self.env, last_day),
                ),
                run_id=run.id,
            )
        else:
            self.env["recouvrement.limitation.event"]._note(self.debtor_id, self.move_ids, kind, on, run)

    def _void_limitation(self, run, kind, on, reason, today, keep_title=False):
        """What was noted for this procedure counts no more from today: lapsed, or noted by mistake (C.civ 2243)."""
        domain = [("res_model", "=", run._name), ("res_id", "=", run.id), ("void", "=", False)]
        if keep_title:
            domain += [("kind", "!=", "title")]
        if kind:
            domain += [("kind", "=", kind), ("on", "=", on)]
        events = self.env["recouvrement.limitation.event"].sudo().search(domain)  # by acts that check who does them
        events._void(reason, today)

    def _correct(self, event, reason, on=None, is_void=False, attachments=None, **values):
        """Correct an event by another: its day, its amount, or that it did not happen. The first one stays, marked."""
        self.ensure_one()
        self.check_access("write")
        if event.case_id != self:
            raise UserError(self.env._("This event is of another case."))
        if event.is_corrected:
            raise UserError(self.env._("This event was corrected already: correct the correction."))
        if not reason:
            raise UserError(self.env._("Say why."))
        run, step, on = event.run_id, event.step_id, on or event.on
        if step and not is_void:
            self._check_not_stopped(run, on)
            if step.freezes_claims:
                self._check_claimed_on(run, on)
                values["figures"] = self._freeze_claims(on)
        correction = self._note(
            event.kind,
            on,
            self.env._("Did not happen: %s", event.summary) if is_void else event.summary,
            attachments,
            corrects_id=event.id,
            is_void=is_void,
            details=reason,
            run_id=run.id,
            step_id=step.id,
            **{"amount": event.amount, "date_set": event.date_set, **values},
        )
        today = clock.day_of(self.env, correction.noted_at)
        if step.limitation_kind:
            self._void_limitation(run, step.limitation_kind, event.on, reason, today)
            if not is_void:
                self._interrupt(run, step, on)
        if step.ends and is_void and run.state == "done":
            run.sudo().write({"state": "running", "ended_on": False})  # evidence is written by methods alone
        if step.freezes_claims and is_void and not self._freezing_events():
            self.sudo().frozen_on = False  # evidence, as above
        self._sync(today)
        return correction

    def _freezing_events(self):
        return self.event_ids._steps().filtered("step_id.freezes_claims")

    def _end_run(self, run, state, reason, *, on):
        """End a procedure: it came to its end, it lapsed (what it interrupted is void, C.civ 2243), or was given up."""
        self.ensure_one()
        self.check_access("write")
        if run.state not in ("running", "to_approve"):
            raise UserError(self.env._("%s is over already.", run.proceeding_id.name))
        if not reason:
            raise UserError(self.env._("Say why."))
        run.sudo().write({"state": state, "ended_on": on})  # evidence is written by methods alone
        self._approval_answered(run, reason)
        states = dict(run._fields["state"]._description_selection(self.env))
        words = f"{run.proceeding_id.name} – {states[state]}"
        self._note("ended", on, words, details=reason, run_id=run.id)
        if state in ("lapsed", "given_up"):
            # A procedure given up after the judgment leaves its title; a judgment that lapsed is none (CPC 478).
            self._void_limitation(run, None, None, f"{words}. {reason}", on, keep_title=state == "given_up")
        else:
            self.env["recouvrement.limitation.event"]._end(run, on)
        self._sync(on)
