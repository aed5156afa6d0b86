from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...rules.deadlines import day_deadline
from ...tools import clock

RECEIPT_DAYS = 10  # after which somebody is asked when the notice of default reached the debtor


class RecouvrementPlan(models.Model):
    """A missed instalment: reminded of before, its notice of default after, and the term that ends the plan."""

    _inherit = "recouvrement.plan"

    def _follow_default(self, on):
        """A missed instalment calls the collector, who sends the notice; its term over, the whole becomes due."""
        missed = self.instalment_ids.filtered(lambda row: row.state == "missed")
        if not missed:
            self.activity_ids._marked("notice", "served").unlink()
            if self.notice_on:  # made good: a later default asks for another notice
                self.write({"notice_on": False, "notice_served_on": False})
        elif not self.notice_on:
            self._tell(
                self.env._("An instalment of the plan %s is missed: send the notice of default", self.name), "notice"
            )
        elif not self.notice_served_on:
            if on > self.notice_on + timedelta(days=RECEIPT_DAYS):
                self._tell(
                    self.env._("When did the notice of default of the plan %s reach the debtor?", self.name), "served"
                )
        elif self.has_acceleration and on > self._notice_until():
            self._default(on)

    def _notice_until(self):
        """The last day of the term its notice of default leaves: counted from its receipt, up to a working day."""
        place = self.company_id.root_id.sudo().recouvrement_holidays or None  # a setting
        return day_deadline(self.notice_served_on, self.notice_days, place)

    def _default(self, on):
        self.write(
            {
                "state": "defaulted",
                "defaulted_on": on,
                "close_reason": self.env._("The notice of default was not answered."),
            }
        )
        self._tell(self.env._("The plan %s is defaulted: the whole is due", self.name), "defaulted")
        self.debtor_id._decide_again_now()

    def _tell(self, summary, mark):
        """Ask the collector, once for each mark."""
        if not self.activity_ids._marked(mark):
            person = self.debtor_id._person_in_charge()
            values = {"user_id": person.id, "summary": summary, "recouvrement_mark": mark}
            self.activity_schedule("mail.mail_activity_data_warning", **values)

    @api.model
    def _remind(self, on):
        """An e-mail before each instalment, once; whoever follows the debtor is told of one that did not leave."""
        if self.env["recouvrement.exit"]._is_neutralized():
            return
        rows = (
            self.env["recouvrement.plan.instalment"]
            .search(
                [
                    ("plan_id.state", "=", "active"),
                    ("state", "=", "upcoming"),
                    ("reminded_on", "=", False),
                    ("mail_id", "=", False),
                    ("date", "<=", on + timedelta(days=60)),
                ]
            )
            ._outside_gaps(on)
        )
        template = self.env.ref("recouvrement_fr.mail_template_plan_instalment", raise_if_not_found=False)
        frozen = self.env["recouvrement.holding"]._frozen_moves(rows.plan_id.move_ids)
        if template:
            rows.filtered(
                lambda row: row._is_to_remind(on)
                and not row.plan_id.move_ids & frozen
                and not (row.plan_id.item_ids and row.plan_id._is_frozen())
            )._forewarn(template)
        rows._tell_unsent()

    def action_notice(self):
        """Draft the notice of default: a person posts it, then notes the day it was received: its term runs from it."""
        self.ensure_one()
        on = clock.today(self.env)
        plan = self._checked("active")
        self.env["recouvrement.holding"]._refuse_frozen(plan.move_ids, plan.item_ids)
        if not plan.instalment_ids.filtered(lambda row: row.state == "missed"):
            raise UserError(self.env._("No instalment of this plan is missed."))
        document = plan.env["recouvrement.document"]._draft(
            "recouvrement_fr.document_plan_notice",
            "Mise en demeure – échéancier non respecté",
            plan.debtor_id,
            plan,
            plan._document_values(on),
            date=on,
            addressee_id=plan.debtor_id._addressee().id,
        )
        plan.notice_on = on
        return document.with_env(self.env)._get_records_action()

    @api.constrains("notice_served_on")
    def _check_notice_served(self):
        today = clock.today(self.env)
        if self.filtered(lambda plan: plan.notice_served_on and plan.notice_served_on > today):
            raise ValidationError(self.env._("The notice is received after it was written, and not in advance."))

    def _notice_served(self, on):
        """The notice of default was presented to the debtor that day: its term runs from there (C.civ 1344, 1305-4)."""
        for plan in self._checked("active"):
            if not plan.notice_on or on < plan.notice_on:
                raise UserError(self.env._("The notice is received after it was written, and not in advance."))
            plan.notice_served_on = on
            plan.message_post(body=self.env._("Notice of default received on %s.", format_date(self.env, on)))
