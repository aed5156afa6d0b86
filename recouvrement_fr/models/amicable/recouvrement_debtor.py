from odoo import api, fields, models


class RecouvrementDebtor(models.Model):
    """What was agreed with a debtor, or is contested."""

    _inherit = "recouvrement.debtor"

    plan_ids = fields.One2many("recouvrement.plan", "debtor_id")
    plan_count = fields.Integer("Plans", compute="_compute_plan_count")
    dispute_ids = fields.One2many("recouvrement.dispute", "debtor_id")
    dispute_count = fields.Integer("Disputes", compute="_compute_dispute_count")
    promise_ids = fields.One2many("recouvrement.promise", "debtor_id")
    promise_count = fields.Integer("Promises", compute="_compute_promises", help="Those that are open.")
    promise_reliability = fields.Char(
        compute="_compute_promises",
        help="The promises kept, and how much of the amounts promised came in by their day.",
    )

    def _asked_once(self):
        return super()._asked_once() | self._own("recouvrement.guarantee")

    @api.depends("plan_ids")
    def _compute_plan_count(self):
        for debtor in self:
            debtor.plan_count = len(debtor.plan_ids)

    @api.depends("dispute_ids.state")
    def _compute_dispute_count(self):
        for debtor in self:
            debtor.dispute_count = len(debtor.dispute_ids.filtered(lambda found: found.state in ("open", "escalated")))

    @api.depends("promise_ids.state")
    def _compute_promises(self):
        records = self._promise_reliability()
        for debtor in self:
            debtor.promise_count = len(debtor.promise_ids.filtered(lambda found: found.state == "open"))
            record = records[debtor]
            debtor.promise_reliability = bool(record.judged) and self.env._(
                "%(kept)s of %(judged)s kept, %(percent)s %% of the amounts",
                kept=record.kept,
                judged=record.judged,
                percent=record.percent,
            )

    def _promise_reliability(self):
        """{debtor: Reliability}: how each keeps his promises, in number and in amount."""
        return self.env["recouvrement.promise"]._reliability(self.filtered("promise_ids"))

    def action_open_plans(self):
        self.ensure_one()
        return self.plan_ids._get_records_action(
            name=self.env._("Instalment plans"), domain=[("debtor_id", "=", self.id)]
        )

    def action_open_disputes(self):
        self.ensure_one()
        return self.dispute_ids._get_records_action(name=self.env._("Disputes"), domain=[("debtor_id", "=", self.id)])

    def action_open_promises(self):
        self.ensure_one()
        return self.promise_ids._get_records_action(
            name=self.env._("Promises to pay"), domain=[("debtor_id", "=", self.id)]
        )
